"""The commands that train: what several processes do in one folder, and what can be chosen."""

from pathlib import Path

import pytest
from accelerate import Accelerator

from roberta_gui.training.command_line import main, parser
from roberta_gui.training.run_state import alone_in
from tests.training.test_command_line import TINY


@pytest.fixture
def begin(corpus: Path, tokenizer_folder: Path, tmp_path: Path) -> list[str]:
    """Give the arguments of ``train`` and ``pretrain`` for a run of two steps."""
    where = [corpus, "--tokenizer", tokenizer_folder, "--out", tmp_path / "run"]
    return [*map(str, where), *TINY, "--steps", "2", "--cpu", "--precision", "no"]


def test_two_processes_never_train_in_one_folder(
    begin: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with alone_in(tmp_path / "run"):
        status = main(["train", *begin])

    assert status == 1
    assert capsys.readouterr().err.startswith("Another process is at work in run.")
    assert [path.name for path in (tmp_path / "run").iterdir()] == [".lock"]
    assert main(["train", *begin]) == 0


def test_of_several_processes_only_the_first_leaves_a_model_and_measures_it(
    begin: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Accelerator, "is_main_process", False)
    cloze = tmp_path / "cloze.tsv"
    cloze.write_text("Ann has a <mask> cat.\tblack\n", encoding="utf-8")

    status = main(["pretrain", *begin, "--cloze", str(cloze)])

    assert (status, capsys.readouterr().out) == (0, "")
    assert not (tmp_path / "run" / "model").exists()
    assert not (tmp_path / "run" / "evaluation.md").exists()


@pytest.mark.parametrize(
    ("options", "wanted"), [([], None), (["--compile"], True), (["--no-compile"], False)]
)
def test_compiling_can_be_asked_for_and_ruled_out(
    begin: list[str], options: list[str], wanted: bool | None
) -> None:
    assert parser().parse_args(["train", *begin, *options]).compile is wanted
