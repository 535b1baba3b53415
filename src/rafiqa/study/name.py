"""Personal names: where a text holds one, so that it becomes no field and leaves no house.

No list knows every name; what leads to one (an office, a title, «said») tells more than the name
itself. Too much is found rather than too little.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final, cast

from rafiqa.study.lexicon import data
from rafiqa.study.reading import Passage, Reading
from rafiqa.study.record import Span
from rafiqa.study.word import Word, plain

MASK: Final = "█"
_AFTER: Final = 1
_JOINED: Final = frozenset({"ابو", "ام", "ابن", "بن", "عبد", "ال", "al", "abu", "el", "bin"})
_FREE: Final = frozenset({
    "organisation", "witness", "asset", "ground", "that", "say", "people", "office", "clear_verb",
    "clear_noun",
    "mine", "uxo", "ied", "by", "vehicle", "clause_start", "negation", "clearing_body", "find",
    "exist", "damage",
    "according", "contrast", "because", "casualty", "explode", "rebuild", "return", "plan",
    "principle", "deny",
})  # fmt: skip
"""Families whose words are no one's name."""


@cache
def given_names() -> frozenset[str]:
    """Returns common given names of the region, as words are compared."""
    table = cast("dict[str, list[str]]", data("name")["given"])
    return frozenset(plain(name) for names in table.values() for name in names)


def names_of(reading: Reading) -> tuple[Span, ...]:
    """Returns where the text seems to name a person, in order.

    A given name with the word after it, what follows an office or a title, and what stands before
    the colon of a heading; and wherever the same words stand again.
    """
    found: set[tuple[str, ...]] = set()
    spans: list[Span] = []
    for passage in reading.passages:
        placed = _placed(passage)
        for first, last in (
            *_given(passage, placed),
            *_led(passage, placed),
            *_headed(reading, passage, placed),
        ):
            found.add(tuple(word.key for word in passage.words[first : last + 1]))
            spans.append(reading.span(passage, first, last))
    for passage in reading.passages:
        spans += [reading.span(passage, *each) for each in _again(passage.words, found)]
    return _joined(spans)


def masked(quote: str, start: int, names: Sequence[Span]) -> str:
    """Returns a quote with each letter of a personal name in it covered.

    Args:
        quote: the words of the text.
        start: where they stand in it.
        names: as ``names_of`` found them.
    """
    letters = list(quote)
    for name in names:
        for place in range(max(name.start, start), min(name.end, start + len(quote))):
            if not letters[place - start].isspace():
                letters[place - start] = MASK
    return "".join(letters)


def _placed(passage: Passage) -> frozenset[int]:
    return passage.placed | {
        n for tag in passage.tags if tag.family in _FREE for n in range(tag.first, tag.last + 1)
    }


def _given(passage: Passage, free: frozenset[int]) -> list[tuple[int, int]]:
    """Two words, of which the first is a given name: one alone is too often a common word."""
    found: list[tuple[int, int]] = []
    known = given_names()
    for n, word in enumerate(passage.words):
        if n in free or not (word.readings & known or word.key in {"ابو", "abu"}):
            continue
        last = n
        while last < n + _AFTER + (passage.words[last].key in _JOINED) and _goes_on(
            passage, last, free
        ):
            last += 1
        if last > n:
            found.append((n, last))
    return found


def _goes_on(passage: Passage, last: int, free: frozenset[int]) -> bool:
    if last + 1 >= len(passage.words) or last + 1 in free:
        return False
    here, after = passage.words[last], passage.words[last + 1]
    if after.start - here.end > 1 or after.key.isdigit():
        return False
    return len(after.key) > 2 or after.key in _JOINED


def _led(passage: Passage, free: frozenset[int]) -> list[tuple[int, int]]:
    """What follows a title: «الدكتور …», «Mr …», «mamoste …»."""
    titles = {
        "السيد", "السيده", "الدكتور", "الدكتوره", "الاستاذ", "المهندس", "المدعو", "الشيخ", "الحاج",
        "العقيد", "العميد",
        "اللواء", "الرائد", "النقيب", "mr", "mrs", "ms", "dr", "sheikh", "colonel", "captain",
        "lieutenant",
        "كاك", "ماموستا", "دكتور", "mamoste", "birez", "doktor", "seyx", "المواطن", "المواطنه",
    }  # fmt: skip
    found: list[tuple[int, int]] = []
    for n, word in enumerate(passage.words[:-1]):
        if word.key in titles and n + 1 not in free:
            last = n + 1
            if _goes_on(passage, last, free):
                last += 1
            found.append((n + 1, last))
    return found


def _headed(reading: Reading, passage: Passage, free: frozenset[int]) -> list[tuple[int, int]]:
    """Who speaks in a heading: two or three words before its colon, none of them known."""
    if passage.sentence.turn != "heading" or passage.sentence.paragraph > 1:
        return []
    for n, (word, after) in enumerate(zip(passage.words, passage.words[1:], strict=False)):
        if n in free:
            return []
        if ":" in reading.folded.text[word.end : after.start]:
            return [(0, n)] if 1 <= n <= 2 else []
        if n > 2:
            return []
    return []


def _again(words: Sequence[Word], found: set[tuple[str, ...]]) -> list[tuple[int, int]]:
    longest = max((len(each) for each in found), default=0)
    return [
        (n, n + length - 1)
        for n in range(len(words))
        for length in range(2, longest + 1)
        if tuple(word.key for word in words[n : n + length]) in found
    ]


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda each: (each.start, -each.end)):
        if kept and span.start < kept[-1].end:
            kept[-1] = Span(kept[-1].start, max(kept[-1].end, span.end))
        else:
            kept.append(span)
    return tuple(kept)
