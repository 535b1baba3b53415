"""Places of the invented city: its quarters as neighbourhoods, in districts by where they lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.demo.city import City
from rafiqa.demo.name import in_kurdish
from rafiqa.demo.quarter import Quarter

_CENTRE_SHARE = 0.42
"""Quarters nearer the middle than this share of the city's radius are the centre."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its names; ``names`` are English, Arabic, Sorani and Kurmanji."""

    place_id: str
    kind: str
    names: tuple[str, str, str, str]
    shape: BaseGeometry
    population: int
    district: Place | None = None
    quarter_id: str | None = None


_DISTRICTS = {
    "centre": ("Centre", "المركز", "ناوەند", "Navend"),
    "east": ("East Side", "الجانب الشرقي", "بەری ڕۆژهەڵات", "Aliyê Rojhilat"),
    "north": ("North Side", "الجانب الشمالي", "بەری باکوور", "Aliyê Bakur"),
    "west": ("West Side", "الجانب الغربي", "بەری ڕۆژاوا", "Aliyê Rojava"),
    "south": ("South Side", "الجانب الجنوبي", "بەری باشوور", "Aliyê Başûr"),
}
GOVERNORATE = ("XQ01", "Marjana Governorate · محافظة مرجانة")
"""The invented governorate: XQ is the code of no country, and never will be."""
_SIDES = ("east", "north", "west", "south")


def places(city: City) -> Iterator[Place]:
    """Yields the districts of a city that have quarters, each followed by its own.

    Nothing is drawn by chance: a city has the same places whenever it is made. Their ids are
    codes as administrations give them (p-codes): each begins with that of the unit it lies in.
    """
    sides = [_side(city, quarter) for quarter in city.quarters]
    for number, (key, names) in enumerate(_DISTRICTS.items(), 1):
        here = [quarter for quarter, side in zip(city.quarters, sides, strict=True) if side == key]
        if not here:
            continue
        ground = shapely.union_all([quarter.shape for quarter in here])
        people = sum(quarter.population for quarter in here)
        district = Place(f"{GOVERNORATE[0]}{number:02d}", "district", names, ground, people)
        yield district
        for at, quarter in enumerate(here, 1):
            yield _neighbourhood(quarter, f"{district.place_id}{at:02d}", district)


def codes_of(city: City) -> dict[str, str]:
    """Returns the code of each quarter's place by the quarter's id."""
    return {each.quarter_id: each.place_id for each in places(city) if each.quarter_id is not None}


def _neighbourhood(quarter: Quarter, place_id: str, district: Place) -> Place:
    names = (quarter.name.en, quarter.name.ar, *in_kurdish(quarter.name))
    people = quarter.population
    shape, of = quarter.shape, quarter.quarter_id
    return Place(place_id, "neighbourhood", names, shape, people, district, of)


def _side(city: City, quarter: Quarter) -> str:
    middle = quarter.shape.centroid
    if np.hypot(middle.x, middle.y) < _CENTRE_SHARE * city.radius_m:
        return "centre"
    turned = round(float(np.arctan2(middle.y, middle.x)) / (np.pi / 2)) % 4
    return _SIDES[turned]
