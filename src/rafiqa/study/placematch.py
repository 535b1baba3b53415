"""Places that a text names: found by name, told apart from words, people and persons.

A gazetteer of villages holds the words for city, under and freedom, so a name alone is no place.
It is one (a) where it is of the curated list or a town of many residents and no word of everyday,
or (b) where something says so: «قرية» before it, "north of", a place found already that it is
coordinated with or lies in. What follows «حكومة» or «جيش» acts and is no ground; what follows
«السيد» is a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rafiqa.study.folded import Folded
from rafiqa.study.gazetteer import TOWN_RESIDENTS, Gazetteer, Place, apart_km
from rafiqa.study.placechoice import Hint, chosen
from rafiqa.study.placecore import core_gazetteer
from rafiqa.study.placename import Word, name_key, words_of
from rafiqa.study.placereading import Reading, last_forms, readings
from rafiqa.study.placewords import PlaceWords, bare_words, place_words
from rafiqa.study.record import PlaceMention, Span

_NEAR_KM: Final = 120.0
"""How far a village may lie from the place that a text names it with."""
_HOME_KM: Final = 40.0
"""How far a village may lie from a town that a text has named, for «في» alone to name it."""
_HOME_CORE_KM: Final = 150.0
"""The same for a curated place whose name is a word as well."""
_LEAST_UNKNOWN: Final = 3
_JOINED: Final = re.compile(r"[ \-‐‑–_]*\n?[ ]*")
"""What may stand between the words of one name."""
_BESIDE: Final = re.compile(r"[ \-#_\"'«“(\[\n]*")
"""What may stand between a name and the word that announces it."""
_LISTED: Final = re.compile(r"[\s]*(?:[،,/\-–][\s#]*)?(?:و|and|û|و)?[\s#]*")
_ENTRY: Final = re.compile(r" ?: ?\d| \d[\d,.٫]*(?!\w)")
"""A figure after a name, as in a list of places with their numbers."""
_OF: Final = "ي"
_GENITIVES: Final = frozenset({"a", "ya", "of"})
_PLURAL_ACTORS: Final = frozenset({"حكومتي", "حكومات", "جيشي", "نظامي"})
_AHEAD: Final = 4
"""How many words after a name may say what it lies in: «الكسرة الواقعة في ريف دير الزور»."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A place found: words ``first`` to before ``last``, from a character of the folded text on."""

    first: int
    last: int
    start: int
    key: str
    places: tuple[Place, ...]
    hint: Hint
    announced: bool


def mentions(text: Folded, gazetteer: Gazetteer) -> tuple[PlaceMention, ...]:
    """Returns every place that a text names, in order, with the places that each may mean.

    Candidates stand best first; more than one: the text does not settle it. Names of actors and of
    persons are left out. Positions come from the gazetteer only.
    """
    words = words_of(text)
    first = _Search(text, words, gazetteer, frozenset())
    found = first.run()
    known = frozenset(one.key for one in found if one.announced and one.key) - first.common
    if known:
        found = _Search(text, words, gazetteer, known).run()
    return tuple(_told(text, words, found, number) for number in range(len(found)))


def _told(text: Folded, words: tuple[Word, ...], found: list[_Found], number: int) -> PlaceMention:
    one = found[number]
    start, end = text.span(one.start, words[one.last - 1].end)
    around = _container(text, words, found, number)
    near = [other.places[0] for other in found if other.places and other.places[0].is_core]
    candidates = tuple(place.candidate() for place in chosen(one.places, one.hint, around, near))
    return PlaceMention(Span(start, end), text.original[start:end], candidates)


def _container(
    text: Folded, words: tuple[Word, ...], found: list[_Found], number: int
) -> tuple[Place, ...]:
    """What the next name says that this one lies in: «بريف دير الزور», "in Raqqa governorate"."""
    if number + 1 == len(found):
        return ()
    one, after = found[number], found[number + 1]
    between = text.text[words[one.last - 1].end : after.start]
    if after.first - one.last > _AHEAD or re.search(r"[.؟!;؛:\n]", between):
        return ()
    lists = place_words()
    announcing = [bare for word in words[one.last : after.first] for bare in bare_words(word.key)]
    says_so = any(bare in lists.weak or bare in lists.triggers for bare in announcing)
    clitic = between.endswith(("ب", " ل")) or after.start > words[after.first].start
    comma = between.strip() in {",", "،"} or between.strip() == ""
    coordinated = between.strip() in {"و", "and", "û"}
    if coordinated or not (says_so or clitic or comma):
        return ()
    return after.places


