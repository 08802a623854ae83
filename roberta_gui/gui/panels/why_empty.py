"""What many panels say for the same reasons while they have nothing to show.

Each function says its sentence and returns True, or finds no reason for it and returns False.
"""

from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.view import View


def says_problem(empty: EmptyState, view: View, *lanes: str) -> bool:
    """Tell what went wrong in the first of the lanes that has a problem."""
    problem = view.problem_of(*lanes)
    if problem is not None:
        empty.say(problem.title, problem.hint)
    return problem is not None


def says_no_room(empty: EmptyState, view: View) -> bool:
    """Tell that the model is too narrow for the chosen space."""
    space = view.display.space
    if view.axes is None or space in view.axes.spaces:
        return False
    empty.say(
        f"No room for “{space.label.lower()}”",
        "This model has too few dimensions for it. Choose another space above.",
    )
    return True


def says_reading(empty: EmptyState, view: View, why: str) -> bool:
    """Tell how far the reading of the reference sentences is, and in a sentence what it is for."""
    progress = view.progress.get("background")
    if progress is None:
        return False
    empty.say("Reading the reference sentences", why, progress.fraction, busy=True)
    return True
