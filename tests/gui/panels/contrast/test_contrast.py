"""Guesses, A against B: the divergence is that of the distributions, masks are matched by order."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtTest import QTest

from roberta_gui.gui.panels.contrast.panel import ContrastPanel, arrange
from roberta_gui.gui.widgets.charts.contrast_plot import ContrastPlot
from roberta_gui.gui.widgets.tokens.word_bars import WordBars
from roberta_gui.records import Analysis, AnalysisRequest, FloatArray, Run
from tests.gui.shown_panel import ShownPanel, finished
from tests.made_up import MADE_UP, MadeUpEngine, made_up_analysis

TWO, OTHER = "The <mask> sat on the <mask> tonight", "A <mask> sat <mask>"


pytestmark = pytest.mark.panel(kind=ContrastPanel, size=(760, 480))


def compare(shown: ShownPanel, text: str, other: str) -> None:
    b = made_up_analysis(other, seed=1)
    shown.show(made_up_analysis(text), second=Run.of(b))
    shown.derive()


def logs(text: str) -> FloatArray:
    steps = MadeUpEngine(MADE_UP).mask_log_probability_steps(AnalysisRequest(text))
    found: FloatArray = finished(steps)
    return found


def jensen_shannon(a: FloatArray, b: FloatArray) -> float:
    p, q = np.exp(a.astype(float)), np.exp(b.astype(float))
    m = (p + q) / 2
    return float((p * np.log2(p / m) + q * np.log2(q / m)).sum() / 2)


@pytest.mark.parametrize("mask", [0, 1])
def test_each_mask_is_compared_with_the_one_of_its_order(shown: ShownPanel, mask: int) -> None:
    compare(shown, TWO, OTHER)
    shown.store.select_mask(mask)
    arrays, table = shown.panel.arrays(), shown.panel.table()
    assert arrays is not None
    assert table is not None
    a, b = logs(TWO)[mask], logs(OTHER)[mask]
    divergence = jensen_shannon(a, b)

    np.testing.assert_array_equal(arrays["log_probabilities_a"], a)
    np.testing.assert_array_equal(arrays["log_probabilities_b"], b)
    assert float(arrays["divergence_bits"]) == pytest.approx(divergence, abs=1e-6)
    assert f"Mask {mask + 1} of 2" in shown.panel.caption_text()
    assert f"{divergence:.3f} bits" in shown.panel.caption_text()
    rows = list(table.rows)
    assert len(rows) == MADE_UP.vocab_size
    bits = np.array([row[-1] for row in rows], dtype=float)
    assert np.abs(bits).sum() == pytest.approx(divergence, abs=1e-6)
    assert np.all(np.diff(np.abs(bits)) <= 0)
    signs = np.array([np.sign(a[row[0]] - b[row[1]]) for row in rows])
    np.testing.assert_array_equal(np.sign(bits[bits != 0]), signs[bits != 0])


def test_the_same_sentence_twice_is_no_bit_apart(shown: ShownPanel) -> None:
    compare(shown, TWO, TWO)
    arrays = shown.panel.arrays()
    assert arrays is not None

    assert arrays["divergence_bits"] == 0
    assert "the divergence is 0 bits" in shown.panel.caption_text()


def test_swapping_the_sentences_mirrors_the_distributions(shown: ShownPanel) -> None:
    compare(shown, TWO, OTHER)
    before = shown.panel.arrays()
    compare(shown, OTHER, TWO)
    after = shown.panel.arrays()
    assert before is not None
    assert after is not None

    np.testing.assert_array_equal(after["log_probabilities_a"], before["log_probabilities_b"])
    assert after["divergence_bits"] == pytest.approx(before["divergence_bits"])


def test_with_heads_off_a_sentence_is_held_against_itself_with_every_head_on(
    shown: ShownPanel,
) -> None:
    compare(shown, TWO, OTHER)
    shown.store.type_second(None)
    shown.switch_off((0, 1))
    shown.derive()
    arrays = shown.panel.arrays()
    assert arrays is not None

    np.testing.assert_allclose(arrays["log_probabilities_b"], logs(TWO)[0])
    assert "Held against the same sentence with every head on (B)." in shown.panel.caption_text()


@pytest.mark.parametrize(("text", "last"), [("a <mask> b.", "b.”"), ("a <mask> b", "b”.")])
def test_a_sentence_that_ends_with_a_full_stop_gets_no_second_one(
    shown: ShownPanel, text: str, last: str
) -> None:
    compare(shown, TWO, text)

    assert shown.panel.caption_text().endswith(last)


@pytest.mark.parametrize(
    ("text", "other", "said"),
    [
        ("no mask", "a <mask>", "A holds no mask"),
        ("a <mask>", "no mask", "B holds no mask"),
        ("none", "none", "A and B hold no mask"),
    ],
)
def test_a_sentence_without_a_mask_is_named_even_after_a_comparison(
    shown: ShownPanel, text: str, other: str, said: str
) -> None:
    compare(shown, TWO, OTHER)
    compare(shown, text, other)

    assert said in shown.words()
    assert shown.panel.table() is None
    assert shown.panel.is_current


def cut_before(text: str, n_words: int) -> Analysis:
    """Invent a pass that reads only so many words of a text."""
    words = text.split()
    read = made_up_analysis(" ".join(words[:n_words]))
    return replace(
        read, request=replace(read.request, text=text), dropped_tokens=len(words) - n_words
    )


@pytest.mark.parametrize(
    ("a", "b", "title", "hint"),
    [
        ("so long a <mask>", "a <mask>", "The mask of A lies beyond the 5 tokens", "Shorten"),
        ("a <mask>", "so long a <mask>", "The mask of B lies beyond the 5 tokens", "Shorten"),
        ("so long a <mask>", "not a one", "The mask of A lies", "Shorten"),
        ("so long a <mask>", "as long a <mask>", "The masks of A and B lie beyond", "Shorten"),
        ("so long a text", "a <mask>", "A holds no mask", "Put one into each"),
    ],
)
def test_a_mask_that_was_cut_off_is_not_called_none(
    shown: ShownPanel, a: str, b: str, title: str, hint: str
) -> None:
    second = cut_before(b, 3)
    shown.show(cut_before(a, 3), second=Run.of(second))

    assert any(text.startswith(title) for text in shown.words())
    assert any(text.startswith(hint) for text in shown.words())
    absent = [text.endswith("B holds no mask.") for text in shown.words() if text.startswith(hint)]
    assert absent == [b == "not a one"]


def test_a_model_without_a_masked_lm_head_is_told_so(shown: ShownPanel) -> None:
    headless = replace(MADE_UP, name="headless", can_fill_masks=False)
    a, b = (made_up_analysis(text, headless) for text in (TWO, OTHER))
    shown.show(a, second=Run.of(b))
    shown.derive()

    assert "This model cannot guess words" in shown.words()


def test_plot_and_list_light_up_the_same_word(shown: ShownPanel) -> None:
    compare(shown, TWO, OTHER)
    (plot,), (bars,) = shown.panel.findChildren(ContrastPlot), shown.panel.findChildren(WordBars)
    before = plot.grab().toImage()

    QTest.keyClick(bars, Qt.Key.Key_Down)

    assert bars.accessibleDescription().startswith("␣w")
    assert plot.grab().toImage() != before


def test_the_vocabulary_is_spelled_once_for_a_model(
    shown: ShownPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare(shown, TWO, OTHER)
    asked: list[int] = []

    def spell(_engine: MadeUpEngine, ids: Sequence[int]) -> tuple[tuple[str, bool], ...]:
        asked.extend(ids)
        return tuple((str(row), False) for row in ids)

    monkeypatch.setattr(MadeUpEngine, "spell", spell)
    compare(shown, OTHER, TWO)

    assert asked == []
    assert shown.panel.table() is not None


@pytest.mark.parametrize("size", [(2530, 1000), (1240, 330), (700, 480), (400, 560), (300, 180)])
def test_plot_and_list_stand_side_by_side_and_neither_grows_past_its_use(
    size: tuple[int, int],
) -> None:
    whole = QRect(0, 0, *size)
    places = arrange(QSize(*size), 0)

    assert all(whole.contains(place) for place in places.values())
    if len(places) == 2:
        plot, words = places[0], places[1]
        assert not plot.intersects(words)
        if plot.top() == words.top():
            assert words.width() <= max(620, 0.6 * size[1]) + 1
            assert plot.width() >= min(plot.height(), size[0] - words.width() - 12)
            assert abs(plot.left() - (size[0] - words.right() - 1)) <= 1  # in the middle
