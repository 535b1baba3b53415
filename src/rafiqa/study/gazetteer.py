"""The gazetteer: places with their names, looked up by name; points and radii, never outlines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rafiqa.study.record import PlaceCandidate, PlaceLevel

TOWN_RESIDENTS: Final = 20_000
"""From here on a name that is no common word is a place wherever it stands (a choice)."""
_KM_PER_DEG: Final = 111.195
"""Of a great circle of a sphere of 6,371 km."""
_LONGEST_WORDS: Final = 7


@dataclass(frozen=True, slots=True)
class Source:
    """A file that a gazetteer was compiled from.

    Attributes:
        name: what it is. licence: under what it is given out. credit: whom to name.
        sha256: of the file's bytes. rows, refused: how many it gave and how many were not taken.
    """

    name: str
    licence: str
    credit: str
    sha256: str
    rows: int
    refused: int


@dataclass(frozen=True, slots=True)
class Place:
    """A place.

    Attributes:
        place_id: stable, such as ``geonames:172955`` or ``rafiqa:kobani``.
        names: as written; the first is how it is told.
        lon_deg, lat_deg: WGS 84. radius_km: how far from there it may reach.
        level: what it is. country: ISO 3166-1, two letters, or empty.
        within: ids of what it lies in, nearest first.
        residents: how many; 0 where unknown.
        refs: under which ids others know it.
        is_core: of the curated list.
        guarded: keys of names that are words as well.
    """

    place_id: str
    names: tuple[str, ...]
    lon_deg: float
    lat_deg: float
    radius_km: float
    level: PlaceLevel
    country: str
    within: tuple[str, ...] = ()
    residents: int = 0
    refs: tuple[str, ...] = ()
    is_core: bool = False
    guarded: tuple[str, ...] = ()

    def candidate(self) -> PlaceCandidate:
        """Returns the place as a text's name may mean it."""
        return PlaceCandidate(
            self.place_id,
            self.names[0],
            self.lon_deg,
            self.lat_deg,
            self.radius_km,
            self.level,
            self.within,
        )


@dataclass(frozen=True)
class Gazetteer:
    """Places by name.

    Attributes:
        places: every place once.
        at: by key of a name, the places that bear it, by their number in ``places``.
        sources: what it was compiled from. sha256: of what it holds; empty of the curated list.
    """

    places: tuple[Place, ...]
    at: Mapping[str, tuple[int, ...]]
    sources: tuple[Source, ...] = ()
    sha256: str = ""

    @cached_property
    def longest(self) -> Mapping[str, int]:
        """By first word of a name, of how many words the longest is that begins so."""
        found: dict[str, int] = {}
        for key in self.at:
            first, count = key.partition(" ")[0], key.count(" ") + 1
            if count <= _LONGEST_WORDS and count > found.get(first, 0):
                found[first] = count
        return found

    @cached_property
    def guarded(self) -> frozenset[str]:
        """Keys of names that are words as well, of whichever place."""
        return frozenset(key for place in self.places for key in place.guarded)

    @cached_property
    def core_starts(self) -> frozenset[str]:
        """First words of the curated names of several words."""
        return frozenset(
            key.partition(" ")[0]
            for key, numbers in self.at.items()
            if " " in key and any(self.places[number].is_core for number in numbers)
        )

    @cached_property
    def by_id(self) -> Mapping[str, Place]:
        """Places by id."""
        return {place.place_id: place for place in self.places}

    def named(self, key: str) -> tuple[Place, ...]:
        """Returns the places that bear a name, by its key."""
        return tuple(self.places[number] for number in self.at.get(key, ()))


def gazetteer_of(
    places: Iterable[tuple[Place, Iterable[str]]],
    sources: Iterable[Source] = (),
) -> Gazetteer:
    """Returns the gazetteer of places, each with the keys of all its names."""
    kept: list[Place] = []
    at: dict[str, list[int]] = {}
    for place, keys in places:
        for key in keys:
            numbers = at.setdefault(key, [])
            if not numbers or numbers[-1] != len(kept):
                numbers.append(len(kept))
        kept.append(place)
    return Gazetteer(tuple(kept), {key: tuple(found) for key, found in at.items()}, tuple(sources))


def apart_km(one: Place | PlaceCandidate, other: Place | PlaceCandidate) -> float:
    """Returns how far two points lie apart on a sphere of 6,371 km, in kilometres.

    Haversine; within half a percent of the ellipsoid, which is less than any radius here.
    """
    lat_1, lat_2 = math.radians(one.lat_deg), math.radians(other.lat_deg)
    half_lat = (lat_2 - lat_1) / 2
    half_lon = math.radians(other.lon_deg - one.lon_deg) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_1) * math.cos(lat_2) * math.sin(half_lon) ** 2
    return math.degrees(2 * math.asin(min(1.0, math.sqrt(chord)))) * _KM_PER_DEG
