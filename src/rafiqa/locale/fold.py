"""Names as they are compared: letters that are written one for the other fall together."""

from __future__ import annotations

import unicodedata
from typing import Final

_ALIKE: Final = {
    # Arabic: alef with and without hamza or wasla, final ya and alef maqsura, ta marbuta and ha.
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ىیێې", "ي"),  # and the Kurdish and Persian ya, with and without its mark
    **dict.fromkeys("ةەہھۀ", "ه"),  # and the Kurdish e, and both forms of the Kurdish ha
    **dict.fromkeys("کڪ", "ك"),
    **dict.fromkeys("ؤۆۊۇ", "و"),
    "ئ": "ي",
    "ڕ": "ر",
    "ڵ": "ل",
    # Latin letters that no decomposition takes apart.
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "đ": "d",
}
_DROPPED: Final = "\u0640ء'’‘`´ʿʾʼʻ"
_BETWEEN: Final = "-–—_/\\.,;:·()[]"
_LETTERS: Final = str.maketrans(
    {**_ALIKE, **dict.fromkeys(_DROPPED), **dict.fromkeys(_BETWEEN, " ")}
)
_ARTICLE: Final = "ال"
_SHORTEST: Final = 3
"""A word of fewer letters keeps what looks like the article."""


def folded(name: str) -> str:
    """Returns a name as it is compared, its words with one space between.

    Arabic, Sorani, Kurmanji and English alike: without case, vowel signs, stretching and other
    marks; digits are Western; letters that people write one for the other are one; the Arabic
    article is left out. Letters that tell words apart (گ from ك, ڤ from ف, پ from ب) stay.
    """
    known = name.casefold().translate(_LETTERS)
    apart = unicodedata.normalize("NFKD", known)
    bare = "".join(
        str(unicodedata.digit(letter)) if letter.isdigit() else letter
        for letter in apart
        if not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf"
    )
    return " ".join(_bare_word(word) for word in bare.translate(_LETTERS).split())


def _bare_word(word: str) -> str:
    rest = word.removeprefix(_ARTICLE)
    return rest if rest != word and len(rest) >= _SHORTEST else word


def match_rank(wanted: str, name: str) -> int | None:
    """Returns how well a folded name answers a folded question; None where it does not.

    0 the whole name, 1 its beginning, 2 beginnings of its words, 3 somewhere within. Every word
    that is asked for has to be found, in any order.
    """
    if not wanted:
        return None
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    asked, told = wanted.split(), name.split()
    if all(any(word.startswith(each) for word in told) for each in asked):
        return 2
    if all(each in name for each in asked):
        return 3
    return None
