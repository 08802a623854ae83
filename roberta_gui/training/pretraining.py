"""``python -m roberta_gui.training prepare | train | pretrain``: arguments, and what they do."""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from roberta_gui.outside import LARGEST_WHOLE, counted_from, reader_of
from roberta_gui.training.recipe import PRECISIONS, Recipe
from roberta_gui.whole_file import passing_folder
from roberta_gui.wording import counted

if TYPE_CHECKING:
    from accelerate import Accelerator

    from roberta_gui.training.starts.start import Start
    from roberta_gui.training.text.packing import Specials
    from roberta_gui.training.text.tokenized_text import TokenizedText

_IDS = "ids"  # the folder in which a run keeps the tokens of its texts
_D = {field.name: field.default for field in fields(Recipe)}

PRESETS = {
    "small-gpu": {
        "layers": 8,
        "heads": 8,
        "features": 448,
        "lengths": ((128, 0.9), (512, 0.1)),
        "batch_tokens": 131072,
        "fill_rows": True,
        "optimizer": "muon",
        "learning_rate": 2e-3,
        "vector_rate": 1e-3,
        "dropout": 0.0,
        "largest": 15_900_000,
    }
}
"""What `pretrain` takes for granted, by name: a network for minutes on a card of 80 GB or more."""


def describe(one: argparse.ArgumentParser, *, needs_start: bool = True) -> None:
    """Add the arguments of ``train``."""
    describe_text(one)
    one.add_argument("--out", type=Path, required=True, help="folder of the run, and its model")
    begin = one.add_mutually_exclusive_group(required=needs_start)
    begin.add_argument("--tokenizer", type=Path, help="begin anew, with this folder's tokenizer")
    begin.add_argument("--start-from", help="go on from a checkpoint: a folder, or mini")
    shape = one.add_argument_group("shape of a new network")
    shape.add_argument("--layers", type=counted_from(1), default=6)
    shape.add_argument("--heads", type=counted_from(1), default=8)
    shape.add_argument("--features", type=counted_from(1), default=256)
    shape.add_argument(
        "--feedforward", type=counted_from(1), help="default: four times the features"
    )
    shape.add_argument("--max-tokens", type=counted_from(1), default=512)
    shape.add_argument(
        "--words", choices=("text", "random"), default="text",
        help="start values of word vectors and output biases: from the text, or drawn",
    )  # fmt: skip
    _describe_recipe(one)
    one.add_argument(
        "--profile",
        type=counted_from(1),
        metavar="N",
        help="only measure N steps: where their time goes",
    )
    one.add_argument("--cpu", action="store_true", help="even where there is a GPU")
    one.add_argument("--dtype", choices=("float16", "float32"), default="float16", help="of export")
    one.add_argument(
        "--largest",
        type=counted_from(0, LARGEST_WHOLE),
        default=0,
        metavar="BYTES",
        help="of a file of weights; 0: one file",
    )
    one.set_defaults(run=_run)


def describe_prepare(one: argparse.ArgumentParser) -> None:
    """Add the arguments of ``prepare``."""
    describe_text(one)
    one.add_argument("--tokenizer", type=Path, required=True, help="folder of the vocabulary")
    one.add_argument("--out", type=Path, required=True, help="folder to move, for pretrain")
    one.set_defaults(run=_prepare)


def describe_pretrain(one: argparse.ArgumentParser) -> None:
    """Add the arguments of ``pretrain``: those of ``train``, with other defaults."""
    one.add_argument("--preset", choices=PRESETS, default="small-gpu")
    one.add_argument("--held-out", type=Path, help="text to measure the model on at the end")
    one.add_argument("--sources", type=Path, help="JSON list: the source of each document of it")
    one.add_argument("--cloze", type=Path, help="lines of: sentence with <mask>, tab, words")
    describe(one, needs_start=False)
    one.set_defaults(run=_pretrain, **PRESETS["small-gpu"])


