"""How alike the layers are, compared and said."""

from roberta_gui.analysis.axes.modes import Space
from roberta_gui.analysis.layer_maps.layer_map import LayerMap
from roberta_gui.findings.similarity import captions
from roberta_gui.findings.similarity.comparing import SimilarityRequest, SimilarityResult
from roberta_gui.findings.similarity.comparing import arrays as arrays
from roberta_gui.findings.similarity.comparing import table as table
from roberta_gui.findings.similarity.pictures import cells_of
from roberta_gui.records import ModelInfo

RAW = Space("raw")


def caption(found: LayerMap, model: ModelInfo, space: Space = RAW) -> str:
    """Say what a map of one model's layers shows, of its reference sentences."""
    request = SimilarityRequest(found.measure, space)
    compared = SimilarityResult(request, model, found=found, is_final=True)
    told = captions.caption(compared, cells_of(compared).scale.labels())
    return " ".join((told, *captions.findings(compared)))
