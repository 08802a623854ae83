"""Hands and eyes for the panel All heads: its grid, its orders, its measured roles."""

from roberta_gui.analysis.axes.reference_sentences import reference_sentences
from roberta_gui.analysis.heads.roles import HeadRoles, measure
from roberta_gui.gui.widgets.controls.choice_button import MenuButton
from roberta_gui.gui.widgets.heads.head_grid import HeadGrid
from roberta_gui.resources import resource
from tests.gui.shown_panel import ShownPanel
from tests.made_up import (
    MADE_UP,
    MADE_UP_SENTENCES,
    made_up_analysis,
)


def grid_of(shown: ShownPanel) -> HeadGrid:
    grid = shown.panel.picture()
    assert isinstance(grid, HeadGrid)
    return grid


def order_of(shown: ShownPanel) -> MenuButton:
    (order,) = shown.panel.heading.findChildren(MenuButton)
    return order


def sort_by(shown: ShownPanel, value: str) -> None:
    order_of(shown).chosen.emit(value)
    shown.derive()


def measured() -> HeadRoles:
    """Measure what the made-up model's heads look at, sentence by sentence."""
    sentences = reference_sentences(resource("reference_sentences.txt"))[:MADE_UP_SENTENCES]
    made = [made_up_analysis(text, seed=seed) for seed, text in enumerate(sentences)]
    first, *others = [measure(analysis.attention, analysis.tokens) for analysis in made]
    for other in others:
        first = first + other
    return first


def read_order(shown: ShownPanel) -> list[tuple[int, int]]:
    """Read the heads from top left to bottom right."""
    grid = grid_of(shown)
    heads = [(lay, head) for lay in range(MADE_UP.n_layers) for head in range(MADE_UP.n_heads)]

    def place(head: tuple[int, int]) -> tuple[int, int]:
        rect = grid.cell_rect(*head)
        return round(rect.top()), round(rect.left())

    return sorted(heads, key=place)
