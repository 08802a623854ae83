"""Start RoBERTa Explorer from a checkout: ``python main.py``."""

from roberta_gui.__main__ import start

if __name__ == "__main__":
    start()
