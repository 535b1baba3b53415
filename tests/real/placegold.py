"""Texts in which people marked the places, read from the open sets beside the checkout."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.real.opendata import DATA

NER = DATA / "arabic-ner"


@dataclass(frozen=True)
class Marked:
    """A text and where its places stand, by code points.

    Attributes:
        once: whether each name was marked once in a text, where its letters first stand (even
            within «الكويتي» or a hashtag): then a hit is the same name in the same text.
    """

    text: str
    places: tuple[tuple[int, int], ...]
    once: bool = False


def there(*names: str) -> bool:
    """Returns whether the sets lie beside the checkout."""
    return all((DATA / name).exists() for name in names)


def aqmar(part: str) -> list[Marked]:
    """Returns the sentences of AQMAR (CC BY-SA 3.0): Wikipedia, tag LOC."""
    return list(_bio(NER / "aqmar" / f"{part}.txt", {"LOC"}))


def wojood(part: str) -> list[Marked]:
    """Returns the sentences of the Wojood sample (MIT), tags GPE and LOC."""
    return list(_bio(NER / "wojood-sample" / f"{part}.txt", {"GPE", "LOC"}))


def idrisi(part: str) -> list[Marked]:
    """Returns the short messages of IDRISI-R (CC BY 4.0), places of every type."""
    folder = NER / "idrisi-scrubbed" / "LMR" / "data" / "AR" / "gold-random-json"
    found = []
    for file in sorted(folder.glob(f"*/{part}.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            spans = tuple((one["startIdx"], one["endIdx"]) for one in row["location_mentions"])
            found.append(Marked(row["text"], spans, once=True))
    return found


def _bio(path: Path, kinds: set[str]) -> Iterator[Marked]:
    words: list[tuple[str, str]] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        parts = line.split()
        if len(parts) >= 2 and not line.startswith("$#$"):
            words.append((parts[0], parts[-1] if len(parts) == 2 else " ".join(parts[1:])))
        elif words:
            yield _marked(words, kinds)
            words = []


def _marked(words: list[tuple[str, str]], kinds: set[str]) -> Marked:
    text, spans = "", []
    begun: int | None = None
    for word, tags in words:
        own = {tag[2:]: tag[0] for tag in tags.split() if "-" in tag}
        hit = next((begin for kind, begin in own.items() if kind in kinds), "")
        if begun is not None and hit != "I":
            spans.append((begun, len(text)))
            begun = None
        if text:
            text += " "
        if hit and begun is None:
            begun = len(text)
        text += word
    if begun is not None:
        spans.append((begun, len(text)))
    return Marked(text, tuple(spans))
