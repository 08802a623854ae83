"""TallArea: gives a picture all the room there is, and scrolls where that is too little."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class TallArea(QScrollArea):
    """Holds a picture as large as the area, or as high as ``height_for`` says it must be."""

    def __init__(self, picture: QWidget, height_for: Callable[[QSize], int]) -> None:
        super().__init__()
        self._picture, self._height_for = picture, height_for
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(picture)

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

    def show_rect(self, rect: QRectF) -> None:
        """Scroll so that a part of the picture is in sight."""
        part = rect.toAlignedRect()
        self.ensureVisible(part.center().x(), part.top(), 0, 2)
        self.ensureVisible(part.center().x(), part.bottom(), 0, 2)
