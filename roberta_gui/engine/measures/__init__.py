"""What one model says of a text: guesses, lens, surprisal, contributions, sweep and more."""
