"""Reading through the lens: from a request to what the panel draws, in short steps."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.findings.comparison.against import comparable
from roberta_gui.findings.lens import TOP, LensState, word_of
from roberta_gui.findings.notation.names import spelled, what_is_watched
from roberta_gui.findings.steps.model import ModelHandle
from roberta_gui.problems import SeveralPieces, UnencodableText
from roberta_gui.records import Analysis, Lens, Report, Stop, WordOrRow


@dataclass(frozen=True, eq=False)
class LensRequest:
    """What somebody wants to read: ``first`` are the tokens that are wanted before the others.

    ``known`` is what was read last: it may hold what is to be compared with.
    """

    analysis: Analysis
    comparison: Comparison | None = None
    first: tuple[int, ...] = ()
    watch: WordOrRow = ""
    known: LensState | None = None

    def known_of(self, analysis: Analysis | None) -> LensState | None:
        """Return the whole reading of an analysis, where it is known already."""
        for read in (self.known, self.known.of_b if self.known is not None else None):
            if read is not None and read.analysis is analysis and read.is_complete:
                is_of_word = read.watch == self.watch
                if not is_of_word and self.watch != "":
                    return None
                return replace(read if is_of_word else read.unwatched, comparison=None, of_b=None)
        return None


def read_lens(
    request: LensRequest, handle: ModelHandle, stop: Stop, report: Report
) -> Generator[LensState, None, LensState | None]:
    """Read every layer of an analysed sentence, some columns before the others.

    B is read after A. A word that cannot be watched is noted, and the rest is read all the same.
    """
    comparison = request.comparison
    compared = comparable(comparison, "can_compare_guesses")
    b = None if compared is None else compared.b
    read, of_b = None, request.known_of(b)
    for read in _steps(request.analysis, request, request.watch, handle, stop):
        read = replace(read, comparison=comparison, of_b=of_b)
        yield read
    if read is None or comparison is None or b is None or of_b is not None:
        return read
    partners = [int(at) for at in comparison.tokens[[*request.first]] if at >= 0]
    request, watch = replace(request, first=tuple(partners)), request.watch
    if not comparison.has_same_tokenizer:
        watched = read.lens.watched
        watch = "" if watched is None else " " * watched.leading_space + watched.text
    for of_b in _steps(b, request, watch, handle, stop):
        read = replace(read, of_b=of_b)
        yield read
    return read


def _steps(
    analysis: Analysis, request: LensRequest, watch: WordOrRow, handle: ModelHandle, stop: Stop
) -> Iterator[LensState]:
    """Read one side; ``watch`` is how it calls the word that is watched."""
    if (known := request.known_of(analysis)) is not None:
        return iter([known])
    engine, refusal = handle.engine_of(analysis.model), ""

    def steps(watch: WordOrRow | None) -> Iterator[Lens]:
        return engine.lens_steps(
            analysis.request,
            TOP,
            hidden=analysis.hidden,
            first=request.first,
            watch=watch,
            stop=stop,
        )

    def note(lens: Lens) -> str:
        if lens.watched is None or not isinstance(request.watch, str):
            return refusal
        return refusal or what_is_watched(spelled(request.watch), word_of(lens.watched))

    try:
        lenses = steps(watch if watch != "" else None)
    except (SeveralPieces, UnencodableText) as problem:
        refusal, lenses = f"{problem.title} {problem.hint}", steps(None)
    return (LensState(analysis, lens, request.watch, note(lens)) for lens in lenses)
