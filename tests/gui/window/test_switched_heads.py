"""The bar of switched-off heads: what it says, and that it switches them on again."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui.findings.notation.names import describe_switched_heads, head_names
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.window.status_line import SwitchedHeads
from roberta_gui.records import Ablation


class Bar:
    """The bar on a store of its own."""

    def __init__(self, bot: QtBot) -> None:
        self.store = ViewStore()
        self.widget = SwitchedHeads(self.store)
        bot.addWidget(self.widget)
        self.store.changed.connect(self.widget.draw)

    @property
    def text(self) -> str:
        return " ".join(label.text() for label in self.widget.findChildren(QLabel))

    def way(self, name: str) -> QToolButton:
        buttons = self.widget.findChildren(QToolButton)
        return next(button for button in buttons if button.text() == name)


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[Bar]:
    bar = Bar(qtbot)
    yield bar
    vars(bar).clear()


def test_it_is_there_only_while_a_head_is_off(bar: Bar) -> None:
    seen = [bar.widget.isHidden()]
    bar.store.toggle_heads([(2, 3)])
    seen.append(bar.widget.isHidden())
    (restore,) = bar.widget.findChildren(QPushButton)
    restore.click()
    seen.append(bar.widget.isHidden())

    assert seen == [True, False, True]
    assert bar.store.view.switched_off == frozenset()


def test_it_names_the_heads_as_people_count(bar: Bar) -> None:
    bar.store.toggle_heads([(2, 3)])
    assert "Head 3.4 is switched off." in bar.text

    bar.store.toggle_heads([(0, 0)])
    assert "2 heads are switched off (1.1 and 3.4)." in bar.text


def test_what_they_give_instead_is_chosen_there_and_shown(bar: Bar) -> None:
    bar.store.toggle_heads([(2, 3)])
    assert bar.way("Zero").isChecked()

    bar.way("Mean").click()

    assert bar.store.view.ablation == "mean"
    bar.store.ablate("zero")
    assert bar.way("Zero").isChecked()


@pytest.mark.parametrize(
    ("heads", "most", "told"),
    [
        ([], None, ""),
        ([(2, 3)], None, "3.4"),
        ([(4, 0), (2, 3)], None, "3.4 and 5.1"),
        ([(1, 0), (0, 9), (0, 1)], None, "1.2, 1.10 and 2.1"),
        ([(0, n) for n in range(5)], 3, "1.1, 1.2, 1.3 and 2 more"),
        ([(0, n) for n in range(3)], 3, "1.1, 1.2 and 1.3"),
    ],
)
def test_heads_are_listed(heads: list[tuple[int, int]], most: int | None, told: str) -> None:
    assert head_names(heads, most) == told


@pytest.mark.parametrize(
    ("n", "ablation", "told"),
    [
        (0, "zero", ""),
        (1, "zero", "Head 1.1 is switched off, its output replaced by zeros."),
        (2, "mean", "2 heads are switched off (1.1 and 1.2), their output replaced by their means"),
    ],
)
def test_a_caption_says_what_they_give(n: int, ablation: Ablation, told: str) -> None:
    said = describe_switched_heads([(0, head) for head in range(n)], ablation)

    assert said.startswith(told)
    assert bool(said) is bool(n)


def test_what_a_is_held_against_has_the_same_heads_off_or_none(bar: Bar) -> None:
    bar.store.toggle_heads([(0, 1)])
    assert bar.way("Every head on").isHidden() or not bar.way("Every head on").isVisibleTo(
        bar.widget
    )
    bar.store.hold_against(has_sentence=True)
    assert bar.way("Every head on").isVisibleTo(bar.widget)
    assert bar.way("Off too").isChecked()

    bar.way("Every head on").click()

    assert bar.store.view.right_side.every_head_on
    assert bar.way("Every head on").isChecked()
