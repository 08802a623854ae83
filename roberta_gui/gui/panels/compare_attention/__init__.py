"""Attention, A − B: what one head does otherwise in a second sentence."""
