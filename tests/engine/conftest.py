"""What the engine's tests share: one tiny model in two makes, and the built-in one."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from roberta_gui.engine import Engine
from roberta_gui.engine.roberta import Roberta
from tests.engine.small_folders import without_template, word_pieces
from tests.engine.twins import Twins, make_twins
from tests.models import make_checkpoint, make_oracle, network_of


@pytest.fixture(scope="session", autouse=True)
def _no_progress_bars() -> None:
    """Keep transformers from drawing bars over the test report."""
    import transformers

    quiet: Callable[[], None] = transformers.utils.logging.disable_progress_bar
    quiet()


@pytest.fixture(autouse=True)
def _same_randomness() -> Iterator[None]:
    """Start torch's own generator from the same place in every test."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(7)
        yield


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Compute on one thread: for hundreds of tiny passes, two only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def oracle() -> Any:
    """Give transformers' model: 3 layers, 4 heads, 32 features, 101 words."""
    return make_oracle(n_layers=3, vocab_size=101)


@pytest.fixture(scope="session")
def network(oracle: Any) -> Roberta:
    """Give ours, with the same weights."""
    return network_of(oracle)


@pytest.fixture(scope="session")
def mini(engine: Engine) -> Engine:
    """Give the built-in model on the CPU."""
    return engine


@pytest.fixture(scope="session")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Twins:
    """Give a model of 3 layers and 4 heads with roberta-base's tokenizer, and its oracle."""
    return make_twins(tmp_path_factory.mktemp("twins"), n_layers=3)


@pytest.fixture(scope="session")
def headless(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Give a model that cannot guess."""
    folder = make_checkpoint(tmp_path_factory.mktemp("headless"), n_layers=1, mask_head=False)
    return Engine.load(folder, device="cpu")


@pytest.fixture(scope="session")
def with_specials(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Give a model of fourteen word pieces, two of which its tokenizer puts around every text."""
    return Engine.load(word_pieces(tmp_path_factory.mktemp("specials")), device="cpu")


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Give a model whose tokenizer puts nothing around a text."""
    return Engine.load(without_template(tmp_path_factory.mktemp("bare")), device="cpu")
