"""Kernels of shapes that were once computed do not pile up in memory."""

import os
import subprocess
import sys

CAPACITY = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"
SAY = f"""
import os, sys
import roberta_gui.engine
print(os.environ["{CAPACITY}"], "torch" in sys.modules)
"""


def said(**environment: str) -> list[str]:
    """Return what a fresh process says of the cache's size, and whether torch was there before."""
    kept = {name: value for name, value in os.environ.items() if name != CAPACITY}
    told = subprocess.run(
        [sys.executable, "-c", SAY],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return told.stdout.split()


def test_few_shapes_keep_their_kernels_and_that_is_said_before_torch_comes() -> None:
    assert said() == ["64", "False"]


def test_who_knows_better_says_so_in_the_environment() -> None:
    assert said(ONEDNN_PRIMITIVE_CACHE_CAPACITY="512") == ["512", "False"]
