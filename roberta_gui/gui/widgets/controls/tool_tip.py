"""Tool tips show what they are given, letter by letter: `<s>` is a token and no HTML."""

from functools import lru_cache
from html import escape
from textwrap import wrap

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAction, Qt
from PySide6.QtWidgets import QToolTip, QWidget

from roberta_gui.findings.notation.glyphs import explained
from roberta_gui.gui.look.missing_characters import describe_missing

WIDEST = 80
"""Characters of a line; what is longer goes on in another one."""

_OWN_TIP, _WHY_TIP = "ownTip", "whyTip"


@lru_cache(maxsize=2048)  # every control that is greyed out asks at each change of the View
def plain_tip(text: str) -> str:
    """Return what a tool tip must be set to so that ``text`` is read in it.

    Qt guesses whether a tool tip is HTML, and tokens such as ``<s>`` (there: struck out) and
    ``<b>`` mislead it. What it would show as it is comes back as it is. Lines are broken here:
    Qt breaks none of plain text, and HTML in the middle of ``</s>``. What ⟨ ⟩ means is said.
    """
    lines = "\n".join("\n".join(_broken(line)) for line in explained(text).split("\n"))
    if not Qt.mightBeRichText(lines):
        return lines
    return f"<p style='white-space:pre'>{escape(lines)}</p>"


def _broken(line: str) -> list[str]:
    return [line] if len(line) <= WIDEST else wrap(line, WIDEST, break_on_hyphens=False)


def show_tip(place: QPoint, text: str, owner: QWidget, around: QRect | None = None) -> None:
    """Show ``text`` at a place on the screen, as long as the pointer is on ``around``, if given.

    Where characters of it are boxes in the picture and in the tip, it says why.
    """
    told = "\n".join(filter(None, (text, describe_missing(text, QToolTip.font()))))
    QToolTip.showText(place, plain_tip(told), owner, around if around is not None else QRect())


def hide_tip() -> None:
    """Let the tip that is shown go."""
    QToolTip.hideText()


def rule_out(control: QWidget | QAction, why: str) -> None:
    """Grey a control out and say why in its tip; with "" it can be used, and has its own tip again.

    Every control that is grey now and then is so by this: nobody has to guess what is missing.
    """
    tip = control.toolTip()
    own = control.property(_OWN_TIP) if tip == control.property(_WHY_TIP) else tip
    # Set by somebody else since, it is the control's own tip of now.
    control.setProperty(_OWN_TIP, own if why else None)
    control.setProperty(_WHY_TIP, plain_tip(why) if why else None)
    control.setToolTip(plain_tip(why) if why else own or "")
    control.setEnabled(not why)


def why_ruled_out(control: QWidget | QAction) -> str:
    """Return the tip that says why a control is grey; "" if it was not ruled out."""
    return str(control.property(_WHY_TIP) or "")
