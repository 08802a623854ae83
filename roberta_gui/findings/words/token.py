"""Token: what is known of one token, and how its tokenizer cuts the word that it belongs to."""

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from roberta_gui.analysis.axes.preparation import Preparations
from roberta_gui.analysis.stepped import result_of
from roberta_gui.analysis.through_layers.cosines import between_tokens
from roberta_gui.findings.notation.glyphs import STRAY_MEANING, character_groups, visible
from roberta_gui.findings.notation.names import (
    array_index,
    layer_name,
    spaced_word,
    the_layer,
    token_name,
)
from roberta_gui.findings.notation.numbers import written
from roberta_gui.findings.notation.places import need_places
from roberta_gui.findings.steps.model import EngineHandle, ModelHandle
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.findings.words.cut import Fact, arrays_of, caption_of, cut_facts, cuts_of
from roberta_gui.records import (
    Analysis,
    Dissection,
    FloatArray,
    Report,
    Stop,
    Token,
    WordNeighbour,
    read_only,
)

_N_NEAREST = 10

Steps: TypeAlias = Generator["InspectedToken | None", None, "InspectedToken"]


@dataclass(frozen=True, eq=False)
class InspectedToken:
    """One token of an analysed sentence, and a word under the microscope.

    Attributes
    ----------
    index
        The token's place; None where only a typed word is cut.
    states
        The sentence's hidden states at the layer, in the space, float32 (token, feature); None
        while the space is not fitted.
    position
        The row of the position table that the network reads for it.
    words
        Its neighbours in the vocabulary; None where they are not found yet.
    cuts
        The word with a space before it, and without one.
    bits
        Its surprisal, where that is known; else nan.
    """

    analysis: Analysis
    index: int | None
    layer: int
    space: str = ""
    states: FloatArray | None = None
    position: int = -1
    words: tuple[WordNeighbour, ...] | None = None
    cuts: tuple[Dissection, ...] = field(default=())
    bits: float = math.nan

    @property
    def token(self) -> Token | None:
        """The token that is looked at."""
        return None if self.index is None else self.analysis.tokens[self.index]

    def nearest_tokens(self) -> list[tuple[Token, float]]:
        """Give the other tokens of the sentence with their cosines, the nearest first."""
        if self.index is None or self.states is None:
            return []
        cosines = between_tokens(self.states)[self.index]
        order = np.argsort(-cosines, kind="stable")
        others = [int(one) for one in order if one != self.index][:_N_NEAREST]
        return [(self.analysis.tokens[one], float(cosines[one])) for one in others]

    def facts(self) -> tuple[Fact, ...]:
        """Return all that is known, row by row."""
        return (*self._own(), *self._neighbours(), *cut_facts(self.cuts))

    def _own(self) -> Iterator[Fact]:
        token, n = self.token, len(self.analysis.tokens)
        if token is None:
            return
        name = token_name(token)
        yield Fact(name, "id", str(token.id), token.id, "id", "Row of the vocabulary")
        number, count = character_groups(self.analysis.tokens)[token.index]
        piece = f", piece {number} of {count} of {visible(token.text)}" if count > 1 else ""
        about = STRAY_MEANING if piece else "What the token stands for, in UTF-8, hexadecimal"
        if not token.is_special:
            held = f"{token.bytes.hex(' ').upper() or 'none'}{piece}"
            yield Fact(name, "bytes", held, len(token.bytes), "bytes", about)
            span = f"{token.start}–{token.end}"
            covers = visible(self._text_of(token)) or "nothing"
            tip = "The characters of the text that it covers, counted from 0, the end excluded"
            yield Fact(
                name, "characters", f"{covers}, {span}", token.end - token.start, "characters", tip
            )
        place = f"{token.index + 1} of {n}; the network reads position {self.position}"
        where = array_index("hidden", self.layer, token.index, ":")
        yield Fact(name, "position", place, self.position, "position", where)
        if self.states is not None:
            norm = float(np.linalg.norm(self.states[token.index].astype(np.float64)))
            where = f"{the_layer(self.layer)}, {self.space}"
            tip = "Length of its hidden state there"
            yield Fact(name, "norm", where, norm, "length", tip)
        if not math.isnan(self.bits):
            yield Fact(name, "surprisal", "−log₂ of its probability", self.bits, "bits")

    def _neighbours(self) -> Iterator[Fact]:
        for nth, near in enumerate(self.words or (), start=1):
            word = spaced_word(near.text, near.leading_space)
            tip = f"Cosine of the word embeddings; id {near.id}"
            yield Fact("Nearest words", str(nth), word, near.cosine, "cosine", tip)
        part = f"Nearest tokens, {the_layer(self.layer)}, {self.space}"
        for other, cosine in self.nearest_tokens():
            tip = "Cosine of the hidden states; click to look at it"
            place, text = str(other.index + 1), token_name(other)
            yield Fact(part, place, text, cosine, "cosine", tip, other.index)

    def _text_of(self, token: Token) -> str:
        return self.analysis.request.segment_text(token.segment)[token.start : token.end]

    def table(self) -> Table:
        """Return every row with its number and unit, in their parts."""
        columns = ("part", "name", "text", "unit", "value")
        return Table(columns, [(f.part, f.name, f.text, f.unit, f.value) for f in self.facts()])

    def arrays(self) -> Arrays:
        """Return state, neighbours with their cosines, and the ids of the word's cuts."""
        arrays: dict[str, np.ndarray] = {**arrays_of(self.cuts)}
        if self.words is not None:
            arrays["nearest_words"] = np.array([near.id for near in self.words], np.int64)
            arrays["nearest_words_cosine"] = np.array([near.cosine for near in self.words])
        if self.index is not None and self.states is not None:
            nearest = self.nearest_tokens()
            arrays["state"] = self.states[self.index]
            arrays["nearest_tokens"] = np.array([one.index for one, _ in nearest], np.int64)
            arrays["nearest_tokens_cosine"] = np.array([cosine for _, cosine in nearest])
        return {name: read_only(np.array(array)) for name, array in arrays.items()}

    def caption(self) -> str:
        """Say what is nearest, and how the word is cut."""
        said, nearest = [], self.nearest_tokens()
        if self.words:
            near = self.words[0]
            word, cosine = spaced_word(near.text, near.leading_space), written(near.cosine, 2)
            said.append(f"Nearest in the vocabulary is {word} (cosine {cosine}).")
        if nearest:
            other, near_by = nearest[0]
            where = f"in {the_layer(self.layer)}, {self.space}"
            said.append(
                f"Nearest in the sentence is {token_name(other)} "
                f"(cosine {written(near_by, 2)} {where})."
            )
        if self.cuts:
            said.append(caption_of(self.cuts))
        return " ".join(said) or "No neighbours are known yet."

    def remark(self) -> str:
        """Name the token and its layer."""
        token = self.token
        return "" if token is None else f"{token_name(token)} · layer {layer_name(self.layer)}"


