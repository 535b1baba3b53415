"""Letters of a text by script: which languages it may be in, and what of it nobody can see."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Final

_SORANI: Final = frozenset("ێۆڕڵڤە")
"""Letters that Sorani has and Arabic has not (desk study, section 7)."""
_KURMANJI: Final = frozenset("êîûçş")
_TURKISH: Final = frozenset("ğıİ")
_SORANI_SHARE: Final = 0.03
_KURMANJI_SHARE: Final = 0.02


def languages_of(text: str) -> tuple[tuple[str, float], ...]:
    """Returns the languages that the letters of a text may be in, with their share of the letters.

    A rule of scripts, line by line: Arabic letters with those of Sorani are ``ckb``, else ``ar``;
    Latin ones with those of Kurmanji and without the Turkish ones ``kmr``, plain ones ``en``;
    everything else ``other``. Farsi comes out as ``ar`` and French as ``en``: it is a hint.
    """
    counted: Counter[str] = Counter()
    for line in text.split("\n"):
        letters = [letter for letter in line.lower() if letter.isalpha()]
        if letters:
            counted.update(_by_script(letters))
    total = sum(counted.values())
    return tuple((name, round(n / total, 4)) for name, n in counted.most_common())


def _by_script(letters: list[str]) -> Counter[str]:
    n_arabic = sum("\u0600" <= letter <= "\u06ff" for letter in letters)
    n_latin = sum(letter < "\u0250" for letter in letters)
    counted: Counter[str] = Counter()
    if n_arabic:
        sorani = sum(letter in _SORANI for letter in letters) / n_arabic > _SORANI_SHARE
        counted["ckb" if sorani else "ar"] += n_arabic
    if n_latin:
        kurmanji = sum(letter in _KURMANJI for letter in letters) / n_latin
        turkish = any(letter in _TURKISH for letter in letters)
        beyond = sum(
            letter > "\u007f" and letter not in _KURMANJI for letter in letters if letter < "\u0250"
        )
        latin = "kmr" if kurmanji > _KURMANJI_SHARE and not turkish else "en"
        if turkish or beyond / n_latin > _KURMANJI_SHARE:
            latin = "other"
        counted[latin] += n_latin
    if other := len(letters) - n_arabic - n_latin:
        counted["other"] += other
    return counted


def n_invisible(text: str) -> int:
    """Returns how many marks of a text have no width: of direction, joiners, soft hyphens."""
    # Counted once per kind of character: a text of millions has few kinds.
    return sum(n for letter, n in Counter(text).items() if unicodedata.category(letter) == "Cf")
