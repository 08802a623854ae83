"""LensGrid: the word that every layer would guess at every token, on a tint, in bands."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from roberta_gui.findings.notation.marks import NO_VALUES, LayerValues
from roberta_gui.findings.notation.names import layer_name
from roberta_gui.gui.widgets.controls.tall_area import TallArea
from roberta_gui.gui.widgets.interaction.navigation import NOTCH, Navigable, Navigation
from roberta_gui.gui.widgets.layers.layer_heatmap import left_of_cells
from roberta_gui.gui.widgets.lens.lens_band import LensBand
from roberta_gui.gui.widgets.lens.lens_page import (
    Bands,
    LensBar,
    PrintedLens,
    measures_for,
    printed_columns,
)
from roberta_gui.gui.widgets.painting.figure import BY_KEY


class LensGrid(Navigable):
    """Layers up, tokens across; a sentence that is too long goes on in another band below.

    The wheel scrolls, with Ctrl it zooms; so do + and -, Shift with the arrow keys scrolls by a
    band, and 0 makes the columns as wide as their words again.
    """

    cell_hovered = Signal(int, int)
    cell_left = Signal()
    cell_clicked = Signal(int, int, bool)  # layer, token, whether with Ctrl or Shift
    cell_double_clicked = Signal(int, int)
    stepped = Signal(int, int)  # layers up, tokens to the right
    sight_changed = Signal()  # other tokens may be in sight

    def __init__(self) -> None:
        super().__init__()
        self._shown: LayerValues = NO_VALUES
        self._measures = measures_for(NO_VALUES)
        self._span: int | None = None
        self._layer: int | None = None
        self._selected: tuple[int, ...] = ()
        self._about: tuple[int | None, int] = (None, 0)
        self._is_followed = True  # what was asked for, until somebody scrolls
        self._ringed = False
        self._drawn: list[LensBand] = []
        self._sheet = _Sheet(self)
        self._bands = Bands.fit((0, 0), (1, 1), self._measures)
        self._area = TallArea(
            self._sheet,
            lambda room: self._fitted(room).total,
            lambda: self._bands.height / self._bands.span,
        )
        self._area.scrolled.connect(self._end_following)
        self._area.verticalScrollBar().valueChanged.connect(lambda _: self.sight_changed.emit())
        self._bar = LensBar()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._area, 1)
        row.addWidget(self._bar)
        self.setAccessibleName("What each layer would guess")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(180)

    def sizeHint(self) -> QSize:
        """Ask for room for a sentence."""
        return QSize(520, 300)

    # --- what is shown

    def set_values(self, shown: LayerValues) -> None:
        """Show other words; what is in sight stays, unless the sentence has become another."""
        is_other = shown.labels != self._shown.labels
        if is_other and shown.values.shape[1] != self._shown.values.shape[1]:
            self._span = None
        self._shown = shown
        if is_other:
            self._measures = measures_for(shown)
        self._bar.set_values(shown, 0.0)
        self._fit()
        if is_other:
            self._area.stay()
        for band in self._drawn:
            band.set_values(shown)

    def set_layer(self, layer: int | None) -> None:
        """Outline the chosen layer."""
        self._layer = layer
        self.setAccessibleDescription("" if layer is None else f"Layer {layer_name(layer)}")
        for band in self._drawn:
            band.set_layer(layer)

    def set_selected(self, tokens: Sequence[int]) -> None:
        """Outline locked tokens."""
        self._selected = tuple(tokens)
        for band in self._drawn:
            band.set_selected([token for token in tokens if token in band.columns])

    def set_hovered(self, layer: int | None, token: int | None) -> None:
        """Light up a layer and a token."""
        for band in self._drawn:
            band.set_hovered(layer, token if token in band.columns else None)

    def bring_into_sight(self, layer: int | None, token: int) -> None:
        """Scroll to a cell, unless it is the one that was asked for last."""
        if (layer, token) != self._about:
            self._about = (layer, token)
            self._show_about()
            self._is_followed = True

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._measures = measures_for(self._shown)
        self._bar.set_values(self._shown, 0.0)
        self._fit()

    @property
    def in_sight(self) -> range:
        """Which tokens are in sight."""
        top = self._area.verticalScrollBar().value()
        return self._bands.seen(top, top + self._area.viewport().height())

    def band_of(self, token: int) -> LensBand:
        """Return the band in which a token stands."""
        return self._drawn[self._bands.band_of(token)]

    def printed(self) -> PrintedLens:
        """Return the picture for paper, which has room for the words."""
        chosen, first = (self._layer, self._selected), self.in_sight.start
        return PrintedLens(self._shown, first, chosen, float(self.width()))

    @property
    def printed_tokens(self) -> range:
        """Which tokens stand in the printed picture."""
        return printed_columns(self._shown.values.shape[1], self.in_sight.start)

    # --- bands

    def _fitted(self, room: QSize) -> Bands:
        n_layers, n_columns = self._shown.values.shape
        width = room.width() - left_of_cells(n_layers) - 1
        return Bands.fit((n_layers, n_columns), (width, room.height()), self._measures, self._span)

    def _fit(self) -> None:
        self._area.fit()
        self.place()

    def place(self) -> None:
        """Put the bands where they belong in the room that the sheet has."""
        room = QSize(self._sheet.width(), self._area.viewport().height())
        bands = self._fitted(room)
        moved, self._bands = bands != self._bands, bands
        for _ in range(len(self._drawn), bands.n_bands):
            self._drawn.append(self._new_band())
        for nth, band in enumerate(self._drawn):
            if nth < bands.n_bands:
                band.set_place(bands.columns(nth), bands.cell, bands.row)
                top = round(nth * bands.height)
                band.setGeometry(0, top, self._sheet.width(), round(bands.height))
                band.set_selected([t for t in self._selected if t in band.columns])
            band.setVisible(nth < bands.n_bands)
        self._bar.set_values(self._shown, 4 + bands.row * self._shown.values.shape[0])
        self._area.keep_place()  # in the new bands
        if self._is_followed:
            with self._area.settling():
                self._show_about()
        if moved:
            self._show_ring()
        self.sight_changed.emit()

    def _new_band(self) -> LensBand:
        band = LensBand()
        band.setParent(self._sheet)
        band.set_values(self._shown)
        band.set_layer(self._layer)
        for signal in ("cell_hovered", "cell_left", "cell_clicked", "cell_double_clicked"):
            getattr(band, signal).connect(getattr(self, signal))
        band.zoomed.connect(self._zoom)
        band.setFocusProxy(self)
        return band

    def _end_following(self) -> None:
        self._is_followed = False

    def _show_about(self) -> None:
        """Scroll to the whole band of the cell that was asked for, or at least to the cell."""
        layer, token = self._about
        if self._drawn and token < self._bands.n_columns:
            nth = self._bands.band_of(token)
            band = self._drawn[nth]
            bar, room = self._area.verticalScrollBar(), self._area.viewport().height()
            if band.height() <= room:
                if not bar.value() <= band.y() <= bar.value() + room - band.height():
                    bar.setValue(band.y())
                return
            self._area.show_rect(band.geometry().toRectF())  # its names, if not all of it
            if layer is not None:
                row = band.layout_now().row_rect(min(layer, self._shown.values.shape[0] - 1))
                self._area.show_rect(row.translated(0, band.y()))

    def _zoom(self, notches: float) -> None:
        """Put fewer columns into a band, or more."""
        span = round(self._bands.span * NOTCH**notches)
        span = span + (1 if notches < 0 else -1) * (span == self._bands.span)
        self._span = min(max(span, 3), self._bands.n_columns)
        self._fit()

    # --- keys

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the sentence anew."""
        super().resizeEvent(event)
        self._fit()

    def step(self, up: int, right: int) -> bool:
        """Ask for the next layer or token."""
        if self._shown.values.size:
            self.stepped.emit(up, right)
        return bool(self._shown.values.size)

    def navigate(self, way: Navigation) -> bool:
        """Zoom with + and -, or not with 0; scroll by a band with Shift."""
        if not self._shown.values.size:
            return False
        if way.home:
            self._span = None
            self._fit()
        elif way.zoom:
            self._zoom(way.zoom)
        else:
            bar = self._area.verticalScrollBar()
            bar.setValue(bar.value() + round((way.right - way.up) * self._bands.height))
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw a ring when a key has brought the keyboard here."""
        super().focusInEvent(event)
        self._ringed = event.reason() in BY_KEY
        self._show_ring()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self._ringed = False
        self._show_ring()

    def _show_ring(self) -> None:
        here = self._bands.band_of(self._about[1])
        for nth, band in enumerate(self._drawn):
            band.set_ringed(self._ringed and nth == here)


class _Sheet(QWidget):
    """What is scrolled: all bands below each other."""

    def __init__(self, grid: LensGrid) -> None:
        super().__init__()
        self._grid = grid

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have the bands placed in the new room."""
        super().resizeEvent(event)
        self._grid.place()
