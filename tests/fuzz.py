"""Spoil what the product reads from outside, at random: only `problems.*` may come of it.

``python -m tests.fuzz --minutes 10 --seed 1`` goes on until the time is up and prints how many
mutations of each kind it tried; a failure names the number that brings it back (``--only``).
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from roberta_gui import problems
from roberta_gui.analysis.axes.axes_file import load_axes, save_axes
from roberta_gui.engine import Engine
from roberta_gui.engine.checkpoints.hub import cached_models
from roberta_gui.findings.words.cloze import Cloze
from roberta_gui.outside import LARGEST_COUNT
from roberta_gui.resources import resource
from tests import spoiled_runs
from tests.analysis.reference import fitted_axes
from tests.analysis.states import made_up_states
from tests.engine.changed_checkpoints import rewrite
from tests.engine.tokens.kinds_of_tokenizers import description
from tests.models import make_checkpoint

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TEXTS = ("The cat sat on the <mask>.", "", "é😀\x00 <s><pad>")
SMALL: dict[str, Any] = {"d_model": 8, "n_layers": 1, "d_feedforward": 8}

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1, 2**31, 2**63, 10**40, 1e300, -1e-300, float("nan"), float("inf"), "", "x",
    "<mask>", "\0", "\ud83d", "x" * 5000, [], [[]], {}, {"content": 3}, [None] * 3, [0, 10**12],
    "9" * 5000,
)  # fmt: skip


class WholeFiles:
    """What is spoiled: whole things, made once, and a place for their spoiled copies.

    Parameters
    ----------
    further
        One more model; None makes one like the built-in, that opens at once.
    """

    def __init__(self, place: Path, further: Path | None = None) -> None:
        self.place = place
        made = make_checkpoint(place / "small", family="xlm-roberta", **SMALL)
        pickled = shutil.copytree(made, place / "pickled")
        _pickle(pickled)
        self.folders = (made, made, pickled, further or _like_mini(place))
        self.axes = place / "whole.npz"
        save_axes(fitted_axes(), self.axes)
        self.runs = spoiled_runs.made(place / "runs")

    def copy(self, folder: Path) -> Path:
        """Give a copy to spoil; it shares its files with the whole one until they are written."""
        target = self.place / "spoiled"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        for file in folder.iterdir():
            (target / file.name).symlink_to(file)
        return target


def _like_mini(place: Path) -> Path:
    """Make a model of bytes' pieces that is stored in float16."""
    tokenizer = place / "tokenizer.json"
    tokenizer.write_text(description("byte BPE as trained"), "utf-8")
    made = make_checkpoint(place / "like mini", tokenizer_json=tokenizer, **SMALL)
    rewrite(made, lambda tensors: {name: value.half() for name, value in tensors.items()})
    return made


def _pickle(folder: Path) -> None:
    import torch
    from safetensors.torch import load_file

    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


# --- how things are spoiled


