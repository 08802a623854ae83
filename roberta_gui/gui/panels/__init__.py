"""The panels. A new one is one new folder and its name in `PANELS`."""

from roberta_gui.gui.panels.all_heads.panel import AllHeadsPanel
from roberta_gui.gui.panels.attention.panel import AttentionPanel
from roberta_gui.gui.panels.cloze.panel import ClozePanel
from roberta_gui.gui.panels.compare_attention.panel import CompareAttentionPanel
from roberta_gui.gui.panels.compare_layers.panel import CompareLayersPanel
from roberta_gui.gui.panels.contrast.panel import ContrastPanel
from roberta_gui.gui.panels.fill.panel import FillPanel
from roberta_gui.gui.panels.guesses.panel import GuessesPanel
from roberta_gui.gui.panels.hidden_states.panel import HiddenStatesPanel
from roberta_gui.gui.panels.labels.panel import LabelsPanel
from roberta_gui.gui.panels.layers.panel import LayersPanel
from roberta_gui.gui.panels.lens.panel import LensPanel
from roberta_gui.gui.panels.moving.panel import MovingPanel
from roberta_gui.gui.panels.panel import Panel
from roberta_gui.gui.panels.patching.panel import PatchingPanel
from roberta_gui.gui.panels.path.panel import PathPanel
from roberta_gui.gui.panels.rogue.panel import RoguePanel
from roberta_gui.gui.panels.similarity.panel import SimilarityPanel
from roberta_gui.gui.panels.surprisal.panel import SurprisalPanel
from roberta_gui.gui.panels.sweep.panel import SweepPanel
from roberta_gui.gui.panels.token.panel import TokenInspectorPanel
from roberta_gui.gui.panels.train.panel import TrainPanel
from roberta_gui.gui.panels.why.panel import WhyPanel
from roberta_gui.gui.panels.words.panel import WordsPanel

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
    PatchingPanel,
    WordsPanel,
    TokenInspectorPanel,
    WhyPanel,
    TrainPanel,
    MovingPanel,
    FillPanel,
    ClozePanel,
    LabelsPanel,
)
