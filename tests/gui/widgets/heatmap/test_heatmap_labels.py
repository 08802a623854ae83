"""The names along a heatmap: whose are written where not all have room."""

import math
from collections.abc import Collection
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF, QImage, QPaintDevice, QPainter

from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.gui.widgets.heatmap.heatmap_labels import HeatmapLabels
from roberta_gui.gui.widgets.heatmap.margins import Margins, Strip
from roberta_gui.gui.widgets.painting.axis_label import LABEL_ANGLE
from tests.gui.painted import pixels


def fill(heatmap: Heatmap, size: int, masks: Collection[int], *, strips: bool = False) -> None:
    labels = [AxisLabel(f"t{i}") for i in range(size)]
    for mask in masks:
        labels[mask] = AxisLabel("<mask>", "mask")
    strip = Strip(np.zeros(size), ColourScale(0.0, 1.0), "received", "what it receives")
    margins = Margins(strip, strip) if strips else None
    matrix = np.zeros((size, size), dtype=np.float32)
    heatmap.set_matrix(matrix, labels, ColourScale(0.0, 1.0), margins=margins)


def inked(heatmap: Heatmap, place: QRectF, role: str) -> list[tuple[int, int]]:
    """Return the pixels inside of a place that have exactly the colour of a role."""
    image, wanted = heatmap.grab().toImage(), LIGHT.color(role).rgb() & 0xFFFFFF
    inside = place.toRect() & image.rect()
    rows, columns = np.nonzero(pixels(image.copy(inside)) == wanted)
    xs, ys = columns + inside.left(), rows + inside.top()
    return [*zip(xs.tolist(), ys.tolist(), strict=True)]


class NotingPainter(QPainter):
    """Notes where the names begin."""

    def __init__(self, device: QPaintDevice) -> None:
        super().__init__(device)
        self.begun: list[float] = []

    def translate(self, x: float, y: float) -> None:  # type: ignore[override]
        self.begun.append(x)
        super().translate(x, y)


@pytest.mark.parametrize("size", range(20, 60, 3))
def test_rising_names_are_as_far_apart_as_a_line_is_high(heatmap: Heatmap, size: int) -> None:
    fill(heatmap, size, [size // 2])
    image = QImage(heatmap.size(), QImage.Format.Format_ARGB32)
    painter = NotingPainter(image)
    names = [AxisLabel(f"t{i}", "mask" if i == size // 2 else "plain") for i in range(size)]
    HeatmapLabels(names).paint_columns(painter, heatmap.layout_now(), set(), image.width())
    painter.end()

    begun = sorted(painter.begun)
    height = QFontMetricsF(LIGHT.font("control")).height()
    apart = [(b - a) * math.sin(math.radians(LABEL_ANGLE)) for a, b in pairwise(begun)]
    assert len(begun) > 3
    assert min(apart) >= height


def left_of(heatmap: Heatmap) -> QRectF:
    field = heatmap.layout_now().field
    return QRectF(0, field.top() - 10, field.left() - 4, field.height() + 20)


@pytest.mark.parametrize("size", [80, 200, 512])
@pytest.mark.parametrize("share", [0.02, 0.41, 0.73, 0.985])
@pytest.mark.parametrize("strips", [False, True])
def test_a_mask_is_named_on_both_axes_however_many_tokens_there_are(
    heatmap: Heatmap, size: int, share: float, strips: bool
) -> None:
    mask = int(size * share)
    fill(heatmap, size, [mask], strips=strips)
    layout = heatmap.layout_now()
    field = layout.field
    above = QRectF(0, 0, heatmap.width(), field.top() - 2)

    rows = [y for _, y in inked(heatmap, left_of(heatmap), "mask_text")]
    columns = [x for x, _ in inked(heatmap, above, "mask_text")]

    assert sum(rows) / len(rows) == pytest.approx(layout.row_rect(mask).center().y(), abs=6)
    assert min(columns) == pytest.approx(layout.column_rect(mask).center().x(), abs=8)


def test_names_stay_clear_of_a_mask_and_masks_of_each_other(heatmap: Heatmap) -> None:
    fill(heatmap, 512, [255, 256, 258])
    layout = heatmap.layout_now()
    row = layout.row_rect(255).center().y()
    height = QFontMetricsF(LIGHT.font("control", bold=True)).height()
    near = QRectF(0, row - height / 2, layout.field.left() - 4, height)

    rows = [y for _, y in inked(heatmap, left_of(heatmap), "mask_text")]

    assert max(rows) - min(rows) < height  # one name
    assert not inked(heatmap, near, "text")
    assert inked(heatmap, left_of(heatmap), "text")
