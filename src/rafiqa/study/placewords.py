"""Words about names of places: what announces one, what makes it people, what is no name at all."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from rafiqa.study.placename import name_key

_CLITICS: Final = "وفبلك"
_ARTICLE: Final = "ال"
_LEAST: Final = 3


@dataclass(frozen=True)
class PlaceWords:
    """The lists of ``placewords.toml`` and ``common_words.txt``, as keys.

    Attributes:
        triggers, triggers_after: by word before or after a name, the level it speaks of.
        strong, weak, inside: prepositions: near, of any kind, in.
        actors, actors_after: what makes a name people.
        actor_names: by first word, what follows it in the names of actors.
        councils, military: what makes a name people when both stand about it.
        self_administration: heads whose name follows with «ل».
        namesakes: what is only called after a place.
        titles, kin, given: what makes a name a person's.
        never: no name, even after a trigger. doubtful: a name only where something says so.
        mild: a name unless an adjective follows.
        unknown_after: after these, a name on no list is told too.
        unknown_begins: what a name of two words begins with.
        adjectives: names that say "of there" after a noun: «المصالح السعودية».
        common: words of everyday.
    """

    triggers: Mapping[str, str]
    triggers_after: Mapping[str, str]
    strong: frozenset[str]
    weak: frozenset[str]
    inside: frozenset[str]
    actors: frozenset[str]
    actors_after: frozenset[str]
    councils: frozenset[str]
    military: frozenset[str]
    actor_names: Mapping[str, tuple[tuple[str, ...], ...]]
    self_administration: frozenset[str]
    namesakes: frozenset[str]
    titles: frozenset[str]
    kin: frozenset[str]
    given: frozenset[str]
    never: frozenset[str]
    doubtful: frozenset[str]
    mild: frozenset[str]
    adjectives: frozenset[str]
    unknown_after: frozenset[str]
    unknown_begins: frozenset[str]
    common: frozenset[str]

    def is_common(self, key: str) -> bool:
        """Returns whether a name is made of words of everyday only, with or without an article."""
        return all(
            word in self.common
            or word in self.never
            or (word.startswith(_ARTICLE) and word[2:] in self.common)
            or _ARTICLE + word in self.common
            for word in key.split(" ")
        )


@cache
def place_words() -> PlaceWords:
    """Returns the words that ship with Rafiqa, read once."""
    folder = resources.files("rafiqa.study") / "data"
    read = tomllib.loads((folder / "placewords.toml").read_text(encoding="utf-8"))
    common = (folder / "common_words.txt").read_text(encoding="utf-8").split("\n")
    actors, persons = read["actors"], read["persons"]
    heads = _keys(actors["before"]) | _levels(read["triggers"]).keys()
    return PlaceWords(
        triggers=_levels(read["triggers"]),
        triggers_after=_levels(read["triggers_after"]),
        strong=_keys(read["before"]["strong"]),
        weak=_keys(read["before"]["weak"]),
        inside=_keys(read["before"]["inside"]),
        actors=_keys(actors["before"]),
        actors_after=_keys(actors["after"]),
        councils=_keys(actors["councils"]),
        military=_keys(actors["military"]),
        actor_names=_by_first(actors["names"]),
        self_administration=_keys(actors["self_administration"]),
        namesakes=_keys(read["namesakes"]["before"]),
        titles=_keys(persons["titles"]),
        kin=_keys(persons["kin"]),
        given=_keys(persons["given"]),
        never=_keys(read["never"]["words"]),
        doubtful=_keys(read["weak"]["words"]),
        unknown_after=_keys(read["unknown"]["before"]),
        unknown_begins=_keys(read["unknown"]["begins"]),
        mild=_keys(read["weak"]["mild"]),
        adjectives=_keys(read["weak"]["adjectives"]),
        common=heads.union(line for line in common if line and not line.startswith("#")),
    )


def bare_words(key: str) -> tuple[str, ...]:
    """Returns a word and what it is without its Arabic clitics: «ولحكومة», «لحكومة», «حكومة»."""
    if key.startswith("لل") or key[1:].startswith("لل"):
        # «للمخيم» is «to the camp»: with an article it announces nothing.
        return (key,)
    found = [key]
    while len(key) > _LEAST and key[0] in _CLITICS:
        key = key[1:]
        found.append(key)
    return tuple(found)


def _keys(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(name_key, words))


def _by_first(names: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """By first word, the words that follow it in a name; the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for name in names:
        first, *rest = name_key(name).split(" ")
        found.setdefault(first, []).append(tuple(rest))
    return {first: tuple(sorted(rests, key=len)[::-1]) for first, rests in found.items()}


def _levels(by_level: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {name_key(word): level for level, words in by_level.items() for word in words}
