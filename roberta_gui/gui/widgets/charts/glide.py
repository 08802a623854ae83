"""Glide: points move to other places in a moment, so that the eye can follow each."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEasingCurve, QVariantAnimation
from PySide6.QtWidgets import QStyle, QWidget

from roberta_gui.records import FloatArray

GLIDE_MS = 140


class Glide(QVariantAnimation):
    """Calls ``move`` with arrays on their way; at once where the desktop wants no animations."""

    def __init__(self, parent: QWidget, move: Callable[..., None]) -> None:
        super().__init__(parent, startValue=0.0, endValue=1.0)
        self.setEasingCurve(QEasingCurve.Type.InOutQuad)
        self.valueChanged.connect(self._go)
        self._widget, self._move = parent, move
        self._legs: tuple[tuple[FloatArray, FloatArray], ...] = ()

    @property
    def is_running(self) -> bool:
        """Whether the points are still on their way."""
        return self.state() is QVariantAnimation.State.Running

    def begin(self, *legs: tuple[FloatArray, FloatArray]) -> None:
        """Move each array from its start to its end, which are of one shape."""
        self.stop()
        self._legs = legs
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        self.setDuration(GLIDE_MS if self._widget.style().styleHint(hint) else 0)
        self.start()

    def _go(self, share: float) -> None:
        self._move(*(start + np.float32(share) * (end - start) for start, end in self._legs))
