"""PanelTitle: a panel's name, what it says beside it, whether it is outdated, and its buttons."""

from typing import Final, Literal

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from roberta_gui.gui.widgets.controls.breaking_text import ElidingLabel
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import fold_where_narrow
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out

STALE_MS = 400

End = Literal["", "not updated", "stopped", "not finished"]
"""How what a panel waited for has ended: not at all, before anything came, or half-way."""

_ENDS: Final[dict[End, str]] = {
    "not updated": "What was asked for last did not come. Click to ask again",
    "stopped": "Stopped half-way: this is what was known by then. Click to start again",
    "not finished": "It failed half-way: this is what was known by then. Click to try again",
}

_BEHIND: Final = "This picture still belongs to an earlier sentence or model"


class PanelTitle(QFrame):
    """The top row of a panel, by which it is dragged: name, remark, controls."""

    retry_wanted = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        named("panelTitle", self)
        self._remark = named("subtitle", ElidingLabel())
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(12, 8, 8, 4)
        self.row.setSpacing(8)
        title = named("panelName", ElidingLabel(name))
        title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.row.addWidget(title)
        self.row.addWidget(self._remark, 1)
        # In no layout: it comes and goes, and must not make the panel wider when it comes.
        self._stale = named("stale", QPushButton("updating", self))
        self._stale.clicked.connect(self.retry_wanted)
        self._stale.hide()
        self._end: End = ""
        self._controls: list[QWidget] = []
        # Most pictures are new before the eye can read the mark: it would only flicker.
        self._late = QTimer(self, singleShot=True, interval=STALE_MS)
        self._late.timeout.connect(self._show_stale)

    def set_remark(self, text: str) -> None:
        """Say beside the name what is shown, in a few words."""
        self._remark.setText(text)
        self._remark.setToolTip(plain_tip(text))

    @property
    def ended(self) -> End:
        """How what was asked for last has ended, "" while it goes on or is whole."""
        return self._end

    def set_stale(self, stale: bool, *, ended: End = "") -> None:
        """Mark that the picture belongs to an earlier text or model, if that lasts.

        If it ``ended``, nothing more will come: the mark stays, and can be pressed to try again.
        """
        if ended != self._end or not stale:
            self._late.stop()
            self._stale.hide()
        self._end = ended
        rule_out(self._stale, "" if ended else _BEHIND)
        if ended:
            self._say_stale(ended, _ENDS[ended])
            self._show_stale()
        elif stale and not self._late.isActive() and self._stale.isHidden():
            self._say_stale("updating", _BEHIND)
            self._late.start()

    def event(self, event: QEvent) -> bool:
        """Leave the controls their room, and keep the mark in front of them."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._keep_height()
            fold_where_narrow(self, self.width())
            self._place_stale()
        return super().event(event)

    def customEvent(self, event: QEvent) -> None:
        """Be as high as the controls are in the theme's other sizes."""
        self._keep_height()

    def _keep_height(self) -> None:
        """Be as high as any control, be it hidden: what is below must not move when it comes.

        Told to the layout, which remembers it: docks ask hundreds of times for the title's size.
        """
        heights = (control.sizeHint().height() for control in self._controls)
        self._remark.setMinimumHeight(max(heights, default=0))

    def _say_stale(self, mark: str, tip: str) -> None:
        self._stale.setText(mark)
        self._stale.setToolTip(plain_tip(tip))

    def _show_stale(self) -> None:
        self._stale.show()
        self._stale.raise_()
        self._place_stale()

    def _place_stale(self) -> None:
        """Put the mark over the end of the remark, or of the name where there is none."""
        self._stale.adjustSize()
        free = self._remark.geometry()
        top = free.center().y() + 1 - self._stale.height() // 2
        self._stale.move(max(free.right() + 1 - self._stale.width(), 0), top)

    def add(self, widget: QWidget) -> None:
        """Put a control at the right end."""
        self._controls.append(widget)
        self.row.addWidget(widget)
        self._keep_height()
