"""Records as notebooks show them: short, as HTML and as pandas; and README's own examples."""

import builtins
import contextlib
import doctest
import io
import re
import sys
from dataclasses import replace
from operator import methodcaller
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import roberta_gui
from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.extras import need
from roberta_gui.findings.tables import Table
from roberta_gui.records import (
    Analysis,
    AnalysisRequest,
    Candidate,
    CutStep,
    CutWord,
    Dissection,
    Filling,
    FillMask,
    Lens,
    Run,
    Sweep,
    Task,
    TokenStates,
    WatchedWord,
    WordScores,
)
from tests.made_up import make_analysis, make_model, make_tokens
from tests.made_up_tokens import MASK_ID

README = Path(__file__).parents[1] / "README.md"
LONG = AnalysisRequest("A very long text. " * 1000)
html_of = methodcaller("_repr_html_")  # as IPython asks for it
HIDDEN = np.zeros((13, 512, 768), np.float32)
GRID = np.zeros((13, 512))
TOKENS = make_tokens(range(100, 610))


def every_record() -> list[object]:
    """Make one of each record that holds arrays, as large as they get."""
    model = make_model(n_layers=12, n_heads=12)
    attention = np.zeros((12, 12, 2, 2), np.float32)
    watched = WatchedWord(5, "cat", True, GRID.astype(np.int64), GRID)
    ids = np.zeros((13, 512, 10), np.int64)
    lens = (ids, ids.astype(np.float32), GRID, GRID, {0: ("cat", True)}, watched)
    words, ranks = ("cat",) * 500, np.zeros((1, 500), np.int64)
    return [
        Analysis(LONG, model, TOKENS, attention, HIDDEN, ()),
        WordScores(LONG, model, words, ((1,),) * 500, GRID, ranks, (((1,),) * 500,)),
        TokenStates(0, TOKENS, HIDDEN),
        watched,
        Lens(LONG, model, TOKENS, *lens),
        Sweep(LONG, model, TOKENS, " cat", 5, 3, -1.0, np.zeros((12, 12))),
    ]


@pytest.mark.parametrize("record", every_record(), ids=lambda record: type(record).__name__)
def test_a_record_that_holds_arrays_is_written_in_short(record: object) -> None:
    written = repr(record)

    assert len(written) < 4 * 100
    assert "\n" not in written
    assert written.startswith(type(record).__name__)
    assert re.search(r"<(float32|float64|int64) \(", written)


def test_guesses_are_written_in_short_with_the_best_of_them() -> None:
    guesses = [Candidate(n, 300 + n, f"word{n}", True, 0.0123456789) for n in range(1, 11)]

    written = repr((FillMask(6, guesses, 3.123456789, 0.123456789),))

    assert "candidates=<10: 'word1', 'word2', 'word3', …>" in written
    assert len(written) < 160


def test_two_words_filled_together_are_written_with_their_probability() -> None:
    guesses = tuple(Candidate(n, 300 + n, f"word{n}", True, 0.0123456789) for n in (1, 2))

    written = repr(Filling(guesses, -5.449774667620659, (-5.3, -5.6), -9.553678035736084, 66))

    assert "candidates=<2: 'word1', 'word2'>" in written
    assert "log_probability=-5.449774667620659, by_order=(-5.3, -5.6)" in written


def test_a_model_is_written_in_two_lines_without_its_sums_and_notices() -> None:
    labels = tuple(f"label{n}" for n in range(500))
    model = replace(
        make_model(), weights_sha256="0123456789abcdef" * 4, tokenizer_sha256="fedcba98" * 8,
        notices=("A sentence about it that is long. " * 9,), task=Task("classification", labels),
    )  # fmt: skip

    written = repr(model)

    assert written.startswith("ModelInfo(name='made-up'")
    assert "device='cpu', dtype='float32'" in written
    assert len(written) < 2 * 120


def test_a_long_text_and_what_is_cut_of_it_are_written_in_short() -> None:
    pieces = tuple("unbelievably")
    steps = (CutStep("ly", 48, pieces),) * 9
    word = CutWord(" unbelievably", b" unbelievably", pieces, steps, (1,))
    cut = Dissection(LONG.text, "BPE", (word,) * 99, (1,), True)

    written = [repr(each) for each in (LONG, Run(LONG.text, TOKENS), word, cut)]

    assert [each for each in written if len(each) > 2 * 120] == []


