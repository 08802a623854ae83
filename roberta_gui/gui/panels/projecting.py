"""What the panels share that draw tokens on principal axes: coordinates and words."""

from collections.abc import Iterator
from functools import partial

from roberta_gui.analysis.projection import Basis
from roberta_gui.findings.hidden_states import ProjectedTokens, project
from roberta_gui.gui.panels.difference_switch import DifferenceSwitch
from roberta_gui.gui.panels.reasons import Reason, no_room
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.lanes import AXES, SENTENCE
from roberta_gui.view import View


class ProjectionPanel(TokenPanel[ProjectedTokens]):
    """A panel that shows where the sentence's tokens lie on principal axes."""

    busy = "Projecting the sentence"
    lanes = (SENTENCE, AXES)
    needs = "can_compare_states"

    def partners(self) -> DifferenceSwitch:
        """Make the switch for the partners in B."""
        return self.difference_switch(
            "Draw where each token's partner on the other side lies, too", "hidden", "partners"
        )

    def basis(self, view: View) -> Basis:
        """Return the axes that are wanted: the same for all layers, or each layer's own."""
        return "joint"

    def derive(self, view: View) -> Derivation | None:
        """Ask for the tokens' coordinates on the axes, in all layers at once; also of B's."""
        if view.analysis is None or view.axes is None or view.analysis.model != view.model:
            return None
        fitted = view.axes.fitted(view.choices.hidden.space, self.basis(view))
        if fitted is None:
            return None
        # By what is fitted, not by all axes: those grow while other spaces are fitted.
        comparison = view.comparison if view.choices.hidden.partners else None
        work = partial(project, view.analysis, comparison, view.axes, fitted)
        return Derivation((view.analysis, comparison, fitted), work)

    def result(self, view: View) -> ProjectedTokens | None:
        """Return the coordinates; nothing while the axes of their space are fitted."""
        space = view.choices.hidden.space
        fitted = view.axes.fitted(space, self.basis(view)) if view.axes is not None else None
        return None if fitted is None else super().result(view)

    def lacks(self, view: View) -> Iterator[Reason | None]:
        """Say why nothing lies on any axes yet, and how far that is."""
        progress, space = view.progress.get(AXES), view.choices.hidden.space
        if progress is not None and view.axes is None:
            yield Reason(
                "Fitting the axes",
                "Once for each model: its axes are fitted on reference sentences, "
                "so that they never jump while you type.",
                progress.fraction,
                is_busy=True,
            )
        yield no_room(view)
        if progress is not None and view.axes is not None and not view.axes.is_complete:
            what = space.phrase if self.basis(view) == "joint" else "axes for each layer"
            yield Reason(
                f"Fitting {what}",
                "Raw, centred and standardised on joint axes are there already; the others follow.",
                progress.fraction,
                is_busy=True,
                keeps_choices=True,
            )

    def layer_of(self, shown: ProjectedTokens, view: View) -> int:
        """Return the chosen layer, or the last one that the picture has."""
        return min(view.selection.layer, len(shown.coordinates) - 1)
