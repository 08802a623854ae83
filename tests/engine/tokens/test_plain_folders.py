"""A RoBERTa as the hub has it is opened at once; whatever else its files say has its effect."""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from roberta_gui import problems
from roberta_gui.engine.tokens.text_tokenizer import TextTokenizer
from roberta_gui.engine.tokens.tokenizer_files import open_tokenizer
from tests.engine.small_folders import WORDS, word_pieces
from tests.engine.tokens.kinds_of_tokenizers import description

Content = dict[str, Any]

N_ROWS = 313
"""What the plain tokenizer knows."""

TEXTS = (
    "Sail on the <mask>.",
    "the [E1]  cats\n",
    "  A CREW <s> sings</s>",
    "[MASK]The cat",
    "cats Ada",
)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """Give a folder whose tokenizer.json is what RobertaTokenizer makes, and says nothing else."""
    content = json.loads(description("byte BPE as trained"))
    content["added_tokens"][-1]["lstrip"] = True
    # What no text becomes as long as words are parted, and cut by merges.
    content["model"]["vocab"] |= {"sĠ": N_ROWS - 2, "ĠAda": N_ROWS - 1}
    content["model"]["merges"].insert(0, ["s", "Ġ"])
    content["post_processor"] = {
        "type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0],
        "trim_offsets": True, "add_prefix_space": False,
    }  # fmt: skip
    write(tmp_path, "tokenizer.json", content)
    write(tmp_path, "config.json", {"model_type": "roberta"})
    write(tmp_path, "tokenizer_config.json", {"tokenizer_class": "RobertaTokenizer"})
    return tmp_path


def write(folder: Path, name: str, content: object) -> None:
    (folder / name).write_text(json.dumps(content), "utf-8")


def said(name: str, **values: object) -> Callable[[Path], None]:
    """Make what adds to a file of a folder, or writes it anew."""

    def change(folder: Path) -> None:
        file = folder / name
        before = json.loads(file.read_text("utf-8")) if file.exists() else {}
        write(folder, name, before | values)

    return change


def tokenizer_with(change: Callable[[Content], object]) -> Callable[[Path], None]:
    """Make what changes a folder's tokenizer.json."""

    def rewrite(folder: Path) -> None:
        content = json.loads((folder / "tokenizer.json").read_text("utf-8"))
        change(content)
        write(folder, "tokenizer.json", content)

    return rewrite


def further(row: int) -> Content:
    """Describe a special token as transformers does in its settings."""
    flags = ("normalized", "lstrip", "rstrip", "single_word")
    return {str(row): {"content": "[E1]", "special": True, **dict.fromkeys(flags, False)}}


def _further(content: Content, **values: object) -> None:
    token = content["added_tokens"][-1] | {"id": len(content["model"]["vocab"]), "content": "[E1]"}
    content["added_tokens"].append(token | values)


def _moved(content: Content) -> None:
    """Give the mask a row of its own at the end, where the vocabulary has it at the beginning."""
    content["added_tokens"][-1]["id"] = len(content["model"]["vocab"])


def as_trained(folder: Path) -> None:
    """Leave what the library's own trainer writes: no template, and nothing beside it."""
    (folder / "tokenizer.json").write_text(description("byte BPE as trained"), "utf-8")
    (folder / "tokenizer_config.json").unlink()


