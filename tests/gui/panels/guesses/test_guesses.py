"""The Guesses panel: which mask, which words, and what taking one asks for."""

import csv
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolButton

from roberta_gui.choices import GuessesChoices
from roberta_gui.engine import Engine
from roberta_gui.findings.steps.guesses import know_guesses
from roberta_gui.gui.panels.guesses.panel import GuessesPanel
from roberta_gui.gui.widgets.tokens.guess_list import GuessList
from roberta_gui.gui.work.loaded_model import LoadedModel
from roberta_gui.lanes import panel_lane
from roberta_gui.problems import Problem
from roberta_gui.records import AnalysisRequest, Candidate, Replacement, Run
from tests.gui.shown_panel import ShownPanel, finished
from tests.made_up import MADE_UP, made_up_analysis

TWO_MASKS = "The <mask> sat on the <mask>"


pytestmark = pytest.mark.panel(kind=GuessesPanel)


def steps(shown: ShownPanel) -> dict[str, QToolButton]:
    return {b.accessibleName(): b for b in shown.panel.heading.findChildren(QToolButton)}


def taken(shown: ShownPanel) -> list[tuple[int, Candidate, Replacement | Problem | None]]:
    told: list[tuple[int, Candidate, Replacement | Problem | None]] = []
    shown.panel.replacement_wanted.connect(lambda *wanted: told.append(wanted))
    return told


def click_row(shown: ShownPanel, row: int) -> None:
    figure = shown.panel.picture()
    assert isinstance(figure, GuessList)
    middle = figure.item_rect(row).center().toPoint()
    QTest.mouseClick(figure, Qt.MouseButton.LeftButton, pos=QPoint(30, middle.y()))


def test_a_click_asks_for_that_word_at_that_mask(shown: ShownPanel) -> None:
    analysis = shown.show_text(TWO_MASKS)
    told = taken(shown)

    click_row(shown, 2)
    shown.store.select_mask(1)
    click_row(shown, 0)

    first, second = analysis.fills
    assert told == [
        (first.token_index, first.candidates[2], Replacement(4, 10, "w13")),
        (second.token_index, second.candidates[0], Replacement(22, 28, "w11")),
    ]


def test_a_click_waits_for_the_worker_to_find_how_the_word_is_written(shown: ShownPanel) -> None:
    analysis = shown.show(made_up_analysis(TWO_MASKS))
    told = taken(shown)

    click_row(shown, 2)
    at_once = list(told)
    shown.panel.start()
    shown.derive()

    first = analysis.fills[0]
    assert at_once == []  # the window never tokenizes for a click: that might take for ever
    assert told == [(first.token_index, first.candidates[2], Replacement(4, 10, "w13"))]


def test_a_click_says_why_it_is_not_known_how_the_word_is_written_and_has_it_tried_again(
    shown: ShownPanel,
) -> None:
    analysis = shown.show(made_up_analysis(TWO_MASKS))
    told, again = taken(shown), list[None]()
    shown.panel.retry_wanted.connect(lambda: again.append(None))
    failed = Problem("The guesses could not be tried.", "There is too little memory.")

    click_row(shown, 2)
    assert told == []  # the worker may still find it
    shown.store.report(panel_lane("guesses"), failed)
    click_row(shown, 1)

    fill = analysis.fills[0]
    assert told == [
        (fill.token_index, fill.candidates[2], failed),
        (fill.token_index, fill.candidates[1], failed),
    ]
    assert len(again) == 2


def test_a_click_that_waits_is_forgotten_with_its_sentence(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TWO_MASKS))
    told = taken(shown)

    click_row(shown, 2)
    shown.show_text("Another <mask>")

    assert told == []


def test_while_the_text_is_another_a_click_takes_nothing(shown: ShownPanel) -> None:
    shown.show_text(TWO_MASKS)
    told = taken(shown)
    shown.store.type(Run("The sat", ()))

    click_row(shown, 0)

    assert told == []


def test_a_guess_that_no_text_gives_is_marked_and_says_why(shown: ShownPanel) -> None:
    analysis = made_up_analysis("One <mask>")
    shown.show(analysis)
    before = shown.picture()
    *_, last = analysis.fills[0].candidates  # the made-up engine finds no text for it

    shown.panel.start()
    shown.derive()

    assert shown.picture() != before
    figure = shown.panel.picture()
    for _ in analysis.fills[0].candidates:
        QTest.keyClick(figure, Qt.Key.Key_Down)
    told = figure.accessibleDescription()
    assert f"␣{last.text}" in told
    assert told.endswith("which no text gives here")
    QTest.keyClick(figure, Qt.Key.Key_Up)
    assert "no text" not in figure.accessibleDescription()


