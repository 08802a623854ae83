"""Which heads matter: started, streamed, stopped, kept, and never taken for another sentence's."""

import csv
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from roberta_gui.findings.sweep import SweepState
from roberta_gui.gui.panels.sweep.panel import SweepPanel
from roberta_gui.gui.widgets.heads.head_map import HeadMap
from roberta_gui.gui.widgets.heads.head_ranking import HeadRanking
from roberta_gui.lanes import panel_lane
from roberta_gui.problems import SeveralPieces, TooLittleMemory
from roberta_gui.records import AnalysisRequest, Run, Sweep, WordOrRow
from roberta_gui.view import Derived
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, MadeUpEngine, MadeUpModel, made_up_analysis

TEXT = "The cat sat on the <mask>"
TWO_MASKS = "The <mask> sat on the <mask>"
LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
N_HEADS = MADE_UP.n_layers * MADE_UP.n_heads


pytestmark = pytest.mark.panel(kind=SweepPanel, size=(900, 520))


def field(shown: ShownPanel) -> QLineEdit:
    (found,) = shown.panel.findChildren(QLineEdit)
    return found


def expected(text: str, word: str = " table") -> Sweep:
    """Return what the made-up engine gives in the end."""
    *_, last = MadeUpEngine().sweep(AnalysisRequest(text), word)
    return last


def expected_swept(question: Any) -> SweepState:
    """Return what the made-up engine gives in the end, with its question."""
    return SweepState(question, expected(TEXT))


def spot(shown: ShownPanel) -> tuple[int, int, int, int]:
    """Return where the pictures are in the panel, once its layout has settled."""
    QApplication.processEvents()
    (heads,) = shown.panel.findChildren(HeadMap)
    corner = heads.mapTo(shown.panel, QPoint(0, 0))
    return corner.x(), corner.y(), heads.width(), heads.height()


def steps_of(shown: ShownPanel) -> Generator[SweepState, None, SweepState]:
    """Begin the newest work that was asked for, as the worker would."""
    derivation = shown.wanted.pop()
    steps: Generator[SweepState, None, SweepState] = derivation.work(
        MadeUpModel(MADE_UP), lambda: False, lambda _text, _fraction: None
    )
    return steps


def test_nothing_is_swept_before_somebody_asks(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TEXT))

    assert shown.wanted == []
    assert "Which heads does the guess depend on?" in shown.said()
    assert f"each of the {N_HEADS} heads" in shown.said()


def test_start_sweeps_for_the_best_guess_of_the_listed_mask(shown: ShownPanel) -> None:
    analysis = shown.show(made_up_analysis(TWO_MASKS))
    shown.store.select_mask(1)
    best = analysis.fills[1].candidates[0]

    shown.button("Start").click()

    (derivation,) = shown.wanted
    question: Any = derivation.key
    assert derivation.model == MADE_UP
    assert (question.word, question.spelled) == (best.id, f"␣{best.text}")
    assert question.mask == 1


def test_a_word_in_the_field_is_taken_letter_by_letter(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TEXT))
    field(shown).setFocus()

    QTest.keyClicks(field(shown), " mat")
    QTest.keyClick(field(shown), Qt.Key.Key_Return)

    assert field(shown).text() == "␣mat"
    question: Any = shown.wanted[-1].key
    assert question.word == " mat"


def test_heads_come_in_layer_by_layer_and_can_be_stopped(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TEXT))
    shown.panel.start()
    key = shown.wanted[-1].key
    steps = steps_of(shown)
    captions = []
    for _ in range(3):  # nothing yet, the last layer, the one below it
        shown.store.derive("sweep", Derived(key, next(steps)))
        captions.append(shown.panel.caption_text())

    assert captions[0] == ""
    assert f"the {MADE_UP.n_heads} tried so far" in captions[1]
    assert f"the {2 * MADE_UP.n_heads} tried so far" in captions[2]

    shown.button("Stop").click()
    shown.derive()

    table = shown.panel.table()
    assert table is not None
    assert len(list(table.rows)) == 2 * MADE_UP.n_heads
    assert shown.button("Start").isEnabled()
    assert shown.panel.is_current


