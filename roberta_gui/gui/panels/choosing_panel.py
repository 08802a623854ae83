"""ChoosingPanel: the controls of a panel, each of which is one of its choices in the View."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from PySide6.QtWidgets import QToolButton

from roberta_gui.analysis.sentences.comparison import Comparison, Needs
from roberta_gui.findings.comparison.against import comparable, why_not
from roberta_gui.findings.notation.glyphs import SPACE
from roberta_gui.gui.panels.difference_switch import DifferenceSwitch
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.panels.word_field import WordField, best_guess, words_at_hand
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.widgets.controls.control_row import ControlRow
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.controls.space_choice import SpaceChoice
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.painting.composition import Arrange, Composition
from roberta_gui.gui.widgets.painting.figure import Figure
from roberta_gui.view import View


class ChoosingPanel(Panel):
    """A panel whose controls show what is chosen, and take what is clicked or typed."""

    needs: ClassVar[Needs] = ""
    """What two models must have in common for a difference to be drawn here."""
    word_width: ClassVar[int] = 112
    """Pixels, at a text zoom of 1, of a field for a word at a mask."""

    def __init__(self, store: ViewStore) -> None:
        super().__init__(store)
        self.row = ControlRow()
        self.row.setParent(self)
        self.row.hide()
        self._showing: list[Callable[[View], None]] = []
        self._followed: list[WordField] = []

    def needs_of(self, view: View) -> Needs:
        """Say what two models must have in common for the difference that is chosen."""
        return self.needs

    def comparable(self, view: View) -> Comparison | None:
        """Return A and B, where they can be compared here."""
        return comparable(view.comparison, self.needs_of(view))

    def chosen(self, view: View, field: str, panel: str = "") -> Any:
        """Return what is chosen, here or in another panel."""
        return getattr(getattr(view.choices, panel or self.name), field)

    def show_chosen(self, view: View) -> None:
        """Show it in every control that was made here."""
        for show in self._showing:
            show(view)

    def choose(self, panel: str, **changes: Any) -> None:
        """Choose something else, in this panel or in another one whose choice it shares."""
        self.store.choose(panel, **changes)

    def segments(
        self, field: str, options: Mapping[str, tuple[str, str]], name: str, panel: str = ""
    ) -> Segments:
        """Make one of the panel's choices: it shows what is chosen, and takes what is clicked.

        ``options`` gives the label and the tip of each value.
        """
        control = Segments(options, name)

        def choose(text: str) -> None:
            self.choose(
                panel or self.name,
                **{field: type(self.chosen(self.store.view, field, panel))(text)},
            )

        control.chosen.connect(choose)
        self._showing.append(lambda view: control.set_choice(str(self.chosen(view, field, panel))))
        return control

    def word_field(
        self,
        choice: str,
        name: str,
        tip: str,
        placeholder: str = "",
        *,
        is_followed: bool = False,
        panel: str = "",
    ) -> WordField:
        """Make one of the panel's choices that is typed.

        A word that ``is_followed`` is at a mask: its spaces can be seen, and some are offered.
        """
        offered = (lambda: words_at_hand(self.store.view)) if is_followed else None
        field = WordField(name, tip, placeholder, offered)
        if is_followed:
            self._followed.append(field)

        def choose(text: str) -> None:
            text = text.replace(" ", SPACE) if is_followed else text
            self.choose(panel or self.name, **{choice: text})

        def show(view: View) -> None:
            field.write(self.chosen(view, choice, panel))
            if is_followed and not placeholder:
                field.setPlaceholderText(best_guess(view))

        field.textEdited.connect(choose)
        field.picked.connect(choose)
        self._showing.append(show)
        return field

    def toggle(
        self, field: str, text: str, tip: str, on: object = True, off: object = False,
        panel: str = "",
    ) -> QToolButton:  # fmt: skip
        """Make a choice between two values as a button that stays pressed while it is ``on``."""
        button = named("toggle", QToolButton())
        button.setText(text)
        button.setCheckable(True)
        button.setToolTip(plain_tip(tip))
        button.clicked.connect(
            lambda is_on: self.choose(panel or self.name, **{field: on if is_on else off})
        )
        self._showing.append(lambda view: button.setChecked(self.chosen(view, field, panel) == on))
        return button

    def difference_switch(
        self,
        what: str,
        panel: str = "",
        field: str = "difference",
    ) -> DifferenceSwitch:
        """Make the switch by which ``what`` is drawn, where it can be compared."""
        control = DifferenceSwitch(self.title, what)
        control.clicked.connect(lambda is_on: self.choose(panel or self.name, **{field: is_on}))
        self._showing.append(
            lambda view: control.show_choice(
                self.chosen(view, field, panel), why_not(view.comparison, self.needs_of(view))
            )
        )
        return control

    def composed(
        self,
        figures: Sequence[Figure[Any]],
        arrange: Arrange,
        names: Mapping[str, tuple[str, str]],
        choice: str = "Show",
    ) -> tuple[Composition, Segments]:
        """Make one picture of several figures, and the choice of one where not all have room.

        ``names`` gives each figure's label and tip, by the value that chooses it.
        """
        pictures = Composition(figures, arrange)
        segments = self.segments("picture", names, choice)

        def show_choice() -> None:
            self.row.show_control(segments, len(pictures.shown) == 1)

        def choose(view: View) -> None:
            pictures.choose([*names].index(self.chosen(view, "picture")))

        pictures.rearranged.connect(show_choice)
        self._showing.append(choose)
        return pictures, segments

    def space_choice(self) -> SpaceChoice:
        """Make the switch for what happens to hidden states before they are looked at."""
        control = SpaceChoice(self.title)
        control.chosen.connect(lambda space: self.store.choose("hidden", space=space))

        def show(view: View) -> None:
            control.set_choice(view.choices.hidden.space)
            control.setVisible(view.model is not None)

        self._showing.append(show)
        return control