class _Search:
    """One walk over a text's words."""

    def __init__(
        self,
        text: Folded,
        words: tuple[Word, ...],
        gazetteer: Gazetteer,
        known: frozenset[str],
    ) -> None:
        self._text = text.text
        self._words = words
        self._gazetteer = gazetteer
        self._known = known
        self._curated = core_gazetteer().at
        self._lists: PlaceWords = place_words()
        self._found: list[_Found] = []
        self._actor_end = -1
        self.common: set[str] = set()

    def run(self) -> list[_Found]:
        """Returns what was found, in order."""
        place = 0
        while place < len(self._words):
            passed = self._actor_name(place)
            if passed:
                place += passed
                continue
            found = self._at(place) or self._unknown(place)
            if found is None:
                place = max(place + 1, self._actor_end)
            else:
                self._found.append(found)
                place = found.last
        return self._found

    def _actor_name(self, place: int) -> int:
        """How many words from here on are the name of an actor."""
        for head in bare_words(self._words[place].key):
            for rest in self._lists.actor_names.get(head, ()):
                last = place + 1 + len(rest)
                if tuple(word.key for word in self._words[place + 1 : last]) == rest:
                    return 1 + len(rest)
        return 0

    def _at(self, place: int) -> _Found | None:
        options = sorted(self._options(place), key=lambda one: -one[1])
        for reading, count, key in options:
            places = self._gazetteer.named(key)
            blocked = self._blocked(place, count)
            if blocked:
                if blocked == "actor":
                    self._actor_end = place + count
                    return None
                continue
            found = self._judged(place, reading, count, key, places)
            if found is not None:
                return found
        return None

    def _unknown(self, place: int) -> _Found | None:
        """A name that is on no list, after a word that announces one: told, and not located."""
        lists, word = self._lists, self._words[place]
        before = self._before(place)
        if not any(one in lists.unknown_after for one in before) or "\n" in self._gap(place):
            return None
        pair = word.key in lists.unknown_begins and bool(self._after(place + 1))
        last = place + (2 if pair else 1)
        named = self._words[last - 1]
        if len(named.key) < _LEAST_UNKNOWN or (word.is_latin and not word.is_capital):
            return None
        is_word = lists.is_common(named.key) and not named.key.startswith("ال")
        if not pair and (word.key in lists.unknown_begins or is_word or named.key in lists.never):
            return None
        if named.key in lists.weak or named.key in lists.strong or self._is_address(place, 1):
            return None
        hint = Hint(self._announced_level(place, 1), "")
        return _Found(place, last, word.start, "", (), hint, announced=True)

    def _options(self, place: int) -> Iterator[tuple[Reading, int, str]]:
        """Every name of the gazetteer that may begin here, and of how many words it is."""
        word = self._words[place]
        longest, at = self._gazetteer.longest, self._gazetteer.at
        for reading in readings(word, self._lists, self._gazetteer):
            most = longest.get(reading.key, 1)
            keys: list[str] = []
            for count in range(1, most + 1):
                end = place + count
                if end > len(self._words) or (count > 1 and not self._joined(end - 1)):
                    break
                last = reading.key if count == 1 else self._words[end - 1].key
                key = " ".join([*keys, last])
                if key in at:
                    yield reading, count, key
                else:
                    yield from self._inflected(reading, count, keys, last, self._words[end - 1])
                keys.append(last)

    def _inflected(
        self, reading: Reading, count: int, keys: list[str], last: str, word: Word
    ) -> Iterator[tuple[Reading, int, str]]:
        """A curated name with a Kurdish ending; «عێراقی» is Iraqi and no place."""
        for form in last_forms(word, last):
            key = " ".join([*keys, form])
            found = [one for one in self._gazetteer.named(key) if one.is_core]
            is_adjective = last == form + _OF and all(one.level == "country" for one in found)
            if found and not is_adjective:
                yield Reading(reading.key, reading.offset, suffixed=True), count, key
                return

    def _gap(self, place: int) -> str:
        """What stands between a word and the one before it."""
        return self._text[self._words[place - 1].end : self._words[place].start]

    def _joined(self, place: int) -> bool:
        return place > 0 and _JOINED.fullmatch(self._gap(place)) is not None

    def _before(self, place: int) -> tuple[str, ...]:
        """The word before, with and without its clitics; nothing where a sentence sign divides."""
        if place == 0 or _BESIDE.fullmatch(self._gap(place)) is None:
            return ()
        return bare_words(self._words[place - 1].key)

    def _after(self, place: int) -> str:
        """The word after; empty where a sign divides."""
        if place >= len(self._words) or _JOINED.fullmatch(self._gap(place)) is None:
            return ""
        return self._words[place].key

    def _blocked(self, place: int, count: int) -> str:
        """Why a name here is no ground: ``actor``, ``person``, ``namesake``; empty: it may be."""
        before, lists = self._before(place), self._lists
        after = self._after(place + count)
        if any(one in lists.actors for one in before) or after in lists.actors_after:
            return "actor"
        if self._is_council(before, after) or self._is_government_of(place, before):
            return "actor"
        if self._actor_end == place and self._is_listed(place, self._words[place - 1].end):
            head = self._words[place - 2] if place > 1 else self._words[place - 1]
            if any(one in _PLURAL_ACTORS for one in bare_words(head.key)):
                return "actor"
        if self._of_administration(place):
            return "actor"
        if any(one in lists.namesakes for one in before):
            return "namesake"
        if self._is_adjective(place, count):
            return "adjective"
        if self._is_address(place, count):
            return "address"
        if self._is_tag(place, count):
            return "tag"
        return "person" if self._is_person(place, count, before, after) else ""

    def _is_council(self, before: tuple[str, ...], after: str) -> bool:
        """«مجلس منبج العسكري» is a force that is called after a town."""
        lists = self._lists
        return after in lists.military and any(one in lists.councils for one in before)

    def _is_government_of(self, place: int, before: tuple[str, ...]) -> bool:
        """Whether who acts stands two words before: "the government of Syria"."""
        if not before or before[0] not in _GENITIVES or place < 2:
            return False
        acting = self._words[place - 2].key
        return acting in self._lists.actors_after or acting in self._lists.actors

    def _is_adjective(self, place: int, count: int) -> bool:
        """«الوسائل السلمية»: after a noun with an article, one with its own says of what kind."""
        key = self._words[place].key
        name = " ".join(word.key for word in self._words[place : place + count])
        if not key.startswith("ال") or (
            name in self._curated and name not in self._lists.adjectives
        ):
            return False
        lists = self._lists
        return "#" not in self._gap(place) and any(
            one.startswith("ال") and one not in lists.weak and one not in lists.never
            for one in self._before(place)
        )

    def _is_address(self, place: int, count: int) -> bool:
        """Whether a name is part of a link, a handle, or of a word with a number: «الأردن24»."""
        start, end = self._words[place].start, self._words[place + count - 1].end
        begun = max(self._text.rfind(sign, 0, start) for sign in " \n") + 1
        before = self._text[begun:start]
        return "://" in before or "@" in before or self._text[end : end + 1].isdigit()

    def _is_tag(self, place: int, count: int) -> bool:
        """Whether a name is within a longer hashtag, or a hashtag repeats what was named already.

        «#سيول_الأردن» is what a message is about; «#الأردن» after «في الأردن» names nothing new.
        """
        start, end = self._words[place].start, self._words[place + count - 1].end
        begun = max(self._text.rfind(sign, 0, start) for sign in " \n") + 1
        if "#" not in self._text[begun:start]:
            return False
        if self._text[end : end + 1] == "_" or "_" in self._text[begun:start]:
            first = self._text[begun:start].replace("#", "").strip("_")
            return name_key(first) not in self._lists.triggers
        name = " ".join(word.key for word in self._words[place : place + count])
        meant = set(self._gazetteer.at.get(name, ()))
        return any(
            one.key == name or not meant.isdisjoint(self._gazetteer.at.get(one.key, ()))
            for one in self._found
        )

    def _of_administration(self, place: int) -> bool:
        """«الإدارة الذاتية … لشمال وشرق سوريا» is an administration's name, with «في» a place."""
        if not self._words[place].key.startswith("ل"):
            return False
        heads = " ".join(word.key for word in self._words[max(0, place - 4) : place])
        return any(name in heads for name in self._lists.self_administration)

    def _is_person(self, place: int, count: int, before: tuple[str, ...], after: str) -> bool:
        lists = self._lists
        if self._found and self._found[-1].last == place:
            return False  # «عين عيسى وسلوك»: the word before belongs to a place
        written = before[:1]
        if count == 1 and after in lists.kin and after in {"بن", "ابن", "bin", "ibn"}:
            return True
        if any(one in lists.titles for one in before) or any(one in lists.kin for one in written):
            return True
        if any(one in lists.given for one in before):
            return True
        # A title, a first name that is on no list, and a name that is a place's as well.
        if place < 2 or count > 1 or not before:
            return False
        further = self._before(place - 1)
        if lists.is_common(written[0]) or any(
            one in lists.weak or one in lists.triggers for one in before
        ):
            return False
        return any(one in lists.titles for one in further)

    def _judged(
        self, place: int, reading: Reading, count: int, key: str, places: tuple[Place, ...]
    ) -> _Found | None:
        word, lists = self._words[place], self._lists
        if word.is_latin and (not word.is_capital or len(key) < _LEAST_UNKNOWN):
            return None
        if count == 1 and key in lists.never:
            return None
        level = self._announced_level(place, count)
        is_common = lists.is_common(key)
        if is_common:
            self.common.add(key)
        hint = Hint(level, key)
        # «قرية صغيرة»: a word of everyday without an article describes.
        describes = is_common and key not in self._curated and not key.startswith("ال")
        announced = level != "" and not describes
        if not (
            announced
            or self._stands_alone(key, places, place, count, is_common=is_common)
            or self._is_borne_out(place, count, key, places, is_common=is_common)
        ):
            return None
        start = word.start + reading.offset
        return _Found(place, place + count, start, key, places, hint, announced)

    def _announced_level(self, place: int, count: int) -> str:
        lists = self._lists
        for bare in self._before(place):
            if bare in lists.triggers:
                return lists.triggers[bare]
        after = self._after(place + count)
        return lists.triggers_after.get(after, "") if self._words[place].is_latin else ""

    def _stands_alone(
        self, key: str, places: tuple[Place, ...], place: int, count: int, *, is_common: bool
    ) -> bool:
        """Whether a name is a place wherever it stands."""
        if key in self._known:
            return True
        if key in self._gazetteer.guarded:
            return False
        if key in self._curated and any(one.is_core for one in places):
            if key in self._lists.mild:
                # «الطبقة العاملة» is a class, «تحرير الطبقة» a town.
                return not self._after(place + count).startswith("ال")
            return key not in self._lists.doubtful or self._is_placed(place, count)
        residents = max(one.residents for one in places)
        return residents >= TOWN_RESIDENTS and not is_common

    def _is_placed(self, place: int, count: int) -> bool:
        """Whether a preposition, a hashtag, a place before or a list says that a name is one."""
        before, lists = self._before(place), self._lists
        if any(one in lists.weak or one in lists.strong for one in before):
            return True
        if place > 0 and "#" in self._gap(place):
            return True
        if _ENTRY.match(self._text, self._words[place + count - 1].end):
            return True
        return self._coordinated(place) is not None

    def _is_borne_out(
        self, place: int, count: int, key: str, places: tuple[Place, ...], *, is_common: bool
    ) -> bool:
        """Whether what stands beside a lesser name says that it is a place."""
        with_place = self._coordinated(place)
        is_near = with_place is not None and self._is_near(places, with_place.places)
        if is_near and with_place is not None and with_place.announced:
            return not is_common or with_place.hint.level == "village"
        if is_near and self._goes_on(place + count):
            return True
        if is_common and key not in self._curated:
            return False
        if is_near:
            residents = max(one.residents for one in places)
            return residents >= TOWN_RESIDENTS or count > 1 or key in self._curated
        if any(one in self._lists.strong for one in self._before(place)):
            return True
        if self._words[place].is_latin and self._is_placed(place, count):
            return True
        is_inside = any(one in self._lists.inside for one in self._before(place)[:1])
        if is_inside and self._is_at_home(places):
            return True
        return self._lies_in(place + count, places)

    def _goes_on(self, place: int) -> bool:
        """Whether a curated place follows with «و»: «الطبقة والمنصورة ومنبج»."""
        if not self._after(place).startswith("و"):
            return False
        return any(
            reading.offset == 1 and key in self._curated and key not in self._gazetteer.guarded
            for reading, _, key in self._options(place)
        )

    def _is_at_home(self, places: tuple[Place, ...]) -> bool:
        """Whether a lesser place lies beside one that the text has named already."""
        named = [one.places for one in self._found if one.places and one.places[0].level == "town"]
        return any(
            apart_km(one, other) <= (_HOME_CORE_KM if one.is_core else _HOME_KM)
            for one in places
            for others in named
            for other in others
        )

    def _lies_in(self, after: int, places: tuple[Place, ...]) -> bool:
        """Whether «بريف» or «في محافظة» and the name of what it lies in follow."""
        if not self._after(after):
            return False
        is_apart = self._words[after].key in self._lists.inside
        for ahead in range(after + is_apart, min(after + is_apart + 1, len(self._words) - 1)):
            if not self._joined(ahead):
                return False
            if any(one in self._lists.triggers for one in bare_words(self._words[ahead].key)):
                for reading, _, key in self._options(ahead + 1):
                    outer = self._gazetteer.named(key)
                    if reading.offset == 0 and any(one.is_core for one in outer):
                        return self._is_near(places, outer)
        return False

    def _coordinated(self, place: int) -> _Found | None:
        """The place found just before, where nothing but «و» or a comma stands between."""
        if not self._found:
            return None
        last = self._found[-1]
        is_next = last.last == place
        return last if is_next and self._is_listed(place, self._words[place - 1].end) else None

    def _is_listed(self, place: int, end: int) -> bool:
        word = self._words[place]
        between = self._text[end : word.start]
        if not _LISTED.fullmatch(between) or "\n\n" in between:
            return False
        return bool(between.strip()) or word.key.startswith("و")

    @staticmethod
    def _is_near(places: tuple[Place, ...], others: tuple[Place, ...]) -> bool:
        return any(
            apart_km(one, other) <= _NEAR_KM + other.radius_km for one in places for other in others
        )
