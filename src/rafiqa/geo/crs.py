"""What a file says of its coordinates: reference system, axes, and the way to lon/lat.

A hazard moved by a hundred metres is a released hazard, so a system whose datum is not
known is refused: PROJ would shift it by a "ballpark" nothing. The Amsterdam test
shapefiles are such a case: their ``.prj`` names a Bessel ellipsoid and no datum, and reading
them so puts every polygon 113 m too far north.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj  # noqa: TID251 - the one place beside the frame: systems of foreign files
import pyproj.network  # noqa: TID251 - as above
import shapely
from pyproj.enums import WktVersion  # noqa: TID251 - as above
from pyproj.exceptions import CRSError, ProjError  # noqa: TID251 - as above
from pyproj.transformer import TransformerGroup  # noqa: TID251 - as above

WGS84 = "EPSG:4326"
_PLAIN_WGS84 = frozenset({"EPSG:4326", "OGC:CRS84"})
_UNKNOWN_DATUM = ("unknown", "undefined", "not specified", "unspecified")

Geometries = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class CrsFacts:
    """What is known of a reference system.

    Attributes:
        name: its own name, such as ``Amersfoort / RD New``.
        authority: ``EPSG:28992`` or None where no register entry is recognised.
        axes: the official axis order; files are always read x (east) first all the same.
        accuracy_m: stated accuracy of the best transformation to WGS84, None if none is
            stated.
    """

    name: str
    authority: str | None
    axes: tuple[str, ...]
    accuracy_m: float | None


_CRS84 = "OGC:CRS84"
_CRS84_FACTS = CrsFacts("WGS 84 (CRS84)", _CRS84, ("east", "north"), 0.0)
"""As PROJ tells them: opening its register takes longer than reading most tables."""


@lru_cache(maxsize=64)
def _crs(crs_text: str) -> pyproj.CRS:
    pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]
    return pyproj.CRS.from_user_input(crs_text)


def _datum_name(crs: pyproj.CRS) -> str:
    geodetic = crs.geodetic_crs
    datum = None if geodetic is None else geodetic.datum
    return "" if datum is None else datum.name.casefold()


@lru_cache(maxsize=64)
def _way(crs_text: str) -> tuple[Any, float | None]:
    """The best transformer to lon/lat and its accuracy in metres."""
    with warnings.catch_warnings():
        # That a finer grid file is not installed is told by the accuracy of the one that is.
        warnings.simplefilter("ignore", UserWarning)
        group = TransformerGroup(_crs(crs_text), WGS84, always_xy=True, allow_ballpark=False)
    best = group.transformers[0]
    return best, best.accuracy if best.accuracy >= 0 else None


def crs_problem(crs_text: str) -> str | None:
    """Returns the code of what keeps a reference system from being used, or None.

    ``geo.crs.unknown``: no such system; ``geo.crs.not-horizontal``: not a system of places
    on the ground; ``geo.crs.datum``: its datum is not known, so places would be off by up
    to hundreds of metres.
    """
    if crs_text == _CRS84:
        return None
    try:
        crs = _crs(crs_text)
    except CRSError:
        return "geo.crs.unknown"
    if crs.is_vertical or crs.is_engineering or crs.geodetic_crs is None:
        return "geo.crs.not-horizontal"
    if is_lonlat(crs_text):
        return None
    datum = _datum_name(crs).removeprefix("d_")
    if datum in {"", *_UNKNOWN_DATUM} or datum.startswith("unknown"):
        return "geo.crs.datum"
    try:
        _way(crs_text)
    except (ProjError, IndexError):
        return "geo.crs.datum"
    return None


def is_lonlat(crs_text: str) -> bool:
    """Returns whether coordinates in the system already are WGS84 degrees, x = longitude."""
    return crs_text.upper() in _PLAIN_WGS84 or _authority(_crs(crs_text)) in _PLAIN_WGS84


def _authority(crs: pyproj.CRS) -> str | None:
    found = crs.to_authority(min_confidence=70)
    return None if found is None else f"{found[0]}:{found[1]}"


def crs_facts(crs_text: str) -> CrsFacts:
    """Returns name, register entry, axis order and accuracy of a system without problems.

    Raises:
        ValueError: the system has a problem; ask ``crs_problem`` first.
    """
    if crs_text == _CRS84:
        return _CRS84_FACTS
    problem = crs_problem(crs_text)
    if problem is not None:
        raise ValueError(problem)
    crs = _crs(crs_text)
    accuracy_m = 0.0 if is_lonlat(crs_text) else _way(crs_text)[1]
    axes = tuple(axis.direction for axis in crs.axis_info)
    return CrsFacts(crs.name, _authority(crs), axes, accuracy_m)


def to_lonlat_from(crs_text: str, geometries: Geometries) -> Geometries:
    """Returns the geometries in WGS84 lon/lat degrees; heights are dropped, None stays None.

    x is east and y north whatever the official axis order (``always_xy``). A point outside
    the area where the system works comes back with infinite coordinates: check for them.

    Raises:
        ValueError: the system has a problem; ask ``crs_problem`` first.
    """
    problem = crs_problem(crs_text)
    if problem is not None:
        raise ValueError(problem)
    flat: Geometries = (
        shapely.force_2d(geometries) if shapely.has_z(geometries).any() else geometries
    )
    if is_lonlat(crs_text):
        return flat
    transformer, _ = _way(crs_text)

    def project(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        lon_deg, lat_deg = transformer.transform(xy[:, 0], xy[:, 1])
        return np.column_stack([lon_deg, lat_deg])

    moved: Geometries = shapely.transform(flat, project)
    return moved


def from_lonlat_to(crs_text: str, geometries: Geometries) -> Geometries:
    """Returns the geometries in another system, of WGS84 lon/lat degrees; None stays None.

    x is east and y north whatever the official axis order. What has no place there comes back
    with infinite coordinates.

    Raises:
        ValueError: the system has a problem; ask ``crs_problem`` first.
    """
    problem = crs_problem(crs_text)
    if problem is not None:
        raise ValueError(problem)
    if is_lonlat(crs_text):
        return geometries
    transformer, _ = _way(crs_text)

    def project(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        inverse = pyproj.enums.TransformDirection.INVERSE
        x, y = transformer.transform(xy[:, 0], xy[:, 1], direction=inverse)
        return np.column_stack([x, y])

    moved: Geometries = shapely.transform(geometries, project)
    return moved


def utm_epsg(lon_deg: float, lat_deg: float) -> int:
    """Returns the EPSG number of the WGS 84 / UTM zone of a place (EPSG 32601 to 32760).

    Zones are six degrees wide from 180° west; the exceptions of Norway and Svalbard are no
    zones of the register and are left out.
    """
    zone = min(int((lon_deg + 180) // 6) + 1, 60)
    return (32600 if lat_deg >= 0 else 32700) + zone


def crs_wkt(crs_text: str) -> str:
    """Returns the system written out as WKT2:2019, for a record that must not lose it."""
    written: str = _crs(crs_text).to_wkt(WktVersion.WKT2_2019)
    return written
