"""What the map of likeness says while it holds upper bounds, and afterwards."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from roberta_gui.analysis.layer_maps.layer_map import LayerMap, layer_map
from roberta_gui.analysis.layer_maps.procrustes import LEADING
from roberta_gui.analysis.layer_maps.steps import steps_of
from roberta_gui.findings import similarity as words
from roberta_gui.findings.steps.similarity import Cut, SimilarityRequest, SimilarityResult
from tests.analysis.representations import related
from tests.made_up import MADE_UP


def compared(found: LayerMap) -> SimilarityResult:
    return SimilarityResult(SimilarityRequest("procrustes"), MADE_UP, found=found)


def bounds_and_distances() -> tuple[LayerMap, LayerMap]:
    layers = related(400, LEADING + 20, 3)
    steps = layer_map("procrustes", layers, None, np.arange(400) // 6)
    bounds, distances = (found for found in list(steps)[:-1] if found is not None)
    return bounds, distances


def test_upper_bounds_are_never_told_as_distances() -> None:
    bounds, distances = bounds_and_distances()

    at_first, later = compared(bounds), compared(distances)

    value = f"{bounds.values[0, 2]:.2f}"
    assert (
        words.cell_line(at_first, 0, 2) == f"The embeddings and layer 2: distance at most {value}"
    )
    assert "upper bounds" in words.remark(at_first)
    assert f"upper bounds from the {LEADING} leading directions" in words.describe(
        at_first, ("0", "2")
    )
    assert words.findings(at_first) == ()

    value = f"{distances.values[0, 2]:.2f}"
    assert words.cell_line(later, 0, 2) == f"The embeddings and layer 2: distance {value}"
    assert "upper bounds" not in words.remark(later) + words.describe(later, ("0", "2"))
    assert "the largest is" in " ".join(words.findings(later))


def test_the_caption_tells_once_intervals_are_there() -> None:
    _, distances = bounds_and_distances()
    halves = np.repeat(distances.values[np.newaxis], 5, axis=0)

    caption = words.describe(compared(replace(distances, halves=halves)), ("0", "2"))

    assert "on their way" not in caption
    assert "95 % interval from 5 half-size samples" in caption


def test_what_was_stopped_is_not_told_as_coming() -> None:
    bounds, distances = (compared(found) for found in bounds_and_distances())

    told = [words.remark(bounds, "stopped")]
    told += [words.describe(one, ("0", "2"), "stopped") for one in (bounds, distances)]

    assert not any("follow" in each or "on their way" in each for each in told)
    assert "upper bounds only: stopped" in told[0]
    assert "upper bounds only: stopped; from the" in told[1]
    assert "no intervals: stopped" in told[2]
    assert "on their way" in words.describe(distances, ("0", "2"))


def told_of(near: list[float], halves: NDArray[np.float64] | None = None) -> str:
    """Say what a CKA map with these values next to its diagonal shows."""
    n = len(near) + 1
    values = np.eye(n) + np.diag(near, 1) + np.diag(near, -1)
    drawn = np.zeros((0, n, n)) if halves is None else halves
    found = LayerMap("cka", values, drawn, np.full((n, n), np.nan), 4096, 275, 275)
    said = words.findings(SimilarityResult(SimilarityRequest("cka"), MADE_UP, found=found))
    return " ".join(said).replace("\N{NO-BREAK SPACE}", " ")


def test_steps_of_much_the_same_size_are_not_told_as_one_big_step() -> None:
    assert "No step stands out (0.89 – 0.94); the largest is 1 → 2." in told_of([0.94, 0.89, 0.91])
    assert "No step stands out (about 0.90); the largest is emb → 1." in told_of([0.9, 0.901])


def test_a_big_step_is_told_in_units_of_the_average_change() -> None:
    # Changes of 0.1, 0.1 and 0.4: 0.2 on average.
    said = told_of([0.9, 0.9, 0.6])

    assert "The largest step is from layer 2 to 3 (0.60): 2.0 times the average change." in said


def test_two_steps_that_the_halves_cannot_tell_apart_are_both_named() -> None:
    near, random = np.array([0.8, 0.41, 0.4, 0.9]), np.random.default_rng(0)
    halves = np.zeros((60, 5, 5))
    for half in halves:
        half += np.diag(near + random.normal(0, 0.05, 4), 1)

    assert "though that to layer 2 may be as large" in told_of(near.tolist(), halves)
    assert "may be as large" not in told_of([0.8, 0.6, 0.2, 0.9], halves - np.diag(near, 1))


def test_one_step_alone_is_compared_with_no_other() -> None:
    assert told_of([0.7]) == (
        "Neighbouring layers: CKA 0.70 on average, measured on the reference sentences."
    )


def test_a_caption_without_words_beside_it_tells_the_findings_after_n() -> None:
    _, distances = bounds_and_distances()
    one = compared(distances)

    told = words.describe(one, ("0", "2"), with_findings=2)

    assert told.startswith("n = 400 tokens, 67 sentences. ")
    assert told.index("the largest is") < told.index("Procrustes distance") < told.index("scale")


def test_lines_that_were_cut_are_counted() -> None:
    assert Cut(3, 510, 2090).sentence() == (
        "3 lines were cut at 510 tokens (2,090 left out): put one sentence a line"
    )


def test_a_step_tells_its_change_and_how_much_that_is_beside_the_others() -> None:
    _, distances = bounds_and_distances()
    steps = steps_of(distances)
    assert steps is not None
    change = distances.values[1, 2]
    mean = (distances.values[0, 1] + distances.values[1, 2]) / 2

    lines = words.step_tip("procrustes", steps, 1).replace("\N{NO-BREAK SPACE}", " ").splitlines()

    assert lines == [f"1 → 2: change {change:.2f}", f"{change / mean:.2f} times the average"]
    assert words.change_unit("procrustes") == "distance"
    assert words.change_unit("rsa") == "1 − RSA"
