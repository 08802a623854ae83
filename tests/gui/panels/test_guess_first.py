"""While somebody guesses first, no panel tells what the model guesses, in no way."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.gui.panels import PANELS
from roberta_gui.gui.panels.picture_panel import PicturePanel
from roberta_gui.gui.panels.word_field import best_guess, words_at_hand
from roberta_gui.records import Answer
from tests.gui.shown_panel import ShownPanel
from tests.made_up import WORDS

TEXT = "The cat slept near the <mask> tonight"
TELLING = [kind for kind in PANELS if issubclass(kind, PicturePanel) and kind.tells_guesses]


def names(access: QAccessibleInterface) -> Iterator[str]:
    """Give the names and values of all that an assistive tool meets in sight."""
    if access.state().invisible:
        return
    yield access.text(QAccessible.Text.Name)
    yield access.text(QAccessible.Text.Value)
    for nth in range(access.childCount()):
        if (child := access.child(nth)) is not None:
            yield from names(child)


def told(shown: ShownPanel) -> str:
    """Return all that can be read or heard of a panel, or exported."""
    widgets = [w for top in (shown.panel, shown.panel.heading) for w in top.findChildren(QWidget)]
    parts = [widget.toolTip() for widget in widgets if widget.isVisible()]
    fields = shown.panel.findChildren(QLineEdit)
    parts += [field.placeholderText() for field in fields if field.isVisible()]
    for top in (shown.panel, shown.panel.heading):
        parts += names(QAccessible.queryAccessibleInterface(top))
    parts.append(shown.panel.caption_text())
    if (table := shown.panel.table()) is not None:
        parts.append(table.to_csv())
    parts += [str(array) for array in (shown.panel.arrays() or {}).values()]
    return " ".join(parts)


def everywhere(shown: ShownPanel) -> str:
    """Tell it with the mask selected, and another token under the pointer."""
    shown.store.select_token(6)
    shown.derive()
    parts = [told(shown)]
    for token in (2, 6):
        shown.store.hover_token(token)
        shown.derive()
        parts.append(told(shown))
    shown.store.end_hover()
    return " ".join(parts)


@pytest.fixture(params=PANELS, ids=lambda kind: kind.name)
def made(request: pytest.FixtureRequest, qapp: object) -> ShownPanel:
    return ShownPanel(request.param)


def test_no_panel_tells_a_guess_before_somebody_has_guessed(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    shown.store.forget_answers()
    shown.store.choose("cloze", first=True, guess="")

    said = everywhere(shown)

    assert [word for word in WORDS if re.search(rf"\b{word}\b", said)] == []
    view = shown.store.view
    assert (best_guess(view), words_at_hand(view)) == ("", [])


@pytest.fixture(params=TELLING, ids=lambda kind: kind.name)
def telling(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[ShownPanel]:
    made = ShownPanel(request.param)
    qtbot.addWidget(made.panel)
    qtbot.addWidget(made.panel.heading)
    made.panel.heading.show()
    with qtbot.waitExposed(made.panel):
        made.panel.show()
    yield made
    vars(made).clear()  # pytest keeps it, and with it the store's timer


def test_a_panel_that_tells_guesses_says_where_to_guess_and_is_there_again_afterwards(
    telling: ShownPanel, qtbot: QtBot
) -> None:
    analysis = telling.show_text(TEXT)
    telling.store.select_token(6)
    telling.derive()
    before = telling.panel.table()
    telling.store.choose("cloze", first=True)
    telling.derive()

    assert "Hidden until you guess" in telling.words()
    assert telling.panel.table() is None
    assert telling.panel.arrays() is None
    (guess,) = [b for b in telling.panel.findChildren(QPushButton) if b.text() == "Guess"]
    with qtbot.waitSignal(telling.panel.panel_wanted, check_params_cb=lambda name: name == "cloze"):
        guess.click()

    telling.store.answer([Answer(analysis.fingerprint, 0, "", "", -1, 0.0, "", -1, 0.0, "", 0.0)])
    telling.derive()
    assert "Hidden until you guess" not in telling.words()
    after = telling.panel.table()
    assert (after is None) == (before is None)
