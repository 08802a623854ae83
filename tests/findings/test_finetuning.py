"""What is told of a run of fine-tuning: labels that break lines or turn them around do neither."""

from roberta_gui.findings.finetuning import progress_of

LABELS = ["c\nat", "d\u202eog"]


def test_foreign_labels_stay_on_their_line_in_what_is_told() -> None:
    data = {
        "about": "2 texts", "notices": [], "texts": [["A.", *LABELS]],
        "counts": dict.fromkeys(LABELS, 1), "labels": LABELS, "unit": "text",
    }  # fmt: skip
    numbers = {
        "n": 4, "loss": 1.0, "measures": {"accuracy": [0.5, 0.4, 0.6]},
        "baseline": {"accuracy": 0.5}, "confusion": [[1, 1], [1, 1]],
    }  # fmt: skip
    snapshot = {
        "step": 1, "cka": [1.0], "distance": [0.0], "probe": [0.5], "points": [[[0.0, 0.0]] * 2],
        "labels": LABELS, "mask_loss": None,
    }  # fmt: skip
    step = {
        "seed": 0, "epoch": 1, "step": 1, "loss": 1.0, "learning_rate": 1e-4, "done": 0.5,
        "seconds": 1.0, "held_out": numbers, "snapshot": snapshot,
    }  # fmt: skip

    progress = progress_of({"data": data}).with_event({"step": step})
    progress = progress.with_event({"ended": {"folder": "run", "tested": numbers}})

    assert progress.labels == tuple(LABELS)
    assert progress.describe().splitlines() == [
        "2 texts.", "Labels: c\ufffdat 1, d\ufffdog 1.", "c\ufffdat d\ufffdog: A."
    ]  # fmt: skip
    assert "1 of 2 that are c\ufffdat it calls d\ufffdog" in progress.caption()
    assert progress.snapshots[0].labels == ("c\ufffdat", "d\ufffdog")
