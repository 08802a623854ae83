"""All heads, sorted by what each means to a watched word: asked for, refused, and in numbers."""

import csv
import math

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from roberta_gui.gui.panels.all_heads.panel import AllHeadsPanel
from roberta_gui.gui.panels.word_field import WordField
from roberta_gui.records import AnalysisRequest
from tests.gui.panels.shown_heads import grid_of, order_of, read_order, sort_by
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, WORDS, MadeUpEngine, made_up_analysis

pytestmark = pytest.mark.panel(kind=AllHeadsPanel, size=(700, 560))


def remark(shown: ShownPanel) -> str:
    return " ".join(label.text() for label in shown.panel.heading.findChildren(QLabel))


def watch(shown: ShownPanel, word: str) -> None:
    """Type a word to watch, and press Enter."""
    (field,) = shown.panel.findChildren(WordField)
    QTest.keyClicks(field, word)
    QTest.keyClick(field, Qt.Key.Key_Return)
    shown.derive()


def test_heads_are_sorted_by_what_the_watched_word_loses_without_them(shown: ShownPanel) -> None:
    text = "The cat sat on the <mask>"
    shown.show_text(text)
    sort_by(shown, "word")
    watch(shown, "table")

    *_, sweep = MadeUpEngine(MADE_UP).sweep(AnalysisRequest(text), "table")
    changes = sweep.changes / math.log(2)
    sizes = np.abs([changes[head] for head in read_order(shown)])
    assert (np.diff(sizes) <= 0).all()
    assert "by what “␣table” gains or loses without them" in remark(shown)
    assert "without it “␣table” has" in grid_of(shown).describe(((3, 1),))
    table, arrays = shown.panel.table(), shown.panel.arrays()
    assert table is not None
    assert arrays is not None
    np.testing.assert_allclose(arrays["word_change_bits"], changes)
    for row in csv.DictReader(table.to_csv().splitlines()):
        head = int(row["layer"]) - 1, int(row["head"]) - 1
        assert float(row["word_change_bits"]) == pytest.approx(changes[head])
    assert "largest change" in shown.panel.caption_text()


def test_no_head_is_tried_unasked(shown: ShownPanel) -> None:
    """Whoever sorts by a word asks for this sentence; the next one waits for Enter."""
    shown.store.choose("heads", sort="word")
    shown.show_text("No mask here")
    assert "no mask to watch a word at" in remark(shown)
    shown.show(made_up_analysis("The cat sat on the <mask>"))
    assert shown.wanted[-1].model is None
    shown.derive()

    assert "Enter in the field tries the heads" in remark(shown)
    order_of(shown).chosen.emit("word")
    assert shown.wanted[-1].model == MADE_UP
    assert "trying the heads" in remark(shown)
    shown.derive()
    assert "by what “␣" in remark(shown)
    shown.show(made_up_analysis("Another <mask>"))
    assert shown.wanted[-1].model is None


def test_a_word_that_cannot_be_watched_is_refused_in_words(shown: ShownPanel) -> None:
    shown.show_text("The cat sat on the <mask>")
    sort_by(shown, "word")
    watch(shown, "two-pieces")

    assert "is not one token" in remark(shown)


def test_bars_and_the_watched_word_are_measured_one_after_the_other(shown: ShownPanel) -> None:
    shown.show_text("The cat sat on the <mask>")
    shown.store.choose("heads", roles=True)
    sort_by(shown, "word")

    assert shown.panel.known.is_measured
    assert shown.panel.known.swept.is_done


def test_the_best_guess_is_not_told_while_somebody_guesses_first(shown: ShownPanel) -> None:
    shown.show_text("The cat sat on the <mask>")
    sort_by(shown, "word")
    watch(shown, "")
    assert f"by what “␣{WORDS[0]}”" in remark(shown)
    shown.store.choose("cloze", first=True)
    shown.derive()

    assert "hidden until you guess" in remark(shown)
    said = (remark(shown), shown.panel.caption_text(), grid_of(shown).describe(((3, 1),)))
    assert [text for text in said if WORDS[0] in text] == []
