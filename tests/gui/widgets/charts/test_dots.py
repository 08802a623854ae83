"""Dots: copies look like what is drawn; clouds darken where points meet."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from roberta_gui.gui.widgets.charts.dots import DotGroup, cloud_image, draw_dot, faded

CARD = QColor("#1f2227")
COLOURS = [QColor("#d55e00"), QColor("#56b4e9"), QColor("#f0e442")]
SPOTS = np.array([[12, 12], [40, 20], [25, 45]], dtype=np.float32)
INSIDE = np.zeros(3, dtype=bool)


def blank(ratio: float = 1.0) -> QImage:
    image = QImage(QSize(60, 60) * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(CARD)
    return image


def pixels(image: QImage) -> NDArray[np.int16]:
    """Return int16 (row, column, rgb)."""
    rows = np.frombuffer(image.constBits(), dtype=np.uint8)
    return rows.reshape(image.height(), image.width(), 4)[..., 2::-1].astype(np.int16)


def group(tokens: list[int], size: float = 4.0) -> DotGroup:
    colors, squares = [COLOURS[token] for token in tokens], [token == 1 for token in tokens]
    return DotGroup(tokens, colors, size, squares)


def drawn(
    tokens: list[int],
    spots: NDArray[np.float32] = SPOTS,
    outside: NDArray[np.bool_] = INSIDE,
    *,
    size: float = 4.0,
    ratio: float = 1.0,
    as_shapes: bool = False,
) -> QImage:
    image = blank(ratio)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        group(tokens, size).draw(painter, spots, outside, as_shapes=as_shapes)
    return image


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("size", [4.0, 6.0])
@pytest.mark.parametrize("outside", [INSIDE, ~INSIDE, np.array([True, False, True])])
def test_a_copied_dot_is_a_drawn_dot(ratio: float, size: float, outside: NDArray[np.bool_]) -> None:
    copied, shapes = (
        drawn([0, 1, 2], outside=outside, size=size, ratio=ratio, as_shapes=as_shapes)
        for as_shapes in (False, True)
    )

    # A copy's opacity has eight bits, and Qt flattens an ellipse by the scale it is drawn at.
    assert np.abs(pixels(copied) - pixels(shapes)).max() <= 28
    assert np.abs(pixels(copied) - pixels(blank(ratio))).max() > 100


def test_the_later_dot_lies_on_top() -> None:
    image = drawn([0, 2, 1], np.repeat(SPOTS[:1], 3, axis=0))

    assert image.pixelColor(12, 12) == COLOURS[1]


def test_only_the_groups_own_tokens_are_drawn() -> None:
    image = drawn([1])

    assert image.pixelColor(40, 20) == COLOURS[1]
    assert image.pixelColor(12, 12) == image.pixelColor(25, 45) == CARD


def test_dots_across_and_beyond_an_edge_are_cut_there() -> None:
    image = drawn([0, 1, 2], np.array([[0, 0], [59.5, 30], [-500, 9e6]], dtype=np.float32))

    changed = np.argwhere((pixels(image) != pixels(blank())).any(axis=2))
    assert len(changed)
    assert ((changed <= 3) | (changed >= 27)).all()
    assert image.pixelColor(0, 0) == COLOURS[0]


def test_a_group_without_tokens_leaves_the_image_as_it_is() -> None:
    assert drawn([]) == blank()


def test_each_shape_covers_its_own_corners() -> None:
    images: dict[str, QImage] = {}
    for shape in ("dot", "diamond", "square"):
        images[shape] = blank()
        painter = QPainter(images[shape])
        pen = QPen(Qt.PenStyle.NoPen)
        draw_dot(painter, QPointF(30, 30), 20, COLOURS[0], pen, shape=shape)
        painter.end()

    def covering(x: int, y: int) -> set[str]:
        return {name for name, image in images.items() if image.pixelColor(x, y) == COLOURS[0]}

    assert covering(30, 30) == {"dot", "diamond", "square"}
    assert covering(36, 36) == {"dot", "square"}
    assert covering(38, 38) == {"square"}
    assert covering(30, 41) == {"diamond"}


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_cloud_shines_through_as_much_as_all_its_points_do(n: int) -> None:
    dust = QColor(200, 100, 0)
    dust.setAlphaF(0.4)
    spots = np.full((n, 2), 10.25, dtype=np.float32)

    image = cloud_image(spots, QSize(20, 20), dust, CARD, 1.0)

    share = 1 - (1 - dust.alphaF()) ** n
    pairs = ((CARD.red(), 200), (CARD.green(), 100), (CARD.blue(), 0))
    expected = [ground + share * (point - ground) for ground, point in pairs]
    np.testing.assert_allclose(pixels(image)[10, 10], expected, atol=1.6)
    assert image.pixelColor(2, 2) == CARD


def test_a_clouds_points_lie_where_they_are_at_every_pixel_ratio() -> None:
    spots = np.array([[5.25, 15.25], [-40, 3], [3, 999]], dtype=np.float32)

    for ratio in (1.0, 1.5, 2.0):
        image = cloud_image(spots, QSize(20, 20), QColor("white"), QColor("black"), ratio)
        rows, columns = np.nonzero(pixels(image)[..., 0] > 240)
        middle = (np.array([columns.mean(), rows.mean()]) + 0.5) / ratio

        assert image.size() == QSize(20, 20) * ratio
        np.testing.assert_allclose(middle, [5.25, 15.25], atol=0.6)


def test_a_faded_colour_lies_between_itself_and_the_ground() -> None:
    black, white = QColor("black"), QColor("white")

    assert faded(white, black, 1.0) == white
    assert faded(white, black, 0.0) == black
    assert faded(white, black, 0.2) == QColor(51, 51, 51)
