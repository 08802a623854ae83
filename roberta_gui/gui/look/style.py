"""Style: Fusion with our own buttons, frames, tabs and bars, in the current theme.

No style sheet: for another one Qt makes every widget's rules anew, which took up to a second.
"""

from typing import Any, Final, TypeAlias

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QLabel,
    QProxyStyle,
    QScrollArea,
    QStyle,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComplex,
    QStyleOptionMenuItem,
    QStyleOptionProgressBar,
    QStyleOptionSlider,
    QStyleOptionTab,
    QStyleOptionToolButton,
    QTabBar,
    QWidget,
)

from roberta_gui.gui.look import painting
from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.looks import BUTTON, LINE_EDIT, LOOKS, TAB, Look, look_of
from roberta_gui.gui.widgets.painting.drawing import saved

State = QStyle.StateFlag
Control = QStyle.ControlElement
Primitive = QStyle.PrimitiveElement
Complex = QStyle.ComplexControl
Contents = QStyle.ContentsType
Metric = QStyle.PixelMetric
Part = QStyle.SubControl
Holder: TypeAlias = QWidget | None

_EDGE: Final = 1
_BAR: Final = 10
"""Pixels across a scroll bar."""
_SHORTEST: Final = 24
"""Pixels along its handle, at least."""
_GROOVE: Final = 4
_KNOB: Final = 14

_LENGTHS: Final = {
    Metric.PM_ScrollBarExtent: _BAR,
    Metric.PM_ScrollBarSliderMin: _SHORTEST,
    Metric.PM_SliderThickness: _KNOB + 2,
    Metric.PM_SliderControlThickness: _KNOB,
    Metric.PM_SliderLength: _KNOB,
    Metric.PM_DockWidgetSeparatorExtent: 10,
    Metric.PM_ToolTipLabelFrameWidth: 5,
    Metric.PM_TabBarTabHSpace: 2 * TAB.pad[0],
    Metric.PM_TabBarTabVSpace: 2 * TAB.pad[1],
    Metric.PM_TabBarTabOverlap: 0,
    Metric.PM_TabBarTabShiftVertical: 0,
    Metric.PM_TabBarBaseOverlap: 0,
    Metric.PM_ToolBarFrameWidth: 0,
}
_ICONS: Final = (
    Metric.PM_ButtonIconSize,
    Metric.PM_SmallIconSize,
    Metric.PM_ToolBarIconSize,
    Metric.PM_TabBarIconSize,
)
_ICON: Final = 16

_SPARED: Final = (
    Primitive.PE_FrameFocusRect,
    Primitive.PE_FrameStatusBarItem,
    Primitive.PE_FrameTabBarBase,
    Primitive.PE_PanelScrollAreaCorner,
    Primitive.PE_FrameDockWidget,
    Primitive.PE_FrameMenu,
)
"""What Fusion paints and we do not."""


