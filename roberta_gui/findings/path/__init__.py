"""How tokens turn from layer to layer, measured and said."""

from roberta_gui.analysis.axes.modes import STANDARDISED, Space
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.stepped import result_of
from roberta_gui.findings.path import captions
from roberta_gui.findings.path.numbers import FoundPaths, find_paths
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import Analysis


def table(
    run: Analysis, axes: ReferenceAxes, space: Space = STANDARDISED, token: int | None = None
) -> Table:
    """Return each token's cosines in every layer; with ``token`` also those with that one.

    Raises
    ------
    problems.BadArgument
        The axes are not fitted in that space, as for all functions here.
    """
    return _found(run, axes, space).table(token)


def arrays(run: Analysis, axes: ReferenceAxes, space: Space = STANDARDISED) -> Arrays:
    """Return the cosines, (layer + 1, token), those of all pairs, and the reference's curves."""
    return _found(run, axes, space).arrays()


def caption(
    run: Analysis, axes: ReferenceAxes, layer: int, token: int | None = None,
    space: Space = STANDARDISED,
) -> str:  # fmt: skip
    """Say where the tokens, or one of them, turn most, and what is like what in a layer."""
    return captions.caption(_found(run, axes, space), layer, token)


def _found(run: Analysis, axes: ReferenceAxes, space: Space) -> FoundPaths:
    return result_of(find_paths(run, axes, axes.need_preparation(space), None, None))
