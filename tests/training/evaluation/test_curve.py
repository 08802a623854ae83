import csv
import struct
from pathlib import Path

import pytest

from roberta_gui.training.evaluation.curve import Point, smoothed, write_csv, write_png
from roberta_gui.training.progress import ProgressBar

CURVE = (
    Point(step=10, tokens=1000, seconds=2.0, length=16, loss=5.5, learning_rate=0.001),
    Point(step=20, tokens=3000, seconds=6.0, length=32, loss=4.25, learning_rate=0.0005),
)


def test_the_csv_holds_every_number_of_every_point(tmp_path: Path) -> None:
    write_csv(tmp_path, CURVE)

    with (tmp_path / "loss.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["step", "tokens", "seconds", "length", "loss", "learning_rate"]
    assert [float(row["loss"]) for row in rows] == [5.5, 4.25]
    assert [int(row["tokens"]) for row in rows] == [1000, 3000]


def test_the_picture_is_a_png_of_readable_size(tmp_path: Path) -> None:
    write_png(tmp_path, CURVE)

    content = (tmp_path / "loss.png").read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", content[16:24]) == (960, 540)


def test_smoothing_weighs_the_past_by_nine_tenths_a_point() -> None:
    assert smoothed([1.0, 3.0]) == pytest.approx([1.0, (0.9 * 1 + 3) / 1.9])
    assert smoothed([2.5] * 50) == pytest.approx([2.5] * 50)
    assert smoothed([]) == []


def test_the_bar_tells_loss_speed_and_the_time_left() -> None:
    with ProgressBar(shown=False) as bar:
        bar.describe(CURVE[0], 0.2)
        told = bar.describe(CURVE[1], 0.4)

    # 2,000 tokens in 4 s; 4 s for a fifth of the budget leave 12 s for the other three.
    assert told == "step 20, loss 4.250, 500 tokens/s, 0:12 left"


def test_a_point_at_the_very_time_of_the_one_before_keeps_its_speed() -> None:
    with ProgressBar(shown=False) as bar:
        bar.describe(Point(1, 100, 1.0, 32, 5.0, 1e-3), 0.3)
        bar.describe(Point(2, 300, 2.0, 32, 5.0, 1e-3), 0.6)

        last = bar.describe(Point(3, 400, 2.0, 32, 4.5, 1e-3), 1.0)

    assert "step 3, loss 4.500, 200 tokens/s" in last
