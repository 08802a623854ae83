"""Let ``python -m roberta_gui.training`` run the command line."""

import sys

from roberta_gui.training.command_line import main

if __name__ == "__main__":
    sys.exit(main())
