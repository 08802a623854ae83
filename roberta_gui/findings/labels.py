"""What a fine-tuned model says of a text, or of each of its words, beside what it says in B."""

import math
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.comparison.against import names_of
from roberta_gui.findings.notation.numbers import percentage, written
from roberta_gui.findings.steps.model import ModelHandle
from roberta_gui.findings.tables import Arrays, Table, TableRows
from roberta_gui.records import Analysis, FloatArray, Prediction, Report, Stop, read_only
from roberta_gui.wording import counted, on_one_line


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label of the text, or of the ``word`` that begins with a token, and its probability.

    ``in_b`` is nan where B has no such label or word. Of a regression both are its values.
    """

    label: str
    value: float
    in_b: float
    token: int = 0
    word: str = ""


def predict(
    analysis: Analysis,
    comparison: Comparison | None,
    handle: ModelHandle,
    stop: Stop,
    report: Report,
) -> Generator["LabelsResult", None, "LabelsResult"]:
    """Ask for the labels of an analysed sentence, then of what it is held against."""

    def ask(run: Analysis) -> Prediction:
        engine = handle.engine_of(run.model)
        return engine.predict(run.request, stop, report, hidden=run.hidden)

    found = LabelsResult(ask(analysis), None, comparison, analysis)
    if comparison is None or comparison.b.model.task is None:
        return found
    yield found
    return replace(found, b=ask(comparison.b))


@dataclass(frozen=True, eq=False)
class LabelsResult:
    """What the model says in A, and in B where that one tells labels, too.

    ``analysis`` and ``comparison`` are the passes that they belong to, where these were made.
    """

    a: Prediction
    b: Prediction | None = None
    comparison: Comparison | None = None
    analysis: Analysis | None = None

    @property
    def is_of_words(self) -> bool:
        """Whether each word has a label of its own."""
        return self.a.task.kind == "tokens"

    @property
    def is_number(self) -> bool:
        """Whether a number is said of the text, and no label."""
        return self.a.task.kind == "regression"

    @cached_property
    def in_b(self) -> FloatArray:
        """What B gives to A's labels, of the shape of A's logits, nan where it has no such."""
        a, b = self.a.probabilities, self.b
        if b is None or self.comparison is None or b.task.kind != self.a.task.kind:
            return read_only(np.full_like(a, np.nan))
        known = b.task.labels
        columns = [known.index(name) if name in known else -1 for name in self.a.task.labels]
        none = np.full((*b.logits.shape[:-1], 1), np.nan)
        values: FloatArray = np.append(b.probabilities, none, axis=-1)[..., columns]
        return self.comparison.partners(values, "token") if self.is_of_words else read_only(values)

    def every(self) -> Iterator[LabelRow]:
        """Give every label of the text, or of each word."""
        values, in_b = np.atleast_2d(self.a.probabilities), np.atleast_2d(self.in_b)
        for token, word in (_words(self.a) if self.is_of_words else {0: ""}).items():
            pairs = zip(values[token].tolist(), in_b[token].tolist(), strict=True)
            for label, (value, other) in zip(self.a.task.labels, pairs, strict=True):
                yield LabelRow(label, value, other, token, word)

    def rows(self) -> tuple[LabelRow, ...]:
        """Give every label of the text in the model's order, or each word's likeliest one.

        These are to be read: `every` has the labels as they are.
        """
        named = (replace(one, label=on_one_line(one.label)) for one in self.every())
        every, n = list(named), len(self.a.task.labels)
        if not self.is_of_words:
            return tuple(every)
        words = (every[first : first + n] for first in range(0, len(every), n))
        return tuple(max(word, key=lambda one: one.value) for word in words)

    def table(self) -> Table:
        """Return a row for each label, or for each word and label."""
        what = "value" if self.is_number else "probability"
        compared = () if self.b is None else (f"{what}_b", "a_minus_b")
        columns = (*(("token_index", "word") if self.is_of_words else ()), "label", what, *compared)

        def rows() -> Iterator[tuple[object, ...]]:
            for one in self.every():
                place = (one.token, one.word) if self.is_of_words else ()
                both = (one.in_b, one.value - one.in_b) if compared else ()
                yield (*place, one.label, one.value, *both)

        return Table(columns, TableRows(rows))

    def arrays(self) -> Arrays:
        """Return logits and probabilities, (label,) or (token, label), and those of B."""
        arrays = {
            "labels": np.array(self.a.task.labels),
            "logits": self.a.logits,
            "probabilities": self.a.probabilities,
        }
        return arrays if self.b is None else arrays | {"probabilities_b": self.in_b}

    def caption(self) -> str:
        """Say which label it is, and which it is in B."""
        compared = self.comparison
        if self.is_of_words:
            return f"{self._caption_of_words()}{self._lacking()}"
        first, *others = sorted(self.rows(), key=lambda one: -one.value)
        where = "" if compared is None else names_of(compared).in_b
        has_b = not math.isnan(first.in_b)
        if self.is_number:
            told = f"{first.label} {written(first.value, 3)}"
            told += f", {where} {written(first.in_b, 3)}" if has_b else ""
        elif self.a.task.kind == "multi_label":
            told = ", ".join(map(on_one_line, self.a.labels)) or "no label"
            told = f"Above half: {told}"
        else:
            told = f"It says “{first.label}”, with {percentage(first.value)}"
            if has_b:
                told += f"; {where} that has {percentage(first.in_b)}"
                there = max((first, *others), key=lambda one: np.nan_to_num(one.in_b, nan=-1))
                told += f" and “{there.label}” is likelier" if there is not first else ""
        return f"{told}.{self._lacking()}"

    def _caption_of_words(self) -> str:
        rows = self.rows()
        if not rows:
            return "There is no word to label."
        names = Counter(one.label for one in rows)
        listed = ", ".join(f"{label} {n}" for label, n in names.most_common())
        told = f"{counted(len(rows), 'word')}, each labelled at its first token: {listed}."
        if self.b is None or self.comparison is None:
            return told
        best = [np.nan_to_num(self.in_b[one.token], nan=-1).argmax() for one in rows]
        labels = self.a.task.labels
        n = sum(
            on_one_line(labels[at]) != one.label and not math.isnan(one.in_b)
            for at, one in zip(best, rows, strict=True)
        )
        return f"{told} {counted(n, 'word')} with another label {names_of(self.comparison).in_b}."

    def _lacking(self) -> str:
        """Say why there is no difference although there is a B; "" where there is one."""
        if self.comparison is None or np.isfinite(self.in_b).any():
            return ""
        model = self.comparison.b.model
        lacks = "has no head for a task" if model.task is None else "tells other labels"
        return f" {model.name} {lacks}: there is no difference."


def _words(one: Prediction) -> dict[int, str]:
    """Find the words between blanks by their first tokens, whose labels are learnt and said."""
    found: dict[int, str] = {}
    known: set[tuple[int | None, int]] = set()
    for token in one.tokens:
        text = one.request.segment_text(token.segment)
        begins = not token.start or text[token.start - 1].isspace()
        place, rest = (token.segment, token.start), text[token.start :]
        if token.is_special or not begins or place in known or not rest[:1].strip():
            continue  # the later bytes of one character begin with it, too
        known.add(place)
        found[token.index] = rest.split(maxsplit=1)[0]
    return found
