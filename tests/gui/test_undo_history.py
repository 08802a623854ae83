"""Undo takes back what was done last, be it typed or a head switched, and redo does it again."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from roberta_gui.gui.start.preferences import Preferences
from roberta_gui.gui.widgets.heads.head_grid import HeadGrid
from roberta_gui.gui.window.arrangements import COMPARE
from roberta_gui.records import Analysis, Replacement, Run
from tests.gui.explorer import Explorer
from tests.gui.idle_window import IdleWindow
from tests.made_up import MADE_UP, made_up_analysis

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
A = "The cat sat"


class History:
    """A window without a model, and hands to type, switch and undo with."""

    def __init__(self, idle: IdleWindow) -> None:
        self.idle, self.editor = idle, idle.window.card.editor
        idle.window.docks.solo("guesses")  # the others would ask a model that is not there
        idle.store.use_model(MADE_UP)
        self.editor.setFocus()

    @property
    def state(self) -> tuple[str, str]:
        """Return the text, and which heads are off as people count them."""
        off = sorted(self.idle.store.view.switched_off)
        return self.editor.text(), " ".join(f"{layer + 1}.{head + 1}" for layer, head in off)

    def type(self, text: str) -> None:
        QTest.keyClicks(self.editor, text)

    def switch(self, *heads: tuple[int, int]) -> None:
        self.idle.store.toggle_heads(heads)

    def undo(self) -> tuple[str, str]:
        QTest.keyClick(self.editor, Qt.Key.Key_Z, CTRL)
        return self.state

    def redo(self) -> tuple[str, str]:
        QTest.keyClick(self.editor, Qt.Key.Key_Z, CTRL | SHIFT)
        return self.state

    @property
    def enabled(self) -> tuple[bool, bool]:
        """Return whether the buttons Undo and Redo can be pressed."""
        buttons = {b.text(): b.isEnabled() for b in self.idle.window.findChildren(QToolButton)}
        return buttons["Undo"], buttons["Redo"]


@pytest.fixture
def history(qtbot: QtBot, tmp_path: Path) -> Iterator[History]:
    idle = IdleWindow(tmp_path, qtbot, Preferences(appearance="light", text=A, second_text="B"))
    idle.show()
    history = History(idle)
    yield history
    vars(history).clear()
    idle.close()


def test_switching_a_head_is_undone_and_done_again(history: History) -> None:
    before = history.enabled
    history.switch((0, 1))
    switched = history.enabled

    undone, after = history.undo(), history.enabled
    again = history.redo()

    assert (before, switched, after) == ((False, False), (True, False), (False, True))
    assert (undone, again) == ((A, ""), (A, "1.2"))
    assert history.enabled == (True, False)


def test_the_buttons_in_the_header_do_it_too(history: History) -> None:
    history.switch((0, 1))
    buttons = {b.text(): b for b in history.idle.window.findChildren(QToolButton)}

    buttons["Undo"].click()
    undone = history.state
    buttons["Redo"].click()

    assert (undone, history.state) == ((A, ""), (A, "1.2"))


def test_text_and_heads_go_back_in_the_order_in_which_they_came(history: History) -> None:
    seen = [history.state]
    steps: tuple[Callable[[], None], ...] = (
        partial(history.type, "x"),
        partial(history.switch, (0, 1)),
        partial(history.type, "y"),  # Qt alone would join it to the x
        partial(history.switch, (1, 0), (1, 1)),
        history.idle.store.restore_heads,
        partial(history.type, "z"),
    )
    for step in steps:
        step()
        seen.append(history.state)

    back = [history.undo() for _ in seen[1:]]
    nothing_left = history.enabled
    forth = [history.redo() for _ in seen[1:]]

    assert len(set(seen)) == len(seen)
    assert back == seen[-2::-1]
    assert forth == seen[1:]
    assert nothing_left == (False, True)
    assert history.enabled == (True, False)


def test_what_a_head_gives_instead_is_undone_while_one_is_off(history: History) -> None:
    store = history.idle.store
    store.ablate("mean")
    quiet = history.enabled  # no head is off: nothing to see, nothing to undo
    history.switch((0, 1))
    store.ablate("zero")

    history.undo()
    first = store.view.ablation
    history.undo()

    assert quiet == (False, False)
    assert first == "mean"
    assert store.view.switched_off == frozenset()
    history.redo()
    assert store.view.ablation == "mean"
    assert store.view.switched_off == {(0, 1)}


@pytest.mark.parametrize("edit", ["type", "switch"])
def test_what_was_taken_back_is_gone_after_something_else_was_done(
    history: History, edit: str
) -> None:
    history.type("x")
    history.switch((0, 1))
    history.undo()
    if edit == "type":
        history.type("y")
    else:
        history.undo()
        history.switch((1, 1))
    state = history.state

    assert history.enabled == (True, False)
    assert history.redo() == state
    history.undo()
    assert history.state == ((A + "x", "") if edit == "type" else (A, ""))


def test_the_same_model_on_another_device_leaves_its_heads_to_undo(history: History) -> None:
    history.switch((0, 1))
    history.idle.store.use_model(replace(MADE_UP, device="cuda"))

    assert history.state == (A, "1.2")
    assert history.undo() == (A, "")
    assert history.redo() == (A, "1.2")


def test_another_models_heads_are_not_switched_by_undo(history: History) -> None:
    history.switch((3, 3))
    history.idle.store.use_model(replace(MADE_UP, name="other", n_layers=2))

    assert history.enabled == (False, False)
    assert history.undo() == (A, "")


def test_a_second_sentence_has_edits_of_its_own_and_the_same_heads(history: History) -> None:
    window = history.idle.window
    history.type("x")
    window.docks.arrange(COMPARE)
    window.docks.solo("guesses")
    second = window.compare.second.editor
    history.switch((0, 1))
    second.setFocus()
    QTest.keyClicks(second, "y")

    undone = []
    for _ in range(2):
        QTest.keyClick(second, Qt.Key.Key_Z, CTRL)
        undone.append((second.text(), history.state))
    in_b = history.enabled
    history.editor.setFocus()

    assert undone == [("B", (A + "x", "1.2")), ("B", (A + "x", ""))]
    assert in_b == (False, True)
    assert history.enabled == (True, True)
    assert history.undo() == (A, "")


def test_a_made_up_pass_comes_back_as_the_object_it_was(history: History) -> None:
    store, full = history.idle.store, made_up_analysis(A)
    store.type(Run(A, full.tokens))
    store.show(full)
    history.switch((0, 1))
    store.show(made_up_analysis(A, seed=1), full)

    history.undo()

    assert store.view.analysis is full


def arrays(analysis: Analysis) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    probabilities = [[c.probability for c in fill.candidates] for fill in analysis.fills]
    return [analysis.attention, analysis.hidden, np.array(probabilities, np.float32)]


@pytest.mark.usefixtures("few_reference_sentences")
def test_undoing_gives_bit_identical_results(qtbot: QtBot, tmp_path: Path) -> None:
    explorer = Explorer(tmp_path, qtbot)
    explorer.start()
    try:
        grid = explorer.panel("heads").picture()
        assert isinstance(grid, HeadGrid)
        seen = [explorer.analysis]
        for head in ((1, 5), (2, 0)):
            place = grid.cell_rect(*head).center().toPoint()
            QTest.mouseClick(grid, Qt.MouseButton.LeftButton, SHIFT, place)
            explorer.settle()
            seen.append(explorer.analysis)
        explorer.store.ablate("mean")
        explorer.settle()
        for expected in reversed(seen):
            QTest.keyClick(explorer.editor, Qt.Key.Key_Z, CTRL)
            explorer.settle()
            assert explorer.analysis.request == expected.request
            for now, then in zip(arrays(explorer.analysis), arrays(expected), strict=True):
                np.testing.assert_array_equal(now, then, strict=True)
        assert not np.array_equal(seen[1].hidden, seen[0].hidden)
        assert explorer.analysis is seen[0]
    finally:
        explorer.close()


def test_all_masks_are_filled_by_one_click_and_come_back_by_one_undo(history: History) -> None:
    text = "A <mask> sat on a <mask>"
    analysis = history.idle.show_text(text)
    editor = history.editor
    editor.set_text(text)
    guesses = [
        (fill.token_index, fill.candidates[0], Replacement(token.start, token.end, "cat"))
        for fill in analysis.fills
        for token in [analysis.tokens[fill.token_index]]
    ]

    panel = history.idle.panel("fill")
    panel.replacements_wanted.emit([guesses[0], (*guesses[1][:2], None)])
    assert editor.text() == text  # all of them, or none
    panel.replacements_wanted.emit(guesses)
    assert editor.text() == "A cat sat on a cat"
    editor.undo()
    assert editor.text() == text
