"""Labels: what a fine-tuned model says of the sentence."""