CHANGES: dict[str, Callable[[Path], None]] = {
    "add_prefix_space": said("tokenizer_config.json", add_prefix_space=True),
    "another mask": said("tokenizer_config.json", mask_token="[MASK]"),
    "a further special token": said("tokenizer_config.json", additional_special_tokens=["[E1]"]),
    "special tokens are letters": said("tokenizer_config.json", split_special_tokens=True),
    "another class": said("tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast"),
    "added_tokens.json": said("added_tokens.json", **{"[E1]": N_ROWS}),
    "added_tokens_decoder": said("tokenizer_config.json", added_tokens_decoder=further(N_ROWS)),
    "special_tokens_map.json": said("special_tokens_map.json", sep_token="<pad>"),
    "a normalizer": tokenizer_with(lambda content: content.update(normalizer={"type": "NFC"})),
    "lower case": tokenizer_with(lambda content: content.update(normalizer={"type": "Lowercase"})),
    "a space put in front": tokenizer_with(
        lambda content: content["pre_tokenizer"].update(add_prefix_space=True)
    ),
    "words that are not parted": tokenizer_with(
        lambda content: content["pre_tokenizer"].update(use_regex=False)
    ),
    "words parted at blanks": tokenizer_with(
        lambda content: content.update(pre_tokenizer={"type": "WhitespaceSplit"})
    ),
    "words that need no merges": tokenizer_with(
        lambda content: content["model"].update(ignore_merges=True)
    ),
    "an unknown token": tokenizer_with(lambda content: content["model"].update(unk_token="<unk>")),
    "no template": tokenizer_with(lambda content: content.update(post_processor=None)),
    "a template as BERT's": tokenizer_with(
        lambda content: content["post_processor"].update(type="BertProcessing")
    ),
    "other ends": tokenizer_with(
        lambda content: content["post_processor"].update(cls=["<pad>", 1], sep=["<pad>", 1])
    ),
    "ends of other rows": tokenizer_with(
        lambda content: content["post_processor"].update(cls=["<s>", 2], sep=["</s>", 0])
    ),
    "an added token": tokenizer_with(_further),
    "an added word": tokenizer_with(lambda content: _further(content, special=False)),
    "a mask that is no special token": tokenizer_with(
        lambda content: content["added_tokens"][-1].update(special=False)
    ),
    "a mask that takes no space": tokenizer_with(
        lambda content: content["added_tokens"][-1].update(lstrip=False)
    ),
    "a mask in another row": tokenizer_with(_moved),
    "no mask": tokenizer_with(lambda content: content["added_tokens"].pop()),
    "as its trainer saves it": as_trained,
}


def test_a_plain_folder_is_taken_as_it_is(plain: Path) -> None:
    opened = open_tokenizer(plain)
    assert opened.sha256 == hashlib.sha256((plain / "tokenizer.json").read_bytes()).hexdigest()
    assert not opened.notices


def alike(folder: Path, texts: Sequence[str], second: str) -> tuple[TextTokenizer, Any]:
    """Open a folder's tokenizer and transformers', which cut all texts and pairs alike."""
    from transformers import AutoTokenizer

    theirs: Any = AutoTokenizer.from_pretrained(folder)
    ours = open_tokenizer(folder).tokenizer
    for text in texts:
        for given in ((text,), (text, second)):
            ids = [token.id for token in ours.tokenize(*given)]
            assert ids == theirs(*given)["input_ids"], given
    return ours, theirs


@pytest.mark.parametrize("what", ["nothing", *CHANGES])
def test_what_a_plain_folder_says_besides_has_the_effect_that_it_has_in_transformers(
    plain: Path, what: str
) -> None:
    if what in CHANGES:
        CHANGES[what](plain)

    ours, theirs = alike(plain, TEXTS, "Ada")

    assert theirs.mask_token_id in (ours.mask_id, None)


@pytest.fixture(scope="module")
def made_of_pieces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return word_pieces(tmp_path_factory.mktemp("pieces"))


@pytest.fixture
def pieces(made_of_pieces: Path, tmp_path: Path) -> Path:
    """Give a folder with a tokenizer of BERT's kind, without weights."""
    without = shutil.ignore_patterns("*.safetensors")
    return shutil.copytree(made_of_pieces, tmp_path / "pieces", ignore=without)


