"""The lens while heads are switched off: the changed state, marked against the full one."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.engine import Engine
from roberta_gui.findings.lens import LensState, describe_tint
from roberta_gui.findings.notation.marks import LensCells
from roberta_gui.findings.notation.numbers import percentage
from roberta_gui.findings.steps.lens import LensRequest, read_lens
from roberta_gui.gui.panels.lens.panel import LensPanel
from roberta_gui.records import AnalysisRequest, Lens, ModelInfo
from tests.gui.shown_panel import ShownPanel, finished
from tests.made_up import MadeUpModel, made_up_analysis
from tests.models import make_checkpoint

TEXT = "The cat sat on the <mask> tonight"


class EngineHandle:
    """Loaded engines, and which requests they were asked to read."""

    def __init__(self, *engines: Engine) -> None:
        self._engines = engines
        self.read: list[AnalysisRequest] = []

    def engine_of(self, model: ModelInfo) -> "EngineHandle":
        self._asked = next(engine for engine in self._engines if engine.info == model)
        return self

    def lens_steps(self, request: AnalysisRequest, *told: Any, **more: Any) -> Iterator[Lens]:
        self.read.append(request)
        return self._asked.lens_steps(request, *told, **more)


pytestmark = pytest.mark.panel(kind=LensPanel, size=(520, 400))


def answer(request: LensRequest, asked: Any) -> LensState:
    read = finished(read_lens(request, asked, lambda: False, lambda _text, _fraction: None))
    assert isinstance(read, LensState)
    return read


def requests(text: str = TEXT) -> tuple[AnalysisRequest, AnalysisRequest]:
    off = frozenset((layer, head) for layer in (0, 2) for head in range(8))
    return AnalysisRequest(text), AnalysisRequest(text, switched_off=off)


def test_changed_cells_are_those_whose_likeliest_word_is_another(engine: Engine) -> None:
    on, off = requests()
    asked = EngineHandle(engine)

    less = engine.analyse(off)
    read = answer(LensRequest(less, Comparison(less, engine.analyse(on))), asked)

    expected = engine.lens(off).ids[:, :, 0] != engine.lens(on).ids[:, :, 0]
    assert expected.any()
    assert read.changed is not None
    np.testing.assert_array_equal(read.changed, expected)
    assert not read.changed[0].any()  # below every head
    cells = read.cells("probability")
    assert isinstance(cells, LensCells)
    assert cells.changed is read.changed
    layer, token = np.argwhere(expected)[0]
    before = engine.lens(on).candidates(layer, token)[0]
    was = f"{'␣' * before.leading_space}{before.text} ({percentage(before.probability)})"
    assert f"with every head on it is {was}" in cells.tip(layer, token)


def test_with_every_head_on_the_sentence_is_read_once(engine: Engine) -> None:
    on, _ = requests()
    asked = EngineHandle(engine)

    read = answer(LensRequest(engine.analyse(on)), asked)

    assert asked.read == [on]
    assert read.changed is None
    assert read.describe_change(1, 1) == ""


def test_what_was_read_before_heads_were_switched_off_is_not_read_again(engine: Engine) -> None:
    on, off = requests()
    baseline, less = engine.analyse(on), engine.analyse(off)
    asked = EngineHandle(engine)
    before = answer(LensRequest(baseline), asked)

    off_now = answer(LensRequest(less, Comparison(less, baseline), known=before), asked)
    on_again = answer(LensRequest(baseline, known=off_now), asked)

    assert asked.read == [on, off]
    assert off_now.of_b is not None
    assert off_now.of_b.lens is before.lens is on_again.lens
    assert on_again.changed is None


def test_ranks_are_told_beside_those_with_every_head_on(engine: Engine) -> None:
    on, off = requests()
    asked = EngineHandle(engine)
    unwatched = answer(LensRequest(engine.analyse(on)), asked)
    baseline = unwatched.analysis

    less = engine.analyse(off)
    compared = Comparison(less, baseline)
    read = answer(LensRequest(less, compared, watch=" table", known=unwatched), asked)

    now, then = (engine.lens(request, watch=" table").watched for request in (off, on))
    assert now is not None
    assert then is not None
    assert read.rank(6, 6).startswith(f"“␣table” is number {now.ranks[6, 6]:,} ")
    assert f"with every head on number {then.ranks[6, 6]:,} " in read.rank(6, 6)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Load a checkpoint of another width, number of layers and vocabulary."""
    folder = tmp_path_factory.mktemp("models") / "other"
    make_checkpoint(folder, family="xlm-roberta", n_layers=3, n_heads=4, d_model=24)
    return Engine.load(folder, device="cpu")


