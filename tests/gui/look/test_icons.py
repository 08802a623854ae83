"""Icons: glyphs of one family, loaded when the first of them is painted."""

import subprocess
import sys


def test_only_the_family_in_use_is_loaded() -> None:
    code = """
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication
application = QApplication([])
before = set(QFontDatabase.families())
from roberta_gui.gui.look.icons import icon
icon("close").pixmap(16, 16)
print(sorted(set(QFontDatabase.families()) - before))
"""

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert result.stdout.strip() == "['Material Design Icons']", result.stderr
