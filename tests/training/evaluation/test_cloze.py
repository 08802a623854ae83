from pathlib import Path

import pytest

from roberta_gui import problems
from roberta_gui.engine import Engine
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.records import AnalysisRequest
from roberta_gui.training.evaluation.cloze import FilledGap, Gap, fill_gap, read_gaps, share_within
from roberta_gui.training.starts.start import Start, from_checkpoint

EVERYDAY = Path(__file__).parents[3] / "docs" / "cloze.tsv"


def test_a_gap_is_ranked_as_the_explorer_ranks_its_guesses(engine: Engine) -> None:
    sentence = "There are seven days in a <mask>."
    mini = from_checkpoint("mini")

    found = fill_gap(mini.network.eval(), mini.tokenizer, Gap(sentence, frozenset({"month"})))

    request = AnalysisRequest(sentence, top_k=200)
    (fill,) = engine.analyse(request).fills
    guesses = [one.text for one in fill.candidates]
    assert list(found.guesses) == guesses[:5]
    assert found.rank == guesses.index("month") + 1


def test_a_word_that_the_vocabulary_lacks_has_no_rank() -> None:
    mini = from_checkpoint("mini")
    gap = Gap("He ate a <mask>.", frozenset({"two words"}))

    assert fill_gap(mini.network.eval(), mini.tokenizer, gap).rank is None


def test_a_mask_that_the_tokenizer_cuts_into_letters_is_a_clear_problem(
    start: Start, tokenizer_folder: Path
) -> None:
    described = (tokenizer_folder / "tokenizer.json").read_text(encoding="utf-8")
    cutting = TextTokenizer(described, splits_specials=True)

    with pytest.raises(problems.BadArgument, match="with 0 masks, not with one"):
        fill_gap(start.network.eval(), cutting, Gap("Ann has a <mask>.", frozenset({"cat"})))


def test_the_share_counts_gaps_with_a_right_word_in_time() -> None:
    gap = Gap("A <mask>.", frozenset({"b"}))
    filled = [FilledGap(gap, (), rank) for rank in (1, 3, 5, 6, None)]

    assert [share_within(filled, k).value for k in (1, 5, 10)] == [0.2, 0.6, 0.8]


def test_a_cloze_file_is_read_with_remarks_left_out(tmp_path: Path) -> None:
    file = tmp_path / "cloze.tsv"
    file.write_text("# remark\n\nA <mask> barks.\tDog, hound\tpuppy\n", encoding="utf-8")

    assert read_gaps(file) == (Gap("A <mask> barks.", frozenset({"dog", "hound", "puppy"})),)


@pytest.mark.parametrize(
    "line", ["No gap.\tword", "<mask> <mask>\tword", "A <mask>.", "A <mask>\t, "]
)
def test_a_line_that_is_no_cloze_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "cloze.tsv"
    file.write_text(f"A <mask> barks.\tdog\n{line}\n", encoding="utf-8")

    with pytest.raises(problems.BadArgument, match=r"Line 2 of cloze\.tsv"):
        read_gaps(file)


def test_a_missing_cloze_file_is_a_clear_problem(tmp_path: Path) -> None:
    with pytest.raises(problems.BadArgument, match=r"gone\.tsv is missing"):
        read_gaps(tmp_path / "gone.tsv")


def test_the_cloze_file_that_comes_with_the_project_can_be_read() -> None:
    gaps = read_gaps(EVERYDAY)

    assert len(gaps) >= 30
    assert Gap("Berlin is the capital of <mask>.", frozenset({"germany"})) in gaps
