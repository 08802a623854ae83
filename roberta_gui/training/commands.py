"""What the commands do, after their arguments have been read."""

import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from accelerate import Accelerator

from roberta_gui.training.export import export
from roberta_gui.training.progress import ProgressBar
from roberta_gui.training.recipe import Recipe
from roberta_gui.training.run_state import STATE
from roberta_gui.training.start import Start, with_dropout
from roberta_gui.training.text.packing import Specials
from roberta_gui.training.text.text_files import Skipped
from roberta_gui.training.text.tokenized_text import tokenize_files
from roberta_gui.training.training import Training
from roberta_gui.training.word_start import start_words
from roberta_gui.wording import counted

MODEL = "model"
"""Where in its folder a run puts the finished model."""


def say(line: str) -> None:
    """Tell the user something, at once also where the output is a file."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def name_skipped(skipped: Sequence[Skipped]) -> None:
    """Name every file that was not used."""
    for one in skipped:
        say(str(one))


def train(
    files: Sequence[Path],
    start: Start,
    recipe: Recipe,
    folder: Path,
    *,
    cpu: bool = False,
    dtype: str = "float16",
    words_from_text: bool = False,
) -> Path:
    """Train, going on where an earlier run in ``folder`` stopped; give the model's folder.

    ``words_from_text`` gives the network start values by `word_start`.
    """
    accelerator = Accelerator(mixed_precision=recipe.precision, cpu=cpu)
    specials = Specials.of(start.tokenizer)
    main = accelerator.is_main_process
    # The first process on each machine tokenizes; the others then find its result.
    with accelerator.local_main_process_first():
        text = tokenize_files(
            files,
            start.tokenizer,
            specials.end,
            (folder / "ids", start.tokenizer_sha256),
            say if main else None,
        )
    if main:
        name_skipped(text.skipped)
        say(f"{counted(len(text.ids), 'token')} of text, {counted(len(text.starts), 'sentence')}")
    network = with_dropout(start, recipe.dropout).network
    if words_from_text and not (folder / STATE).exists():
        start_words(network, text.ids, recipe.seed)
    training = Training(network, text, specials, recipe, folder, accelerator)
    if main and training.position.step:
        say(f"Going on after step {training.position.step:,}")
    with ProgressBar(shown=main) as bar:
        training.run(bar.show)
    target = folder / MODEL
    if main:
        export(
            target,
            network.configuration,
            network.state_dict(),
            specials,
            start.tokenizer_folder,
            getattr(torch, dtype),
        )
        say(f"The model is in {target}")
    accelerator.end_training()
    return target
