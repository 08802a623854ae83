"""Dressing the application: one place that changes colours and sizes of everything."""

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QToolTip

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.looks import fit
from roberta_gui.gui.look.style import Style
from roberta_gui.gui.look.theme import Theme

_ROUNDS = 2
"""Layouts that another text size takes to settle: those inside first, then those around."""


def settle_layouts() -> None:
    """Lay everything out now: else it is painted in its old place first, cut off, then again."""
    for _ in range(_ROUNDS):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def wear(application: QApplication, theme: Theme) -> None:
    """Dress the whole application in ``theme``.

    Widgets hear of it as Qt tells them: a ``PaletteChange`` for other colours, a ``FontChange``
    for another size; by then :func:`roberta_gui.gui.look.theme.current` is the new one.
    """
    if not isinstance(application.style(), Style):
        application.setStyle(Style())
    before = themes.current()
    themes.put_on(theme)
    palette = themes.palette(theme)
    if application.palette() != palette:
        application.setPalette(palette)
        # Qt only posts it: but nothing may be painted in two themes.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.ApplicationPaletteChange)
        QToolTip.setPalette(palette)
    font = theme.font("control")
    if application.font() != font or before.zoom != theme.zoom:
        application.setFont(font)
        QToolTip.setFont(theme.font("label"))
        for widget in application.allWidgets():
            fit(widget)
