"""``python -m roberta_gui.training finetune``: its arguments, and what it does."""

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from roberta_gui.analysis.stepped import converted, result_of
from roberta_gui.outside import counted_from, reader_of
from roberta_gui.problems import Problem
from roberta_gui.resources import resource
from roberta_gui.training.finetuning.recipe import TuningRecipe
from roberta_gui.training.recipe import PRECISIONS

if TYPE_CHECKING:
    from roberta_gui.records.finetuning import TuningStep
    from roberta_gui.training.finetuning.run import FineTuning
    from roberta_gui.training.finetuning.task_data import TaskData

EXAMPLES = {"kinds": "examples/kinds.csv", "grammar": "examples/grammar.csv"}
"""Tasks that come with the product, by the names that stand for their files."""

_D = {field.name: field.default for field in fields(TuningRecipe)}


def describe(one: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    one.add_argument(
        "data",
        help="CSV, TSV, Parquet or CoNLL with labelled texts, or an example: "
        + " or ".join(EXAMPLES),
    )
    one.add_argument("--test", type=Path, help="a file to test on; else a fifth of the rows")
    one.add_argument("--out", type=Path, required=True, help="folder of the run, and its model")
    one.add_argument("--model", default="mini", help="mini, a folder or a hub name to begin with")
    one.add_argument(
        "--task", choices=("classification", "regression", "tokens"), default="classification"
    )
    for column in ("text", "pair", "label", "group"):
        one.add_argument(f"--{column}", default="", metavar="COLUMN", help=f"the {column} column")
    how = one.add_argument_group("recipe, as in Liu et al. (2019)")
    for name in (
        "epochs", "batch_size", "max_tokens", "part_tokens", "watch_steps", "learning_rate",
        "warmup", "weight_decay", "dropout", "clip", "checkpoint_seconds",
    ):  # fmt: skip
        how.add_argument(f"--{name.replace('_', '-')}", type=reader_of(_D[name]), default=_D[name])
    how.add_argument("--seeds", type=counted_from(0), default=3, help="how many runs")
    how.add_argument("--no-dropout", action="store_const", const=0.0, dest="dropout")
    some = how.add_mutually_exclusive_group()
    some.add_argument("--layers", type=counted_from(0), help="train only so many of the top layers")
    some.add_argument("--head-only", action="store_const", const=0, dest="layers")
    one.add_argument("--cpu", action="store_true", help="even where there is a GPU")
    how.add_argument("--precision", choices=PRECISIONS, default=_D["precision"])
    others = one.add_argument_group("for other programs")
    others.add_argument(
        "--json", action="store_true", help="send events as JSON, and wait for answers"
    )
    others.add_argument(
        "--look", action="store_true", help="tell what the data is, and learn nothing"
    )
    one.set_defaults(run=run, refuse=refuse)


def refuse(options: argparse.Namespace, problem: Problem) -> None:
    """Say why nothing more is learnt, to whoever started the run."""
    if options.json or options.look:
        from roberta_gui.training.finetuning import events

        events.send_problem(problem)
    else:
        sys.stderr.write(f"{problem}\n")


def run(options: argparse.Namespace) -> None:
    """Read the data, fine-tune, and print the scores."""
    from roberta_gui.training.finetuning import events, report
    from roberta_gui.training.finetuning.task_data import Columns, read_task

    known = {name: getattr(options, name) for name in _D if name != "seeds"}
    recipe = TuningRecipe(**known, seeds=tuple(range(options.seeds)))
    columns = Columns(options.text, options.label, options.pair, options.group)
    path = resource(EXAMPLES[options.data]) if options.data in EXAMPLES else Path(options.data)
    data = read_task(path, options.task, columns, options.test)
    if options.look:
        events.send_data(data, data.notices)
        return
    from roberta_gui.training.finetuning.run import FineTuning
    from roberta_gui.training.learning import accelerator_for
    from roberta_gui.training.run_state import alone_in
    from roberta_gui.training.starts.start import from_checkpoint

    start = from_checkpoint(options.model, needs_mask_head=False)
    accelerator, precision = accelerator_for(recipe.precision, cpu=options.cpu)
    with alone_in(options.out):
        tuning = FineTuning(start, data, recipe, options.out, accelerator)
        if options.json:
            events.send_data(data, tuning.notices)
            report.write(options.out, events.follow(tuning, options.out), data)
        else:
            _learn(options, data, tuning, precision)


def _learn(
    options: argparse.Namespace, data: "TaskData", tuning: "FineTuning", precision: str
) -> None:
    """Begin or go on, to the scores, for somebody who reads."""
    from roberta_gui.training.finetuning import report
    from roberta_gui.training.progress import ProgressBar, say

    for line in (precision, report.describe_data(data), *tuning.notices):
        say(line)
    with ProgressBar() as bar:

        def show(step: "TuningStep | None") -> None:
            if step is None or not step.step:
                return
            bar.draw(report.describe_step(step), step.done)
            if step.held_out is not None:
                bar.say(report.describe_held_out(step, step.held_out))

        tuned = result_of(converted(tuning.steps(), show))
    sys.stdout.write("\n" + report.as_table(tuned, data.task))
    report.write(options.out, tuned, data)
    say(f"\nThe model of seed {tuned.seed}, epoch {tuned.epoch}, is in {tuned.folder}")
