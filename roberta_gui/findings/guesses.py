"""What a model would put at the masks of a text, and what of it B would: tabled and said."""

from collections.abc import Callable, Collection, Generator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.analysis.stepped import result_of
from roberta_gui.choices import GuessesChoices
from roberta_gui.findings.comparison.against import describe_more, names_of
from roberta_gui.findings.comparison.guesses import read_logarithms, read_vocabularies
from roberta_gui.findings.notation.glyphs import character_groups, visible
from roberta_gui.findings.notation.names import spaced_word
from roberta_gui.findings.notation.numbers import percentage
from roberta_gui.findings.notation.places import need_places
from roberta_gui.findings.steps.model import EngineHandle, ModelHandle, ReadAlone, Reads
from roberta_gui.findings.tables import Arrays, Table, grid
from roberta_gui.findings.words.vocabulary import column, listing, read_wanted
from roberta_gui.problems import BadArgument
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


def table(run: Analysis, other: FloatArray | None = None, name: str = "b") -> Table:
    """Return the guesses at every mask; with ``other`` what they have elsewhere, (mask, rank).

    ``name`` says where that is: in B, or with a token in sight.
    """
    columns = {name: _listed(run, name) for name in ("rank", "id", "text", "leading_space")}
    columns["probability"] = own = _listed(run, "probability")
    if other is not None:
        columns[f"probability_{name}"] = other
    if other is not None and name == "b":
        with np.errstate(divide="ignore", invalid="ignore"):  # what is never guessed, on both sides
            columns["bits_likelier_in_a"] = np.log2(own) - np.log2(other)
    at = [fill.token_index for fill in run.fills]
    return grid([{"mask": range(1, len(at) + 1), "token_index": at}, {}], columns, unknown=None)


def arrays(run: Analysis, other: FloatArray | None = None, name: str = "b") -> Arrays:
    """Return ids and probabilities of the guesses at every mask, (mask, rank)."""
    compared = {} if other is None else {f"probabilities_{name}": other}
    return compared | {
        "token_index": np.array([fill.token_index for fill in run.fills], dtype=np.int64),
        "ids": _listed(run, "id"),
        "probabilities": _listed(run, "probability"),
        "entropy_bits": np.array([fill.entropy_bits for fill in run.fills]),
    }


def _listed(run: Analysis, name: str) -> NDArray[Any]:
    """Collect an attribute of all candidates: (mask, rank)."""
    rows = [column(fill.candidates, name) for fill in run.fills]
    return np.array(rows).reshape(len(rows), -1 if rows else 0)


def caption(run: Analysis, mask: int = 0, than: str = "") -> str:
    """Say how sure the guesses at a mask are; ``than`` compares that with B.

    Raises `problems.BadArgument` where there is no such mask, counted from 0.
    """
    need_places(mask=(mask, len(run.fills)))
    fill = run.fills[mask]
    n = len(fill.candidates)
    if not n:
        return "No word of the vocabulary is what is looked for."
    words = "The one listed word holds" if n == 1 else f"The {n:,} listed words hold"
    share = f"{fill.covered * 100:.1f} % of the probability"
    hidden = f", those that are filtered out {fill.filtered * 100:.1f} %" if fill.filtered else ""
    return f"{words} {share}{hidden}; the entropy is {fill.entropy_bits:.1f} bits{than}."


def describe_missing(fill: FillMask, only: Collection[str]) -> str:
    """Name the words that somebody wants listed and that no list can have, "" for none."""
    missing = [f"“{word}”" for word in only if word not in column(fill.candidates, "text")]
    if not missing:
        return ""
    what = (
        "is not one token: Words scores it. "
        if len(missing) == 1
        else ("are not one token each: Words scores them. ")
    )
    return f"{' and '.join(missing)} {what}"


def list_guesses(
    run: Analysis, chosen: GuessesChoices, asked: Reads, stop: Stop, only: Collection[str] = ()
) -> Generator[None, None, Analysis]:
    """List as many guesses as are chosen, of the words that match; ranks are of all words.

    Gives the analysis itself where these are its own guesses. ``only`` are the words to which the
    lists are kept, where that is chosen.
    """
    n_known = min((len(fill.candidates) for fill in run.fills), default=0)
    will_do = chosen.n > 0 and n_known <= chosen.n <= max(n_known, run.request.top_k)
    if will_do and not chosen.is_filtered:
        return run
    (logs,) = yield from read_logarithms((run,), asked, stop)
    is_wanted, words = yield from read_wanted(run.model, chosen, only, asked)
    fills = list[FillMask]()
    for fill, row in zip(run.fills, logs, strict=True):
        yield
        fills.append(listing(fill, row, chosen.most, is_wanted, words))
    return replace(run, fills=tuple(fills))


