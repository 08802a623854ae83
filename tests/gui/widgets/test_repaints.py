"""What does not change is neither painted nor measured again: at 512 tokens that costs frames."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph.graphicsItems.ScatterPlotItem as symbols
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.look.theme import LIGHT, choose
from roberta_gui.gui.widgets.charts.scatter import Point, Scatter
from roberta_gui.gui.widgets.heads.head_grid import HeadGrid
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap


class Paints(QObject):
    """Counts a widget's paint events."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return False


class DrawnHead:
    """A widget on a window of its own, beside another one that can be painted at once."""

    def __init__(self, widget: QWidget, qtbot: QtBot) -> None:
        self._window = QWidget()
        qtbot.addWidget(self._window)
        row = QHBoxLayout(self._window)
        row.addWidget(widget)
        self._beside = QWidget()
        row.addWidget(self._beside)
        self._window.resize(600, 400)
        with qtbot.waitExposed(self._window):
            self._window.show()
        self._beside.repaint()
        self._paints = Paints(widget)

    def paints_after(self, change: Callable[[], None]) -> int:
        """Return how often the widget is painted because of ``change``."""
        before = self._paints.count
        change()
        # Painting one widget at once paints all that wait for it in the same window.
        self._beside.repaint()
        return self._paints.count - before


def show_words(heatmap: Heatmap, words: list[str]) -> None:
    matrix = np.eye(len(words), dtype=np.float32)
    heatmap.set_matrix(matrix, [AxisLabel(word) for word in words], ColourScale(0.0, 1.0))


def test_the_same_locked_rows_are_not_painted_again(qtbot: QtBot) -> None:
    heatmap = Heatmap()
    show_words(heatmap, ["a", "b", "c"])
    heatmap.set_selected([1])
    shown = DrawnHead(heatmap, qtbot)

    assert shown.paints_after(lambda: heatmap.set_selected([1])) == 0
    assert shown.paints_after(lambda: heatmap.set_selected([2])) == 1


def test_the_same_chosen_head_is_not_painted_again(qtbot: QtBot) -> None:
    grid = HeadGrid()
    grid.set_thumbnails(np.zeros((2, 2, 4, 4), dtype=np.uint8))
    grid.set_selected(0, 1)
    shown = DrawnHead(grid, qtbot)

    assert shown.paints_after(lambda: grid.set_selected(0, 1)) == 0
    assert shown.paints_after(lambda: grid.set_selected(1, 1)) == 1


def test_the_room_for_labels_follows_words_and_text_size(qtbot: QtBot) -> None:
    used, fresh, larger = Heatmap(), Heatmap(), Heatmap()
    for heatmap in (used, fresh, larger):
        qtbot.addWidget(heatmap)
        heatmap.resize(500, 500)
    show_words(used, ["a", "b"])
    narrow = used.layout_now()

    show_words(used, ["a", "extraordinary"])
    show_words(fresh, ["a", "extraordinary"])
    assert (small := used.layout_now()) == fresh.layout_now() != narrow

    wear(choose("light", 1.5))
    show_words(larger, ["a", "extraordinary"])

    assert used.layout_now() == larger.layout_now() != small


def test_points_of_one_colour_share_one_symbol(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[object] = []
    render: Callable[..., Any] = symbols.renderSymbol

    def counted(*arguments: Any, **more: Any) -> Any:
        rendered.append(arguments)
        return render(*arguments, **more)

    monkeypatch.setattr(symbols, "renderSymbol", counted)
    scatter = Scatter()
    qtbot.addWidget(scatter)
    scatter.resize(400, 300)
    places = np.random.default_rng(0).uniform(-1, 1, (90, 2)).astype(np.float32)

    for step in range(5):
        colours = [QColor(("red", "green", "blue")[i % 3]) for i in range(90)]
        scatter.set_points(places * (0.5 + step / 10), [Point("t", c, "t") for c in colours])
        scatter.grab()

    assert len(rendered) == 3  # three colours of ninety points, however often they move


@pytest.mark.parametrize("size", [257, 400, 512])
def test_a_pixel_that_covers_several_weights_shows_the_strongest(qtbot: QtBot, size: int) -> None:
    heatmap = Heatmap()
    qtbot.addWidget(heatmap)
    heatmap.resize(220, 220)
    weights = np.random.default_rng(size).random((size, size), dtype=np.float32)
    heatmap.set_matrix(weights, [AxisLabel("") for _ in weights], ColourScale(0.0, 1.0))

    image = heatmap.grab().toImage()

    field = heatmap.layout_now().field.toRect()
    starts = [int(size * pixel / field.width()) for pixel in range(field.width() + 1)]
    ramp = LIGHT.weight_map()
    for y, x in [(1, 1), (17, 40), (field.height() // 2, 3), (field.height() - 2,) * 2]:
        under = weights[starts[y] : starts[y + 1], starts[x] : starts[x + 1]]
        expected = ramp[int(under.max() * 255 + 0.5)].tolist()
        drawn = image.pixelColor(field.left() + x, field.top() + y)
        pairs = zip((drawn.red(), drawn.green(), drawn.blue()), expected, strict=False)
        assert max(abs(one - other) for one, other in pairs) <= 1
