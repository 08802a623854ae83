"""What the map of likeness says while it holds upper bounds, and afterwards."""

from dataclasses import replace

import numpy as np

from roberta_gui.analysis.layer_maps.layer_map import LayerMap, layer_map
from roberta_gui.analysis.layer_maps.procrustes import LEADING
from roberta_gui.gui.panels import similarity_words as words
from roberta_gui.gui.panels.comparing import Compared, Wish
from roberta_gui.gui.preview import MADE_UP
from tests.analysis.representations import related


def compared(found: LayerMap) -> Compared:
    return Compared(Wish("procrustes"), MADE_UP, found=found)


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
    assert f"upper bounds from the {LEADING} leading directions" in words.caption(
        at_first, ("0", "2")
    )
    assert words.findings(at_first) == ()

    value = f"{distances.values[0, 2]:.2f}"
    assert words.cell_line(later, 0, 2) == f"The embeddings and layer 2: distance {value}"
    assert "upper bounds" not in words.remark(later) + words.caption(later, ("0", "2"))
    assert "largest step" in " ".join(words.findings(later))


def test_the_caption_tells_once_intervals_are_there() -> None:
    _, distances = bounds_and_distances()
    halves = np.repeat(distances.values[np.newaxis], 5, axis=0)

    caption = words.caption(compared(replace(distances, halves=halves)), ("0", "2"))

    assert "on their way" not in caption
    assert "95 % interval from 5 half-size samples" in caption
