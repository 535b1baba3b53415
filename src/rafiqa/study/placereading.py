"""How a word may be read: with what is written together with it in Arabic and Kurdish taken off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rafiqa.study.gazetteer import Gazetteer
from rafiqa.study.placename import Word
from rafiqa.study.placewords import PlaceWords

_AND: Final = "وف"
_TO: Final = "بلك"
_ARTICLE: Final = "ال"
_IN: Final = "له"
"""Sorani's "in", written together with the name."""
_TO_THE: Final = "لل"
_LEAST_WITH_ARTICLE: Final = 5
_LEAST_BARE: Final = 4
_LEAST_CORE: Final = 3
_LEAST_START: Final = 2
_KURMANJI: Final = ("yeye", "ye", "ya", "e", "a")
"""Endings of a Kurmanji name, as keys (without accents)."""
_SORANI: Final = ("يهوه", "هوه", "يدا", "ييدا", "دا", "يش", "يي", "ي", "ه", "ش")
"""Endings of a Sorani name, as keys."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A word read as the beginning of a name.

    Attributes:
        key: the name's first word.
        offset: how many characters before it belong to other words.
        suffixed: whether an ending was taken off as well.
    """

    key: str
    offset: int
    suffixed: bool = False


def readings(word: Word, lists: PlaceWords, gazetteer: Gazetteer) -> Iterator[Reading]:
    """Yields how a word may begin a name: whole, then without its Arabic clitics.

    «ورقة» is a sheet of paper and not «و» with «رقة»: a word of everyday is not split, nor one of
    which too little would be left.
    """
    yield Reading(word.key, 0)
    if word.is_latin:
        return
    if word.is_sorani and word.key.startswith(_IN):
        yield Reading(word.key[len(_IN) :], len(_IN))
    is_whole = lists.is_common(word.key)
    for key, offset in _splits(word.key):
        has_article = key.startswith(_ARTICLE)
        if has_article:
            if len(key) >= _LEAST_WITH_ARTICLE:
                yield Reading(key, offset)
        elif not is_whole and (len(key) >= _LEAST_BARE or _is_core(key, gazetteer)):
            yield Reading(key, offset)


def last_forms(word: Word, key: str) -> Iterator[str]:
    """Yields what a Kurdish name's last word is without its ending: «Reqayê», «ڕەققەیێ»."""
    endings: tuple[str, ...]
    if word.is_latin:
        endings = _KURMANJI if word.is_capital or len(key) > _LEAST_BARE else ()
    else:
        endings = _SORANI if word.is_sorani else ()
    for ending in endings:
        if key.endswith(ending) and len(key) - len(ending) >= _LEAST_CORE:
            yield key[: -len(ending)]


def _splits(key: str) -> Iterator[tuple[str, int]]:
    for offset in (0, 1):
        if offset and key[0] not in _AND:
            return
        rest = key[offset:]
        if offset and len(rest) >= _LEAST_START:
            yield rest, offset
        if rest.startswith(_TO_THE):
            yield _ARTICLE + rest[2:], offset
        elif rest and rest[0] in _TO and len(rest) > _LEAST_START:
            yield rest[1:], offset + 1


def _is_core(key: str, gazetteer: Gazetteer) -> bool:
    # As a whole name, or as the first word of one such as «تل أبيض».
    if key in gazetteer.core_starts:
        return True
    return len(key) >= _LEAST_CORE and any(place.is_core for place in gazetteer.named(key))
