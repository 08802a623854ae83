"""From numbers to colours: ends, rounding, logarithms, and images that own their pixels."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFontMetricsF

from roberta_gui.findings.notation.scales import (
    ColourScale,
    faint_share,
    readable_scale,
    root_scale,
)
from roberta_gui.gui.look.theme import LIGHT
from roberta_gui.gui.widgets.colours.colour_bar import BAR_ROOM, bar_room
from roberta_gui.gui.widgets.colours.raster import coloured, to_image


def test_both_ends_and_the_middle_of_a_scale_are_where_they_belong() -> None:
    values = np.array([0.2, 0.6, 0.4], dtype=np.float32)

    assert ColourScale(0.2, 0.6).colour_rows(values).tolist() == [0, 255, 128]


def test_what_lies_beyond_the_ends_takes_the_ends() -> None:
    values = np.array([-9.0, 0.0, 1.0, 9.0], dtype=np.float32)

    assert ColourScale(0.0, 1.0).colour_rows(values).tolist() == [0, 0, 255, 255]


def test_on_a_logarithmic_scale_tenfold_is_the_same_step_everywhere() -> None:
    values = np.array([0.0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0], dtype=np.float32)

    places = ColourScale(-4.0, 0.0, log=True).colour_rows(values)

    expected = [0, 0, 0, 63.75, 127.5, 191.25, 255]
    np.testing.assert_allclose(places, expected, atol=0.51)


def test_a_scale_without_width_divides_by_nothing() -> None:
    assert ColourScale(0.5, 0.5).colour_rows(np.full(3, 0.5, dtype=np.float32)).tolist() == [
        0,
        0,
        0,
    ]


def test_every_place_is_within_half_a_step_of_the_true_share() -> None:
    values = np.linspace(0.1, 0.9, 1001, dtype=np.float32)

    places = ColourScale(0.1, 0.9).colour_rows(values).astype(float)

    assert np.abs(places / 255 - (values - 0.1) / 0.8).max() <= 0.5 / 255 + 1e-6


@pytest.mark.parametrize(
    ("scale", "labels"),
    [
        (ColourScale(0.0, 0.62), ("0", "0.62")),
        (ColourScale(0.0, 0.123456), ("0", "0.12")),
        (ColourScale(-4.0, 0.0, log=True), ("≤\N{NO-BREAK SPACE}0.0001", "1")),
        (ColourScale(0.0, 1.0), ("0", "1")),
        (ColourScale(-0.25, 0.25), ("−0.25", "0.25")),
        (ColourScale(-140.2, 1234.0), ("−140", "1,234")),
    ],
)
def test_the_ends_are_written_as_the_values_that_are_meant(
    scale: ColourScale, labels: tuple[str, str]
) -> None:
    assert scale.labels() == labels


@pytest.mark.parametrize(
    ("outliers", "labels"),
    [
        ([0.9], ("−0.1", "≥\N{NO-BREAK SPACE}0.1")),
        ([-0.9], ("≤\N{NO-BREAK SPACE}−0.1", "0.1")),
        ([0.8, -0.9], ("≤\N{NO-BREAK SPACE}−0.1", "≥\N{NO-BREAK SPACE}0.1")),
        ([], ("−0.1", "0.1")),
    ],
)
def test_only_an_end_that_values_lie_beyond_says_so(
    outliers: list[float], labels: tuple[str, str]
) -> None:
    values = np.array([*outliers, *[0.1, -0.1] * 2000], np.float32)

    assert root_scale(values, 0.001, signed=True).labels() == labels


def test_weights_begin_at_zero_on_a_scale_of_square_roots() -> None:
    values = np.array([0.9, *[0.04] * 4000], np.float32)
    scale = root_scale(values, 0.001, signed=False)

    assert scale.low == 0
    assert scale.high == pytest.approx(0.04)
    assert scale.labels() == ("0", "≥\N{NO-BREAK SPACE}0.04")
    assert scale.between() == ((0.5, "0.01"),)
    places = scale.colour_rows(np.array([0, 0.01, 0.04, 0.9], np.float32))
    np.testing.assert_allclose(places, [0, 127.5, 255, 255], atol=0.51)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("n_small", "is_root"), [(30, False), (40, True)])
def test_square_roots_are_taken_where_more_than_a_quarter_would_be_too_faint(
    n_small: int, is_root: bool, sign: int
) -> None:
    # 0.01 is a fiftieth of the largest; so many make 23 or 29 % of the whole.
    values = np.array([0.5, 0.5, *[0.01] * n_small], np.float32) * sign
    linear = ColourScale(-0.5 if sign < 0 else 0.0, 0.5)

    found = readable_scale(values, linear, 0.001)

    assert faint_share(values, linear) == pytest.approx(n_small / (n_small + 100))
    assert found.root == is_root
    assert found == linear or found.low == (-found.high if sign < 0 else 0)


def test_values_that_differ_by_rounding_have_one_colour() -> None:
    values = np.array([3.584961, 3.584963, 3.584962], np.float32)

    assert ColourScale(3.584961, 3.584961).colour_rows(values).tolist() == [0, 0, 0]


def test_nothing_at_all_keeps_its_linear_scale() -> None:
    nothing, linear = np.zeros((0, 0), np.float32), ColourScale(0.0, 1.0)

    assert readable_scale(nothing, linear, 0.001) is linear


def test_an_image_has_the_pixels_of_the_array_and_outlives_it(qapp: object) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    expected = pixels.copy()

    image = to_image(pixels)
    pixels[:] = 0

    assert (image.width(), image.height()) == (7, 5)
    for row in range(5):
        for column in range(7):
            assert QColor(image.pixel(column, row)).getRgb() == tuple(expected[row, column])


def test_a_slice_of_an_array_becomes_the_image_of_that_slice(qapp: object) -> None:
    pixels = np.zeros((4, 6, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    pixels[2, 4] = (10, 20, 30, 255)

    image = to_image(pixels[::2, ::2])

    assert QColor(image.pixel(2, 1)).getRgb() == (10, 20, 30, 255)


def test_each_pixel_of_a_coloured_image_is_its_place_in_the_map(qapp: object) -> None:
    drawn = np.random.default_rng(1)
    ramp = drawn.integers(0, 256, (256, 4), dtype=np.uint8)
    ramp[:, 3] = 255
    places = drawn.integers(0, 256, (9, 13), dtype=np.uint8)

    image = coloured(ramp, places)

    assert (image.height(), image.width()) == places.shape
    assert [
        [QColor(image.pixel(x, y)).getRgb() for x in range(image.width())]
        for y in range(image.height())
    ] == [[tuple(ramp[place].tolist()) for place in row] for row in places]


def test_a_bar_has_room_for_its_longest_number_and_short_ones_share_one_room(
    qapp: object,
) -> None:
    class Ranks(ColourScale):
        def labels(self) -> tuple[str, str]:
            return "1", "16,384,000"

    advance = QFontMetricsF(LIGHT.font("small_number")).horizontalAdvance
    beside = bar_room(ColourScale(0.0, 0.5))

    assert beside == bar_room(ColourScale(0.0, 1.0)) == BAR_ROOM
    assert bar_room(Ranks(0.0, 1.0)) > advance("16,384,000") + 29  # the bar and its gaps
    assert bar_room(ColourScale(-0.48, 0.48)) > advance("−0.48") + 29
