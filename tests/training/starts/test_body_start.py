"""A BERT's body under a vocabulary of ours: transformers' own model is the witness."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from roberta_gui import problems
from roberta_gui.training.command_line import main
from roberta_gui.training.starts.body_start import from_body
from roberta_gui.training.starts.start import from_checkpoint
from tests.tolerances import PASS

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "has", "it", "a", "##t", "##en"]


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """Give the folder of a small BERT with lower-case WordPiece, and the model itself."""
    import transformers

    folder = tmp_path_factory.mktemp("bert")
    torch.manual_seed(1)
    shape = transformers.BertConfig(
        num_hidden_layers=2,
        num_attention_heads=2,
        hidden_size=32,
        intermediate_size=48,
        max_position_embeddings=40,
        vocab_size=len(WORDS),
    )
    model: Any = transformers.BertModel(shape)
    model.eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, 0.0, 0.3)
    model.save_pretrained(folder)
    vocabulary = {word: row for row, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.add_special_tokens(WORDS[:5])
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[MASK]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(names), encoding="utf-8")
    return folder, model


def test_every_weight_of_the_blocks_is_found_again(
    bert: tuple[Path, Any], tokenizer_folder: Path, tmp_path: Path
) -> None:
    folder, _ = bert
    options = ["start-from-body", folder, "--tokenizer", tokenizer_folder, "--out", tmp_path]

    assert main([*map(str, options)]) == 0

    theirs, ours = (load_file(one / "model.safetensors") for one in (folder, tmp_path))
    blocks = [name for name in theirs if name.startswith(("encoder.", "embeddings.LayerNorm"))]
    assert len(blocks) == 2 * 16 + 2
    assert all(torch.equal(theirs[name], ours[f"roberta.{name}"]) for name in blocks)
    assert from_checkpoint(str(tmp_path)).network.configuration.max_tokens == 40


def test_the_same_embeddings_give_the_hidden_states_of_the_body(
    bert: tuple[Path, Any], tokenizer_folder: Path
) -> None:
    folder, model = bert
    network = from_body(folder, tokenizer_folder).start.network.eval()
    embeddings = torch.randn(3, 11, 32)

    theirs = model.encoder(embeddings).last_hidden_state

    torch.testing.assert_close(network.encode(embeddings), theirs, atol=PASS, rtol=0)


def test_the_first_token_stands_at_the_bodys_first_position(
    bert: tuple[Path, Any], tokenizer_folder: Path
) -> None:
    folder, model = bert
    embeddings = from_body(folder, tokenizer_folder).start.network.embeddings
    places = embeddings.positions(torch.full((1, 40), 9))[0]

    found = embeddings.position(places)

    torch.testing.assert_close(found, model.embeddings.position_embeddings.weight)


def test_a_token_begins_as_its_word_its_piece_or_the_mean_of_its_pieces(
    bert: tuple[Path, Any], tokenizer_folder: Path
) -> None:
    folder, model = bert
    start, _ = from_body(folder, tokenizer_folder)
    theirs = model.embeddings.word_embeddings.weight.detach()

    def near(token: str, *pieces: str) -> bool:
        row = start.tokenizer.row_of(token)
        mean = theirs[[WORDS.index(piece) for piece in pieces]].mean(dim=0)
        moved = start.network.embeddings.word.weight[row] - mean
        # Drawn with a twentieth of the vectors' spread, and no draw of 32 is five times as wide.
        return bool(moved.abs().max() < 5 * 0.05 * theirs.std())

    assert near(" has", "has")
    assert near(" It", "it")
    assert near("en", "##en")
    assert near("at", "a", "##t")
    assert near("<mask>", "[MASK]")
    assert not near(" has", "the")


def test_what_the_body_does_not_know_begins_as_the_mean_of_all_words(
    bert: tuple[Path, Any], tokenizer_folder: Path
) -> None:
    folder, model = bert
    start, n_known = from_body(folder, tokenizer_folder)
    theirs = model.embeddings.word_embeddings.weight.detach()

    moved = start.network.embeddings.word.weight[start.tokenizer.row_of("Z")] - theirs.mean(dim=0)

    assert bool(moved.abs().max() < 5 * 0.05 * theirs.std())
    # Four special tokens, and whatever of ours is one of their words or ends of words.
    texts = {start.tokenizer.spell(row)[0].lower() for row in range(300)}
    whole = texts & {word.removeprefix("##") for word in WORDS[5:]}
    assert 4 + len(whole) <= n_known < 4 + 4 * len(whole)


def test_another_kind_of_model_is_refused(tokenizer_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}', encoding="utf-8")

    with pytest.raises(problems.NotRoberta, match="is no BERT model"):
        from_body(tmp_path, tokenizer_folder)
