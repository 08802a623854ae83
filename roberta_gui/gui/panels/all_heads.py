"""All heads: every head of every layer as a thumbnail."""

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QStackedWidget, QWidget

from roberta_gui.analysis.attention import LOG_FLOOR, show_specials, thumbnails
from roberta_gui.gui.export import Arrays, Table
from roberta_gui.gui.panel import Derivation, Panel
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.theme import Theme
from roberta_gui.gui.widgets.empty_state import EmptyState
from roberta_gui.gui.widgets.head_grid import HeadGrid
from roberta_gui.records import Analysis, FloatArray, Report, Stop
from roberta_gui.view import Scale, Specials, View

THUMBNAIL = 44
"""Largest edge of a thumbnail in pixels."""


class AllHeadsPanel(Panel):
    """Layers down, heads across; a click chooses a head, a double click shows it alone."""

    name = "heads"
    title = "All heads"
    tip = "Every head's attention in small. Arrow keys travel, a double click shows one alone."

    def __init__(self, store: ViewStore, theme: Theme) -> None:
        super().__init__(store, theme)
        self._grid = HeadGrid(theme)
        self._grid.head_hovered.connect(store.hover_head)
        self._grid.head_left.connect(store.leave)
        self._grid.head_clicked.connect(store.select_head)
        self._grid.head_double_clicked.connect(self._solo)
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._grid)
        self.body.addWidget(self._stack, 1)

    def derive(self, view: View) -> Derivation | None:
        """Ask for the thumbnails: at 512 tokens they take too long to make while drawing."""
        if view.analysis is None:
            return None
        specials = view.display.specials
        return Derivation((view.analysis, specials), partial(_shrink, view.analysis, specials))

    def draw(self, view: View, previous: View | None) -> None:
        """Draw the thumbnails that have arrived, and outline the chosen head."""
        derived = view.derived.get(self.name)
        if derived is None:
            self._stack.setCurrentWidget(self._empty)
            problem = view.problems.get(f"panel:{self.name}") or view.problems.get("sentence")
            if problem is None:
                self._empty.say("Getting ready", "All heads appear with the first sentence.")
            else:
                self._empty.say(problem.title, problem.hint)
            return
        self._stack.setCurrentWidget(self._grid)
        if (
            previous is None
            or previous.derived.get(self.name) is not derived
            or previous.display.scale != view.display.scale
        ):
            self._grid.set_thumbnails(_places(derived.value.thumbnails, view.display.scale))
            self.heading.set_remark(_caption(view.display.scale, derived.value))
        self._grid.set_selected(view.selection.attention_layer, view.selection.head)
        self._grid.set_hovered(view.selection.hovered_head)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        self._grid.set_theme(theme)
        super().set_theme(theme)

    def picture(self) -> QWidget:
        """Return the grid."""
        return self._grid

    def caption_text(self) -> str:
        """Return what the caption says."""
        small = self._small()
        if small is None:
            return ""
        return f"Layers down, heads across; {_caption(self.store.view.display.scale, small)}."

    @property
    def shown(self) -> Analysis | None:
        """The analysis that the thumbnails were made from."""
        small = self._small()
        return small.analysis if small is not None else None

    def table(self) -> Table | None:
        """Return each head's largest weight and mean attention to the special tokens."""
        analysis = self.shown
        if analysis is None:
            return None
        special = np.array([token.is_special for token in analysis.tokens])
        rows = (
            (layer + 1, head + 1, float(weights.max()), float(weights[:, special].sum(-1).mean()))
            for layer, heads in enumerate(analysis.attention)
            for head, weights in enumerate(heads)
        )
        return Table(("layer", "head", "largest_weight", "mean_share_on_specials"), rows)

    def arrays(self) -> Arrays | None:
        """Return every attention map, (layer, head, query, key), not the thumbnails of it."""
        analysis = self.shown
        return None if analysis is None else {"attention": analysis.attention}

    def _small(self) -> "_Small | None":
        derived = self.store.view.derived.get(self.name)
        return derived.value if derived is not None else None

    def _solo(self, layer: int, head: int) -> None:
        self.store.select_head(layer, head)
        self.solo_wanted.emit("attention")


@dataclass(frozen=True, eq=False)
class _Small:
    """Thumbnails, float32 (layer, head, pixel, pixel), and what they were made from."""

    analysis: Analysis
    thumbnails: NDArray[np.float32]


def _shrink(
    analysis: Analysis, specials: Specials, stop: Stop, report: Report
) -> Generator[None, None, _Small]:
    """Make all thumbnails, a layer a step."""
    is_special = [token.is_special for token in analysis.tokens]
    layers = []
    for layer in analysis.attention:
        shown: FloatArray = layer
        if specials != "show":
            shown = np.stack([show_specials(h, is_special, specials).matrix for h in layer])
        layers.append(thumbnails(shown[None], THUMBNAIL)[0])
        yield None
    return _Small(analysis, np.stack(layers))


def _places(small: NDArray[np.float32], scale: Scale) -> NDArray[np.uint8]:
    """Turn weights into rows of the colour map, by the chosen scale."""
    if not small.size:
        return np.zeros((*small.shape[:2], 1, 1), dtype=np.uint8)
    axes: tuple[int, ...] | None = {"head": (2, 3), "layer": (1, 2, 3)}.get(scale)
    low: Any = 0.0
    if scale == "log":
        small, low = np.log10(np.maximum(small, LOG_FLOOR)), np.log10(LOG_FLOOR)
    high = small.max(axis=axes, keepdims=True)
    share = (small - low) / np.maximum(high - low, 1e-12)
    places: NDArray[np.uint8] = np.clip(share * 255 + 0.5, 0, 255).astype(np.uint8)
    return places


def _caption(scale: Scale, small: _Small) -> str:
    most = float(small.thumbnails.max(initial=0.0))
    text = {
        "head": "scale 0 to each head's largest weight",
        "layer": "scale 0 to each layer's largest weight",
        "all": f"scale 0 – {most:.2g} in all heads",
        "log": f"logarithmic, ≤ {LOG_FLOOR:g} – {most:.2g} in all heads",
    }[scale]
    pooled = "; a pixel shows the strongest weight it covers"
    return text + (pooled if len(small.analysis.tokens) > THUMBNAIL else "")
