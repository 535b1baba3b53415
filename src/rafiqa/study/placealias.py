"""Places without a gazetteer: curated aliases, and what words such as «village» lead to.

What a compiled gazetteer adds (``studyplaces``) is candidates; without one a place is words alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final, cast

from rafiqa.study.folded import Folded
from rafiqa.study.lexicon import data
from rafiqa.study.record import PlaceMention, Span
from rafiqa.study.word import Word, plain, shadow, words

_BOUND: Final = re.compile(r"[^\w\s]|\n")
_ARABIC_END: Final = 3
"""Letters a name must have, that «في» is none."""


def named_places(text: Folded) -> tuple[PlaceMention, ...]:
    """Returns the places a text names in order, none over another; none has a candidate."""
    seen = shadow(text.text)
    found = words(seen)
    spans: list[tuple[int, int]] = []
    taken = -1
    for n in range(len(found)):
        if n <= taken:
            continue
        last = _led(found, n, seen)
        last = _alias(found, n, seen) if last is None else last
        if last is not None and not _is_actor(found, n, seen):
            spans.append((n, last))
            taken = last
    return tuple(_mention(text, found[first], found[last]) for first, last in spans)


def _mention(text: Folded, first: Word, last: Word) -> PlaceMention:
    known = [r for r in first.readings if r in _aliases() or r in _table("led_by")]
    bare = max(known, key=len, default=first.key)
    lead = len(first.key) - len(bare) if first.key.endswith(bare) else 0
    start, end = text.span(first.start + lead, last.end)
    return PlaceMention(Span(start, end), text.original[start:end], ())


@cache
def _table(name: str) -> frozenset[str]:
    table = cast("dict[str, list[str]]", data("placealias")[name])
    return frozenset(plain(word) for spelled in table.values() for word in spelled)


@cache
def _aliases() -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for name in _table("names"):
        parts = tuple(name.split())
        found.setdefault(parts[0], []).append(parts)
    return {head: tuple(sorted(each, key=len, reverse=True)) for head, each in found.items()}


def _alias(found: Sequence[Word], n: int, seen: str) -> int | None:
    for reading in sorted(found[n].readings, key=len, reverse=True):
        stem = _stem(reading)
        for parts in (*_aliases().get(reading, ()), *_aliases().get(stem, ())):
            last = n + len(parts) - 1
            if (
                last < len(found)
                and all(
                    part in each.readings or part == _stem(each.key)
                    for part, each in zip(parts[1:], found[n + 1 : last + 1], strict=True)
                )
                and not _BOUND.search(seen, found[n].end, found[last].start)
            ):
                return last
    return None


@cache
def _stem(key: str) -> str:
    """A Kurmanji name without its ending: «Reqayê» is «Reqa»."""
    for ending in ("ye", "ya", "yan", "e", "a"):
        if key.isascii() and key.endswith(ending) and len(key) - len(ending) >= _ARABIC_END:
            return key[: -len(ending)]
    return key


def _led(found: Sequence[Word], n: int, seen: str) -> int | None:
    """A word such as «village of», and the name behind it: one word, two with an article."""
    if not found[n].readings & _table("led_by") or _has_article(found[n].key):
        return None
    last = n
    while last + 1 < len(found) and found[last + 1].key in {"of", "the", "ي"} and last < n + 2:
        last += 1
    following = last + 1
    if following >= len(found) or _BOUND.search(seen, found[n].end, found[following].start):
        return None
    word = found[following]
    if word.readings & _table("no_name") or word.key.isdigit() or len(word.key) < _ARABIC_END:
        return None
    if word.readings & _table("led_by"):
        return _led(found, following, seen)
    if seen[found[n].start].isascii() and "a" <= found[n].key[0] <= "z":
        return None if found[n].key not in _table("led_latin") else following
    end = following
    alias = _alias(found, following, seen)
    if alias is not None:
        return alias
    after = end + 1
    if (
        after < len(found)
        and found[after].key.startswith("ال")
        and len(found[after].key) > _ARABIC_END + 2
        and found[after].start - found[end].end == 1
        and not word.key.startswith("ال")
        and not found[after].readings & _table("no_name")
    ):
        end = after
    return end


def _has_article(key: str) -> bool:
    """«المدينة» is the city spoken of, and no name follows it."""
    return re.match(r"[وف]?[بك]?(?:ال|لل)", key) is not None


def _is_actor(found: Sequence[Word], n: int, seen: str) -> bool:
    """«حكومة دمشق» is a government and no place."""
    if n == 0 or _BOUND.search(seen, found[n - 1].end, found[n].start):
        return False
    return bool(found[n - 1].readings & _table("actors"))