def word_of(analysis: Analysis, index: int) -> str:
    """Return the word that a token belongs to, as it is written; "" for what is no word."""
    token = analysis.tokens[index]
    if token.word is None or token.is_mask or token.is_control:
        return ""
    of_word = [t for t in analysis.tokens if (t.segment, t.word) == (token.segment, token.word)]
    text = analysis.request.segment_text(token.segment)
    return text[min(t.start for t in of_word) : max(t.end for t in of_word)]


def inspect(
    analysis: Analysis,
    index: int | None,
    layer: int,
    preparations: Preparations | None,
    typed: str,
    handle: ModelHandle,
    stop: Stop,
    report: Report,
) -> Steps:
    """Look at a token and its word, or at a typed one; the neighbours in the vocabulary last."""
    engine = handle.engine_of(analysis.model)
    return _inspect(analysis, index, layer, preparations, typed, engine, stop, report)


def look(
    run: Analysis,
    index: int,
    engine: EngineHandle,
    layer: int = -1,
    preparations: Preparations | None = None,
) -> InspectedToken:
    """Look at a token at once, in a layer and a space: without ``preparations``, raw.

    Raises
    ------
    problems.BadArgument
        The run has no such token or layer.
    """
    layer = len(run.hidden) - 1 if layer == -1 else layer
    need_places(token=(index, len(run.tokens)), layer=(layer, len(run.hidden)))
    if preparations is not None:
        preparations.need_layers(len(run.hidden))
    found = result_of(_inspect(run, index, layer, preparations, "", engine))
    return found if preparations else replace(found, states=run.hidden[layer], space="raw")


def _inspect(
    analysis: Analysis,
    index: int | None,
    layer: int,
    preparations: Preparations | None,
    typed: str,
    engine: EngineHandle,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Steps:
    word = typed or ("" if index is None else word_of(analysis, index))
    found = InspectedToken(analysis, index, layer, cuts=cuts_of(engine.tokenizer, word, stop))
    if index is None:
        return found
    found = replace(found, position=engine.positions([t.id for t in analysis.tokens])[index])
    if preparations is not None:
        states = preparations.apply_layer(layer, analysis.hidden[layer])
        found = replace(found, states=states, space=preparations.space.phrase)
    yield found
    steps = engine.nearest_words_steps(analysis.tokens[index].id, _N_NEAREST, stop, report)
    return replace(found, words=(yield from steps))
