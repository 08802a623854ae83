"""On what the numbers were taken: without it they mean nothing."""

import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from roberta_gui import __version__

PACKAGES = ("torch", "transformers", "tokenizers", "PySide6-Essentials", "numpy")


def describe() -> Mapping[str, str]:
    """Name processor, cores, threads, load and versions."""
    import torch

    facts = {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "threads": str(torch.get_num_threads()),
        "system": platform.platform(),
        "python": platform.python_version(),
    }
    if hasattr(os, "getloadavg"):
        facts["load in the last minute"] = f"{os.getloadavg()[0]:.1f}"
    return facts | {name: version(name) for name in PACKAGES} | {"roberta-gui": __version__}


def processor() -> str:
    """Name the processor, as its maker calls it where the system tells."""
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
