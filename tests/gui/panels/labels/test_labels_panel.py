"""The Labels panel: what a fine-tuned model says of the sentence, live, and what it says in B."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from roberta_gui.findings.labels import LabelsResult
from roberta_gui.gui.panels.guesses.panel import GuessesPanel
from roberta_gui.gui.panels.labels.panel import LabelsPanel
from roberta_gui.gui.widgets.tokens.guess_list import GuessList
from roberta_gui.records import ModelInfo, Run, Task
from roberta_gui.view import with_right_side, with_second_analysis
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, made_up_analysis

pytestmark = pytest.mark.panel(kind=LabelsPanel, size=(460, 300))

TEXT, OTHER = "Ann has a dog", "Ann has a cat"
WORDS = replace(MADE_UP, name="words", task=Task("tokens", ("O", "PER", "ANIMAL")))
NUMBER = replace(MADE_UP, name="number", task=Task("regression", ("score",)))
SEVERAL = replace(MADE_UP, name="several", task=Task("multi_label", ("cat", "dog")))
BARE = replace(MADE_UP, name="bare", task=None)
OTHERS = replace(MADE_UP, name="others", task=Task("classification", ("good", "so-so")))


def said(shown: ShownPanel) -> list[str]:
    figure = shown.panel.picture()
    assert isinstance(figure, GuessList)
    return [figure.say(row) for row in range(figure.n_items)]


def show(shown: ShownPanel, model: ModelInfo, second: ModelInfo | None = None) -> None:
    shown.show(made_up_analysis(TEXT, model))
    if second is not None:
        shown.store.apply(with_right_side, model=second)
        shown.store.apply(with_second_analysis, made_up_analysis(TEXT, second, seed=2))
    shown.derive()


def known(shown: ShownPanel) -> LabelsResult:
    found = shown.panel.known
    assert isinstance(found, LabelsResult)
    return found


def test_every_label_has_its_probability_under_its_own_name(shown: ShownPanel) -> None:
    show(shown, MADE_UP)

    values = known(shown).a.probabilities
    best = ("bad", "good")[int(values.argmax())]
    assert values.sum() == pytest.approx(1.0)
    assert [row.split(": ")[1].split(",")[0] for row in said(shown)] == ["bad", "good"]
    assert f"It says “{best}”, with {values.max() * 100:.1f} %." == shown.panel.caption_text()


def test_the_labels_follow_what_is_typed(shown: ShownPanel) -> None:
    show(shown, MADE_UP)
    before = shown.panel.caption_text()

    shown.show(made_up_analysis(OTHER, seed=7))
    shown.derive()

    assert shown.panel.caption_text() != before


def test_a_second_sentence_is_held_against_the_first(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TEXT), second=Run.of(made_up_analysis(OTHER, seed=1)))
    shown.store.apply(with_second_analysis, made_up_analysis(OTHER, seed=1))
    shown.derive()

    a, b = known(shown).a.probabilities, known(shown).in_b
    assert f", {b[0] * 100:.1f} % in B" in said(shown)[0]
    assert "in B that has" in shown.panel.caption_text()
    rows = [*known(shown).table().rows]
    assert [row[-1] for row in rows] == pytest.approx((a - b).tolist())
    assert known(shown).arrays()["probabilities_b"].shape == a.shape


def test_labels_of_another_model_meet_by_their_names(shown: ShownPanel) -> None:
    show(shown, MADE_UP, OTHERS)

    found = known(shown)
    assert found.b is not None
    assert np.isnan(found.in_b[0])  # “bad” is no label there
    assert found.in_b[1] == found.b.probabilities[0]
    assert "no number in others" in said(shown)[0]


def test_a_label_stays_in_its_line_and_turns_no_sentence_around(shown: ShownPanel) -> None:
    odd = ("<b>R&D</b>\n", "\u202eb")
    show(shown, replace(MADE_UP, task=Task("classification", odd)))

    seen = ["<b>R&D</b>\ufffd", "\ufffdb"]
    assert [row.split(": ")[1].split(",")[0] for row in said(shown)] == seen
    assert any(f"It says “{name}”" in shown.panel.caption_text() for name in seen)
    assert [row[0] for row in known(shown).table().rows] == [*odd]


def test_the_start_of_a_tuned_model_tells_no_labels_and_that_is_said(shown: ShownPanel) -> None:
    show(shown, MADE_UP, BARE)

    assert "bare has no head for a task: there is no difference." in shown.panel.caption_text()


def test_another_kind_of_task_is_not_compared(shown: ShownPanel) -> None:
    show(shown, MADE_UP, NUMBER)

    assert "number tells other labels: there is no difference." in shown.panel.caption_text()


def test_each_word_has_its_likeliest_label_and_a_click_locks_it(shown: ShownPanel) -> None:
    show(shown, WORDS, replace(WORDS, name="tuned further"))

    rows = known(shown).rows()
    assert [row.word for row in rows] == TEXT.split()
    assert all(row.value == known(shown).a.probabilities[row.token].max() for row in rows)
    assert "4 words, each labelled at its first token: " in shown.panel.caption_text()
    assert "with another label in tuned further." in shown.panel.caption_text()
    assert len([*known(shown).table().rows]) == 4 * 3
    figure = shown.panel.picture()
    assert isinstance(figure, GuessList)
    place = figure.item_rect(1).center().toPoint()
    QTest.mouseClick(figure, Qt.MouseButton.LeftButton, pos=place)
    assert shown.store.view.selection.tokens == (rows[1].token,)


def test_a_text_without_words_has_none_to_label(shown: ShownPanel) -> None:
    shown.show(made_up_analysis("", WORDS))
    shown.derive()

    assert shown.panel.caption_text() == "There is no word to label."


def test_a_number_is_written_as_it_is(shown: ShownPanel) -> None:
    show(shown, NUMBER, replace(NUMBER, name="tuned further"))

    found = known(shown)
    value, other = found.a.logits[0], found.in_b[0]
    told = f"score {value:.3f}, in tuned further {other:.3f}".replace("-", "−")
    assert shown.panel.caption_text().startswith(told)
    assert found.table().columns == ("label", "value", "value_b", "a_minus_b")


def test_several_labels_are_those_above_half(shown: ShownPanel) -> None:
    show(shown, SEVERAL)

    above = ", ".join(known(shown).a.labels) or "no label"
    assert shown.panel.caption_text() == f"Above half: {above}."


def test_a_model_without_a_task_says_how_to_teach_it_one(shown: ShownPanel) -> None:
    show(shown, BARE)

    assert "bare was fine-tuned to no task." in shown.said()


@pytest.mark.panel(kind=GuessesPanel, size=(460, 400))
def test_where_the_masked_lm_head_is_gone_guesses_lead_to_the_labels(shown: ShownPanel) -> None:
    wanted: list[str] = []
    shown.panel.solo_wanted.connect(wanted.append)
    show(shown, replace(MADE_UP, can_fill_masks=False))

    assert "has no masked-LM head" in shown.said()
    shown.button("Show its labels").click()
    assert wanted == ["labels"]
