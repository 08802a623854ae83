"""The command line: ``python -m roberta_gui.training tokenizer | train | finetune | evaluate``."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from roberta_gui import problems
from roberta_gui.training.finetuning import command as finetuning
from roberta_gui.training.recipe import Recipe
from roberta_gui.wording import counted

# What the package's own requirements leave out, since only training needs it.
_FURTHER = ("accelerate", "matplotlib", "tqdm")
_D = {field.name: field.default for field in fields(Recipe)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the process's exit status, 1 with a line where it cannot."""
    wishes = parser().parse_args(arguments)
    try:
        wishes.run(wishes)
    except problems.Problem as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    except ModuleNotFoundError as error:
        if error.name not in _FURTHER:
            raise
        sys.stderr.write(f'Training needs {error.name}: pip install "roberta-gui[train]"\n')
        return 1
    except OSError as error:  # a full disk, a folder that is a file, a missing right
        sys.stderr.write(f"{error.filename or 'A file'}: {error.strerror or error}.\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Repeat the command to go on.\n")
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    made = argparse.ArgumentParser(
        prog="python -m roberta_gui.training",
        description="RoBERTa's own recipe: from text to a model that the explorer opens.",
    )
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    _describe_tokenizer(commands.add_parser("tokenizer", help="learn a vocabulary from text"))
    _describe_train(commands.add_parser("train", help="train a network on text"))
    finetuning.describe(commands.add_parser("finetune", help="teach a network a task"))
    _describe_evaluate(commands.add_parser("evaluate", help="measure a model"))
    return made


def _describe_tokenizer(one: argparse.ArgumentParser) -> None:
    _describe_text(one)
    one.add_argument("--out", type=Path, required=True, help="folder for tokenizer.json")
    one.add_argument("--vocabulary", type=int, default=16384, help="rows, special ones counted")
    one.set_defaults(run=_tokenizer)


def _describe_evaluate(one: argparse.ArgumentParser) -> None:
    one.add_argument("model", help="mini, a folder in the Hugging Face layout, or a hub name")
    one.add_argument("--text", type=Path, help="held-out .txt or .txt.xz")
    one.add_argument("--sources", type=Path, help="JSON list: the source of each document")
    one.add_argument("--cloze", type=Path, help="lines of: sentence with <mask>, tab, words")
    one.add_argument("--length", type=int, default=128, help="tokens of a row")
    one.add_argument("--mask-rate", type=float, default=0.15)
    one.add_argument("--seed", type=int, default=0)
    one.add_argument(
        "--pseudo", type=int, default=0, metavar="N", help="pseudo-perplexity of N sentences"
    )
    one.add_argument("--device", default="auto")
    one.add_argument("--json", type=Path, help="write the numbers to this file too")
    one.set_defaults(run=_evaluate)


def _describe_train(one: argparse.ArgumentParser) -> None:
    _describe_text(one)
    one.add_argument("--out", type=Path, required=True, help="folder of the run, and its model")
    begin = one.add_mutually_exclusive_group(required=True)
    begin.add_argument("--tokenizer", type=Path, help="begin anew, with this folder's tokenizer")
    begin.add_argument("--start-from", help="go on from a checkpoint: a folder, or mini")
    shape = one.add_argument_group("shape of a new network")
    shape.add_argument("--layers", type=int, default=6)
    shape.add_argument("--heads", type=int, default=8)
    shape.add_argument("--features", type=int, default=256)
    shape.add_argument("--feedforward", type=int, help="default: four times the features")
    shape.add_argument("--max-tokens", type=int, default=512)
    shape.add_argument(
        "--words", choices=("text", "random"), default="text",
        help="start values of word vectors and output biases: from the text, or drawn",
    )  # fmt: skip
    _describe_recipe(one)
    one.add_argument("--cpu", action="store_true", help="even where there is a GPU")
    one.add_argument("--dtype", choices=("float16", "float32"), default="float16", help="of export")
    one.set_defaults(run=_train)


def _describe_text(one: argparse.ArgumentParser) -> None:
    one.add_argument("text", type=Path, nargs="+", help="folders or files of .txt and .txt.xz")
    one.add_argument(
        "--leave-out", action="append", default=[], metavar="PATTERN", help="such as 'heldout*'"
    )


def _describe_recipe(one: argparse.ArgumentParser) -> None:
    budget = one.add_argument_group("budget: the learning rate reaches 0 with its end")
    for name in ("minutes", "tokens", "steps"):
        budget.add_argument(f"--{name}", type=type(_D[name]), default=_D[name])
    how = one.add_argument_group("recipe")
    how.add_argument(
        "--lengths", type=_lengths, default=_D["lengths"], help="row lengths, as in 128:0.9,512:0.1"
    )
    for name in (
        "batch_tokens", "learning_rate", "vector_rate", "warmup_steps", "weight_decay", "mask_rate",
        "dropout", "shifted", "clip", "seed", "checkpoint_seconds", "checkpoint_steps", "log_steps",
    ):  # fmt: skip
        how.add_argument(f"--{name.replace('_', '-')}", type=type(_D[name]), default=_D[name])
    how.add_argument("--optimizer", choices=("adamw", "muon"), default=_D["optimizer"])
    how.add_argument("--precision", choices=("bf16", "no"), default=_D["precision"])
    how.add_argument("--compile", action="store_true")


