"""Fine-tuning in words and tables, as the command prints it."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from roberta_gui.findings.finetuning import layers_table
from roberta_gui.outside import strict_json
from roberta_gui.records import Task
from roberta_gui.records.finetuning import MEASURES, Interval, Scores, TuningStep
from roberta_gui.training.finetuning.task_data import TaskData
from roberta_gui.whole_file import write_whole
from roberta_gui.wording import counted, on_one_line, time_left

if TYPE_CHECKING:  # torch takes seconds, and data is looked at without it
    from roberta_gui.training.finetuning.run import TunedModel

SCORES = "scores.json"
LAYERS = "layers.csv"


def describe_data(data: TaskData) -> str:
    """Say what there is to learn from."""
    parts = f"{counted(len(data.train), 'text')} to learn from, {len(data.held_out):,} to choose "
    parts += f"the best epoch by, {len(data.test):,} to test on"
    if data.task.kind == "regression":
        return f"{parts}; a number for each"
    names = ", ".join(map(on_one_line, data.task.labels))
    return f"{parts}; {counted(len(data.task.labels), 'label')}: {names}"


def describe_held_out(step: TuningStep, scores: Scores) -> str:
    """Say how good it is by now, with the majority's score beside it."""
    name, interval = next(iter(scores.measures.items()))
    return (
        f"seed {step.seed}, epoch {step.epoch}, step {step.step}: held-out {MEASURES[name].phrase} "
        f"{interval.value:.3f} (majority {scores.baseline[name]:.3f}), loss {scores.loss:.3f}"
    )


def describe_step(step: TuningStep) -> str:
    """Say where the run stands, and the time left."""
    return f"epoch {step.epoch}, loss {step.loss:.3f}, {time_left(step.seconds_left)}"


def as_table(tuned: "TunedModel", task: Task) -> str:
    """Write the test scores of every seed, their mean, the majority's, and what was confused."""
    names = list(tuned.tested[0].measures)
    first = tuned.tested[0]
    lines = [
        f"On {counted(first.n, 'word' if task.kind == 'tokens' else 'text')} that were not learnt "
        f"from, with 95 % intervals:",
        "",
        _row(["", *(MEASURES[name].label for name in names)]),
        _row(["---", *("---:" for _ in names)]),
    ]
    for place, scores in enumerate(tuned.tested, start=1):
        lines.append(_row([f"run {place}", *(_within(scores.measures[name]) for name in names)]))
    if len(tuned.tested) > 1:
        spread = [f"{mean:.3f} ± {deviation:.3f}" for mean, deviation in tuned.summary().values()]
        lines.append(_row(["mean ± standard deviation", *spread]))
    lines.append(_row(["majority", *(f"{first.baseline[name]:.3f}" for name in names)]))
    return "\n".join([*lines, *_confused(first, task)]) + "\n"


def write(folder: Path, tuned: "TunedModel", data: TaskData) -> None:
    """Write the scores unrounded, and where the layers went if somebody watched."""
    content = {
        "task": data.task.kind,
        "labels": data.task.labels,
        "best_seed": tuned.seed,
        "best_epoch": tuned.epoch,
        "summary": tuned.summary(),
        "runs": [asdict(scores) for scores in tuned.tested],
    }
    write_whole(folder / SCORES, f"{strict_json(content, indent=1)}\n")
    if tuned.snapshots:
        write_whole(folder / LAYERS, layers_table(tuned.snapshots).to_csv())


def _confused(scores: Scores, task: Task) -> list[str]:
    if not scores.confusion.size:
        return []
    lines = ["", "Run 1: rows are true, columns what was said", ""]
    lines += [_row(["", *task.labels]), _row(["---", *("---:" for _ in task.labels)])]
    for label, row in zip(task.labels, scores.confusion.tolist(), strict=True):
        lines.append(_row([label, *map(str, row)]))
    return lines


def _within(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(on_one_line(cell).replace('|', '¦') for cell in cells)} |"
