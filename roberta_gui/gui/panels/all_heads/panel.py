"""All heads: every head of every layer as a thumbnail."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt

from roberta_gui.analysis.attention import entropy_bits
from roberta_gui.analysis.heads.roles import HeadRoles
from roberta_gui.choices import AllHeadsChoices
from roberta_gui.findings import all_heads
from roberta_gui.findings.all_heads import HeadPictures
from roberta_gui.findings.comparison.against import why_not
from roberta_gui.findings.notation.names import place_name
from roberta_gui.findings.sweep import SweepRequest, what_it_means
from roberta_gui.gui.export.receipt import PICTURE_SCALE
from roberta_gui.gui.panels.token_panel import TokenPanel
from roberta_gui.gui.panels.word_field import sweep_wanted
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.choice_button import MenuButton
from roberta_gui.gui.widgets.controls.segments import Labelled
from roberta_gui.gui.widgets.controls.tall_area import TallArea
from roberta_gui.gui.widgets.controls.tool_tip import rule_out
from roberta_gui.gui.widgets.heads.head_grid import HeadGrid
from roberta_gui.gui.work.derivation import Derivation
from roberta_gui.view import View

WORD_TIP: Final = (
    "A word that is one token, as it would stand at the mask: every head is switched off alone, "
    "and what that does to the word is shown. Empty: the best guess. Enter starts."
)


class AllHeadsPanel(TokenPanel[HeadPictures]):
    """Layers up, heads across; a click chooses a head, a double click shows it alone."""

    name = "heads"
    title = "All heads"
    tip = (
        "Every head's attention in small. Arrow keys travel, a double click shows one alone, "
        "Shift-click (or O) switches one off."
    )
    busy = "Drawing every head"
    needs = "can_compare_heads"
    tells_switched_heads = True

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self._chosen: tuple[int, int] | None = None
        self._roles: tuple[object, HeadRoles] | None = None
        self._grid = HeadGrid()
        self.connect_heads(self._grid)
        self._grid.set_tips(self._tip)
        self._area = TallArea(self._grid, self._grid.height_for)
        self._area.setMinimumWidth(160)
        self._order = MenuButton(
            "Sort the heads by what they look at, measured on the reference sentences",
            {sort: (name, "") for sort, (name, _) in all_heads.SORTS.items()},
            {"roles": ("Bars: what each head looks at", "")},
            "Sort by",
        )
        self._order.chosen.connect(self._sort)
        self._order.switched.connect(lambda name, on: store.choose("heads", **{name: on}))
        self._show_order(store.view.choices.heads)
        self.heading.add(
            self.difference_switch(
                "Draw the difference of every head's attention to what it is held against",
            )
        )
        self.heading.add(self._order)
        self._sweep: SweepRequest | None = None
        self._word = self.word_field("word", "Word to watch", WORD_TIP, is_followed=True)
        self._word.returnPressed.connect(self.start)
        self._watch = Labelled("Watch", self._word)
        self.show_picture(self._area, drawn=self._grid, captioned=False)
        self.body.insertWidget(0, self._watch, 0, Qt.AlignmentFlag.AlignLeft)

    # --- what is computed

    def derive(self, view: View) -> Derivation | None:
        """Ask for the thumbnails, which take too long while drawing, and for roles if wanted."""
        analysis = view.analysis
        if analysis is None:
            return None
        specials, chosen = view.choices.attention.specials, view.choices.heads
        compared = self.comparable(view)
        if not (chosen.difference or chosen.sort == "difference"):
            compared = None
        # Another model's heads cannot be measured: the one in use is asked.
        wants_roles = self._wants_roles(view) and analysis.model == view.model
        known = self._known_roles(view) if wants_roles else None
        wanted = analysis, compared, specials, chosen.difference
        swept = self._sweep if self._is_swept(view) else None
        key = (*wanted, wants_roles, swept)
        if swept is not None or (wants_roles and known is None):
            work = partial(all_heads.shrink_and_measure, *wanted, known, swept, wants_roles)
            return Derivation(key, work, view.model)
        return Derivation(key, partial(all_heads.shrink, *wanted, known))

    def start(self) -> None:
        """Try every head, where heads are sorted by what they mean to the watched word."""
        view = self.store.view
        if view.choices.heads.sort == "word" and not view.is_stale:
            attempt = 0 if self._sweep is None else self._sweep.attempt + 1
            self._sweep = sweep_wanted(view, view.choices.heads.word, attempt)
            self.draw_again()

    def _sort(self, sort: str) -> None:
        self.store.choose("heads", sort=sort)
        self.start()

    def _is_swept(self, view: View) -> bool:
        """Tell whether the heads of this very sentence were asked to be tried."""
        asked, analysis = self._sweep, view.analysis
        if asked is None or analysis is None or view.choices.heads.sort != "word":
            return False
        if view.unanswered:
            return False  # what the best guess is, is what somebody is to guess
        return (asked.request, asked.model) == (analysis.request, view.model)

    def _wants_roles(self, view: View) -> bool:
        chosen = view.choices.heads
        return chosen.roles or chosen.sort not in ("layer", "difference", "word")

    def _known_roles(self, view: View) -> HeadRoles | None:
        """Return the roles of the model in use, if they were measured to the end."""
        return self._roles[1] if self._roles is not None and self._roles[0] == view.model else None

    # --- drawing

    def depends_on(self, view: View) -> tuple[object, ...]:
        """Give the scale, and how far it is known what heads look at."""
        progress = view.progress.get(self.lane)
        return *super().depends_on(view), view.choices.attention.scale, progress

    def draw_result(self, small: HeadPictures, view: View, *, is_new: bool) -> None:
        """Draw the thumbnails."""
        if small.is_measured and small.roles is not None:
            self._roles = (small.analysis.model, small.roles)
        places = all_heads.colour_rows(small, view.choices.attention.scale)
        self._grid.set_thumbnails(places, signed=small.is_difference)
        sort = view.choices.heads.sort
        measure = all_heads.measure_of(small, sort)
        if measure is None:
            self._grid.set_order((), {})
        elif small.is_settled(sort) or not self._grid.underMouse():
            self._grid.set_order(all_heads.ordered(measure, sort), all_heads.written(measure, sort))
        else:
            # What somebody points at must not move away while more and more is measured.
            self._grid.set_values(all_heads.written(measure, sort))
        roles = small.roles if view.choices.heads.roles else None
        self._grid.set_shares(
            None if roles is None else roles.shares, all_heads.role_names(view.model)
        )
        self._area.fit()

    def highlight(self, small: HeadPictures, view: View) -> None:
        """Outline the chosen head, and bring it into sight when it was chosen."""
        before, self._chosen = self._chosen, (view.selection.attention_layer, view.selection.head)
        self._grid.set_switched_off(view.switched_off)
        self._grid.set_selected(*self._chosen)
        self._grid.set_hovered(view.selection.hovered_head)
        if before not in (None, self._chosen):
            self._area.show_rect(self._grid.cell_rect(*self._chosen).adjusted(-3, -3, 3, 30))

    def remark_of(self, small: HeadPictures, view: View) -> str:
        """Say how heads are sorted and drawn, or how far that is."""
        progress = view.progress.get(self.lane)
        is_trying = self._is_swept(view) and not small.is_settled("word")
        is_measuring = self._wants_roles(view) and not small.is_measured and not is_trying
        if is_measuring and progress is not None:
            if progress.fraction is None:
                return "measuring what heads look at"
            return f"measuring what heads look at, {progress.fraction * 100:.0f} %"
        scale = all_heads.describe_scale(small, view.choices.attention.scale, self._grid.n_pixels)
        if self._wants_roles(view) and small.roles is not None and not small.is_measured:
            scale = f"{all_heads.describe_basis(small.roles)} · {scale}"  # it was stopped
        sort = view.choices.heads.sort
        is_sorted = all_heads.measure_of(small, sort) is not None
        sorted_by = f"{all_heads.describe_order(sort, small)} · " if is_sorted else ""
        if sort == "word" and not is_sorted:
            sorted_by = f"{self._why_no_word(small, view)} · "
        most = "" if small.apart is None else f"{small.apart.most_apart} · "
        return f"{most or sorted_by}{scale}"

    def _why_no_word(self, small: HeadPictures, view: View) -> str:
        """Say why heads are not sorted by the watched word."""
        if small.swept is not None and small.swept.refusal is not None:
            return small.swept.refusal.title
        if view.analysis is not None and not view.analysis.fills:
            return "no mask to watch a word at"
        if view.unanswered:
            return "hidden until you guess"
        return "trying the heads" if self._is_swept(view) else "Enter in the field tries the heads"

    def _tip(self, layer: int, head: int) -> str:
        """Say what is known about the head under the pointer."""
        small = self.known
        apart = None if small is None else small.apart
        lines = [place_name(layer, head) if apart is None else apart.head_tip(layer, head)]
        if small is not None and small.swept is not None and small.swept.known is not None:
            swept = small.swept
            lines += what_it_means(swept.watched, swept.known, (layer, head))
        roles = self._known_roles(self.store.view) or (small.roles if small is not None else None)
        if roles is not None:
            names = all_heads.role_names(self.store.view.model)
            lines.append(all_heads.describe_head(roles, (layer, head), names))
        elif small is not None and apart is None:
            weights = small.analysis.attention[layer, head]
            lines.append(f"entropy {entropy_bits(weights):.2f} bits")
        off = (layer, head) in self.store.view.switched_off
        lines.append(f"Shift-click switches it {'on again' if off else 'off'}")
        return "\n".join(lines)

    def fit(self) -> None:
        """Say anew what a pixel stands for: there are more or fewer of them."""
        super().fit()
        self._area.fit()
        self.say_again()

    # --- what is handed out

    def caption_of(self, small: HeadPictures, view: View) -> str:
        """Say what the exported picture shows."""
        scale, sort = view.choices.attention.scale, view.choices.heads.sort
        n_pixels = self._grid.n_pixels_at(PICTURE_SCALE)
        return all_heads.describe(small, scale, sort, n_pixels, has_roles=self._wants_roles(view))

    def show_choices(self, view: View) -> None:
        """Show how the heads are sorted, and what can be chosen now."""
        rule_out(self._order.choices["difference"], why_not(view.comparison, self.needs))
        rule_out(self._order, "" if view.analysis else "Heads are sorted once a sentence is read")
        self._show_order(view.choices.heads)
        self._watch.setVisible(view.choices.heads.sort == "word")

    def _show_order(self, chosen: AllHeadsChoices) -> None:
        name, by = all_heads.SORTS[chosen.sort]
        self._order.show_chosen(chosen.sort, roles=chosen.roles)
        self._order.setText(f"{by} ▾")
        self._order.setAccessibleName(f"Heads sorted by: {name}")
