"""Guessing first: which words of a text are hidden, what was guessed there, and the score of it.

A hidden word is one mask, however many pieces it has: a gap in a text is for a word.
"""

import math
import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from roberta_gui.findings.notation.marks import Guess
from roberta_gui.findings.notation.names import head_names, spaced_word
from roberta_gui.findings.notation.numbers import percentage, written
from roberta_gui.findings.steps.model import EngineHandle
from roberta_gui.findings.tables import Arrays, Table, TableRows
from roberta_gui.records import Analysis, Answer, Report, Stop, Token
from roberta_gui.wording import counted

Hidden: TypeAlias = Mapping[int, str]
"""What masks of a text hide, by the character at which each begins."""

_AROUND: Final = 200
"""Characters on either side of a mask among which six words are looked for."""
_GAP: Final = "____"


def hide_every(
    text: str, hidden: Hidden, mask: str, every: int, start: int = 0
) -> tuple[str, dict[int, str]]:
    """Hide one word in ``every``, from word ``start`` on; words hidden before are shown again.

    Without a ``start`` the first is hidden where counting comes to it. Punctuation stays.

    Examples
    --------
    >>> hide_every("One, two; three four.", {}, "_", 2)
    ('One, _; three _.', {5: 'two', 14: 'four'})
    """
    text = restore(text, hidden, mask)
    spans = _words(text, mask)[(start or every) - 1 :: every]
    return _hide(text, {}, mask, (one for one in spans if text[slice(*one)] != mask))


def hide_marked(
    text: str, hidden: Hidden, mask: str, marked: Iterable[tuple[int, int]]
) -> tuple[str, dict[int, str]]:
    """Hide every word that has a part in one of the marked stretches (start, end)."""
    stretches = list(marked)
    spans = (
        (start, end)
        for start, end in _words(text, mask)
        if text[start:end] != mask and any(a < end and start < b for a, b in stretches)
    )
    return _hide(text, hidden, mask, spans)


def restore(text: str, hidden: Hidden, mask: str) -> str:
    """Put back what masks hide; those of which nobody knows it stay.

    Examples
    --------
    >>> restore("One _ or _.", {4: "two"}, "_")
    'One two or _.'
    """
    for start in sorted(hidden, reverse=True):
        text = text[:start] + hidden[start] + text[start + len(mask) :]
    return text


def _words(text: str, mask: str) -> list[tuple[int, int]]:
    """Find the words of a text: a mask is one, and so is what hyphens or apostrophes join."""
    return [one.span() for one in re.finditer(rf"{re.escape(mask)}|\w+(?:[-'’.]\w+)*", text)]


def _hide(
    text: str, hidden: Hidden, mask: str, spans: Iterable[tuple[int, int]]
) -> tuple[str, dict[int, str]]:
    """Write a mask in place of each span; those that hide words already go on doing so."""
    made, kept, done = "", dict[int, str](), 0
    for start, end in sorted([*spans, *((at, at + len(mask)) for at in hidden)]):
        made += text[done:start]
        kept[len(made)] = hidden.get(start, text[start:end])
        made, done = made + mask, end
    return made + text[done:], kept


