"""Attention: one head of one layer."""
