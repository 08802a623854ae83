"""Numbers without a window: ``roberta-gui score …``, ``cloze …`` and others print a table."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from roberta_gui import outside, problems
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.analysis.stepped import result_of
from roberta_gui.choices import GuessesChoices
from roberta_gui.findings import guesses
from roberta_gui.findings.labels import LabelsResult
from roberta_gui.findings.notation.names import head_name
from roberta_gui.findings.tables import Table, aligned
from roberta_gui.findings.words import patching
from roberta_gui.findings.words.cloze import Cloze, answers, hide_every
from roberta_gui.findings.words.cut import caption_of, cuts_of, table_of
from roberta_gui.findings.words.scoring import ScoredWords, words_in, written_list
from roberta_gui.findings.words.together import MOST_WORDS, FilledTogether, GuessedWords
from roberta_gui.findings.words.token import look
from roberta_gui.findings.words.why import METHODS, Why
from roberta_gui.outside import OneLineParser, counted_from, heads_in, read_bytes, reading
from roberta_gui.records import Analysis, AnalysisRequest
from roberta_gui.wording import counted

if TYPE_CHECKING:
    from roberta_gui.engine import Engine

TableAndCaption = tuple[Table, str]
"""What a command prints: a table, and a sentence about it."""

Answer = TypeVar("Answer")

_LARGEST_TEXT = 1_000_000
"""Bytes of a file to hide words in."""
_SENTENCE = "the sentence, with <mask> where a word is asked for"


def run(arguments: Sequence[str]) -> int:
    """Run a command; return the process's exit status, 1 with a line where it cannot."""
    options = parser().parse_args(arguments)
    try:
        table, said = options.run(options)
    except problems.Problem as problem:
        sys.stderr.write(f"roberta-gui: {problem}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    sys.stdout.write(table.to_csv() if options.csv else f"{aligned(table)}{said}\n")
    return 0


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    made = OneLineParser(prog="roberta-gui", description=__doc__, allow_abbrev=False)
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    for name, (run_it, help_text, describe) in COMMANDS.items():
        one = commands.add_parser(name, help=help_text, description=help_text)
        one.add_argument("text", help="a word" if name == "cut" else _SENTENCE)
        describe(one)
        if name != "cut":
            one.add_argument(
                "--off", type=heads_in, metavar="3.4,5.1", default=(),
                help="heads to switch off, as layer.head, both from 1"
                + "; every head on stands beside it, as B" * (name in ("score", "predict")),
            )  # fmt: skip
        one.add_argument(
            "--model", metavar="NAME", default="mini", help="mini, a folder, or a hub name"
        )
        one.add_argument("--csv", action="store_true", help="print CSV, every digit")
        one.set_defaults(run=run_it)
    return made


def _asked(
    engine: "Engine", options: argparse.Namespace, text: str | None = None
) -> AnalysisRequest:
    """Return what is asked about the text, or another one, with the heads that are to be off."""
    info = engine.info
    for head in options.off:
        if head[0] >= info.n_layers or head[1] >= info.n_heads:
            there_is = f"Layers go from 1 to {info.n_layers}, heads from 1 to {info.n_heads}."
            raise problems.NoSuchHead(f"There is no head {head_name(head)}.", there_is)
    text = options.text if text is None else text
    return AnalysisRequest(text, switched_off=frozenset(options.off))


def _mask(
    engine: "Engine", options: argparse.Namespace, text: str | None = None, whose: str = "sentence"
) -> int:
    """Return the wanted mask of the text, or of another one, from 0."""
    run = engine.analyse(_asked(engine, options, text))
    _need_masks(run, whose)
    return _nth(options.mask, len(run.fills), "mask", whose)


def _nth(wanted: int, n: int, what: str, whose: str = "sentence") -> int:
    """Count from 0 what people count from 1."""
    if wanted > n:
        there_is = f"{what.capitalize()}s are counted from 1; the {whose} has {n}."
        raise problems.BadArgument(f"There is no {what} {wanted}.", there_is)
    return wanted - 1


def opened(source: str) -> "Engine":
    """Open a model."""
    from roberta_gui.engine import Engine

    with outside.remarks_aside():
        return Engine.load(source)


def _describe_score(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "words",
        nargs="+",
        help="words or phrases; unquoted commas part them, too",
    )
    _describe_against(one)


def _describe_against(one: argparse.ArgumentParser) -> None:
    one.add_argument("--against", metavar="TEXT", help="a second sentence, B")
    one.add_argument("--compare-model", metavar="NAME", help="the model that reads B")


def _both(
    options: argparse.Namespace, ask: Callable[["Engine", AnalysisRequest], Answer]
) -> tuple[Answer, Answer | None]:
    """Ask about the sentence, A, and about what it is held against: a sentence, or every head on.

    Another model that reads B has every head on, too.
    """
    with opened(options.model) as engine:
        a = replace(_asked(engine, options), pair=getattr(options, "pair", None))
        found = ask(engine, a)
        b = replace(a, switched_off=frozenset())
        if options.against is not None:
            b = replace(a, text=options.against, pair=None)
        if options.compare_model is None:
            return found, ask(engine, b) if options.against is not None or options.off else None
    with opened(options.compare_model) as second:
        return found, ask(second, replace(b, switched_off=frozenset()))


def _score(options: argparse.Namespace) -> TableAndCaption:
    words = _words(options.words)
    (run, a), b = _both(
        options, lambda engine, one: (engine.analyse(one), engine.score_words(one, words))
    )
    _need_masks(run)
    found = ScoredWords(a) if b is None else ScoredWords(a, b[1], run, Comparison(run, b[0]))
    said = (found.caption(mask) for mask in range(found.n_masks))
    return found.table(), "\n".join(
        f"Mask {mask}: {sentence}" for mask, sentence in enumerate(said, start=1)
    )


def _words(arguments: Sequence[str]) -> tuple[str, ...]:
    """Read words, which an argument may list; one that is a comma is that word."""
    return words_in(written_list(w for each in arguments for w in words_in(each) or (each,)))


def _describe_predict(one: argparse.ArgumentParser) -> None:
    one.add_argument("--pair", metavar="TEXT", help="the second text of a pair")
    _describe_against(one)


def _predict(options: argparse.Namespace) -> TableAndCaption:
    (run, a), b = _both(options, lambda engine, one: (engine.analyse(one), engine.predict(one)))
    found = LabelsResult(a) if b is None else LabelsResult(a, b[1], Comparison(run, b[0]))
    return found.table(), found.caption()


def _cut(options: argparse.Namespace) -> TableAndCaption:
    if not options.text.strip():
        raise problems.BadArgument("There is no word to cut.", "Give a word, or a few.")
    with opened(options.model) as engine:
        cuts = cuts_of(engine.tokenizer, options.text)
    return table_of(cuts), caption_of(cuts)


def _describe_patch(one: argparse.ArgumentParser) -> None:
    one.add_argument("corrupted", help="the sentence, B, that states are copied into")
    one.add_argument("word", help="the word to watch at the mask, one token")
    _describe_mask(one)
    one.add_argument("--against", metavar="WORD", help="how much likelier it is than this one")


def _patch(options: argparse.Namespace) -> TableAndCaption:
    with opened(options.model) as engine:
        a, b = (_asked(engine, options, text) for text in (options.text, options.corrupted))
        mask = _mask(engine, options)
        _mask(engine, options, b.text, "sentence that states are copied into")
        *_, found = engine.patch_steps(a, b, options.word, mask=mask, against=options.against)
    return patching.table(found), patching.caption(found)


def _describe_guess(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--top", type=counted_from(0), default=10, help="how many, 0 for all (default: 10)"
    )
    one.add_argument("--search", default="", help="that hold a text, or begin with it after ^")
    one.add_argument("--words", default="", help="only these, with commas between them")
    one.add_argument("--whole", action="store_true", help="no pieces that go on with a word")
    one.add_argument("--no-punctuation", action="store_true", help="nor byte pieces")
    one.add_argument(
        "--token", type=counted_from(1), metavar="N", help="in place of token N, from 1, hidden"
    )
    one.add_argument(
        "--unmasked", action="store_true", help="what the model says with token N in sight"
    )


def _guess(options: argparse.Namespace) -> TableAndCaption:
    if options.unmasked and options.token is None:
        raise problems.BadArgument("--unmasked is of a token in sight.", "Name it with --token N.")
    only = _words([options.words])
    chosen = replace(
        GuessesChoices(
            search=options.search,
            whole=options.whole,
            letters=options.no_punctuation,
            only=bool(only),
            unmasked=options.unmasked,
        ),
        n=options.top,
    )
    with opened(options.model) as engine:
        run = engine.analyse(_asked(engine, options))
        if options.token is not None:
            token = _nth(options.token, len(run.tokens), "token")
            at = guesses.listed_at(engine, run, token, chosen, only)
            return at.table(), at.caption()
        _need_masks(run)
        found = guesses.listed(engine, run, chosen, only)
    said = (
        f"Mask {mask + 1}: {guesses.caption(found, mask)} "
        f"{guesses.describe_missing(fill, only)}".rstrip()
        for mask, fill in enumerate(found.fills)
    )
    return guesses.table(found), "\n".join(said)


def _describe_fill(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--top",
        type=counted_from(1),
        metavar="N",
        default=10,
        help="how many to print (default: 10)",
    )
    one.add_argument(
        "--whole-words",
        action="store_true",
        help="words of several pieces at each mask, the best of each number of pieces",
    )
    one.add_argument(
        "--mask", type=counted_from(1), metavar="N", help="at mask N alone, from 1: whole words"
    )
    one.add_argument(
        "--pieces",
        type=counted_from(1),
        metavar="N",
        help="of at most N pieces (default: 4): whole words",
    )


def _fill(options: argparse.Namespace) -> TableAndCaption:
    with opened(options.model) as engine:
        request = _asked(engine, options)
        run = engine.analyse(request)
        _need_masks(run)
        if not (options.whole_words or options.mask is not None or options.pieces is not None):
            *_, fillings = engine.fill_together_steps(request, options.top)
            found = FilledTogether(fillings)
            return found.table(), found.caption()
        n_masks, nth = len(run.fills), options.mask
        masks = range(n_masks) if nth is None else [_nth(nth, n_masks, "mask")]
        guessed = [
            GuessedWords(engine.whole_words(request, mask, options.pieces or 4, MOST_WORDS), mask)
            for mask in masks
        ]
    tables = [one.each_number(options.top).table() for one in guessed]
    rows = [
        (mask + 1, *row) for mask, table in zip(masks, tables, strict=True) for row in table.rows
    ]
    said = (f"Mask {mask + 1}: {one.caption()}" for mask, one in zip(masks, guessed, strict=True))
    return Table(("mask", *tables[0].columns), rows), "\n".join(said)


def _need_masks(run: Analysis, whose: str = "sentence") -> None:
    """Refuse a model that guesses no words, and a sentence in which none is asked for."""
    if not run.model.can_fill_masks:
        raise problems.NoMaskHead
    if run.fills:
        return
    if guesses.n_masks_cut_off(run):
        shorter = "Shorten the text, or put a mask nearer to its beginning."
        where = "" if whose == "sentence" else f" of the {whose}"
        raise problems.BadArgument(f"{guesses.describe_masks_cut_off(run, where)}.", shorter)
    typed = f"Write {run.model.mask_token} where words stand."
    hint = typed if run.model.can_type_mask else f"{run.model.name} reads no text as one."
    raise problems.BadArgument(f"The {whose} has no mask.", hint)


def _describe_cloze(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--every", type=counted_from(1), default=5, metavar="N", help="which words (default: 5)"
    )
    one.add_argument(
        "--from", type=counted_from(0), default=0, metavar="N", dest="start", help="begin there"
    )


def _cloze(options: argparse.Namespace) -> TableAndCaption:
    text, path = options.text, Path(options.text)
    if os.path.isfile(path):  # False, too, for a sentence that can be no name
        with reading(path.name, problem=problems.BadArgument, verdict="is no text"):
            text = read_bytes(path, _LARGEST_TEXT).decode().strip()
    with opened(options.model) as engine:
        mask = engine.info.mask_token
        text, hidden = hide_every(text, {}, mask, options.every, options.start)
        if mask not in text:
            raise problems.BadArgument("No word is hidden.", "The text has fewer words than that.")
        run = engine.analyse(_asked(engine, options, text))
        _need_masks(run)
        nobody = dict.fromkeys(range(len(run.fills)), "")
        found = Cloze(result_of(answers(run, nobody, hidden, engine)), run)
    cut = f" {counted(run.dropped_tokens, 'token')} cut off at the end." * bool(run.dropped_tokens)
    return found.table(), found.score() + cut


def _describe_why(one: argparse.ArgumentParser) -> None:
    one.add_argument("word", help="the word at the mask that is explained, one token")
    one.add_argument("--against", metavar="WORD", help="why it is likelier than this one")
    one.add_argument(
        "--method", choices=METHODS, default=next(iter(METHODS)),
        help="how the word is followed back (default: integrated_gradients)",
    )  # fmt: skip
    _describe_mask(one)


def _describe_mask(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--mask", type=counted_from(1), default=1, metavar="N", help="which mask, from 1"
    )


def _why(options: argparse.Namespace) -> TableAndCaption:
    with opened(options.model) as engine:
        found = engine.attribute(
            _asked(engine, options),
            options.word,
            options.against,
            options.method,
            mask=_mask(engine, options),
        )
    why = Why(attribution=found)
    return why.table(), why.caption()


def _describe_token(one: argparse.ArgumentParser) -> None:
    one.add_argument("number", type=counted_from(1), help="which token, from 1, <s> counted")
    one.add_argument(
        "--layer", type=counted_from(0), metavar="N",
        help="in which layer, 0 for the embeddings (default: the last)",
    )  # fmt: skip


def _token(options: argparse.Namespace) -> TableAndCaption:
    with opened(options.model) as engine:
        run = engine.analyse(_asked(engine, options))
        index = _nth(options.number, len(run.tokens), "token")
        found = look(run, index, engine, -1 if options.layer is None else options.layer)
        if run.model.can_fill_masks:
            found = replace(found, bits=float(engine.surprisal(run.request)[index]))
    return found.table(), found.caption()


COMMANDS: dict[
    str, tuple[Callable[[Any], TableAndCaption], str, Callable[[argparse.ArgumentParser], None]]
]
COMMANDS = {
    "score": (_score, "Score words at the masks, in bits and percent.", _describe_score),
    "predict": (_predict, "Tell a fine-tuned model's labels of a text.", _describe_predict),
    "guess": (_guess, "List what a model would put at the masks.", _describe_guess),
    "cut": (_cut, "Cut a word into pieces, step by step.", lambda _one: None),
    "patch": (_patch, "Copy A's states, of TEXT, into B: how much returns.", _describe_patch),
    "cloze": (_cloze, "Hide every Nth word of TEXT, or of a file, and guess.", _describe_cloze),
    "fill": (_fill, "Fill all masks together, or guess whole words.", _describe_fill),
    "token": (_token, "Look at one token: bytes, norm, bits and what is near.", _describe_token),
    "why": (_why, "Tell what each token adds to a word at a mask, in bits.", _describe_why),
}
"""Each command: what it does, said and described."""
