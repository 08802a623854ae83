"""What a model would put at the masks of a text, and what of it B would: tabled and said."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.choices import GuessesChoices
from roberta_gui.findings.comparison.against import describe_more, names_of
from roberta_gui.findings.comparison.guesses import Word, read_vocabularies, spell_vocabulary
from roberta_gui.findings.model import ModelHandle
from roberta_gui.findings.notation.glyphs import is_stray
from roberta_gui.findings.notation.names import spaced_word
from roberta_gui.findings.notation.numbers import percentage
from roberta_gui.findings.tables import Arrays, Table, grid
from roberta_gui.records import (
    Analysis,
    AnalysisRequest,
    Candidate,
    FillMask,
    FloatArray,
    Replacement,
    Report,
    Stop,
    Token,
    read_only,
)


def table(run: Analysis, in_b: FloatArray | None = None) -> Table:
    """Return the guesses at every mask; with ``in_b`` what they have in B, (mask, rank)."""
    columns = {name: _listed(run, name) for name in ("rank", "id", "text", "leading_space")}
    columns["probability"] = own = _listed(run, "probability")
    if in_b is not None:
        columns |= {"probability_b": in_b, "bits_likelier_in_a": np.log2(own) - np.log2(in_b)}
    at = [fill.token_index for fill in run.fills]
    return grid([{"mask": range(1, len(at) + 1), "token_index": at}, {}], columns)


def arrays(run: Analysis, in_b: FloatArray | None = None) -> Arrays:
    """Return ids and probabilities of the guesses at every mask, (mask, rank)."""
    compared = {} if in_b is None else {"probabilities_b": in_b}
    return compared | {
        "token_index": np.array([fill.token_index for fill in run.fills], dtype=np.int64),
        "ids": _listed(run, "id"),
        "probabilities": _listed(run, "probability"),
        "entropy_bits": np.array([fill.entropy_bits for fill in run.fills]),
    }


def _listed(run: Analysis, name: str) -> NDArray[Any]:
    """Collect an attribute of all candidates: (mask, rank)."""
    rows = [[getattr(guess, name) for guess in fill.candidates] for fill in run.fills]
    return np.array(rows).reshape(len(rows), -1 if rows else 0)


def caption(run: Analysis, mask: int = 0, than: str = "") -> str:
    """Say how sure the guesses at a mask are; ``than`` compares that with B."""
    fill = run.fills[mask]
    n = len(fill.candidates)
    if not n:
        return "No word of the vocabulary is what is looked for."
    words = "The one listed word holds" if n == 1 else f"The {n} listed words hold"
    share = f"{fill.covered * 100:.1f} % of the probability"
    return f"{words} {share}; the entropy is {fill.entropy_bits:.1f} bits{than}."


def matches(word: Word, chosen: GuessesChoices) -> bool:
    """Tell whether a word of the vocabulary is one of those that are to be listed.

    Examples
    --------
    >>> matches(("Berlin", True), GuessesChoices(search="^ber"))
    True
    >>> matches(("ing", False), GuessesChoices(whole=True))
    False
    """
    text, leading_space = word
    wanted, read = chosen.search.strip().casefold(), text.casefold()
    begins = wanted.startswith("^")
    if not (read.startswith(wanted[1:]) if begins else wanted in read):
        return False
    if chosen.whole and not leading_space:
        return False
    return not chosen.letters or (not is_stray(text) and any(map(str.isalnum, text)))


def list_guesses(
    run: Analysis, chosen: GuessesChoices, asked: ModelHandle, stop: Stop
) -> Generator[None, None, Analysis]:
    """List as many guesses as are chosen, of the words that match; ranks are of all words.

    Gives the analysis itself where its own guesses will do.
    """
    n_known = min((len(fill.candidates) for fill in run.fills), default=0)
    if not chosen.is_filtered and chosen.n <= max(n_known, run.request.top_k):
        return run
    logs = yield from asked.engine_of(run.model).mask_log_probability_steps(run.request, stop)
    is_wanted, words = yield from _wanted(run, chosen, asked)
    fills = list[FillMask]()
    for fill, row in zip(run.fills, logs, strict=True):
        yield
        fills.append(_listing(fill, row, chosen.n, is_wanted, words))
    return replace(run, fills=tuple(fills))


def can_hide(run: Analysis, token: int | None) -> bool:
    """Tell whether a token may stand behind a mask: one of the text, and none already."""
    if token is None or token >= len(run.tokens) or not run.model.can_fill_masks:
        return False
    return run.tokens[token].segment == 0 and not run.tokens[token].is_mask


def list_hidden(
    run: Analysis, token: int, chosen: GuessesChoices, asked: ModelHandle, stop: Stop
) -> Generator[None, None, tuple[Analysis, Candidate]]:
    """List what would stand in place of a token if it were hidden, which takes one more pass.

    Gives the analysis with that one list instead of those at its masks, and what the token itself
    is among all words.
    """
    request, mask = hide(run, token)
    logs = yield from asked.engine_of(run.model).mask_log_probability_steps(request, stop)
    row = logs[mask]
    entropy = -float(np.exp(row, dtype=np.float64) @ row) / np.log(2.0)
    is_wanted, words = yield from _wanted(run, chosen, asked)
    fill = _listing(FillMask(token, (), entropy, 0.0), row, chosen.n, is_wanted, words)
    own = run.tokens[token].id
    rank = 1 + int(np.count_nonzero(row > row[own]))
    itself = Candidate(rank, own, *words[own], float(np.exp(row[own])))
    return replace(run, fills=(fill,)), itself


def hide(run: Analysis, token: int) -> tuple[AnalysisRequest, int]:
    """Return the request with a mask instead of a token, and which of its masks that is."""
    hidden, text = run.tokens[token], run.request.text
    text = text[: hidden.start] + run.model.mask_token + text[hidden.end :]
    return replace(run.request, text=text), sum(one.is_mask for one in run.tokens[:token])


def unhide(form: Replacement, run: Analysis, token: int) -> Replacement:
    """Return where a replacement in the text that `hide` made is in the text itself."""
    hidden = run.tokens[token]
    longer = len(run.model.mask_token) - (hidden.end - hidden.start)
    return replace(form, end=form.end - longer)


def describe_hidden(token: Token, itself: Candidate) -> str:
    """Say what `list_hidden` lists, and what really stands there is among all words."""
    name, share = token.text, percentage(itself.probability)
    hidden = f"What would stand here if “{name}” were hidden"
    return f"{hidden}; “{name}” itself is number {itself.rank:,}, with {share}."


def _wanted(
    run: Analysis, chosen: GuessesChoices, asked: ModelHandle
) -> Generator[None, None, tuple[NDArray[np.bool_], list[Word]]]:
    """Read the vocabulary, once a model, and tell which of its words are to be listed."""
    words: list[Word] | None = asked.known.get(("vocabulary", run.model))
    if words is None:
        words = yield from spell_vocabulary(asked.engine_of(run.model))
        asked.known["vocabulary", run.model] = words
    return np.fromiter((matches(word, chosen) for word in words), np.bool_, len(words)), words


def _listing(
    fill: FillMask, row: FloatArray, n: int, is_wanted: NDArray[np.bool_], words: list[Word]
) -> FillMask:
    """List the best ``n`` of the wanted words by float32 (vocabulary,) log-probabilities."""
    order = np.argsort(-row, kind="stable")
    listed = list[Candidate]()
    for at in np.flatnonzero(is_wanted[order])[:n].tolist():
        word = int(order[at])
        share = float(np.exp(row[word]))
        listed.append(Candidate(at + 1, word, *words[word], share))
    covered = sum(candidate.probability for candidate in listed)
    return replace(fill, candidates=tuple(listed), covered=covered)


@dataclass(frozen=True, eq=False)
class GuessChanges:
    """Probabilities of the words of two lists, each in the pass of the other.

    ``in_b``, float64 (mask, rank), is what the words that A lists have in B; nan where the mask
    has no partner, or the word is not one token there. ``first_in_a``, float64 (mask,), is what
    B's first guess has in A; nan likewise.
    """

    comparison: Comparison
    in_b: NDArray[np.float64]
    first_in_a: NDArray[np.float64]


def compare_guesses(
    comparison: Comparison, asked: ModelHandle, stop: Stop, report: Report
) -> Generator[None, None, GuessChanges]:
    """Ask the models for what the lists do not hold: a word of one may be far down in the other."""
    sides, logs = (comparison.a, comparison.b), list[FloatArray]()
    for side in sides:
        engine = asked.engine_of(side.model)
        logs.append((yield from engine.mask_log_probability_steps(side.request, stop)))
    to_b = to_a = np.arange(max(each.shape[1] for each in logs))
    if not comparison.has_same_tokenizer:
        both = yield from read_vocabularies(comparison, asked)
        to_a, to_b = (_index(both.ids, side) for side in (1, 0))
    n = max((len(fill.candidates) for fill in comparison.a.fills), default=0)
    in_b = np.full((len(comparison.a.fills), n), np.nan)
    first_in_a = np.full(len(in_b), np.nan)
    for mask, partner in enumerate(comparison.masks.tolist()):
        if partner >= 0:
            ids = [candidate.id for candidate in comparison.a.fills[mask].candidates]
            in_b[mask] = _picked(logs[1][partner], to_b[ids])
            best = comparison.b.fills[partner].candidates[0].id
            first_in_a[mask] = _picked(logs[0][mask], to_a[[best]])[0]
    return GuessChanges(comparison, read_only(in_b), read_only(first_in_a))


def _index(ids: NDArray[np.intp], side: int) -> NDArray[np.intp]:
    """Say for each row of one side's vocabulary which row of the other's it is; −1 for none."""
    own = ids[:, side]
    found = np.full(int(own.max(initial=-1)) + 1, -1, dtype=np.intp)
    found[own[own >= 0]] = ids[own >= 0, 1 - side]
    return found


def _picked(logarithms: FloatArray, ids: NDArray[np.intp]) -> NDArray[np.float64]:
    """Pick rows out of (vocabulary,): probabilities, nan for the row −1."""
    picked: NDArray[np.float64] = np.append(logarithms.astype(np.float64), np.nan)[ids]
    return np.exp(picked)


def known_in_b(
    mask: int, comparison: Comparison | None, changes: GuessChanges | None
) -> list[float | None]:
    """Say of each listed word what it has in B, as far as that is known; nan: it is none there."""
    if comparison is None:
        return []
    fill, partner = comparison.a.fills[mask], int(comparison.masks[mask])
    of_b = comparison.b.fills[partner].candidates if partner >= 0 else ()
    listed = {_key(comparison, candidate): candidate.probability for candidate in of_b}
    asked = [None] * len(fill.candidates) if changes is None else changes.in_b[mask].tolist()
    # What the pass itself gave comes first: it is what the list showed before.
    known = zip(fill.candidates, asked, strict=True)
    return [listed.get(_key(comparison, candidate), value) for candidate, value in known]


def _key(comparison: Comparison, candidate: Candidate) -> tuple[object, ...]:
    if comparison.has_same_tokenizer:
        return (candidate.id,)
    return candidate.text, candidate.leading_space


def describe_entropy(mask: int, comparison: Comparison) -> str:
    """Say after a mask's entropy how that compares with B's; "" where the mask has no partner."""
    if (partner := int(comparison.masks[mask])) < 0:
        return ""
    now, before = comparison.a.fills[mask], comparison.b.fills[partner]
    return describe_more(now.entropy_bits - before.entropy_bits, 1, comparison)


def describe_changes(mask: int, comparison: Comparison, changes: GuessChanges | None) -> str:
    """Say in sentences which word leads in B, what the second numbers are, and what lacks."""
    where, partner = names_of(comparison).in_b, int(comparison.masks[mask])
    if partner < 0:
        return f"This mask has no partner {where}: there is nothing to compare."
    told, n_lacking = [f"Last column: by how many bits a word is likelier than {where}."], 0
    if changes is not None:
        best = comparison.b.fills[partner].candidates[0]
        first = comparison.a.fills[mask].candidates[:1]
        if _key(comparison, best) not in [_key(comparison, each) for each in first]:
            left, had = float(changes.first_in_a[mask]), percentage(best.probability)
            in_a = names_of(comparison).in_a
            a = f"is not one token {in_a}" if np.isnan(left) else f"has {percentage(left)} {in_a}"
            word = spaced_word(best.text, best.leading_space)
            told.insert(0, f"{word} leads {where} with {had} and {a}.")
        n_lacking = int(np.isnan(changes.in_b[mask]).sum())
    if n_lacking:
        are = "word is" if n_lacking == 1 else "words are"
        told.append(f"{n_lacking} {are} not one token {where}: no number stands there.")
    return " ".join(told)
