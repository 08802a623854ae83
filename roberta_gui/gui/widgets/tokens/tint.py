"""The tint of the sentence's tokens: by what they are tinted, and which colour is which value."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.widgets.colours.raster import ramp_of, to_image
from roberta_gui.gui.widgets.controls.choice_button import MenuButton
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, rule_out
from roberta_gui.gui.widgets.painting.drawing import draw, letters, outline

NO_TINT: Final = ""

_LENGTH, _THICK = 84, 9  # pixels of the legend's bar


class TintChoice(MenuButton):
    """No tint, or one of some measures, its difference, and its numbers."""

    def __init__(self, measures: Mapping[str, str], tips: Mapping[str, str], numbers: str) -> None:
        tips = {NO_TINT: "Plain tokens with their ids", **tips}
        self._names = {NO_TINT: "No tint", **measures}
        switches = {
            "bits": (numbers, "Instead of the tokens' ids"),
            "difference": (
                "Difference",
                "How much likelier each token is than what it is held against",
            ),
        }
        choices = {value: (name, tips[value]) for value, name in self._names.items()}
        super().__init__(
            "Tint the tokens by their surprisal, or by what each adds to a guess", choices, switches
        )
        self.set_choice(NO_TINT, numbers=True)

    def set_choice(
        self, value: str, *, numbers: bool, difference: bool = False, why_no_difference: str = ""
    ) -> None:
        """Show what is chosen; ``why_no_difference`` says why there is nothing to subtract."""
        self.show_chosen(value, bits=numbers, difference=difference)
        none = "Choose a tint first: these are its numbers" * (value == NO_TINT)
        rule_out(self.switches["bits"], none)
        rule_out(self.switches["difference"], none or why_no_difference)
        name = self._names[value]
        self.setText("Tint" if value == NO_TINT else f"Tint: {name}{', difference' * difference}")
        self.setAccessibleName(f"Tint of the tokens: {name}")


class TintLegend(QWidget):
    """A bar in the colours of the tint with both ends of its scale below.

    Painted by hand: pyqtgraph's colour bar belongs to an image, and here chips have the colours.
    """

    def __init__(self) -> None:
        super().__init__()
        self._told = ("", "", "", False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_ends(self, low: str, high: str, tip: str, *, signed: bool = False) -> None:
        """Print other ends, and say in a tip what they are."""
        if (low, high, tip, signed) != self._told:
            self._told = low, high, tip, signed
            self.setAccessibleName(f"Tint from {low} to {high}")
            self.setToolTip(plain_tip(tip))
            self.update()

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as the bar and one line of text."""
        height = themes.current().metrics("small_number").height()
        return QSize(themes.current().pixels(_LENGTH), round(_THICK + 4 + height))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bar and ends."""
        draw(self, self._paint_bar)

    def _paint_bar(self, painter: QPainter) -> None:
        low, high, _, is_signed = self._told
        bar = QRectF(0.5, 0.5, self.width() - 1, _THICK)
        painter.drawImage(bar, to_image(ramp_of(signed=is_signed)[None]))
        outline(painter, bar)
        metrics = letters(painter, "small_number", "muted")
        y = bar.bottom() + 3 + metrics.ascent()
        painter.drawText(0, round(y), low)
        painter.drawText(round(self.width() - metrics.horizontalAdvance(high)), round(y), high)
