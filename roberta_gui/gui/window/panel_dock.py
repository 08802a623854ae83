"""PanelDock: the dock of a panel, which is made when somebody is going to see it."""

from collections.abc import Callable

from PySide6.QtWidgets import QDockWidget

from roberta_gui.gui.panels.panel import Panel


class PanelDock(QDockWidget):
    """Holds one panel from the first time on that it is shown.

    A window that begins with nine of its 23 panels is there sooner. ``make`` gets the kind of
    panel.
    """

    def __init__(self, kind: type[Panel], make: Callable[[type[Panel]], Panel]) -> None:
        super().__init__(kind.title)
        self._kind, self._make = kind, make
        self._panel: Panel | None = None
        self.setObjectName(f"dock-{kind.name}")
        self.toggleViewAction().setText(kind.title)

    @property
    def is_made(self) -> bool:
        """Whether its panel has been shown, or asked for."""
        return self._panel is not None

    @property
    def panel(self) -> Panel:
        """Its panel, made now if it was not yet."""
        if self._panel is None:
            self._panel = panel = self._make(self._kind)
            self.setTitleBarWidget(panel.heading)  # before the panel: Tab goes so where it floats
            # Qt calls a dock visible that is behind another tab, only this signal tells.
            self.visibilityChanged.connect(lambda in_front: panel.set_covered(not in_front))
            self.setWidget(panel)
        return self._panel

    def setVisible(self, visible: bool) -> None:
        """Make the panel before it is seen, and before Qt asks how much room it needs."""
        if visible and not self.is_made:
            self.panel  # noqa: B018 - it is made by being asked for
        super().setVisible(visible)
