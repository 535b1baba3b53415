"""Numbers: digits and number words of the four languages, read one way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final, cast

from rafiqa.study.lexicon import data
from rafiqa.study.word import plain

_HUNDRED: Final = 100
_ANDS: Final = frozenset({"و", "u", "and"})


@cache
def number_words(table: str = "numbers") -> dict[str, int]:
    """Returns each number word, as words are compared, and its value."""
    found = cast("dict[str, list[str]]", data("time")[table])
    return {plain(word): int(value) for value, words in found.items() for word in words}


def number_of(parts: Sequence[str]) -> int | None:
    """Returns what number words and digits say together, or None where one is no number.

    «مئة وخمسة وعشرون» is 125, «دوو سەد» 200, «two thousand» 2000.
    """
    total, part = 0, 0
    for word in parts:
        if word in _ANDS:
            continue
        value = _value(word)
        if value is None:
            return None
        if value >= _HUNDRED and part and value > part:
            part *= value
        else:
            part += value
        if value >= 1000:
            total, part = total + part, 0
    return total + part if parts else None


def _value(word: str) -> int | None:
    if word.isdigit():
        return int(word)
    known = number_words()
    if word in known:
        return known[word]
    return known.get(word[1:]) if word.startswith(("و", "ل", "ب")) else None


@cache
def number_pattern() -> str:
    """Returns a pattern for a number of up to four words in a shadow."""
    spelled = "|".join(sorted(map(re.escape, number_words()), key=len, reverse=True))
    one = rf"(?:\d{{1,4}}|و?(?:{spelled}))"
    return rf"{one}(?:\s+(?:و\s*|u\s+|and\s+)?{one}){{0,3}}"
