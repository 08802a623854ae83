"""Similarity: how alike the layers are, of one model or of two."""
