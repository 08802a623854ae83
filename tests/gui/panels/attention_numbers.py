"""What tests of the Attention panel read from it, and what they hold against that."""

import csv

import numpy as np

from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.records import AnalysisRequest, FloatArray
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MadeUpEngine


def contributions_of(request: AnalysisRequest) -> FloatArray:
    """Ask the made-up engine itself: float32 (layer, head, query, key)."""
    return np.stack(list(MadeUpEngine().contribution_steps(request)))


def table_of(shown: ShownPanel) -> tuple[list[str], FloatArray]:
    """Read the table back: its header, and its numbers."""
    table = shown.panel.table()
    assert table is not None
    header, *rows = csv.reader(table.to_csv().splitlines())
    return header, np.array([[float(x) for x in row[1:]] for row in rows]).astype(np.float32)


def heatmap_of(shown: ShownPanel) -> Heatmap:
    """Return the map, which must be what the panel draws."""
    heatmap = shown.panel.picture()
    assert isinstance(heatmap, Heatmap)
    return heatmap
