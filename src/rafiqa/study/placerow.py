"""A row of somebody's list of places, and whether its point can be believed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from rafiqa.errors import Fault
from rafiqa.study.gazetteer import Place, apart_km
from rafiqa.study.placecore import core_places
from rafiqa.study.record import PlaceLevel

_RADIUS_KM: Final = {
    "country": 300.0,
    "region": 100.0,
    "governorate": 80.0,
    "district": 25.0,
    "subdistrict": 12.0,
    "town": 2.0,
    "quarter": 1.5,
}
"""How far a place reaches of which only a point is known: a choice of ours."""
_TOWNS_KM: Final = ((1_000_000, 12.0), (500_000, 8.0), (100_000, 5.0), (20_000, 3.0))
_ABROAD: Final = 1.6
_ABROAD_KM: Final = 60.0


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A row as a file has it.

    Attributes:
        number: as a person counts. place_id: with the source before it, such as ``wof:1``.
        names: as written, the one to tell first.
        lon_deg, lat_deg: WGS 84. radius_km: None where only a point is known.
        level, country, residents: as in ``Place``.
        refs: other ids of the same place. within: ids of what it lies in.
    """

    number: int
    place_id: str
    names: tuple[str, ...]
    lon_deg: float
    lat_deg: float
    level: PlaceLevel
    country: str = ""
    residents: int = 0
    radius_km: float | None = None
    refs: tuple[str, ...] = ()
    within: tuple[str, ...] = ()

    def reach_km(self) -> float:
        """Returns how far the place may reach from its point, in kilometres."""
        if self.radius_km is not None:
            return self.radius_km
        if self.level == "town":
            for residents, km in _TOWNS_KM:
                if self.residents >= residents:
                    return km
        return _RADIUS_KM[self.level]


def row_fault(row: PlaceRow) -> Fault | None:
    """Returns why a row is not taken, or None.

    Codes: ``wire.places.nameless``, ``wire.places.pointless``, ``wire.places.swapped``,
    ``wire.places.abroad``.
    """
    if not row.names:
        return Fault("wire.places.nameless", row.place_id, row.number)
    if not _is_point(row.lon_deg, row.lat_deg):
        swapped = _is_point(row.lat_deg, row.lon_deg)
        code = "wire.places.swapped" if swapped else "wire.places.pointless"
        return Fault(code, row.place_id, row.number)
    country = _countries().get(row.country)
    if country is None or _is_in(row, country):
        return None
    turned = replace(row, lon_deg=row.lat_deg, lat_deg=row.lon_deg)
    if _is_point(turned.lon_deg, turned.lat_deg) and _is_in(turned, country):
        return Fault("wire.places.swapped", row.place_id, row.number)
    return Fault("wire.places.abroad", row.place_id, row.number, {"country": row.country})


def _is_point(lon_deg: float, lat_deg: float) -> bool:
    known = math.isfinite(lon_deg) and math.isfinite(lat_deg)
    within = known and abs(lon_deg) <= 180 and abs(lat_deg) <= 90
    return within and (lon_deg, lat_deg) != (0, 0)


def _is_in(row: PlaceRow, country: Place) -> bool:
    """Whether a point lies where the country may be: wide, since borders are not known here."""
    point = replace(country, lon_deg=row.lon_deg, lat_deg=row.lat_deg)
    return apart_km(point, country) <= _ABROAD * country.radius_km + _ABROAD_KM


@cache
def _countries() -> dict[str, Place]:
    return {place.country: place for place in core_places() if place.level == "country"}