def _tokenizer(wishes: argparse.Namespace) -> None:
    from roberta_gui.training.text.text_files import find_text
    from roberta_gui.training.text.tokenizer_training import save_tokenizer, train_tokenizer

    files = find_text(wishes.text, wishes.leave_out)
    tokenizer, skipped = train_tokenizer(files, wishes.vocabulary, shown=sys.stderr.isatty())
    save_tokenizer(tokenizer, wishes.out)
    for one in skipped:
        sys.stdout.write(f"{one}\n")
    sys.stdout.write(f"{tokenizer.get_vocab_size():,} rows in {wishes.out}\n")


def _evaluate(wishes: argparse.Namespace) -> None:
    from roberta_gui.training.evaluation.cloze import read_gaps
    from roberta_gui.training.evaluation.everything import (
        EvaluationOptions,
        as_json,
        as_table,
        evaluate,
        read_sources,
    )
    from roberta_gui.whole_file import write_whole

    if wishes.text is None and wishes.cloze is None:
        raise problems.BadArgument("There is nothing to measure.", "Give --text or --cloze.")
    wanted = EvaluationOptions(
        documents=read_sources(wishes.text, wishes.sources) if wishes.text else {},
        gaps=read_gaps(wishes.cloze) if wishes.cloze else (),
        length=wishes.length,
        rate=wishes.mask_rate,
        seed=wishes.seed,
        n_sentences=wishes.pseudo,
    )
    found = evaluate(wishes.model, wanted, wishes.device, _whisper)
    sys.stdout.write(as_table(found))
    if wishes.json is not None:
        write_whole(wishes.json, as_json(found))


def _train(wishes: argparse.Namespace) -> None:
    """Train, going on where an earlier run in the folder stopped."""
    # torch takes seconds to import: --help and a wrong argument should not.
    import torch
    from accelerate import Accelerator

    from roberta_gui.training.export import export
    from roberta_gui.training.progress import ProgressBar, say
    from roberta_gui.training.run_state import STATE
    from roberta_gui.training.start import Shape, fresh, from_checkpoint, with_dropout
    from roberta_gui.training.text.packing import Specials
    from roberta_gui.training.text.text_files import find_text
    from roberta_gui.training.text.tokenized_text import tokenize_files
    from roberta_gui.training.training import Training
    from roberta_gui.training.word_start import start_words

    recipe, folder = Recipe(**{name: getattr(wishes, name) for name in _D}), wishes.out
    files = find_text(wishes.text, wishes.leave_out)
    if wishes.start_from:
        start = from_checkpoint(wishes.start_from)
    else:
        wide = wishes.feedforward or 4 * wishes.features
        shape = Shape(wishes.layers, wishes.heads, wishes.features, wide, wishes.max_tokens)
        start = fresh(wishes.tokenizer, shape, wishes.seed)
    accelerator = Accelerator(mixed_precision=recipe.precision, cpu=wishes.cpu)
    tokenizer, specials = start.tokenizer, Specials.of(start.tokenizer)
    main, cache = accelerator.is_main_process, (folder / "ids", start.tokenizer_sha256)
    # The first process on each machine tokenizes; the others then find its result.
    with accelerator.local_main_process_first():
        text = tokenize_files(files, tokenizer, specials.end, cache, say if main else None)
    if main:
        for one in text.skipped:
            say(str(one))
        say(f"{counted(len(text.ids), 'token')} of text, {counted(len(text.starts), 'sentence')}")
    network = with_dropout(start, recipe.dropout).network
    if wishes.words == "text" and not wishes.start_from and not (folder / STATE).exists():
        start_words(network, text.ids, recipe.seed)
    training = Training(network, text, specials, recipe, folder, accelerator)
    if main and training.position.step:
        say(f"Going on after step {training.position.step:,}")
    with ProgressBar(shown=main) as bar:
        training.run(bar.show)
    if main:
        target, shape_of, weights = folder / "model", network.configuration, network.state_dict()
        dtype = getattr(torch, wishes.dtype)
        export(target, shape_of, weights, specials, start.tokenizer_folder, dtype)
        say(f"The model is in {target}")
    accelerator.end_training()


def _lengths(text: str) -> tuple[tuple[int, float], ...]:
    try:
        pairs = [part.split(":") for part in text.split(",")]
        return tuple((int(length), float(share)) for length, share in pairs)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 128:0.9,512:0.1") from None


def _whisper(line: str) -> None:
    """Tell about progress beside the result, which alone is on the standard output."""
    sys.stderr.write(f"{line}\n")
