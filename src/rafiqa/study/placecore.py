"""The curated places: countries, governorates, often named towns, and places of several names.

Read from data files of this package, so that names are found where no gazetteer was compiled.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final, cast

from rafiqa.study.gazetteer import Gazetteer, Place, gazetteer_of
from rafiqa.study.placename import bare_key, name_key
from rafiqa.study.record import PlaceLevel

_LANGUAGES: Final = ("ar", "ckb", "kmr", "en")
_PREFIX: Final = "rafiqa:"


@cache
def core_places() -> tuple[Place, ...]:
    """Returns every curated place, countries first."""
    return (*_countries(), *_regions(), *_aliases())


@cache
def core_gazetteer() -> Gazetteer:
    """Returns the gazetteer of the curated places alone."""
    return gazetteer_of((place, keys_of(place.names)) for place in core_places())


def keys_of(names: Sequence[str]) -> tuple[str, ...]:
    """Returns the keys under which names are found, each once; a Latin article may be left out."""
    found: dict[str, None] = {}
    for name in names:
        key = name_key(name)
        if not key:
            continue
        found[key] = None
        bare = bare_key(key)
        if bare is not None:
            found[bare] = None
    return tuple(found)


def _read(name: str) -> dict[str, Any]:
    file = resources.files("rafiqa.study") / "data" / name
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _names(row: Mapping[str, Any]) -> tuple[str, ...]:
    every = [name for language in _LANGUAGES for name in row.get(language, ())]
    shown = " / ".join(row.get("shown", ()))
    return tuple(dict.fromkeys([shown, *every] if shown else every))


def _guarded(row: Mapping[str, Any]) -> tuple[str, ...]:
    told = row.get("only_named", ())
    return keys_of(_names(row) if told is True else told)


def _place(place_id: str, row: Mapping[str, Any], level: str, country: str) -> Place:
    lon_deg, lat_deg, radius_km = row["at"]
    within = row.get("within", country)
    chain = (within, country) if within != country else (country,)
    return Place(
        place_id=_PREFIX + place_id,
        names=_names(row),
        lon_deg=float(lon_deg),
        lat_deg=float(lat_deg),
        radius_km=float(radius_km),
        level=cast("PlaceLevel", level),
        country=country,
        within=tuple(_PREFIX + outer for outer in chain if outer),
        refs=tuple(ref for ref in row.get("refs", ()) if not ref.startswith("http")),
        is_core=True,
        guarded=_guarded(row),
    )


def _countries() -> Iterator[Place]:
    for code, row in _read("countries.toml").items():
        made = _place(code, row, "country", "")
        yield _with_country(made, code)


def _with_country(place: Place, code: str) -> Place:
    return Place(
        place.place_id,
        place.names,
        place.lon_deg,
        place.lat_deg,
        place.radius_km,
        place.level,
        code,
        is_core=True,
        guarded=place.guarded,
    )


def _regions() -> Iterator[Place]:
    read = _read("regions.toml")
    for code, row in read["governorates"].items():
        yield _place(code, row, "governorate", code.partition("-")[0])
    for place_id, row in read["towns"].items():
        yield _place(place_id, row, row.get("level", "town"), row["country"])


def _aliases() -> Iterator[Place]:
    for row in _read("aliases.toml")["place"]:
        country = row.get("within", "").partition("-")[0]
        yield _place(row["id"], row, row["level"], country)
