"""StatusLine: what the window is doing, how long it took, and what it computes with."""

from typing import Final, cast

from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QStatusBar

from roberta_gui import lanes
from roberta_gui.findings.notation.names import head_names, identity, name_switched_heads
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import ABLATIONS, Labelled, Segments
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.lanes import Lane, Rank
from roberta_gui.records import Ablation, ModelInfo
from roberta_gui.view import Progress, View
from roberta_gui.wording import counted

_WORDS: Final = {
    lanes.MODEL: "Loading the model",
    lanes.SECOND_MODEL: "Loading the second model",
    lanes.SENTENCE: "Computing",
    lanes.TOKENS: "Tokenizing",
    lanes.SECOND_SENTENCE: "Computing B",
    lanes.SECOND_TOKENS: "Tokenizing B",
    lanes.AXES: "Fitting the axes",
}
"""What is done in a lane that says nothing itself."""

_FAILED: Final = {
    lanes.SENTENCE: "The pass failed",
    lanes.SECOND_SENTENCE: "The pass failed",
    lanes.TOKENS: "The text cannot be read",
    lanes.SECOND_TOKENS: "B cannot be read",
}
"""What is said of a sentence that has no pass, and gets none."""

_STOPS: Final = {
    Rank.MODEL: "Give up on loading this model",
    Rank.EXPORT: "Save nothing",
    Rank.COPY: "Copy nothing",
}
"""What stopping comes to."""

STOP_MS: Final = 600
"""What a panel asked for can be stopped when it lasts longer; else the button would flicker."""

_EDGE: Final = 12
_GAP: Final = 8


class SwitchedHeads(QFrame):
    """Names the heads that are off; in sight only while there are any."""

    def __init__(self, store: ViewStore) -> None:
        super().__init__()
        named("switchedHeads", self)
        self._heads = frozenset[tuple[int, int]]()
        self._text = named("noticeHint", QLabel())
        self._ablation = Segments(ABLATIONS, "Instead of what a switched-off head found")
        self._ablation.chosen.connect(lambda chosen: store.ablate(cast("Ablation", chosen)))
        self._against = Segments(
            {
                "same": ("Off too", "The same heads are off in what A is held against"),
                "every": ("Every head on", "What A is held against has every head on"),
            },
            "Heads of what A is held against",
        )
        self._against.chosen.connect(
            lambda chosen: store.hold_against(every_head_on=chosen == "every")
        )
        self._in_b = Labelled("held against", self._against)
        self._restore = named("action", QPushButton("Restore all"))
        self._restore.setToolTip("Switch every head on again")
        self._restore.clicked.connect(store.restore_heads)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 1, 2, 1)
        row.setSpacing(8)
        row.addWidget(self._text)
        row.addWidget(Labelled("replaced by", self._ablation))
        row.addWidget(self._in_b)
        row.addWidget(self._restore)
        self.hide()

    def draw(self, view: View, previous: View | None) -> None:
        """Say which heads are off."""
        self.setVisible(bool(view.switched_off))
        self._ablation.set_choice(view.ablation)
        self._in_b.setVisible(view.right_side.is_chosen)
        self._against.set_choice("every" if view.right_side.every_head_on else "same")
        if previous is None or previous.switched_off != view.switched_off:
            self._heads = view.switched_off
            self._text.setText(f"{name_switched_heads(self._heads)}.")
            self._text.setToolTip(plain_tip(f"Layer and head: {head_names(self._heads)}"))

    def set_brief(self, brief: bool) -> None:
        """Say in few words how many heads are off, or which."""
        few = f"{counted(len(self._heads), 'head')} off"
        self._text.setText(few if brief else f"{name_switched_heads(self._heads)}.")


