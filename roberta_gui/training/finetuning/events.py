"""A run for another program: a line of JSON for each event, which waits for an answer.

The answer is a line, too: ``stop`` ends the run so that it can be gone on with, and so does the
end of the input; anything else lets it go on. Who is slow to answer has paused it, on any system
and without a thread, and no run outlives the program that reads it.
"""

import json
import os
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from roberta_gui.findings.finetuning import TuningProgress
from roberta_gui.outside import read_bytes, reading, strict_json
from roberta_gui.problems import Problem
from roberta_gui.training.finetuning.report import describe_data
from roberta_gui.training.finetuning.task_data import TaskData
from roberta_gui.whole_file import write_whole
from roberta_gui.wording import on_one_line

if TYPE_CHECKING:  # torch takes seconds, and data is looked at without it
    from roberta_gui.training.finetuning.run import FineTuning, TunedModel

PROGRESS = "progress.jsonl"
"""What a run has sent of its steps, so that one that is gone on with can send it again."""

_SHOWN = 5  # texts
_DIGITS = 5  # of numbers in arrays
_LARGEST = 1_000_000_000  # bytes of what was told


def send_data(data: TaskData, notices: tuple[str, ...] = ()) -> None:
    """Send what there is to learn from: how much, the first texts, how many of each label."""
    texts = [[" | ".join(filter(None, (x.text, x.pair))), *x.labels] for x in data.train[:_SHOWN]]
    counts: Counter[str] = Counter()
    if data.task.kind != "regression":
        counts.update(
            label for x in (*data.train, *data.held_out, *data.test) for label in x.labels
        )
    about = describe_data(data)
    known = {"about": about, "notices": notices, "texts": texts, "counts": counts}
    unit = "word" if data.task.kind == "tokens" else "text"
    _send({"data": known | {"labels": data.task.labels, "unit": unit}})


def send_problem(problem: Problem) -> None:
    """Send why there is no more to come, as the last event: nothing waits for an answer to it."""
    event = {"problem": {"title": problem.title, "hint": problem.hint}}
    sys.stdout.write(f"{strict_json(event)}\n")


def follow(tuning: "FineTuning", folder: Path) -> "TunedModel":
    """Take all steps at low priority, sending each and waiting for the answer.

    Raises
    ------
    KeyboardInterrupt
        The answer was to stop; the folder holds the state to go on from.
    """
    if hasattr(os, "nice"):
        os.nice(10)
    file = folder / PROGRESS
    before = sent_before(file, tuning.done)
    write_whole(file, "".join(f"{line}\n" for line in before))  # a kill while it is sent takes none
    goes_on = False not in {_send_line(line) for line in before}
    if not goes_on:
        tuning.save_soon()
    steps = tuning.steps()
    with file.open("a", encoding="utf-8") as kept:
        while True:
            try:
                step = next(steps)
            except StopIteration as ended:
                tuned: TunedModel = ended.value
                scores = {"summary": tuned.summary(), "tested": asdict(tuned.tested[0])}
                _send({"ended": {"folder": str(tuned.folder), **scores}})
                return tuned
            if not goes_on and tuning.is_saved:
                raise KeyboardInterrupt
            line = strict_json({"step": None if step is None else asdict(step)}, digits=_DIGITS)
            if step is not None:
                kept.write(f"{line}\n")
                kept.flush()
            if goes_on and not _send_line(line):
                goes_on = False
                tuning.save_soon()


def sent_before(file: Path, done: float) -> list[str]:
    """Return the whole lines of what was sent of the steps up to where the run stands.

    Raises `problems.BrokenCheckpoint` where one is damaged: nobody could draw it.
    """
    if not done or not file.exists():
        return []
    name = f"{file.name} in {on_one_line(file.parent.name)}"
    with reading(name, "Remove it: the run goes on without it."):
        lines = read_bytes(file, _LARGEST).decode().split("\n")[:-1]
        read = {
            line: TuningProgress("").with_event(json.loads(line)).steps for line in lines if line
        }
        return [line for line, steps in read.items() if steps[-1].done <= done]


def _send(event: dict[str, object]) -> bool:
    return _send_line(strict_json(event, digits=_DIGITS))


def _send_line(line: str) -> bool:
    """Write a line, and tell whether the answer is to go on."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    return sys.stdin.readline() not in ("", "stop\n")
