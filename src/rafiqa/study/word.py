"""Words of a folded text, and the ways in which one may be read once its clitics are off."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from rafiqa.study.folded import fold

_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_ALIKE: Final = {"ە": "ه", "ێ": "ي", "ۆ": "و", "ڕ": "ر", "ڵ": "ل", "ڤ": "ف", "’": "'", "ı": "i"}
"""Letters of Sorani that many keyboards lack, and what is written for them."""
_CONJUNCTIONS: Final = ("و", "ف")
_PREPOSITIONS: Final = ("ب", "ل", "ك")
_FUTURE: Final = re.compile(r"س[يتن]\w{3,}")
_THREE: Final = re.compile(r"(?<!\w)سێ(?!\w)")
"""Three in Sorani, which without its own letter would be thirty."""
_LEAST: Final = 2
"""Letters that must be left of an Arabic word once a clitic is off."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.

    Attributes:
        key: as words are compared (``shadow``).
        start, end: where it stands in the folded text, and in its shadow.
        readings: the key, and what is left of it without clitics.
    """

    key: str
    start: int
    end: int
    readings: frozenset[str]


def words(
    shadow_text: str, start: int = 0, end: int | None = None, folded_text: str | None = None
) -> tuple[Word, ...]:
    """Returns the words of a shadow, or of a part of it.

    With the folded text, a Latin word that has diacritics may also be read as it is spelled, after
    an equals sign: «=dê» is the future of Kurmanji and «de» its commonest postposition.
    """
    stop = len(shadow_text) if end is None else end
    return tuple(
        Word(found.group(), *found.span(), _spelled(found, folded_text))
        for found in _WORD.finditer(shadow_text, start, stop)
    )


def _spelled(found: re.Match[str], folded_text: str | None) -> frozenset[str]:
    usual = readings(found.group())
    if folded_text is None or not "a" <= found.group()[0] <= "z":
        return usual
    exact = folded_text[found.start() : found.end()]
    return usual if exact == found.group() else usual | {"=" + exact}


def shadow(folded_text: str) -> str:
    """Returns a folded text as words are compared: as many characters, each at its place.

    Latin letters lose their diacritics and Sorani its own letters, as many keyboards lack them.
    """
    plain_text = "".join(_plain_letter(letter) for letter in folded_text)
    letters = list(plain_text)
    for found in _THREE.finditer(folded_text):
        letters[found.start() + 1] = folded_text[found.start() + 1]
    return "".join(letters)


@cache
def _plain_letter(letter: str) -> str:
    if letter in _ALIKE:
        return _ALIKE[letter]
    if letter.isascii() or "\u0600" <= letter <= "\u06ff":
        return letter
    base = unicodedata.normalize("NFKD", letter)[:1]
    return base.lower() if base.isalnum() and len(base.lower()) == 1 else letter


@lru_cache(maxsize=65536)
def plain(word: str) -> str:
    """Returns a word as words are compared with one another; idempotent."""
    return shadow(fold(word).text)


@lru_cache(maxsize=65536)
def readings(key: str) -> frozenset[str]:
    """Returns a word with and without what Arabic writes onto its front (و ف ب ل ك ال لل)."""
    found = {key}
    if not key or not "\u0621" <= key[0] <= "\u06d3":
        return frozenset(found)
    rests = [key]
    if key[0] in _CONJUNCTIONS and len(key) > _LEAST:
        rests.append(key[1:])
    for rest in list(rests):
        if rest[0] in _PREPOSITIONS and len(rest) > _LEAST + 1:
            rests.append(rest[1:])
        if rest.startswith("لل") and len(rest) > _LEAST + 2:
            rests.append("ال" + rest[2:])
    found.update(rests)
    for rest in rests:
        if rest.startswith("ال") and len(rest) > _LEAST + 2:
            found.add(rest[2:])
        elif _FUTURE.match(rest):
            found.add(rest[1:])
    return frozenset(found)