@pytest.mark.parametrize(("word", "is_piece"), [(" cat", True), (" table", False)])
def test_of_another_vocabulary_words_are_compared_by_their_text(
    engine: Engine, other: Engine, word: str, is_piece: bool
) -> None:
    request = AnalysisRequest(TEXT)
    compared = Comparison(engine.analyse(request), other.analyse(request))
    row = engine.lens(request, watch=word).watched
    assert row is not None

    asked = EngineHandle(engine, other)
    read = answer(LensRequest(compared.a, compared, watch=row.id), asked)

    a = engine.lens(request, watch=word)
    b = other.lens(request, watch=word) if is_piece else other.lens(request)
    bits = np.full(a.entropy_bits.shape, np.nan)
    differs = np.zeros(bits.shape, dtype=bool)
    for layer in range(len(bits)):
        deep = layer // 2  # of six layers and three; .5 is rounded up
        deep += layer % 2
        for i, j in compared.alignment.pairs:
            differs[layer, i] = a.spelled[a.ids[layer, i, 0]] != b.spelled[b.ids[deep, j, 0]]
            if a.watched is not None and b.watched is not None:
                one, two = (each.log_probabilities for each in (a.watched, b.watched))
                bits[layer, i] = (float(one[layer, i]) - float(two[deep, j])) / np.log(2)
    assert len(compared.alignment.pairs) < len(compared.a.tokens)
    np.testing.assert_array_equal(read.changed, differs)
    np.testing.assert_allclose(read.arrays()["watched_bits_likelier_in_a"], bits, atol=1e-4)
    hatched = read.cells("difference").hatched
    alone = np.flatnonzero(np.isnan(bits).all(axis=0)).tolist()
    assert list(hatched) == alone
    missing = "no partner" if is_piece else "a word that is no single token"
    assert f"Hatched: {missing} in {other.info.name}." in describe_tint(read, "difference")


def test_the_panel_says_how_many_guesses_changed_and_marks_them(shown: ShownPanel) -> None:
    shown.show_text(TEXT)
    assert "top guesses" not in shown.said()

    shown.switch_off((0, 1), (1, 0))

    read = shown.store.view.derived["lens"].value
    n_changed, n_all = int(read.changed.sum()), read.changed.size
    assert 0 < n_changed < n_all
    told = f"{n_changed} of {n_all} top guesses are others with every head on"
    assert told in shown.said()
    assert told in shown.panel.caption_text()

    shown.store.toggle_heads([(0, 1), (1, 0)])
    shown.derive()
    assert "top guesses" not in shown.said()


def test_columns_that_are_read_on_one_side_only_have_not_changed() -> None:
    shown = MadeUpModel()
    _, off = requests("a b c d")
    on = AnalysisRequest("a b c d")
    lenses = [list(shown.engine.lens_steps(request)) for request in (off, on)]
    analysis = made_up_analysis("a b c d")

    half = LensState(
        analysis, lenses[0][-1], comparison=Comparison(analysis, analysis),
        of_b=LensState(analysis, lenses[1][0]),
    )  # fmt: skip

    assert half.changed is not None
    assert not half.changed[:, 3:].any()