def lists_words_only(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text("".join(f"{word}\n" for word in WORDS), "utf-8")


def leaves_case_to_its_class(folder: Path) -> None:
    write(folder, "tokenizer_config.json", {"tokenizer_class": "BertTokenizer"})


CHANGES_OF_PIECES: dict[str, Callable[[Path], None]] = {
    "do_lower_case": said("tokenizer_config.json", do_lower_case=True),
    "case as its class has it": leaves_case_to_its_class,
    "added_tokens_decoder": said("tokenizer_config.json", added_tokens_decoder=further(len(WORDS))),
    "added_tokens.json": said("added_tokens.json", **{"[E1]": len(WORDS)}),
    "another mask": said("tokenizer_config.json", mask_token="[PAD]"),
}
"""Each has an effect on the ids of `TEXTS_OF_PIECES`."""

WITHOUT_EFFECT: dict[str, Callable[[Path], None]] = {
    "no do_lower_case": tokenizer_with(
        lambda content: content["normalizer"].update(lowercase=True)
    ),
    "no template": tokenizer_with(lambda content: content.update(post_processor=None)),
    "vocab.txt alone": lists_words_only,
}
"""Case is kept as the settings say, whatever the file does; all else the class knows by itself."""

TEXTS_OF_PIECES = ("The Cat sat on the [MASK].", "the [E1]  cats\n", "CAT dog[PAD] Dogs", "")


@pytest.mark.parametrize("what", ["nothing", *CHANGES_OF_PIECES, *WITHOUT_EFFECT])
def test_what_a_folder_of_word_pieces_says_has_the_effect_that_it_has_in_transformers(
    pieces: Path, what: str
) -> None:
    before = [open_tokenizer(pieces).tokenizer.tokenize(text) for text in TEXTS_OF_PIECES]
    if what != "nothing":
        (CHANGES_OF_PIECES | WITHOUT_EFFECT)[what](pieces)

    ours, theirs = alike(pieces, TEXTS_OF_PIECES, "the dog")

    assert ours.mask_id == theirs.mask_token_id
    assert ours.mask_token == theirs.mask_token
    is_as_before = [ours.tokenize(text) for text in TEXTS_OF_PIECES] == before
    assert is_as_before == (what not in CHANGES_OF_PIECES)


@pytest.mark.parametrize(
    "values", [{"tokenizer_class": "CamembertTokenizer"}, {"model_type": "xlm-roberta"}]
)
def test_what_another_kind_of_tokenizer_cannot_be_made_of_is_refused(
    plain: Path, values: dict[str, object]
) -> None:
    (plain / "tokenizer_config.json").unlink()
    said("config.json", **values)(plain)

    with pytest.raises(problems.BrokenCheckpoint, match="cannot be read") as caught:
        open_tokenizer(plain)
    assert "transformers says" in caught.value.hint


def test_a_token_more_than_the_model_has_rows_is_told_when_the_folder_opens_and_when_typed(
    plain: Path,
) -> None:
    said("added_tokens.json", **{"[E1]": N_ROWS})(plain)

    opened = open_tokenizer(plain, n_rows=N_ROWS)

    told = f"The tokenizer has 1 token more than the {N_ROWS} that the model knows."
    assert told in opened.notices
    assert opened.tokenizer.tokenize("the cats")
    with pytest.raises(problems.TokenWithoutRow, match=r"does not know “\[E1\]”"):
        opened.tokenizer.tokenize("the [E1]")


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("no template", "what is put around a text"),
        ("lower case", "how characters are changed first"),
        ("words parted at blanks", "where words begin and end"),
    ],
)
def test_where_version_4_read_a_folder_otherwise_that_is_said(
    plain: Path, what: str, told: str
) -> None:
    CHANGES[what](plain)
    (notice,) = open_tokenizer(plain).notices
    assert notice.startswith("The tokenizer is read as transformers 5 reads it; transformers 4")
    assert told in notice


def test_a_template_of_tokens_or_types_that_the_model_lacks_is_refused(plain: Path) -> None:
    content = json.loads((plain / "tokenizer.json").read_text("utf-8"))
    _further(content)
    content["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [{"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [
            {"Sequence": {"id": "A", "type_id": 0}},
            {"SpecialToken": {"id": "[E1]", "type_id": 2}},
            {"Sequence": {"id": "B", "type_id": 1}},
        ],
        "special_tokens": {"[E1]": {"id": "[E1]", "ids": [N_ROWS], "tokens": ["[E1]"]}},
    }
    described = json.dumps(content)

    with pytest.raises(problems.BrokenCheckpoint, match=f"puts token {N_ROWS} around every text"):
        TextTokenizer(described, n_rows=N_ROWS)
    with pytest.raises(problems.BrokenCheckpoint, match="gives tokens the type 2"):
        TextTokenizer(described, n_types=2)
    assert TextTokenizer(described, n_rows=N_ROWS + 1, n_types=3).tokenize("the cats")


def test_merges_are_never_left_out_at_random(plain: Path) -> None:
    content = json.loads((plain / "tokenizer.json").read_text("utf-8"))
    before = TextTokenizer(json.dumps(content)).tokenize(TEXTS[0])
    content["model"]["dropout"] = 0.5
    ours = TextTokenizer(json.dumps(content))
    assert [ours.tokenize(TEXTS[0]) for _ in range(20)] == [before] * 20