def describe_text(one: argparse.ArgumentParser) -> None:
    """Add the arguments that choose files of text."""
    one.add_argument("text", type=Path, nargs="+", help="folders or files of .txt and .txt.xz")
    one.add_argument(
        "--leave-out", action="append", default=[], metavar="PATTERN", help="such as 'heldout*'"
    )


def _describe_recipe(one: argparse.ArgumentParser) -> None:
    budget = one.add_argument_group("budget: the learning rate reaches 0 with its end")
    for name in ("minutes", "tokens", "steps"):
        budget.add_argument(f"--{name}", type=reader_of(_D[name]), default=_D[name])
    how = one.add_argument_group("recipe")
    how.add_argument(
        "--lengths", type=_lengths, default=_D["lengths"], help="row lengths, as in 128:0.9,512:0.1"
    )
    for name in (
        "batch_tokens", "learning_rate", "vector_rate", "warmup_steps", "weight_decay", "mask_rate",
        "dropout", "shifted", "clip", "seed", "checkpoint_seconds", "checkpoint_steps", "log_steps",
    ):  # fmt: skip
        how.add_argument(f"--{name.replace('_', '-')}", type=reader_of(_D[name]), default=_D[name])
    how.add_argument("--optimizer", choices=("adamw", "muon"), default=_D["optimizer"])
    how.add_argument("--precision", choices=PRECISIONS, default=_D["precision"])
    how.add_argument(
        "--fill-rows", action="store_true", help="cut sentences, so that none is padded"
    )
    how.add_argument(
        "--compile",
        action=argparse.BooleanOptionalAction,
        default=_D["compile"],
        help="make a program of each block; default: on an NVIDIA card with Triton",
    )


def _prepare(options: argparse.Namespace) -> None:
    """Tokenize once, for training elsewhere."""
    from roberta_gui.training.export import copy_tokenizer
    from roberta_gui.training.progress import say
    from roberta_gui.training.starts.start import open_for_training
    from roberta_gui.training.text.packing import Specials
    from roberta_gui.training.text.prepared import write_prepared
    from roberta_gui.training.text.text_files import find_text
    from roberta_gui.training.text.tokenized_text import tokenize_files

    files = find_text(options.text, options.leave_out)
    tokenizer, sha256 = open_for_training(options.tokenizer)
    text = tokenize_files(files, tokenizer, Specials.of(tokenizer).end, None, say)
    for one in text.skipped:
        say(str(one))
    written = write_prepared(options.out, text, sha256)
    copy_tokenizer(options.tokenizer, options.out)
    made = f"{counted(len(text.ids), 'token')} in {counted(len(written), 'file')}"
    say(f"{made}, with the tokenizer, in {options.out}")


def _pretrain(options: argparse.Namespace) -> None:
    """Train on what was prepared, measure, and leave a model that can be moved in parts."""
    from roberta_gui.training.evaluation.everything import as_table, evaluate, options_for
    from roberta_gui.training.progress import say
    from roberta_gui.whole_file import write_whole

    if options.tokenizer is None and options.start_from is None:
        options.tokenizer = options.text[0]
    wanted = options_for(options.held_out, options.sources, options.cloze)
    if not _run(options):
        return
    model = options.out / "model"
    table = as_table(evaluate(str(model), wanted, "cpu" if options.cpu else "auto", say))
    write_whole(options.out / "evaluation.md", table)
    say(table)


