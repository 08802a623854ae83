"""What is too long for the editor is kept until it is saved or not wanted."""

from pytestqt.qtbot import QtBot

from roberta_gui.gui.kept_rest import KeptRest
from roberta_gui.gui.theme import LIGHT


def test_a_second_rest_is_added_to_the_first(qtbot: QtBot) -> None:
    bar = KeptRest(LIGHT)
    qtbot.addWidget(bar)

    bar.keep(20_000, "one")
    bar.keep(0, "two")

    assert bar.text == "onetwo"
    assert not bar.isHidden()


def test_it_goes_only_when_it_is_let_go(qtbot: QtBot) -> None:
    bar = KeptRest(LIGHT)
    qtbot.addWidget(bar)
    bar.keep(20_000, "one")

    bar.dismissed.emit()

    assert bar.text == ""
    assert bar.isHidden()
