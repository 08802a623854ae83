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
