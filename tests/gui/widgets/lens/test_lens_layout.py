"""Bands: all of a sentence, none of its columns twice, legible rows in whatever room there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roberta_gui.gui.widgets.lens.lens_page import Bands, Measures

MEASURES = Measures(
    wanted=50.0, least=34.0, widest=110.0, lowest=13.0, easy=17.0, tallest=56.0, below=30.0
)


@given(
    n_columns=st.integers(1, 512),
    n_layers=st.integers(2, 25),
    width=st.floats(1, 4000),
    height=st.floats(1, 2000),
    span=st.none() | st.integers(1, 600),
)
def test_every_column_stands_in_one_band_and_no_row_is_too_low_for_a_line(
    n_columns: int, n_layers: int, width: float, height: float, span: int | None
) -> None:
    bands = Bands.fit((n_layers, n_columns), (width, height), MEASURES, span)

    columns = [column for band in range(bands.n_bands) for column in bands.columns(band)]
    assert columns == list(range(n_columns))
    assert all(c in bands.columns(bands.band_of(c)) for c in {0, n_columns // 2, n_columns - 1})
    assert MEASURES.lowest <= bands.row <= MEASURES.tallest
    assert bands.span * bands.cell <= max(width, 1.0) + 1e-6


@given(n_columns=st.integers(1, 512), width=st.floats(60, 4000))
def test_columns_that_nobody_zoomed_have_room_for_a_word(n_columns: int, width: float) -> None:
    assert Bands.fit((7, n_columns), (width, 300), MEASURES).cell >= MEASURES.least


def test_ten_tokens_stand_in_one_band_of_a_narrow_panel() -> None:
    bands = Bands.fit((7, 10), (395, 130), MEASURES)

    assert (bands.n_bands, bands.span) == (1, 10)
    assert bands.total <= 130


def test_a_text_of_512_tokens_fills_a_large_panel_with_as_many_bands_as_fit() -> None:
    bands = Bands.fit((7, 512), (2250, 1000), MEASURES)

    assert len(bands.seen(0, 1000)) >= 250


def test_a_band_that_cannot_be_low_enough_is_higher_than_the_room() -> None:
    bands = Bands.fit((25, 10), (800, 200), MEASURES)

    assert bands.row == MEASURES.lowest
    assert bands.total == 25 * 13 + 30


def test_rows_take_the_height_that_is_there() -> None:
    assert Bands.fit((7, 10), (800, 330), MEASURES).row == pytest.approx((330 - 30) // 7)


def test_what_is_mostly_between_two_heights_is_seen() -> None:
    bands = Bands.fit((7, 40), (500, 300), MEASURES)
    high = bands.height

    assert (bands.n_bands, bands.span) == (4, 10)
    assert bands.seen(0, high) == range(10)
    assert bands.seen(0.4 * high, 2.4 * high) == range(20)
    assert bands.seen(0.6 * high, 2.6 * high) == range(10, 30)
    assert bands.seen(3 * high, 9 * high) == range(30, 40)


def test_bands_that_nearly_fill_the_room_fill_it() -> None:
    bands = Bands.fit((7, 80), (400, 310), MEASURES)

    assert bands.n_bands > 2
    assert 2 * bands.height == pytest.approx(310)
    assert bands.row * 7 + MEASURES.below <= bands.height
