"""From a table to a task: which columns, which labels, which rows to learn from and to test on."""

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from roberta_gui import problems
from roberta_gui.records import Task
from roberta_gui.training.finetuning.tables import Table, read_table
from roberta_gui.wording import counted, on_one_line

Kind = Literal["classification", "regression", "tokens"]

TEST, HELD_OUT = 0.2, 0.1
"""Shares of the rows that a file without a test file of its own gives away."""

_UNBALANCED = 0.7
_TEXT = ("text", "sentence", "sentence1", "premise", "question", "tokens", "words", "1")
_PAIR = ("pair", "sentence2", "hypothesis")
_LABEL = ("label", "labels", "tags", "ner_tags", "class", "score")
_GROUP = ("group",)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what; "" looks for a usual name, such as ``text`` or ``label``."""

    text: str = ""
    label: str = ""
    pair: str = ""
    group: str = ""
    """Rows that agree in it stand on the same side of a split, such as the halves of a minimal
    pair."""


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text."""

    text: str
    pair: str | None
    labels: tuple[str, ...]
    """One; where the task labels words, one for each of the text's words between blanks."""
    group: str


@dataclass(frozen=True, slots=True)
class TaskData:
    """A task and its examples: to learn from, to choose the best epoch by, to test on."""

    task: Task
    train: tuple[Example, ...]
    held_out: tuple[Example, ...]
    test: tuple[Example, ...]
    notices: tuple[str, ...] = ()  # what somebody should know about the data, in whole sentences


def read_task(
    train: Path, kind: Kind, columns: Columns | None = None, test: Path | None = None
) -> TaskData:
    """Read a task from its file or files.

    Without a file to test on a fifth of the rows are chosen by a hash of their group, or text, so
    that a text never stands on both sides and a split never changes. Raises `problems.BadArgument`
    where a file cannot be read, a column is missing, or too few rows or labels are left.
    """
    columns = columns or Columns()
    tables = [read_table(path) for path in (train, test) if path is not None]
    notices = [notice for table in tables for notice in table.notices]
    examples = [_examples(table, kind, columns, notices) for table in tables]
    placed = [(example, _place(example.group)) for example in examples[0]]
    end = HELD_OUT if test else HELD_OUT + TEST
    learnt = tuple(example for example, place in placed if place >= end)
    tested = examples[1] if test else [one for one, place in placed if HELD_OUT <= place < end]
    task = _task(kind, learnt, columns)
    held_out = [one for one, place in placed if place < HELD_OUT]
    held_out = _known(held_out, task, notices, "to choose the best epoch by")
    tested = _known(tested, task, notices, "to test on")
    if not (learnt and held_out and tested):
        raise problems.BadArgument(
            f"{tables[0].name} has too few rows: {counted(len(placed), 'row')} can be used.",
            "A few hundred are a good start.",
        )
    return TaskData(
        task, learnt, tuple(held_out), tuple(tested), (*notices, *_balance(learnt, kind))
    )


def _examples(table: Table, kind: Kind, columns: Columns, notices: list[str]) -> list[Example]:
    """Take the rows that can be used, and tell of the others."""
    last = table.columns[-1:] if table.columns[:1] == ("1",) else ()  # CoNLL's label comes last
    text = _needed(table, columns.text, _TEXT, "text")
    label = _needed(table, columns.label, (*_LABEL, *last), "label")
    pair = None if kind == "tokens" else _column(table, columns.pair, _PAIR)
    group = _column(table, columns.group, _GROUP)
    found: list[Example] = []
    left_out: Counter[str] = Counter()
    for row in table.rows:
        second = None if pair is None else row[pair].strip()
        labels = tuple(row[label].split()) if kind == "tokens" else (row[label].strip(),)
        why = _what_is_wrong(kind, row[text], second, labels)
        if why:
            left_out[why] += 1
            continue
        # Words of a task for words stand between single spaces, so that each can be found again.
        written = " ".join(row[text].split()) if kind == "tokens" else row[text].strip()
        # By what is read: texts that differ only in blanks around them are the same text.
        key = f"{written}\0{second or ''}" if group is None else row[group].strip()
        found.append(Example(written, second, labels, key))
    notices += [
        f"{counted(n, 'row')} of {table.name} {why}: left out." for why, n in left_out.items()
    ]
    return found


def _what_is_wrong(kind: Kind, text: str, pair: str | None, labels: tuple[str, ...]) -> str:
    if not text.strip() or pair == "":
        return "without text"
    if not labels or not labels[0]:
        return "without a label"
    if kind == "tokens" and len(labels) != len(text.split()):
        return "with more or fewer labels than words"
    if kind == "regression" and not _is_number(labels[0]):
        return "with a label that is no number"
    return ""


def _is_number(label: str) -> bool:
    try:
        return math.isfinite(float(label))
    except ValueError:
        return False


def _needed(table: Table, wanted: str, usual: Sequence[str], what: str) -> int:
    place = _column(table, wanted, usual)
    if place is None:
        raise _no_column(table, f"column for the {what}")
    return place


def _column(table: Table, wanted: str, usual: Sequence[str]) -> int | None:
    """Find the wanted column, else the first with a usual name."""
    if wanted and wanted not in table.columns:
        raise _no_column(table, f"column {on_one_line(wanted)}")
    found = (name for name in ((wanted,) if wanted else usual) if name in table.columns)
    return next(map(table.columns.index, found), None)


def _no_column(table: Table, what: str) -> problems.BadArgument:
    columns = ", ".join(map(on_one_line, table.columns))
    return problems.BadArgument(f"{table.name} has no {what}.", f"Its columns are {columns}.")


def _place(group: str) -> float:
    """Give a group's place between 0 and 1, always the same."""
    return int.from_bytes(hashlib.sha256(group.encode("utf-8", "replace")).digest()[:6]) / 2**48


def _task(kind: Kind, learnt: Sequence[Example], columns: Columns) -> Task:
    if kind == "regression":
        return Task(kind, (columns.label or "score",))
    labels = {label for example in learnt for label in example.labels}
    if len(labels) < 2:
        raise problems.BadArgument(
            "All rows to learn from have the same label.", "There are two or more to tell apart."
        )
    in_order = sorted(labels)
    if all(label.isdecimal() for label in labels):
        in_order.sort(key=len)
    return Task(kind, tuple(in_order))


def _known(part: list[Example], task: Task, notices: list[str], use: str) -> list[Example]:
    """Leave out what has labels that the rows to learn from never show; ``use`` is the part's."""
    if task.kind == "regression":
        return part
    known = frozenset(task.labels)
    kept = [example for example in part if known.issuperset(example.labels)]
    strange = sorted({label for example in part for label in example.labels} - known)
    if strange:
        notices.append(
            f"{counted(len(part) - len(kept), 'row')} {use} with labels that no row to learn from "
            f"has ({', '.join(map(on_one_line, strange))}): left out."
        )
    return kept


def _balance(learnt: Sequence[Example], kind: Kind) -> list[str]:
    if kind == "regression":
        return []
    (label, n), *_ = Counter(one for example in learnt for one in example.labels).most_common(1)
    share = n / sum(len(example.labels) for example in learnt)
    if share < _UNBALANCED:
        return []
    return [
        f"The labels are unbalanced: {share:.0%} are {on_one_line(label)}. Read accuracy "
        "beside the majority baseline; macro F1 and Matthews count every label alike."
    ]
