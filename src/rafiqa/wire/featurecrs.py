"""Reference systems in which features are given out: their addresses, axes and decimals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.geo.crs import from_lonlat_to, utm_epsg

_DEGREE_DECIMALS: Final = 8
"""About 1 mm, the grid on which the land is kept."""
_METRE_DECIMALS: Final = 3
Geometries = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class FeatureCrs:
    """One system.

    Attributes:
        uri: how OGC API requests and answers name it.
        code: how PROJ names it.
        in_degrees: whether it is of longitude and latitude.
        lat_first: whether coordinates stand latitude first, as its register has them.
    """

    uri: str
    code: str
    in_degrees: bool = False
    lat_first: bool = False

    def of_lonlat(self, geometries: Geometries) -> Geometries:
        """Returns geometries in this system, axes in its order, of degrees longitude first."""
        moved = geometries if self.in_degrees else from_lonlat_to(self.code, geometries)
        decimals = _DEGREE_DECIMALS if self.in_degrees else _METRE_DECIMALS
        rounded: Geometries = shapely.transform(moved, lambda xy: np.round(xy, decimals))
        return self.swapped(rounded)

    def swapped(self, geometries: Geometries) -> Geometries:
        """Returns geometries with the axes exchanged where the system has latitude first."""
        if not self.lat_first:
            return geometries
        turned: Geometries = shapely.transform(geometries, lambda xy: xy[:, ::-1])
        return turned


CRS84: Final = FeatureCrs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "OGC:CRS84", True)
EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0/"


def systems(lon_deg: float, lat_deg: float) -> tuple[FeatureCrs, ...]:
    """Returns the systems for a site at a place, the default first.

    Longitude and latitude in either order, the map's Mercator, and the UTM zone of the site. The
    site's own plane is in no register, so no client could read it.
    """
    number = utm_epsg(lon_deg, lat_deg)
    return (
        CRS84,
        FeatureCrs(f"{EPSG}4326", "EPSG:4326", True, True),
        FeatureCrs(f"{EPSG}3857", "EPSG:3857"),
        FeatureCrs(f"{EPSG}{number}", f"EPSG:{number}"),
    )
