"""What comes with the product is found."""

import json
import os
from pathlib import Path

import pytest

from roberta_gui import __version__
from roberta_gui.resources import resource


@pytest.mark.parametrize(
    "name",
    ["models/mini/config.json", "models/mini/model.safetensors", "models/mini/tokenizer.json"],
)
def test_the_built_in_model_is_there(name: str) -> None:
    assert resource(name).stat().st_size > 0


def test_a_folder_is_found_as_a_whole() -> None:
    folder = resource("models/mini")

    assert json.loads((folder / "config.json").read_text())["model_type"] == "roberta"


def test_the_place_does_not_depend_on_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = resource("models/mini")
    monkeypatch.chdir(tmp_path)

    assert resource("models/mini") == here
    assert os.path.isabs(here)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="came without its file 'models/maxi'"):
        resource("models/maxi")


def test_the_citation_names_this_version() -> None:
    citation = Path(__file__).parents[1] / "CITATION.cff"

    assert f"\nversion: {__version__}\n" in citation.read_text(encoding="utf-8")
