"""Numbers on the command line: what is printed, with which status, and no window."""

import csv
import io
import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from roberta_gui.__main__ import main
from roberta_gui.engine import Engine
from roberta_gui.findings.tables import Table, aligned
from roberta_gui.records import AnalysisRequest
from roberta_gui.resources import resource

PAIR = "The keys to the cabinet <mask> here.", "The key to the cabinet <mask> here."


@pytest.fixture(autouse=True)
def opened_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every command the built-in model that is open already; other models it opens itself."""
    load = Engine.load
    monkeypatch.setattr(Engine, "load", lambda source: engine if source == "mini" else load(source))
    monkeypatch.setattr(Engine, "close", lambda _engine: None)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_a_minimal_pair_is_scored_to_the_last_digit(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "score", PAIR[0], "is", "are, were", "--against", PAIR[1], "--csv")

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["word"] for row in rows] == ["is", "are", "were"]
    with Engine.load("mini") as engine:
        a, b = (engine.score_words(AnalysisRequest(one), ["is", "are", "were"]) for one in PAIR)
    for nth, row in enumerate(rows):
        bits, bits_b = (-one.log_probability[0, nth] / math.log(2) for one in (a, b))
        assert float(row["bits"]) == bits
        assert float(row["percent"]) == pytest.approx(100 * 2**-bits)
        assert int(row["rank"]) == a.rank[0, nth]
        assert float(row["bits_likelier_in_a"]) == bits_b - bits


def test_a_comma_is_a_word_as_good_as_any(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "score", "The cat sat<mask> and slept.", ",", '";", and', "--csv")
    assert [row["word"] for row in csv.DictReader(io.StringIO(text))] == [",", ";", "and"]


def test_a_table_and_a_sentence_are_printed_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "score", "The <mask> sat. The <mask> ran.", "cat", "unbelievably")

    heading, *rows, first, second = text.splitlines()
    assert heading.split() == [
        "mask", "word", "pieces", "rank", "bits", "percent", "bits_first_likelier"
    ]  # fmt: skip
    assert len(rows) == 4
    assert "–" in rows[1]  # several pieces have no rank
    assert first.startswith("Mask 1: Likeliest is “cat”: ")
    assert second.startswith("Mask 2: ")


def test_the_same_sentence_is_held_against_another_model(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = printed(capsys, "score", PAIR[0], "is", "--compare-model", "mini", "--csv")

    (row,) = csv.DictReader(io.StringIO(text))
    assert float(row["bits_likelier_in_a"]) == 0
    assert "bits_first_likelier" not in row


def test_another_model_is_called_by_its_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = tmp_path / "grown"
    shutil.copytree(resource("models/mini"), other)

    text = printed(capsys, "score", PAIR[0], "is", "are", "--compare-model", str(other))

    assert "as likely in mini as in grown." in text


def test_every_third_word_of_a_file_is_hidden_and_guessed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "text.txt"
    file.write_text("The cat sat on the old mat.\n", encoding="utf-8")

    text = printed(capsys, "cloze", str(file), "--every", "3", "--from", "2", "--csv")

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["stood_there"] for row in rows] == ["cat", "the"]
    with Engine.load("mini") as engine:
        fills = engine.analyse("The <mask> sat on <mask> old mat.").fills
    assert [row["model_first"] for row in rows] == [fill.candidates[0].text for fill in fills]
    assert "guess" not in rows[0]


def test_a_text_beyond_the_model_s_room_is_said_to_be_cut(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = printed(capsys, "cloze", "cat " * 600, "--every", "200")

    assert "tokens cut off at the end" in text.splitlines()[-1]


def test_words_that_cannot_be_hidden_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("cloze", "One two")) == 1
    assert "No word is hidden." in capsys.readouterr().err


def test_masks_are_filled_together_beside_each_alone_and_one_after_the_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = printed(capsys, "fill", "The <mask> sat on the <mask>.", "--top", "2", "--csv")

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["found"] for row in rows] == ["together", "together", "apart", "in turn"]
    with Engine.load("mini") as engine:
        best = engine.fill_together("The <mask> sat on the <mask>.", n=2)[0]
    assert float(rows[0]["bits"]) == pytest.approx(-best.log_probability / math.log(2))
    told = printed(capsys, "fill", "The <mask> sat on the <mask>.", "--top", "2")
    assert "Likeliest together are " in told.splitlines()[-1]


def test_whole_words_are_guessed_at_every_mask_the_best_of_each_number_of_pieces(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = "fill", "The <mask> <mask>.", "--top", "1", "--whole-words"
    rows = list(csv.DictReader(io.StringIO(printed(capsys, *asked, "--csv"))))

    numbers = [(int(row["mask"]), int(row["pieces"])) for row in rows]
    assert numbers == sorted(set(numbers))
    assert {mask for mask, _ in numbers} == {1, 2}
    with Engine.load("mini") as engine:
        best = engine.whole_words("The <mask> <mask>.", mask=1, max_pieces=1, top_k=1)[0]
    (row,) = (row for row in rows if (row["mask"], row["pieces"]) == ("2", "1"))
    assert row["word"] == best.text
    told = printed(capsys, *asked, "--pieces", "2").splitlines()[-1]
    assert told.startswith("Mask 2: Likeliest is “")


def test_whole_words_are_guessed_at_one_mask_of_so_many_pieces(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = "fill", "The <mask> <mask>.", "--top", "1", "--mask", "2", "--pieces", "2"
    rows = list(csv.DictReader(io.StringIO(printed(capsys, *asked, "--csv"))))

    assert [(row["mask"], row["pieces"]) for row in rows] == [("2", "1"), ("2", "2")]
    assert printed(capsys, *asked).splitlines()[-1].startswith("Mask 2: Likeliest is “")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("score", "No mask.", "is"), "no mask"),
        (("fill", "No mask."), "no mask"),
        (("fill", "No mask.", "--whole-words"), "no mask"),
        (("fill", "A <mask>.", "--top", "1001"), "Ask for 1 to 1,000."),
        (("fill", "A <mask>.", "--pieces", "33"), "Ask for 1 to 32."),
        (("fill", "A <mask>.", "--mask", "2"), "mask"),
        (("score", "A <mask>.", "is", "--model", "/nowhere"), "no folder"),
    ],
)
def test_what_cannot_be_scored_is_told_in_one_line(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert error.startswith("roberta-gui: ")
    assert told in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("fill", "A <mask>.", "--top", "0"),
        ("fill", "A <mask>.", "--pieces", "9" * 25),
        ("fill", "A <mask>.", "--pieces", "9" * 5000),
        ("guess", "A <mask>.", "--top", "-1"),
        ("cloze", "One two three.", "--every", "0"),
        ("cloze", "One two three.", "--every", "9" * 25),
        ("cloze", "One two three.", "--from", "-1"),
    ],
)
def test_a_count_that_means_nothing_is_told_before_a_model_is_opened(
    arguments: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("roberta_gui.commands.opened", lambda source: pytest.fail(source))

    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert "is not a whole number from" in error
    assert error.count("\n") == 1


def test_stopping_by_the_keyboard_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Engine, "load", stopped)
    assert main(["score", "A <mask>.", "is"]) == 130


def test_numbers_stand_to_the_right_and_what_is_unknown_is_a_dash() -> None:
    table = Table(("word", "bits"), [("a", 12.5), ("long", math.nan), ("b", 0.000012)])

    assert aligned(table) == "word     bits\na        12.5\nlong        –\nb     1.2e-05\n"


def test_a_word_is_cut_step_by_step_with_and_without_a_space(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = printed(capsys, "cut", "unbelievably", "--csv")

    ids = [row["pieces"] for row in csv.DictReader(io.StringIO(text)) if row["step"] == "ids"]
    with Engine.load("mini") as engine:
        own = engine.tokenizer.ids_of([" unbelievably", "unbelievably"])
    assert ids == [", ".join(map(str, rows)) for rows in own]


def test_no_word_is_told_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cut", " "]) == 1
    assert "no word to cut" in capsys.readouterr().err


def test_states_of_one_sentence_are_put_into_another(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "patch", *PAIR, "are", "--csv")

    rows = list(csv.DictReader(io.StringIO(text)))
    with Engine.load("mini") as engine:
        regained = engine.patch(*PAIR, "are")
    assert [float(row["share_regained"]) for row in rows] == regained.ravel().tolist()
    assert printed(capsys, "patch", *PAIR, "are").splitlines()[-1].startswith("Besides the mask")


def test_what_comes_back_of_one_word_over_another_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = printed(capsys, "patch", *PAIR, "are", "--against", "is", "--csv")

    rows = list(csv.DictReader(io.StringIO(text)))
    with Engine.load("mini") as engine:
        *_, found = engine.patch_steps(*PAIR, "are", against="is")
    bits = found.log_probability / math.log(2)
    assert [float(row["bits_word_likelier"]) for row in rows] == bits.ravel().tolist()


def test_what_each_token_adds_is_printed_in_bits(capsys: pytest.CaptureFixture[str]) -> None:
    asked = "why", PAIR[0], "are", "--against", "is", "--method", "occlusion"
    text = printed(capsys, *asked, "--csv")

    rows = list(csv.DictReader(io.StringIO(text)))
    with Engine.load("mini") as engine:
        found = engine.attribute(PAIR[0], "are", "is", "occlusion")
    for row in rows:
        assert float(row["bits"]) == found.values[int(row["token_index"])] / math.log(2)
    assert "bits are not accounted for" in printed(capsys, *asked)


def test_one_token_is_looked_at_closely(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "token", PAIR[0], "3", "--layer", "3", "--csv")

    rows = list(csv.DictReader(io.StringIO(text)))
    with Engine.load("mini") as engine:
        run, near = engine.analyse(PAIR[0]), engine.nearest_words(engine.tokenize(PAIR[0])[2].id)
        bits = float(engine.surprisal(PAIR[0])[2])
    values = {row["name"]: row["value"] for row in rows}
    norm = np.linalg.norm(run.hidden[3, 2].astype(float))
    words = [float(row["value"]) for row in rows if row["part"] == "Nearest words"]
    assert int(values["id"]) == run.tokens[2].id
    assert float(values["norm"]) == pytest.approx(norm)
    assert float(values["surprisal"]) == bits
    assert words == [one.cosine for one in near]
    assert "in layer 3, raw" in printed(capsys, "token", PAIR[0], "3", "--layer", "3")


OFF = "1.2,4.2"


@pytest.mark.parametrize(
    "command",
    [
        ("score", PAIR[0], "is"), ("fill", PAIR[0]), ("fill", PAIR[0], "--pieces", "2"),
        ("guess", PAIR[0]), ("cloze", "The cat sat on the mat.", "--every", "3"),
        ("why", PAIR[0], "is", "--method", "occlusion"), ("patch", *PAIR, "is"),
        ("token", PAIR[0], "2"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_heads_can_be_off_in_every_command(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(capsys, *command, "--off", OFF, "--csv") != printed(capsys, *command, "--csv")
    assert main([*command, "--off", "7.1"]) == 1
    assert "no head 7.1. Layers go from 1 to 6, heads from 1 to 8." in capsys.readouterr().err


def test_a_sentence_with_heads_off_is_scored_beside_every_head_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = printed(capsys, "score", PAIR[0], "is", "--off", OFF, "--csv")

    (row,) = csv.DictReader(io.StringIO(text))
    off = AnalysisRequest(PAIR[0], switched_off=frozenset({(0, 1), (3, 1)}))
    with Engine.load("mini") as engine:
        without, plain = (engine.score_words(one, ["is"]) for one in (off, PAIR[0]))
    assert float(row["bits"]) == -without.log_probability[0, 0] / math.log(2)
    assert float(row["bits_b"]) == -plain.log_probability[0, 0] / math.log(2)


@pytest.mark.parametrize("command", [("why", PAIR[0], "is"), ("patch", *PAIR, "is")])
def test_masks_are_counted_from_one(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--mask", "2"]) == 1
    assert "no mask 2. Masks are counted from 1; the sentence has 1." in capsys.readouterr().err


def test_guesses_are_listed_with_what_is_filtered_out(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "guess", PAIR[0], "--words", "are,is,used to")
    table = printed(capsys, "guess", PAIR[0], "--search", "^wa", "--whole", "--top", "0", "--csv")

    assert "those that are filtered out" in text
    assert text.endswith("“used to” is not one token: Words scores it.\n")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert all(row["text"].casefold().startswith("wa") for row in rows)
    assert all(row["leading_space"] == "True" for row in rows)
    with Engine.load("mini") as engine:
        request = AnalysisRequest(PAIR[0], top_k=engine.info.vocab_size)
        every = {c.id: c.rank for c in engine.analyse(request).fills[0].candidates}
    assert [int(row["rank"]) for row in rows] == [every[int(row["id"])] for row in rows]


def test_unmasked_is_printed_beside_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "guess", "The cat sat.", "--token", "3", "--unmasked")

    heading, first, *_ = text.splitlines()
    assert heading.split()[-2:] == ["probability", "probability_hidden"]
    assert "cat" in first
    assert "What the model says unmasked" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("No mask.",), "The sentence has no mask."),
        (("A cat.", "--token", "1"), "Token 1 cannot be hidden."),
        (("A cat.", "--token", "9"), "There is no token 9. Tokens are counted from 1;"),
        ((PAIR[0], "--unmasked"), "Name it with --token N."),
    ],
)
def test_guesses_that_cannot_be_listed_are_refused(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert main(["guess", *arguments]) == 1
    told = capsys.readouterr().err
    assert told.startswith("roberta-gui: ")
    assert said in told


@pytest.mark.parametrize("top", [1, 3, 12])
def test_as_many_guesses_are_listed_as_are_wanted(
    top: int, capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(capsys, "guess", PAIR[0], "--top", str(top), "--csv")

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [int(row["rank"]) for row in rows] == list(range(1, top + 1))


def test_a_token_or_layer_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "The cat", "5"]) == 1
    assert main(["token", "The cat", "2", "--layer", "7"]) == 1
    told = capsys.readouterr().err
    assert "no token 5. Tokens are counted from 1; the sentence has 4." in told
    assert "no layer 7. They go from 0 to 6." in told


def test_a_remark_on_a_folder_s_tokens_stays_out_of_a_command_s_table(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(resource("models/mini"), tmp_path / "model")
    mask = {"content": "<mask>", "lstrip": True, "__type": "AddedToken"}
    (folder / "special_tokens_map.json").write_text(json.dumps({"mask_token": mask}))
    assert main(["guess", "A <mask>.", "--top", "1", "--csv", "--model", str(folder)]) == 0
    told = capfd.readouterr()
    assert (told.out[:22], told.err != "") == ("mask,token_index,rank,", True)
