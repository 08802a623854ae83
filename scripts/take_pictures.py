"""Take the pictures that README shows: ``python scripts/take_pictures.py [NAME…]``.

Each is a snapshot of the real window on the built-in model, so that they can be taken anew
whenever the window or the model changes.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SENTENCE = "The cat sat on the <mask> and looked at the moon."
LONG = ROOT / "resources" / "reference_sentences.txt"

PICTURES: dict[str, list[str]] = {
    "explore-light": ["--layer", "4", "--token", "3"],
    "explore-dark": [
        "--text", "She put the <mask> on the table and went to <mask>.", "--theme", "dark",
        "--layer", "4", "--head", "2",
    ],
    "hidden-dark": [
        "--panel", "hidden", "--theme", "dark", "--layer", "6", "--size", "1000x700",
        "--token", "3", "--token", "7", "--token", "12",
    ],
    "heads-512": ["--panel", "heads", "--text", "long", "--size", "1000x700"],
    "layers-light": ["--arrangement", "layers", "--layer", "4", "--token", "3"],
    "multiples-dark": [
        "--panel", "layers", "--theme", "dark", "--size", "1100x760", "--layer", "4",
        "--token", "3", "--token", "7",
    ],
    "similarity-light": ["--panel", "similarity", "--size", "1000x720", "--layer", "4"],
    "path-light": ["--panel", "path", "--size", "1280x800", "--layer", "4", "--token", "3"],
    "rogue-dark": [
        "--panel", "rogue", "--theme", "dark", "--size", "1100x700", "--layer", "4",
        "--space", "raw",
    ],
    "arcs-dark": [
        "--panel", "attention", "--theme", "dark", "--size", "1000x720", "--layer", "5",
        "--head", "8", "--choose", "drawn_as=arcs", "--choose", "measure=contribution",
    ],
    "words-light": [
        "--panel", "attention", "--size", "1000x720", "--layer", "6", "--text",
        "The unbelievable acrobats somersaulted over the <mask>.",
        "--choose", "measure=rollout", "--choose", "unit=words",
    ],
    "tint-light": ["--size", "1100x640", "--panel", "guesses", "--choose", "tint=true"],
    "apart-dark": [
        "--compare", "The dog sat on the <mask> and barked at the moon.", "--theme", "dark",
        "--panel", "aligned", "--size", "1100x760", "--layer", "4",
    ],
    "compare-light": [
        "--compare", "The dog sat on the <mask> and barked at the moon.", "--layer", "5",
        "--head", "1",
    ],
    "patching-light": [
        "--text", "The keys to the cabinet <mask> on the table.", "--panel", "patching",
        "--compare", "The key to the cabinet <mask> on the table.", "--size", "1100x680",
        "--choose", "patching.word=are",
    ],
    "score-light": [
        "--text", "The keys to the cabinet <mask> here.", "--panel", "words",
        "--compare", "The key to the cabinet <mask> here.", "--size", "1100x600",
        "--choose", "words.words=is, are, were",
    ],
    "fill-light": [
        "--text", "The <mask> to the cabinet <mask> here.", "--panel", "fill",
        "--size", "1100x720",
    ],
    "why-light": [
        "--text", "The keys to the cabinet <mask> on the table.", "--panel", "why",
        "--size", "1100x600", "--choose", "tint=why", "--choose", "why.word=are",
    ],
    "switched-dark": ["--theme", "dark", "--layer", "4", "--off", "4.1,5.1", "--token", "7"],
    "roles-light": [
        "--panel", "heads", "--size", "1000x760", "--layer", "2", "--head", "6",
        "--choose", "sort=previous", "--choose", "roles=true",
    ],
    "surprisal-off-light": [
        "--panel", "surprisal", "--size", "1000x560", "--off", "4.1,5.1",
    ],
    "sweep-light": ["--panel", "sweep", "--size", "1100x640"],
    "surprisal-dark": ["--panel", "surprisal", "--theme", "dark", "--size", "1000x640"],
    "cloze-light": [
        "--panel", "cloze", "--size", "1000x680", "--choose", "cloze.first=true",
        "--choose", "cloze.guess=roof", "--text",
        "The cat sat on the <mask> and looked at the <mask>.",
    ],
    "lens-light": ["--panel", "lens", "--size", "1100x640", "--layer", "4", "--token", "7"],
}  # fmt: skip
"""By file name in ``docs``: what the command line asks for."""


def main() -> int:
    """Take all the pictures, or the named ones."""
    wanted = sys.argv[1:] or list(PICTURES)
    for name in wanted:
        arguments = list(PICTURES[name])
        if "--text" not in arguments:
            arguments += ["--text", SENTENCE]
        arguments = [_long_text() if part == "long" else part for part in arguments]
        if "--theme" not in arguments:
            arguments += ["--theme", "light"]
        file = ROOT / "docs" / f"{name}.png"
        command = [sys.executable, str(ROOT / "main.py"), "--snapshot", str(file), *arguments]
        subprocess.run(command, check=True, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
        sys.stdout.write(f"{file.relative_to(ROOT)}\n")
    return 0


def _long_text() -> str:
    """Return more text than the model reads at once."""
    lines = LONG.read_text(encoding="utf-8").splitlines()
    return " ".join(line for line in lines if not line.startswith("#"))[:4000]


if __name__ == "__main__":
    raise SystemExit(main())