def listed(
    engine: EngineHandle, run: Analysis, chosen: GuessesChoices, only: Collection[str] = ()
) -> Analysis:
    """Give all of `list_guesses` at once: ``GuessesChoices(n=0)`` lists the vocabulary."""
    return result_of(list_guesses(run, chosen, ReadAlone(engine), lambda: False, only))


def n_masks_cut_off(analysis: Analysis) -> int:
    """Count the masks in that part of a sentence which is too long to be read.

    There are no tokens there to go by, so it is the mask's text that is looked for.
    """
    if not analysis.dropped_tokens:
        return 0
    read = max((token.end for token in analysis.tokens), default=0)
    return analysis.request.text.count(analysis.model.mask_token, read)


def describe_masks_cut_off(analysis: Analysis, whose: str = "") -> str:
    """Say that masks are cut off, and ``whose`` where there are two sentences."""
    masks = "The mask" if n_masks_cut_off(analysis) == 1 else "The masks"
    lie = "lies" if n_masks_cut_off(analysis) == 1 else "lie"
    return f"{masks}{whose} {lie} beyond the {len(analysis.tokens):,} tokens that are read"


def why_not_hidden(run: Analysis, token: int) -> str:
    """Say why a token of the pass cannot stand behind a mask; "" where it can."""
    one = run.tokens[token]
    if not run.model.can_fill_masks:
        return "This model has no masked-LM head, so it cannot guess words."
    if not run.model.can_type_mask:
        return "This model has no mask that can be typed."
    if one.is_mask or one.segment != 0:
        return "Choose a word of the first text."
    _, n_pieces = character_groups(run.tokens)[token]
    if n_pieces > 1:  # behind the mask all of them are gone, and none of them is a guess
        return f"It is one of {n_pieces} pieces of {visible(one.text)}, which one mask would hide."
    return ""


def can_hide(run: Analysis, token: int | None) -> bool:
    """Tell whether a token may stand behind a mask: all of what it covers, and no mask already."""
    return token is not None and token < len(run.tokens) and not why_not_hidden(run, token)


@dataclass(frozen=True, eq=False)
class AtToken:
    """What a model says in place of a token: if it were hidden, and unmasked, with it in sight.

    ``analysis`` lists the words by the reading that was chosen, ``other``, float64 (1, rank), has
    their probabilities by the other one. ``hidden`` and ``unmasked`` are the token itself by each.
    """

    analysis: Analysis
    token: Token
    hidden: Candidate
    unmasked: Candidate
    other: FloatArray
    is_unmasked: bool

    @property
    def name(self) -> str:
        """Name the reading by which words are listed."""
        return "unmasked" if self.is_unmasked else "hidden"

    @property
    def other_name(self) -> str:
        """Name the reading of ``other``."""
        return "hidden" if self.is_unmasked else "unmasked"

    def caption(self) -> str:
        """Say which of both is listed, and what the token itself is by each."""
        name, (hidden, unmasked) = self.token.text, map(_standing, (self.hidden, self.unmasked))
        if self.is_unmasked:
            said = f"What the model says unmasked, with “{name}” in sight: it is {unmasked}; "
            said += f"hidden, it would be {hidden}."
        else:
            said = f"What would stand here if “{name}” were hidden: it would be {hidden}; "
            said += f"unmasked, in sight, it is {unmasked}."
        return f"{said} {caption(self.analysis)}"

    def table(self) -> Table:
        """Return the listed words by both readings."""
        return table(self.analysis, self.other, self.other_name)


def _standing(itself: Candidate) -> str:
    return f"number {itself.rank:,} ({percentage(itself.probability)})"


