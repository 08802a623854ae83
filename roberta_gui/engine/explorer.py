"""The Engine: one loaded model, asked about one sentence at a time."""

import os
from collections.abc import Iterator, Sequence
from time import perf_counter
from types import MappingProxyType
from typing import Literal, Self, TypeAlias, get_args

import numpy as np

from roberta_gui import problems
from roberta_gui.analysis.stepped import last_of
from roberta_gui.engine import devices, fast_layers
from roberta_gui.engine.arguments import count_of, several, whole_number
from roberta_gui.engine.checkpoints import checkpoint
from roberta_gui.engine.interruption import go_on
from roberta_gui.engine.interventions import HeadEdit, with_edit
from roberta_gui.engine.measures import fill_mask, reference
from roberta_gui.engine.measures.lens import Lenses
from roberta_gui.engine.prepared import as_request
from roberta_gui.engine.roberta import Roberta
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.engine.words.words import Words
from roberta_gui.records import (
    Analysis,
    AnalysisRequest,
    Estimator,
    FloatArray,
    Lens,
    ModelInfo,
    Report,
    Stop,
    TextRow,
    Token,
    TokenStates,
    WordOrRow,
)

Column: TypeAlias = Literal["bits", "guesses"]


class Engine(Words):
    """One loaded model: its network on a device, its ``tokenizer``, and who it is (``info``).

    ``with Engine.load("mini") as engine:`` closes it at the end. The tokenizer is immutable, so
    another thread may tokenize while this engine computes.
    """

    def __init__(self, network: Roberta, tokenizer: TextTokenizer, info: ModelInfo) -> None:
        self.info = info
        self.tokenizer = tokenizer
        self._open_network = network

    @classmethod
    def load(
        cls,
        source: str | os.PathLike[str],
        device: str = "auto",
        dtype: str = "float32",
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> Self:
        """Open a model.

        ``source`` is ``"mini"`` (built in), a folder in the Hugging Face layout, or a hub name;
        ``device`` is ``"auto"``, or one of `devices.present`; ``dtype`` ``"float32"``,
        ``"bfloat16"`` or ``"float16"``. Raises `problems.DeviceUnavailable`; `TooLittleMemory`,
        with ``"auto"`` only where it does not even fit the CPU; `ModelNotFound`, `NoNetwork`,
        `NotRoberta` and `BrokenCheckpoint`, where a file is missing or damaged; and `Stopped`.
        """
        tried, precision = devices.candidates(device), devices.precision(dtype)
        itemsize = precision.itemsize if tried[0] == "cpu" else 0  # other memory is not asked for
        opened = checkpoint.open_checkpoint(source, stop, report, itemsize=itemsize)
        network = Roberta.holding(opened.configuration, opened.weights)
        network.eval().requires_grad_(False)
        go_on(stop, report, "Moving the model into memory", None)
        placed = devices.place(network, tried, precision, report)
        n_parameters = sum(parameter.numel() for parameter in network.parameters())
        fast_layers.pack(network.blocks)
        info = _info(opened, n_parameters, placed, dtype)
        return cls(network, opened.tokenizer, info)

    def close(self) -> None:
        """Let go of the weights: what needs them later raises `problems.EngineClosed`."""
        self._open_network = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        one = self.info
        shape = f"{one.n_layers} layers, {one.n_heads} heads, {one.d_model} features"
        closed = ", closed" if self._open_network is None else ""
        return f"<Engine {one.name}: {shape}, {one.dtype} on {one.device}{closed}>"

    def edited(self, edit: HeadEdit) -> "Engine":
        """Give an engine whose heads' outputs are changed by ``edit`` in every pass.

        It shares the weights, which go once both are closed; this engine stays as it is. ``edit``
        is called as ``edit(layer, context)`` in every layer, counted from 0. ``context`` is
        float32 (head, token, d_head): what each head found, before W_O mixes the heads, and yours
        to write in. What is returned, of the same shape, goes on instead. Heads that a request
        switches off are so already. `embed` and `token_states` run texts of different lengths
        together: there, the shorter ones have padding at their end. `contributions` are those of
        the attention as the edits below leave it. Records name the model, not the edit.

        Examples
        --------
        Double what head 2 of layer 1 finds::

            def doubled(layer, context):
                if layer == 1:
                    context[2] *= 2
                return context

            engine.edited(doubled).analyse("The cat sat on the <mask>.")
        """
        return Engine(with_edit(self._network, edit), self.tokenizer, self.info)

    def tokenize(
        self,
        text: str,
        pair: str | None = None,
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> tuple[Token, ...]:
        """Cut ``text`` (and ``pair``, the second segment) into tokens, however many there are.

        Raises `problems.UnencodableText` where a text holds half a surrogate pair.
        """
        go_on(stop, report, "Cutting the text into tokens", None)
        return self.tokenizer.tokenize_cut(text, pair, None, stop)[0]

    def spell(self, ids: Sequence[int]) -> tuple[tuple[str, bool], ...]:
        """Spell rows of the vocabulary: readable text, and whether a space stands before it.

        A row that stands for no text is spelled by its bytes or its number, in ``⟨ ⟩``.
        """
        rows = [whole_number(row, "A row of the vocabulary") for row in several(ids, "rows")]
        if any(row < 0 for row in rows):
            raise problems.BadArgument(f"There is no row {min(rows)}.", "Rows are counted from 0.")
        return tuple(map(self.tokenizer.spell, rows))

    def analyse(
        self, request: str | AnalysisRequest, stop: Stop | None = None, report: Report | None = None
    ) -> Analysis:
        """Run one forward pass over the request's text and keep all of it.

        Raises `problems.BadArgument` where it is neither text nor request or asks for no
        candidates, `NoSuchHead`, `UnencodableText` for half a surrogate pair, `TooLittleMemory`,
        `NotFinite`, and `Stopped` where ``stop()`` said so.
        """
        request = as_request(request)
        count_of(request.top_k, "candidates")
        network, started = self._network, perf_counter()
        prepared = self._prepare(request, stop, report)
        tokens_seconds = perf_counter() - started
        masks = prepared.masks if network.configuration.has_mask_head else []
        result = prepared.passed(masks)
        ranking_since = perf_counter()
        with devices.batch_memory(network.device, 1, len(prepared.tokens)):
            fills = fill_mask.fill(result.logits, masks, request.top_k, self.tokenizer.spell)
        seconds = {
            "tokens": tokens_seconds,
            "layers": result.layers_seconds,
            "head": result.head_seconds + perf_counter() - ranking_since,
        }
        return Analysis(
            request=prepared.request,
            model=self.info,
            tokens=prepared.tokens,
            attention=result.attention,
            hidden=result.hidden,
            fills=fills,
            dropped_tokens=prepared.dropped,
            seconds=MappingProxyType(seconds),
        )

    def lens_steps(
        self,
        request: str | AnalysisRequest,
        top_k: int = 10,
        watch: WordOrRow | None = None,
        stop: Stop | None = None,
        report: Report | None = None,
        *,
        hidden: FloatArray | None = None,
        first: Sequence[int] = (),
    ) -> Iterator[Lens]:
        """Read every layer's guesses at every token through the whole masked-LM head.

        A few token columns a step of about 100 ms on two cores: each record holds more than the
        last. ``top_k`` is how many words each state lists; ``watch`` a word as it would stand at
        the first mask (without one: after a space), or a row, whose rank is wanted everywhere.
        ``hidden`` are the states of this request's `Analysis`: without them, the first step begins
        with a pass of its own. ``first`` are token columns that are wanted before the others, such
        as the masks.

        Raises `problems.NoMaskHead`, `problems.SeveralPieces` where the word is not one token,
        `problems.BadArgument` for other states, and what `analyse` raises, at once; only
        `problems.Stopped`, `TooLittleMemory` and `NotFinite` may come with any step.
        """
        columns = [whole_number(token, "A token column") for token in several(first, "columns")]
        prepared = self._prepare(request, stop, report)
        return Lenses(prepared, top_k, hidden, watch).steps(columns)

    lens = last_of(lens_steps, lambda lens: lens)
    """Read every layer's guesses at every token: the last of `lens_steps`."""

    def token_states(
        self, texts: Sequence[str], stop: Stop | None = None, report: Report | None = None
    ) -> Iterator[TokenStates]:
        """Give the hidden states of many texts' non-special tokens, step by step.

        A step takes at most about 100 ms on two cores. Texts are cut at ``info.max_tokens``;
        shorter ones come first, and each `TokenStates` says which text it is and how much was
        cut. Raises what `analyse` raises.
        """
        cut = self._cut(texts, stop, report)
        yield from reference.states(self._network, cut, stop, report)

    def table(
        self,
        texts: Sequence[str | AnalysisRequest],
        columns: Sequence[Column] = ("bits", "guesses"),
        estimator: Estimator = "pll",
        stop: Stop | None = None,
        report: Report | None = None,
    ) -> Iterator[TextRow]:
        """Tell of many texts in a row each, as soon as it is known; `findings.table` writes them.

        ``columns`` are what is to be computed: ``"bits"`` by an ``estimator``, as `surprisal` takes
        it, and ``"guesses"`` at masks, as `analyse` lists them. Raises `problems.BadArgument`, and
        `NoMaskHead` where bits cannot be had, at once; else what both raise, with any row.
        """
        wanted = several(columns, "columns")
        if unknown := [name for name in wanted if name not in get_args(Column)]:
            there_is = f"Choose {' or '.join(get_args(Column))}."
            raise problems.BadArgument(f"There is no column {unknown[0]!r}.", there_is)
        requests = [as_request(text) for text in several(texts, "texts")]
        if "bits" in wanted:
            self.surprisal_steps("", estimator)  # only the question whether it can be had

        def row(request: AnalysisRequest) -> TextRow:
            prepared = self._prepare(request, stop)
            bits = self.surprisal(request, estimator, stop) if "bits" in wanted else None
            return TextRow(
                text=request.text,
                n_tokens=len(prepared.tokens),
                dropped_tokens=prepared.dropped,
                bits=None if bits is None else float(np.nansum(bits)),
                n_scored=None if bits is None else int(np.sum(~np.isnan(bits))),
                guesses=self.analyse(request, stop).fills if "guesses" in wanted else None,
            )

        def rows() -> Iterator[TextRow]:
            for nth, request in enumerate(requests):
                told = f"Reading text {nth + 1} of {len(requests)}"
                go_on(stop, report, told, nth / len(requests))
                yield row(request)

        return rows()


def _info(opened: checkpoint.Checkpoint, n_parameters: int, device: str, dtype: str) -> ModelInfo:
    """Say which model this is."""
    c, tokenizer = opened.configuration, opened.tokenizer
    return ModelInfo(
        name=opened.name,
        source=opened.source,
        n_layers=c.n_layers,
        n_heads=c.n_heads,
        d_model=c.d_model,
        vocab_size=c.vocab_size,
        max_tokens=c.max_tokens,
        n_parameters=n_parameters,
        device=device,
        dtype=dtype,
        weights_sha256=opened.weights_sha256,
        can_fill_masks=c.has_mask_head,
        tokenizer_sha256=opened.tokenizer_sha256,
        mask_token=tokenizer.mask_token,
        special_tokens=tokenizer.template,
        notices=opened.notices,
        task=c.task,
        configuration_sha256=c.sha256,
        can_type_mask=tokenizer.can_type_mask,
    )
