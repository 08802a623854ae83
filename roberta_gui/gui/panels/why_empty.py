"""What many panels say for the same reasons while they have nothing to show.

Functions called ``says_…`` say their sentence and return True, or find no reason for it and return
False.
"""

from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.records import Analysis
from roberta_gui.view import View


def describe_problem(empty: EmptyState, view: View, *lanes: str) -> bool:
    """Tell what went wrong in the first of the lanes that has a problem."""
    problem = view.problem_of(*lanes)
    if problem is not None:
        empty.say(problem.title, problem.hint)
    return problem is not None


def say_waiting(empty: EmptyState, view: View, computing: str, *, of_sentence: bool = True) -> None:
    """Say what a panel waits for: a model, the reading of a sentence, or its own numbers.

    ``computing`` names the last of these; ``of_sentence`` tells whether a sentence has a part in
    them.
    """
    loading, analysis = view.progress.get("model"), view.analysis
    if view.model is None:
        fraction = None if loading is None else loading.fraction
        text = loading.text if loading is not None and loading.text else "It is being opened."
        empty.say("Waiting for the model", text, fraction, busy=True)
    elif of_sentence and (analysis is None or analysis.model != view.model):
        text = "The model is reading it: this picture is made from what it finds."
        empty.say("Waiting for the sentence", text, busy=True)
    else:
        empty.say(computing, "It takes turns with whatever else is computed.", busy=True)


def describe_no_room(empty: EmptyState, view: View) -> bool:
    """Tell that the model is too narrow for the chosen space."""
    space = view.choices.hidden.space
    if view.axes is None or space in view.axes.spaces:
        return False
    empty.say(
        f"No room for “{space.phrase}”",
        "This model has too few dimensions for it. Choose another space above.",
    )
    return True


def describe_no_tokens(empty: EmptyState, view: View) -> bool:
    """Tell that the text has no token: this tokenizer puts none around it."""
    if view.analysis is None or view.analysis.tokens or view.is_stale:
        return False
    empty.say("No tokens yet", "This model reads nothing in an empty text: type something.")
    return True


def describe_no_mask(empty: EmptyState, analysis: Analysis, why: str = "") -> bool:
    """Tell that no mask was read, and how to get one; ``why`` says before what it is for."""
    if analysis.fills:
        return False
    if n_masks_cut_off(analysis):
        empty.say(
            describe_masks_cut_off(analysis),
            f"{why}Shorten the text, or press Ctrl+M nearer to its beginning.",
        )
    else:
        empty.say(
            "No mask in the sentence",
            f"{why}Press Ctrl+M to put one at the cursor, or double-click a token to hide it.",
        )
    return True


def n_masks_cut_off(analysis: Analysis) -> int:
    """Count the masks in that part of a sentence which is too long to be read.

    There are no tokens there to go by, so it is the mask's text that is looked for.
    """
    if not analysis.dropped_tokens:
        return 0
    read = max((token.end for token in analysis.tokens), default=0)
    return analysis.request.text.count(analysis.model.mask_token, read)


def describe_masks_cut_off(analysis: Analysis, whose: str = "") -> str:
    """Say that masks are cut off, and ``whose`` where there are two sentences."""
    masks = "The mask" if n_masks_cut_off(analysis) == 1 else "The masks"
    lie = "lies" if n_masks_cut_off(analysis) == 1 else "lie"
    return f"{masks}{whose} {lie} beyond the {len(analysis.tokens):,} tokens that are read"


def describe_reading(empty: EmptyState, view: View, why: str) -> bool:
    """Tell how far the reading of the reference sentences is, and in a sentence what it is for."""
    progress = view.progress.get("panel:axes")
    if progress is None:
        return False
    empty.say("Reading the reference sentences", why, progress.fraction, busy=True)
    return True
