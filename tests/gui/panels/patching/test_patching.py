"""Where it comes from: started, streamed, stopped, and refused with the reason."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from roberta_gui.findings.words.patching import PatchRequest
from roberta_gui.gui.panels.patching.panel import PatchingPanel
from roberta_gui.gui.widgets.layers.layer_heatmap import LayerHeatmap
from roberta_gui.lanes import panel_lane
from roberta_gui.problems import SeveralPieces, TooLittleMemory
from roberta_gui.records import Analysis, Patching, Run
from roberta_gui.view import Derived
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, SMALLER, MadeUpEngine, MadeUpModel, made_up_analysis

TEXT, OTHER = "The cats sat on the <mask>", "The cat sat on the old <mask>"
N_LAYERS = MADE_UP.n_layers + 1

pytestmark = pytest.mark.panel(kind=PatchingPanel, size=(900, 520))


def compare(shown: ShownPanel, a: str = TEXT, b: str = OTHER) -> Analysis:
    return shown.show(made_up_analysis(a), second=Run.of(made_up_analysis(b, seed=1)))


def field(shown: ShownPanel) -> QLineEdit:
    found, _against = shown.panel.findChildren(QLineEdit)
    return found


def request_of(shown: ShownPanel) -> PatchRequest:
    key = shown.wanted[-1].key
    assert isinstance(key, PatchRequest)
    return key


def n_rows(shown: ShownPanel) -> int:
    table = shown.panel.table()
    return 0 if table is None else len(list(table.rows))


def test_nothing_is_copied_before_somebody_asks(shown: ShownPanel) -> None:
    compare(shown)

    assert shown.wanted == []
    assert "Where does the guess come from?" in shown.said()
    assert n_rows(shown) == 0


def test_start_watches_as_best_guess_at_the_chosen_mask(shown: ShownPanel) -> None:
    analysis = compare(shown, "A <mask> sat on a <mask>", "The <mask> sat on the <mask>")
    shown.store.select_mask(1)
    best = analysis.fills[1].candidates[0]

    shown.button("Start").click()

    wanted = request_of(shown)
    assert (wanted.word, wanted.name, wanted.mask) == (best.id, f"␣{best.text}", 1)


def test_a_typed_word_is_watched_and_remembered(shown: ShownPanel) -> None:
    compare(shown)
    QTest.keyClicks(field(shown), " floor")
    QTest.keyClick(field(shown), Qt.Key.Key_Return)

    assert field(shown).text() == shown.store.view.choices.patching.word == "␣floor"
    assert request_of(shown).word == " floor"
    shown.derive()
    assert "“␣floor” has " in shown.panel.caption_text()


def test_a_second_word_is_what_the_first_is_held_against(shown: ShownPanel) -> None:
    compare(shown)
    word, against = shown.panel.findChildren(QLineEdit)
    QTest.keyClicks(word, " floor")
    QTest.keyClicks(against, " door")
    QTest.keyClick(against, Qt.Key.Key_Return)

    assert shown.store.view.choices.patching.against == "␣door"
    assert (request_of(shown).word, request_of(shown).against) == (" floor", " door")
    shown.derive()
    assert "log₂ p(“␣floor”) − log₂ p(“␣door”): " in shown.panel.caption_text()


def test_layers_come_in_from_the_top_and_can_be_stopped(shown: ShownPanel) -> None:
    compare(shown)
    shown.button("Start").click()
    derivation = shown.wanted.pop()
    steps = derivation.work(MadeUpModel(MADE_UP), lambda: False, lambda *_: None)
    counts = []
    assert "Copying states" in shown.said()
    for _ in range(3):  # nothing yet, the last layer, the one below it
        shown.store.derive("patching", Derived(derivation.key, next(steps)))
        counts.append(n_rows(shown))
    steps.close()

    a_layer = counts[1]
    assert counts == [0, a_layer, 2 * a_layer]
    shown.button("Stop").click()
    shown.derive()

    assert n_rows(shown) == 2 * a_layer
    assert shown.button("Start").isEnabled()
    assert shown.panel.is_current


def test_stopping_where_nothing_runs_changes_nothing(shown: ShownPanel) -> None:
    compare(shown)
    assert isinstance(shown.panel, PatchingPanel)
    shown.panel.stop()
    assert shown.wanted == []


def test_a_click_chooses_the_layer_and_as_token_and_a_lone_token_of_b_has_none(
    shown: ShownPanel,
) -> None:
    compare(shown)
    shown.panel.start()
    shown.derive()
    (figure,) = shown.panel.findChildren(LayerHeatmap)
    layout = figure.layout_now()

    def click(layer: int, place: int) -> None:
        spot = layout.cell_rect(layer, place).center().toPoint()
        QTest.mouseClick(figure, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)

    click(2, 3)
    assert (shown.store.view.selection.layer, shown.store.view.selection.token) == (2, 3)
    lone = shown.panel.tokens.index(None)  # type: ignore[attr-defined]
    assert made_up_analysis(OTHER).tokens[lone].text == "old"
    click(1, lone)
    assert shown.store.view.selection.layer == 2


def test_the_map_holds_the_shares_of_the_engine(shown: ShownPanel) -> None:
    analysis = compare(shown)
    shown.panel.start()
    shown.derive()
    *_, last = MadeUpEngine().patch_steps(
        analysis.request, made_up_analysis(OTHER).request, analysis.fills[0].candidates[0].id
    )
    arrays = shown.panel.arrays()

    assert arrays is not None
    np.testing.assert_array_equal(arrays["regained"], last.regained)
    assert len(last.regained) == N_LAYERS


def test_another_sentence_lets_go_of_what_was_found(shown: ShownPanel) -> None:
    compare(shown)
    shown.panel.start()
    shown.derive()
    assert n_rows(shown)

    compare(shown, "The dogs sat on the <mask>")

    assert n_rows(shown) == 0
    assert "Where does the guess come from?" in shown.said()


def test_it_is_not_started_while_a_sentence_is_read(shown: ShownPanel) -> None:
    compare(shown)
    shown.store.type(Run("Something <mask>", made_up_analysis("Something <mask>").tokens))

    shown.panel.start()

    assert shown.wanted == []
    assert not shown.button("Start").isEnabled()


def test_why_nothing_can_be_copied_is_said(shown: ShownPanel) -> None:
    compare(shown, "No such thing")
    assert "A holds no mask" in shown.said()
    compare(shown, TEXT, "None here")
    assert "B holds no mask" in shown.said()
    compare(shown, f"{TEXT} and <mask>", TEXT)
    shown.store.select_mask(1)
    assert "No such mask in B" in shown.said()
    blind = replace(MADE_UP, name="blind", can_fill_masks=False)
    bare = replace(made_up_analysis(TEXT, blind), fills=())
    shown.show(bare, second=Run.of(bare))
    assert "This model cannot guess words" in shown.said()
    shown.panel.start()
    assert shown.wanted == []


def test_states_of_another_model_are_not_copied(shown: ShownPanel) -> None:
    shown.store.use_model(MADE_UP)
    shown.store.hold_against(model=SMALLER)
    shown.show(made_up_analysis(TEXT), second=Run.of(made_up_analysis(TEXT, SMALLER)))

    assert "Another model stands on the other side" in shown.said()
    assert "Choose “Nothing” under “Compare with”" in shown.said()


def test_a_refused_word_and_one_without_a_difference_are_told(
    shown: ShownPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_asked: object, **_options: object) -> Iterator[Patching]:
        raise SeveralPieces("“zebras” is not one token.", "It has 2 pieces.")

    real = MadeUpEngine.patch_steps
    monkeypatch.setattr(MadeUpEngine, "patch_steps", refuse)
    compare(shown)
    shown.panel.start()
    shown.derive()
    assert "“zebras” is not one token." in shown.said()

    def same(engine: MadeUpEngine, *asked: object, **options: object) -> Iterator[Patching]:
        for found in real(engine, *asked, **options):  # type: ignore[arg-type]
            yield replace(found, clean_log_probability=found.corrupted_log_probability)

    monkeypatch.setattr(MadeUpEngine, "patch_steps", same)
    shown.panel.start()
    shown.derive()
    assert "The word is as likely in A as in B" in shown.said()
    assert shown.button("Start").isEnabled()


def test_a_failure_can_be_tried_again(shown: ShownPanel) -> None:
    compare(shown)
    shown.panel.start()
    shown.store.report(panel_lane("patching"), TooLittleMemory("No room.", "Close something."))

    assert "No room." in shown.said()
    shown.button("Start").click()
    assert "Copying states" in shown.said()
