"""StatusLine: what the window is doing, how long it took, and what it computes with."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QStatusBar

from roberta_gui.gui.theme import Theme
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.records import ModelInfo
from roberta_gui.view import Progress, View

DEVICE_NAMES = {"cpu": "CPU", "cuda": "GPU (CUDA)", "mps": "GPU (Metal)"}


class StatusLine(QStatusBar):
    """State and timings on the left, the model's identity on the right.

    Signals
    -------
    stop_wanted()
        Give up on the model that is being opened.
    """

    stop_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self._theme = theme
        self._light = named("light", QLabel("●"))
        self._state = named("state", QLabel())
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(140)
        self._stop = QPushButton("Stop")
        self._stop.setToolTip("Give up on loading this model")
        self._stop.clicked.connect(self.stop_wanted)
        self._timing = named("timing", QLabel())
        self._place = named("place", QLabel())
        self._identity = named("identity", QLabel())
        for widget in (
            self._light, self._state, self._bar, self._stop, self._timing, self._place,
        ):  # fmt: skip
            self.addWidget(widget)
        self.addPermanentWidget(self._identity)
        self.setContentsMargins(12, 0, 12, 0)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme

    def draw(self, view: View) -> None:
        """Show the state of ``view``."""
        now = _most_urgent(view)
        ready = now is None and view.model is not None
        self._light.setStyleSheet(f"color: {self._theme.good if ready else self._theme.mask}")
        failed = now is None and view.model is None and bool(view.problems)
        self._state.setText("Ready" if ready else "No model" if failed else _doing(now))
        self._stop.setVisible("model" in view.progress and view.progress["model"].can_stop)
        fraction = now[1].fraction if now else None
        self._bar.setVisible(fraction is not None)
        self._bar.setRange(0, 1000)
        self._bar.setValue(round((fraction or 0) * 1000))
        self._timing.setText(_timing(view))
        layer = view.selection.layer
        where = f"Layer {layer}" if layer else "Embeddings"
        self._place.setText(f"{where} · head {view.selection.head + 1}" if view.analysis else "")
        self._identity.setText(identity(view.model) if view.model else "")
        self._identity.setToolTip(plain_tip(_details(view.model) if view.model else ""))


def identity(model: ModelInfo) -> str:
    """Name a model so that a picture can be traced back to it."""
    sha = f"{model.weights_sha256[:4]}…{model.weights_sha256[-4:]}"
    device = DEVICE_NAMES.get(model.device.partition(":")[0], model.device)
    return f"{model.name} · sha256 {sha} · {model.dtype} · {device}"


def _most_urgent(view: View) -> tuple[str, Progress] | None:
    for lane in ("model", "sentence", "background"):
        if lane in view.progress:
            return lane, view.progress[lane]
    return next(iter(view.progress.items()), None)


def _doing(now: tuple[str, Progress] | None) -> str:
    if now is None:
        return "Starting"
    lane, progress = now
    words = {
        "model": "Loading the model",
        "sentence": "Computing",
        "background": "Fitting the axes",
    }
    return progress.text or words.get(lane, "Drawing")


def _timing(view: View) -> str:
    if view.analysis is None:
        return ""
    seconds = view.analysis.seconds
    parts = [f"forward {seconds.get('layers', 0) * 1000:.0f} ms"]
    if view.analysis.fills:
        parts.append(f"guesses {seconds.get('head', 0) * 1000:.0f} ms")
    return " · ".join(parts)


def _details(model: ModelInfo) -> str:
    return (
        f"{model.name} from {model.source}\n"
        f"{model.n_layers} layers × {model.n_heads} heads, {model.d_model} features, "
        f"{model.n_parameters / 1e6:.1f} M parameters, vocabulary {model.vocab_size:,}\n"
        f"weights sha256 {model.weights_sha256}"
    )
