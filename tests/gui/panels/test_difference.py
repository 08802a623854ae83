"""Every panel shows A − B, whatever B is: held against brute force, with real models.

B is the same with every head on, a second sentence, a checkpoint of another number of layers, or
one of another width, number of layers and heads, and vocabulary.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from roberta_gui.analysis.attention import rollout
from roberta_gui.analysis.heads.words import to_words, word_groups, word_numbers
from roberta_gui.engine import Engine
from roberta_gui.gui.panels.all_heads.panel import AllHeadsPanel
from roberta_gui.gui.panels.attention.panel import AttentionPanel
from roberta_gui.gui.panels.compare_attention.panel import CompareAttentionPanel
from roberta_gui.gui.panels.contrast.panel import ContrastPanel
from roberta_gui.gui.panels.guesses.panel import GuessesPanel
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.panels.surprisal.panel import SurprisalPanel
from roberta_gui.gui.widgets.controls.tool_tip import why_ruled_out
from roberta_gui.gui.work.loaded_model import LoadedModel
from roberta_gui.records import Analysis, AnalysisRequest, FloatArray, Run
from roberta_gui.view import Derived, with_second
from tests.gui.shown_panel import ShownPanel, axes_of, finished
from tests.made_up import MADE_UP
from tests.models import make_checkpoint

Kind = Literal["heads", "sentence", "depth", "model"]
KINDS: tuple[Kind, ...] = ("heads", "sentence", "depth", "model")
TEXT, OTHER = "The cat sat on the <mask>.", "The cat on the <mask>."
OFF = frozenset({(0, 1), (1, 2)})
LAYER, HEAD = 1, 3
SAID = {
    "heads": "the same sentence with every head on (B).",
    "sentence": f"B: “{OTHER}”",
    "depth": "the same sentence in deep (B).",
    "model": "the same sentence in mini (B).",
}


@dataclass(frozen=True)
class Sides:
    """A and B, who made them, and which tokens belong together."""

    kind: Kind
    a: Analysis
    b: Analysis
    engine: Engine
    engine_b: Engine

    @property
    def partners(self) -> list[int | None]:
        """Find for each token of A that of B, by hand."""
        a, b = self.a.tokens, self.b.tokens
        if self.kind in ("heads", "depth"):
            return list(range(len(a)))
        if self.kind == "sentence":  # all but "sat", which is token 3 of A
            return [0, 1, 2, None, *range(3, len(b))]
        found: list[int | None] = []
        for one in a:
            alike = (
                at
                for at, other in enumerate(b)
                if (one.is_special, one.is_mask) == (other.is_special, other.is_mask)
                and (one.is_mask or (one.start, one.end) == (other.start, other.end))
                and (not one.is_special or (one.index == 0) == (at == 0))
            )
            found.append(next(alike, None))
        return found

    @property
    def has_two_models(self) -> bool:
        """Whether B is another checkpoint."""
        return self.engine is not self.engine_b

    def attention_b(self, layer: int = LAYER) -> FloatArray:
        """Find B's layer whose output lies as deep as that of A's, by hand: (head, query, key)."""
        n_a, n_b = len(self.a.attention), len(self.b.attention)
        apart = [abs((at + 1) / n_b - (layer + 1) / n_a) for at in range(n_b)]
        found: FloatArray = self.b.attention[apart.index(min(apart))]
        return found

    def on_rows(self, b: FloatArray) -> FloatArray:
        """Bring B's values, (query, key), onto A's tokens, cell by cell."""
        partners = self.partners
        values = np.full((len(partners), len(partners)), np.nan)
        for row, at in enumerate(partners):
            for column, other in enumerate(partners):
                if at is not None and other is not None:
                    values[row, column] = b[at, other]
        return values


@pytest.fixture(scope="module")
def engines(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Engine]:
    folder = tmp_path_factory.mktemp("models")
    shallow = make_checkpoint(folder / "shallow", family="xlm-roberta")
    deep = make_checkpoint(folder / "deep", family="xlm-roberta", n_layers=6)
    made = {"": shallow, "depth": deep}
    loaded = {kind: Engine.load(source, device="cpu") for kind, source in made.items()}
    return {**loaded, "model": engine}


@pytest.fixture(params=KINDS)
def sides(request: pytest.FixtureRequest, engines: dict[str, Engine]) -> Sides:
    engine = engines[""]
    kind: Kind = request.param
    off = AnalysisRequest(TEXT, switched_off=OFF if kind == "heads" else frozenset())
    asked = replace(off, text=OTHER if kind == "sentence" else TEXT, switched_off=frozenset())
    engine_b = engines.get(kind, engine)
    return Sides(kind, engine.analyse(off), engine_b.analyse(asked), engine, engine_b)


class Shown(ShownPanel):
    """Shows A held against B in one panel; what it wants derived is asked of the real models."""

    def __init__(self, kind: type[Panel], sides: Sides) -> None:
        super().__init__(kind, size=(900, 600))
        self.sides = sides

    def hold(self) -> None:
        a, b, store = self.sides.a, self.sides.b, self.store
        store.use_model(a.model)
        store.use_axes(axes_of(MADE_UP))
        store.type(Run.of(a))
        if self.sides.kind == "heads":
            store.show(b)
            store.toggle_heads(OFF)
            store.show(a, b)
        else:
            if self.sides.kind == "sentence":
                store.apply(with_second, Run.of(b))
            store.show(a)
        if self.sides.has_two_models:
            store.hold_against(model=b.model)
            store.show_second(b)
        self.panel.start()
        self.ask()

    def ask(self) -> None:
        asked = LoadedModel(self.sides.engine)
        if self.sides.has_two_models:
            asked.second = LoadedModel(self.sides.engine_b)
        if self.wanted:
            derivation = self.wanted.pop()
            told: list[Any] = [asked] if derivation.model is not None else []
            value = finished(derivation.work(*told, lambda: False, lambda _text, _share: None))
            self.store.derive(self.panel.name, Derived(derivation.key, value))

    def arrays(self) -> dict[str, Any]:
        found = self.panel.arrays()
        assert found is not None
        return dict(found)


def press_difference(shown: Shown) -> bool:
    """Press the switch, if it can be pressed; else it says why not."""
    switch = shown.button("Difference")
    if not switch.isEnabled():
        assert "heads instead of" in why_ruled_out(switch)
        return False
    switch.click()
    shown.ask()
    return True


def check_attention(shown: Shown, sides: Sides) -> None:
    shown.store.select_head(LAYER, HEAD)
    if sides.kind == "model":  # its heads are others: only what follows all heads is compared
        assert not press_difference(shown)
        shown.store.choose("attention", measure="rollout")
        shown.ask()
    assert press_difference(shown)
    a, b = sides.a.attention[LAYER, HEAD], sides.attention_b()[HEAD]
    if sides.kind == "model":
        last = len(sides.b.attention) - 1
        a, b = rollout(sides.a.attention)[LAYER], rollout(sides.b.attention)[last]

    expected = a - sides.on_rows(b)
    np.testing.assert_allclose(shown.arrays()["difference"], expected, atol=1e-6)
    alone = sum(partner is None for partner in sides.partners)
    said = shown.panel.caption_text()
    assert (f"without a partner: {alone} token" in said) is (alone > 0)
    which = {"depth": "Layer 2, head 4 beside layer 6 in deep",
             "model": "Layers 1 to 2, all heads beside layers 3 to 6 in mini"}  # fmt: skip
    assert which.get(sides.kind, "Layer 2, head 4 ·") in said
    # Cells say both values, or that there is nothing to compare.
    tips = np.isnan(expected)
    cell = tuple(int(at) for at in np.argwhere(~tips)[-1])
    picture: Any = shown.panel.picture()
    assert f" {sides.on_rows(b)[cell]:.3f})" in picture.tip(*cell)
    if alone:
        cell = tuple(int(at) for at in np.argwhere(tips)[0])
        assert "nothing to compare" in picture.tip(*cell)


def words_in(analysis: Analysis) -> list[str]:
    """Spell the rows of a map between words: no word stands twice in these sentences."""
    groups = word_groups(word_numbers(analysis.tokens))
    tokens = [(analysis.tokens[group[0]], analysis.tokens[group[-1]]) for group in groups]
    text = analysis.request.text
    return [
        first.text if first.is_special else text[first.start : last.end] for first, last in tokens
    ]


def test_between_words_equal_words_are_compared(qtbot: QtBot, sides: Sides) -> None:
    shown = Shown(AttentionPanel, sides)
    qtbot.addWidget(shown.panel)
    qtbot.addWidget(shown.panel.heading)
    with qtbot.waitExposed(shown.panel):
        shown.panel.show()
    shown.hold()
    shown.store.choose("attention", measure="rollout", unit="words", difference=True)
    shown.store.select_head(LAYER, 0)
    shown.ask()

    a, b = words_in(sides.a), words_in(sides.b)
    last = len(sides.b.attention) - 1 if sides.has_two_models else LAYER
    rolled = rollout(sides.a.attention)[LAYER], rollout(sides.b.attention)[last]
    each = (
        to_words(layer[None], word_numbers(side.tokens)).matrix[0]
        for layer, side in zip(rolled, (sides.a, sides.b), strict=True)
    )
    of_a, of_b = each
    expected = np.full(of_a.shape, np.nan)
    for (row, one), (column, other) in product(enumerate(a), repeat=2):
        if one in b and other in b:
            expected[row, column] = of_a[row, column] - of_b[b.index(one), b.index(other)]
    np.testing.assert_allclose(shown.arrays()["difference"], expected, atol=1e-6)
    assert bool(np.isnan(expected).any()) is (sides.kind == "sentence")


def variations(sides: Sides) -> NDArray[np.float64]:
    shape = sides.a.attention.shape[:2]
    found = np.zeros(shape)
    for head in np.ndindex(*shape):
        rows = sides.a.attention[head] - sides.on_rows(sides.attention_b(head[0])[head[1]])
        known = [np.nansum(np.abs(row)) / 2 for row in rows if not np.isnan(row).all()]
        found[head] = np.mean(known)
    return found


def check_heads(shown: Shown, sides: Sides) -> None:
    if sides.kind == "model":
        assert not press_difference(shown)
        return
    assert press_difference(shown)
    np.testing.assert_allclose(shown.arrays()["total_variation"], variations(sides), atol=1e-6)
    assert "difference to " in shown.panel.caption_text()
    which = "Layers in shallow stand against those as deep in deep: 1–3, 2–6."
    assert (which in shown.panel.caption_text()) is (sides.kind == "depth")
    table = shown.panel.table()
    assert table is not None
    at = table.columns.index("total_variation")
    told = [float(str(row[at])) for row in table.rows]
    np.testing.assert_allclose(told, variations(sides).ravel(), atol=1e-6)
    # Without special tokens each side is renormalised by its own.
    shown.store.choose("attention", specials="renormalise", scale="log")
    shown.ask()
    layers = sides.a.attention[LAYER], sides.attention_b()
    (a, b), at_a = (inner(layer[HEAD]) for layer in layers), sides.partners[1:-1]
    apart = max(
        abs(a[row, column] - b[other - 1, another - 1])
        for (row, other), (column, another) in product(enumerate(at_a), repeat=2)
        if other is not None and another is not None
    )
    assert shown.arrays()["largest_difference"][LAYER, HEAD] == pytest.approx(apart, abs=1e-6)
    assert "square-root scale" in shown.panel.caption_text()


def inner(weights: FloatArray) -> FloatArray:
    """Leave the first and the last token out, and scale what is left of each row to 1."""
    left = weights[1:-1, 1:-1]
    scaled: FloatArray = left / left.sum(axis=1, keepdims=True)
    return scaled


def check_surprisal(shown: Shown, sides: Sides) -> None:
    bits_b = sides.engine_b.surprisal(sides.b.request)
    expected = [np.nan if at is None else bits_b[at] for at in sides.partners]
    arrays = shown.arrays()

    np.testing.assert_allclose(arrays["bits_b"], expected, rtol=1e-5)
    known = ~np.isnan(arrays["bits"] - expected)
    assert known.any()
    table = shown.panel.table()
    assert table is not None
    differences = [row[-1] for row in table.rows]
    scored = ~np.isnan(arrays["bits"])
    np.testing.assert_allclose(
        np.array(differences, float), (expected - arrays["bits"])[scored], rtol=1e-5
    )


def words_of(engine: Engine, request: AnalysisRequest) -> dict[tuple[str, bool], float]:
    """Give every word's probability at the mask; of pieces that look alike, the first one's."""
    (fill,) = engine.analyse(replace(request, top_k=engine.info.vocab_size)).fills
    by_row = sorted(fill.candidates, key=lambda candidate: -candidate.id)
    return {(c.text, c.leading_space): c.probability for c in by_row}


def check_guesses(shown: Shown, sides: Sides) -> None:
    in_b = words_of(sides.engine_b, sides.b.request)
    listed = sides.a.fills[0].candidates
    expected = [in_b.get((c.text, c.leading_space), np.nan) for c in listed]

    np.testing.assert_allclose(shown.arrays()["probabilities_b"], [expected], rtol=1e-4)
    assert "Last column: by how many bits a word is likelier than " in shown.panel.caption_text()
    table = shown.panel.table()
    assert table is not None
    *_, in_a, in_b, bits = np.array([row[-3:] for row in table.rows], float).T
    assert table.columns[-3:] == ("probability", "probability_b", "bits_likelier_in_a")
    np.testing.assert_allclose(bits, np.log2(in_a / in_b), rtol=1e-4, atol=1e-5)
    figure: Any = shown.panel.picture()
    for row, value in enumerate(expected):
        told = "no number" if np.isnan(value) else "likel"
        assert told in figure.describe(row)


def check_difference(shown: Shown, sides: Sides) -> None:
    if sides.kind == "model":
        assert "Not comparable here" in shown.words()
        return
    shown.store.select_head(LAYER, HEAD)
    arrays = shown.arrays()
    pairs = [[at, partner] for at, partner in enumerate(sides.partners) if partner is not None]
    assert arrays["pairs"].tolist() == pairs
    both = [at for at, _ in pairs]
    expected = sides.a.attention[LAYER, HEAD] - sides.on_rows(sides.attention_b()[HEAD])
    np.testing.assert_allclose(arrays["difference"], expected[np.ix_(both, both)], atol=1e-6)
    np.testing.assert_allclose(arrays["total_variation"], variations(sides), atol=1e-6)
    said = "Layer 2, head 4 beside layer 6 in deep (" in shown.panel.caption_text()
    assert said is (sides.kind == "depth")


def check_contrast(shown: Shown, sides: Sides) -> None:
    arrays = shown.arrays()
    for side, engine, request in (
        ("a", sides.engine, sides.a.request),
        ("b", sides.engine_b, sides.b.request),
    ):
        steps = engine.mask_log_probability_steps(request)
        logs, ids = finished(steps)[0], arrays["ids"][:, "ab".index(side)]
        expected = np.where(ids >= 0, logs[ids], -np.inf)
        np.testing.assert_allclose(arrays[f"log_probabilities_{side}"], expected, rtol=1e-5)
    p, q = (np.exp(arrays[f"log_probabilities_{side}"].astype(float)) for side in "ab")
    assert p.sum() == pytest.approx(1, abs=1e-4)
    assert q.sum() == pytest.approx(1, abs=1e-4)
    m = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = np.nansum(p * np.log2(p / m)) + np.nansum(q * np.log2(q / m))
    assert float(arrays["divergence_bits"]) == pytest.approx(bits / 2, abs=1e-4)
    said = "Words are compared by their text" in shown.panel.caption_text()
    assert said is (sides.kind == "model")


CHECKS: dict[type[Panel], Callable[[Shown, Sides], None]] = {
    AttentionPanel: check_attention,
    AllHeadsPanel: check_heads,
    SurprisalPanel: check_surprisal,
    GuessesPanel: check_guesses,
    CompareAttentionPanel: check_difference,
    ContrastPanel: check_contrast,
}


@pytest.mark.parametrize("panel", CHECKS, ids=lambda panel: panel.name)
def test_a_minus_b_is_shown_whatever_b_is(qtbot: QtBot, sides: Sides, panel: type[Panel]) -> None:
    shown = Shown(panel, sides)
    qtbot.addWidget(shown.panel)
    qtbot.addWidget(shown.panel.heading)
    with qtbot.waitExposed(shown.panel):
        shown.panel.show()
    shown.hold()

    CHECKS[panel](shown, sides)

    if shown.panel.compared is not None:
        assert SAID[sides.kind] in shown.panel.caption_text()
