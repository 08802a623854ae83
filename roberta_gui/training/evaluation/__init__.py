"""How good a checkpoint is: held-out text, cloze sentences, reports."""
