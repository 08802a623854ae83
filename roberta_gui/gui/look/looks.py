"""The table of looks: for each widget's name its ground, edge, text and room, as theme roles."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.theme import FontRole


@dataclass(frozen=True)
class Look:
    """How every widget of one name looks; colours are roles of the theme, "" is none."""

    text: str = "text"
    ground: str = ""
    edge: str = ""
    font: FontRole = "control"
    bold: bool = False
    radius: int = 6
    pad: tuple[int, int] = (0, 0)
    """Pixels between edge and content, at the sides and above and below."""
    beyond: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Pixels by which the box is cut off at its left, top, right and bottom."""
    underlined: bool = False
    """While it can be pressed."""


BUTTON: Final = Look(pad=(8, 3))
LINE_EDIT: Final = Look(ground="card", edge="line", pad=(8, 5))
TAB: Final = Look("muted", font="label", pad=(12, 5))

LOOKS: Final = {
    # Grounds
    "header": Look(ground="card", edge="line", radius=0, beyond=(1, 1, 1, 0)),
    "statusLine": Look(ground="card", edge="line", radius=0, beyond=(1, 0, 1, 1)),
    "card": Look(ground="card", edge="line", radius=8),
    "panelTitle": Look(ground="card", edge="line", radius=8, beyond=(0, 0, 0, 9)),
    "panelBody": Look(ground="card", edge="line", radius=8, beyond=(0, 9, 0, 0)),
    "noticeBar": Look(ground="accent_soft", edge="hover", radius=7),
    "problemBar": Look(ground="danger_soft", edge="danger", radius=7),
    "switchedHeads": Look(ground="accent_soft", edge="line", radius=7),
    "segments": Look(ground="card", edge="line", radius=7),
    # Text
    "productName": Look(font="product", bold=True),
    "panelName": Look(bold=True),
    "subtitle": Look("muted", font="small"),
    "note": Look("muted", font="small"),
    "caption": Look("muted", font="label"),
    "controlLabel": Look("muted", font="label"),
    "state": Look("muted", font="label", pad=(6, 0)),
    "ready": Look("good", font="label"),
    "busy": Look("mask", font="label"),
    "stepperText": Look(font="label"),
    "layerName": Look(font="label", bold=True),
    "emptyTitle": Look(font="title", bold=True),
    "emptyText": Look("muted", font="label"),
    "noticeTitle": Look(bold=True),
    "noticeHint": Look(),
    "count": Look("muted", font="small", pad=(6, 2)),
    "cutCount": Look("mask_text", "mask_soft", font="small", radius=5, pad=(6, 2)),
    "outdated": Look("mask_text", font="label"),
    "letter": Look("accent", "accent_soft", bold=True, pad=(8, 4)),
    # Buttons
    "picker": Look(ground="card", edge="line", pad=(9, 4)),
    "action": Look("muted", "card", "line", font="label", pad=(8, 3)),
    "toggle": Look("muted", "", "line", font="label", radius=7, pad=(9, 3)),
    "segment": Look("muted", font="label", radius=5, pad=(7, 1)),
    "stale": Look("mask_text", "mask_soft", font="small", radius=5, pad=(6, 1), underlined=True),
}


def look_of(widget: QWidget | None, otherwise: Look) -> Look:
    """Return the look that a widget's name stands for."""
    return LOOKS.get(widget.objectName(), otherwise) if widget is not None else otherwise


def fit(widget: QWidget) -> None:
    """Give a label or button the font of its name's look, and a label its colour and room too."""
    look = LOOKS.get(widget.objectName())
    if look is None or not isinstance(widget, QLabel | QAbstractButton):
        return
    widget.setFont(themes.current().font(look.font, bold=look.bold))
    if isinstance(widget, QLabel):
        widget.setForegroundRole(themes.PALETTE_ROLES[look.text])
        across, along = map(themes.current().pixels, look.pad)
        widget.setContentsMargins(across, along, across, along)
