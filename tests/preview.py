"""See one panel alone on made-up data: ``python -m tests.preview attention``."""

import argparse
import sys
from functools import partial

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from roberta_gui.gui.look import theme as themes
from roberta_gui.gui.look.dressing import wear
from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.panels.comparison_panel import ComparisonPanel
from roberta_gui.gui.panels.moving.panel import MovingPanel
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.panels.train.panel import TrainPanel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.gui.work.jobs import JobRunner
from roberta_gui.lanes import Lane, panel_lane
from roberta_gui.view import Derived, with_second
from tests.gui import made_up_run
from tests.made_up import MADE_UP, MadeUpModel, made_up_analysis, made_up_axes, made_up_second


class Preview(QWidget):
    """One panel with its heading, fed with made-up data."""

    def __init__(self, kind: type[Panel], text: str) -> None:
        super().__init__()
        self.setObjectName("window")
        self.store = ViewStore()
        self.jobs = JobRunner()
        self.panel = kind(self.store)
        self._keys: dict[str, Derivation] = {}
        self.panel.derivation_wanted.connect(partial(self._derive, kind.name))
        self.jobs.succeeded.connect(self._derived)
        column = QVBoxLayout(self)
        column.setSpacing(0)
        column.addWidget(self.panel.heading)
        column.addWidget(self.panel, 1)
        self.store.use_model(MADE_UP)
        self.store.use_axes(made_up_axes(MADE_UP))
        if issubclass(kind, ComparisonPanel):
            self.store.apply(with_second, made_up_second(text))
        self.store.show(made_up_analysis(text))
        if isinstance(self.panel, TrainPanel | MovingPanel):
            made_up_run.show(self.panel, self.store)
        self.panel.start()

    def _derive(self, name: str, derivation: Derivation) -> None:
        self._keys[name] = derivation
        work = derivation.work
        if derivation.model is not None:
            work = partial(work, MadeUpModel(derivation.model))
        self.jobs.submit(panel_lane(name), work)

    def _derived(self, lane: Lane, value: object) -> None:
        self.store.derive(lane.name, Derived(self._keys[lane.name].key, value))


def main() -> int:
    """Show the named panel until its window is closed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("panel", choices=[panel.name for panel in PANELS])
    parser.add_argument("--text", default="The cat sat on the <mask> and looked at the moon .")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    options = parser.parse_args()
    application = QApplication(sys.argv[:1])
    wear(themes.choose(options.theme))
    preview = Preview(next(panel for panel in PANELS if panel.name == options.panel), options.text)
    preview.resize(640, 560)
    preview.show()
    status = application.exec()
    preview.jobs.shutdown()
    return status


if __name__ == "__main__":
    raise SystemExit(main())
