"""Whatever a folder says, the ids are those that transformers gives, or it is refused truly.

By hand, with thousands of folders: ``python -m tests.engine.tokens.test_any_folder 5000``.
"""

import random
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from roberta_gui import problems
from roberta_gui.engine.tokens.tokenizer_files import open_tokenizer
from roberta_gui.wording import on_one_line
from tests.engine.tokens.drawn_folders import draw_folder, draw_text

N_TEXTS = 12


def outcome(seed: int, folder: Path) -> str:
    """Draw a folder and texts, compare, and say how it went."""
    chance = random.Random(seed)
    draw_folder(folder, chance)
    theirs = _from_transformers(folder)
    if isinstance(theirs, Exception) or not _is_usable(theirs, folder):
        with pytest.raises(problems.Problem) as refusal:
            open_tokenizer(folder)
        assert refusal.value.hint
        assert _is_true(refusal.value, theirs, folder), (seed, refusal.value, theirs)
        return "refused"
    ours, _, _ = open_tokenizer(folder, n_types=2)
    gives_types = "token_type_ids" in theirs.model_input_names
    for _ in range(N_TEXTS):
        text, pair = draw_text(chance), draw_text(chance)
        for given in ((text,), (text, pair or "cat")):
            expected = _called(theirs, given)
            if expected is None:
                with pytest.raises(problems.UnencodableText):
                    ours.tokenize(*given)
                continue
            tokens = ours.tokenize(*given)
            assert [token.id for token in tokens] == expected["input_ids"], (seed, given)
            if gives_types:
                types = [token.type_id for token in tokens]
                assert types == expected["token_type_ids"], (seed, given)
            for token in tokens:
                whole = given[token.segment or 0]
                assert token.text == whole[token.start : token.end] or token.is_special
    assert theirs.mask_token_id is None or ours.mask_id == theirs.mask_token_id
    return "same"


def _from_transformers(folder: Path) -> Any:
    from transformers import AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity(50)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return AutoTokenizer.from_pretrained(
                folder, trust_remote_code=False, local_files_only=True
            )
        except Exception as error:  # noqa: BLE001 - whatever it stumbles over is a refusal
            return error


def _is_true(told: problems.Problem, theirs: Any, folder: Path) -> bool:
    """Tell whether a folder is refused for what transformers stumbles over, or has no spans for."""
    if "exists only in Python" in told.title:
        return not isinstance(theirs, Exception) and not theirs.is_fast
    if isinstance(theirs, Exception):
        said = f"{type(theirs).__name__}: {on_one_line(str(theirs)[:30])}"
        return f"transformers says: {said}" in told.hint
    missing = [name for name in theirs.vocab_files_names.values() if not (folder / name).exists()]
    return theirs.is_fast and any(name in told.title for name in missing)


def _called(tokenizer: Any, given: tuple[str, ...]) -> Any:
    try:
        return tokenizer(*given)
    except Exception:  # noqa: BLE001 - the Rust side raises plain Exception for a text it cannot cut
        return None


def _is_usable(tokenizer: Any, folder: Path) -> bool:
    """Tell whether it is a fast tokenizer that was made of the folder's own files."""
    files = {*tokenizer.vocab_files_names.values(), "tokenizer.json"}
    return tokenizer.is_fast and any((folder / name).exists() for name in files)


@pytest.mark.parametrize("part", range(4))
def test_a_folder_s_ids_are_those_of_transformers(part: int, tmp_path: Path) -> None:
    outcomes: Counter[str] = Counter()
    for seed in range(part * 40, part * 40 + 40):
        folder = tmp_path / str(seed)
        folder.mkdir()
        outcomes[outcome(seed, folder)] += 1
    assert outcomes["same"] > outcomes["refused"]


def _by_hand(n_folders: int) -> None:
    outcomes: Counter[str] = Counter()
    for seed in range(1000, 1000 + n_folders):
        with tempfile.TemporaryDirectory() as folder:
            outcomes[outcome(seed, Path(folder))] += 1
    sys.stdout.write(f"{dict(outcomes)}\n")


if __name__ == "__main__":
    _by_hand(int(sys.argv[1]))
