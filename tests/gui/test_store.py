"""One View, one signal: what is told, when, and to whom."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from roberta_gui import lanes
from roberta_gui.choices import Choices
from roberta_gui.gui.store import HOVER_GRACE_MS, ViewStore
from roberta_gui.problems import NoNetwork
from roberta_gui.records import Run
from roberta_gui.selection import Selection
from roberta_gui.view import Derived, Progress, View
from tests.made_up import make_analysis, make_model, make_tokens
from tests.made_up_tokens import MASK_ID

pytestmark = pytest.mark.usefixtures("qapp")

OFFLINE = NoNetwork("The hub cannot be reached.")
ANALYSIS = make_analysis([11, MASK_ID, MASK_ID])
TYPED = Run("t11", make_tokens([11]))
OTHER = make_model(name="other")
DERIVED = Derived("key", 1)
AXES = cast("Any", object())


@pytest.fixture
def store() -> ViewStore:
    return ViewStore(View(Run.of(ANALYSIS)))


def listen(store: ViewStore) -> list[tuple[View, View]]:
    """Return a list that fills with every (new, previous) told."""
    told: list[tuple[View, View]] = []
    store.changed.connect(lambda new, previous: told.append((new, previous)))
    return told


@pytest.mark.parametrize(
    ("ask", "read", "expected"),
    [
        (lambda s: s.show(ANALYSIS), lambda v: v.analysis, ANALYSIS),
        (lambda s: s.type(TYPED), lambda v: v.run.tokens, TYPED.tokens),
        (lambda s: s.use_model(OTHER), lambda v: v.model, OTHER),
        (lambda s: s.use_axes(AXES), lambda v: v.axes, AXES),
        (
            lambda s: s.report(lanes.MODEL, OFFLINE),
            lambda v: dict(v.problems),
            {lanes.MODEL: OFFLINE},
        ),
        (
            lambda s: s.progress(lanes.MODEL, Progress("Reading", 0.5)),
            lambda v: dict(v.progress),
            {lanes.MODEL: Progress("Reading", 0.5)},
        ),
        (lambda s: s.derive("heads", DERIVED), lambda v: dict(v.derived), {"heads": DERIVED}),
        (
            lambda s: s.choose("attention", scale="log"),
            lambda v: v.choices,
            Choices().chosen("attention", scale="log"),
        ),
        (lambda s: s.select_layer(2), lambda v: v.selection, Selection(layer=2)),
        (lambda s: s.select_head(1, 3), lambda v: v.selection, Selection(layer=2, head=3)),
        (lambda s: s.travel(1, 2), lambda v: v.selection, Selection(layer=2, head=2)),
        (lambda s: s.select_token(1), lambda v: v.selection, Selection(tokens=(1,))),
        (lambda s: s.select_tokens([2, 1]), lambda v: v.selection, Selection(tokens=(2, 1))),
        (lambda s: s.select_mask(1), lambda v: v.selection, Selection(tokens=(3,), mask=1)),
        (lambda s: s.toggle_heads([(1, 2)]), lambda v: v.switched_off, {(1, 2)}),
        (lambda s: s.ablate("mean"), lambda v: v.ablation, "mean"),
        (lambda s: s.type_second(TYPED), lambda v: v.second.tokens, TYPED.tokens),
        (lambda s: s.hover_token(1), lambda v: v.selection, Selection(hovered_token=1)),
        (lambda s: s.hover_head(1, 2), lambda v: v.selection, Selection(hovered_head=(1, 2))),
    ],
)
def test_each_request_is_one_signal_with_the_new_and_the_previous_view(
    ask: Callable[[ViewStore], None], read: Callable[[View], Any], expected: object
) -> None:
    first = View(Run.of(make_analysis([11, MASK_ID, MASK_ID])))
    store = ViewStore(first)
    told = listen(store)

    ask(store)

    ((new, previous),) = told
    assert previous is first
    assert new is store.view
    assert read(new) == expected


def test_all_heads_are_switched_on_at_once(store: ViewStore) -> None:
    store.toggle_heads([(0, 1), (1, 2)])
    store.restore_heads()

    assert store.view.switched_off == frozenset()


def test_a_second_sentence_is_shown_beside_the_first(store: ViewStore) -> None:
    first, second = store.view.analysis, make_analysis([11])
    store.type_second(Run(second.request.text, second.tokens))
    store.show_second(second)

    assert store.view.analysis is first
    assert store.view.second is not None
    assert store.view.second.analysis is second


def test_an_equal_view_is_no_signal(store: ViewStore) -> None:
    told = listen(store)

    store.select_layer(store.view.selection.layer)
    store.select_layer(-5)
    store.select_layer(0)
    store.end_hover()
    store.clear()

    assert len(told) == 1


def test_tokens_are_added_one_by_one(store: ViewStore) -> None:
    told = listen(store)

    store.select_token(1)
    store.select_token(2, extend=True)
    store.select_token(None)

    assert [new.selection.tokens for new, _ in told] == [(1,), (1, 2), ()]


def test_the_last_view_that_anybody_hears_is_the_newest(store: ViewStore) -> None:
    def follow(new: View, _previous: View) -> None:
        if new.selection.head != 1:
            store.select_head(0, 1)

    store.changed.connect(follow)  # answers a change with a change, before the others hear of it
    told = listen(store)
    store.select_layer(3)

    assert [new.selection.layer for new, _ in told] == [3, 1]
    assert told[-1][0] is store.view
    assert told[1][1] is told[0][0]


def test_a_listener_that_takes_a_change_back_ends_the_telling(store: ViewStore) -> None:
    store.changed.connect(lambda *_: store.select_layer(1))
    told = listen(store)

    store.select_layer(3)

    assert [new.selection.layer for new, _ in told] == [3, 1]


@pytest.mark.qt_no_exception_capture
def test_a_transition_that_fails_changes_nothing_and_does_not_jam_the_store(
    store: ViewStore,
) -> None:
    told = listen(store)

    with pytest.raises(TypeError):
        store.choose("attention", colour="red")
    store.select_layer(2)

    assert len(told) == 1


def test_a_hover_outlives_the_pointer_by_a_short_grace(qtbot: QtBot, store: ViewStore) -> None:
    store.hover_token(1)
    store.leave()
    assert store.view.selection.hovered_token == 1

    with qtbot.waitSignal(store.changed) as told:
        pass

    assert told.args[0].selection.hovered_token is None


@pytest.mark.parametrize(
    "come_back",
    [
        lambda s: s.hover_token(2),
        lambda s: s.hover_head(0, 1),
        ViewStore.end_hover,
        ViewStore.clear,
    ],
    ids=["token", "head", "end", "clear"],
)
def test_a_pointer_that_comes_back_within_the_grace_stays(
    qtbot: QtBot, store: ViewStore, come_back: Callable[[ViewStore], None]
) -> None:
    store.hover_token(1)
    store.leave()
    come_back(store)
    here = store.view.selection

    # A second store that is left later: when its grace is over, the first one's would be, too.
    clock = ViewStore(View(Run.of(ANALYSIS)))
    clock.hover_token(1)
    clock.leave()
    with qtbot.waitSignal(clock.changed):
        pass

    assert store.view.selection == here


def test_moving_from_a_head_to_a_token_and_away_is_one_change_each(store: ViewStore) -> None:
    told = listen(store)

    store.hover_head(1, 2)
    store.leave()
    store.hover_token(1)
    store.end_hover()

    hovered = [(new.selection.hovered_head, new.selection.hovered_token) for new, _ in told]
    assert hovered == [((1, 2), None), (None, 1), (None, None)]


def test_clear_lets_go_of_everything_at_once(store: ViewStore) -> None:
    store.select_token(1)
    store.hover_head(0, 1)
    told = listen(store)

    store.clear()

    assert len(told) == 1
    assert store.view.selection == Selection()


def test_a_store_starts_empty_and_belongs_to_its_parent() -> None:
    parent = QObject()
    store = ViewStore(parent=parent)

    assert store.view == View()
    assert store.parent() is parent


@pytest.mark.parametrize("twice", [False, True])
def test_a_change_to_an_equal_view_keeps_the_very_view_that_was_told(
    store: ViewStore, twice: bool
) -> None:
    told = listen(store)
    if twice:  # there and back while a change is being told

        def there_and_back(_view: View, _previous: View) -> None:
            if len(told) == 1:
                store.select_layer(3)
                store.select_layer(2)

        store.changed.connect(there_and_back)

    store.select_layer(2)
    store.clear()
    store.report(lanes.MODEL, None)

    assert [new.selection.layer for new, _ in told] == [2]
    assert store.view is told[-1][0]


def test_a_hover_ends_though_the_pointer_keeps_moving_over_nothing(
    qtbot: QtBot, store: ViewStore
) -> None:
    moving = QTimer(interval=HOVER_GRACE_MS // 10)
    moving.timeout.connect(store.leave)
    store.hover_token(1)
    moving.start()

    qtbot.waitUntil(lambda: store.view.selection.hovered_token is None)
    moving.stop()
    store.end_hover()  # one move more may have come before the stop


def test_a_store_at_rest_tells_nothing_and_lets_no_hover_run_on(store: ViewStore) -> None:
    told: list[View] = []
    store.changed.connect(lambda view, _previous: told.append(view))
    store.leave()

    store.rest()
    store.leave()  # the pointer was over the window that closes
    store.select_layer(2)

    assert told == []
    assert not any(timer.isActive() for timer in store.findChildren(QTimer))
