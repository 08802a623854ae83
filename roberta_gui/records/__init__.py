"""The frozen values that flow between engine, analysis and window (numpy only).

Axis words, in this order wherever they meet: layer, head, query, key, token, feature. Every array
is read-only. Records that hold arrays compare by identity: ``==`` of arrays is no yes or no.
"""

from roberta_gui.records.arrays import AnyArray, FloatArray, read_only
from roberta_gui.records.measured import (
    Lens,
    Prediction,
    Sweep,
    TextRow,
    TokenStates,
    WatchedWord,
    WordScores,
)
from roberta_gui.records.notebook import ShortRepr
from roberta_gui.records.request import (
    Ablation,
    AnalysisRequest,
    Estimator,
    Head,
    Report,
    Stop,
    WordOrRow,
)
from roberta_gui.records.sentence import (
    Analysis,
    Candidate,
    FillMask,
    ModelInfo,
    Replacement,
    Run,
    Task,
    TaskKind,
    Token,
)
from roberta_gui.records.words import (
    Answer,
    Attribution,
    AttributionMethod,
    CutStep,
    CutWord,
    Dissection,
    Filling,
    Fillings,
    Patching,
    PatchSites,
    WholeWord,
    WordNeighbour,
)

__all__ = [
    "Ablation",
    "Analysis",
    "AnalysisRequest",
    "Answer",
    "AnyArray",
    "Attribution",
    "AttributionMethod",
    "Candidate",
    "CutStep",
    "CutWord",
    "Dissection",
    "Estimator",
    "FillMask",
    "Filling",
    "Fillings",
    "FloatArray",
    "Head",
    "Lens",
    "ModelInfo",
    "PatchSites",
    "Patching",
    "Prediction",
    "Replacement",
    "Report",
    "Run",
    "ShortRepr",
    "Stop",
    "Sweep",
    "Task",
    "TaskKind",
    "TextRow",
    "Token",
    "TokenStates",
    "WatchedWord",
    "WholeWord",
    "WordNeighbour",
    "WordOrRow",
    "WordScores",
    "read_only",
]
