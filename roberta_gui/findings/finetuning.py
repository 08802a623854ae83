"""Fine-tuning as it is told: its curves, what each layer learnt and forgot, and both said."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import Any, get_type_hints

import numpy as np

from roberta_gui.findings.notation.marks import Line
from roberta_gui.findings.notation.names import layer_name
from roberta_gui.findings.notation.numbers import percentage, written
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.records import FloatArray, read_only
from roberta_gui.records.finetuning import MEASURES, Interval, Scores, Snapshot, TuningStep
from roberta_gui.wording import counted, on_one_line, time_left

_MOST = 120
"""Places of a curve over the steps: each is the mean of as many steps as it takes."""


@dataclass(frozen=True, eq=False)
class TuningProgress:
    """What a run of fine-tuning has told so far; ``folder`` is its model's, "" until it ends.

    ``about``, ``notices``, ``texts`` and ``counts`` are what there is to learn from: said, the
    first rows, and how many texts or words (the ``unit``) have each label. ``tested`` is how good
    the first seed's best epoch is on the test texts, once it has ended.
    """

    about: str
    notices: tuple[str, ...] = ()
    texts: tuple[tuple[str, ...], ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    steps: tuple[TuningStep, ...] = ()
    folder: str = ""
    labels: tuple[str, ...] = ()
    unit: str = "text"
    tested: Scores | None = None

    def with_event(self, event: Mapping[str, Any]) -> "TuningProgress":
        """Return what is known after one more event, as the command tells it."""
        if event.get("step"):
            return replace(self, steps=(*self.steps, _step(event["step"])))
        if "ended" in event:
            ended = event["ended"]
            return replace(self, folder=ended["folder"], tested=_scores(ended["tested"]))
        return self

    @property
    def learnt(self) -> tuple[TuningStep, ...]:
        """The steps in which something was learnt: without the look before the first."""
        return tuple(step for step in self.steps if step.step)

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """Where the layers were, from before the first step on."""
        return tuple(step.snapshot for step in self.steps if step.snapshot is not None)

    def snapshot(self, nth: int) -> Snapshot | None:
        """Return one, the newest for a number that is not there yet (or −1)."""
        known = self.snapshots
        return known[nth if 0 <= nth < len(known) else -1] if known else None

    # --- pictures

    def curves(self) -> tuple[tuple[Line, ...], tuple[str, ...]]:
        """Return loss, held-out loss and score beside the majority's; and the steps' names.

        Where somebody watches also what is forgotten: the nats that guessing hidden words costs
        more than at the start.
        """
        steps = self.learnt
        size = max(1, math.ceil(len(steps) / _MOST))
        parts = [steps[first : first + size] for first in range(0, len(steps), size)]
        held_out = [
            next((step.held_out for step in part if step.held_out is not None), None)
            for part in parts
        ]

        def values(of: Sequence[float]) -> FloatArray:
            return read_only(np.array(of, dtype=np.float64))

        losses = [fmean(step.loss for step in part) for part in parts]
        lines = [Line("loss (nats)", values(losses), 0)]
        scores = next((one for one in reversed(held_out) if one is not None), None)
        if scores is not None:
            name = next(iter(scores.measures))
            known = [(math.nan,) * 3 if one is None else _scored(one) for one in held_out]
            loss, score, _ = map(values, zip(*known, strict=True))
            lines += [
                Line("held-out loss", loss, 1, bridged=True),
                Line(f"held-out {MEASURES[name].phrase}", score, 2, bridged=True),
                Line("the majority's", values([scores.baseline[name]] * len(parts))),
            ]
        if self.snapshots and math.isfinite(before := self.snapshots[0].mask_loss):
            costs = [
                next((s.snapshot.mask_loss - before for s in part if s.snapshot), math.nan)
                for part in parts
            ]
            lines.append(Line("forgotten of hidden words (nats)", values(costs), 3, bridged=True))
        return tuple(lines), tuple(str(part[-1].step) for part in parts)

    def layers(self, nth: int = -1) -> tuple[Line, ...]:
        """Return, over the layers, what a probe reads of the label, now and at the start, and CKA.

        The probe at the start is the baseline: the room between is what a layer has learnt.
        """
        now, first = self.snapshot(nth), self.snapshot(0)
        if now is None or first is None:
            return ()
        return (
            Line("label, read by a probe", now.probe, 0, filled=True),
            Line("the same at the start", first.probe),
            Line("likeness to the start (CKA)", now.cka, 1),
            Line("distance from the start", now.distance, 2),
        )

    # --- words

    def caption(self) -> str:
        """Say how far the run is, and how good, beside the majority."""
        steps = self.learnt
        scored = [step.held_out for step in steps if step.held_out is not None]
        if not steps:
            return "Nothing is learnt yet. Loss is −ln p of the right label, in nats."
        if self.tested is not None:
            return self._describe_test(self.tested)
        said = f"Step {steps[-1].step:,}, epoch {steps[-1].epoch}: loss {steps[-1].loss:.3f} nats."
        if scored:
            name, found = next(iter(scored[-1].measures.items()))
            said += f" Held-out {MEASURES[name].phrase} {written(found.value, 3)}; "
            said += f"{_beside(scored[-1], name)}."
        return said

    def _describe_test(self, scores: Scores) -> str:
        """Say how good the best epoch is on texts that were not learnt from, and what it takes."""
        name, found = next(iter(scores.measures.items()))
        said = (
            f"On {counted(scores.n, self.unit)} that were not learnt from: {MEASURES[name].phrase} "
            f"{written(found.value, 3)} (95 % interval {written(found.low, 3)} to "
            f"{written(found.high, 3)}); {_beside(scores, name)}."
        )
        wrong = scores.confusion - np.diag(np.diag(scores.confusion))
        if not wrong.any():
            return said
        true, other = np.unravel_index(int(wrong.argmax()), wrong.shape)
        n, of = int(wrong.max()), int(scores.confusion[true].sum())
        names = on_one_line(self.labels[true]), on_one_line(self.labels[other])
        return f"{said} Confused most: {n} of {of} that are {names[0]} it calls {names[1]}."

    def layers_caption(self, nth: int = -1) -> str:
        """Say which layer learnt most of the task, which moved most, and what was forgotten."""
        now, first = self.snapshot(nth), self.snapshot(0)
        if now is None or first is None:
            return ""
        if not now.step:
            return (
                "Before the first step. Lines are what a linear probe reads of the label, CKA with "
                "the start and the mean distance from it, as a share of a vector's length."
            )
        most = int(np.argmax(now.distance))
        said = (
            f"After {now.step:,} steps: {_called(most)} moved most, by "
            f"{percentage(float(now.distance[most]))} of its length."
        )
        gain = now.probe - first.probe
        if np.isfinite(gain).any() and float(np.nanmax(gain)) > 0:
            layer = int(np.nanargmax(gain))
            said += (
                f" A probe gained most in {_called(layer)}: it reads the label at "
                f"{written(float(first.probe[layer]), 2)} before, "
                f"{written(float(now.probe[layer]), 2)} now."
            )
        if math.isfinite(now.mask_loss) and math.isfinite(first.mask_loss):
            said += (
                f" Guessing hidden words costs {written(first.mask_loss, 2)} nats before, "
                f"{written(now.mask_loss, 2)} now."
            )
        return said

    def remark(self) -> str:
        """Say in a few words how far it is."""
        if self.folder:
            return "done"
        if not self.steps:
            return "getting ready"
        left = self.steps[-1].seconds_left
        time = f" · {time_left(left)}" if math.isfinite(left) else ""
        return f"{percentage(self.steps[-1].done)}{time}"

    def describe(self, most_texts: int = 5) -> str:
        """Say what there is to learn from: the numbers of labels, and the first texts."""
        counts = ", ".join(f"{on_one_line(label)} {n:,}" for label, n in dict(self.counts).items())
        first = "\n".join(
            f"{' '.join(map(on_one_line, labels))}: {text}"
            for text, *labels in self.texts[:most_texts]
        )
        parts = (f"{self.about}.", f"Labels: {counts}." if counts else "", *self.notices, first)
        return "\n".join(filter(None, parts))

    # --- numbers

    def table(self) -> Table:
        """Return a row for each step."""
        of_score = ("held_out_loss", "held_out_score", "majority")
        columns = ("step", "epoch", "loss_nats", *of_score, "done")
        nothing = (math.nan,) * 3
        scores = (nothing if s.held_out is None else _scored(s.held_out) for s in self.learnt)
        known = zip(self.learnt, scores, strict=True)
        return Table(columns, [(s.step, s.epoch, s.loss, *one, s.done) for s, one in known])

    def arrays(self) -> Arrays:
        """Return losses, (step,), and each layer's numbers and texts' places at the snapshots."""
        arrays = {"loss": np.array([step.loss for step in self.learnt])}
        for name in ("step", "cka", "distance", "probe", "points", "mask_loss"):
            if self.snapshots:
                arrays[f"snapshot_{name}"] = np.stack([getattr(s, name) for s in self.snapshots])
        if self.tested is not None:
            arrays["confusion"] = self.tested.confusion
        return arrays


@dataclass(frozen=True, eq=False)
class LayersMoved:
    """Where the layers are at a snapshot of a run."""

    progress: TuningProgress
    nth: int

    def table(self) -> Table:
        """Return a row for each snapshot and layer."""
        return layers_table(self.progress.snapshots)

    def arrays(self) -> Arrays:
        """Return those of the run."""
        return self.progress.arrays()


def layers_table(snapshots: Sequence[Snapshot]) -> Table:
    """Table a row for each snapshot and layer; layer 0 is the embeddings."""
    columns = ("step", "layer", "cka", "distance", "probe", "mask_loss_nats")
    return Table(
        columns,
        [
            (one.step, layer, *map(float, values), one.mask_loss)
            for one in snapshots
            for layer, values in enumerate(zip(one.cka, one.distance, one.probe, strict=True))
        ],
    )


def _scored(scores: Scores) -> tuple[float, float, float]:
    name, found = next(iter(scores.measures.items()))
    return scores.loss, found.value, scores.baseline[name]


def _beside(scores: Scores, name: str) -> str:
    said = (
        "always saying the commonest label" if scores.confusion.size else "always saying the mean"
    )
    return f"{said} reaches {written(scores.baseline[name], 3)}"


def _called(layer: int) -> str:
    return f"layer {layer_name(layer)}" if layer else "the embeddings"


def progress_of(event: Mapping[str, Any]) -> TuningProgress:
    """Read what a run has to learn from."""
    data = event["data"]
    texts = tuple(map(tuple, data["texts"]))
    labels, unit = tuple(data["labels"]), data["unit"]
    about = data["about"], tuple(data["notices"]), texts, data["counts"]
    return TuningProgress(*about, labels=labels, unit=unit)


def _scores(told: Mapping[str, Any]) -> Scores:
    measures = {
        name: Interval(*(_number(value) for value in values))
        for name, values in told["measures"].items()
    }
    confusion = read_only(np.array(told["confusion"], dtype=np.int64))
    baseline = {name: _number(value) for name, value in told["baseline"].items()}
    loss = _number(told["loss"])
    return Scores(int(told["n"]), loss, measures, baseline, confusion)


def _number(told: Any) -> float:
    """Read a number; null is nan."""
    return math.nan if told is None else float(told)


def _step(told: Mapping[str, Any]) -> TuningStep:
    held_out, snapshot = told["held_out"], told["snapshot"]
    if held_out is not None:
        held_out = _scores(held_out)
    if snapshot is not None:
        names = ("cka", "distance", "probe")
        arrays = {n: read_only(np.array(snapshot[n], dtype=np.float64)) for n in names}
        points = read_only(np.array(snapshot["points"], dtype=np.float32))
        labels = tuple(map(on_one_line, snapshot["labels"]))
        own = {"points": points, "labels": labels, "mask_loss": _number(snapshot["mask_loss"])}
        snapshot = Snapshot(**{**snapshot, **arrays, **own})
    readers: dict[object, Callable[[Any], Any]] = {int: int, float: _number}
    kinds = get_type_hints(TuningStep).items()
    numbers = {name: readers[kind](told[name]) for name, kind in kinds if kind in readers}
    return TuningStep(**numbers, held_out=held_out, snapshot=snapshot)
