"""Logit lens: what each layer would guess at each token, if the masked-LM head read it."""

from functools import partial
from typing import Final, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from roberta_gui.gui.export import Arrays, Table
from roberta_gui.gui.panel import Derivation, Panel
from roberta_gui.gui.panels.lens_reading import Read, Tint, read_lens
from roberta_gui.gui.store import ViewStore
from roberta_gui.gui.theme import Theme
from roberta_gui.gui.token_names import spaced_word, token_name
from roberta_gui.gui.widgets.controls.empty_state import EmptyState
from roberta_gui.gui.widgets.controls.named import named
from roberta_gui.gui.widgets.controls.segments import Segments
from roberta_gui.gui.widgets.controls.tool_tip import plain_tip
from roberta_gui.gui.widgets.layers.lens_grid import LensGrid
from roberta_gui.gui.widgets.tokens.guess_list import Guess, GuessList
from roberta_gui.gui.widgets.tokens.token_glyphs import SPACE
from roberta_gui.records import Analysis, Candidate
from roberta_gui.view import View

CAVEAT: Final = (
    "Earlier layers were not trained for this head: read the entropy with their guesses. "
    "The top row is the model's own."
)
SHORT_CAVEAT: Final = "earlier layers were not trained for this head"
TINTS: Final[dict[str, str]] = {
    "probability": "How sure each layer is of the word it would guess",
    "entropy": "How undecided each layer is, in bits; strong colours are decided",
    "kl": "How far each layer is from the last layer's guesses, in bits; strong colours are near",
    "rank": "Where the watched word stands among all guesses; strong colours are first places",
}
WIDE: Final = 760
"""From this width on the ten guesses of the chosen cell stand beside the grid."""


