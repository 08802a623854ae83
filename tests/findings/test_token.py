"""What is said of one token: its place and bytes, its neighbours, and how its word is cut."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from roberta_gui.analysis.axes.modes import STANDARDISED
from roberta_gui.analysis.axes.preparation import Preparations
from roberta_gui.analysis.axes.reference_fit import fit_reference_axes
from roberta_gui.analysis.axes.reference_sentences import reference_sentences
from roberta_gui.analysis.stepped import result_of
from roberta_gui.engine import Engine
from roberta_gui.findings.words.cut import cut_facts, rows_of
from roberta_gui.findings.words.token import InspectedToken, inspect, word_of
from roberta_gui.records import AnalysisRequest, CutStep, CutWord, Dissection
from roberta_gui.resources import resource
from tests.tolerances import STORED

if TYPE_CHECKING:
    from roberta_gui.findings.steps.model import ModelHandle

TEXT = "The unbelievably <mask> cat ate 😀."
SENTENCES = reference_sentences(resource("reference_sentences.txt"))[:60]


@pytest.fixture(scope="module")
def preparations(engine: Engine) -> Preparations:
    axes = result_of(fit_reference_axes(engine.token_states(SENTENCES), SENTENCES))
    found = axes.preparations.get(STANDARDISED)
    assert found is not None
    return found


def looked_at(
    engine: Engine, index: int | None, preparations: Preparations | None = None, typed: str = ""
) -> InspectedToken:
    run = engine.analyse(AnalysisRequest(TEXT))
    handle = cast("ModelHandle", SimpleNamespace(engine_of=lambda _model: engine))
    return result_of(
        inspect(run, index, 2, preparations, typed, handle, lambda: False, lambda *_: None)
    )


def place(engine: Engine, text: str) -> int:
    tokens = engine.analyse(AnalysisRequest(TEXT)).tokens
    return next(token.index for token in tokens if token.text == text)


def test_the_nearest_tokens_are_those_of_brute_force(
    engine: Engine, preparations: Preparations
) -> None:
    cat = place(engine, "cat")

    found = looked_at(engine, cat, preparations)

    run = found.analysis
    states = preparations.apply_layer(2, run.hidden[2]).astype(np.float64)
    cosines = cosine_similarity(states)[cat]
    others = sorted((t for t in run.tokens if t.index != cat), key=lambda t: -cosines[t.index])
    assert [token.index for token, _ in found.nearest_tokens()] == [t.index for t in others][:10]
    assert [cosine for _, cosine in found.nearest_tokens()] == pytest.approx(
        [cosines[t.index] for t in others][:10], abs=STORED
    )
    norm = next(fact for fact in found.facts() if fact.name == "norm")
    assert norm.value == pytest.approx(np.linalg.norm(states[cat]), abs=STORED)
    assert found.arrays()["nearest_tokens"].tolist() == [t.index for t in others][:10]


def test_the_nearest_words_are_the_engines(engine: Engine) -> None:
    found = looked_at(engine, place(engine, "cat"))

    assert found.words == engine.nearest_words(engine.tokenizer.row_of(" cat"))
    assert found.nearest_tokens() == []  # no space is fitted yet
    assert found.arrays()["nearest_words"].tolist() == [near.id for near in found.words]


def test_a_words_cut_ends_with_the_tokenizers_ids(engine: Engine) -> None:
    found = looked_at(engine, place(engine, "cat"), typed="unbelievably")

    with_space, without = found.cuts
    assert with_space.ids == tuple(engine.tokenizer.ids_of([" unbelievably"])[0])
    assert without.ids == tuple(engine.tokenizer.ids_of(["unbelievably"])[0])
    assert found.arrays()["ids_0"].tolist() == list(with_space.ids)
    merges = [fact for fact in cut_facts([with_space]) if fact.unit == "rank"]
    assert [fact.value for fact in merges] == [step.number for step in with_space.words[0].steps]


def test_every_piece_of_a_word_finds_the_whole_word(engine: Engine) -> None:
    run = engine.analyse(AnalysisRequest(TEXT))

    of_word = [t.index for t in run.tokens if t.word == run.tokens[2].word]

    assert len(of_word) > 1
    assert {word_of(run, index) for index in of_word} == {"unbelievably"}
    assert word_of(run, 0) == word_of(run, place(engine, "<mask>")) == ""


def test_pieces_of_a_character_are_explained(engine: Engine) -> None:
    found = looked_at(engine, place(engine, "😀"))

    (held,) = (fact for fact in found.facts() if "piece 1 of" in fact.text)
    assert held.text.startswith(found.analysis.tokens[found.index or 0].bytes.hex(" ").upper())
    assert "⟨ ⟩ holds bytes" in found.caption()


def test_without_a_token_only_the_typed_word_is_told(engine: Engine) -> None:
    found = looked_at(engine, None, typed="cat")

    assert {fact.part for fact in found.facts()} == {fact.part for fact in cut_facts(found.cuts)}
    assert found.remark() == ""
    assert looked_at(engine, None).caption() == "No neighbours are known yet."


@pytest.mark.parametrize(
    ("kind", "number", "told"),
    [("BPE", 1234, "rank 1,234"), ("WordPiece", 3, "3 longer pieces tried"),
     ("Unigram", -np.log(8), "3.000 bits")],
)  # fmt: skip
def test_each_kind_of_tokenizer_has_its_number(kind: str, number: float, told: str) -> None:
    step = CutStep("ab", number, ("ab",))
    cut = Dissection("ab", kind, (CutWord("ab", b"ab", ("a", "b"), (step,), (7,)),), (8,), False)

    facts = {fact.name: fact for fact in cut_facts([cut])}

    assert facts["merge 1" if kind == "BPE" else "piece 1"].number == told
    assert "other ids" in facts["note"].text
    rows, tokens = rows_of(tuple(facts.values()))
    assert len(rows) == len(tokens) == len(facts) + 1  # the heading
