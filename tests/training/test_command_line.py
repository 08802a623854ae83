import json
import re
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import torch

from roberta_gui.engine.checkpoints.checkpoint import open_checkpoint
from roberta_gui.training.command_line import main, parser
from roberta_gui.training.finetuning.run import FineTuning
from roberta_gui.training.training import Training
from tests.training.toy import DOCUMENTS

ROOT = Path(__file__).parents[2]

TINY = [
    *("--layers", "1", "--heads", "2", "--features", "32", "--max-tokens", "32"),
    *("--lengths", "16:1", "--batch-tokens", "64"),
]


@pytest.fixture(scope="module")
def trained(
    tokenizer_folder: Path, corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """Train for a few steps in bfloat16; give the folder, and what was said."""
    folder = tmp_path_factory.mktemp("run")
    broken = tmp_path_factory.mktemp("bad") / "broken.txt"
    broken.write_bytes(b"\xff\xfe\x00\x01")
    begin = ["--tokenizer", tokenizer_folder, "--out", folder, "--cpu"]
    options = ["train", corpus, broken, *begin, *TINY, "--steps", 3, "--log-steps", 1]
    with redirect_stdout(StringIO()) as told, redirect_stderr(told):  # as into a file
        status = main([*map(str, options)])
    assert status == 0, told.getvalue()
    return folder, told.getvalue()


def test_training_names_bad_files_shows_progress_and_says_where_the_model_is(
    trained: tuple[Path, str],
) -> None:
    folder, told = trained

    assert "broken.txt was skipped: it is not UTF-8." in told
    assert re.search(r"loss \d\.\d{3}, ", told)
    assert "tokens/s" in told
    assert "100.0%" in told
    assert f"The model is in {folder / 'model'}" in told


def test_training_says_which_products_it_uses_and_what_the_budget_will_reach(
    trained: tuple[Path, str],
) -> None:
    _, told = trained

    assert re.search(r"^Products in (bfloat16|float32): cpu has ", told, re.MULTILINE)
    assert re.search(
        r"^[\d,]+ tokens/s: the budget ends in about 1 minute, at ", told, re.MULTILINE
    )


def test_a_log_has_the_progress_in_lines_of_its_own(trained: tuple[Path, str]) -> None:
    _, told = trained

    assert re.search(r"^ *33\.3%, step 1, loss ", told, re.MULTILINE)
    assert re.search(r"^ *100\.0%, step 3, loss ", told, re.MULTILINE)


def test_a_profile_tells_where_the_time_goes_and_leaves_no_run(
    tokenizer_folder: Path, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begin = ["--tokenizer", tokenizer_folder, "--out", tmp_path, "--cpu", "--precision", "no"]

    assert main([*map(str, ["train", corpus, *begin, *TINY, "--steps", 1, "--profile", 3])]) == 0

    parts, speed = capsys.readouterr().out.splitlines()[-2:]
    shares = dict(part.split(" ") for part in parts.partition(";")[0].split(", "))
    assert list(shares) == ["data", "forward", "backward", "optimizer"]
    # Four shares, each rounded to a whole percent.
    assert sum(float(share[:-1]) for share in shares.values()) == pytest.approx(100, abs=2)
    assert re.fullmatch(r"waiting \d+% of the time", parts.partition("; ")[2])
    assert re.fullmatch(r"[\d,]+ tokens/s, \d+% of the device's peak", speed)
    assert [*tmp_path.iterdir()] == []


def test_a_run_keeps_the_ids_of_the_texts_that_it_reads_and_no_others(
    tokenizer_folder: Path, corpus: Path, tmp_path: Path
) -> None:
    text, out = tmp_path / "text", tmp_path / "run"
    shutil.copytree(corpus, text)
    begin = ["--tokenizer", tokenizer_folder, "--out", out, "--cpu", "--precision", "no"]
    options = [*map(str, ["train", text, *begin, *TINY, "--steps", 1])]
    (text / "more.txt").write_text("One more.", encoding="utf-8")
    assert main(options) == 0
    first = {path.name for path in (out / "ids").iterdir()}
    (out / "run.pt").unlink()
    (text / "more.txt").write_text("Another one.", encoding="utf-8")

    assert main(options) == 0

    second = {path.name for path in (out / "ids").iterdir()}
    assert len(first) == len(second) == 2
    assert len(first & second) == 1
    (text / "more.txt").unlink()
    assert main(options) == 1  # a run with another text, whose ids stay
    assert {path.name for path in (out / "ids").iterdir()} == second


def test_a_short_loan_goes_from_prepared_text_to_a_measured_model_in_parts(
    tokenizer_folder: Path, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved, out = tmp_path / "moved", tmp_path / "run"
    (tmp_path / "held.txt").write_text("\n\n".join(DOCUMENTS), encoding="utf-8")
    held_out = ["--held-out", tmp_path / "held.txt"]
    small = [*TINY, "--steps", 2, "--largest", 20_000, "--cpu", "--precision", "no"]

    prepared = main(
        [*map(str, ["prepare", corpus, "--tokenizer", tokenizer_folder, "--out", moved])]
    )
    trained = main([*map(str, ["pretrain", moved, "--out", out, *small, *held_out])])

    assert (prepared, trained) == (0, 0)
    assert "| held | " in (out / "evaluation.md").read_text(encoding="utf-8")
    parts = [*(out / "model").glob("model-0*.safetensors")]
    assert len(parts) > 1
    # The bytes, and a header with about a hundred of them for each of some 20 tensors.
    assert max(part.stat().st_size for part in parts) < 20_000 + 2_000
    before = open_checkpoint(out / "model").weights
    assert main(["collect", str(out / "model")]) == 0
    assert "model.safetensors is whole" in capsys.readouterr().out
    assert [path.name for path in (out / "model").glob("*.safetensors*")] == ["model.safetensors"]
    after = open_checkpoint(out / "model").weights
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_the_preset_is_the_network_that_the_short_loan_is_for() -> None:
    options = parser().parse_args(["pretrain", "moved", "--out", "run", "--minutes", "9"])

    assert (options.layers, options.heads, options.features) == (8, 8, 448)
    assert options.lengths == ((128, 0.9), (512, 0.1))
    assert options.fill_rows
    assert options.minutes == 9


def test_a_run_leaves_its_model_state_and_loss_curve(trained: tuple[Path, str]) -> None:
    folder, _ = trained

    assert {"loss.csv", "loss.png", "run.pt", "model"} <= {path.name for path in folder.iterdir()}
    assert {path.name for path in (folder / "model").iterdir()} == {
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }


def test_evaluate_measures_each_source_and_the_cloze_file(
    trained: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "held.txt").write_text("\n\n".join(DOCUMENTS), encoding="utf-8")
    names = ["cats", "dogs"] * (len(DOCUMENTS) // 2)
    (tmp_path / "sources.json").write_text(json.dumps(names), encoding="utf-8")
    (tmp_path / "cloze.tsv").write_text("Ann has a <mask> cat.\tblack\n", encoding="utf-8")
    files = ["--text", tmp_path / "held.txt", "--sources", tmp_path / "sources.json"]
    more = ["--cloze", tmp_path / "cloze.tsv", "--pseudo", 3, "--json", tmp_path / "found.json"]
    options = [trained[0] / "model", *files, *more, "--device", "cpu", "--length", 32]

    status = main(["evaluate", *map(str, options)])

    told = capsys.readouterr().out
    found: dict[str, Any] = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert status == 0
    assert list(found["sources"]) == ["cats", "dogs", "all"]
    parts = [found["sources"][name] for name in ("cats", "dogs")]
    assert found["sources"]["all"]["loss"] == pytest.approx(sum(part["loss"] for part in parts))
    assert f"| all | {found['sources']['all']['mean_loss']:.3f} |" in told
    assert found["cloze"][0]["words"] == ["black"]
    share, low, high = found["cloze_top"]["5"]
    assert 0 <= low <= share <= high <= 1
    assert f"top 5 {share:.0%} (95 % interval {low:.0%} to {high:.0%})." in told
    assert f"Pseudo-perplexity {found['pseudo_perplexity'][0]:.2f}" in told
    assert "| Ann has a <mask> cat. |" in told


def test_the_tokenizer_command_writes_a_folder_to_train_with(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [corpus, "--out", tmp_path, "--vocabulary", 280]

    assert main(["tokenizer", *map(str, options)]) == 0

    assert "280 rows" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {"tokenizer.json", "tokenizer_config.json"}


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["train", "{corpus}", "--out", "{out}", "--start-from", "mini"], "The run has no end."),
        (["train", "{out}/no", "--out", "{out}", "--start-from", "mini", "--steps", "1"], "no /"),
        (["tokenizer", "{corpus}", "--out", "{corpus}/pets.txt"], "pets.txt: "),
        (["evaluate", "mini"], "There is nothing to measure."),
        (["evaluate", "mini", "--cloze", "docs/cloze.tsv", "--mask-rate", "2"], "2.0 is no share"),
        (["evaluate", "mini", "--cloze", "{out}/no.tsv"], "no.tsv is missing."),
        (["evaluate", "mini", "--text", "{out}/no.txt"], "no.txt cannot be used"),
        (["finetune", "{out}/no.csv", "--out", "{out}"], "no.csv is missing"),
        (["evaluate", "{out}/none", "--cloze", "docs/cloze.tsv"], "There is no folder"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_1(
    corpus: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    line: str,
) -> None:
    monkeypatch.chdir(ROOT)

    status = main([part.format(corpus=corpus, out=tmp_path) for part in arguments])

    told = capsys.readouterr().err
    assert status == 1
    assert line in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB."),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: … (Cannot allocate memory)"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes."),
    ],
)
def test_too_little_memory_is_one_line_with_the_option_that_takes_less(
    corpus: Path,
    tokenizer_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def run_out(*_: object) -> None:
        raise error

    monkeypatch.setattr(Training, "run", run_out)
    begin = ["--tokenizer", str(tokenizer_folder), "--out", str(tmp_path), "--steps", "1"]

    status = main(["train", str(corpus), *begin, *TINY, "--cpu"])

    told = capsys.readouterr().err
    assert status == 1
    assert told == "There is too little memory. Use a smaller --batch-tokens.\n"


def test_where_memory_is_too_little_to_fine_tune_smaller_parts_are_recommended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_out(_run: FineTuning) -> None:
        raise MemoryError

    monkeypatch.setattr(FineTuning, "steps", run_out)

    status = main(["finetune", "kinds", "--epochs", "1", "--cpu", "--out", str(tmp_path)])

    told = capsys.readouterr().err
    assert status == 1
    assert told == "There is too little memory. Set --part-tokens, or a smaller --batch-size.\n"


@pytest.mark.parametrize("name", ["train", "prepare"])
def test_a_text_that_gives_no_token_is_named_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    words, text = tmp_path / "words", tmp_path / "text"
    words.mkdir()
    text.mkdir()
    (words / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na", encoding="utf-8")
    (words / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer"}')
    (text / "blank.txt").write_text("\u200b\n\n\u200b", encoding="utf-8")
    more = [] if name == "prepare" else [*TINY, "--steps", "1", "--cpu"]

    status = main(
        [name, str(text), "--tokenizer", str(words), "--out", str(tmp_path / "out"), *more]
    )

    assert status == 1
    assert capsys.readouterr().err.startswith("The tokenizer makes no tokens of this text. ")


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--lengths", "long"), "'long' is not like 128:0.9,512:0.1"),
        (("--layers", "0"), "'0' is not a whole number from 1 to 1,000,000"),
        (("--steps", "9" * 25), "is not a whole number from 0 to 9,223,372,036,854,775,807"),
        (("--seed", "-1"), "'-1' is not a whole number from 0 to"),
    ],
)
def test_numbers_that_mean_nothing_are_refused_with_status_2(
    option: tuple[str, str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["train", "text", "--out", "run", "--start-from", "mini", *option]

    with pytest.raises(SystemExit) as ended:
        main(options)

    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_a_missing_library_is_named_with_the_command_that_brings_it(
    corpus: Path,
    tokenizer_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "accelerate", None)
    monkeypatch.delitem(sys.modules, "roberta_gui.training.training")  # as if nobody had been here
    begin = ["--tokenizer", str(tokenizer_folder), "--out", str(tmp_path), "--steps", "1"]

    status = main(["train", str(corpus), *begin])

    told = capsys.readouterr().err
    assert status == 1
    assert told == 'Training needs accelerate. Run: pip install "roberta-gui[train]"\n'
