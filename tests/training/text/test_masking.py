import pytest
import torch
from scipy.stats import binomtest
from torch import Tensor

from roberta_gui.training.text.masking import mask
from roberta_gui.training.text.packing import Specials

SPECIALS = Specials(start=0, padding=1, end=2, mask=499, vocab_size=500)


def words(n_rows: int, n_tokens: int = 64) -> Tensor:
    """Draw framed rows, their last quarter padding."""
    generator = torch.Generator().manual_seed(5)
    ids = torch.randint(3, 499, (n_rows, n_tokens), generator=generator)
    ids[:, 0] = SPECIALS.start
    ids[:, 3 * n_tokens // 4 - 1] = SPECIALS.end
    ids[:, 3 * n_tokens // 4 :] = SPECIALS.padding
    return ids


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("rate", [0.15, 0.4])
def test_the_chosen_share_and_its_80_10_10_are_those_of_the_paper(rate: float) -> None:
    ids = words(1000)

    masked = mask(ids, SPECIALS, rate, generator())

    n_words = int(((ids > 2) & (ids != 499)).sum())
    n_chosen = int(masked.chosen.sum())
    shown, true = masked.ids[masked.chosen], ids[masked.chosen]
    n_hidden = int((shown == SPECIALS.mask).sum())
    n_kept = int((shown == true).sum())
    n_random = n_chosen - n_hidden - n_kept
    # A random word is the true one once in 496 times; that far the shares move.
    same = 0.1 / 496
    for count, of, share in (
        (n_chosen, n_words, rate),
        (n_hidden, n_chosen, 0.8),
        (n_kept, n_chosen, 0.1 + same),
        (n_random, n_chosen, 0.1 - same),
    ):
        assert binomtest(count, of, share).pvalue > 1e-4


def test_random_words_come_from_the_whole_vocabulary_but_never_from_the_specials() -> None:
    ids = words(3000)

    masked = mask(ids, SPECIALS, 0.9, generator())

    changed = masked.ids[(masked.ids != ids) & (masked.ids != SPECIALS.mask)]
    assert set(changed.tolist()) == set(range(3, 499))


def test_special_tokens_are_never_chosen_and_unchosen_words_never_change() -> None:
    ids = words(200)

    masked = mask(ids, SPECIALS, 0.5, generator())

    assert not masked.chosen[torch.isin(ids, torch.tensor(SPECIALS.all))].any()
    assert torch.equal(masked.ids[~masked.chosen], ids[~masked.chosen])
    assert torch.equal(masked.targets, ids[masked.chosen])


def test_masking_is_dynamic_each_draw_hides_other_words() -> None:
    ids = words(50)
    source = generator()

    first, second = (mask(ids, SPECIALS, 0.15, source) for _ in range(2))

    both = int((first.chosen & second.chosen).sum())
    # Independent draws share 15 % of 15 %; the same draw would share all of them.
    assert binomtest(both, int(first.chosen.sum()), 0.15).pvalue > 1e-4


def test_the_same_seed_hides_the_same_words() -> None:
    ids = words(20)

    first, second = (mask(ids, SPECIALS, 0.15, generator(3)) for _ in range(2))

    assert torch.equal(first.ids, second.ids)
