"""A text as it is searched, with the way back to every character of the original."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from typing import Final

_ALIKE: Final = {
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ىی", "ي"),
    "ة": "ه",
    "ھ": "ه",
    "ؤ": "و",
    "ئ": "ي",
    "ک": "ك",
}
"""Letters that Arabic writers put for one another. Kurdish letters of their own stay."""
_DROPPED: Final = frozenset({"Mn", "Me", "Cf"})
_TATWEEL: Final = "\u0640"


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without the marks that do not change its words.

    Attributes:
        original: the text, code point by code point.
        text: the same in lower case, without vowel signs, stretching, marks of direction and of no
            width; digits Western; letters that are written one for another alike; each space of
            any kind a plain one.
        places: of each character of ``text``, its place in the original.
    """

    original: str
    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Returns where the characters from ``start`` to before ``end`` stand in the original.

        What was dropped behind the last of them (a vowel sign) belongs to it.

        Raises:
            ValueError: the span is empty or not within the text.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError((start, end))
        last = self.places[end - 1] + 1
        next_kept = self.places[end] if end < len(self.text) else len(self.original)
        while last < next_kept and unicodedata.category(self.original[last]) == "Mn":
            last += 1
        return self.places[start], last

    def at(self, place: int) -> int:
        """Returns the first character of ``text`` at a place of the original or after it."""
        found = bisect_right(self.places, place - 1)
        return min(found, len(self.text))


def fold(text: str) -> Folded:
    """Returns a text as it is searched. As many characters or fewer: none is taken apart."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        kept = _folded(letter)
        if kept:
            letters.append(kept)
            places.append(place)
    return Folded(text, "".join(letters), tuple(places))


@cache
def _folded(letter: str) -> str:
    category = unicodedata.category(letter)
    if letter == _TATWEEL or category in _DROPPED:
        return ""
    if letter in _ALIKE:
        return _ALIKE[letter]
    if category == "Nd":
        return str(unicodedata.digit(letter))
    if category == "Zs":
        return " "
    # One character for one: of a lower case that is two (İ), only the letter is kept.
    return letter.lower()[0]
