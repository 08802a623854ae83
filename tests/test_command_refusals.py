"""Why a command lists nothing: what is told is what the model and the sentence lack."""

from pathlib import Path

import pytest

from roberta_gui.__main__ import main
from tests.engine.small_folders import word_pieces
from tests.models import make_checkpoint

SENTENCE = "The cat <mask> on the mat."


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    return told.removeprefix("roberta-gui: ")


@pytest.fixture(scope="module")
def headless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("headless"), n_layers=1, mask_head=False)


@pytest.mark.parametrize(
    "asked",
    [
        ("guess", SENTENCE),
        ("guess", SENTENCE, "--token", "2"),
        ("guess", SENTENCE, "--token", "2", "--unmasked"),
        ("fill", SENTENCE),
        ("fill", SENTENCE, "--whole-words"),
        ("fill", SENTENCE, "--mask", "1"),
        ("cloze", SENTENCE, "--every", "2"),
        ("score", SENTENCE, "is"),
        ("why", SENTENCE, "is"),
        ("patch", SENTENCE, SENTENCE, "is"),
    ],
    ids=" ".join,
)
def test_a_model_without_a_head_is_said_to_have_none(
    headless: Path, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...]
) -> None:
    told = refusal(capsys, *asked, "--model", str(headless))
    assert "This model has no masked-LM head, so it cannot guess words." in told


@pytest.mark.parametrize(
    "asked", [("guess",), ("fill",), ("fill", "--whole-words"), ("score", "is"), ("why", "is")]
)
def test_the_mask_is_called_as_the_model_calls_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...]
) -> None:
    command, *rest = asked
    folder = str(word_pieces(tmp_path / "pieces"))

    told = refusal(capsys, command, "the <mask> sat", *rest, "--model", folder)

    assert told == "The sentence has no mask. Write [MASK] where words stand."


@pytest.mark.parametrize("asked", [("guess",), ("fill",), ("score", "is"), ("why", "is")])
def test_a_mask_behind_what_is_read_is_said_to_lie_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...]
) -> None:
    command, *rest = asked
    folder = str(word_pieces(tmp_path / "pieces", max_positions=11))

    told = refusal(capsys, command, "the cat " * 9 + "[MASK]", *rest, "--model", folder)

    assert told.startswith("The mask lies beyond the 9 tokens that are read. Shorten the text")


def test_the_second_sentence_needs_its_mask_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(word_pieces(tmp_path / "pieces"))

    told = refusal(capsys, "patch", "the [MASK] sat", "the cat sat", "mat", "--model", folder)

    whose = "The sentence that states are copied into"
    assert told == f"{whose} has no mask. Write [MASK] where words stand."
