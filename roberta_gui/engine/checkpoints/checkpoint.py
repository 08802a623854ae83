"""Open a checkpoint: from a name or a folder to configuration, weights, tokenizer and origin."""

import os
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import Tensor

from roberta_gui import problems
from roberta_gui.engine.checkpoints import hub
from roberta_gui.engine.checkpoints.checkpoint_files import (
    CONFIGURATION,
    check_architecture,
    count_parameters,
    read_json,
    refuse_other_kinds,
    weight_files,
)
from roberta_gui.engine.checkpoints.parameters import fit_to_network, task_of, unwrapped
from roberta_gui.engine.checkpoints.weights import read_tensors, sha256
from roberta_gui.engine.interruption import go_on
from roberta_gui.engine.roberta import Configuration
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.engine.tokens.tokenizer_files import open_tokenizer
from roberta_gui.outside import COPY_AGAIN, brief, reading
from roberta_gui.records import Report, Stop
from roberta_gui.resources import resource
from roberta_gui.wording import on_one_line

BUILT_IN = "mini"
"""The name of the model that comes with the product."""

_ASSUMED_VOCABULARY = {"roberta": 50265, "xlm-roberta": 30522, "camembert": 30522}
_ASSUMED: dict[str, tuple[str, int | float]] = {
    "n_layers": ("num_hidden_layers", 12),
    "n_heads": ("num_attention_heads", 12),
    "d_model": ("hidden_size", 768),
    "d_feedforward": ("intermediate_size", 3072),
    "max_positions": ("max_position_embeddings", 512),
    "n_types": ("type_vocab_size", 2),
    "padding_id": ("pad_token_id", 1),
    "layer_norm_eps": ("layer_norm_eps", 1e-12),
    "dropout": ("hidden_dropout_prob", 0.1),
}
"""Our names, those in the file, and what transformers assumes for one that is not there."""

_LIMIT = 2**31
"""No size of a network comes near it."""

_PICKED = (".json", ".safetensors", ".bin")
"""Files that somebody may pick instead of the folder they stand for."""

Fetch = Callable[[str, Stop | None, Report | None], Path]
"""Gives the folder that holds a model of the hub, downloading it where need be."""


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """Everything that a model folder holds, ready for the network.

    ``source`` is what to open to get the same model again: ``mini``, the folder's path, the hub
    name. ``weights`` has a tensor for exactly each parameter, in its stored dtype.
    ``weights_sha256`` is that of the weight files' bytes, in the order of their names;
    ``notices`` are whole sentences for somebody who uses the model.
    """

    name: str
    source: str
    folder: Path
    configuration: Configuration
    weights: dict[str, Tensor]
    tokenizer: TextTokenizer
    weights_sha256: str
    tokenizer_sha256: str
    notices: tuple[str, ...]


def open_checkpoint(
    source: str | os.PathLike[str],
    stop: Stop | None = None,
    report: Report | None = None,
    fetch: Fetch = hub.fetch,
    itemsize: int = 0,
) -> Checkpoint:
    """Open a model of the RoBERTa family.

    ``source`` is ``"mini"`` (built in), else a folder in the Hugging Face layout, else a hub name
    such as ``"roberta-base"``, which ``fetch`` makes a folder of. A path object is always a folder.
    ``itemsize`` is how many bytes each number will take: more memory may be needed than the files
    are large. Raises what `Engine.load` raises for a source, and `problems.BadArgument` where it is
    neither text nor a path.
    """
    if not isinstance(source, str | os.PathLike):
        raise problems.BadArgument(
            f"{source!r} names no model.", "Give a folder, or a hub name such as roberta-base."
        )
    name, origin, folder = _locate(source, stop, report, fetch)
    go_on(stop, report, f"Reading {name}", None)
    with reading(f"The folder of {name}"):
        refuse_other_kinds(folder)
        content = read_json(folder / CONFIGURATION)
        # Before anything large is read: the file may be of another architecture altogether.
        described = configuration_of(content)
        opened = open_tokenizer(folder, described.vocab_size, described.n_types)
        files, tie = weight_files(folder), bool(content.get("tie_word_embeddings", True))
        read = read_tensors(files, stop, report, needed=count_parameters(folder) * itemsize)
        tensors = unwrapped(read)
        described = replace(described, task=task_of(content, tensors))
        network = fit_to_network(tensors, described, tie, stop)
        digests = sha256(files, stop, report), opened.sha256
        tokenizer, notices = opened.tokenizer, opened.notices
        return Checkpoint(name, origin, folder, *network, tokenizer, *digests, notices)