def test_the_numbers_are_those_of_the_engine(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    sweep = expected(TEXT)
    table, arrays = shown.panel.table(), shown.panel.arrays()
    assert table is not None
    assert arrays is not None

    rows = list(csv.DictReader(table.to_csv().splitlines()))

    np.testing.assert_array_equal(arrays["changes_nats"], sweep.changes)
    assert len(rows) == N_HEADS
    for row in rows:
        change = sweep.changes[int(row["layer"]) - 1, int(row["head"]) - 1]
        assert float(row["change_nats"]) == change
        without = np.exp(sweep.baseline + change)
        assert float(row["probability_without"]) == pytest.approx(without, rel=1e-12)


def test_the_caption_names_the_head_that_matters_most(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    changes = expected(TEXT).changes
    layer, head = np.unravel_index(np.abs(changes).argmax(), changes.shape)

    assert f"Without {layer + 1}.{head + 1}: " in shown.panel.caption_text()
    assert f"the largest change of all {N_HEADS}" in shown.panel.caption_text()


def test_the_ranking_begins_with_the_largest_change_and_chooses_heads(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    (ranking,) = shown.panel.findChildren(HeadRanking)
    changes = expected(TEXT).changes
    order = np.argsort(-np.abs(changes), axis=None, kind="stable")
    wanted = [divmod(int(place), MADE_UP.n_heads) for place in order]

    found = []
    for row in range(3):
        place = ranking.layout_now().rect(wanted[row]).center()
        assert ranking.head_at(place) == wanted[row]
        QTest.mouseClick(ranking, LEFT, Qt.KeyboardModifier.NoModifier, place.toPoint())
        found.append(shown.store.view.selection.shown_head)
        assert place.y() == pytest.approx(ranking.layout_now().corner.y() + (row + 0.5) * 22, abs=2)

    assert found == wanted[:3]


def test_a_shift_click_in_the_map_switches_the_head_off_and_the_sweep_stays(
    shown: ShownPanel,
) -> None:
    shown.show_text(TEXT)
    (heads,) = shown.panel.findChildren(HeadMap)
    caption = shown.panel.caption_text()

    QTest.mouseClick(heads, LEFT, SHIFT, heads.cell_rect(2, 3).center().toPoint())
    off = shown.store.view.switched_off
    shown.store.restore_heads()
    shown.switch_off((2, 3))

    assert off == {(2, 3)}
    assert shown.panel.caption_text() == caption
    assert "This sweep was made with every head on. Start sweeps again." in shown.said()


def test_another_sentence_leaves_the_sweep_and_says_whose_it_is(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    before = shown.panel.table()
    other = made_up_analysis("A <mask> here")
    shown.store.type(Run("A <mask> here", other.tokens))
    shown.store.show(other)

    assert "This is the sweep of another sentence, “The cat sat on the <mask>”" in shown.said()
    assert shown.panel.shown is not None
    assert shown.panel.shown.request.text == TEXT
    after = shown.panel.table()
    assert before is not None
    assert after is not None
    assert after.to_csv() == before.to_csv()
    assert shown.wanted == []


def test_a_sentence_without_a_mask_does_not_take_the_sweep_for_its_own(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    other = made_up_analysis("No such thing")
    shown.store.type(Run("No such thing", other.tokens))
    while_typing = shown.said()
    shown.store.show(other)

    assert "This is the sweep of another sentence, “The cat sat on the <mask>”" in while_typing
    assert "another sentence, “The cat sat on the <mask>”. The present one has no" in shown.said()
    shown.show(made_up_analysis(TEXT))
    assert "another sentence" not in shown.said()


@pytest.mark.parametrize("size", [(900, 520), (420, 640), (390, 205)])
def test_nothing_moves_while_heads_come_in_or_the_sentence_changes(
    shown: ShownPanel, size: tuple[int, int]
) -> None:
    shown.panel.resize(*size)
    shown.show(made_up_analysis(TEXT))
    QApplication.processEvents()
    least = [shown.panel.minimumSizeHint().height()]
    shown.panel.start()
    key, steps, places = shown.wanted[-1].key, steps_of(shown), []
    shown.store.derive("sweep", Derived(key, next(steps)))
    least.append(shown.panel.minimumSizeHint().height())
    for step in (*steps, replace(expected_swept(key), is_done=True)):
        shown.store.derive("sweep", Derived(key, step))
        places.append(spot(shown))
        least.append(shown.panel.minimumSizeHint().height())
    shown.show(made_up_analysis("A <mask> here"))
    places.append(spot(shown))
    least.append(shown.panel.minimumSizeHint().height())

    assert "another sentence" in shown.said()
    assert len(set(places)) == 1
    assert len(set(least)) == 1


def test_a_hidden_panel_has_its_sweep_again_without_another_one(
    shown: ShownPanel, qtbot: QtBot
) -> None:
    shown.show_text(TEXT)
    caption = shown.panel.caption_text()

    shown.panel.hide()
    assert "sweep" not in shown.store.view.derived
    with qtbot.waitExposed(shown.panel):
        shown.panel.show()

    assert shown.panel.caption_text() == caption
    assert shown.wanted == []


def test_another_models_heads_are_not_those_that_were_swept(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    other = replace(MADE_UP, name="another")
    shown.show(made_up_analysis(TEXT, other))

    assert shown.panel.table() is None
    assert "Which heads does the guess depend on?" in shown.said()


def test_a_word_is_watched_as_it_stands_in_the_sentence(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TEXT))
    QTest.keyClicks(field(shown), "couch")
    QTest.keyClick(field(shown), Qt.Key.Key_Return)
    shown.derive()

    assert "Watching ␣couch, the form of “couch” that is one token here." in shown.said()
    assert "“␣couch” has" in shown.panel.caption_text()


def test_the_best_guess_is_swept_by_its_row_and_not_by_its_letters(
    shown: ShownPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = MadeUpEngine.sweep, []

    def sweep(engine: MadeUpEngine, request: AnalysisRequest, word: WordOrRow, *told: Any) -> Any:
        asked.append(word)
        return real(engine, request, word, *told)

    monkeypatch.setattr(MadeUpEngine, "sweep", sweep)
    analysis = shown.show_text(TEXT)
    shown.panel.start()
    shown.derive()

    assert set(asked) == {analysis.fills[0].candidates[0].id}
    assert "“␣floor” has" in shown.panel.caption_text()
    assert "Watching" not in shown.said()


def test_a_word_of_several_pieces_is_refused_quietly(
    shown: ShownPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_asked: object) -> Iterator[Sweep]:
        raise SeveralPieces("“zebras” is not one token.", "It has 2 pieces.")

    monkeypatch.setattr(MadeUpEngine, "sweep", refuse)
    shown.show_text(TEXT)

    assert "“zebras” is not one token. It has 2 pieces." in shown.said()
    assert dict(shown.store.view.problems) == {}
    assert shown.button("Start").isEnabled()


def test_a_sweep_that_failed_is_explained_and_can_be_tried_again(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TEXT))
    shown.panel.start()
    (derivation,) = shown.wanted

    shown.store.report(panel_lane("sweep"), TooLittleMemory("Too long.", "Take another device."))
    told = shown.said()
    shown.store.report(panel_lane("sweep"), None)

    assert "Too long. Take another device." in told
    assert shown.wanted[-1].key == derivation.key
    shown.derive()
    assert shown.panel.table() is not None


def test_without_a_mask_there_is_nothing_to_start(shown: ShownPanel) -> None:
    shown.show_text("No such thing")

    assert "No mask in the sentence" in shown.said()
    assert "Ctrl+M" in shown.said()
    assert not shown.button("Start").isVisible()


def test_a_mask_that_was_cut_off_is_not_called_none(shown: ShownPanel) -> None:
    read = made_up_analysis("The cat sat")
    cut = replace(read, request=replace(read.request, text=TEXT), dropped_tokens=3)
    shown.show(cut)
    before = shown.said()
    shown.show_text("A <mask>")
    shown.show(cut)

    assert "The mask lies beyond the 5 tokens that are read" in before
    assert "No mask in the sentence" not in before
    assert "The present one's mask is cut off." in shown.said()


def test_a_model_without_a_mask_head_says_so(shown: ShownPanel) -> None:
    headless = replace(MADE_UP, can_fill_masks=False)
    shown.show(replace(made_up_analysis("A <mask>", headless), fills=()))

    assert "This model cannot guess words" in shown.said()


@pytest.mark.parametrize(
    ("size", "n_pictures"), [((900, 520), 2), ((420, 640), 2), ((420, 300), 1), ((900, 260), 1)]
)
def test_map_and_ranking_stand_together_where_there_is_room(
    shown: ShownPanel, size: tuple[int, int], n_pictures: int
) -> None:
    shown.show_text(TEXT)
    shown.panel.resize(*size)

    figures = [*shown.panel.findChildren(HeadMap), *shown.panel.findChildren(HeadRanking)]
    assert sum(figure.isVisible() for figure in figures) == n_pictures


def test_the_pointer_hears_what_a_head_means_to_the_word(shown: ShownPanel, qtbot: QtBot) -> None:
    shown.show_text(TEXT)
    (heads,) = shown.panel.findChildren(HeadMap)

    QTest.mouseMove(heads, heads.cell_rect(1, 1).center().toPoint())
    qtbot.waitUntil(lambda: shown.store.view.selection.hovered_head == (1, 1))
    QTest.mouseMove(heads, QPoint(1, 1))

    shown.store.end_hover()
