"""Hidden states: where each token lies on axes fitted on reference sentences."""

from functools import partial

from PySide6.QtWidgets import QToolButton

from roberta_gui.findings import hidden_states as captions
from roberta_gui.findings.hidden_states import ProjectedTokens
from roberta_gui.gui.panels.plane import Plane
from roberta_gui.gui.panels.projecting import ProjectionPanel
from roberta_gui.gui.panels.token_points import are_tinted, points_of, tint_words
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.charts.scatter import Scatter
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.layers.layer_bar import LayerBar
from roberta_gui.view import View
from roberta_gui.wording import counted

DIMENSIONS = {"2": ("2D", "The first two axes"), "3": ("3D", "Three axes; drag to turn")}
FITS = {
    "cloud": ("Fit to all", "The reference tokens of every layer: nothing moves but by the model"),
    "tokens": (
        "Fit to these tokens",
        "In every layer anew; the wheel zooms further",
    ),
}


class HiddenStatesPanel(ProjectionPanel):
    """PCA on fixed axes: a layer slider with play, trails of locked tokens, 2D and 3D."""

    name = "hidden"
    title = "Hidden states"
    tip = "The same axes for every sentence and layer: points move only because the model does."

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._plane = Plane()
        self._scatter = Scatter()
        self.connect_items(self._scatter)
        self._scatter.turned.connect(self._turn)
        self._at: tuple[object, ...] = ()
        self._layers = LayerBar()
        self._layers.chosen.connect(store.select_layer)
        self._layers.trails_chosen.connect(lambda on: store.choose("hidden", trails=on))
        self.heading.add(self.segments("dimensions", DIMENSIONS, "Dimensions"))
        self._show_all = named("action", QToolButton())
        self._show_all.setText("Show all")
        self._show_all.setToolTip("Leave the zoom, as a double click beside the points does, or 0")
        self._show_all.clicked.connect(self._scatter.show_home)
        self._scatter.wandered.connect(partial(self.row.show_control, self._show_all))
        fit = self.segments("fit", FITS, "Fit the picture to")
        self.show_picture(self._scatter, self.space_choice(), fit, self.partners(), self._show_all)
        self.row.show_control(self._show_all, False)
        self.body.insertWidget(0, self._layers)

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give the layer, and the tokens that draw trails."""
        return *super().depends_on(view), view.selection.layer, view.selection.tokens

    def draw_result(self, shown: ProjectedTokens, view: View, *, is_new: bool) -> None:
        """Draw the chosen layer: the points glide there from another one."""
        background, layer = shown.fitted.background, self.layer_of(shown, view)
        n, before = view.choices.hidden.dimensions, self._at
        self._at = view.choices.hidden, layer
        self._scatter.set_turning(n == 3)
        self._plane.set_dimensions(n)
        home = self._plane.extent(background)  # in 3D it says about what to turn
        flat = self._plane.flat(shown.coordinates[layer])
        if view.choices.hidden.fit == "tokens":
            # Those at both ends lie far from all words in late layers: they wait at the edge.
            words = [t.index for t in shown.analysis.tokens if t.is_mask or not t.is_special]
            home = self._plane.around(flat[words] if words else flat)
        self._scatter.set_home(home)
        self._scatter.set_cloud(self._plane.flat(background[layer]))
        others = None if shown.of_b is None else self._plane.flat(shown.of_b[layer])
        points = points_of(shown.analysis.tokens, shown.comparison)
        if not is_new and before[0] == self._at[0] and before[1] != layer:
            self._scatter.glide_points(flat, others)
        else:
            self._scatter.set_points(flat, points, others)
        trails = view.selection.tokens if view.choices.hidden.trails else ()
        self._scatter.set_trails(
            [
                (self._plane.flat(shown.coordinates[: layer + 1, token]), points[token].color)
                for token in trails
                if token < len(points)
            ]
        )

    def caption_of(self, shown: ProjectedTokens, view: View) -> str:
        """Say how much of the layer's variance the axes hold."""
        told = captions.held(shown, self.layer_of(shown, view), view.choices.hidden.dimensions)
        return f"{told}.{about}" if (about := captions.about_b(shown)) else told

    def remark_of(self, shown: ProjectedTokens, view: View) -> str:
        """Say on how much the axes were fitted, and what colours tell."""
        fitted_on = counted(shown.axes.n_sentences, "reference sentence")
        remark = f"PCA on {fitted_on} · the wheel zooms"
        tinted = are_tinted(shown.analysis.tokens)
        return f"{remark} · {tint_words()}" if tinted else remark

    def show_choices(self, view: View) -> None:
        """Show which layer is chosen."""
        n_layers = view.model.n_layers if view.model else 1
        self._layers.setVisible(view.analysis is not None)
        self._layers.show_layer(view.selection.layer, n_layers, trails=view.choices.hidden.trails)

    @property
    def is_current(self) -> bool:
        """Whether the newest View is drawn and nothing is on its way any more."""
        return super().is_current and not self._scatter.is_gliding

    def whole_caption(self, shown: ProjectedTokens, view: View) -> str:
        """Say what is seen, how the axes were fitted, and what colours tell."""
        n = view.choices.hidden.dimensions
        told = captions.plane(shown, self.layer_of(shown, view), n)
        return f"{told} {tint_words()}" if are_tinted(shown.analysis.tokens) else told

    def toggle_play(self) -> None:
        """Start or stop walking through the layers."""
        if self.store.view.analysis is not None:
            self._layers.toggle_play()

    def _turn(self, yaw: float, pitch: float) -> None:
        self._plane.turn(yaw, pitch)
        self.draw_again()
