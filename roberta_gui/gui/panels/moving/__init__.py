"""Layers move: where each layer stands while a model learns a task."""
