"""The lexicon: families of words and phrases, by language, and where a text holds one.

The words stand in ``study/data/*.toml``; each family says there where it comes from. A pattern is
one or more words: ``*`` at the end of a word stands for any ending, ``[ab_]`` for one of the
letters (``_`` for none), ``+`` between words for up to five words of any kind.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import product
from typing import Final

from rafiqa.study.folded import fold
from rafiqa.study.record import Language
from rafiqa.study.word import Word, plain

_CLASS: Final = re.compile(r"\[([^\]]+)\]")
_GAP: Final = 5
"""The most words that a ``+`` stands for."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A family of the lexicon at words of a sentence, from ``first`` to ``last`` inclusive."""

    family: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    family: str
    rest: tuple[str, ...]


class Lexicon:
    """The families of one language, ready to be looked for."""

    def __init__(self, families: Mapping[str, Sequence[str]]) -> None:
        self._exact: dict[str, list[_Phrase]] = {}
        self._prefix: dict[str, list[_Phrase]] = {}
        for family, patterns in families.items():
            for pattern in patterns:
                for spelled in _spelled(pattern):
                    self._add(family, spelled.split())
        self._longest = max((len(each) for each in self._prefix), default=0)
        self._heads = lru_cache(maxsize=65536)(self._heads_of)

    def _add(self, family: str, parts: list[str]) -> None:
        head, rest = parts[0], tuple(_bare(part) for part in parts[1:])
        where = self._prefix if head.endswith("*") else self._exact
        phrases = where.setdefault(_bare(head).rstrip("*"), [])
        phrase = _Phrase(family, rest)
        if phrase not in phrases:
            phrases.append(phrase)

    def tags(self, words: Sequence[Word]) -> tuple[Tag, ...]:
        """Returns every family found, the first word first; of one family the longest there."""
        found: dict[tuple[str, int], int] = {}
        for first, word in enumerate(words):
            for phrase in self._heads(word.readings):
                last = _end(phrase.rest, words, first)
                if last is not None:
                    key = (phrase.family, first)
                    found[key] = max(last, found.get(key, first))
        return tuple(Tag(family, first, last) for (family, first), last in found.items())

    def _heads_of(self, readings: frozenset[str]) -> tuple[_Phrase, ...]:
        found: dict[_Phrase, None] = {}
        for reading in sorted(readings):
            found.update(dict.fromkeys(self._exact.get(reading, ())))
            for length in range(1, min(len(reading), self._longest) + 1):
                found.update(dict.fromkeys(self._prefix.get(reading[:length], ())))
        return tuple(found)


def _end(rest: Sequence[str], words: Sequence[Word], first: int) -> int | None:
    at = first
    gap = False
    for part in rest:
        if part == "+":
            gap = True
            continue
        reach = range(at + 1, min(at + 1 + (_GAP if gap else 0), len(words) - 1) + 1)
        found = next((n for n in reach if matches(part, words[n])), None)
        if found is None:
            return None
        at, gap = found, False
    return at


def matches(part: str, word: Word) -> bool:
    """Returns whether a word of a pattern is this word in one of its readings."""
    if part.endswith("*"):
        return any(reading.startswith(part[:-1]) for reading in word.readings)
    return part in word.readings


def _bare(part: str) -> str:
    if part.startswith("="):
        return "=" + fold(part[1:]).text
    return part if part == "+" else plain(part.rstrip("*")) + ("*" if part.endswith("*") else "")


def _spelled(pattern: str) -> Iterator[str]:
    parts = _CLASS.split(pattern)
    choices = [part if n % 2 else [part] for n, part in enumerate(parts)]
    for chosen in product(*choices):
        yield "".join(chosen).replace("_", "")


@cache
def data(name: str) -> Mapping[str, object]:
    """Returns a table of ``study/data``."""
    text = (resources.files("rafiqa.study") / "data" / f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def lexicon(language: Language) -> Lexicon:
    """Returns the words of claims in a language; those of no language known are none."""
    families: dict[str, Sequence[str]] = {}
    for name in ("hazard", "event", "polarity", "speaker"):
        for family, table in data(name).items():
            words = table.get(language, ()) if isinstance(table, dict) else ()
            families[family] = tuple(words)
    return Lexicon(families)
