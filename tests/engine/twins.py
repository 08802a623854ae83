"""One random checkpoint opened twice: by our Engine, and by transformers, which is the oracle."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from roberta_gui.engine import Engine
from tests.models import make_checkpoint


@dataclass(frozen=True, eq=False)
class Twins:
    """The same weights and the same tokenizer, twice."""

    engine: Engine
    oracle: Any
    tokenizer: Any

    def ids(self, text: str) -> list[int]:
        """Cut a text with transformers' tokenizer."""
        return list(self.tokenizer(text)["input_ids"])

    def logs(self, ids: list[int], at: int | slice = slice(None)) -> NDArray[np.float64]:
        """Give the oracle's log-probabilities of a sentence, in float64: (token, vocabulary).

        ``at`` asks for one token's alone: whole vocabularies take their time.
        """
        with torch.inference_mode():
            logits = self.oracle(torch.tensor([ids])).logits[0, at].double()
        found: NDArray[np.float64] = torch.log_softmax(logits, dim=-1).numpy()
        return found

    @contextmanager
    def without(self, layer: int, *heads: int) -> Iterator[None]:
        """Set the columns of W_O that read these heads to zero, as long as it lasts."""
        output = self.oracle.base_model.encoder.layer[layer].attention.output.dense
        d_head = output.weight.shape[0] // self.engine.info.n_heads
        kept = output.weight.detach().clone()
        with torch.no_grad():
            for head in heads:
                output.weight[:, head * d_head : (head + 1) * d_head] = 0
        try:
            yield
        finally:
            with torch.no_grad():
                output.weight.copy_(kept)


def make_twins(folder: Path, **shape: Any) -> Twins:
    """Save a random checkpoint with roberta-base's tokenizer in ``folder`` and open it twice."""
    from transformers import AutoModel, AutoModelForMaskedLM, AutoTokenizer

    make_checkpoint(folder, **shape)
    kind = AutoModelForMaskedLM if shape.get("mask_head", True) else AutoModel
    oracle = kind.from_pretrained(folder, attn_implementation="eager").eval()
    return Twins(Engine.load(folder, device="cpu"), oracle, AutoTokenizer.from_pretrained(folder))