class StatusLine(QStatusBar):
    """State, switched-off heads and timings on the left, the model's identity on the right.

    It is as high with all of it as with none, so that nothing moves when something comes.
    ``stop_wanted(lane)`` asks to give up on what is computed there.
    """

    stop_wanted = Signal(object)

    def __init__(self, switched: SwitchedHeads) -> None:
        super().__init__()
        named("statusLine", self)
        self.setSizeGripEnabled(False)
        self._switched = switched
        self._stoppable: Lane | None = None
        self._light = named("busy", QLabel("●"))
        self._state = named("state", QLabel())
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(140)
        self._stop = named("action", QPushButton("Stop"))
        self._stop.hide()
        self._stop.clicked.connect(self._ask_to_stop)
        self._lasting = QTimer(self, singleShot=True, interval=STOP_MS)
        self._lasting.timeout.connect(self._offer_stop)
        self._timing = named("state", QLabel())
        self._place = named("state", QLabel())
        self._identity = named("state", QLabel())
        for widget in (
            self._light, self._state, self._bar, self._stop, switched, self._timing, self._place,
        ):  # fmt: skip
            self.addWidget(widget)
        self.addPermanentWidget(self._identity)
        self.setContentsMargins(_EDGE, 0, _EDGE, 0)

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._make_room()

    def draw(self, view: View, previous: View | None = None) -> None:
        """Show the state of ``view``."""
        now = _most_urgent(view)
        ready = now is None and view.model is not None and not _is_outdated(view)
        named("ready" if ready else "busy", self._light)
        self._state.setText("Ready" if ready else _doing(view, now))
        self._show_stop(now[0] if now is not None and now[1].can_stop else None)
        fraction = now[1].fraction if now else None
        self._bar.setVisible(fraction is not None)
        self._bar.setRange(0, 1000)
        self._bar.setValue(round((fraction or 0) * 1000))
        self._switched.draw(view, previous)
        self._timing.setText("" if view.failed_pass else _timing(view))
        layer = view.selection.layer
        where = f"Layer {layer}" if layer else "Embeddings"
        self._place.setText(f"{where} · head {view.selection.head + 1}" if view.analysis else "")
        self._identity.setText(identity(view.model) if view.model else "")
        both = filter(None, (view.model, view.right_side.model))
        self._identity.setToolTip(plain_tip("\n\n".join(map(_details, both))))
        self._make_room()

    def minimumSizeHint(self) -> QSize:
        """Let the window be as narrow as it likes: what does not fit is left out."""
        return QSize(0, super().minimumSizeHint().height())

    def whole_from(self, left: int) -> int:
        """Return where what hides the line from ``left`` on must begin to cut no words in two."""
        for label in (self._identity, self._timing, self._place):
            place = label.geometry()
            if label.isVisible() and label.text() and place.left() < left <= place.right():
                return place.left() - _GAP
        return left

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._make_room()

    def _show_stop(self, lane: Lane | None) -> None:
        """Offer to stop a lane's work: a model at once, a panel's work when it lasts."""
        if lane == self._stoppable:
            return
        self._stoppable = lane
        self._lasting.stop()
        self._stop.hide()
        if lane is None:
            return
        self._stop.setToolTip(plain_tip(_STOPS.get(lane.rank, "Keep what is known")))
        if lane.rank is Rank.MODEL:
            self._stop.show()
        else:
            self._lasting.start()

    def _ask_to_stop(self) -> None:
        if self._stoppable is not None:  # else the work has ended while the button was held down
            self.stop_wanted.emit(self._stoppable)

    def _offer_stop(self) -> None:
        self._stop.show()
        self._make_room()

    def _make_room(self) -> None:
        """Leave out what the line is too short for: the least needed first."""
        room = self.width() - _EDGE
        self._switched.set_brief(False)
        taken = self.needed()
        if taken > room:
            self._switched.set_brief(True)
            taken = self.needed()
        for label in (self._identity, self._timing, self._place):
            width = label.sizeHint().width() + _GAP if label.text() else 0
            fits = taken + width <= room
            label.setVisible(fits)
            taken += width if fits else 0

    def needed(self) -> int:
        """Return the width of what is never left out, at the left."""
        always = (self._light, self._state, self._bar, self._stop, self._switched)
        needed = sum(part.sizeHint().width() + _GAP for part in always if not part.isHidden())
        return needed + _EDGE


def _most_urgent(view: View) -> tuple[Lane, Progress] | None:
    """Return the lane that is told of: before the axes, what somebody can stop."""

    def order(entry: tuple[Lane, Progress]) -> tuple[bool, bool, Lane]:
        lane, progress = entry
        return lane not in (lanes.MODEL, lanes.SENTENCE), not progress.can_stop, lane

    return min(view.progress.items(), key=order, default=None)


def _doing(view: View, now: tuple[Lane, Progress] | None) -> str:
    if now is None and view.model is None:
        return "No model" if view.problems else "Starting"
    if now is None:
        return "Updating" if view.failed_pass is None else _FAILED[view.failed_pass]
    lane, progress = now
    return progress.text or _WORDS.get(lane, "Drawing")


def _is_outdated(view: View) -> bool:
    """Tell whether what is shown is not what is written, or never will be."""
    return view.failed_pass is not None or view.is_stale or view.is_second_stale


def _timing(view: View) -> str:
    if view.analysis is None:
        return ""
    seconds = view.analysis.seconds
    parts = [f"forward {seconds.get('layers', 0) * 1000:.0f} ms"]
    if view.analysis.fills:
        parts.append(f"guesses {seconds.get('head', 0) * 1000:.0f} ms")
    return " · ".join(parts)


def _details(model: ModelInfo) -> str:
    return "\n".join(
        (
            f"{model.name} from {model.source}",
            f"{counted(model.n_layers, 'layer')} × {counted(model.n_heads, 'head')}, "
            f"{counted(model.d_model, 'feature')}, "
            f"{model.n_parameters / 1e6:.1f} M parameters, vocabulary {model.vocab_size:,}",
            f"weights sha256 {model.weights_sha256}",
            *model.notices,
        )
    )
