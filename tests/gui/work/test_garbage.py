"""While the first model is on its way nothing is collected; afterwards, not what came before."""

import gc
from collections.abc import Iterator

import pytest

from roberta_gui import lanes
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.work.garbage import spare_what_stays
from roberta_gui.problems import ModelNotFound
from roberta_gui.records import Run
from tests.made_up import MADE_UP


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Begin with nothing left out, whatever ran before; leave out again what conftest.py does."""
    gc.enable()
    gc.unfreeze()
    yield
    gc.enable()
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@pytest.fixture
def store() -> ViewStore:
    store = ViewStore()
    spare_what_stays(store)
    return store


def test_nothing_is_collected_before_there_is_a_model(store: ViewStore) -> None:
    store.type(Run("a sentence", ()))

    assert not gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_with_the_first_model_what_is_there_is_left_out_and_the_rest_collected(
    store: ViewStore,
) -> None:
    store.use_model(MADE_UP)
    kept = gc.get_freeze_count()

    assert gc.isenabled()
    assert kept > 10_000
    gc.unfreeze()
    store.type(Run("another sentence", ()))
    assert gc.get_freeze_count() == 0  # once, not at every change


def test_a_model_that_cannot_be_opened_ends_the_waiting_too(store: ViewStore) -> None:
    store.report(lanes.MODEL, ModelNotFound("No model there.", "Choose another."))

    assert gc.isenabled()
