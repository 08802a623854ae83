import pytest
import torch
import torch.nn.functional as F

from roberta_gui.training.objective import MaskedWords, count_right
from roberta_gui.training.text.batches import IGNORED
from roberta_gui.training.text.masking import mask
from roberta_gui.training.text.packing import Specials
from tests.models import make_oracle, network_of
from tests.tolerances import PASS, log_probability

SPECIALS = Specials(start=0, padding=1, end=2, mask=100, vocab_size=101)


def test_the_loss_is_transformers_own_summed_over_the_hidden_words() -> None:
    oracle = make_oracle(n_layers=2, vocab_size=101)
    ids = torch.randint(3, 100, (4, 20))
    ids[:, 15:] = SPECIALS.padding
    masked = mask(ids, SPECIALS, 0.3, torch.Generator().manual_seed(1))
    labels = torch.where(masked.chosen, ids, -100)

    places, none = masked.chosen.flatten().nonzero()[:, 0], torch.zeros(4, dtype=torch.long)
    real = masked.ids != SPECIALS.padding
    loss = MaskedWords(network_of(oracle))(masked.ids, places, masked.targets, none, real)

    theirs = oracle(masked.ids, attention_mask=(masked.ids != 1).long(), labels=labels).loss
    assert loss.item() == pytest.approx(
        theirs.item() * len(masked.targets), abs=log_probability(101) * len(masked.targets)
    )


def test_a_shifted_row_is_at_the_positions_that_transformers_gives_it() -> None:
    oracle = make_oracle(n_layers=2, vocab_size=101)
    ids = torch.randint(3, 100, (2, 20))
    shift = torch.tensor([0, 31])
    positions = torch.arange(20)[None, :] + 2 + shift[:, None]

    hidden = MaskedWords(network_of(oracle)).hidden(ids, shift)

    theirs = oracle.roberta(ids, position_ids=positions).last_hidden_state
    torch.testing.assert_close(hidden, theirs.detach(), atol=PASS, rtol=0)


def test_padding_has_no_say_in_the_loss() -> None:
    network = network_of(make_oracle(n_layers=2, vocab_size=101))
    ids = torch.randint(3, 100, (1, 12))
    place, none = torch.tensor([4]), torch.zeros(1, dtype=torch.long)
    objective = MaskedWords(network)

    alone = objective(ids, place, ids[0, place], none)
    longer = F.pad(ids, (0, 9), value=1)
    filled = objective(longer, place, ids[0, place], none, longer != 1)

    torch.testing.assert_close(alone, filled)


def test_what_fills_the_guesses_up_adds_nothing_to_the_loss() -> None:
    network = network_of(make_oracle(n_layers=2, vocab_size=101))
    ids, none = torch.randint(3, 100, (2, 12)), torch.zeros(2, dtype=torch.long)
    objective = MaskedWords(network)

    alone = objective(ids, torch.tensor([4, 15]), torch.tensor([7, 8]), none)
    filling = torch.tensor([7, 8, IGNORED, IGNORED])
    filled = objective(ids, torch.tensor([4, 15, 0, 0]), filling, none)

    torch.testing.assert_close(alone, filled)


def test_right_words_are_counted_among_the_first_guesses() -> None:
    logits = torch.tensor([[5.0, 4.0, 3.0, 0.0], [0.0, 1.0, 2.0, 3.0]])
    targets = torch.tensor([1, 0])

    assert [count_right(logits, targets, k) for k in (1, 2, 3, 4, 9)] == [0, 1, 1, 2, 2]