def test_every_guess_of_the_built_in_model_is_tried_in_its_place(engine: Engine) -> None:
    analysis = engine.analyse(AnalysisRequest("The cat<mask> on the <mask>.", top_k=400))

    known = finished(
        know_guesses(
            analysis,
            None,
            None,
            (GuessesChoices(n=0), ()),
            LoadedModel(engine),
            lambda: False,
            lambda _text, _share: None,
            rows=slice(400),
        )
    )

    assert known.changes is None
    for mask, fill in enumerate(analysis.fills):
        rows = [candidate.id for candidate in fill.candidates]
        found = engine.replacements(analysis.request, rows, mask)
        assert [known.forms[mask, row] for row in rows] == list(found)
    assert None in known.forms.values()  # "cats" is one token


def test_arrows_walk_through_the_masks_and_stop_at_the_ends(shown: ShownPanel) -> None:
    shown.show_text(TWO_MASKS)
    before, after = (
        next(b for name, b in steps(shown).items() if name.startswith(word))
        for word in ("Previous", "Next")
    )
    usable = [(before.isEnabled(), after.isEnabled())]

    after.click()
    usable.append((before.isEnabled(), after.isEnabled()))

    assert usable == [(False, True), (True, False)]
    assert shown.store.view.selection.mask == 1


def test_with_one_mask_there_is_nowhere_to_go(shown: ShownPanel) -> None:
    shown.show_text("One <mask>")

    assert not any(button.isVisible() for button in steps(shown).values())


def test_choosing_a_mask_token_lists_its_guesses(shown: ShownPanel) -> None:
    analysis = shown.show_text(TWO_MASKS)
    before = shown.picture()

    shown.store.select_token(analysis.fills[1].token_index)

    assert shown.store.view.selection.mask == 1
    assert shown.picture() != before


def test_the_caption_tells_mass_and_entropy_of_the_shown_mask(shown: ShownPanel) -> None:
    analysis = shown.show_text(TWO_MASKS)
    shown.store.select_mask(1)
    fill = analysis.fills[1]

    caption = shown.panel.caption_text()

    assert f"The 8 listed words hold {fill.covered * 100:.1f} %" in caption
    assert f"{fill.entropy_bits:.1f} bits" in caption


def test_without_a_mask_the_panel_says_how_to_get_one(shown: ShownPanel) -> None:
    shown.show_text("No such thing")

    assert "No mask in the sentence" in shown.words()
    assert any("Ctrl+M" in text for text in shown.words())
    assert shown.panel.table() is None


@pytest.mark.parametrize(
    ("masks", "said"),
    [
        (" <mask>.", "The mask lies beyond the 512 tokens that are read"),
        (" <mask> and <mask>.", "The masks lie beyond the 512 tokens that are read"),
        ("", "No mask in the sentence"),
    ],
)
def test_a_mask_beyond_what_the_model_reads_is_not_called_none(
    shown: ShownPanel, engine: Engine, masks: str, said: str
) -> None:
    analysis = engine.analyse(AnalysisRequest("The cat sat on the mat. " * 90 + masks))
    assert analysis.dropped_tokens > 0
    shown.show(analysis)

    assert said in shown.words()


def test_a_model_without_a_mask_head_says_that_it_cannot_guess(shown: ShownPanel) -> None:
    headless = replace(MADE_UP, can_fill_masks=False)
    shown.show(replace(made_up_analysis("A <mask>", headless), fills=()))

    assert "This model cannot guess words" in shown.words()


def test_the_table_holds_every_mask_with_every_digit(shown: ShownPanel) -> None:
    analysis = shown.show_text(TWO_MASKS)
    table = shown.panel.table()
    assert table is not None

    rows = list(csv.DictReader(table.to_csv().splitlines()))

    assert len(rows) == sum(len(fill.candidates) for fill in analysis.fills)
    given = [
        (mask, fill.token_index, c)
        for mask, fill in enumerate(analysis.fills, start=1)
        for c in fill.candidates
    ]
    for row, (mask, token, candidate) in zip(rows, given, strict=True):
        assert (int(row["mask"]), int(row["token_index"])) == (mask, token)
        assert (int(row["rank"]), int(row["id"])) == (candidate.rank, candidate.id)
        assert row["text"] == candidate.text
        assert row["leading_space"] == str(candidate.leading_space)
        assert float(row["probability"]) == candidate.probability


