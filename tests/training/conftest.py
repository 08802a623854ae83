"""What the tests of pre-training share: a toy corpus and its tokenizer."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from roberta_gui.training.starts.start import Start
from tests.training import toy


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the toy text."""
    return toy.write_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="session")
def tokenizer_folder(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Path:
    """Give a folder with a byte-level tokenizer of 300 rows."""
    return toy.write_tokenizer(tmp_path_factory.mktemp("tokenizer"), corpus)


@pytest.fixture
def start(tokenizer_folder: Path) -> Start:
    """Give a tiny network, drawn anew for each test, with its tokenizer."""
    return toy.start_of(tokenizer_folder)


@pytest.fixture(scope="session", autouse=True)
def _no_progress_bars() -> None:
    """Keep transformers from drawing bars over the test report."""
    import transformers

    quiet: Callable[[], None] = transformers.utils.logging.disable_progress_bar
    quiet()


@pytest.fixture(autouse=True)
def _same_randomness() -> Iterator[None]:
    """Start torch's own generator from the same place, on one thread: the products are tiny."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(7)
        yield
    torch.set_num_threads(threads)
