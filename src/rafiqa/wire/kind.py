"""What each kind of import needs of its geometry, and which limits hold for it."""

from __future__ import annotations

from dataclasses import dataclass

from rafiqa.geo import LAND_REACH_M
from rafiqa.wire.limit import Limits

_POINTS = frozenset({"Point", "MultiPoint"})
_LINES = frozenset({"LineString", "MultiLineString"})
_POLYGONS = frozenset({"Polygon", "MultiPolygon"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of import.

    Attributes:
        name: as in ``rafiqa import --as``.
        shapes: geometry types that make sense for it.
        needs_shape: whether a row without geometry is refused here.
        about_land: whether the narrow limits for hazards hold.
        reach_m: how far from a site's origin its rows may lie before they are asked about:
            land and buildings lie in the city, reports and places in the country around it.
        bulk: whether files of it have so many rows that equal shapes are not looked for.
        reference: whether shapes are only ever drawn and asked "inside?", never computed with.
    """

    name: str
    shapes: frozenset[str]
    needs_shape: bool
    about_land: bool
    reach_m: float
    reference: bool = False
    bulk: bool = False

    def file_vertices(self, limits: Limits) -> int:
        """Returns how many vertices a file of this kind may hold."""
        return limits.hazard_file_vertices if self.about_land else limits.bulk_file_vertices

    def file_bytes(self, limits: Limits) -> int:
        """Returns how large a file of this kind may be on disk."""
        return limits.hazard_file_bytes if self.about_land else limits.bulk_file_bytes

    def data_bytes(self, limits: Limits) -> int:
        """Returns how much memory the worker may write to while it reads such a file."""
        return limits.hazard_data_bytes if self.about_land else limits.worker_bytes

    def ring_vertices(self, limits: Limits) -> int:
        """Returns how many vertices one ring may have."""
        return limits.reference_vertices if self.reference else limits.ring_vertices

    def feature_vertices(self, limits: Limits) -> int:
        """Returns how many vertices one feature may have."""
        return limits.reference_vertices if self.reference else limits.feature_vertices

    def cpu_s(self, limits: Limits) -> int:
        """Returns the seconds of processor time that reading such a file may take."""
        return limits.hazard_cpu_s if self.about_land else limits.bulk_cpu_s


_CITY_M = float(LAND_REACH_M)
_REGION_M = 300_000.0
_COUNTRY_M = 1_500_000.0
_ANY = _POINTS | _LINES | _POLYGONS

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("hazard-areas", _POLYGONS, needs_shape=True, about_land=True, reach_m=_CITY_M),
        Kind("land-parts", _POLYGONS, needs_shape=True, about_land=True, reach_m=_CITY_M),
        Kind("projects", _POLYGONS, needs_shape=True, about_land=True, reach_m=_CITY_M),
        Kind(
            "rubble-lots",
            _POINTS | _POLYGONS,
            needs_shape=True,
            about_land=True,
            reach_m=_CITY_M,
        ),
        Kind("evidence", _ANY, needs_shape=False, about_land=True, reach_m=_REGION_M),
        Kind(
            "accidents",
            _POINTS | _POLYGONS,
            needs_shape=False,
            about_land=False,
            reach_m=_COUNTRY_M,
        ),
        Kind("damage", _ANY, needs_shape=False, about_land=False, reach_m=_REGION_M),
        Kind(
            "buildings", _POLYGONS, needs_shape=True, about_land=False, reach_m=_CITY_M, bulk=True
        ),
        Kind(
            "roads",
            _LINES | _POLYGONS,
            needs_shape=True,
            about_land=False,
            reach_m=_CITY_M,
            bulk=True,
        ),
        Kind(
            "bridges",
            _LINES | _POLYGONS,
            needs_shape=True,
            about_land=False,
            reach_m=_CITY_M,
            bulk=True,
        ),
        Kind(
            "water",
            _LINES | _POLYGONS,
            needs_shape=True,
            about_land=False,
            reach_m=_CITY_M,
            bulk=True,
        ),
        Kind(
            "protected-sites",
            _ANY,
            needs_shape=True,
            about_land=False,
            reach_m=_CITY_M,
            bulk=True,
        ),
        Kind("works", _ANY, needs_shape=True, about_land=False, reach_m=_CITY_M, bulk=True),
        Kind(
            "population",
            _ANY,
            needs_shape=False,
            about_land=False,
            reach_m=_COUNTRY_M,
            reference=True,
            bulk=True,
        ),
        Kind(
            "places",
            _POINTS | _POLYGONS,
            needs_shape=False,
            about_land=False,
            reach_m=_COUNTRY_M,
            reference=True,
        ),
    )
}
