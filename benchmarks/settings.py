"""How the benchmarks run: on which model, how often, and where their files lie."""

from dataclasses import dataclass
from pathlib import Path

RUNS = 9
VOCABULARY = 50_265
QUICK_RUNS = 3


@dataclass(frozen=True)
class Shape:
    """The shape of the randomly initialised model that is measured."""

    name: str
    n_layers: int
    n_heads: int
    d_model: int
    d_feedforward: int


BASE = Shape("roberta-base", n_layers=12, n_heads=12, d_model=768, d_feedforward=3072)
TINY = Shape("tiny", n_layers=2, n_heads=2, d_model=32, d_feedforward=64)


@dataclass(frozen=True)
class Settings:
    """What every benchmark is given.

    Attributes
    ----------
    folder
        A folder of this run alone: the model is saved there, and the window's cache.
    runs
        How often each side is timed; what is printed is the median.
    """

    folder: Path
    runs: int = RUNS
    shape: Shape = BASE

    @property
    def model(self) -> Path:
        """Where the model lies, in the Hugging Face layout."""
        return self.folder / "model"
