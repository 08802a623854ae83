"""Heads that were off at the end of a run are off at the next start, and the window says so."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from roberta_gui.gui.application import CliOptions, _grant
from roberta_gui.gui.start.preferences import (
    Preferences,
    heads_left_off,
    open_settings,
    recall,
    remember,
)
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.work.engine_worker import Loaded
from roberta_gui.lanes import REMEMBERED_MODEL
from roberta_gui.problems import ModelNotFound
from tests.gui.desk import Desk, tokenizing
from tests.gui.idle_window import IdleWindow
from tests.made_up import make_model

MODEL = make_model()


def left_off(*heads: tuple[int, int]) -> Preferences:
    """Return what is remembered of a run at whose end these heads were off."""
    store, preferences = ViewStore(), Preferences(appearance="light")
    store.use_model(MODEL)
    store.switch_heads(heads, "mean")
    remember(preferences, store)
    return preferences


def test_heads_come_back_for_the_very_model_only(qapp: object) -> None:
    preferences = left_off((0, 1), (1, 0))

    assert (preferences.off, preferences.ablation) == ("1.2,2.1", "mean")
    assert heads_left_off(preferences, MODEL) == {(0, 1), (1, 0)}
    assert heads_left_off(preferences, replace(MODEL, weights_sha256="other")) == frozenset()


@pytest.mark.parametrize("off", ["", "nonsense", "1", "0.1,9.9,1.x", "1.2.3,-1.1", "²..³"])
def test_what_names_no_head_is_passed_over(off: str) -> None:
    preferences = Preferences(off=off, off_weights=MODEL.weights_sha256)

    assert heads_left_off(preferences, MODEL) == frozenset()


def test_closing_before_the_model_is_there_forgets_nothing(qapp: object) -> None:
    preferences = left_off((0, 1))
    remember(preferences, ViewStore())

    assert heads_left_off(preferences, MODEL) == {(0, 1)}


def test_what_a_switched_off_head_would_give_comes_back_although_none_is_off(qapp: object) -> None:
    store = ViewStore()
    recall(Preferences(ablation="mean"), store)
    assert store.view.ablation == "mean"

    store.use_model(MODEL)
    again = Preferences()
    remember(again, store)

    assert again.ablation == "mean"


@pytest.mark.expects_log("lane model failed")
def test_what_is_remembered_of_a_missing_model_outlasts_the_one_that_stands_in(desk: Desk) -> None:
    desk.preferences = left_off((0, 1))
    desk.preferences.mask_token, desk.preferences.hidden_words = "[MASK]", ("4 cat",)
    before = replace(desk.preferences)
    desk.open("gone")
    assert desk.view.stands_in

    desk.store.toggle_heads([(1, 1)])
    desk.executor.run_all()
    remember(desk.preferences, desk.store)

    assert desk.preferences == before
    desk.open("small")
    remember(desk.preferences, desk.store)
    assert (desk.preferences.off, desk.preferences.mask_token) == ("", "<mask>")


def test_what_a_start_that_was_killed_left_beside_the_settings_is_swept(tmp_path: Path) -> None:
    left = tmp_path / ".roberta-00000000-999999999-0123456789abcdef.part"
    left.write_bytes(b"half of it")
    os.utime(left, (1, 1))

    open_settings(tmp_path / "settings.ini")

    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def idle(qtbot: QtBot, tmp_path: Path) -> Iterator[IdleWindow]:
    idle = IdleWindow(tmp_path, qtbot, left_off((0, 1)))
    idle.show()
    yield idle
    idle.close()


def test_the_window_switches_them_off_again_and_says_so(idle: IdleWindow) -> None:
    loaded = Loaded(cast("Any", None), MODEL, tokenizing(), (("cpu", "float32"),))
    idle.store.use_model(MODEL)
    idle.session.controller.model_changed.emit(loaded)

    assert idle.store.view.switched_off == {(0, 1)}
    assert idle.store.view.ablation == "mean"
    assert idle.told()[0].startswith("Head 1.2 is switched off")
    assert "Restore all" in idle.told()[1]

    idle.store.restore_heads()
    idle.session.controller.model_changed.emit(loaded)
    assert idle.store.view.switched_off == frozenset()


def test_heads_wait_for_their_model_and_asked_for_ones_touch_no_other(idle: IdleWindow) -> None:
    session, store = idle.session, idle.store
    refused: list[str] = []
    _grant(
        session, CliOptions(off=((0, 0),), head=9), lambda message, _status: refused.append(message)
    )
    stand_in, wanted = make_model(name="mini"), MODEL
    store.report(REMEMBERED_MODEL, ModelNotFound("It is gone.", ""))
    for model in (stand_in, wanted):
        store.use_model(model)
        if model is wanted:
            store.report(REMEMBERED_MODEL, None)
        loaded = Loaded(cast("Any", None), model, tokenizing(), (("cpu", "float32"),))
        assert store.view.switched_off == frozenset()
        session.controller.model_changed.emit(loaded)

    assert refused == []
    assert store.view.switched_off == {(0, 1)}
