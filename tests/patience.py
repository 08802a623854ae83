"""How long a test waits for what must come, on a machine that has other things to do."""

from typing import Final

PATIENCE_S: Final = 900
"""Only what hangs is ever waited for so long."""
