"""TallArea: gives a picture all the room there is, and scrolls where that is too little."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class TallArea(QScrollArea):
    """Holds a picture as large as the area, or as high as ``height_for`` says it must be.

    Another size or text size leaves the place in the picture where somebody has scrolled to, and
    brings it back where that had no room. The place is counted in ``unit`` pixels, which may
    become others, or in heights of the picture.
    """

    scrolled = Signal()
    """Somebody has scrolled, or something was asked for; silent while sizes change."""

    def __init__(
        self,
        picture: QWidget,
        height_for: Callable[[QSize], int],
        unit: Callable[[], float] | None = None,
    ) -> None:
        super().__init__()
        self._picture, self._height_for = picture, height_for
        self._unit = unit or (lambda: float(picture.height()))
        self._top = 0.0  # in units
        self._is_settling = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(picture)
        bar = self.verticalScrollBar()
        # Qt tells of a new range before it fits the place into it.
        bar.rangeChanged.connect(lambda _least, _most: self.keep_place())
        bar.valueChanged.connect(lambda _: self._note_scrolling())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the picture its room in the new size."""
        self.fit()
        super().resizeEvent(event)

    def fit(self) -> None:
        """Decide whether to scroll, after another size, text size or picture.

        Decided for the whole area, not for what a scroll bar leaves of it: otherwise the bar
        could make itself needless, go, and be needed again.
        """
        room = self.size()
        scrolls = self._height_for(room) > room.height()
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAlwaysOn if scrolls else policy.ScrollBarAlwaysOff
        )
        if scrolls:
            room.setWidth(room.width() - self.verticalScrollBar().sizeHint().width())
        height = self._height_for(room) if scrolls else 0
        self._picture.setMinimumHeight(height)
        # At once, not in the layout's next turn: what comes next may scroll.
        self._picture.resize(self.viewport().width(), max(self.viewport().height(), height))

    @contextmanager
    def settling(self) -> Iterator[None]:
        """Scroll meanwhile for a change of size only: the place that was wanted stays wanted."""
        before, self._is_settling = self._is_settling, True
        try:
            yield
        finally:
            self._is_settling = before

    def keep_place(self) -> None:
        """Show the place that was wanted last, as far as it goes."""
        with self.settling():
            self.verticalScrollBar().setValue(round(self._top * self._unit()))

    def stay(self) -> None:
        """Want what is in sight now, and no place of a picture that is gone."""
        self._top = self.verticalScrollBar().value() / max(self._unit(), 1)

    def _note_scrolling(self) -> None:
        if not self._is_settling:
            self.stay()
            self.scrolled.emit()

    def show_rect(self, rect: QRectF) -> None:
        """Scroll so that a part of the picture is in sight."""
        part = rect.toAlignedRect()
        self.ensureVisible(part.center().x(), part.top(), 0, 2)
        self.ensureVisible(part.center().x(), part.bottom(), 0, 2)