def download_steps(
    source: str | os.PathLike[str], stop: Stop | None = None, report: Report | None = None
) -> Generator[None, None, None]:
    """Bring the files of a hub model here, so that opening it waits for no network.

    For any other source there is nothing to do. Each step waits a twentieth of a second at most;
    raises what `hub.fetch_steps` raises.
    """
    text = os.fspath(source)
    if not isinstance(source, str) or text == BUILT_IN:
        return
    if not (_folder(text) or _looks_like_a_path(text)):
        yield from hub.fetch_steps(text, stop, report)


def name_for(source: str) -> str:
    """Return what the model of a source is called, whether it can be opened or not."""
    try:
        folder = _folder(source)
    except problems.ModelNotFound:  # a file, which its path names
        folder = None
    return on_one_line(source) if folder is None else _name_of(folder)


def _name_of(folder: Path) -> str:
    # Training leaves its model in ``model``: the run has the name that tells which one it is.
    named = folder.parent if folder.name == "model" else folder
    return on_one_line(os.fsencode(named.name or folder.name).decode(errors="replace"))


def _locate(
    source: str | os.PathLike[str], stop: Stop | None, report: Report | None, fetch: Fetch
) -> tuple[str, str, Path]:
    """Find the folder of a source; with it the model's name, and how to find it again."""
    if source == BUILT_IN:
        try:
            return BUILT_IN, BUILT_IN, resource("models/mini")
        except FileNotFoundError as error:
            raise problems.ModelNotFound(
                "The built-in model is missing: the installation is incomplete.",
                "Install RoBERTa Explorer again, or open another model.",
            ) from error
    text = os.fspath(source)
    if folder := _folder(text):
        return _name_of(folder), _readable(folder), folder
    if not isinstance(source, str) or _looks_like_a_path(text):
        raise problems.ModelNotFound(
            f"There is no folder {text}.",
            "Give a folder with config.json in it, or a hub name such as roberta-base.",
        )
    return text, text, fetch(text, stop, report)


def _readable(folder: Path) -> str:
    """Return a folder's path, which the readers of weights and tokenizers take as UTF-8 only."""
    path = os.fsencode(folder).decode(errors="replace")
    if path != str(folder):
        raise problems.ModelNotFound(
            f"The path {path} is not UTF-8, so no model can be read from there.",
            "Rename the folder whose name is written in another encoding.",
        )
    return path


def _folder(text: str) -> Path | None:
    """Find the folder that ``text`` is the path of, if there is one."""
    try:
        path = Path(text).expanduser()
        if path.is_file():
            if not (path.parent / CONFIGURATION).is_file() or path.suffix not in _PICKED:
                raise problems.ModelNotFound(
                    f"{path.name} is not a model.",
                    "Open the folder that holds config.json and the weights.",
                )
            path = path.parent
        return path.resolve() if text and path.is_dir() else None
    except (OSError, RuntimeError, ValueError):
        # A name too long for the system, an unknown ~user, a character that no name can have.
        return None


def _looks_like_a_path(text: str) -> bool:
    start = text.startswith((".", "~", "/", "\\"))
    return start or "\\" in text or text.endswith("/") or Path(text).is_absolute()


def configuration_of(content: dict[str, Any]) -> Configuration:
    """Turn the content of ``config.json`` into our configuration.

    What the weights say of heads is not in it. Raises `problems.NotRoberta` for an architecture
    that the network does not build, and `problems.BrokenCheckpoint` where a number is none.
    """
    check_architecture(content)
    words = _ASSUMED_VOCABULARY[content["model_type"]]
    assumed = {"vocab_size": ("vocab_size", words), **_ASSUMED}
    values = {ours: _number(content, *theirs) for ours, theirs in assumed.items()}
    activation = str(content.get("hidden_act", "gelu"))
    return Configuration(**values, activation=activation, tied_decoder=True, has_mask_head=False)


def _number(content: dict[str, Any], key: str, assumed: int | float) -> Any:
    value = content.get(key, assumed)
    whole = isinstance(assumed, int)
    fits = isinstance(value, int) if whole else isinstance(value, int | float)
    least = 0 if key == "pad_token_id" or not whole else 1
    limit = _LIMIT if whole else 1  # a share, or what is added to a variance near 1
    if not fits or isinstance(value, bool) or not least <= value < limit:
        raise problems.BrokenCheckpoint(
            f"config.json is damaged: {key} is {brief(value)}.", COPY_AGAIN
        )
    return type(assumed)(value)
