"""LoadedModel: a model as panels' work meets it, with what was read before (worker thread)."""

from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING

from roberta_gui.analysis.heads.roles import HeadRoles, no_roles
from roberta_gui.analysis.layer_maps.samples import Reading, Sample
from roberta_gui.findings.model import Turn
from roberta_gui.problems import Problem, Stopped
from roberta_gui.records import ModelInfo, Report, Stop

if TYPE_CHECKING:
    from roberta_gui.engine import Engine

READINGS_KEPT = 2
"""Sets of sentences whose states are kept: the reference sentences and a file of the user's."""


class LoadedModel:
    """One loaded model, the sentences read with it, and a second model to compare with.

    Made anew with every model, so that nothing read with one is ever taken for another's. Only
    the worker thread may touch it.
    """

    def __init__(self, engine: "Engine") -> None:
        self.second: LoadedModel | None = None
        """The second model that the window holds this one against, while there is one."""
        self._engine = engine
        self._readings: dict[tuple[str, ...], Reading] = {}
        self._measured: _Measured | None = None
        self._other: tuple[str, LoadedModel] | None = None

    @property
    def engine(self) -> "Engine":
        """The loaded model."""
        return self._engine

    def engine_of(self, model: ModelInfo) -> "Engine":
        """Return the model in use or the second one, whichever it is."""
        return self.handle_of(model).engine

    def handle_of(self, model: ModelInfo) -> "LoadedModel":
        """Return this model or the second one, whichever it is.

        Raises
        ------
        problems.Stopped
            Neither of them is that one any more.
        """
        for known in (self, self.second):
            if known is not None and known.engine.info == model:
                return known
        raise Stopped

    def sample(self, sentences: Sequence[str], n_tokens: int) -> Generator[None, None, Sample]:
        """Read sentences until there are ``n_tokens``, in short steps; what was read is kept."""
        key = tuple(sentences)
        reading = self._readings.pop(key, None) or Reading(key, self._engine.token_states)
        self._readings[key] = reading  # as the newest
        while len(self._readings) > READINGS_KEPT:
            del self._readings[next(iter(self._readings))]
        return (yield from reading.grow(n_tokens))

    def roles(self, sentences: Sequence[str]) -> Generator[HeadRoles, None, HeadRoles]:
        """Measure what heads look at, in short steps; what was measured is kept and gone on with.

        It yields what is known so far.
        """
        key = tuple(sentences)
        if self._measured is None or self._measured.sentences != key:
            self._measured = _Measured(key, self._engine)
        try:
            return (yield from self._measured.go_on())
        except Problem:
            self._measured = None  # an iterator that has failed would only say that it is done
            raise

    def other(
        self, source: str, stop: Stop, report: Report
    ) -> Generator[Turn, None, "LoadedModel"]:
        """Open a second model, on the same device in the same precision; the last one is kept.

        Others go first while it is downloaded; then one long step follows, for a checkpoint
        cannot be opened by halves.
        """
        if self.second is not None:
            self._other = None  # two models at most are in memory
            return self.second
        if self._other is None or self._other[0] != source:
            from roberta_gui.engine.checkpoints.checkpoint import download_steps

            for _ in download_steps(source, stop, report):
                yield Turn.OTHERS
            self._other = None  # let go first: two models at most are in memory
            info = self._engine.info
            engine = type(self._engine).load(
                source, device=info.device, dtype=info.dtype, stop=stop, report=report
            )
            self._other = source, LoadedModel(engine)
        return self._other[1]


class _Measured:
    """What heads look at in some sentences, as far as anybody wanted to know."""

    def __init__(self, sentences: tuple[str, ...], engine: "Engine") -> None:
        self.sentences = sentences
        # Never told to stop: whoever goes on with it later could not start it again.
        self._steps: Iterator[HeadRoles] = engine.role_steps(sentences)
        self._roles = no_roles(engine.info.n_layers, engine.info.n_heads)

    def go_on(self) -> Generator[HeadRoles, None, HeadRoles]:
        if self._roles.n_sentences:
            yield self._roles
        for roles in self._steps:
            self._roles = roles
            yield roles
        return self._roles
