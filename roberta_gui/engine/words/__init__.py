"""Words at the masks: scored, filled in together, whole, explained and patched."""
