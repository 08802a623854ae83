"""Buttons, choices and frames around pictures."""
