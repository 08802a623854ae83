"""The window writes the mask that the tokenizer reads, and where it reads none, nowhere any."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip, why_ruled_out
from roberta_gui.gui.widgets.sentence.mask_chips import NO_MASK_TO_TYPE
from roberta_gui.records import ModelInfo, Run
from tests.gui.idle_window import IdleWindow
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, made_up_analysis, made_up_second

TEXT = "The cat sat on the mat"
WITHOUT = replace(MADE_UP, name="cut up", can_type_mask=False)
NEED_ONE = {"guesses", "cloze", "words", "fill", "why", "sweep", "contrast", "patching"}


@pytest.fixture(params=PANELS, ids=lambda kind: kind.name)
def any_panel(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[ShownPanel]:
    made = ShownPanel(request.param)
    qtbot.addWidget(made.panel)
    qtbot.addWidget(made.panel.heading)
    with qtbot.waitExposed(made.panel):
        made.panel.show()
    yield made
    vars(made).clear()  # pytest keeps it, and with it the store's timer


def tips(panel: Panel) -> str:
    """Return all that the buttons in sight say."""
    return " ".join(b.toolTip() for b in panel.findChildren(QToolButton) if b.isVisible())


def test_no_panel_advises_to_write_a_mask_and_those_that_need_one_say_why_not(
    any_panel: ShownPanel,
) -> None:
    any_panel.show(made_up_analysis(TEXT, WITHOUT), second=made_up_second(TEXT, WITHOUT))
    any_panel.store.select_token(2)
    any_panel.derive()

    assert "Ctrl+M" not in f"{any_panel.said()} {tips(any_panel.panel)}"
    assert (NO_MASK_TO_TYPE in any_panel.said()) == (any_panel.panel.name in NEED_ONE)


def show(idle: IdleWindow, model: ModelInfo) -> None:
    analysis = made_up_analysis(TEXT, model)
    idle.window.card.editor.set_text(TEXT)
    idle.store.use_model(model)
    idle.store.type(Run.of(analysis))
    idle.store.show(analysis)


def offers(idle: IdleWindow) -> list[QToolButton | QAction]:
    """Return what speaks of a mask beside the editor and in its menu."""
    card = idle.window.card
    buttons = [b for b in card.findChildren(QToolButton) if b.text() in ("Mask", "Next word")]
    menu = card.editor.context_menu(QPoint())
    menu.setParent(idle.window)
    found: list[QToolButton | QAction] = [
        *menu.actions(),
        *buttons,
        *card.examples.menu().actions(),
    ]
    return [one for one in found if "mask" in f"{one.text()} {one.toolTip()}".lower()]


def test_what_would_write_a_mask_is_grey_until_a_model_comes_that_reads_it(
    idle: IdleWindow,
) -> None:
    show(idle, WITHOUT)
    grey = offers(idle)
    assert len(grey) > 10
    assert {why_ruled_out(one) for one in grey} == {plain_tip(NO_MASK_TO_TYPE)}
    assert not any(one.isEnabled() for one in grey)
    assert "Ctrl+M" not in idle.window.card.editor.placeholderText()

    show(idle, MADE_UP)
    assert all(one.isEnabled() for one in offers(idle))
    assert "Ctrl+M" in idle.window.card.editor.placeholderText()
    idle.window.card.toggle_mask(2)
    assert idle.window.card.editor.text() == "The <mask> sat on the mat"


def test_the_mask_that_is_written_is_the_one_that_the_model_reads(idle: IdleWindow) -> None:
    card = idle.window.card
    acts: tuple[Callable[[], object], ...] = (
        lambda: card.strip.token_double_clicked.emit(2),
        lambda: idle.panel("attention").mask_wanted.emit(2),
        lambda: card.toggle_mask(2),
        lambda: QTest.keyClick(idle.window, Qt.Key.Key_F4),
    )
    written = []
    for act in acts:
        show(idle, replace(MADE_UP, mask_token="[MASK]"))
        act()
        written.append(card.editor.text())

    at_cat = "The [MASK] sat on the mat"
    assert written == [at_cat, at_cat, at_cat, "[MASK] cat sat on the mat"]


def test_keys_and_clicks_that_would_write_a_mask_say_why_not_and_change_nothing(
    idle: IdleWindow,
) -> None:
    show(idle, WITHOUT)
    card = idle.window.card
    acts: tuple[Callable[[], object], ...] = (
        lambda: QTest.keyClick(idle.window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier),
        lambda: QTest.keyClick(idle.window, Qt.Key.Key_F4),
        lambda: card.toggle_mask(2),
        lambda: card.rewrite(lambda *_known: ("", {})),
    )

    told: list[str] = []
    card.notice.connect(lambda title, _hint: told.append(title))
    for act in acts:
        act()
    card.editor.insert_mask()

    assert told == [f"{NO_MASK_TO_TYPE}."] * len(acts)
    assert card.editor.text() == TEXT
