"""Let ``python -m roberta_gui.pretraining`` run the command line."""

import sys

from roberta_gui.pretraining.command_line import main

if __name__ == "__main__":
    sys.exit(main())
