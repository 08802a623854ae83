"""One of each painted widget that can be clicked, and two things on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, SignalInstance
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from roberta_gui.findings.notation.marks import (
    Cells,
    Guess,
    LayerValues,
    LensCells,
    Line,
    StepChanges,
    WordBar,
)
from roberta_gui.findings.notation.names import AxisLabel
from roberta_gui.findings.notation.scales import ColourScale
from roberta_gui.gui.widgets.arcs.arcs import Arcs
from roberta_gui.gui.widgets.charts.bar_chart import BarChart, BarSeries
from roberta_gui.gui.widgets.charts.contrast_plot import ContrastPlot
from roberta_gui.gui.widgets.charts.line_chart import LineChart
from roberta_gui.gui.widgets.charts.scatter import Point, Scatter
from roberta_gui.gui.widgets.heads.head_grid import HeadGrid
from roberta_gui.gui.widgets.heads.head_map import HeadMap
from roberta_gui.gui.widgets.heads.head_ranking import HeadRanking, RankedHead
from roberta_gui.gui.widgets.heatmap.heatmap import Heatmap
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.gui.widgets.layers.similarity_map import SimilarityMap
from roberta_gui.gui.widgets.layers.step_bars import StepBars
from roberta_gui.gui.widgets.lens.lens_band import LensBand
from roberta_gui.gui.widgets.multiples.small_multiples import SmallMultiples
from roberta_gui.gui.widgets.tokens.fact_list import FactList
from roberta_gui.gui.widgets.tokens.guess_list import GuessList
from roberta_gui.gui.widgets.tokens.guess_table import GuessTable
from roberta_gui.gui.widgets.tokens.token_bars import Bars, TokenBars
from roberta_gui.gui.widgets.tokens.token_strip import TokenStrip
from roberta_gui.gui.widgets.tokens.word_bars import WordBars
from tests.gui.widgets.layers.drawn_cells import show as show_cells
from tests.gui.widgets.made_tokens import token

SCALE = ColourScale(0.0, 1.0)
LABELS = tuple(AxisLabel(f"t{i}") for i in range(6))
VALUES = np.linspace(0, 1, 36, dtype=np.float32).reshape(6, 6)


@dataclass
class Pictured:
    """A widget, where its mouse events go, what a click on it emits, and where two things are."""

    widget: QWidget
    target: QWidget
    signal: SignalInstance
    places: Callable[[], tuple[QPoint, QPoint]]


def _middles(*rects: QRect | QRectF) -> tuple[QPoint, QPoint]:
    first, second = (QRectF(rect).center().toPoint() for rect in rects)
    return first, second


def _figure(
    widget: QWidget, signal: SignalInstance, rect: Callable[[int], QRect | QRectF]
) -> Pictured:
    return Pictured(widget, widget, signal, lambda: _middles(rect(1), rect(3)))


def heatmap() -> Pictured:
    shown = Heatmap()
    shown.set_matrix(VALUES, LABELS, SCALE)
    return _figure(shown, shown.cell_clicked, lambda n: _cell(shown, n))


def difference_map() -> Pictured:
    shown = Heatmap()
    shown.set_matrix(VALUES, LABELS, ColourScale(-1.0, 1.0), signed=True, alone=(1,))
    return _figure(shown, shown.cell_clicked, lambda n: _cell(shown, n))


def _cell(shown: Heatmap, n: int) -> QRectF:
    layout = shown.layout_now()
    return layout.row_rect(n) & layout.column_rect(n)


def arcs() -> Pictured:
    shown = Arcs()
    shown.set_lines(VALUES, VALUES > 0.5, LABELS, SCALE)
    return _figure(shown, shown.token_clicked, lambda n: shown.layout_now().name_rect("to", n, 8))


def head_grid() -> Pictured:
    shown = HeadGrid()
    shown.set_thumbnails(np.zeros((4, 4, 4, 4), dtype=np.uint8))
    return _figure(shown, shown.head_clicked, lambda n: shown.cell_rect(n, n))


def head_map() -> Pictured:
    shown = HeadMap("numbers")
    shown.set_values(VALUES, ColourScale(-1.0, 1.0), str)
    return _figure(shown, shown.head_clicked, lambda n: shown.cell_rect(n, n))


def head_ranking() -> Pictured:
    shown = HeadRanking("ranking")
    rows = [RankedHead((n, n), float(n), str(n), "") for n in range(5)]
    shown.set_ranking(rows, ("", ""))
    return _figure(shown, shown.head_clicked, lambda n: shown.cell_rect(n, n))


def layer_heatmap() -> Pictured:
    shown = LayerHeatmap("layers")
    shown.set_values(LayerValues(VALUES, LABELS, SCALE, "{} {}".format, hatched=(1,)))
    return _figure(shown, shown.cell_clicked, lambda n: shown.layout_now().cell_rect(n, n))


def lens_band() -> Pictured:
    shown = LensBand()
    shown.set_values(LensCells(VALUES, LABELS, SCALE, "{} {}".format))
    shown.set_place(range(6), 40.0, 20.0)
    return _figure(shown, shown.cell_clicked, lambda n: shown.layout_now().cell_rect(n, n))


def similarity_map() -> Pictured:
    shown = SimilarityMap()
    names = tuple(map(str, range(6)))
    shown.set_cells(Cells(VALUES, names, names, SCALE, "{} {}".format, "{} {}".format))
    return _figure(shown, shown.row_chosen, lambda n: shown.layout_now().cell_rect(n, n))


def step_bars() -> Pictured:
    shown = StepBars()
    steps, names = np.full(6, 0.5), tuple(map(str, range(7)))
    shown.set_changes(StepChanges(steps, np.full(6, np.nan), names, "1 − CKA", str))
    return _figure(shown, shown.item_clicked, shown.item_rect)


def small_multiples() -> Pictured:
    shown = SmallMultiples()
    places = np.array([[-6, -3], [0, 2], [5, 4], [6, -4]], dtype=np.float32)
    show_cells(shown, [places] * 4)
    return Pictured(
        shown, shown, shown.item_clicked,
        lambda: (shown.spot(1, 0).toPoint(), shown.spot(1, 2).toPoint()),
    )  # fmt: skip


def bar_chart() -> Pictured:
    shown = BarChart("bars")
    names = tuple(map(str, range(6)))
    shown.set_bars(names, names, [BarSeries("share", np.full(6, 0.5), 0)])
    return _figure(shown, shown.item_clicked, shown.item_rect)


def line_chart() -> Pictured:
    shown = LineChart("lines")
    shown.set_lines([Line("value", np.full(6, 0.5), 0)])
    return _figure(shown, shown.item_clicked, shown.item_rect)


def token_bars() -> Pictured:
    shown = TokenBars("bars")
    shown.set_bars(Bars(LABELS, np.full(6, 3.0), [f"tip {n}" for n in range(6)]))
    return _figure(shown, shown.item_clicked, shown.item_rect)


def word_bars() -> Pictured:
    shown = WordBars("words")
    shown.set_bars([WordBar(n, f"word{n}", 0.5, "") for n in range(6)], ("", ""))
    return _figure(shown, shown.item_clicked, shown.item_rect)


def contrast_plot() -> Pictured:
    shown, logs = ContrastPlot(), np.linspace(-6, -0.5, 6, dtype=np.float32)
    shown.set_words(logs, logs[::-1], list("abcdef"), (1, 3), str)
    return _figure(shown, shown.item_clicked, shown.item_rect)


def guess_list() -> Pictured:
    return _guesses(GuessList())


def fact_list() -> Pictured:
    return _guesses(FactList())


def guess_table() -> Pictured:
    return _guesses(GuessTable())


def _guesses(shown: GuessList) -> Pictured:
    """Show so many that the first column is full, however many columns have room."""
    shown.set_guesses([Guess(f"word{n}", 0.01, f"tip {n}") for n in range(20)])
    return Pictured(
        shown, shown, shown.guess_taken,
        lambda: (QPoint(30, 5), QPoint(30, shown.height() - 5)),
    )  # fmt: skip


def scatter() -> Pictured:
    shown = Scatter()
    places = np.array([[-6, -3], [5, 4]], dtype=np.float32)

    def on_screen() -> tuple[QPoint, QPoint]:
        shown.set_home((-8.0, 8.0, -6.0, 6.0))
        first, second = (shown.place(*place).toPoint() for place in places.tolist())
        return first, second

    shown.set_points(places, [Point(name, QColor("red"), name) for name in "ab"])
    return Pictured(shown, shown, shown.item_clicked, on_screen)


def token_strip() -> Pictured:
    shown = TokenStrip()
    shown.set_tokens([token(f"word{n}", n, index=n) for n in range(6)])
    return Pictured(
        shown, shown.viewport(), shown.token_clicked,
        lambda: _middles(shown.chip_rect(1), shown.chip_rect(3)),
    )  # fmt: skip


PICTURES: Sequence[Callable[[], Pictured]] = (
    heatmap, difference_map, arcs, head_grid, head_map, head_ranking, layer_heatmap,
    lens_band, similarity_map, step_bars, small_multiples, bar_chart,
    line_chart, token_bars, word_bars, contrast_plot, guess_list, fact_list, guess_table,
    scatter, token_strip,
)  # fmt: skip