def test_an_analysis_as_html_shows_tokens_and_guesses_escaped() -> None:
    analysis = make_analysis([11, MASK_ID, 14], model=make_model(name="<script>&"))
    guess = Candidate(1, 7, "<b>\x00", True, 0.25)
    fills = (FillMask(2, (guess,), 1.0, 0.25),)
    shown = Analysis(
        *(analysis.request, analysis.model, analysis.tokens),
        *(analysis.attention, analysis.hidden, fills),
    )

    html = html_of(shown)

    for part in ("␣t11", "␣t14", "&lt;mask&gt;", "&lt;/s&gt;", "␣&lt;b&gt;\\x00", "25.00%"):
        assert part in html
    assert "&lt;script&gt;&amp;" in html
    assert "<script" not in html
    assert "<b>" not in html
    assert "color" not in html  # those of the notebook, light or dark


def test_html_of_a_sentence_without_masks_has_no_table() -> None:
    assert "<table" not in html_of(make_analysis([11]))


def test_an_analysis_becomes_a_frame_with_a_row_a_token() -> None:
    frame = make_analysis([11, MASK_ID, 14]).to_frame()

    assert frame["text"].tolist() == ["<s>", "t11", "<mask>", "t14", "</s>"]
    assert frame["is_mask"].tolist() == [False, False, True, False, False]
    at_mask = frame.loc[2, ["guess", "probability", "entropy_bits"]]
    assert at_mask.tolist() == ["dog", 0.25, 5.0]
    assert frame["probability"].isna().tolist() == [True, True, False, True, True]


def test_its_guesses_become_a_frame_with_a_row_a_guess() -> None:
    frame = make_analysis([11, MASK_ID, MASK_ID]).to_frame("guesses")

    assert frame["token_index"].tolist() == [2, 3]
    assert frame["text"].tolist() == ["dog", "dog"]
    assert len(make_analysis([11]).to_frame("guesses")) == 0


def test_other_rows_are_refused() -> None:
    with pytest.raises(problems.BadArgument, match="heads"):
        make_analysis().to_frame("heads")  # type: ignore[arg-type]


def test_a_table_becomes_a_frame() -> None:
    frame = Table(("token", "bits"), [("a", 1.5), ("b", float("nan"))]).to_frame()

    assert frame.columns.tolist() == ["token", "bits"]
    assert frame["bits"].iloc[0] == 1.5
    assert np.isnan(frame["bits"].iloc[1])


def test_without_the_package_the_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(problems.MissingPackage) as told:
        make_analysis().to_frame()
    assert "pandas" in told.value.title
    assert 'pip install "roberta-gui[notebook]"' in told.value.hint


def test_a_package_that_is_there_and_lacks_another_is_not_called_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_there.py").write_text("import not_there_at_all\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ModuleNotFoundError, match="not_there_at_all"):
        need("half_there")


def blocks(language: str) -> list[str]:
    """Return README's blocks of code in a language."""
    text = README.read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_readmes_ten_lines_run() -> None:
    (lines,) = blocks("python")
    names: dict[str, Any] = {}
    told = io.StringIO()

    with contextlib.redirect_stdout(told):
        builtins.exec(lines, names)

    assert "(6, 8, 9, 9)\n(7, 9, 256)\n" in told.getvalue()
    names["engine"].close()


def test_readmes_questions_have_the_answers_that_it_prints() -> None:
    (session,) = blocks("pycon")
    test = doctest.DocTestParser().get_doctest(session, {}, "README", str(README), 0)
    told: list[str] = []

    result = doctest.DocTestRunner().run(test, out=told.append)

    assert result.failed == 0, "".join(told)
    asked = set(re.findall(r"\.(\w+)\(", session)) & set(dir(Engine))
    assert len(asked - {"load", "close"}) == 16, asked


def test_the_packages_names_are_listed() -> None:
    assert set(roberta_gui.__all__) <= set(dir(roberta_gui))
