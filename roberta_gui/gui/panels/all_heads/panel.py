"""All heads: every head of every layer as a thumbnail."""

from functools import partial

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QToolButton, QWidget

from roberta_gui.analysis.heads.roles import HeadRoles
from roberta_gui.findings.all_heads import captions, measures, pictures
from roberta_gui.findings.all_heads.pictures import HeadPictures
from roberta_gui.findings.heads import place_name
from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.gui.export.receipt import PICTURE_SCALE
from roberta_gui.gui.panels.panel import Derivation, Panel
from roberta_gui.gui.panels.why_empty import say_waiting
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.tall_area import TallArea
from roberta_gui.gui.widgets.controls.tool_tip import rule_out
from roberta_gui.gui.widgets.heads.head_grid import HeadGrid
from roberta_gui.gui.widgets.heads.head_order import HeadOrder
from roberta_gui.records import Analysis, ModelInfo
from roberta_gui.view import View


class AllHeadsPanel(Panel):
    """Layers up, heads across; a click chooses a head, a double click shows it alone."""

    name = "heads"
    title = "All heads"
    tip = (
        "Every head's attention in small. Arrow keys travel, a double click shows one alone, "
        "Shift-click (or O) switches one off."
    )

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._shows_change = False
        self._roles: tuple[ModelInfo, HeadRoles] | None = None
        self._grid = HeadGrid()
        self._grid.head_hovered.connect(store.hover_head)
        self._grid.head_left.connect(store.leave)
        self._grid.head_clicked.connect(store.select_head)
        self._grid.head_double_clicked.connect(self._solo)
        self._grid.heads_toggled.connect(store.toggle_heads)
        self._grid.set_tips(self._tip)
        self._area = TallArea(self._grid, self._grid.height_for)
        self._area.setMinimumSize(160, 90)
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._area)
        self._build_controls()
        self.body.addWidget(self._stack, 1)

    # --- what is computed

    def derive(self, view: View) -> Derivation | None:
        """Ask for the thumbnails, which take too long while drawing, and for roles if wanted."""
        analysis = view.analysis
        if analysis is None:
            return None
        baseline, specials = self._compared(view), view.choices.attention.specials
        # Another model's heads cannot be measured: the one in use is asked.
        wants_roles = self._wants_roles(view) and analysis.model == view.model
        known = self._known_roles(view) if wants_roles else None
        key = (analysis, baseline, specials, wants_roles)
        if wants_roles and known is None:
            work = partial(pictures.shrink_and_measure, analysis, baseline, specials)
            return Derivation(key, work, view.model)
        return Derivation(key, partial(pictures.shrink, analysis, baseline, specials, known))

    def _wants_roles(self, view: View) -> bool:
        return view.choices.heads.roles or view.choices.heads.sort != "layer"

    def _known_roles(self, view: View) -> HeadRoles | None:
        """Return the roles of the model in use, if they were measured to the end."""
        return self._roles[1] if self._roles is not None and self._roles[0] == view.model else None

    def _compared(self, view: View) -> Analysis | None:
        return view.baseline if self._shows_change else None

    # --- drawing

    def draw(self, view: View, previous: View | None) -> None:
        """Draw the thumbnails that have arrived, and outline the chosen head."""
        self._show_controls(view)
        small = self._small(view)
        if small is None:
            self._stack.setCurrentWidget(self._empty)
            problem = view.problems.get(f"panel:{self.name}") or view.problems.get("sentence")
            if problem is None:
                say_waiting(self._empty, view, "Drawing every head")
            else:
                self._empty.say(problem.title, problem.hint)
            self.heading.set_remark("")
            return
        self._stack.setCurrentWidget(self._area)
        if previous is None or self._small(previous) is not small or _ways(previous) != _ways(view):
            if small.is_measured and small.roles is not None:
                self._roles = (small.analysis.model, small.roles)
            self._draw_heads(view, small)
        if previous is None or previous.progress != view.progress or _ways(previous) != _ways(view):
            self.heading.set_remark(self._remark(view, small))
        self._grid.set_switched_off(view.switched_off)
        self._grid.set_selected(view.selection.attention_layer, view.selection.head)
        self._grid.set_hovered(view.selection.hovered_head)
        if previous is not None and _chosen(previous) != _chosen(view):
            self._show_chosen(view)

    def _draw_heads(self, view: View, small: HeadPictures) -> None:
        places = pictures.places(small, view.choices.attention.scale)
        self._grid.set_thumbnails(places, signed=small.baseline is not None)
        sort = view.choices.heads.sort
        if sort == "layer" or small.roles is None:
            self._grid.set_order((), {})
        elif small.is_measured or not self._grid.underMouse():
            order = measures.ordered(small.roles, sort)
            self._grid.set_order(order, measures.written(small.roles, sort))
        else:
            # What somebody points at must not move away while more and more is measured.
            self._grid.set_values(measures.written(small.roles, sort))
        labelled = view.choices.heads.roles and small.roles is not None
        self._grid.set_shares(
            small.roles.shares if labelled and small.roles is not None else None,
            measures.role_names(view.model),
        )
        self._area.fit()
        self.heading.set_remark(self._remark(view, small))

    def _show_chosen(self, view: View) -> None:
        """Scroll to the chosen head when it was chosen, not when the pointer comes or goes."""
        self._area.show_rect(self._grid.cell_rect(*_chosen(view)).adjusted(-3, -3, 3, 30))

    def _remark(self, view: View, small: HeadPictures) -> str:
        progress = view.progress.get(f"panel:{self.name}")
        if self._wants_roles(view) and not small.is_measured and progress is not None:
            if progress.fraction is None:
                return "measuring what heads look at"
            return f"measuring what heads look at, {progress.fraction * 100:.0f} %"
        scale = captions.describe_scale(small, view.choices.attention.scale, self._grid.n_pixels)
        if self._wants_roles(view) and small.roles is not None and not small.is_measured:
            scale = f"{measures.describe_basis(small.roles)} · {scale}"  # it was stopped
        sort = view.choices.heads.sort
        sorted_by = "" if sort == "layer" else f"{measures.describe_order(sort)} · "
        return f"{sorted_by}{scale}"

    def _tip(self, layer: int, head: int) -> str:
        """Say what is known about the head under the pointer."""
        lines = [place_name(layer, head)]
        small = self._small(self.store.view)
        roles = self._known_roles(self.store.view) or (small.roles if small is not None else None)
        if roles is not None:
            names = measures.role_names(self.store.view.model)
            lines.append(measures.describe_head(roles, (layer, head), names))
        off = (layer, head) in self.store.view.switched_off
        lines.append(f"Shift-click switches it {'on again' if off else 'off'}")
        return "\n".join(lines)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say anew what a pixel stands for: there are more or fewer of them."""
        super().resizeEvent(event)
        small = self._small(self.store.view)
        if small is not None:
            self.heading.set_remark(self._remark(self.store.view, small))

    def customEvent(self, event: QEvent) -> None:
        """Take the theme's other colours and sizes."""
        self._area.fit()
        super().customEvent(event)

    # --- what is handed out

    def picture(self) -> QWidget:
        """Return the grid."""
        return self._grid

    def caption_text(self) -> str:
        """Return what the picture says under itself."""
        view = self.store.view
        small = self._small(view)
        if small is None:
            return ""
        scale, sort = view.choices.attention.scale, view.choices.heads.sort
        n_pixels = self._grid.n_pixels_at(PICTURE_SCALE)
        return captions.caption(small, scale, sort, n_pixels, has_roles=self._wants_roles(view))

    @property
    def shown(self) -> Analysis | None:
        """The analysis that the thumbnails were made from."""
        small = self._small(self.store.view)
        return small.analysis if small is not None else None

    def table(self) -> Table | None:
        """Return each head's largest weight, its attention to special tokens, and its roles."""
        small = self._small(self.store.view)
        return None if small is None else small.table()

    def arrays(self) -> Arrays | None:
        """Return every attention map, not the thumbnails of it, and what heads look at."""
        small = self._small(self.store.view)
        return None if small is None else small.arrays()

    # --- controls

    def _build_controls(self) -> None:
        self._change = named("toggle", QToolButton())
        self._change.setText("Change")
        self._change.setCheckable(True)
        self._change.setToolTip("Show what changed against every head on")
        self._change.setAccessibleName("All heads: change against every head on")
        self._change.clicked.connect(self._choose_change)
        self._order = HeadOrder(
            {str(sort): name for sort, name in measures.SORTS.items()},
            "Bars: what each head looks at",
            "Sort the heads by what they look at, measured on the reference sentences",
        )
        self._order.order_chosen.connect(lambda sort: self.store.choose("heads", sort=sort))
        self._order.label_wanted.connect(lambda on: self.store.choose("heads", roles=on))
        self.heading.add(self._change)
        self.heading.add(self._order)

    def _show_controls(self, view: View) -> None:
        self._change.setVisible(bool(view.switched_off))
        self._change.setChecked(self._shows_change)
        rule_out(self._order, "" if view.analysis else "Heads are sorted once a sentence is read")
        self._order.set_order(view.choices.heads.sort)
        self._order.set_labelled(view.choices.heads.roles)

    def _choose_change(self, on: bool) -> None:
        self._shows_change = on
        self._show_again()

    def _show_again(self) -> None:
        self._drawn = None
        self._refresh()

    def _small(self, view: View) -> HeadPictures | None:
        derived = view.derived.get(self.name)
        return derived.value if derived is not None else None

    def _solo(self, layer: int, head: int) -> None:
        self.store.select_head(layer, head)
        self.solo_wanted.emit("attention")


def _chosen(view: View) -> tuple[int, int]:
    return view.selection.attention_layer, view.selection.head


def _ways(view: View) -> tuple[object, ...]:
    """Gather how the heads are drawn."""
    return view.choices.attention.scale, view.choices.heads.sort, view.choices.heads.roles
