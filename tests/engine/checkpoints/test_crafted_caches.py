"""The hub's cache is everybody's: one spoiled entry is left out, and no other goes with it."""

import errno
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants

from roberta_gui import problems
from roberta_gui.engine.checkpoints.hub import cached_models, fetch
from tests.patience import PATIENCE_S

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def cache(made: Path, tmp_path: Path) -> Path:
    """Give a cache with a good model, ``good``, and one to be spoiled, ``spoiled``."""
    for name in ("good", "spoiled"):
        repository = tmp_path / "hub" / f"models--{name}"
        shutil.copytree(made, repository / "snapshots" / COMMIT)
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text(COMMIT)
    return tmp_path / "hub"


def refer_to(content: bytes) -> Callable[[Path], object]:
    return lambda repository: (repository / "refs" / "main").write_bytes(content)


def loop(repository: Path) -> None:
    shutil.rmtree(repository / "snapshots")
    (repository / "snapshots").mkdir()
    (repository / "snapshots" / COMMIT).symlink_to(repository / "snapshots" / COMMIT)


def looping_file(repository: Path) -> None:
    file = repository / "snapshots" / COMMIT / "config.json"
    file.unlink()
    file.symlink_to(file)


def pipe(repository: Path) -> None:
    main = repository / "refs" / "main"
    main.unlink()
    os.mkfifo(main)


def nest(repository: Path) -> None:
    (repository / "snapshots" / COMMIT / "config.json").write_text('{"a":' * 100_000)


def lead_outside(repository: Path) -> None:
    outside = repository.parents[1] / "outside"
    shutil.move(repository / "snapshots" / COMMIT, outside)
    (repository / "snapshots" / COMMIT).symlink_to(outside)


def lead_one_file_outside(repository: Path) -> None:
    file = repository / "snapshots" / COMMIT / "model.safetensors"
    shutil.move(file, repository.parents[1] / "outside.safetensors")
    file.symlink_to(repository.parents[1] / "outside.safetensors")


SPOILED = {
    "a reference that is not UTF-8": refer_to(b"\xff\xfe\x80"),
    "a reference of 10 MB": refer_to(b"0" * 10_000_000),
    "a loop": loop,
    "a file that is a loop": looping_file,
    "a reference that is a pipe": pipe,
    "a configuration nested deeply": nest,
    "a version outside the cache": lead_outside,
    "a file outside the cache": lead_one_file_outside,
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has neither pipes nor links")
@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_spoiled_entry_is_left_out_and_the_good_one_listed(
    cache: Path, spoil: Callable[[Path], object]
) -> None:
    spoil(cache / "models--spoiled")

    assert tuple(cached_models(cache)) == ("good",)


def test_what_is_left_out_is_logged(cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    nest(cache / "models--spoiled")
    with caplog.at_level(logging.INFO):
        cached_models(cache)

    assert "models--spoiled is left out of the models: config.json is damaged" in caplog.text


@pytest.mark.parametrize("where", ["/etc", "../../../..", "..", ".", "", "\0", "x" * 500])
def test_a_reference_never_leads_out_of_the_cache(cache: Path, where: str) -> None:
    refer_to(where.encode())(cache / "models--spoiled")

    # It names no version, so the newest one is taken.
    assert tuple(cached_models(cache)) == ("good", "spoiled")
    assert fetch("spoiled", cache_dir=cache).is_relative_to(cache)


@pytest.mark.parametrize("name", ["models--", "models--..--..", "models--a--..", "models--a b"])
def test_a_folder_whose_name_is_no_model_s_is_left_out(cache: Path, made: Path, name: str) -> None:
    shutil.copytree(made, cache / name / "snapshots" / COMMIT)

    assert tuple(cached_models(cache)) == ("good", "spoiled")


def test_links_into_nowhere_are_no_versions(cache: Path) -> None:
    (cache / "models--spoiled" / "snapshots" / "gone").symlink_to("nowhere")
    (cache / "models--gone").symlink_to("nowhere")
    (cache / "models--file").write_text("no folder")

    assert tuple(cached_models(cache)) == ("good", "spoiled")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads anything")
def test_an_entry_that_may_not_be_read_is_left_out(cache: Path) -> None:
    folder = cache / "models--spoiled" / "snapshots"
    folder.chmod(0)
    try:
        assert tuple(cached_models(cache)) == ("good",)
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize("where", ["snapshots", f"snapshots/{COMMIT}"])
def test_an_entry_that_may_not_be_listed_is_left_out_and_told_of_where_it_is_asked_for(
    cache: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """As above, also where the tests are run by root, whom no rights stop."""
    listed, refused = Path.iterdir, cache / "models--spoiled" / where

    def list_or_refuse(folder: Path) -> Iterator[Path]:
        if folder == refused:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", list_or_refuse)

    assert tuple(cached_models(cache)) == ("good",)
    with pytest.raises(
        problems.BrokenCheckpoint, match="cannot be read: Permission denied"
    ) as told:
        fetch("spoiled", cache_dir=cache)
    assert told.value.hint


def test_a_spoiled_copy_that_is_asked_for_is_told_of(cache: Path) -> None:
    nest(cache / "models--spoiled")
    assert fetch("good", cache_dir=cache).is_dir()

    loop(cache / "models--good")
    with pytest.raises(problems.Problem):
        fetch("good", cache_dir=cache)


@pytest.mark.parametrize("proxy", ["http://[::1", "ftp://x:1", "http://host:port"])
def test_a_malformed_proxy_is_named_and_what_it_holds_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    from huggingface_hub import close_session

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    close_session()  # a client that is there already has read its environment
    with pytest.raises(problems.NoNetwork, match="HTTPS_PROXY") as caught:
        fetch("somebody/something", endpoint="https://127.0.0.1:1", cache_dir=tmp_path)

    assert proxy not in str(caught.value)
    assert "http://proxy.example:8080" in caught.value.hint


def test_a_number_in_the_environment_that_is_none_is_told_of() -> None:
    code = "from roberta_gui.engine.checkpoints import hub; hub.cached_models()"
    environment = os.environ | {"HF_HUB_DOWNLOAD_TIMEOUT": "ten", "HF_HUB_ETAG_TIMEOUT": "ten"}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )

    assert "problems.BrokenCheckpoint: The environment of huggingface_hub" in ran.stderr
