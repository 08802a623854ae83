import os
from pathlib import Path

import pytest

from roberta_gui import extras, problems
from roberta_gui.resources import resource
from roberta_gui.training.finetuning import tables
from roberta_gui.training.finetuning.command import EXAMPLES
from roberta_gui.training.finetuning.tables import read_table
from roberta_gui.training.finetuning.task_data import read_task


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_csv_is_quoted_as_spreadsheets_do_it_and_notes_on_top_are_none_of_it(
    tmp_path: Path,
) -> None:
    text = '# Source: me\n# Licence: CC0\ntext,label\n"A ""big"", red cat\nsat.",cat\n\n#dog,dog\n'

    table = read_table(written(tmp_path, "a.csv", text))

    assert table.columns == ("text", "label")
    assert table.rows == (('A "big", red cat\nsat.', "cat"), ("#dog", "dog"))


def test_in_tsv_a_quotation_mark_is_a_letter(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a.tsv", 'text\tlabel\n"Hi, he\t1\nshe said"\t0\n'))

    assert table.rows == (('"Hi, he', "1"), ('she said"', "0"))


def test_conll_gives_a_row_for_each_sentence_with_columns_that_are_numbered(
    tmp_path: Path,
) -> None:
    text = "-DOCSTART- -X- O\n\n# sent 1\nAnn NNP PER\nran VBD O\n\nBob NNP\n\nHi UH O"

    table = read_table(written(tmp_path, "a.conll", text))

    assert table.columns == ("1", "2", "3")
    assert table.rows == (("Ann ran", "NNP VBD", "PER O"), ("Hi", "UH", "O"))
    assert table.notices == ("1 row of a.conll had too many or too few columns: left out.",)


def test_parquet_is_read_where_pyarrow_is(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    made = arrow.table({"text": ["A cat", None], "tags": [["O", "B"], ["O"]], "n": [1, 2]})
    parquet.write_table(made, tmp_path / "a.parquet")

    table = read_table(tmp_path / "a.parquet")

    assert table.columns == ("text", "tags", "n")
    assert table.rows == (("A cat", "O B", "1"), ("", "O", "2"))


def test_parquet_that_takes_next_to_no_bytes_is_refused_for_its_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(tables, "MOST_CELLS", 999)
    parquet.write_table(arrow.table({"text": ["cat"] * 1000}), tmp_path / "a.parquet")

    with pytest.raises(problems.BadArgument, match="it has more than 999 cells"):
        read_table(tmp_path / "a.parquet")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_no_table_is_read_from_a_pipe(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    for name in ("a.parquet", "a.csv"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(problems.BadArgument, match="not a regular file"):
            read_table(tmp_path / name)


def test_without_pyarrow_parquet_is_refused_with_the_command_that_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name="pyarrow")

    monkeypatch.setattr(extras, "import_module", gone)

    with pytest.raises(problems.MissingPackage, match=r"pip install .roberta-gui\[parquet\]"):
        read_table(tmp_path / "a.parquet")


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.csv", b"text,label\n", "a.csv has no rows"),
        ("a.csv", b"", "a.csv has no rows"),
        ("a.csv", b'text,label\n"open', "a.csv cannot be read as a table"),
        ("a.csv", b"\xff\xfe\x00", "it is not UTF-8 text"),
        ("a.conll", b"", "a.conll has no rows"),
    ],
)
def test_what_is_no_table_is_refused_by_name(
    tmp_path: Path, name: str, content: bytes, line: str
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(problems.BadArgument, match=line):
        read_table(tmp_path / name)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(problems.BadArgument, match=r"no\.csv is missing"):
        read_table(tmp_path / "no.csv")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_name_source_and_licence_and_their_labels_are_balanced(name: str) -> None:
    path = resource(EXAMPLES[name])
    notes = [line for line in path.read_text(encoding="utf-8").splitlines() if line[:2] == "# "]

    data = read_task(path, "classification")

    assert path.stat().st_size < 150_000
    assert any("CC" in line for line in notes)
    assert data.notices == ()
    assert len(data.test) > 200
    for label in data.task.labels:
        share = sum(example.labels == (label,) for example in data.train) / len(data.train)
        assert abs(share * len(data.task.labels) - 1) < 0.1


def test_both_halves_of_a_minimal_pair_stand_on_the_same_side() -> None:
    data = read_task(resource(EXAMPLES["grammar"]), "classification")

    sides = [{example.group for example in part} for part in (data.train, data.held_out, data.test)]
    assert len(set.union(*sides)) == sum(map(len, sides))