def test_while_heads_are_off_each_word_says_what_it_had_before(shown: ShownPanel) -> None:
    baseline = shown.show_text("One <mask>")
    analysis = shown.switch_off((1, 2))
    had = {c.id: c.probability for c in baseline.fills[0].candidates}
    table = shown.panel.table()
    assert table is not None

    rows = list(csv.DictReader(table.to_csv().splitlines()))

    for row, candidate in zip(rows, analysis.fills[0].candidates, strict=True):
        assert float(row["probability"]) == candidate.probability
        assert float(row["probability_b"]) == pytest.approx(had[candidate.id], rel=1e-5)
    arrays = shown.panel.arrays()
    assert arrays is not None
    assert arrays["probabilities_b"].shape == arrays["probabilities"].shape


def test_the_caption_compares_the_entropy_with_every_head_on(shown: ShownPanel) -> None:
    shown.show_text("One <mask>")
    baseline = shown.store.view.analysis
    assert baseline is not None
    sharper = replace(baseline, fills=(replace(baseline.fills[0], entropy_bits=2.0),))
    shown.store.show(sharper)

    shown.switch_off((1, 2))

    assert "3.2 bits, 1.2 more than with every head on." in shown.panel.caption_text()


def test_a_word_that_led_before_is_named_with_what_is_left_of_it(shown: ShownPanel) -> None:
    baseline = shown.show_text("One <mask>")
    first, second, *others = baseline.fills[0].candidates
    swapped = (replace(second, rank=1, probability=0.5), replace(first, rank=2), *others)
    baseline = replace(baseline, fills=(replace(baseline.fills[0], candidates=swapped),))
    shown.show(baseline)

    analysis = shown.switch_off((1, 2))

    left = analysis.fills[0].candidates[1].probability
    wanted = f"␣{second.text} leads with every head on with 50.0 % and has "
    assert f"{wanted}{left * 100:.1f} % with 1 head off." in shown.panel.caption_text()


def test_with_every_head_on_again_nothing_is_compared(shown: ShownPanel) -> None:
    shown.show_text("One <mask>")
    before, caption = shown.picture(), shown.panel.caption_text()
    shown.switch_off((1, 2))
    assert shown.picture() != before

    shown.store.restore_heads()
    shown.derive()

    assert shown.picture() == before
    assert shown.panel.caption_text() == caption


def test_a_search_lists_other_words_with_their_ranks_and_a_click_takes_one(
    shown: ShownPanel,
) -> None:
    analysis = shown.show_text(TWO_MASKS)
    told = taken(shown)

    shown.store.choose("guesses", search="^w13")
    shown.derive()
    known = shown.panel.known
    assert known is not None
    listed = known.analysis.fills[0].candidates
    QTest.keyClick(shown.panel.picture(), Qt.Key.Key_Return)

    assert {c.text[:3] for c in listed} == {"w13"}
    assert [(c.rank, c.id) for c in listed][:1] == [(3, 13)]
    assert told == [(analysis.fills[0].token_index, listed[0], Replacement(4, 10, "w13"))]


def test_typing_into_the_search_asks_for_these_words_and_no_match_is_said(
    shown: ShownPanel,
) -> None:
    shown.show_text(TWO_MASKS)
    field = shown.panel.findChild(QLineEdit)
    assert field is not None

    QTest.keyClicks(field, "zz")
    shown.derive()

    assert shown.store.view.choices.guesses.search == "zz"
    assert "No word of the vocabulary is what is looked for." in shown.said()
    shown.store.choose("guesses", search="")
    assert field.text() == ""


def test_a_click_on_a_word_that_is_listed_no_more_takes_nothing(shown: ShownPanel) -> None:
    shown.show(made_up_analysis(TWO_MASKS))
    told = taken(shown)

    click_row(shown, 2)
    shown.panel.start()
    shown.store.choose("guesses", search="^w12")
    shown.derive()

    assert told == []
