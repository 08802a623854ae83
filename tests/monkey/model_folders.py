"""Tiny models as folders, each unlike the others, and texts to open."""

from pathlib import Path

from tests.models import make_checkpoint


def make_folders(folder: Path) -> tuple[Path, ...]:
    """Save a few random models: of other families and shapes, one without a mask head."""
    return (
        make_checkpoint(folder / "one layer", n_layers=1, n_heads=1, max_positions=34),
        make_checkpoint(folder / "xlm & co", family="xlm-roberta", n_layers=5, n_heads=2, seed=1),
        make_checkpoint(folder / "no head", mask_head=False, n_layers=3, n_heads=8),
    )


def make_files(folder: Path) -> tuple[Path, ...]:
    """Write files of sentences: sound, empty and in no encoding."""
    contents = {
        "sentences.txt": "The cat sat.\nThe dog ran away quickly.\n\nNo, it did not.\n" * 30,
        "empty.txt": "",
    }
    for name, text in contents.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "bytes.txt").write_bytes(bytes(range(256)) * 4)
    return tuple(folder / name for name in (*contents, "bytes.txt"))
