"""A word to watch: how it is read, and what is said of the form that is watched."""

from roberta_gui.engine import Engine
from roberta_gui.findings.notation.names import literal, spelled, what_is_watched
from roberta_gui.findings.steps.lens import LensRequest, read_lens
from roberta_gui.findings.sweep import SweepRequest, sweep_heads
from roberta_gui.gui.work.loaded_model import LoadedModel
from roberta_gui.records import AnalysisRequest, WordOrRow

SENTENCE = "The children <mask> playing."


def test_a_visible_space_stands_for_a_space() -> None:
    assert literal("␣floor") == literal(" floor") == " floor"
    assert literal("floor") == "floor"
    assert spelled(" floor") == "␣floor"


def test_what_is_watched_is_told_where_it_is_spelled_otherwise() -> None:
    assert what_is_watched("␣floor", "␣floor") == ""
    told = what_is_watched("floor", "␣floor")
    assert told == "Watching ␣floor, the form of “floor” that is one token here."


def test_lens_sweep_and_guesses_mean_the_same_word(engine: Engine) -> None:
    analysis = engine.analyse(AnalysisRequest(SENTENCE, top_k=50))
    (guess,) = (c for c in analysis.fills[0].candidates if c.text == "are")
    loaded = LoadedModel(engine)

    def watched(word: WordOrRow) -> tuple[int, int]:
        question = SweepRequest(
            analysis.request, analysis.model, analysis.tokens, 0, word, "zero", name="␣are"
        )
        swept = next(sweep_heads(question, loaded, lambda: False, lambda _text, _done: None))
        request = LensRequest(analysis, first=(analysis.fills[0].token_index,), watch=word)
        read = next(read_lens(request, loaded, lambda: False, lambda _text, _done: None))
        assert swept.found is not None
        assert read.lens.watched is not None
        assert bool(read.note) == bool(swept.note) == (word == "are")
        return swept.found.word_id, read.lens.watched.id

    assert watched("are") == watched(" are") == watched(guess.id) == (guess.id, guess.id)
