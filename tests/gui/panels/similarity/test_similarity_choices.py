"""Layer similarity: what it is compared with, on which sentences, and what cannot be."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog, QMenu

from roberta_gui.gui.panels.similarity.panel import SimilarityPanel
from roberta_gui.lanes import panel_lane
from roberta_gui.problems import BadArgument
from tests.gui.panels.shown_similarity import (
    choice_button,
    choices,
    choose,
    is_grey,
    map_of,
    measure_button,
    trigger,
    values_of,
)
from tests.gui.shown_panel import ShownPanel
from tests.made_up import MADE_UP, SMALLER

pytestmark = pytest.mark.panel(kind=SimilarityPanel)


def test_cosines_of_unequal_widths_are_greyed_with_the_reason(shown: ShownPanel) -> None:
    shown.show_text("one")
    choose(shown, "cosine")
    shown.store.hold_against(model=SMALLER)
    shown.derive()

    assert shown.panel.table() is None
    assert "No cosine between unequal widths" in shown.said()
    assert "16 features" in shown.said()
    assert is_grey(map_of(shown))
    choose(shown, "cka")
    shown.derive()
    assert not measure_button(shown, "cosine").isEnabled()
    assert "unequal widths" in measure_button(shown, "cosine").toolTip()
    assert not is_grey(map_of(shown))
    shown.store.hold_against(model=None)
    shown.derive()
    assert measure_button(shown, "cosine").isEnabled()


def test_a_text_file_of_the_users_is_read(
    shown: ShownPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("\n".join(f"a sentence number {i} of mine" for i in range(80)))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    shown.show_text("one")
    before = values_of(shown)

    trigger(shown, "Sentences", "Text file…")
    shown.derive()

    assert "sentences of mine.txt" in shown.panel.caption_text()
    assert choices(shown, "Sentences") == {"reference": False, "mine.txt": True}
    assert not np.array_equal(values_of(shown), before)


def test_one_sentence_is_greyed_with_what_it_takes(
    shown: ShownPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("word " * 300)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    shown.show_text("one")

    trigger(shown, "Sentences", "Text file…")
    shown.derive()

    assert shown.panel.table() is None
    assert "mine.txt holds 300 tokens in 1 sentence" in shown.said()
    assert is_grey(map_of(shown))
    assert not measure_button(shown, "cka").isHidden()


def test_a_files_name_turns_nothing_around_that_is_told_of_it(
    shown: ShownPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "\u202emine.txt"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    shown.show_text("one")
    trigger(shown, "Sentences", "Text file…")
    with pytest.raises(BadArgument, match="\ufffdmine"):
        shown.derive()

    file.write_text("word " * 300)
    trigger(shown, "Sentences", "Text file…")
    shown.derive()
    assert "\ufffdmine.txt holds 300 tokens in 1 sentence" in shown.said()

    file.write_text("\n".join(f"a sentence number {i} of mine" for i in range(80)))
    trigger(shown, "Sentences", "Text file…")
    shown.derive()
    assert "sentences of \ufffdmine.txt" in shown.panel.caption_text()
    assert choice_button(shown, "Sentences").accessibleName().endswith(": \ufffdmine.txt")


def test_a_line_that_is_too_long_is_told_with_what_was_left_out(
    shown: ShownPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.txt"
    lines = [f"a sentence number {i} of mine" for i in range(80)]
    file.write_text("\n".join([*lines, "word " * (MADE_UP.max_tokens + 98)]))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    shown.show_text("one")

    trigger(shown, "Sentences", "Text file…")
    shown.derive()

    assert (
        "; one line was cut at 510 tokens (100 left out): put one sentence a line;"
        in shown.panel.caption_text()
    )


def test_the_second_model_of_the_window_is_the_one_that_is_compared_with(
    shown: ShownPanel,
) -> None:
    menu = QMenu(shown.panel)
    shown.panel.offer_second_models(menu)
    shown.show_text("one")
    button = choice_button(shown, "Compared with")
    before = button.accessibleName()

    shown.store.hold_against(model=SMALLER)
    shown.derive()

    assert button.menu() is menu
    assert (before, button.accessibleName()) == (
        "Compared with: same model", "Compared with: smaller",
    )  # fmt: skip
    assert shown.store.view.derived["similarity"].value.right == SMALLER
    shown.store.hold_against(model=MADE_UP)  # itself, in memory twice
    shown.derive()
    assert shown.store.view.derived["similarity"].value.right is None


def test_a_file_that_cannot_be_read_is_told_and_the_old_map_stays(
    shown: ShownPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "gone.txt"), ""))
    shown.show_text("one")
    before = values_of(shown)
    trigger(shown, "Sentences", "Text file…")

    with pytest.raises(BadArgument) as raised:
        shown.derive()
    shown.store.report(panel_lane("similarity"), raised.value)

    assert "gone.txt cannot be read." in shown.said()
    assert np.array_equal(values_of(shown), before)
    trigger(shown, "Sentences", "reference")
    assert "gone.txt" not in shown.said()
    assert shown.store.view.problems == {}


def test_nothing_chosen_in_a_dialog_changes_nothing(
    shown: ShownPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    shown.show_text("one")

    trigger(shown, "Sentences", "Text file…")

    assert shown.wanted == []
