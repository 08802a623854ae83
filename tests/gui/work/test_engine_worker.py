"""What runs on the worker: loading, passes, and axes that are fitted once."""

import builtins
import gc
import os
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from roberta_gui.analysis.axes.modes import STANDARDISED
from roberta_gui.analysis.axes.reference_axes import ReferenceAxes
from roberta_gui.analysis.axes.reference_sentences import reference_sentences
from roberta_gui.analysis.sentences.comparison import Comparison
from roberta_gui.engine.checkpoints import hub
from roberta_gui.findings.steps.model import Turn
from roberta_gui.gui.work import engine_worker
from roberta_gui.gui.work.engine_worker import EngineWorker, Loaded
from roberta_gui.gui.work.jobs import Work
from roberta_gui.problems import BadArgument, NoNetwork, Problem, Stopped
from roberta_gui.records import AnalysisRequest, ModelInfo
from roberta_gui.resources import resource
from tests.models import make_checkpoint


def run(work: Work, *, stopped: bool = False) -> Any:
    return work(lambda: stopped, lambda _text, _fraction: None)


def steps_and_result(steps: Generator[Any, None, Any]) -> tuple[list[Any], Any]:
    told = []
    while True:
        try:
            told.append(next(steps))
        except StopIteration as end:
            return told, end.value


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    _, result = steps_and_result(run(EngineWorker(Path("unused")).load("mini", "cpu", "float32")))
    assert isinstance(result, Loaded)
    return result


