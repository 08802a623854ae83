"""Which heads a guess depends on, asked and said."""

from roberta_gui.findings.sweep.captions import caption as caption
from roberta_gui.findings.sweep.sweeping import arrays as arrays
from roberta_gui.findings.sweep.sweeping import table as table