def spoil_bytes(content: bytes, chance: random.Random) -> bytes:
    """Flip, cut, double, or put in a few bytes."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 3, 20))):
        at = chance.randrange(len(changed) + 1)
        length = chance.choice((1, 4, 100))
        match chance.randrange(4):
            case 0 if at < len(changed):
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = changed[:length]
            case _:
                changed[at:at] = chance.choice((b"\xff", b"\0" * 8, b"9" * 30, b"@Variant(\0\0"))
    return bytes(
        changed[: chance.randrange(len(changed) + 1)] if chance.random() < 0.1 else changed
    )


def spoil_json(content: Any, chance: random.Random) -> Any:
    """Put something odd in the place of a random part, take the part out, or nest it deeply."""
    parts = [(content, key) for key in _keys(content)]
    for holder, key in parts:  # grows while it is walked
        parts += [(holder[key], inner) for inner in _keys(holder[key])[:50]]
        if len(parts) > 500:
            break
    if not parts:
        return chance.choice(ODD)
    for _ in range(chance.choice((1, 1, 2, 5))):
        holder, key = chance.choice(parts)
        if isinstance(holder, dict) and chance.random() < 0.2:
            holder.pop(key, None)
        elif key in _keys(holder):
            holder[key] = chance.choice(ODD)
    return content


def _keys(holder: Any) -> list[Any]:
    if isinstance(holder, dict):
        return list(holder)
    return list(range(len(holder))) if isinstance(holder, list) else []


def spoil_file(file: Path, chance: random.Random) -> None:
    """Spoil one file of a folder: its content, or what kind of file it is."""
    content = file.read_bytes()
    file.unlink()
    match chance.randrange(12):
        case 0:
            return
        case 1:
            os.mkfifo(file)
        case 2:
            file.symlink_to(chance.choice((file, Path("/dev/zero"), Path("/nowhere"), file.parent)))
        case 3:
            file.mkdir()
        case 4:
            file.write_bytes(b'{"a":' * chance.choice((100, 100_000)))
        case 5:
            file.write_bytes(b"\xef\xbb\xbf" + content)
        case 6 | 7:
            file.write_bytes(spoil_bytes(content, chance))
        case _ if file.suffix == ".json":
            file.write_text(json.dumps(spoil_json(json.loads(content), chance)), "utf-8")
        case _ if file.suffix == ".safetensors":
            length = int.from_bytes(content[:8], "little")
            header = spoil_json(json.loads(content[8 : 8 + length]), chance)
            described = json.dumps(header).encode()
            numbers = content[8 + length :]
            file.write_bytes(len(described).to_bytes(8, "little") + described + numbers)
        case _:
            file.write_bytes(spoil_bytes(content, chance))


# --- what is read


def read_folder(whole: WholeFiles, chance: random.Random) -> None:
    """Open a spoiled model and ask it something."""
    folder = whole.copy(chance.choice(whole.folders))
    for file in chance.sample(sorted(folder.iterdir()), chance.choice((1, 1, 2))):
        spoil_file(file, chance)
    engine = Engine.load(folder, device="cpu")
    for text in TEXTS:
        engine.analyse(text)


def read_cache(whole: WholeFiles, chance: random.Random) -> None:
    """List the models of a cache with one spoiled entry; the good one must be there."""
    cache = whole.place / "hub"
    shutil.rmtree(cache, ignore_errors=True)
    for name in ("good", chance.choice(("spoiled", "", "..--..", "a--..", "\udcff", "x" * 200))):
        repository = cache / f"models--{name}"
        shutil.copytree(whole.folders[0], repository / "snapshots" / COMMIT)
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text(COMMIT)
    files = sorted(path for path in repository.rglob("*") if path.is_file())
    for file in chance.sample(files, chance.choice((1, 2))):
        spoil_file(file, chance)
    if "good" not in cached_models(cache):
        raise AssertionError("the good model is not listed")


def read_axes(whole: WholeFiles, chance: random.Random) -> None:
    """Read spoiled axes; those that are taken must work."""
    folder = whole.place / "axes"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    file = Path(shutil.copy(whole.axes, folder))
    spoil_file(file, chance)
    axes = load_axes(file)
    if axes is not None:
        for fitted in axes.fits.values():
            fitted.axes.transform(made_up_states(seed=5, n_tokens=4))


def read_settings(whole: WholeFiles, chance: random.Random) -> None:
    """Read spoiled settings, bring back what they hold, and show what was guessed."""
    from PySide6.QtCore import QSettings

    from roberta_gui.gui.start.preferences import (
        Preferences,
        open_settings,
        recall,
        words_left_hidden,
    )
    from roberta_gui.gui.store import ViewStore
    from roberta_gui.gui.window.arrangements import read_layouts, write_layouts

    folder = whole.place / "settings"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    file = folder / "settings.ini"
    layouts = write_layouts("explore", {"explore": b"\0\xff"}, {"explore": {"lens": (3, 4)}})
    answer = spoil_json(["0f", 1, "a ____", "cat", 1, 0.5, "dog", 3, 2.5, "cat", 0.5, ""], chance)
    hidden = [f"{place} dog" for place in spoil_json([0, 12], chance)]
    Preferences(
        text='é, "b" ;\n', docks=layouts, answers=(json.dumps(answer),), hidden_words=tuple(hidden)
    ).save(QSettings(str(file), QSettings.Format.IniFormat))
    if chance.random() < 0.8:
        spoil_file(file, chance)
    found, store = Preferences.load(open_settings(file)), ViewStore()
    recall(found, store)
    answers = Cloze(store.view.answers)
    answers.score()
    answers.table().to_csv()
    answers.arrays()
    if any(at > LARGEST_COUNT for at in words_left_hidden(found.hidden_words)):
        raise AssertionError("a place beyond any text")
    read_layouts(spoil_bytes(layouts, chance))
    read_layouts(json.dumps(spoil_json(json.loads(layouts), chance)).encode())


def read_run(whole: WholeFiles, chance: random.Random) -> None:
    """Go on with a run of training whose files are spoiled, or with one of fine-tuning."""
    folder = whole.copy(whole.runs)
    for file in chance.sample(sorted(folder.iterdir()), chance.choice((1, 1, 2))):
        if file.suffix == ".pt" and chance.random() < 0.7:
            spoiled_runs.spoil_content(file, partial(spoil_json, chance=chance))
        else:
            spoil_file(file, chance)
    spoiled_runs.go_on(folder, chance.choice(("training", "finetuning", "told")))


KINDS: dict[str, Callable[[WholeFiles, random.Random], None]] = {
    "folder": read_folder,
    "cache": read_cache,
    "axes": read_axes,
    "settings": read_settings,
    "run": read_run,
}


def attempt(whole: WholeFiles, kind: str, seed: str) -> str | None:
    """Spoil and read one thing; return what came of it but should not have, or None."""
    try:
        KINDS[kind](whole, random.Random(f"{kind} {seed}"))
    except problems.Problem:
        return None
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return f"{kind} {seed}: {traceback.format_exc()}"
    return None


def main() -> int:
    """Try mutations until the time is up; return 1 where one of them did harm."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--only", type=int, help="try this number alone")
    options = parser.parse_args()
    tried: Counter[str] = Counter()
    failures: list[str] = []
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        whole = WholeFiles(Path(place), resource("models/mini"))
        end = time.monotonic() + 60 * options.minutes
        number = options.only or 0
        while time.monotonic() < end and (options.only is None or number == options.only):
            for kind in options.kind or KINDS:
                sys.stderr.write(
                    f"\r{kind} {options.seed}:{number} "
                )  # names a crash of the process
                found = attempt(whole, kind, f"{options.seed}:{number}")
                failures += [found] if found else []
                tried[kind] += 1
            number += 1
    told = ", ".join(f"{count:,} {kind}" for kind, count in tried.items())
    sys.stdout.write("\n".join([*failures, f"tried {told}: {len(failures)} did harm", ""]))
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
