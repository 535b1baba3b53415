"""A place's name as it is looked up: its words, each written in one way."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rafiqa.study.folded import Folded, fold

_WORD: Final = re.compile(
    r"[^\W\d_]+(?:(?!['’]s(?![^\W\d_]))['’ʼʿʾʻ`‘][^\W\d_]+)*(?:(?!['’]s)['’ʼʿʾ])?"
)
"""Letters, with what stands for an ayin or a hamza between them; the "'s" of English is no part."""
_APOSTROPHES: Final = re.compile(r"['’ʼʿʾʻ`‘]")
_SORANI: Final = str.maketrans(
    {"ە": "ه", "ڕ": "ر", "ڵ": "ل", "ێ": "ي", "ۆ": "و", "گ": "ك", "چ": "ج", "پ": "ب", "ڤ": "ف"}
)
"""Kurdish letters as an Arabic keyboard has them: both are written."""
_LATIN_LETTERS: Final = {"ı": "i", "ø": "o", "ł": "l", "đ": "d"}
_ARTICLES: Final = frozenset({"al", "ar", "as", "ash", "at", "ath", "az", "an", "ad", "adh", "el"})
_SORANI_LETTERS: Final = frozenset("ڕڵێۆەڤ")
_LEAST_BARE: Final = 5


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.

    Attributes:
        start, end: where it stands in the folded text.
        key: as it is looked up.
        is_latin: whether it is in Latin letters. is_capital: whether it begins with a capital.
        is_sorani: whether it holds letters that only Kurdish has.
    """

    start: int
    end: int
    key: str
    is_latin: bool
    is_capital: bool
    is_sorani: bool


def words_of(text: Folded) -> tuple[Word, ...]:
    """Returns the words of a text, in order; digits and signs are none."""
    original, places = text.original, text.places
    found = []
    for match in _WORD.finditer(text.text):
        written, start = match.group(), match.start()
        found.append(
            Word(
                start,
                match.end(),
                word_key(written),
                written[0] < "\u0250" or "\u1e00" <= written[0] < "\u1f00",
                original[places[start]].isupper(),
                not _SORANI_LETTERS.isdisjoint(written),
            )
        )
    return tuple(found)


@lru_cache(maxsize=65_536)
def word_key(folded: str) -> str:
    """Returns a folded word as looked up: Latin without accents, Kurdish as on any keyboard."""
    bare = _APOSTROPHES.sub("", folded)
    if bare and (bare[0] < "\u0600" or bare[0] > "\u06ff"):
        bare = "".join(_LATIN_LETTERS.get(letter, letter) for letter in bare)
        taken_apart = unicodedata.normalize("NFKD", bare)
        return "".join(sign for sign in taken_apart if not unicodedata.combining(sign))
    return bare.translate(_SORANI)


@lru_cache(maxsize=131_072)
def name_key(name: str) -> str:
    """Returns a name as it is looked up: its words with one space between; empty of no word."""
    return " ".join(word.key for word in words_of(fold(name)))


def bare_key(key: str) -> str | None:
    """Returns a Latin name's key without its Arabic article; None where it has none.

    What is left must be long enough not to be a word of its own.
    """
    article, _, rest = key.partition(" ")
    return rest if article in _ARTICLES and len(rest) >= _LEAST_BARE else None
