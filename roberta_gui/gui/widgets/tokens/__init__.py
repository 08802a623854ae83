"""Tokens and words as chips, bars and lists."""
