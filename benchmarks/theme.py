"""Light or dark and the text size, changed in the real window until the last pixel is painted.

The built-in model shows a sentence of 60 tokens, every panel of every arrangement has been built
and seen, and each arrangement is measured: from the call that the key makes until the event loop
has nothing left to lay out or to paint. The clock is the GUI thread's own: what else the machine
does meanwhile is not counted.
"""

from collections.abc import Callable
from time import thread_time

from PySide6.QtWidgets import QApplication

from benchmarks import window
from benchmarks.lines import Line, at_most
from benchmarks.measuring import Sample
from benchmarks.settings import Settings
from benchmarks.texts import sentences
from roberta_gui.gui.application import Session
from roberta_gui.gui.window.arrangements import ARRANGEMENTS

N_TOKENS = 60
MOST_S = 0.100
MODEL = "mini"

_ROUNDS = 3
"""Turns of the event loop after which nothing is left to paint."""


def run(settings: Settings) -> list[Line]:
    """Change both to and fro in each arrangement."""
    lines = []
    first, second = sentences(N_TOKENS, 2)
    with window.opened(settings, MODEL) as session:
        window.write(session, first)
        session.window.compare.second.editor.set_text(second)
        for arrangement in ARRANGEMENTS:
            _see(session, arrangement.name, arrangement.panels)
        for arrangement in ARRANGEMENTS:
            _see(session, arrangement.name, ())
            for what, change in (("theme", _change_theme), ("text size", _change_size)):
                seconds = [_timed(session, change, n) for n in range(settings.runs + 1)]
                told = f"{what} changed, {N_TOKENS} tokens, {arrangement.title}"
                lines.append(at_most(MOST_S, told, Sample(tuple(seconds[1:]))))
                window.settle(session)
    return lines


def _see(session: Session, arrangement: str, panels: tuple[str, ...]) -> None:
    """Show an arrangement, and each of its panels until it is drawn."""
    session.window.compare.choose(arrangement)
    window.settle(session)
    for name in panels:
        session.window.docks.dock(name).raise_()
        window.settle(session)


def _change_theme(session: Session, _number: int) -> None:
    session.window.toggle_appearance()


def _change_size(session: Session, number: int) -> None:
    session.window.zoom(-1 if number % 2 else 1)


def _timed(session: Session, change: Callable[[Session, int], None], number: int) -> float:
    """Return the seconds of the GUI thread until a change is painted."""
    started = thread_time()
    change(session, number)
    for _ in range(_ROUNDS):
        QApplication.processEvents()
    return thread_time() - started
