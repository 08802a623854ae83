import sys
from pathlib import Path

import pytest

from roberta_gui import problems
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.records import Task
from roberta_gui.training.finetuning.encoding import encode, lengths_told
from roberta_gui.training.finetuning.report import describe_data
from roberta_gui.training.finetuning.task_data import Columns, Example, Kind, TaskData, read_task
from tests.models import ROBERTA_TOKENIZER


def csv_of(folder: Path, rows: list[str], head: str = "text,label", name: str = "a.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    return path


ROWS = [f"Text {number},{'cat' if number % 2 else 'dog'}" for number in range(60)]


def texts(data: TaskData) -> list[set[str]]:
    return [{one.text for one in part} for part in (data.train, data.held_out, data.test)]


def test_a_split_depends_on_the_texts_alone(tmp_path: Path) -> None:
    data = read_task(csv_of(tmp_path, ROWS), "classification")
    other = read_task(csv_of(tmp_path, [*reversed(ROWS), "New text,cat"]), "classification")

    for before, after in zip(texts(data), texts(other), strict=True):
        assert before <= after
    assert sum(map(len, texts(data))) == 60
    assert len(data.train) > len(data.test) > len(data.held_out) > 0


@pytest.mark.parametrize("head", ["text,label", "text,label,group"])
def test_blanks_around_a_text_or_group_put_it_on_no_other_side(tmp_path: Path, head: str) -> None:
    padded = [f" Text {number} ,{number % 2}, {number} " for number in range(60)]
    plain = [f"Text {number},{number % 2},{number}" for number in range(60)]
    rows = [row[: None if "group" in head else row.rindex(",")] for row in [*padded, *plain]]

    train, held_out, tested = texts(read_task(csv_of(tmp_path, rows, head), "classification"))

    assert len(train) + len(held_out) + len(tested) == 60


def test_a_test_file_of_its_own_is_tested_on_whole(tmp_path: Path) -> None:
    own = csv_of(tmp_path, ["One,cat", "Two,dog", "Three,fish"], name="test.csv")

    data = read_task(csv_of(tmp_path, ROWS), "classification", test=own)

    assert texts(data)[2] == {"One", "Two"}
    assert len(data.train) + len(data.held_out) == 60
    assert data.notices == (
        "1 row to test on with labels that no row to learn from has (fish): left out.",
    )


def test_a_label_that_is_never_learnt_is_told_with_what_its_row_was_for(tmp_path: Path) -> None:
    told = [
        read_task(csv_of(tmp_path, [*ROWS, f"Rare {n},fish"]), "classification").notices
        for n in range(40)  # in one place or another of the split
    ]

    why = "with labels that no row to learn from has (fish): left out."
    assert set(told) == {
        (),
        (f"1 row to choose the best epoch by {why}",),
        (f"1 row to test on {why}",),
    }


def test_rows_that_cannot_be_used_are_told_by_what_they_lack(tmp_path: Path) -> None:
    bad = [" ,cat", "No label,", "Three columns,cat,dog"]

    data = read_task(csv_of(tmp_path, [*ROWS, *bad, *bad[:1]]), "classification")

    assert data.notices == (
        "1 row of a.csv had too many or too few columns: left out.",
        "2 rows of a.csv without text: left out.",
        "1 row of a.csv without a label: left out.",
    )


def test_foreign_names_stay_on_their_line_in_what_is_told(tmp_path: Path) -> None:
    name = "\u202ea.csv" if sys.platform == "win32" else "\u202ea\n.csv"
    rows = [f'Text {n},"c{"" if n % 10 else chr(10)}a\u202et"' for n in range(200)]
    rare = [f"Rare {n},f\u202eish {n}" for n in range(30)]
    data = read_task(csv_of(tmp_path, [*rows, "No label,", *rare], name=name), "classification")
    told = [*data.notices, describe_data(data)]
    refused = [
        (["One,a,1", "Two,b,2"], Columns()),  # too few rows
        (["One,a,1"], Columns(label="la\u202ebel")),
        ([], Columns()),
    ]
    for few, columns in refused:
        path = csv_of(tmp_path, few, "text,label,no\u202ene", name=name)
        with pytest.raises(problems.BadArgument) as problem:
            read_task(path, "classification", columns)
        told.append(str(problem.value))

    assert len(data.notices) == 4  # without a label, two parts with unknown ones, unbalanced
    assert "c\na\u202et" in data.task.labels  # the model learns them as they are
    assert [one for one in told if not one.isprintable()] == []


def test_unbalanced_labels_are_told_with_the_share_of_the_commonest(tmp_path: Path) -> None:
    rows = [f"Text {number},{'yes' if number % 10 else 'no'}" for number in range(100)]

    (told,) = read_task(csv_of(tmp_path, rows), "classification").notices

    assert "% are yes" in told
    assert "majority baseline" in told


def test_numbers_are_labels_in_their_order_and_a_regression_takes_no_words(
    tmp_path: Path,
) -> None:
    rows = [f"Text {number},{number % 11}" for number in range(150)]

    numbered = read_task(csv_of(tmp_path, rows), "classification")
    scored = read_task(csv_of(tmp_path, [*rows, "Odd,many", "Odd,nan"]), "regression")

    assert numbered.task.labels == tuple(str(number) for number in range(11))
    assert scored.task == Task("regression", ("score",))
    assert scored.notices == ("2 rows of a.csv with a label that is no number: left out.",)


def test_columns_can_be_chosen_and_a_pair_is_read_where_there_is_one(tmp_path: Path) -> None:
    rows = [f"{n % 50},A {n},B {n},{n % 2}" for n in range(100)] + ["0,A,,1"]
    path = csv_of(tmp_path, rows, "story,premise,hypothesis,gold")

    data = read_task(path, "classification", Columns(label="gold", group="story"))

    example = data.train[0]
    assert (example.text[:1], str(example.pair)[:1]) == ("A", "B")
    assert {one.group for one in data.train}.isdisjoint(one.group for one in data.test)
    assert "without text" in data.notices[0]


@pytest.mark.parametrize(
    ("rows", "columns", "line"),
    [
        (ROWS, Columns(text="body"), "a.csv has no column body. Its columns are text, label."),
        (ROWS[:3], Columns(), "a.csv has too few rows: 3 rows can be used."),
        ([f"Text {n},cat" for n in range(60)], Columns(), "have the same label"),
    ],
)
def test_what_cannot_be_learnt_is_refused(
    tmp_path: Path, rows: list[str], columns: Columns, line: str
) -> None:
    with pytest.raises(problems.BadArgument, match=line):
        read_task(csv_of(tmp_path, rows), "classification", columns)


def test_numbers_without_a_row_to_learn_from_are_refused(tmp_path: Path) -> None:
    own = csv_of(tmp_path, ["One,1"], name="test.csv")
    rows = [f"Text {number},1" for number in range(200)]
    held_out = {one.text for one in read_task(csv_of(tmp_path, rows), "regression").held_out}
    few = [row for row in rows if row.split(",")[0] in held_out]

    with pytest.raises(problems.BadArgument, match="too few rows"):
        read_task(csv_of(tmp_path, few), "regression", test=own)


def test_a_table_without_a_usual_name_says_which_columns_it_has(tmp_path: Path) -> None:
    with pytest.raises(problems.BadArgument, match=r"no column for the label\. Its columns are "):
        read_task(csv_of(tmp_path, ROWS, "text,animal"), "classification")


def test_words_of_conll_keep_their_labels(tmp_path: Path) -> None:
    sentences = [f"Ann{number} PER\nhas O\na O\ncat ANIMAL\n" for number in range(60)]
    path = tmp_path / "a.conll"
    path.write_text("\n".join(sentences), encoding="utf-8")

    data = read_task(path, "tokens")

    assert data.task == Task("tokens", ("ANIMAL", "O", "PER"))
    assert data.train[0].labels == ("PER", "O", "O", "ANIMAL")
    assert data.train[0].text.endswith("has a cat")


def test_words_without_a_label_each_are_left_out(tmp_path: Path) -> None:
    rows = [*(f"Ann ran {number},A B O" for number in range(60)), "Ann ran,A"]

    data = read_task(csv_of(tmp_path, rows), "tokens")

    assert data.notices == ("1 row of a.csv with more or fewer labels than words: left out.",)


@pytest.fixture(scope="module")
def tokenizer() -> TextTokenizer:
    return TextTokenizer(ROBERTA_TOKENIZER.read_text(encoding="utf-8"))


def example(text: str, *labels: str, pair: str | None = None) -> Example:
    return Example(text, pair, labels, "")


def test_a_pair_is_one_input_of_two_segments(tokenizer: TextTokenizer) -> None:
    task = Task("classification", ("no", "yes"))

    (one,) = encode([example("A cat", "yes", pair="It sat")], tokenizer, task, 20)

    assert [token.text for token in one.tokens] == [
        *("<s>", "A", "cat", "</s>", "</s>", "It", "sat", "</s>")
    ]
    assert (one.targets, one.said) == ((1.0,), (0,))


def test_the_first_piece_of_a_word_is_scored_and_the_others_are_ignored(
    tokenizer: TextTokenizer,
) -> None:
    task = Task("tokens", ("O", "X"))
    labelled = example("Ann tokenization don't 😀 ran", "X", "O", "X", "O", "X")

    (one,) = encode([labelled], tokenizer, task, 40)

    scored = [(one.tokens[place].text, one.targets[place]) for place in one.said]
    assert scored == [("Ann", 1.0), ("token", 0.0), ("don", 1.0), ("😀", 0.0), ("ran", 1.0)]
    assert one.targets[0] is None
    assert lengths_told([one], task, 40) == (
        f"A word is scored at its first token: 5 of {len(one.tokens)} tokens; "
        "the others are ignored.",
    )


@pytest.mark.parametrize(("kind", "labels"), [("classification", ("X",)), ("tokens", ("X",) * 9)])
def test_texts_that_are_too_long_are_cut_and_counted(
    tokenizer: TextTokenizer, kind: Kind, labels: tuple[str, ...]
) -> None:
    task = Task(kind, ("O", "X"))
    cut = [example("one two three four five six seven eight nine", *labels)]

    encoded = encode([*cut, example("one", "X")], tokenizer, task, 6)

    assert [len(one.tokens) for one in encoded] == [6, 3]
    assert lengths_told(encoded, task, 6)[0] == (
        "1 text longer than 6 tokens: what is beyond is not read."
    )
