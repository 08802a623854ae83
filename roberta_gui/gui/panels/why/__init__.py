"""Why this guess: what each token adds to a word's log-probability at a mask."""
