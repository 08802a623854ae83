"""A made-up run of fine-tuning, as the command tells its events."""

from typing import Any

import numpy as np

from roberta_gui.findings.finetuning import TuningProgress, progress_of
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.panels.train.panel import TrainPanel
from roberta_gui.gui.store import ViewStore
from roberta_gui.view import Derived

N_LAYERS, N_TEXTS, N_STEPS = 6, 40, 60


def events() -> list[dict[str, Any]]:
    """Tell the data, and steps with a snapshot every fifteen and an epoch every twenty."""
    random = np.random.default_rng(0)
    labels = [("definition", "novel")[nth % 2] for nth in range(N_TEXTS)]
    told: list[dict[str, Any]] = [
        {
            "data": {
                "about": "40 texts",
                "notices": [],
                "texts": [["A.", "novel"]],
                "counts": {},
                "labels": ["definition", "novel"],
                "unit": "text",
            }
        }
    ]
    for step in range(N_STEPS + 1):
        snapshot = {
            "step": step,
            "cka": np.linspace(1, 1 - step / 100, N_LAYERS + 1).tolist(),
            "distance": np.linspace(0, step / 100, N_LAYERS + 1).tolist(),
            "probe": np.linspace(0.6, 0.6 + step / 200, N_LAYERS + 1).tolist(),
            "points": random.normal(size=(N_LAYERS + 1, N_TEXTS, 2)).tolist(),
            "labels": labels,
            "mask_loss": 3.2 + step / 50,
        }
        held_out = {
            "n": N_TEXTS,
            "loss": 1 - step / 100,
            "measures": {"accuracy": [0.5 + step / 150, 0.4, 0.9]},
            "baseline": {"accuracy": 0.5},
            "confusion": [[15, 5], [5, 15]],
        }
        one = {
            "seed": 0,
            "epoch": -(-step // 20),
            "step": step,
            "loss": 1.4 - step / 60 if step else float("nan"),
            "learning_rate": 1e-4,
            "done": step / N_STEPS,
            "seconds": float(step),
            "held_out": held_out if step and step % 20 == 0 else None,
            "snapshot": None if step % 15 else snapshot,
        }
        told.append({"step": one})
    return told


def show(panel: Panel, store: ViewStore) -> None:
    """Show the run in the panel that has one, or to all that only draw it."""
    first, *steps = events()
    if isinstance(panel, TrainPanel):
        for event in (first, *steps):
            panel.take_event(event)
    else:
        progress: TuningProgress = progress_of(first)
        for event in steps:
            progress = progress.with_event(event)
        store.derive("train", Derived(progress, progress))
