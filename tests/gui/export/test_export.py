"""Pictures and tables that leave the window, with what they were made from."""

import csv
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QRect, QXmlStreamReader
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from roberta_gui.findings.tables import Table
from roberta_gui.gui.export.receipt import LONGEST_NOTE, PICTURE_SCALE, Picture
from roberta_gui.gui.look.theme import LIGHT, Theme
from roberta_gui.gui.widgets.painting.figure import Figure
from tests.gui.painted import colours, pixels

NOTES = ("Scale 0 – 1.", "“a <mask> & 😀”", "mini · sha256 abcd…1234")


class Square(Figure[None]):
    """One square in the accent colour."""

    def paint_picture(self, painter: QPainter) -> None:
        painter.fillRect(10, 10, 100, 100, self.theme.color("accent"))


@pytest.fixture
def figure(qtbot: QtBot) -> Square:
    widget = Square()
    qtbot.addWidget(widget)
    widget.resize(400, 150)
    return widget


def picture(widget: QWidget, notes: tuple[str, ...] = NOTES) -> Picture:
    return Picture(widget, "Attention", notes)


def count(image: QImage, colour: str) -> int:
    return int((pixels(image) == QColor(colour).rgb() & 0xFFFFFF).sum())


def test_floats_are_written_so_that_they_are_read_back_the_same() -> None:
    numbers = np.random.default_rng(0).random(50)
    table = Table(("x",), [(float(number),) for number in numbers])

    _, *rows = csv.reader(table.to_csv().splitlines())

    assert [float(row[0]) for row in rows] == numbers.tolist()


@pytest.mark.parametrize(
    "text", ['"', ",", "a\nb", "\r", "=1+1", "😀", "\u2028", " leading", "", "a\x00b"[:1]]
)
def test_any_token_comes_back_from_csv(text: str) -> None:
    table = Table(("token", "n"), [(text, 1)])

    read = list(csv.reader(io.StringIO(table.to_csv(), newline="")))

    assert read == [["token", "n"], [text, "1"]]


def test_a_picture_is_twice_as_sharp_and_holds_the_whole_widget(figure: Square) -> None:
    image = picture(figure).to_image()

    assert image.width() >= PICTURE_SCALE * figure.width()
    assert image.height() > PICTURE_SCALE * figure.height()
    assert count(image, LIGHT.color("accent").name()) == (100 * PICTURE_SCALE) ** 2


def test_the_receipt_is_written_under_the_picture_and_into_its_metadata(figure: Square) -> None:
    with_notes, without = picture(figure).to_image(), picture(figure, notes=()).to_image()

    assert with_notes.height() > without.height()
    assert with_notes.text("Title") == "Attention"
    assert with_notes.text("Description").split("\n") == list(NOTES)
    muted = LIGHT.color("muted").name()
    assert count(with_notes, muted) > count(without, muted)


def test_the_ground_is_the_themes_card(figure: Square, theme: Theme) -> None:
    image = picture(figure).to_image()

    assert QColor(image.pixel(1, 1)).name() == theme.color("card").name()
    assert image.hasAlphaChannel() is False or QColor(image.pixelColor(1, 1)).alpha() == 255


def test_png_and_svg_are_chosen_by_the_ending(figure: Square) -> None:
    png, svg, other = (picture(figure).encoder(ending)() for ending in (".png", ".svg", ".SVG"))

    image = QImage.fromData(png)
    assert image == picture(figure).to_image().convertToFormat(image.format())
    assert svg == other == picture(figure).to_svg()


def test_what_is_encoded_is_the_picture_as_it_was_drawn(figure: Square) -> None:
    encode = picture(figure).encoder(".png")
    then = picture(figure).to_image()

    figure.resize(200, 90)

    image = QImage.fromData(encode())
    assert image == then.convertToFormat(image.format())


def test_an_svg_is_whole_xml_with_the_words_as_words(figure: Square) -> None:
    reader = QXmlStreamReader(picture(figure).to_svg().decode())
    words = ""
    while not reader.atEnd():
        reader.readNext()
        words += str(reader.text())

    assert not reader.hasError(), reader.errorString()
    for note in ("Attention", "Scale 0 – 1.", "a <mask> & 😀", "mini"):
        assert note in words


class Words(Figure[None]):
    """Text as it was typed."""

    text = ""

    def paint_picture(self, painter: QPainter) -> None:
        painter.drawText(10, 20, self.text)


@pytest.mark.parametrize(
    ("text", "glyph"),
    [
        ("\x00", "␀"),
        ("\x1b", "␛"),
        ("\x85", "⟨NEL⟩"),
        ("\ufffe", "⟨U+FFFE⟩"),
        ("\uffff", "⟨U+FFFF⟩"),
    ],
)
def test_what_no_document_can_hold_is_written_as_its_glyph(
    qtbot: QtBot, text: str, glyph: str
) -> None:
    figure = Words()
    qtbot.addWidget(figure)
    figure.text = f"drawn {text} whole"
    made = Picture(figure, f"title {text}", (f"noted {text} whole",))

    svg = "".join(ElementTree.fromstring(made.to_svg()).itertext())
    png = QImage.fromData(made.encoder(".png")())
    table = Table(("token",), [(f"a{text}b",)]).to_csv()

    for words in (f"drawn {glyph} whole", f"noted {glyph} whole", f"title {glyph}"):
        assert words in svg
    assert png.text("Description") == f"noted {glyph} whole"
    assert table.splitlines() == ["token", f"a{glyph}b"]


def test_long_notes_break_and_stay_inside(figure: Square) -> None:
    sentence = "A rather long sentence that does not fit into one line. " * 3
    image = picture(figure, notes=(sentence,)).to_image()

    margin = QRect(image.width() - 4, 0, 1, image.height())
    assert colours(image, margin) == {LIGHT.color("card").name()}


@pytest.mark.parametrize("words", [1, 12, 90, 480])
def test_the_last_note_is_whole_however_long_the_sentence_before_it(
    figure: Square, words: int
) -> None:
    long = picture(figure, notes=("word " * words, "mini · sha256")).to_image()
    short = picture(figure, notes=("x", "mini · sha256")).to_image()
    height = 24 * PICTURE_SCALE  # the last line and the margin under it

    def foot(image: QImage) -> QImage:
        return image.copy(0, image.height() - height, image.width(), height)

    assert count(foot(short), LIGHT.color("muted").name()) > 0
    assert foot(long) == foot(short)


def test_a_very_long_sentence_is_shortened_in_the_drawing_and_whole_in_the_metadata(
    figure: Square,
) -> None:
    sentence = "word " * 480
    made = picture(figure, notes=(sentence, "mini"))
    reader = QXmlStreamReader(made.to_svg().decode())
    drawn = []
    while not reader.atEnd():
        if reader.readNext() is QXmlStreamReader.TokenType.StartElement and reader.name() == "text":
            drawn.append(reader.readElementText())

    assert made.to_image().text("Description").split("\n") == [sentence, "mini"]
    assert 500 < sum(len(line) for line in drawn if "word" in line) <= LONGEST_NOTE + 1
    assert any(line.endswith("…") for line in drawn)
    assert drawn[-1] == "mini"


def test_a_word_without_a_break_stays_inside(figure: Square) -> None:
    image = picture(figure, notes=("/folder" * 60,)).to_image()

    margin = QRect(image.width() - 20, 0, 20, image.height())
    assert colours(image, margin) == {LIGHT.color("card").name()}
