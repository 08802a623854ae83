"""Make the tasks to fine-tune on that come with the product: ``resources/examples/*.csv``.

``python scripts/make_task_examples.py HELD_OUT.txt.xz SOURCES.json`` reads documents that the
built-in model was not trained on, with the list of their sources, as ``evaluate`` takes them.
"""

import csv
import io
import json
import lzma
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).parents[1] / "resources" / "examples"

KINDS = {
    "novel": ("16-", "17-", "18-"),
    "textbook": ("12-",),
    "everyday": ("01-",),
    "definition": ("11-",),
}
N_KIND = 300
N_PAIRS = 700

KINDS_HEADER = """\
# Which kind of text is a sentence from? Four kinds, 300 sentences each, drawn at random.
# novel: Standard Ebooks (CC0 1.0), Project Gutenberg, ELTeC-eng (public domain).
# textbook: OpenStax, Rice University, openstax.org (CC BY 4.0). Sentences were taken out unchanged.
# everyday: Tatoeba, tatoeba.org contributors (CC BY 2.0 FR). Taken out unchanged.
# definition: Open English WordNet (CC BY 4.0) of Princeton WordNet (its licence); sentences were
# made from glosses.
# Sentences of one book may stand on both sides of a split. Made by scripts/make_task_examples.py.
"""

GRAMMAR_HEADER = """\
# Is a sentence acceptable? 700 minimal pairs: a sentence, and the same one with one change.
# agreement: a form of be, have or do takes the other number (is/are, was/were, has/have, does/do).
# order: the, a, an, my, our or their changes places with the word that follows it.
# A group holds both halves of a pair, which stand on the same side of a split.
# Sentences: Common Voice and Standard Ebooks (CC0 1.0), Project Gutenberg and ELTeC-eng (public
# domain).
# Changed by rule, not judged by people. This file: CC0 1.0. Made by scripts/make_task_examples.py.
"""

SWAPPED = {"is": "are", "was": "were", "has": "have", "does": "do"}
SWAPPED |= {other: one for one, other in SWAPPED.items()}
AGREEMENT = re.compile(rf"\b({'|'.join(SWAPPED)})\b")
# After these the other number may be right: "if he were", "the family are".
UNSURE = re.compile(
    r"\b(if|though|as|wish|wished|would|family|people|number|none|who|that)\b", re.I
)
ORDER = re.compile(r"(?<=[a-z] )(the|a|an|my|our|their) ([a-z]{3,})\b(?= [a-z])")


def sentences(text: Path, sources: Path) -> Iterator[tuple[str, str]]:
    """Give each sentence of 5 to 25 words with its source."""
    documents = lzma.decompress(text.read_bytes()).decode().strip().split("\n\n")
    names = json.loads(sources.read_text(encoding="utf-8"))
    for document, source in zip(documents, names, strict=True):
        for line in document.split("\n"):
            for one in re.split(r"(?<=[.!?])\s+(?=[A-Z])", line):
                plain = re.fullmatch(r"[A-Z][\w ,;:()'-]+[.!?]", one)
                if plain and 5 <= len(one.split()) <= 25 and one.isascii():
                    yield one, source


def kinds(found: list[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Draw the sentences of each kind."""
    rows: list[tuple[str, ...]] = []
    for kind, starts in KINDS.items():
        of_kind = sorted({one for one, source in found if source.startswith(starts)})
        rows += [(one, kind) for one in random.Random(0).sample(of_kind, N_KIND)]
    random.Random(0).shuffle(rows)
    return rows


def grammar(found: list[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Draw minimal pairs, half of them by each rule."""
    free = ("02-", "16-", "17-", "18-")
    pool = sorted({one for one, source in found if source.startswith(free)})
    random.Random(0).shuffle(pool)
    pairs: list[tuple[str, str, str]] = []
    for one in pool:
        verb, article = AGREEMENT.search(one), ORDER.search(one)
        by = [rule for _, _, rule in pairs]
        if verb and not UNSURE.search(one) and by.count("agreement") < N_PAIRS // 2:
            changed = one[: verb.start()] + SWAPPED[verb[0]] + one[verb.end() :]
            pairs.append((one, changed, "agreement"))
        elif article and by.count("order") < N_PAIRS // 2:
            changed = f"{one[: article.start()]}{article[2]} {article[1]}{one[article.end() :]}"
            pairs.append((one, changed, "order"))
    random.Random(0).shuffle(pairs)
    return [
        (text, label, rule, str(number))
        for number, (good, bad, rule) in enumerate(pairs)
        for text, label in ((good, "acceptable"), (bad, "unacceptable"))
    ]


def write(name: str, header: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write notes, the columns' names and the rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([columns, *rows])
    TARGET.mkdir(exist_ok=True)
    (TARGET / name).write_text(header + text.getvalue(), encoding="utf-8")
    print(f"{name}: {len(rows)} rows, {(TARGET / name).stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    read = list(sentences(Path(sys.argv[1]), Path(sys.argv[2])))
    write("kinds.csv", KINDS_HEADER, ("text", "label"), kinds(read))
    write("grammar.csv", GRAMMAR_HEADER, ("text", "label", "rule", "group"), grammar(read))
