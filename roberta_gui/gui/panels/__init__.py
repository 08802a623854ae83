"""The panels. A new one is one new file and its name in :data:`PANELS`."""

from roberta_gui.gui.panel import Panel
from roberta_gui.gui.panels.all_heads import AllHeadsPanel
from roberta_gui.gui.panels.attention import AttentionPanel
from roberta_gui.gui.panels.compare_attention import CompareAttentionPanel
from roberta_gui.gui.panels.compare_layers import CompareLayersPanel
from roberta_gui.gui.panels.contrast import ContrastPanel
from roberta_gui.gui.panels.guesses import GuessesPanel
from roberta_gui.gui.panels.hidden_states import HiddenStatesPanel
from roberta_gui.gui.panels.layers import LayersPanel
from roberta_gui.gui.panels.lens import LensPanel
from roberta_gui.gui.panels.path import PathPanel
from roberta_gui.gui.panels.rogue import RoguePanel
from roberta_gui.gui.panels.similarity import SimilarityPanel
from roberta_gui.gui.panels.surprisal import SurprisalPanel
from roberta_gui.gui.panels.sweep import SweepPanel

PANELS: tuple[type[Panel], ...] = (
    GuessesPanel,
    AttentionPanel,
    HiddenStatesPanel,
    AllHeadsPanel,
    LayersPanel,
    SimilarityPanel,
    LensPanel,
    PathPanel,
    RoguePanel,
    SweepPanel,
    SurprisalPanel,
    CompareAttentionPanel,
    ContrastPanel,
    CompareLayersPanel,
)
