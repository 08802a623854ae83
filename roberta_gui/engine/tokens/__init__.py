"""A tokenizer's files become Tokens."""
