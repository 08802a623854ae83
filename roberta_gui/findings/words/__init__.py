"""What can be said of words, at masks and in the vocabulary."""
