"""The command line: ``python -m roberta_gui.training COMMAND``; see `parser` for which."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from roberta_gui import problems
from roberta_gui.outside import LARGEST_WHOLE, counted_from, is_no_memory
from roberta_gui.training import pretraining
from roberta_gui.training.finetuning import command as finetuning
from roberta_gui.training.recipe import MASK_RATE
from roberta_gui.wording import counted

# What the package's own requirements leave out, since only training needs it.
_FURTHER = ("accelerate", "matplotlib", "tqdm")

_TAKE_LESS = {
    "part_tokens": "Set --part-tokens, or a smaller --batch-size.",
    "batch_tokens": "Use a smaller --batch-tokens.",
}
"""What to do where memory is too little, by the option that says how much is computed at once."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the process's exit status, 1 with a line where it cannot."""
    options = parser().parse_args(arguments)
    try:
        options.run(options)
    except (problems.Problem, ModuleNotFoundError, OSError, MemoryError, RuntimeError) as error:
        problem = _problem_of(error, options)
        if problem is None:
            raise
        options.refuse(options, problem)
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Repeat the command to go on.\n")
        return 130
    return 0


def _problem_of(error: Exception, options: argparse.Namespace) -> problems.Problem | None:
    """Say what somebody can do about an error, None where it is a fault of ours."""
    if isinstance(error, problems.Problem):
        return error
    if is_no_memory(error):
        hints = (hint for name, hint in _TAKE_LESS.items() if hasattr(options, name))
        hint = next(hints, "Use a smaller model.")
        return problems.TooLittleMemory("There is too little memory.", hint)
    if isinstance(error, OSError):  # a full disk, a folder that is a file, a missing right
        return problems.Problem(f"{error.filename or 'A file'}: {error.strerror or error}.")
    if isinstance(error, ModuleNotFoundError) and error.name in _FURTHER:
        title = f"Training needs {error.name}."
        return problems.MissingPackage(title, 'Run: pip install "roberta-gui[train]"')
    return None


def _refuse(_options: argparse.Namespace, problem: problems.Problem) -> None:
    sys.stderr.write(f"{problem}\n")


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    made = argparse.ArgumentParser(
        prog="python -m roberta_gui.training",
        description="RoBERTa's own recipe: from text to a model that the explorer opens.",
    )
    made.set_defaults(refuse=_refuse)
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    _describe_tokenizer(commands.add_parser("tokenizer", help="learn a vocabulary from text"))
    pretraining.describe(commands.add_parser("train", help="train a network on text"))
    pretraining.describe_prepare(commands.add_parser("prepare", help="tokenize text to be moved"))
    pretraining.describe_pretrain(
        commands.add_parser("pretrain", help="train in minutes on a large GPU, by a preset")
    )
    joined = commands.add_parser("collect", help="join the parts of a model that pretrain left")
    joined.add_argument("model", type=Path, help="folder with the parts")
    joined.set_defaults(run=_collect)
    _describe_start(
        commands.add_parser("start-from-body", help="a start with the blocks of a BERT model")
    )
    finetuning.describe(commands.add_parser("finetune", help="teach a network a task"))
    _describe_evaluate(commands.add_parser("evaluate", help="measure a model"))
    return made


def _describe_tokenizer(one: argparse.ArgumentParser) -> None:
    pretraining.describe_text(one)
    one.add_argument("--out", type=Path, required=True, help="folder for tokenizer.json")
    one.add_argument(
        "--vocabulary", type=counted_from(1), default=16384, help="rows, special ones counted"
    )
    one.set_defaults(run=_tokenizer)


def _describe_evaluate(one: argparse.ArgumentParser) -> None:
    one.add_argument("model", help="mini, a folder in the Hugging Face layout, or a hub name")
    one.add_argument("--text", type=Path, help="held-out .txt or .txt.xz")
    one.add_argument("--sources", type=Path, help="JSON list: the source of each document")
    one.add_argument("--cloze", type=Path, help="lines of: sentence with <mask>, tab, words")
    one.add_argument("--length", type=counted_from(1), default=128, help="tokens of a row")
    one.add_argument("--mask-rate", type=float, default=MASK_RATE)
    one.add_argument("--seed", type=counted_from(0, LARGEST_WHOLE), default=0)
    one.add_argument(
        "--pseudo",
        type=counted_from(0),
        default=0,
        metavar="N",
        help="pseudo-perplexity of N sentences",
    )
    one.add_argument("--device", default="auto")
    one.add_argument("--json", type=Path, help="write the numbers to this file too")
    one.set_defaults(run=_evaluate)


def _describe_start(one: argparse.ArgumentParser) -> None:
    one.add_argument("body", type=Path, help="folder of a BERT model in the Hugging Face layout")
    one.add_argument("--tokenizer", type=Path, required=True, help="folder of the vocabulary")
    one.add_argument("--out", type=Path, required=True, help="folder for train --start-from")
    one.add_argument("--seed", type=counted_from(0, LARGEST_WHOLE), default=0)
    one.set_defaults(run=_start_from_body)


def _tokenizer(options: argparse.Namespace) -> None:
    from roberta_gui.training.text.text_files import find_text
    from roberta_gui.training.text.tokenizer_training import save_tokenizer, train_tokenizer

    files = find_text(options.text, options.leave_out)
    tokenizer, skipped = train_tokenizer(files, options.vocabulary, shown=sys.stderr.isatty())
    save_tokenizer(tokenizer, options.out)
    for one in skipped:
        sys.stdout.write(f"{one}\n")
    sys.stdout.write(f"{tokenizer.get_vocab_size():,} rows in {options.out}\n")


def _evaluate(options: argparse.Namespace) -> None:
    from roberta_gui.training.evaluation.everything import (
        as_json,
        as_table,
        evaluate,
        options_for,
    )
    from roberta_gui.whole_file import write_whole

    if options.text is None and options.cloze is None:
        raise problems.BadArgument("There is nothing to measure.", "Give --text or --cloze.")
    wanted = options_for(
        options.text,
        options.sources,
        options.cloze,
        length=options.length,
        rate=options.mask_rate,
        seed=options.seed,
        n_sentences=options.pseudo,
    )
    found = evaluate(options.model, wanted, options.device, _whisper)
    sys.stdout.write(as_table(found))
    if options.json is not None:
        write_whole(options.json, as_json(found))


def _collect(options: argparse.Namespace) -> None:
    from roberta_gui.training.export import collect

    sys.stdout.write(f"{collect(options.model)} is whole\n")


def _start_from_body(options: argparse.Namespace) -> None:
    import torch

    from roberta_gui.training.export import export
    from roberta_gui.training.starts.body_start import from_body
    from roberta_gui.training.text.packing import Specials

    start, n_known = from_body(options.body, options.tokenizer, options.seed)
    network, specials = start.network, Specials.of(start.tokenizer)
    shape, weights = network.configuration, network.state_dict()
    export(options.out, shape, weights, specials, start.tokenizer_folder, torch.float32)
    known = f"{n_known:,} of {counted(start.tokenizer.vocab_size, 'token')} known to the body"
    sys.stdout.write(f"{known}; the start is in {options.out}\n")


def _whisper(line: str) -> None:
    """Tell about progress beside the result, which alone is on the standard output."""
    sys.stderr.write(f"{line}\n")
