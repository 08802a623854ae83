"""Hidden states: where each token lies on fixed axes."""