class LensPanel(Panel):
    """Layers up, tokens across, in each cell the likeliest word; a click lists the next ones."""

    name = "lens"
    title = "Logit lens"
    tip = "What each layer would guess at each token. Click a cell for its ten likeliest words."

    def __init__(self, store: ViewStore, theme: Theme) -> None:
        super().__init__(store, theme)
        self._tint: Tint = "probability"
        self._watch = ""
        self._grid = LensGrid(theme)
        self._grid.cell_hovered.connect(self._hover)
        self._grid.cell_left.connect(store.leave)
        self._grid.cell_clicked.connect(self._click)
        self._grid.cell_double_clicked.connect(self._mask)
        self._grid.stepped.connect(self._step)
        self._list = GuessList(theme)
        self._list.guess_taken.connect(self._watch_guess)
        self._side = self._beside()
        pictures = QWidget()
        row = QHBoxLayout(pictures)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._grid, 1)
        row.addWidget(self._side)
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(pictures)
        self._note = named("note", QLabel())
        self._note.setWordWrap(True)
        self._caption = named("caption", QLabel())
        self._caption.setAlignment(Qt.AlignmentFlag.AlignTop)
        for label in (self._note, self._caption):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._caption.setWordWrap(True)
        self._controls = self._choices()
        for control in self._controls:
            self.heading.add(control)
        self.body.addWidget(self._note)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self._caption)

    def derive(self, view: View) -> Derivation | None:
        """Ask for the guesses of every layer: masks and the selected token first."""
        analysis = view.analysis
        if analysis is None or analysis.model != view.model or not analysis.model.can_fill_masks:
            return None
        masks = [token.index for token in analysis.tokens if token.is_mask]
        chosen = [t for t in view.selection.tokens[::-1] if t < len(analysis.tokens)]
        work = partial(read_lens, analysis, tuple(dict.fromkeys([*masks, *chosen])), self._watch)
        return Derivation((analysis, self._watch), work, analysis.model)

    def draw(self, view: View, previous: View | None) -> None:
        """Draw what has been read, and outline the chosen cell."""
        read = self._read(view)
        can_read = view.model is None or view.model.can_fill_masks
        for control in self._controls:
            control.setVisible(view.analysis is not None and can_read)
        self._caption.setVisible(read is not None)
        self._note.setVisible(read is not None and read.note is not None)
        if read is None:
            self._stack.setCurrentIndex(0)
            self._say_why_empty(view)
            self.heading.set_remark("")
            return
        self._stack.setCurrentIndex(1)
        if previous is None or self._read(previous) is not read:
            self._grid.set_values(read.cells(self._shown_tint(read)))
            if read.note is not None:
                self._note.setText(f"{read.note.title} {read.note.hint}")
        self._show_selection(view, read)
        self._show_remark(read)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes."""
        self._grid.set_theme(theme)
        self._list.set_theme(theme)
        self._side.setFixedWidth(theme.pixels(230))
        self._caption.setFixedHeight(theme.pixels(34))
        self._word.setFixedWidth(theme.pixels(112))
        super().set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the list beside the grid where there is room."""
        super().resizeEvent(event)
        self._side.setVisible(self.width() >= self.theme.pixels(WIDE))
        self._say_caption()
        if (read := self._read(self.store.view)) is not None:
            self._show_remark(read)

    @property
    def shown(self) -> Analysis | None:
        """The analysis whose layers were read."""
        read = self._read(self.store.view)
        return read.analysis if read is not None else None

    def picture(self) -> QWidget:
        """Return the grid."""
        return self._grid

    def caption_text(self) -> str:
        """Say what the tint means, what the chosen cell holds, and how to read all of it."""
        read = self._read(self.store.view)
        if read is None:
            return ""
        return f"{self._told_tint(read)} {self._told_cell(self.store.view, read)} {CAVEAT}"

    def table(self) -> Table | None:
        """Return the ten likeliest words of every layer at every token."""
        read = self._read(self.store.view)
        return None if read is None else read.table()

    def arrays(self) -> Arrays | None:
        """Return ids, log-probabilities, entropy and divergence of every cell."""
        read = self._read(self.store.view)
        return None if read is None else read.arrays()

    # --- drawing

    def _read(self, view: View) -> Read | None:
        derived = view.derived.get(self.name)
        return derived.value if derived is not None else None

    def _shown_tint(self, read: Read) -> Tint:
        """Return the chosen tint; ranks need a watched word."""
        return "probability" if self._tint == "rank" and not read.lens.watched else self._tint

    def _cell(self, view: View, read: Read) -> tuple[int, int]:
        """Return the chosen (layer, token): the first mask's, or the first token's, if none is."""
        tokens = read.analysis.tokens
        first = next((token.index for token in tokens if token.is_mask), min(1, len(tokens) - 1))
        token = view.selection.token
        chosen = token if token is not None and token < len(tokens) else first
        return min(view.selection.layer, len(read.lens.ids) - 1), chosen

    def _show_selection(self, view: View, read: Read) -> None:
        layer, token = self._cell(view, read)
        n_tokens, hovered = len(read.analysis.tokens), view.selection.hovered_token
        self._grid.set_layer(layer)
        self._grid.set_selected([t for t in view.selection.tokens if t < n_tokens])
        self._grid.set_hovered(
            None, hovered if hovered is not None and hovered < n_tokens else None
        )
        self._grid.bring_into_sight(token)
        self._list.set_guesses([_row(each) for each in read.lens.candidates(layer, token)])
        where = f"Layer {layer}" if layer else "Embeddings"
        self._heading.setText(f"{where} at {token_name(read.analysis.tokens[token])}")
        self._figures.setText("\n".join(_figures(read, layer, token)))
        self._say_caption()

    def _say_caption(self) -> None:
        self._caption.setText(self._words())
        self._caption.setToolTip(plain_tip(self.caption_text()))

    def _words(self) -> str:
        """Say under the grid what does not stand beside it."""
        read = self._read(self.store.view)
        if read is None:
            return ""
        if not self._side.isHidden():
            return f"{self._told_tint(read)} {CAVEAT}"
        told = self._told_guesses(self.store.view, read)
        metrics, room = self._caption.fontMetrics(), 1.85 * self._caption.width()
        return metrics.elidedText(told, Qt.TextElideMode.ElideRight, int(max(room, 300)))

    def _told_guesses(self, view: View, read: Read) -> str:
        layer, token = self._cell(view, read)
        guesses = read.lens.candidates(layer, token)
        name = token_name(read.analysis.tokens[token])
        where = f"Layer {layer}" if layer else "The embeddings"
        if not guesses:
            return f"{where} at “{name}” is being read."
        listed = ", ".join(
            f"{spaced_word(g.text, g.leading_space)} {_percent(g.probability)}" for g in guesses
        )
        return f"{where} at “{name}”: {listed}."

    def _told_cell(self, view: View, read: Read) -> str:
        figures = "; ".join(_figures(read, *self._cell(view, read)))
        return f"{self._told_guesses(view, read)} {figures}." if figures else ""

    def _told_tint(self, read: Read) -> str:
        tint = self._shown_tint(read)
        low, high = read.scale(tint).labels()
        unit = {"entropy": " bits", "kl": " bits"}.get(tint, "")
        what = {
            "probability": "the probability of the likeliest word",
            "entropy": "the entropy of all guesses",
            "kl": "the divergence of the last layer's guesses from this layer's",
            "rank": "the rank of the watched word",
        }[tint]
        return f"Tint: {what}, {low} – {high}{unit}."

    def _show_remark(self, read: Read) -> None:
        in_sight, n_tokens = self._grid.in_sight, len(read.analysis.tokens)
        part = f"tokens {in_sight.start} – {in_sight.stop - 1} of {n_tokens} · "
        self.heading.set_remark((part if len(in_sight) < n_tokens else "") + SHORT_CAVEAT)

    def _say_why_empty(self, view: View) -> None:
        lanes = ("sentence", f"panel:{self.name}")
        problem = next((view.problems[lane] for lane in lanes if lane in view.problems), None)
        if problem is not None:
            self._empty.say(problem.title, problem.hint)
        elif view.model is not None and not view.model.can_fill_masks:
            self._empty.say(
                "This model has no masked-LM head",
                "Its layers cannot guess words. Open a checkpoint saved as RobertaForMaskedLM.",
            )
        else:
            self._empty.say(
                "Getting ready", "Every layer's guesses appear with the first sentence."
            )

    # --- pointer and keys

    def _is_fresh(self) -> bool:
        """Whether the columns are the tokens that the rest of the window shows."""
        return self.shown is self.store.view.analysis

    def _hover(self, _layer: int, token: int) -> None:
        if self._is_fresh():
            self.store.hover_token(token)

    def _click(self, layer: int, token: int, extend: bool) -> None:
        """Choose layer and token; the same token in another layer stays locked."""
        selection = self.store.view.selection
        if not self._is_fresh():
            return
        if extend or token not in selection.tokens or layer == selection.layer:
            self.store.select_token(token, extend=extend)
        self.store.select_layer(layer)

    def _mask(self, _layer: int, token: int) -> None:
        if self._is_fresh():
            self.mask_wanted.emit(token)

    def _step(self, layers: int, tokens: int) -> None:
        read, view = self._read(self.store.view), self.store.view
        if layers:
            self.store.travel(layers, 0)
        elif read is not None and self._is_fresh():
            token = self._cell(view, read)[1] + tokens
            if 0 <= token < len(read.analysis.tokens):
                self.store.select_tokens([token])

    # --- controls

    def _choices(self) -> tuple[QWidget, QWidget]:
        self._tints = Segments(
            {"probability": "Probability", "entropy": "Entropy", "kl": "KL", "rank": "Rank"},
            TINTS,
            "Tint",
        )
        self._tints.set_choice(self._tint)
        self._tints.chosen.connect(self._choose_tint)
        self._word = QLineEdit()
        self._word.setPlaceholderText("Watch a word")
        self._word.setClearButtonEnabled(True)
        self._word.setAccessibleName("Word to watch")
        self._word.setToolTip(
            plain_tip(
                "A word of the vocabulary whose rank is followed through the layers, exactly as it "
                f"stands there: “{SPACE}floor” with its space is not “floor”. Enter watches it."
            )
        )
        self._word.editingFinished.connect(self._take_word)
        return self._tints, self._word

    def _beside(self) -> QWidget:
        self._heading = named("layerName", QLabel())
        self._figures = named("caption", QLabel())
        for label in (self._heading, self._figures):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._heading)
        column.addWidget(self._list)
        column.addWidget(self._figures)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        return scroll

    def _choose_tint(self, tint: str) -> None:
        self._tint = cast("Tint", tint)
        read = self._read(self.store.view)
        if tint == "rank" and not self._watch and read is not None:
            # A rank needs a word: the model's own best guess at the chosen token.
            layer = len(read.lens.ids) - 1
            self._watch_word(read.word(layer, self._cell(self.store.view, read)[1]))
        self._draw_again()

    def _watch_guess(self, row: int) -> None:
        """Watch a word of the list."""
        view = self.store.view
        read = self._read(view)
        if read is not None:
            guess = read.lens.candidates(*self._cell(view, read))[row]
            self._watch_word(spaced_word(guess.text, guess.leading_space))

    def _take_word(self) -> None:
        self._watch_word(self._word.text())

    def _watch_word(self, word: str) -> None:
        self._word.setText(word)
        watch = word.replace(SPACE, " ")
        if watch != self._watch:
            self._watch = watch
            if watch and self._tint != "rank":
                self._tint = "rank"
                self._tints.set_choice("rank")
            self._draw_again()

    def _draw_again(self) -> None:
        self._drawn = None
        self._refresh()


def _row(candidate: Candidate) -> Guess:
    word = spaced_word(candidate.text, candidate.leading_space)
    tip = f"{word}\nid {candidate.id}\nClick to watch it through the layers"
    return Guess(word, candidate.probability, tip)


def _figures(read: Read, layer: int, token: int) -> list[str]:
    lens = read.lens
    if lens.ids[layer, token, 0] < 0:
        return []
    told = [
        f"Entropy {lens.entropy_bits[layer, token]:.2f} bits",
        f"{lens.kl_bits[layer, token]:.2f} bits from the last layer (KL)",
    ]
    return [*told, rank] if (rank := read.rank(layer, token)) else told


def _percent(probability: float) -> str:
    return f"{probability * 100:.2g} %"
