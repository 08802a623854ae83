import errno
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants, hf_hub_download

from roberta_gui import problems
from roberta_gui.engine.checkpoints.checkpoint import open_checkpoint
from roberta_gui.engine.checkpoints.hub import as_problem, cached_models, fetch, fetch_steps
from tests.engine.hub_stand_in import COMMIT, Hub, running_hub
from tests.models import make_checkpoint

NAME = "somebody/small-roberta"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Give the files of a small whole model."""
    folder = make_checkpoint(tmp_path_factory.mktemp("hub") / "model", family="xlm-roberta")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(autouse=True)
def _may_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lift the ban on downloads that all tests are under: these reach this computer only."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


@pytest.fixture
def hub(files: dict[str, bytes]) -> Iterator[Hub]:
    with running_hub() as hub:
        hub.models[NAME] = dict(files)
        yield hub


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def gone_endpoint() -> str:
    """Give an address where a hub has been but is no longer."""
    with running_hub() as hub:
        return hub.endpoint


def test_a_model_is_downloaded_and_can_be_opened(
    hub: Hub, cache: Path, files: dict[str, bytes]
) -> None:
    folder = fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)
    assert (folder / "model.safetensors").read_bytes() == files["model.safetensors"]
    opened = open_checkpoint(NAME, fetch=lambda *asked: folder)
    assert opened.name == NAME
    assert opened.configuration.has_mask_head


def test_the_download_lies_where_other_programs_look_for_it(hub: Hub, cache: Path) -> None:
    folder = fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)
    found = hf_hub_download(NAME, "config.json", cache_dir=cache, local_files_only=True)
    assert Path(found).parent == folder


def test_a_cached_model_needs_no_network(hub: Hub, cache: Path) -> None:
    first = fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)
    asked = len(hub.asked)
    assert fetch(NAME, endpoint=hub.endpoint, cache_dir=cache) == first
    assert len(hub.asked) == asked
    assert fetch(NAME, endpoint=gone_endpoint(), cache_dir=cache) == first


def test_only_what_loading_needs_is_downloaded(hub: Hub, cache: Path) -> None:
    hub.models[NAME] = {
        **hub.models[NAME],
        "pytorch_model.bin": b"x",
        "tf_model.h5": b"x",
        "onnx/model.onnx": b"x",
        "README.md": b"x",
        "vocab.json": b"x",
        "sentencepiece.bpe.model": b"x",
        "special_tokens_map.json": b"{}",
    }
    fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)
    assert sorted(hub.downloaded()) == [
        "config.json",
        "model.safetensors",
        "special_tokens_map.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ]


def test_a_pickled_file_is_taken_where_there_is_no_safetensors(hub: Hub, cache: Path) -> None:
    weights = hub.models[NAME]["model.safetensors"]
    kept = {
        name: content for name, content in hub.models[NAME].items() if "safetensors" not in name
    }
    hub.models[NAME] = {**kept, "pytorch_model.bin": weights}
    folder = fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)
    assert (folder / "pytorch_model.bin").read_bytes() == weights


def test_all_shards_are_downloaded(hub: Hub, cache: Path) -> None:
    shards = [f"model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    index = {"weight_map": {"one": shards[0], "two": shards[1], "three": shards[0]}}
    kept = {
        name: content for name, content in hub.models[NAME].items() if "safetensors" not in name
    }
    hub.models[NAME] = {
        **kept,
        "model.safetensors.index.json": json.dumps(index).encode(),
        **dict.fromkeys(shards, b"weights"),
    }
    folder = fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)
    assert all((folder / shard).is_file() for shard in shards)
    assert tuple(cached_models(cache)) == (NAME,)


def large(hub: Hub) -> None:
    """Make the weights large enough for the server to fall silent in the middle of them."""
    hub.models[NAME] = {**hub.models[NAME], "model.safetensors": bytes(24_000_000)}
    hub.gate.clear()


def test_progress_is_told_in_megabytes_on_the_caller_s_thread(hub: Hub, cache: Path) -> None:
    large(hub)
    told: list[tuple[str, float | None]] = []
    threads = set()

    def report(text: str, fraction: float | None) -> None:
        told.append((text, fraction))
        threads.add(threading.get_ident())
        if text == "Downloading model.safetensors, 10 of 24 MB":
            hub.gate.set()

    fetch(NAME, report=report, endpoint=hub.endpoint, cache_dir=cache)
    assert threads == {threading.get_ident()}
    assert told[-1] == ("Downloading model.safetensors, 24 of 24 MB", 1.0)
    fractions = [fraction for _, fraction in told if fraction is not None]
    assert any(0.4 < fraction < 0.5 for fraction in fractions)


def test_a_download_stops_at_once_though_the_server_is_silent(hub: Hub, cache: Path) -> None:
    large(hub)
    told: list[str] = []
    with pytest.raises(problems.Stopped):
        fetch(
            NAME,
            stop=lambda: "Downloading model.safetensors, 10 of 24 MB" in told,
            report=lambda text, fraction: told.append(text),
            endpoint=hub.endpoint,
            cache_dir=cache,
        )
    # The thread that still waits for the server keeps nobody from leaving, and then ends.
    (waiting,) = (
        thread for thread in threading.enumerate() if thread.name == f"download of {NAME}"
    )
    assert waiting.daemon
    hub.gate.set()
    waiting.join()
    assert not waiting.is_alive()
    assert not list(cache.rglob("*.incomplete"))
    assert tuple(cached_models(cache)) == ()
    fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)
    assert tuple(cached_models(cache)) == (NAME,)


def test_between_the_steps_of_a_download_the_caller_is_free(hub: Hub, cache: Path) -> None:
    large(hub)
    steps = fetch_steps(NAME, endpoint=hub.endpoint, cache_dir=cache)
    for _ in range(3):
        next(steps)  # comes back though the server is silent
    hub.gate.set()

    for _ in steps:
        pass

    assert tuple(cached_models(cache)) == (NAME,)


def test_whoever_closes_the_steps_leaves_the_download(hub: Hub, cache: Path) -> None:
    large(hub)
    told: list[str] = []
    steps = fetch_steps(
        NAME,
        report=lambda text, fraction: told.append(text),
        endpoint=hub.endpoint,
        cache_dir=cache,
    )
    while "Downloading model.safetensors, 10 of 24 MB" not in told:
        next(steps)
    (waiting,) = (
        thread for thread in threading.enumerate() if thread.name == f"download of {NAME}"
    )
    steps.close()
    hub.gate.set()

    waiting.join()
    assert not waiting.is_alive()
    assert tuple(cached_models(cache)) == ()


def test_a_download_that_is_stopped_before_it_begins_asks_for_nothing(
    hub: Hub, cache: Path
) -> None:
    with pytest.raises(problems.Stopped):
        fetch(NAME, stop=lambda: True, endpoint=hub.endpoint, cache_dir=cache)
    assert hub.asked == []


@pytest.mark.parametrize(
    ("status", "code", "problem", "said"),
    [
        (404, "RepoNotFound", problems.ModelNotFound, "no model somebody/small-roberta"),
        (401, "RepoNotFound", problems.ModelNotFound, "hf auth login"),
        (401, "", problems.ModelNotFound, "hf auth login"),
        (403, "GatedRepo", problems.ModelNotFound, "accepted its terms"),
        (403, "", problems.ModelNotFound, "hf auth login"),
        (500, "", problems.NoNetwork, "error 500"),
        (429, "", problems.NoNetwork, "error 429"),
    ],
)
def test_a_refusal_of_the_hub_says_what_to_do(
    hub: Hub, cache: Path, status: int, code: str, problem: type[problems.Problem], said: str
) -> None:
    hub.refused[NAME] = (status, code)
    with pytest.raises(problem, match=said) as caught:
        fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)
    assert caught.value.hint


def test_a_model_that_nobody_made_is_not_found(hub: Hub, cache: Path) -> None:
    with pytest.raises(problems.ModelNotFound, match="no model nobody/nothing"):
        fetch("nobody/nothing", endpoint=hub.endpoint, cache_dir=cache)


@pytest.mark.parametrize("name", ["", "two words", "../up", "a/b/c", "a--b", "x" * 200, "é/è"])
def test_what_is_no_name_is_not_asked_for(hub: Hub, cache: Path, name: str) -> None:
    with pytest.raises(problems.ModelNotFound, match="neither a folder nor the name"):
        fetch(name, endpoint=hub.endpoint, cache_dir=cache)
    assert hub.asked == []


def test_without_network_a_model_that_is_not_cached_is_a_problem(cache: Path) -> None:
    with pytest.raises(problems.NoNetwork, match="cannot be reached"):
        fetch(NAME, endpoint=gone_endpoint(), cache_dir=cache)


def test_where_downloads_are_forbidden_the_problem_says_so(
    hub: Hub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(problems.NoNetwork, match="HF_HUB_OFFLINE forbids"):
        fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)
    assert hub.asked == []


def test_a_download_that_ends_too_early_is_not_taken_for_whole(hub: Hub, cache: Path) -> None:
    hub.cut_short = {"model.safetensors"}
    with pytest.raises(problems.NoNetwork, match="broke off"):
        fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)
    assert tuple(cached_models(cache)) == ()
    hub.cut_short = set()
    fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)
    assert tuple(cached_models(cache)) == (NAME,)


def test_another_architecture_is_refused_before_its_weights_are_downloaded(
    hub: Hub, cache: Path
) -> None:
    hub.models[NAME] = {**hub.models[NAME], "config.json": b'{"model_type": "bert"}'}
    with pytest.raises(problems.NotRoberta, match="'bert'"):
        fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)
    assert hub.downloaded() == ["config.json"]


@pytest.mark.parametrize("lacking", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_repository_that_lacks_a_file_is_refused(hub: Hub, cache: Path, lacking: str) -> None:
    files = hub.models[NAME]
    hub.models[NAME] = {name: files[name] for name in files if name != lacking}
    with pytest.raises(problems.BrokenCheckpoint, match=f"no {lacking}"):
        fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)


def test_a_file_that_is_listed_but_gone_is_a_problem(hub: Hub, cache: Path) -> None:
    hub.lost = {"model.safetensors"}
    with pytest.raises(problems.BrokenCheckpoint, match="does not have"):
        fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)


def test_a_model_larger_than_the_disk_is_refused_before_its_weights_are_downloaded(
    hub: Hub, cache: Path
) -> None:
    hub.listed_sizes["model.safetensors"] = 10**18
    with pytest.raises(problems.BrokenCheckpoint, match="disk is full") as caught:
        fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)
    assert "HF_HOME" in caught.value.hint
    assert "model.safetensors" not in hub.downloaded()


@pytest.mark.parametrize(
    ("error", "problem", "said"),
    [
        (OSError(errno.ENOSPC, "No space left"), problems.BrokenCheckpoint, "disk is full"),
        (PermissionError(errno.EACCES, "Permission denied"), problems.BrokenCheckpoint, "stored"),
        (ConnectionResetError(errno.ECONNRESET, "Reset"), problems.NoNetwork, "broke off"),
        (problems.NotRoberta("Not one."), problems.NotRoberta, "Not one"),
    ],
)
def test_errors_of_disk_and_network_become_problems(
    error: Exception, problem: type[problems.Problem], said: str
) -> None:
    translated = as_problem(error, NAME)
    assert isinstance(translated, problem)
    assert said in str(translated)


def test_an_error_of_another_kind_is_left_as_it_is() -> None:
    assert as_problem(ValueError("a mistake in the program"), NAME) is None


def test_only_whole_models_of_the_family_are_listed(hub: Hub, cache: Path) -> None:
    assert tuple(cached_models(cache)) == ()
    whole = fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)

    def add(name: str) -> Path:
        folder = cache / f"models--{name}" / "snapshots" / COMMIT
        return shutil.copytree(whole, folder)

    add("roberta-like")
    (add("of-another-kind") / "config.json").write_text('{"model_type": "bert"}')
    (add("damaged") / "config.json").write_text("{")
    (add("without-tokenizer") / "tokenizer.json").unlink()
    weights = add("with-a-dangling-link") / "model.safetensors"
    weights.unlink()
    weights.symlink_to("nowhere")
    (cache / "models--empty").mkdir()
    (cache / "datasets--somebody--texts").mkdir()
    assert tuple(cached_models(cache)) == ("roberta-like", NAME)


def test_the_main_version_is_preferred_to_a_newer_one(hub: Hub, cache: Path) -> None:
    main = fetch(NAME, endpoint=hub.endpoint, cache_dir=cache)
    newer = shutil.copytree(main, main.parent / ("f" * 40))
    later = main.stat().st_mtime + 60
    os.utime(newer, (later, later))
    assert fetch(NAME, cache_dir=cache) == main
    (main / "config.json").unlink()
    assert fetch(NAME, cache_dir=cache) == newer
