"""Why a panel is empty: each reason is found in a View, or is None where it does not hold."""

from collections.abc import Callable
from dataclasses import dataclass

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.comparison.against import names_of
from roberta_gui.findings.comparison.guesses import n_masks
from roberta_gui.findings.guesses import describe_masks_cut_off, n_masks_cut_off
from roberta_gui.gui.widgets.sentence.mask_chips import NO_MASK_TO_TYPE
from roberta_gui.lanes import AXES, MODEL, Lane
from roberta_gui.problems import Problem
from roberta_gui.records import ModelInfo
from roberta_gui.view import View
from roberta_gui.wording import counted

FIRST_TIP = (
    "Guess at each mask before you see the model's guesses: until then nothing in the window tells"
)


@dataclass(frozen=True)
class Reason:
    """Why a panel has nothing to show, and what to do about it.

    What ``is_busy`` ends by itself, and has come so far (``fraction``). The way out may be one of
    the panel's own choices (``keeps_choices``), or a button below: what it says and does.
    """

    title: str
    text: str
    fraction: float | None = None
    is_busy: bool = False
    problem: Problem | None = None
    keeps_choices: bool = False
    offer: tuple[str, Callable[[], object]] | None = None


def fraction_of(view: View, lane: Lane) -> float | None:
    """Return how far the work of a lane is, where anybody knows."""
    progress = view.progress.get(lane)
    return None if progress is None else progress.fraction


def problem_in(view: View, *lanes: Lane) -> Reason | None:
    """Tell what went wrong in the first of the lanes that has a problem."""
    problem = view.problem_of(*lanes)
    return None if problem is None else Reason(problem.title, problem.hint, problem=problem)


def no_model(view: View) -> Reason | None:
    """Tell that a model is being opened, and how far that is."""
    if view.model is not None:
        return None
    loading = view.progress.get(MODEL)
    text = loading.text if loading is not None and loading.text else "It is being opened."
    return Reason("Waiting for the model", text, fraction_of(view, MODEL), is_busy=True)


def no_sentence(view: View) -> Reason | None:
    """Tell that the sentence is being read."""
    if view.analysis is not None and view.analysis.model == view.model:
        return None
    text = "The model is reading it: this picture is made from what it finds."
    return Reason("Waiting for the sentence", text, is_busy=True)


def taking_turns(title: str) -> Reason:
    """Tell what is computed, where nothing else is missing."""
    return Reason(title, "It takes turns with whatever else is computed.", is_busy=True)


def no_room(view: View) -> Reason | None:
    """Tell that the model is too narrow for the chosen space."""
    space = view.choices.hidden.space
    if view.axes is None or space in view.axes.spaces:
        return None
    return Reason(
        f"No room for “{space.phrase}”",
        "This model has too few dimensions for it. Choose another space above.",
        keeps_choices=True,
    )


def no_head(*models: ModelInfo | None) -> Reason | None:
    """Tell that one of some models guesses no words, and what does."""
    for model in models:
        if model is not None and not model.can_fill_masks:
            labels = "" if model.task is None else " What it was fine-tuned to is in Labels."
            return Reason(
                "This model cannot guess words",
                f"{model.name} has no masked-LM head. Open a checkpoint that was saved as "
                f"RobertaForMaskedLM; attention and hidden states work as ever.{labels}",
            )
    return None


def no_typed_mask(*models: ModelInfo | None) -> Reason | None:
    """Tell that one of some models has no mask that could be written into the sentence."""
    for model in models:
        if model is not None and not model.can_type_mask:
            return Reason(
                NO_MASK_TO_TYPE,
                f"{model.name} reads no text as a mask: no word can be hidden from it. Attention, "
                "hidden states, lens and surprisal work as ever.",
            )
    return None


def guess_first(view: View, go: Callable[[], object]) -> Reason | None:
    """Tell that somebody is to guess before this may be seen; ``go`` leads to where."""
    n_left = len(view.unanswered)
    if not n_left:
        return None
    text = (
        f"This tells what the model guesses. You have {counted(n_left, 'mask')} to guess at first."
    )
    return Reason("Hidden until you guess", text, offer=("Guess", go))


def no_tokens(view: View) -> Reason | None:
    """Tell that the text has no token: this tokenizer puts none around it."""
    if view.analysis is None or view.analysis.tokens or view.is_stale:
        return None
    return Reason("No tokens yet", "This model reads nothing in an empty text: type something.")


def no_mask(view: View, why: str = "") -> Reason | None:
    """Tell that no mask was read in A, and how to get one; ``why`` says before what it is for."""
    analysis, of_two = view.analysis, view.second is not None
    if analysis is None or analysis.fills:
        return None
    if (reason := no_typed_mask(analysis.model)) is not None:
        return reason
    if n_masks_cut_off(analysis):
        hint = "Shorten the text, or press Ctrl+M nearer to its beginning."
        return Reason(describe_masks_cut_off(analysis, " of A" * of_two), f"{why}{hint}")
    hint = "Press Ctrl+M to put one at the cursor, or double-click a token to hide it."
    return Reason(f"No mask in {'A' if of_two else 'the sentence'}", f"{why}{hint}")


def no_mask_on_a_side(view: View, compared: Comparison) -> Reason | None:
    """Tell which of two sentences has no mask that is read."""
    names, counts = names_of(compared), n_masks(compared)
    if view.second is None and not any(counts):
        return no_mask(view)
    each = zip((names.a, names.b), (compared.a, compared.b), counts, strict=True)
    sides = [(name, side) for name, side, n in each if not n]
    if not sides:
        return None
    if (reason := no_typed_mask(*(side.model for _, side in sides))) is not None:
        return reason
    cut = [(name, side) for name, side in sides if n_masks_cut_off(side)]
    none = [name for name, side in sides if not n_masks_cut_off(side)]
    absent = f"{' and '.join(none)} {'hold' if len(none) > 1 else 'holds'} no mask"
    if not cut:
        return Reason(absent, "Put one into each sentence (Ctrl+M) to compare the guesses.")
    hint = "Shorten the text, or put a mask nearer to its beginning (Ctrl+M)."
    if len(cut) == 2:
        return Reason(f"The masks of {names.a} and {names.b} lie beyond what is read", hint)
    (name, side), *_ = cut
    title = describe_masks_cut_off(side, f" of {name}")
    return Reason(title, f"{hint} {absent}." if none else hint)


def reading_reference(view: View, why: str) -> Reason | None:
    """Tell how far the reading of the reference sentences is, and in a sentence what it is for."""
    progress = view.progress.get(AXES)
    if progress is None:
        return None
    return Reason("Reading the reference sentences", why, progress.fraction, is_busy=True)
