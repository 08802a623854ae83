"""Where tokens lie on principal axes, layer by layer, and what the axes go with."""

from roberta_gui.analysis.axes.modes import STANDARDISED, Space
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.projection import Basis
from roberta_gui.findings.hidden_states import captions
from roberta_gui.findings.hidden_states.projecting import ProjectedTokens, project
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis


def table(
    run: Analysis, axes: ReferenceAxes, space: Space = STANDARDISED, basis: Basis = "joint"
) -> Table:
    """Return every token's place on the axes of a space, in every layer.

    Raises
    ------
    problems.BadArgument
        The axes are not fitted in that space, as for all functions here.
    """
    return _projected(run, axes, space, basis).table()


def arrays(
    run: Analysis, axes: ReferenceAxes, space: Space = STANDARDISED, basis: Basis = "joint"
) -> Arrays:
    """Return the places, (layer + 1, token, axis), and what the axes explain."""
    return _projected(run, axes, space, basis).arrays()


def caption(
    run: Analysis, axes: ReferenceAxes, layer: int, space: Space = STANDARDISED,
    basis: Basis = "joint",
) -> str:  # fmt: skip
    """Say what a layer's axes hold and go with, and where the tokens move farthest."""
    return captions.describe(_projected(run, axes, space, basis), layer)


def _projected(run: Analysis, axes: ReferenceAxes, space: Space, basis: Basis) -> ProjectedTokens:
    return project(run, None, axes, axes.need_fitted(space, basis))
