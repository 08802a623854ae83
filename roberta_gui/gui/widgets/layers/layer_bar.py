"""LayerBar: a slider through the layers, with play and a switch for trails."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QLabel, QToolButton

from roberta_gui.findings.notation.names import array_index
from roberta_gui.gui.look.icons import icon
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.play_bar import PlayBar
from roberta_gui.gui.widgets.controls.steady_label import SteadyLabel
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip


class LayerBar(PlayBar):
    """Walks through hidden-state layers, 0 being the embedding output."""

    trails_chosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__("Layer", "Walk through the layers (Ctrl+P)")
        self._last = named("controlLabel", QLabel())
        self._name = named("layerName", SteadyLabel())
        self._trails = named("toggle", QToolButton())
        self._trails.setIcon(icon("chart-timeline-variant", "muted", "accent"))
        self._trails.setCheckable(True)
        self._trails.setToolTip("Trails: draw where locked tokens came from, layer by layer")
        self._trails.setAccessibleName("Trails")
        self._trails.toggled.connect(self.trails_chosen)
        self.row.insertWidget(0, named("controlLabel", QLabel("emb")))
        self.row.insertWidget(2, self._last)
        self.row.insertWidget(3, self._name)
        self.row.addWidget(self._trails)

    def show_layer(self, layer: int, n_layers: int, *, trails: bool) -> None:
        """Show which layer is chosen, out of how many, and whether trails are drawn."""
        self.show_place(layer, n_layers)
        with QSignalBlocker(self._trails):
            self._trails.setChecked(trails)
        self._last.setText(str(n_layers))
        # The layer may still be one of a larger model that has just gone.
        self._name.setText(f"Layer {layer}" if layer else "Embeddings")
        # Digits of other widths must not move the slider; "Embeddings" may: it has not always room.
        self._name.hold((f"Layer {nth}" for nth in range(1, n_layers + 1)), 2)
        index = array_index("hidden", layer)
        self.slider.setToolTip(plain_tip(f"Layer (Alt+Up, Alt+Down)\n{index}"))
