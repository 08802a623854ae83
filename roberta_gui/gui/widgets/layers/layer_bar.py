"""LayerBar: a slider through the layers, with play and a switch for trails."""

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from roberta_gui.findings.notation.names import array_index
from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.stepper import Slider
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip

PLAY_MS = 700


class LayerBar(QWidget):
    """Walks through hidden-state layers, 0 being the embedding output."""

    layer_chosen = Signal(int)  # by somebody, or by play
    trails_chosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._slider = Slider()
        self._slider.setPageStep(1)
        self._slider.setAccessibleName("Layer")
        self._slider.valueChanged.connect(self.layer_chosen)
        self._last = named("controlLabel", QLabel())
        self._name = named("layerName", QLabel())
        self._play = QToolButton()
        self._play.setToolTip("Walk through the layers (Ctrl+P)")
        self._play.setAccessibleName("Play")
        self._play.clicked.connect(self.toggle_play)
        self._trails = named("toggle", QToolButton())
        self._trails.setIcon(icon("chart-timeline-variant", "muted", "accent"))
        self._trails.setCheckable(True)
        self._trails.setToolTip("Trails: draw where locked tokens came from, layer by layer")
        self._trails.setAccessibleName("Trails")
        self._trails.toggled.connect(self.trails_chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(named("controlLabel", QLabel("emb")))
        row.addWidget(self._slider, 1)
        for part in (self._last, self._name, self._play, self._trails):
            row.addWidget(part)
        self._clock = QTimer(self, interval=PLAY_MS)
        self._clock.timeout.connect(self._next_layer)
        self._show_playing()

    def show_layer(self, layer: int, n_layers: int, *, trails: bool) -> None:
        """Show which layer is chosen, out of how many, and whether trails are drawn."""
        with QSignalBlocker(self._slider), QSignalBlocker(self._trails):
            self._slider.setRange(0, n_layers)
            self._slider.setValue(layer)
            self._trails.setChecked(trails)
        self._last.setText(str(n_layers))
        self._name.setText(f"Layer {layer}" if layer else "Embeddings")
        index = array_index("hidden", layer)
        self._slider.setToolTip(plain_tip(f"Layer (Alt+Up, Alt+Down)\n{index}"))

    def _show_playing(self) -> None:
        self._play.setIcon(icon("pause" if self._clock.isActive() else "play"))

    def toggle_play(self) -> None:
        """Start or stop walking through the layers, round and round."""
        if self._clock.isActive():
            self._clock.stop()
        else:
            self._clock.start()
            self._next_layer()
        self._show_playing()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop walking when nobody sees it."""
        super().hideEvent(event)
        self._clock.stop()
        self._show_playing()

    def _next_layer(self) -> None:
        layer = self._slider.value() + 1
        self._slider.setValue(layer if layer <= self._slider.maximum() else 0)