class Style(QProxyStyle):
    """Paints by `LOOKS`, and what is not in there as Fusion does in our palette."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def polish(self, subject: Any) -> Any:
        """Let what lies in a scroll area stand on the ground around it, and tabs without a line."""
        if isinstance(subject, QScrollArea):
            if subject.focusPolicy() is Qt.FocusPolicy.NoFocus:
                subject.setFrameShape(QFrame.Shape.NoFrame)
            for part in (subject.viewport(), subject.widget()):
                if part is not None:
                    part.setAutoFillBackground(False)
        elif isinstance(subject, QTabBar):
            subject.setDrawBase(False)
        return super().polish(subject)

    # --- sizes (Qt's stubs forget that there may be no widget)

    def pixelMetric(
        self, metric: Metric, option: QStyleOption | None = None, widget: Holder = None
    ) -> int:
        """Return our own lengths; icons grow with the text."""
        if metric in _LENGTHS:
            return _LENGTHS[metric]
        if metric in _ICONS:
            return themes.current().pixels(_ICON)
        if metric is Metric.PM_DefaultFrameWidth and isinstance(widget, QAbstractScrollArea):
            return round(painting.RING)
        return super().pixelMetric(metric, option, widget)

    def sizeFromContents(
        self, kind: Contents, option: QStyleOption, size: QSize, widget: Holder = None
    ) -> QSize:
        """Add the room that a look keeps between edge and content."""
        if kind in (Contents.CT_ToolButton, Contents.CT_PushButton):
            return _padded(size, look_of(widget, BUTTON))
        if kind is Contents.CT_LineEdit:
            return _padded(size, LINE_EDIT)
        return super().sizeFromContents(kind, option, size, widget)  # type: ignore[arg-type]

    def subElementRect(
        self, element: QStyle.SubElement, option: QStyleOption, widget: Holder = None
    ) -> QRect:
        """Return where a push button and a line edit write."""
        if element is QStyle.SubElement.SE_PushButtonContents:
            return _inside(option.rect, look_of(widget, BUTTON))
        if element is QStyle.SubElement.SE_LineEditContents:
            return _inside(option.rect, LINE_EDIT)
        return super().subElementRect(element, option, widget)  # type: ignore[arg-type]

    def subControlRect(
        self, control: Complex, option: QStyleOptionComplex, part: Part, widget: Holder = None
    ) -> QRect:
        """Return where the parts of a scroll bar are: it has no arrows."""
        if control is Complex.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            return _scroll_bar_part(option, part)
        return super().subControlRect(control, option, part, widget)  # type: ignore[arg-type]

    # --- painting

    def drawPrimitive(
        self, element: Primitive, option: QStyleOption, painter: QPainter, widget: Holder = None
    ) -> None:
        """Paint panels and frames."""
        rect = QRectF(option.rect)
        if element in _SPARED:
            return
        if element is Primitive.PE_PanelStatusBar:
            _frame(painter, rect, LOOKS["statusLine"], option.state)
        elif element is Primitive.PE_PanelLineEdit:
            _frame(painter, rect, LINE_EDIT, option.state)
        elif element in (Primitive.PE_PanelMenu, Primitive.PE_PanelTipLabel):
            plain = Look(ground="card", edge="line", radius=0)
            painting.box(painter, rect, plain, ground="card", edge="line")
        elif element is Primitive.PE_IndicatorDockWidgetResizeHandle:
            if option.state & State.State_MouseOver:
                painter.fillRect(option.rect, painting.color("accent_soft"))
        elif element is Primitive.PE_Frame and widget is not None:
            if widget.objectName() in LOOKS:
                _frame(painter, rect, LOOKS[widget.objectName()], option.state)
        else:
            super().drawPrimitive(element, option, painter, widget)

    def drawControl(
        self, element: Control, option: QStyleOption, painter: QPainter, widget: Holder = None
    ) -> None:
        """Paint frames, push buttons, tabs, menu items and progress."""
        name = widget.objectName() if widget is not None else ""
        if element is Control.CE_ShapedFrame and name in LOOKS:
            # Qt leaves a label's margins out of its frame: they are the room that the look has.
            whole = widget.rect() if isinstance(widget, QLabel) else option.rect
            _frame(painter, QRectF(whole), LOOKS[name], option.state)
        elif element is Control.CE_ShapedFrame and isinstance(widget, QAbstractScrollArea):
            # What lies in it stands on the ground around it.
            if option.state & State.State_HasFocus:
                painting.ring(painter, QRectF(option.rect), 0)
        elif element is Control.CE_PushButtonBevel and isinstance(option, QStyleOptionButton):
            look = look_of(widget, BUTTON)
            painting.button(painter, QRectF(option.rect), look, option.state)
        elif element is Control.CE_PushButtonLabel and isinstance(option, QStyleOptionButton):
            self._write(element, option, painter, widget)
        elif element is Control.CE_TabBarTab and isinstance(option, QStyleOptionTab):
            _draw_tab(option, painter, widget)
        elif element is Control.CE_MenuItem and isinstance(option, QStyleOptionMenuItem):
            soft = QStyleOptionMenuItem(option)
            soft.palette = _of_menus(option.palette)
            super().drawControl(element, soft, painter, widget)
        elif element is Control.CE_ProgressBarGroove:
            painting.bar(painter, _thin(option.rect), "track")
        elif element is Control.CE_ProgressBarContents and isinstance(
            option, QStyleOptionProgressBar
        ):
            painting.bar(painter, _done(option), "accent")
        else:
            super().drawControl(element, option, painter, widget)

    def drawComplexControl(
        self,
        control: Complex,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: Holder = None,
    ) -> None:
        """Paint tool buttons, sliders and scroll bars."""
        if control is Complex.CC_ToolButton and isinstance(option, QStyleOptionToolButton):
            look = look_of(widget, BUTTON)
            painting.button(painter, QRectF(option.rect), look, option.state)
            self._write(Control.CE_ToolButtonLabel, option, painter, widget)
        elif control is Complex.CC_Slider and isinstance(option, QStyleOptionSlider):
            knob = self.subControlRect(control, option, Part.SC_SliderHandle, widget)
            _draw_slider(option, QRectF(knob), painter)
        elif control is Complex.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            handle = QRectF(_scroll_bar_part(option, Part.SC_ScrollBarSlider))
            role = "muted" if option.state & State.State_MouseOver else "line"
            painting.bar(painter, handle.adjusted(1, 1, -1, -1), role)
        else:
            super().drawComplexControl(control, option, painter, widget)

    def _write(
        self, element: Control, option: QStyleOption, painter: QPainter, widget: Holder
    ) -> None:
        """Write what is on a button in the colour of its state."""
        look = look_of(widget, BUTTON)
        role = painting.text_of(look, option.state)
        palette = QPalette(option.palette)
        palette.setColor(QPalette.ColorRole.ButtonText, painting.color(role))
        option.palette = palette
        if isinstance(option, QStyleOptionToolButton):
            option.rect = _inside(option.rect, look)
        font = painter.font()
        font.setUnderline(look.underlined and bool(option.state & State.State_Enabled))
        painter.setFont(font)
        super().drawControl(element, option, painter, widget)


def _frame(painter: QPainter, rect: QRectF, look: Look, state: QStyle.StateFlag) -> None:
    painting.box(painter, rect, look, ground=look.ground, edge=look.edge)
    if state & State.State_HasFocus:
        painting.ring(painter, rect, look.radius)


def _padded(size: QSize, look: Look) -> QSize:
    across, along = look.pad
    return size + QSize(2 * (across + _EDGE), 2 * (along + _EDGE))


def _inside(rect: QRect, look: Look) -> QRect:
    across, along = look.pad[0] + _EDGE, look.pad[1] + _EDGE
    return rect.adjusted(across, along, -across, -along)


def _of_menus(palette: QPalette) -> QPalette:
    """Return the palette in which Fusion paints the chosen item of a menu as we do buttons."""
    soft = QPalette(palette)
    soft.setColor(QPalette.ColorRole.Highlight, painting.color("accent_soft"))
    soft.setColor(QPalette.ColorRole.HighlightedText, painting.color("text"))
    return soft


def _draw_tab(option: QStyleOptionTab, painter: QPainter, widget: Holder) -> None:
    """Paint a tab as a button, with a ring where it is the one that the keyboard moves."""
    state = option.state
    chosen = bool(state & State.State_Selected)
    rect = QRectF(option.rect).adjusted(0, 0, -2, 0)
    role = "accent" if chosen else "text" if state & State.State_MouseOver else "muted"
    painting.box(painter, rect, TAB, ground="accent_soft" if chosen else "", edge="")
    if chosen and state & State.State_HasFocus:
        painting.ring(painter, rect, TAB.radius)
    with saved(painter):
        painter.setPen(painting.color(role))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, option.text)


def _draw_slider(option: QStyleOptionSlider, knob: QRectF, painter: QPainter) -> None:
    """Paint the groove, what lies before the handle, and the handle."""
    whole = QRectF(option.rect)
    groove = QRectF(whole.left(), whole.center().y() - _GROOVE / 2, whole.width(), _GROOVE)
    painting.bar(painter, groove, "track")
    role = "accent" if option.state & State.State_Enabled else "line"
    groove.setRight(knob.center().x())
    painting.bar(painter, groove, role)
    has_keys = bool(option.state & State.State_HasFocus)
    room = min(knob.width(), knob.height(), _KNOB) + (4 if has_keys else 0)
    place = QRectF(0, 0, room, room)
    place.moveCenter(knob.center())
    painting.knob(painter, place, role, ringed=has_keys)


def _scroll_bar_part(option: QStyleOptionSlider, part: Part) -> QRect:
    """Return where a part of a scroll bar is: a handle on a groove from end to end."""
    whole = option.rect
    upright = option.orientation is Qt.Orientation.Vertical
    length = whole.height() if upright else whole.width()
    steps = option.maximum - option.minimum
    share = option.pageStep / (steps + option.pageStep) if steps > 0 else 1.0
    handle = min(max(round(length * share), _SHORTEST), length)
    start = QStyle.sliderPositionFromValue(
        option.minimum, option.maximum, option.sliderPosition, length - handle, option.upsideDown
    )
    spans = {
        Part.SC_ScrollBarGroove: (0, length),
        Part.SC_ScrollBarSlider: (start, handle),
        Part.SC_ScrollBarSubPage: (0, start),
        Part.SC_ScrollBarAddPage: (start + handle, length - start - handle),
    }
    if part not in spans:
        return QRect()
    at, size = spans[part]
    if upright:
        return QRect(whole.left(), whole.top() + at, whole.width(), size)
    return QRect(whole.left() + at, whole.top(), size, whole.height())


def _thin(rect: QRect) -> QRectF:
    """Return the middle line of a bar."""
    return QRectF(rect.left(), rect.center().y() - _GROOVE / 2, rect.width(), _GROOVE)


def _done(option: QStyleOptionProgressBar) -> QRectF:
    """Return how far a bar has got; where nobody knows how far, its middle third."""
    whole = _thin(option.rect)
    steps = option.maximum - option.minimum
    if steps <= 0:
        third = whole.width() / 3
        return whole.adjusted(third, 0, -third, 0)
    whole.setWidth(whole.width() * (option.progress - option.minimum) / steps)
    return whole
