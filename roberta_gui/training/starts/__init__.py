"""What a run begins with: fresh weights, a checkpoint, words of its text, another encoder."""