@pytest.fixture
def worker(tmp_path: Path, loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> EngineWorker:
    monkeypatch.setattr(
        engine_worker, "reference_sentences", lambda path: reference_sentences(path)[:12]
    )
    worker = EngineWorker(tmp_path)
    worker.use(loaded)
    return worker


def test_a_loaded_model_tells_who_it_is_and_what_else_it_could_run_on(loaded: Loaded) -> None:
    assert (loaded.info.name, loaded.info.device, loaded.info.dtype) == ("mini", "cpu", "float32")
    assert ("cpu", "float32") in loaded.devices
    typed = loaded.tokenizing.cut("one", 8)
    assert typed is not None
    assert typed.tokens[1].text == "one"


def test_loading_alone_puts_no_model_in_use(other: Loaded, tmp_path: Path) -> None:
    worker = EngineWorker(tmp_path)
    steps_and_result(run(worker.load(other.info.source, "cpu", "float32")))

    with pytest.raises(BadArgument, match="No model is loaded"):
        run(worker.analyse(AnalysisRequest("one")))


def test_loading_lets_others_go_first_while_it_downloads(
    worker: EngineWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(name: str, *asked: object) -> Generator[None, None, Path]:
        yield
        yield
        raise NoNetwork(f"No way to {name}.", "Try again.")

    monkeypatch.setattr(hub, "fetch_steps", download)
    steps = run(worker.load("somebody/far-away", "cpu", "float32"))

    assert [next(steps), next(steps)] == [Turn.OTHERS] * 2
    with pytest.raises(NoNetwork, match="No way to somebody/far-away"):
        next(steps)


def test_a_model_that_cannot_be_opened_is_named_once(tmp_path: Path) -> None:
    def refusal_of(folder: Path) -> str:
        with pytest.raises(Problem) as refused:
            steps_and_result(run(EngineWorker(tmp_path).load(str(folder), "cpu", "float32")))
        return refused.value.title

    for place in ("mine", "run/model", "config"):
        (tmp_path / place).mkdir(parents=True)

    said = "could not be opened. config.json is missing."
    assert refusal_of(tmp_path / "mine") == f"mine {said}"
    assert refusal_of(tmp_path / "run" / "model") == f"run {said}"
    assert refusal_of(tmp_path / "config") == f"config {said}"
    if sys.platform == "linux":
        other = tmp_path / os.fsdecode(b"caf\xe9")
        other.mkdir()
        assert refusal_of(other).startswith(f"The path {tmp_path}/caf� is not UTF-8")
    assert refusal_of(tmp_path / "gone") == f"There is no folder {tmp_path / 'gone'}."


def test_a_pass_is_the_engines_own(worker: EngineWorker, loaded: Loaded) -> None:
    request = AnalysisRequest("A <mask> word")

    (analysis,) = run(worker.analyse(request))

    assert analysis.request is request
    np.testing.assert_array_equal(analysis.hidden, loaded.engine.analyse(request).hidden)


def test_with_heads_switched_off_there_are_two_passes_to_compare(
    worker: EngineWorker, loaded: Loaded
) -> None:
    every = AnalysisRequest("A <mask> word")
    request = replace(every, switched_off=frozenset({(0, 1)}))

    analysis, baseline = run(worker.analyse(request, every))

    alone = loaded.engine.analyse(every)
    np.testing.assert_array_equal(baseline.hidden, alone.hidden)
    assert baseline.request.switched_off == frozenset()
    assert not np.array_equal(analysis.hidden, baseline.hidden)
    assert run(worker.analyse(every, known=[alone])) == (alone,)
    stranger = replace(alone, model=replace(alone.model, name="another"))
    assert run(worker.analyse(every, known=[stranger]))[0] is not stranger


def test_a_pass_can_be_stopped(worker: EngineWorker) -> None:
    with pytest.raises(Stopped):
        run(worker.analyse(AnalysisRequest("A word")), stopped=True)


def test_axes_are_fitted_once_and_then_found_in_the_cache(
    worker: EngineWorker, tmp_path: Path
) -> None:
    steps, first = steps_and_result(run(worker.fit_axes()))
    again, second = steps_and_result(run(worker.fit_axes()))

    told = [step for step in steps if isinstance(step, float)]
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] <= 1
    assert first.n_sentences == 12
    assert first.is_complete
    assert again == []
    for name, fitted in first.fits.items():
        np.testing.assert_array_equal(second.fits[name].axes.loadings, fitted.axes.loadings)
    assert len(list((tmp_path / "axes").glob("*.npz"))) == 1


def test_axes_that_are_not_complete_are_shown_but_never_kept(
    worker: EngineWorker, tmp_path: Path
) -> None:
    steps = run(worker.fit_axes())
    partial = next(step for step in steps if isinstance(step, ReferenceAxes))
    steps.close()  # as when another model is chosen

    assert not partial.is_complete
    assert partial.fitted(STANDARDISED) is not None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.expects_log("holds no axes that can be read")
def test_a_broken_file_of_axes_is_fitted_anew(worker: EngineWorker, tmp_path: Path) -> None:
    _, first = steps_and_result(run(worker.fit_axes()))
    (file,) = (tmp_path / "axes").glob("*.npz")
    file.write_bytes(b"broken")

    told, second = steps_and_result(run(worker.fit_axes()))

    assert told
    np.testing.assert_array_equal(second.sample, first.sample)


def test_models_are_listed_with_their_parameters_and_a_keystroke_may_come_before(
    worker: EngineWorker, loaded: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [str(resource("models/mini")), str(tmp_path / "gone")]
    exported, temporary = tmp_path / "exported", tmp_path / "temporary"
    swept = exported, temporary, tmp_path / "axes"
    for place in swept:
        left = place / ".roberta-00000000-999999999-0123456789abcdef.part"
        left.mkdir(parents=True)
        os.utime(left, (1, 1))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    told, models = steps_and_result(run(worker.list_models(folders, exported)))

    assert models == {folders[0]: loaded.info.n_parameters, folders[1]: 0}
    assert len(told) >= 2
    assert [left for place in swept for left in place.iterdir()] == []


def test_a_panel_asks_the_model_in_use(worker: EngineWorker, loaded: Loaded) -> None:
    work = worker.ask(loaded.info, lambda asked, _stop, _report: asked.engine.info.name)

    assert run(work) == "mini"


def test_what_is_asked_of_a_model_no_longer_in_use_is_never_answered_by_another(
    worker: EngineWorker, loaded: Loaded
) -> None:
    gone = replace(loaded.info, name="another", weights_sha256="1" * 64)
    asked: list[object] = []

    with pytest.raises(Stopped):
        run(worker.ask(gone, lambda model, _stop, _report: asked.append(model)))
    assert asked == []


def test_at_rest_it_holds_no_model_and_what_waits_for_one_ends(
    other: Loaded, tmp_path: Path
) -> None:
    worker = EngineWorker(tmp_path)
    _, loaded = steps_and_result(run(worker.load(other.info.source, "cpu", "float32")))
    worker.use(loaded)
    engine = weakref.ref(loaded.engine)
    waiting = worker.analyse(AnalysisRequest("cat"))

    worker.rest()
    del loaded
    gc.collect()

    assert engine() is None
    with pytest.raises(Stopped):
        run(waiting)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ImportError("libtorch.so: failed to map segment from shared object"), "too little memory"),
        (MemoryError(), "too little memory"),
        (ImportError("No module named 'torch'"), "PyTorch cannot be loaded"),
    ],
)
def test_where_torch_cannot_be_loaded_it_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    real = builtins.__import__

    def importing(name: str, *rest: Any) -> Any:
        if name == "roberta_gui.engine":
            raise error
        return real(name, *rest)

    work = EngineWorker(Path("unused")).load("mini", "cpu", "float32")
    monkeypatch.setattr(builtins, "__import__", importing)

    with pytest.raises(Problem, match=told):
        steps_and_result(run(work))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Load a model of another width, vocabulary and number of layers."""
    shape: dict[str, Any] = {"n_layers": 3, "n_heads": 2, "d_model": 24, "max_positions": 40}
    folder = make_checkpoint(tmp_path_factory.mktemp("models") / "x", family="camembert", **shape)
    work = EngineWorker(Path("unused")).load(str(folder), "cpu", "float32")
    _, result = steps_and_result(run(work))
    assert isinstance(result, Loaded)
    return result


def test_what_memory_a_folder_s_model_takes_is_told_while_it_is_loaded(other: Loaded) -> None:
    told: list[str] = []
    work = EngineWorker(Path("unused")).load(other.info.source, "cpu", "float32")

    steps_and_result(work(lambda: False, lambda text, _fraction: told.append(text)))

    size = (Path(other.info.source) / "model.safetensors").stat().st_size
    assert f"Reading the weights: about {size / 1e9:.2g} GB of memory" in told


def test_a_second_model_makes_passes_of_its_own_beside_the_first(
    worker: EngineWorker, loaded: Loaded, other: Loaded
) -> None:
    request = AnalysisRequest("A dog sat")
    worker.use_second(other)

    (first,), (second,) = (
        run(worker.analyse(request)), run(worker.analyse(request, model=other.info)),
    )  # fmt: skip

    alone = other.engine.analyse(request)
    np.testing.assert_array_equal(second.hidden, alone.hidden)
    assert first.model == loaded.info
    comparison = Comparison(first, second)
    spans = [{(t.start, t.end): t.index for t in each.tokens if not t.is_special}
             for each in (first, second)]  # fmt: skip
    expected = {spans[0][span]: spans[1][span] for span in spans[0].keys() & spans[1].keys()}
    found = {a: b for a, b in comparison.alignment.pairs.tolist() if not first.tokens[a].is_special}
    assert found == expected
    assert len(comparison.layers) == loaded.info.n_layers + 1
    assert (comparison.layers[0], comparison.layers[-1]) == (0, other.info.n_layers)


def test_panels_ask_either_of_two_models_and_none_that_was_let_go_of(
    worker: EngineWorker, loaded: Loaded, other: Loaded
) -> None:
    def ask(model: ModelInfo) -> Any:
        return run(worker.ask(model, lambda asked, _stop, _report: asked.engine.info))

    worker.use_second(other)
    assert (ask(loaded.info), ask(other.info)) == (loaded.info, other.info)
    worker.use(loaded)  # it stays beside another first one
    assert ask(other.info) == other.info

    worker.use_second(None)
    with pytest.raises(Stopped):
        ask(other.info)
    worker.rest()
    worker.use_second(other)
    with pytest.raises(Stopped):
        ask(other.info)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the import opens the library itself")
def test_torchs_library_is_open_before_torch_is_imported() -> None:
    code = """
import sys
from roberta_gui.gui.work.engine_worker import open_torch_library
open_torch_library()
print("torch" in sys.modules, "libtorch_cpu" in open("/proc/self/maps").read())
"""

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert result.stdout.split() == ["False", "True"], result.stderr