def list_hidden(
    run: Analysis,
    token: int,
    chosen: GuessesChoices,
    asked: Reads,
    stop: Stop,
    only: Collection[str] = (),
) -> Generator[None, None, AtToken]:
    """List what would stand in place of a token if it were hidden, which takes one more pass.

    Beside it, or instead where that is chosen, stands what the model says with the token in sight.
    Gives the analysis with that one list instead of those at its masks.
    """
    engine, (request, mask) = asked.engine_of(run.model), hide(run, token)
    hidden = (yield from engine.mask_log_probability_steps(request, stop))[mask]
    unmasked = yield from engine.token_log_probability_steps(
        run.request, token, stop, hidden=run.hidden
    )
    is_wanted, words = yield from read_wanted(run.model, chosen, only, asked)
    row, other = (unmasked, hidden) if chosen.unmasked else (hidden, unmasked)
    shares = np.exp(row, dtype=np.float64)
    some = shares > 0  # what is never guessed adds nothing, though its logarithm is −infinity
    entropy = -float(shares[some] @ row[some]) / np.log(2.0)
    fill = listing(FillMask(token, (), entropy, 0.0), row, chosen.most, is_wanted, words)
    own = run.tokens[token].id
    places = [
        Candidate(1 + int((logs > logs[own]).sum()), own, *words[own], float(np.exp(logs[own])))
        for logs in (hidden, unmasked)
    ]
    ids = np.asarray(column(fill.candidates, "id"), dtype=np.intp)
    shares = read_only(np.exp(other[ids], dtype=np.float64)[None])
    here = replace(run, fills=(fill,))
    return AtToken(here, run.tokens[token], places[0], places[1], shares, chosen.unmasked)


def listed_at(
    engine: EngineHandle,
    run: Analysis,
    token: int,
    chosen: GuessesChoices,
    only: Collection[str] = (),
) -> AtToken:
    """Give all of `list_hidden` at once.

    Raises `problems.BadArgument` where there is no such token, or it cannot be hidden.
    """
    need_places(token=(token, len(run.tokens)))
    return result_of(list_hidden(run, token, chosen, ReadAlone(engine), lambda: False, only))


def hide(run: Analysis, token: int) -> tuple[AnalysisRequest, int]:
    """Return the request with a mask instead of a token, and which of its masks that is.

    Raises `problems.BadArgument` where the token cannot be hidden.
    """
    if why_not := why_not_hidden(run, token):
        raise BadArgument(f"Token {token + 1} cannot be hidden.", why_not)
    hidden, text = run.tokens[token], run.request.text
    text = text[: hidden.start] + run.model.mask_token + text[hidden.end :]
    return replace(run.request, text=text), sum(one.is_mask for one in run.tokens[:token])


def unhide(form: Replacement, run: Analysis, token: int) -> Replacement:
    """Return where a replacement in the text that `hide` made is in the text itself."""
    hidden = run.tokens[token]
    longer = len(run.model.mask_token) - (hidden.end - hidden.start)
    return replace(form, end=form.end - longer)


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
    comparison: Comparison, handle: ModelHandle, stop: Stop, report: Report
) -> Generator[None, None, GuessChanges]:
    """Ask the models for what the lists do not hold: a word of one may be far down in the other."""
    logs = yield from read_logarithms((comparison.a, comparison.b), handle, stop)
    to_b = to_a = np.arange(max(each.shape[1] for each in logs))
    if not comparison.has_same_tokenizer:
        both = yield from read_vocabularies(comparison, handle)
        to_a, to_b = (_index(both.ids, side) for side in (1, 0))
    n = max((len(fill.candidates) for fill in comparison.a.fills), default=0)
    in_b = np.full((len(comparison.a.fills), n), np.nan)
    first_in_a = np.full(len(in_b), np.nan)
    for mask, partner in enumerate(comparison.masks.tolist()):
        if partner >= 0:
            ids = np.asarray(column(comparison.a.fills[mask].candidates, "id"), dtype=np.intp)
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
    mask: int, comparison: Comparison, changes: GuessChanges | None
) -> Callable[[int], float | None]:
    """Say of each listed word what it has in B, as far as that is known; nan: it is none there."""
    candidates, partner = comparison.a.fills[mask].candidates, int(comparison.masks[mask])
    of_b = comparison.b.fills[partner].candidates if partner >= 0 else ()
    by_id = comparison.has_same_tokenizer
    listed = {_key(by_id, candidate): candidate.probability for candidate in of_b}
    asked = None if changes is None else changes.in_b[mask]

    def in_b(nth: int) -> float | None:  # which holds on to no pass: a list is kept for long
        # What the pass itself gave comes first: it is what the list showed before.
        known = listed.get(_key(by_id, candidates[nth]))
        return known if known is not None or asked is None else float(asked[nth])

    return in_b


def _key(by_id: bool, candidate: Candidate) -> tuple[object, ...]:
    return (candidate.id,) if by_id else (candidate.text, candidate.leading_space)


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
        by_id = comparison.has_same_tokenizer
        if _key(by_id, best) not in [_key(by_id, each) for each in first]:
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