def answers(
    run: Analysis,
    guesses: Mapping[int, str],
    hidden: Hidden,
    engine: EngineHandle,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Generator[None, None, tuple[Answer, ...]]:
    """Score guesses, by mask, and what stood there; "" is for who only wants to see the model's.

    Words of several pieces are scored piece by piece, as by `Engine.score_words`.
    """
    stood = {mask: hidden.get(_token(run, mask).start, "") for mask in guesses}
    return (yield from _scored(run, guesses, stood, engine, stop, report))


def answers_again(
    run: Analysis,
    known: Mapping[int, Answer],
    engine: EngineHandle,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Generator[None, None, tuple[Answer, ...]]:
    """Score what is answered already, by mask, with the heads that are on in this run."""
    guesses = {mask: answer.guess for mask, answer in known.items()}
    stood = {mask: answer.stood for mask, answer in known.items()}
    return (yield from _scored(run, guesses, stood, engine, stop, report))


def _scored(
    run: Analysis,
    guesses: Mapping[int, str],
    stood: Mapping[int, str],
    engine: EngineHandle,
    stop: Stop | None,
    report: Report | None,
) -> Generator[None, None, tuple[Answer, ...]]:
    words = list(dict.fromkeys(filter(None, (*guesses.values(), *stood.values()))))
    asked = {(at, each[at]) for each in (guesses, stood) for at in guesses if each[at]}
    only = [(mask, words.index(word)) for mask, word in asked]
    scores = yield from engine.score_words_steps(
        run.request, words, stop, report, hidden=run.hidden, only=only
    )

    def score(mask: int, word: str) -> tuple[str, int, float]:
        if not word:
            return "", -1, math.nan
        nth = words.index(word)
        bits = -float(scores.log_probability[mask, nth]) / math.log(2)
        return word, int(scores.rank[mask, nth]), bits

    return tuple(
        Answer(
            run.fingerprint, mask, _context(run, mask), *score(mask, guess),
            *score(mask, stood[mask]), best.text, -math.log2(best.probability), _heads(run),
        )
        for mask, guess in guesses.items()
        for best in run.fills[mask].candidates[:1]
    )  # fmt: skip


def of_other_heads(known: Mapping[int, Answer], run: Analysis) -> dict[int, Answer]:
    """Find, among answers to a run's text, those that were measured with other heads on."""
    heads = _heads(run)
    return {mask: answer for mask, answer in known.items() if answer.heads != heads}


def _heads(run: Analysis) -> str:
    """Name all heads that are off in a run, and what they give instead."""
    off = head_names(run.request.switched_off)
    return f"{off}: {run.request.ablation}" if off else ""


def _token(run: Analysis, mask: int) -> Token:
    return run.tokens[run.fills[mask].token_index]


def _context(run: Analysis, mask: int) -> str:
    token = _token(run, mask)
    text = run.request.segment_text(token.segment)
    before = re.search(r"(?:\S+\s+){0,6}\S*$", text[: token.start][-_AROUND:])
    after = re.match(r"\S*(?:\s+\S+){0,6}", text[token.end :][:_AROUND])
    return " ".join(f"{before and before[0]}{_GAP}{after and after[0]}".split())


@dataclass(frozen=True, eq=False)
class Cloze:
    """All answers so far, and the sentence to which the next one belongs."""

    answers: tuple[Answer, ...]
    analysis: Analysis | None = None

    def table(self) -> Table:
        """Return a row for each answer: the guess, what stood there, and the model's first."""
        guessed = any(one.guess for one in self.answers)
        switched = any(one.heads for one in self.answers)
        columns = (
            "context", "mask", *(("guess", "rank", "bits", "percent") if guessed else ()),
            "stood_there", "stood_rank", "stood_bits", "stood_percent", "model_first",
            "model_percent", "model_bits", *(("heads_off",) if switched else ()),
        )  # fmt: skip

        def rows() -> Iterator[tuple[object, ...]]:
            for one in self.answers:
                own = one.guess or None, *_numbers(one.rank, one.bits)
                stood = one.stood or None, *_numbers(one.stood_rank, one.stood_bits)
                best = one.best, 100 * 2.0**-one.best_bits, one.best_bits
                off = (one.heads or None,) if switched else ()
                yield one.context, one.mask + 1, *(own if guessed else ()), *stood, *best, *off

        return Table(columns, TableRows(rows))

    def arrays(self) -> Arrays:
        """Return bits and ranks, (answer,): the guess's, of what stood there, of the model's.

        ``heads_off`` names the heads that each of them was measured without.
        """
        names = ("bits", "rank", "stood_bits", "stood_rank", "best_bits")
        return {
            "guess": np.array([one.guess for one in self.answers], dtype=str),
            "heads_off": np.array([one.heads for one in self.answers], dtype=str),
            **{name: np.array([getattr(one, name) for one in self.answers]) for name in names},
        }

    def score(self) -> str:
        """Say how many guesses were the model's, or right, and the mean bits of both.

        Also how many of the answers were measured with other heads than are on in the sentence.
        """
        heads = "" if self.analysis is None else _heads(self.analysis)
        n_others = sum(one.heads != heads for one in self.answers)
        others = f" {counted(n_others, 'mask')} measured with other heads on." if n_others else ""
        return self._score() + others

    def _score(self) -> str:
        guessed = [one for one in self.answers if one.guess]
        if not guessed:
            return self._score_of_the_model() if self.answers else "Nothing is guessed yet."
        of = [one for one in guessed if one.stood]
        said = (
            f"{counted(len(guessed), 'guess', 'guesses')}: "
            f"{sum(one.is_first for one in guessed)} the model's first, "
            f"{sum(one.is_among_five for one in guessed)} among its first five"
        )
        said += f", {sum(one.is_exact for one in of)} of {len(of)} what stood there." if of else "."
        known = [one for one in guessed if one.has_number]
        if known:
            own, model = (_mean(one.bits for one in known), _mean(one.best_bits for one in known))
            said += f" Mean bits: yours {own}, the model's first {model}."
        seen = len(self.answers) - len(guessed)
        return f"{said} {counted(seen, 'mask')} only looked at." if seen else said

    def _score_of_the_model(self) -> str:
        """Say how often the model's own guesses are what stood there."""
        known = [one for one in self.answers if one.stood and not math.isnan(one.stood_bits)]
        if not known:
            return f"{counted(len(self.answers), 'mask')} only looked at."
        five = sum(1 <= one.stood_rank <= 5 for one in known)
        return (
            f"Of {counted(len(known), 'hidden word')} the model's first guess is right at "
            f"{sum(one.stood_rank == 1 for one in known)}, one of its first five at {five}. "
            f"Mean bits: what stood there {_mean(one.stood_bits for one in known)}, "
            f"the model's first {_mean(one.best_bits for one in known)}."
        )


def describe(answer: Answer) -> str:
    """Say what a guess is worth, and what the model and the text have there.

    Examples
    --------
    >>> answer = Answer("", 0, "", "dog", 2, 3.0, "dog", 2, 3.0, "cat", 1.0)
    >>> describe(answer)
    "“dog” has 3.00 bits, 12.5 %: number 2 of the model's guesses. It is what stood there."
    """
    told = []
    if answer.guess:
        told.append(_told(f"“{answer.guess}” has", answer.rank, answer.bits))
    if answer.is_exact:
        told.append("It is what stood there.")
    elif answer.stood:
        told.append(
            _told(f"“{answer.stood}” stood there, with", answer.stood_rank, answer.stood_bits)
        )
    return " ".join(told) or "What the model would put here:"


def listed(answer: Answer, run: Analysis) -> tuple[Guess, ...]:
    """List the model's guesses, and below them a guess or a hidden word that is not among them.

    Of an answer that was measured with other heads there is no number to list.
    """
    fill = run.fills[answer.mask]
    rows = [
        Guess(
            spaced_word(one.text, one.leading_space), one.probability,
            f"{one.text}: probability {one.probability:.6f}", place=f"{one.rank:,}",
        )
        for one in fill.candidates
    ]  # fmt: skip
    others = [(answer.guess, answer.rank, answer.bits)]
    if answer.heads != _heads(run):
        others = []
    elif not answer.is_exact:
        others.append((answer.stood, answer.stood_rank, answer.stood_bits))
    for word, rank, bits in others:
        if word and not math.isnan(bits) and not 1 <= rank <= len(rows):
            place = f"{rank:,}" if rank > 0 else "–"
            rows.append(Guess(word, 2.0**-bits, f"{word}: {written(bits, 2)} bits", place=place))
    return tuple(rows)


def _told(who: str, rank: int, bits: float) -> str:
    if math.isnan(bits):
        return f"{who} no number here: its pieces do not fit."
    place = "a word of several pieces, which has no rank"
    if rank > 0:
        place = (
            "the model's first guess" if rank == 1 else f"number {rank:,} of the model's guesses"
        )
    return f"{who} {written(bits, 2)} bits, {percentage(2.0**-bits)}: {place}."


def _numbers(rank: int, bits: float) -> tuple[int | None, float | None, float | None]:
    if math.isnan(bits):
        return None, None, None
    return rank if rank > 0 else None, bits, 100 * 2.0**-bits


def _mean(bits: Iterable[float]) -> str:
    return written(float(np.mean(list(bits))), 2)
