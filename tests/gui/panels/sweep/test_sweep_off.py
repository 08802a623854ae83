"""A sweep while heads are off: those that are off already are neither tried nor counted."""

import csv

import numpy as np
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.panels.sweep.panel import SweepPanel
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, made_up_analysis

TEXT = "The cat sat on the <mask>"
N_HEADS = MADE_UP.n_layers * MADE_UP.n_heads


def said(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_heads_that_are_off_already_are_not_counted_as_tried(qtbot: QtBot) -> None:
    shown = ShownPanel(SweepPanel)
    for widget in (shown.panel, shown.panel.heading):
        qtbot.addWidget(widget)
        with qtbot.waitExposed(widget):
            widget.show()
    shown.show(made_up_analysis(TEXT))
    shown.switch_off((0, 1), (2, 3))
    before = said(shown.panel)
    shown.panel.start()
    shown.derive()
    table, arrays = shown.panel.table(), shown.panel.arrays()
    assert table is not None
    assert arrays is not None
    rows = list(csv.DictReader(table.to_csv().splitlines()))

    assert f"each of the other {N_HEADS - 2} heads off alone" in before
    assert f"the largest change of all {N_HEADS - 2}" in shown.panel.caption_text()
    assert f"· {N_HEADS - 2} heads" in said(shown.panel.heading)
    unknown = {(0, 1), (2, 3)}
    assert set(zip(*np.nonzero(np.isnan(arrays["changes_nats"])), strict=True)) == unknown
    off = [row for row in rows if row["off_throughout"] == "True"]
    assert {(int(row["layer"]) - 1, int(row["head"]) - 1) for row in off} == unknown
    assert {row[name] for row in off for name in ("change_nats", "probability_without")} == {"nan"}
    assert "nan" not in [row["change_nats"] for row in rows if row not in off]
