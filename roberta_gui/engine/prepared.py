"""A request made ready for the network: its tokens, its masks and its switched-off heads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from roberta_gui.engine.arguments import whole_number
from roberta_gui.engine.forward import Pass, run
from roberta_gui.engine.interruption import end_if, go_on
from roberta_gui.engine.roberta import Roberta, TaskHead
from roberta_gui.engine.switching import EditOf, Switching, switching_of
from roberta_gui.engine.tokens.places import Place, place_of
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.problems import BadArgument, NoTaskHead
from roberta_gui.records import AnalysisRequest, FloatArray, ModelInfo, Report, Stop, Task, Token


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A request to one model, ready to be computed: what asks the network takes this alone.

    Its tokens are cut at the model's longest input; ``stop`` and ``report`` are the caller's.
    """

    network: Roberta
    tokenizer: TextTokenizer
    info: ModelInfo
    request: AnalysisRequest
    tokens: tuple[Token, ...]
    switching: Switching
    dropped: int = 0
    stop: Stop | None = None
    report: Report | None = None

    def end_if_stopped(self) -> None:
        """Raise `problems.Stopped` where somebody asks for the end."""
        end_if(self.stop)

    def go_on(self, text: str, fraction: float | None) -> None:
        """Report how far the work is, unless somebody asks for its end: `problems.Stopped`."""
        go_on(self.stop, self.report, text, fraction)

    @property
    def ids(self) -> list[int]:
        """Row of the vocabulary of each token."""
        return [token.id for token in self.tokens]

    @property
    def types(self) -> list[int] | None:
        """Row of the type table of each token; None where all are of type 0."""
        types = [token.type_id for token in self.tokens]
        return types if any(types) else None

    @property
    def edit_of(self) -> EditOf:
        """Say what a request switches off, layer by layer."""
        return self.switching.edit

    @property
    def masks(self) -> list[int]:
        """Indexes of the tokens that are masks."""
        return [token.index for token in self.tokens if token.is_mask]

    def place_of_mask(self, mask: int) -> int:
        """Tell which token the ``mask``-th mask is, from 0, or raise `problems.BadArgument`."""
        masks, mask = self.masks, whole_number(mask, "mask")
        if not 0 <= mask < len(masks):
            raise BadArgument(
                f"There is no mask {mask} in the text.",
                f"Masks are counted from 0; this text has {len(masks)}.",
            )
        return masks[mask]

    def passed(self, ask: Sequence[int]) -> Pass:
        """Run the pass as `forward.run` does, with logits of the tokens ``ask``."""
        told = self.stop, self.report, self.types
        return run(self.network, self.ids, ask, self.switching, *told)

    def states_of(self, hidden: object) -> FloatArray | None:
        """Take hidden states as a pass of this request gives them, float32; None for none.

        Raises `problems.BadArgument` for anything else.
        """
        if hidden is None:
            return None
        shape = (self.info.n_layers + 1, len(self.tokens), self.info.d_model)
        try:
            states = np.asarray(hidden)
        except (TypeError, ValueError):  # rows of different lengths, or on another device
            states = np.empty(0, dtype=object)
        if states.shape != shape or states.dtype.kind != "f":
            raise BadArgument(
                f"Hidden states of shape {states.shape}, {states.dtype}, are not this request's.",
                f"Its analysis has them as {shape}, float32.",
            )
        return states.astype(np.float32, copy=False)

    def place(self, at: int) -> Place:
        """Find the place of the mask that is token ``at``."""
        return place_of(self.tokenizer, self.request, self.tokens, at)

    def written(self, row: int) -> str:
        """Spell a row of the vocabulary literally, with the space that belongs to it."""
        text, leading_space = self.tokenizer.spell(row)
        return " " * leading_space + text


def prepare(
    network: Roberta,
    tokenizer: TextTokenizer,
    info: ModelInfo,
    request: str | AnalysisRequest,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Prepared:
    """Tokenize a request, or a text, and check its heads; raises what `Engine.analyse` does."""
    request = as_request(request)
    c = network.configuration
    switching = switching_of(request.switched_off, request.ablation, c)
    end_if(stop)
    tokens, dropped = tokenizer.tokenize_cut(request.text, request.pair, c.max_tokens, stop)
    if not isinstance(request.switched_off, frozenset):
        request = replace(request, switched_off=switching.switched_off)
    what = request, tokens, switching, dropped
    return Prepared(network, tokenizer, info, *what, stop, report)


def as_request(asked: object) -> AnalysisRequest:
    """Make a request of a bare text; raises `problems.BadArgument` for anything but these two."""
    if isinstance(asked, str):
        return AnalysisRequest(asked)
    if not isinstance(asked, AnalysisRequest):
        raise BadArgument(
            f"A {type(asked).__name__} is neither a text nor a request.",
            'Give a text such as "The cat sat on the <mask>.", or an AnalysisRequest.',
        )
    return asked


def need_mask_head(network: Roberta) -> None:
    """Raise `problems.NoMaskHead` for a model that cannot guess, before any layer runs."""
    network.logits(network.embeddings.word.weight[:0])  # no rows: only the question


def need_task_head(network: Roberta) -> tuple[Task, TaskHead]:
    """Give the task that a model was fine-tuned to and its head, or raise `problems.NoTaskHead`."""
    task, head = network.configuration.task, network.task_head
    if task is None or head is None:
        raise NoTaskHead(
            "This model was fine-tuned to no task, so it has no labels.",
            "Open a checkpoint saved as RobertaForSequenceClassification, or fine-tune one.",
        )
    return task, head
