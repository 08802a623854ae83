"""Where sentences are written: the cards, and what stands under their tokens."""
