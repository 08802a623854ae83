"""Where a run stands in its budget: which rows come next, and how fast to learn from them."""

from dataclasses import dataclass

from roberta_gui.training.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Position:
    """How far a run has come; what a checkpoint must hold to go on from there."""

    step: int = 0  # steps done
    tokens: int = 0  # tokens read, padding not counted
    seconds: float = 0.0  # time spent training; time between a kill and going on does not count
    rows: int = 0  # rows read of the present length
    phase: int = 0  # which of `Recipe.lengths` is in use


def share_done(recipe: Recipe, position: Position) -> float:
    """Tell how much of the budget is used up, 0 to 1: of the limits, the nearest one counts."""
    used = [
        spent / limit
        for spent, limit in (
            (position.seconds, recipe.minutes * 60),
            (position.tokens, recipe.tokens),
            (position.step, recipe.steps),
        )
        if limit > 0
    ]
    return min(1.0, max(used))


def rate_factor(recipe: Recipe, position: Position) -> float:
    """Give the factor of the learning rate for the coming step, 0 to 1.

    Linear warm-up by steps, then linear decay to 0 (Liu et al. 2019, section 3.1, after Devlin
    et al. 2019, appendix A.2); the decay follows the budget, so it ends when the budget does,
    also where that is measured in time.
    """
    warmed = (position.step + 1) / recipe.warmup_steps if recipe.warmup_steps else 1.0
    return min(1.0, warmed, 1.0 - share_done(recipe, position))


def phase_of(recipe: Recipe, position: Position) -> int:
    """Tell which of the row lengths is due; phases only ever follow one another."""
    done = share_done(recipe, position) * sum(share for _, share in recipe.lengths)
    passed = 0.0
    for phase, (_, share) in enumerate(recipe.lengths):
        passed += share
        if done < passed:
            return max(phase, position.phase)
    return len(recipe.lengths) - 1
