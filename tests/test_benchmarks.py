"""Every benchmark runs to its end, on a tiny model and few runs; nothing here judges a time."""

import json
import os
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import checkpoint, everything, fill_mask, similarity, start_up, table
from benchmarks import texts as made_up
from benchmarks.__main__ import main
from benchmarks.apart import BENCHMARKS, WINDOWS, measure
from benchmarks.lines import Line, at_least, at_most
from benchmarks.measuring import Sample, side_by_side
from benchmarks.settings import TINY, Settings
from roberta_gui.analysis.axes.reference_sentences import reference_sentences
from roberta_gui.engine import Engine, devices
from roberta_gui.resources import resource

MACHINE = {"processor": "abacus", "cores": "2"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = Settings(tmp_path_factory.mktemp("benchmarks"), runs=1, shape=TINY)
    checkpoint.make(made)
    return made


@pytest.fixture
def small_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show short texts, and leave the log and Qt's messages to the test runner."""
    window = pytest.importorskip("benchmarks.window")
    monkeypatch.setattr(window, "write_log", lambda settings: None)
    monkeypatch.setattr("benchmarks.all_heads.N_TOKENS", 48)
    monkeypatch.setattr("benchmarks.event_loop.N_TOKENS", 48)
    monkeypatch.setattr("benchmarks.event_loop.PASTED_MB", 1)
    few = reference_sentences(resource("reference_sentences.txt"))[:24]
    worker = "roberta_gui.gui.work.engine_worker"
    monkeypatch.setattr(f"{worker}.reference_sentences", lambda _path: few)


@pytest.mark.parametrize("name", ["fill-mask", "fill-mask-bfloat16", "everything"])
def test_a_benchmark_of_the_engine_prints_its_lines(
    name: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(everything, "LENGTHS", (12, 32))

    lines = measure(name, settings)

    printed = table.text(lines, MACHINE)
    assert lines
    assert all(line.what in printed for line in lines)
    assert all(line.ours is not None and min(line.ours.values) > 0 for line in lines if line.limit)
    if name != "fill-mask-bfloat16":
        assert all("same top 10" in line.notes[0] for line in lines if line.limit)
        assert not any("not the same" in line.notes[0] for line in lines)
        assert not any("0 of 1" in line.notes[0] for line in lines)


def test_the_benchmark_of_layer_maps_prints_a_line_a_measure(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similarity, "FIRST", 512)
    monkeypatch.setattr(similarity, "REFINED", 1024)

    lines = measure("similarity", settings)

    printed = table.text(lines, MACHINE)
    assert all(f"map by {m}" in printed for m in ("cka", "cosine", "neighbours", "rsa"))
    assert all(line.ours is not None and min(line.ours.values) > 0 for line in lines)


@pytest.mark.parametrize("name", WINDOWS)
def test_a_benchmark_of_the_window_prints_its_lines(
    name: str, settings: Settings, small_window: None, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("qapp")

    lines = measure(name, settings)

    printed = table.text(lines, MACHINE)
    assert lines
    assert all(line.what in printed for line in lines)
    assert all(line.ours is not None and min(line.ours.values) > 0 for line in lines)


def test_bfloat16_is_not_measured_where_the_processor_has_none(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "available", lambda: (("cpu", "float32"),))

    (line,) = fill_mask.bfloat16(settings)

    assert line.ours is None
    assert line.holds is None
    assert "no bfloat16" in table.text([line], MACHINE)


@pytest.mark.parametrize("n_tokens", [9, 30, 512])
def test_made_up_sentences_have_the_length_that_is_asked_for(
    n_tokens: int, settings: Settings
) -> None:
    engine = Engine.load(settings.model, device="cpu")

    cut = [engine.tokenize(text) for text in made_up.sentences(n_tokens, 5)]

    assert [len(tokens) for tokens in cut] == [n_tokens] * 5
    assert [sum(token.is_mask for token in tokens) for tokens in cut] == [1] * 5
    assert len({tuple(token.id for token in tokens) for tokens in cut}) == 5


def test_sides_take_turns_and_the_warm_up_is_not_counted() -> None:
    heard: list[str] = []

    def side(name: str) -> Callable[[int], str]:
        return lambda given: heard.append(f"{name}{given}") or f"{name}{given}"  # type: ignore[func-returns-value]

    compared: list[tuple[Any, Any]] = []
    ours, theirs = side_by_side(
        side("a"), side("b"), range(4), lambda a, b: compared.append((a, b))
    )

    assert heard == ["b0", "a0", "a1", "b1", "b2", "a2", "a3", "b3"]
    assert compared == [("a1", "b1"), ("a2", "b2"), ("a3", "b3")]
    assert ours.n == theirs.n == 3


@pytest.mark.parametrize("n", [1, 2, 3, 9, 10])
def test_a_sample_tells_median_and_quartiles(n: int) -> None:
    values = np.random.default_rng(n).normal(size=n)

    sample = Sample(tuple(values.tolist()))

    assert sample.median == pytest.approx(np.median(values))
    assert sample.quartiles == pytest.approx(tuple(np.quantile(values, [0.25, 0.75])))


@pytest.mark.parametrize(("theirs", "holds"), [(0.30, True), (0.17, True), (0.15, False)])
def test_a_claimed_ratio_holds_or_not(theirs: float, holds: bool) -> None:
    line = at_least(1.6, "work", Sample((0.1,)), Sample((theirs,)))

    assert line.holds is holds
    assert line.ratio == pytest.approx(theirs / 0.1)


@pytest.mark.parametrize(("took", "holds"), [(0.039, True), (0.040, True), (0.041, False)])
def test_a_claimed_limit_holds_or_not(took: float, holds: bool) -> None:
    line = at_most(0.040, "work", Sample((took,)))

    assert line.holds is holds
    assert line.limit == "≤ 40 ms"


def test_the_table_says_what_holds_and_on_which_machine() -> None:
    lines = [
        at_least(2, "fast", Sample((0.1, 0.2, 0.3)), Sample((0.5,))),
        at_most(1e8, "large", Sample((2.5e8,)), "for a reason", unit="MB"),
        Line("only told", Sample((0.25,))),
    ]

    printed = table.text(lines, MACHINE).splitlines()

    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in printed[2:5]]
    assert cells[0] == ["fast", "500 ms", "200 ms (150–250)", "2.50×", "≥ 2×", "yes", "3"]
    assert cells[1] == ["large", "–", "250 MB", "", "≤ 100 MB", "NO", "1"]
    assert cells[2] == ["only told", "–", "250 ms", "", "", "", "1"]
    assert "- large: for a reason" in printed
    assert printed[-1] == "processor abacus · cores 2"


def test_the_json_holds_every_run() -> None:
    values = (0.1, 0.4, 0.2)

    told = json.loads(table.as_json([at_most(1, "work", Sample(values))], MACHINE))

    assert told["machine"] == MACHINE
    assert told["lines"][0]["ours"] == list(values)
    assert told["lines"][0]["holds"] is True
    assert statistics.median(told["lines"][0]["ours"]) == 0.2


def test_an_unknown_name_is_refused_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["start-up", "nonsense"])

    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "nonsense" in told
    assert all(name in told for name in BENCHMARKS)


def test_the_command_starts_processes_and_prints_and_saves_what_they_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.__main__.QUICK_RUNS", 1)
    monkeypatch.setattr(os, "environ", os.environ.copy())

    status = main(["head-product", "--quick", "--json", str(tmp_path / "numbers.json")])

    assert status == 0
    printed = capsys.readouterr().out
    assert "| the head's product at 2 masks" in printed
    assert "torch 2." in printed
    line, *_ = json.loads((tmp_path / "numbers.json").read_text(encoding="utf-8"))["lines"]
    assert len(line["ours"]) == len(line["theirs"]) == 1


def test_a_benchmark_that_fails_takes_no_other_ones_numbers_with_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_this_process(work: Callable[..., Any], *arguments: Any) -> Any:
        if work is not measure:
            return {}
        if arguments[0] == "theme":
            raise RuntimeError("spoilt")
        return [Line(f"the time of {arguments[0]}")]

    monkeypatch.setattr("benchmarks.__main__.in_own_process", in_this_process)
    monkeypatch.setattr(os, "environ", os.environ.copy())

    status = main(["theme", "start-up"])

    printed = capsys.readouterr()
    assert status == 1
    assert "| the time of start-up" in printed.out
    assert "RuntimeError: spoilt" in printed.err
    assert printed.err.endswith("failed, see above: theme\n")


def test_the_start_of_the_window_is_timed_beside_another_process(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("PySide6")
    monkeypatch.setattr(start_up, "THEIRS", ("-c", "print('there', flush=True)"))

    (line,) = measure("start-up", settings)

    assert line.what == "window visible"
    assert line.ours is not None
    assert line.theirs is not None
    assert line.ours.n == line.theirs.n == 1
    assert min(*line.ours.values, *line.theirs.values) > 0


def test_a_process_that_ends_before_it_is_there_is_no_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_up, "OURS", ("-c", "pass"))
    monkeypatch.setattr(start_up, "THEIRS", ("-c", "pass"))

    with pytest.raises(RuntimeError, match="ended before it was there"):
        measure("start-up", settings)


@pytest.mark.parametrize("n_masks", fill_mask.MASKS)
def test_a_text_gets_as_many_masks_as_are_measured(n_masks: int) -> None:
    text = fill_mask.masked("a b c d e f g h i j k l m n o p q r", n_masks)

    assert text.split().count("<mask>") == n_masks
    assert len(text.split()) == 18
