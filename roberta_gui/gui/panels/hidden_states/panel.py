"""Hidden states: where each token lies on axes fitted on reference sentences."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from roberta_gui.findings.hidden_states import captions
from roberta_gui.findings.hidden_states.projecting import ProjectedTokens
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.panels.panel import Derivation
from roberta_gui.gui.panels.plane import Plane
from roberta_gui.gui.panels.projecting import projection_of, say_why_empty
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.gui.panels.token_points import are_tinted, points_of, tint_words
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.charts.scatter import Point, Scatter
from roberta_gui.gui.widgets.controls.caption import Caption
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.controls.space_choice import SpaceChoice
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.layers.layer_bar import LayerBar
from roberta_gui.records import Analysis
from roberta_gui.view import View
from roberta_gui.wording import counted


class HiddenStatesPanel(TokenPanel):
    """PCA on fixed axes: a layer slider with play, trails of locked tokens, 2D and 3D."""

    name = "hidden"
    title = "Hidden states"
    tip = "The same axes for every sentence and layer: points move only because the model does."

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._plane = Plane()
        self._scatter = Scatter()
        self._scatter.point_hovered.connect(self.hover_token)
        self._scatter.point_left.connect(store.leave)
        self._scatter.point_clicked.connect(self.lock_token)
        self._scatter.point_double_clicked.connect(self.mask_token)
        self._scatter.turned.connect(self._turn)
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._scatter)
        self._caption = named("caption", Caption())
        self._layers = LayerBar()
        self._layers.layer_chosen.connect(store.select_layer)
        self._layers.trails_chosen.connect(lambda on: store.choose("hidden", trails=on))
        self._space = SpaceChoice("Hidden states")
        self._space.chosen.connect(lambda space: store.choose("hidden", space=space))
        self._dimensions = self._choice_of_dimensions()
        self.heading.add(self._dimensions)
        self.body.addWidget(self._layers)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._space, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self._caption)

    def derive(self, view: View) -> Derivation | None:
        """Ask for the tokens' places on the axes, in all layers at once.

        While heads are switched off, also for those with every head on.
        """
        return projection_of(view, "joint")

    def draw(self, view: View, previous: View | None) -> None:
        """Draw the chosen layer."""
        self._show_controls(view)
        derived = view.derived.get(self.name)
        if (
            derived is None
            or view.axes is None
            or view.axes.fitted(view.choices.hidden.space) is None
        ):
            self._stack.setCurrentWidget(self._empty)
            self._caption.hide()
            say_why_empty(self._empty, view, self.name, "joint")
            return
        shown: ProjectedTokens = derived.value
        background = shown.fitted.background
        self._stack.setCurrentWidget(self._scatter)
        self._scatter.set_turning(view.choices.hidden.dimensions == 3)
        if (
            previous is None
            or previous.derived.get(self.name) is not derived
            or previous.choices.hidden != view.choices.hidden
            or previous.selection.layer != view.selection.layer
            or previous.selection.tokens != view.selection.tokens
        ):
            layer = min(view.selection.layer, len(shown.places) - 1)
            self._plane.set_dimensions(view.choices.hidden.dimensions)
            self._scatter.set_home(self._plane.extent(background))
            self._scatter.set_cloud(self._plane.flat(background[layer]))
            flat = self._plane.flat(shown.places[layer])
            before = None if shown.before is None else self._plane.flat(shown.before[layer])
            if previous is not None and _only_layer_differs(view, previous, self.name):
                self._scatter.glide_points(flat, before)
            else:
                self._scatter.set_points(flat, self._points(shown), before)
            self._draw_trails(view, shown, layer)
            told = captions.held(shown, layer, view.choices.hidden.dimensions)
            self._caption.setText(told if shown.before is None else f"{told}. {captions.GHOSTS}")
            self._caption.setToolTip(plain_tip(self.caption_text()))
        self._caption.show()
        n_tokens = shown.places.shape[1]
        self._scatter.set_selected([t for t in view.selection.tokens if t < n_tokens])
        self._scatter.set_hovered(view.selection.hovered_token)

    @property
    def is_current(self) -> bool:
        """Whether the newest View is drawn and nothing is on its way any more."""
        return super().is_current and not self._scatter.is_gliding

    @property
    def shown(self) -> Analysis | None:
        """The analysis whose tokens are drawn."""
        derived = self.store.view.derived.get(self.name)
        return derived.value.analysis if derived is not None else None

    def picture(self) -> QWidget:
        """Return the scatter plot."""
        return self._scatter

    def caption_text(self) -> str:
        """Return what the caption says about the axes."""
        derived = self.store.view.derived.get(self.name)
        if derived is None:
            return ""
        shown: ProjectedTokens = derived.value
        tinted = are_tinted(shown.analysis.tokens)
        layer = min(self.store.view.selection.layer, len(shown.places) - 1)
        told = captions.plane(shown, layer, self.store.view.choices.hidden.dimensions)
        return f"{told} {tint_words()}" if tinted else told

    def table(self) -> Table | None:
        """Return every token's place on the axes, in every layer."""
        derived = self.store.view.derived.get(self.name)
        return None if derived is None else derived.value.table()

    def arrays(self) -> Arrays | None:
        """Return the tokens' places, (layer + 1, token, axis), and what the axes explain.

        While heads are switched off, also the places with every head on.
        """
        derived = self.store.view.derived.get(self.name)
        return None if derived is None else derived.value.arrays()

    def toggle_play(self) -> None:
        """Start or stop walking through the layers."""
        if self.store.view.analysis is not None:
            self._layers.toggle_play()

    # --- drawing

    def _points(self, shown: ProjectedTokens) -> list[Point]:
        return points_of(shown.analysis.tokens)

    def _draw_trails(self, view: View, shown: ProjectedTokens, layer: int) -> None:
        """Draw where locked tokens came from: embeddings to the chosen layer."""
        chosen = view.selection.tokens if view.choices.hidden.trails else ()
        places, points = shown.places, self._points(shown) if chosen else []
        self._scatter.set_trails(
            [
                (
                    self._plane.flat(places[: layer + 1, token]),
                    points[token].color,
                )
                for token in chosen
                if token < places.shape[1]
            ]
        )

    def _turn(self, yaw: float, pitch: float) -> None:
        self._plane.turn(yaw, pitch)
        self._drawn = None
        self._refresh()

    # --- controls

    def _choice_of_dimensions(self) -> Segments:
        dimensions = Segments(
            {"2": "2D", "3": "3D"},
            {"2": "The first two axes", "3": "Three axes; drag to turn"},
            "Dimensions",
        )
        dimensions.chosen.connect(lambda n: self.store.choose("hidden", dimensions=int(n)))
        return dimensions

    def _show_controls(self, view: View) -> None:
        for control in (self._layers, self._space, self._dimensions):
            control.setVisible(view.analysis is not None)
        self._layers.show_layer(
            view.selection.layer,
            view.model.n_layers if view.model else 1,
            trails=view.choices.hidden.trails,
        )
        self._dimensions.set_choice(str(view.choices.hidden.dimensions))
        self._space.set_space(view.choices.hidden.space)
        if view.axes is not None:
            remark = f"PCA on {counted(view.axes.n_sentences, 'reference sentence')}"
            if self.shown is not None and are_tinted(self.shown.tokens):
                remark += f" · {tint_words()}"
            self.heading.set_remark(remark)


def _only_layer_differs(view: View, previous: View, name: str) -> bool:
    return (
        view.derived.get(name) is previous.derived.get(name)
        and view.choices.hidden == previous.choices.hidden
        and view.selection.layer != previous.selection.layer
    )
