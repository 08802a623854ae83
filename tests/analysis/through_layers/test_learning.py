import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from roberta_gui.analysis.similarity import debiased_cka
from roberta_gui.analysis.through_layers.learning import kept_shape, moved, probe

RANDOM = np.random.default_rng(5)
START = RANDOM.normal(size=(3, 60, 8))
LABELS = np.arange(60) % 3


def test_a_turned_layer_has_moved_but_kept_its_shape() -> None:
    turn, _ = np.linalg.qr(RANDOM.normal(size=(8, 8)))
    now = np.stack([START[0], START[1] @ turn, RANDOM.normal(size=(60, 8))])

    cka, distance = kept_shape(START, now), moved(START, now)

    np.testing.assert_allclose(cka[:2], 1.0)
    assert cka[2] == debiased_cka(START[2], now[2])
    assert distance[0] == 0.0
    assert distance[1] == pytest.approx(
        np.mean([np.linalg.norm(a - b) for a, b in zip(START[1], now[1], strict=True)])
        / np.mean([np.linalg.norm(a) for a in START[1]])
    )


def test_a_probe_reads_a_label_where_it_is_written_and_only_guesses_elsewhere() -> None:
    states = START.copy()
    states[1, np.arange(60), LABELS] += 8.0

    found = probe(states, LABELS)

    other = LogisticRegression().fit(states[1][:40], LABELS[:40]).score(states[1][40:], LABELS[40:])
    assert found[1] == other == 1.0
    assert found[0] < 0.6


def test_numbers_are_read_by_correlation() -> None:
    states = START.copy()
    states[2, :, 0] = 10 * np.arange(60)

    found = probe(states, np.arange(60.0), numbers=True)

    assert found[2] > 0.9
    assert abs(found[0]) < 0.5


def test_rare_labels_are_left_out_and_of_too_few_nothing_is_said() -> None:
    rare = np.array([*LABELS[:56], 7, 7, 7, 7])

    np.testing.assert_array_equal(probe(START, rare), probe(START[:, :56], LABELS[:56]))
    assert np.isnan(probe(START[:, :4], np.arange(4))).all()
    assert np.isnan(probe(START[:, :4], np.arange(4.0), numbers=True)).all()


@pytest.mark.parametrize("numbers", [False, True])
def test_the_halves_of_a_minimal_pair_are_never_on_both_sides_of_a_probe(numbers: bool) -> None:
    halves = np.repeat(RANDOM.normal(size=(1, 80, 30)), 2, axis=1)
    states = halves + RANDOM.normal(scale=0.01, size=halves.shape)
    labels = np.tile([0, 1], 80)
    pairs = [str(place // 2) for place in range(160)]

    # A fold is 32 sentences: of 160, .5 by chance, give or take .04.
    chance = 0.0 if numbers else 0.5
    assert probe(states, labels, numbers=numbers)[0] < chance - 0.2
    found = probe(states, labels, numbers=numbers, groups=pairs)[0]
    assert found == pytest.approx(chance, abs=0.15)


@pytest.mark.parametrize("numbers", [False, True])
def test_groups_of_one_sample_each_change_nothing(numbers: bool) -> None:
    apart = [str(place) for place in range(60)]

    found = probe(START, LABELS, numbers=numbers, groups=apart)

    np.testing.assert_array_equal(found, probe(START, LABELS, numbers=numbers))


def test_a_label_that_only_a_few_groups_have_is_left_out() -> None:
    groups = [str(place % 4 if label == 2 else place) for place, label in enumerate(LABELS)]
    two = LABELS < 2

    found = probe(START, LABELS, groups=groups)

    np.testing.assert_array_equal(found, probe(START[:, two], LABELS[two]))
    assert np.isnan(probe(START, LABELS, groups=[str(label) for label in LABELS])).all()


def test_of_fewer_than_four_samples_nobody_says_how_much_of_their_shape_is_kept() -> None:
    assert np.isnan(kept_shape(START[:, :3], START[:, :3])).all()
    assert np.isfinite(kept_shape(START[:, :4], START[:, :4])).all()