def _run(options: argparse.Namespace) -> bool:
    """Train, going on where an earlier run in the folder stopped.

    Tells whether this process left a model: of several only the first does, of a profile none.
    """
    # torch takes seconds to import: --help and a wrong argument should not.
    from roberta_gui.training.learning import accelerator_for
    from roberta_gui.training.profiling import profile, profiled
    from roberta_gui.training.progress import ProgressBar, say
    from roberta_gui.training.run_state import STATE, alone_in
    from roberta_gui.training.starts.start import with_dropout
    from roberta_gui.training.starts.word_start import start_words
    from roberta_gui.training.text.packing import Specials
    from roberta_gui.training.text.text_files import find_text
    from roberta_gui.training.text.tokenized_text import drop_others
    from roberta_gui.training.training import Training

    recipe, folder = Recipe(**{name: getattr(options, name) for name in _D}), options.out
    if options.profile:
        recipe = profiled(recipe, options.profile)
    files = find_text(options.text, options.leave_out)
    start = with_dropout(_start(options), recipe.dropout)
    network, specials = start.network, Specials.of(start.tokenizer)
    accelerator, precision = accelerator_for(recipe.precision, cpu=options.cpu)
    main: bool = accelerator.is_main_process
    is_new = not (options.start_from or (folder / STATE).exists())
    with ExitStack() as held:
        if options.profile:
            folder = held.enter_context(passing_folder())
        elif main:
            held.enter_context(alone_in(folder))
        text = _read(options, files, start, accelerator)
        if main:
            say(precision)
        if is_new and options.words == "text":
            # Of GPUs, those with CUDA alone are known to decompose sparse matrices.
            place = accelerator.device if accelerator.device.type == "cuda" else "cpu"
            start_words(network.to(place), text.ids, recipe.seed)
        training = Training(network, text, specials, recipe, folder, accelerator)
        if options.profile:
            told = profile(training, network, half=accelerator.mixed_precision == "bf16")
            if main:
                say(told)
            return False
        if main:  # only now: the folder of a run with another text has been refused
            drop_others(folder / _IDS, text.kept)
        if main and training.position.step:
            say(f"Going on after step {training.position.step:,}")
        with ProgressBar(shown=main) as bar:
            training.run(bar.show, bar.say if main else None)
        if main:
            _export(options, start, specials)
    accelerator.end_training()
    return main


def _start(options: argparse.Namespace) -> "Start":
    from roberta_gui.training.starts.start import Shape, fresh, from_checkpoint

    if options.start_from:
        return from_checkpoint(options.start_from)
    wide = options.feedforward or 4 * options.features
    shape = Shape(options.layers, options.heads, options.features, wide, options.max_tokens)
    return fresh(options.tokenizer, shape, options.seed)


def _read(
    options: argparse.Namespace, files: Sequence[Path], start: "Start", accelerator: "Accelerator"
) -> "TokenizedText":
    """Tokenize the text, or take what is kept of it, and tell of it."""
    from roberta_gui.training.progress import say
    from roberta_gui.training.text.packing import Specials
    from roberta_gui.training.text.tokenized_text import tokenize_files

    end, tell = Specials.of(start.tokenizer).end, say if accelerator.is_main_process else None
    cache, keep = (options.out / _IDS, start.tokenizer_sha256), not options.profile
    # The first process on each machine tokenizes; the others then find its result.
    with accelerator.local_main_process_first():
        text = tokenize_files(files, start.tokenizer, end, cache, tell, keep=keep)
    if tell is not None:
        for one in text.skipped:
            tell(str(one))
        tell(f"{counted(len(text.ids), 'token')} of text, {counted(len(text.starts), 'sentence')}")
    return text


def _export(options: argparse.Namespace, start: "Start", specials: "Specials") -> None:
    import torch

    from roberta_gui.training.export import export
    from roberta_gui.training.progress import say

    target, network, dtype = options.out / "model", start.network, getattr(torch, options.dtype)
    shape, weights = network.configuration, network.state_dict()
    export(target, shape, weights, specials, start.tokenizer_folder, dtype, options.largest)
    say(f"The model is in {target}")


def _lengths(text: str) -> tuple[tuple[int, float], ...]:
    try:
        pairs = [part.split(":") for part in text.split(",")]
        return tuple((int(length), float(share)) for length, share in pairs)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 128:0.9,512:0.1") from None
