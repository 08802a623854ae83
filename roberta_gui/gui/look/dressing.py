"""Dressing the application: one place that changes colours and sizes of everything."""

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.looks import fit
from roberta_gui.gui.look.style import Style
from roberta_gui.gui.look.theme import Theme

_THEME_CHANGE = QEvent.Type(QEvent.registerEventType())

_ROUNDS = 2
"""Layouts that another text size takes to settle: those inside first, then those around."""


def settle_layouts() -> None:
    """Lay everything out now: else it is painted in its old place first, cut off, then again."""
    for _ in range(_ROUNDS):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def wear(theme: Theme) -> None:
    """Dress the whole application in ``theme``.

    Every widget is then sent one event of its own type, those inside before those around. Whoever
    keeps something that colours or sizes decide forgets it in ``customEvent``, Qt's hook for it.
    """
    if not isinstance(QApplication.style(), Style):
        QApplication.setStyle(Style())
    before = themes.current()
    themes.put_on(theme)
    palette = themes.palette(theme)
    if QApplication.palette() != palette:
        QApplication.setPalette(palette)
        # Qt only posts it: but nothing may be painted in two themes.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.ApplicationPaletteChange)
        QToolTip.setPalette(palette)
    font = theme.font("control")
    if QApplication.font() != font or before.zoom != theme.zoom:
        QApplication.setFont(font)
        # Posted only, too: what has no look of its own would grow late, and all be painted twice.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.ApplicationFontChange)
        QToolTip.setFont(theme.font("label"))
        for widget in QApplication.allWidgets():
            fit(widget)
    if theme != before:
        for top in QApplication.topLevelWidgets():
            if top.parent() is None:
                for widget in (*reversed(top.findChildren(QWidget)), top):
                    QCoreApplication.sendEvent(widget, QEvent(_THEME_CHANGE))
