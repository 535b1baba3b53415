"""Phrases of time in a text, and the day on which it was published where it says so.

Patterns run over the shadow of the whole text; of those that overlap the longest is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from rafiqa.study.timepattern import (
    TimePattern,
    day_patterns,
    relative_patterns,
    vague_patterns,
)
from rafiqa.study.when import Days, Published, When, days_of, later_by_years

_TOP: Final = 600
"""Characters at the beginning and at the end in which the day of publication may stand."""
_DATELINE: Final = 70
_PUBLISHED: Final = re.compile(
    r"(?:تاريخ النشر|تاريخ|نشر(?:ت)? (?:في|بتاريخ|يوم)|التحديث|published|posted|dated?|updated|"
    r"بهروار\w*|بلاو ?كرا\w*|dirok\w*|hat wesandin)\W{0,5}$"
)


@dataclass(frozen=True, slots=True)
class TimePhrase:
    """Words that say when: where they stand in the folded text, and what they say."""

    start: int
    end: int
    when: When


@cache
def _patterns() -> tuple[TimePattern, ...]:
    return (*day_patterns(), *relative_patterns(), *vague_patterns())


def time_phrases(shadow_text: str) -> tuple[TimePhrase, ...]:
    """Returns the phrases of time of a text in order, none over another."""
    found: list[TimePhrase] = []
    for pattern in _patterns():
        for match in pattern.regex.finditer(shadow_text):
            when = pattern.read(match)
            if when is not None:
                found.append(TimePhrase(match.start(), match.end(), when))
    kept: list[TimePhrase] = []
    taken: list[bool] = [False] * (len(shadow_text) + 1)
    for phrase in sorted(found, key=_preference):
        if not any(taken[phrase.start : phrase.end]):
            kept.append(phrase)
            taken[phrase.start : phrase.end] = [True] * (phrase.end - phrase.start)
    return tuple(sorted(kept, key=lambda phrase: phrase.start))


def _preference(phrase: TimePhrase) -> tuple[int, bool, int]:
    return (-(phrase.end - phrase.start), phrase.when.said == "none", phrase.start)


def publication_of(shadow_text: str, phrases: Sequence[TimePhrase]) -> Published | None:
    """Returns when a text was published as far as it says so itself, or None.

    A date in its dateline; else the month in which the anniversary is that it speaks of
    («seven years have passed since …»).
    """
    return _dateline(shadow_text, phrases) or _anniversary(phrases)


def _dateline(shadow_text: str, phrases: Sequence[TimePhrase]) -> Published | None:
    for phrase in phrases:
        when = phrase.when
        if when.said != "fixed" or when.precision != "day" or when.anchored:
            continue
        if phrase.start > _TOP and phrase.end < len(shadow_text) - _TOP // 2:
            continue
        begin = shadow_text.rfind("\n", 0, phrase.start) + 1
        stop = shadow_text.find("\n", phrase.end)
        line = shadow_text[begin : len(shadow_text) if stop < 0 else stop]
        alone = len(line) <= _DATELINE and "\n" in shadow_text and _is_bare(line, phrase)
        led = _PUBLISHED.search(shadow_text[max(0, begin) : phrase.start])
        if (alone or led) and when.first and when.last:
            return Published(when.first, when.last)
    return None


def _is_bare(line: str, phrase: TimePhrase) -> bool:
    """A line that holds the date and little else."""
    rest = len(re.findall(r"[^\W\d_]", line)) - (phrase.end - phrase.start)
    return rest <= 24 and not line.rstrip().endswith((".", "!", "?", "؟"))


def _anniversary(phrases: Sequence[TimePhrase]) -> Published | None:
    found: set[tuple[date, date]] = set()
    for phrase in phrases:
        when = phrase.when
        if when.said in {"elapsed", "anniversary"} and when.first and when.last:
            found.add(later_by_years((when.first, when.last), when.number))
    months = {(first.year, first.month) for first, _ in found}
    if len(months) != 1:
        return None
    first, last = min(found)
    return Published(first, last)


def days(phrase: TimePhrase, published: Published | None) -> Days | None:
    """Returns the days that a phrase names; None where too little is said."""
    return days_of(phrase.when, published)
