"""Made-up analyses, seeded, for tests that need a record and not a model."""

from collections.abc import Sequence

import numpy as np

from roberta_gui.records import (
    Analysis,
    AnalysisRequest,
    Candidate,
    FillMask,
    ModelInfo,
    Token,
    read_only,
)

START_ID, END_ID, MASK_ID = 0, 2, 50264


def make_model(*, name: str = "made-up", n_layers: int = 3, n_heads: int = 4) -> ModelInfo:
    """Describe a model that does not exist."""
    return ModelInfo(
        name=name,
        source=name,
        n_layers=n_layers,
        n_heads=n_heads,
        d_model=8,
        vocab_size=50265,
        max_tokens=64,
        n_parameters=1000,
        device="cpu",
        dtype="float32",
        weights_sha256="0" * 64,
        can_fill_masks=True,
    )


def make_tokens(ids: Sequence[int]) -> tuple[Token, ...]:
    """Make a token ``t<id>`` for each id, between ``<s>`` and ``</s>``."""
    tokens = [Token(0, START_ID, "<s>", 0, 0, True, False, None, False, None, b"")]
    place = 0
    for word, token_id in enumerate(ids):
        is_mask = token_id == MASK_ID
        text = "<mask>" if is_mask else f"t{token_id}"
        span = (place, place + len(text))
        tokens.append(
            Token(word + 1, token_id, text, *span, False, is_mask, word, True, 0, text.encode())
        )
        place = span[1] + 1
    tokens.append(
        Token(len(tokens), END_ID, "</s>", place, place, True, False, None, False, None, b"")
    )
    return tuple(tokens)


def make_analysis(
    ids: Sequence[int] = (11, 12, MASK_ID, 14),
    *,
    text: str | None = None,
    model: ModelInfo | None = None,
) -> Analysis:
    """Make the analysis of a sentence of these token ids."""
    model = model or make_model()
    tokens = make_tokens(ids)
    drawn = np.random.default_rng(len(tokens))
    shape = (model.n_layers, model.n_heads, len(tokens), len(tokens))
    attention = drawn.dirichlet(np.ones(len(tokens)), shape[:3]).astype(np.float32)
    hidden = drawn.normal(size=(model.n_layers + 1, len(tokens), model.d_model)).astype(np.float32)
    fills = tuple(
        FillMask(token.index, (Candidate(1, 7, "dog", True, 0.25),), entropy_bits=5.0, covered=0.25)
        for token in tokens
        if token.is_mask
    )
    text = " ".join(token.text for token in tokens[1:-1]) if text is None else text
    return Analysis(
        AnalysisRequest(text), model, tokens, read_only(attention), read_only(hidden), fills
    )
