"""Where the open data lies, and what its files say, read here without any of Rafiqa."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj  # noqa: TID251 - an independent way to measure
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("RAFIQA_SHARED_DATA", ROOT.parent / "shared" / "data"))
DUTCH_GRID = "EPSG:28992"
_ELLIPSOID = pyproj.Geod(ellps="WGS84")


def open_data(name: str) -> Path:
    """Returns a file of the open data; skips the test where it is not beside the checkout."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the open data is not beside the checkout: {name}")
    return path


def table(name: str) -> list[dict[str, str]]:
    """Returns the rows of a CSV file as texts."""
    csv.field_size_limit(10**8)
    with open_data(name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def features(name: str) -> list[Mapping[str, Any]]:
    """Returns the features of a GeoJSON file."""
    collection = json.loads(open_data(name).read_text(encoding="utf-8"))
    return list(collection["features"])


def ogr(name: str, layer: str | None = None) -> tuple[np.ndarray, dict[str, Sequence[Any]]]:
    """Returns the shapes and the columns of a file as GDAL alone reads it."""
    meta, _, blobs, columns = pyogrio.raw.read(open_data(name), layer=layer)
    return shapely.from_wkb(blobs), dict(zip(meta["fields"], columns, strict=True))


def to_degrees(shape: BaseGeometry, crs: str = DUTCH_GRID) -> BaseGeometry:
    """Returns a shape of a national grid in longitude and latitude."""
    change = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    return shapely.transform(shape, lambda xy: np.column_stack(change.transform(*xy.T)))


def geodesic_m2(shape: BaseGeometry) -> float:
    """Returns the area on the ellipsoid of a shape in degrees, in m²."""
    oriented = shapely.orient_polygons(shape)
    return float(_ELLIPSOID.geometry_area_perimeter(oriented)[0])


def inner_point(shape: BaseGeometry) -> tuple[float, float]:
    """Returns the longitude and latitude of a point well inside the shape's largest piece."""
    largest = max(shapely.get_parts(shape), key=shapely.area)
    spot = shapely.point_on_surface(largest)
    return float(spot.x), float(spot.y)


def reach_m(shape: BaseGeometry, origin: tuple[float, float]) -> float:
    """Returns how far the shape's farthest corner lies from a place, on the ellipsoid, in m."""
    lon_deg, lat_deg = shapely.get_coordinates(shape).T
    from_lon, from_lat = np.full_like(lon_deg, origin[0]), np.full_like(lat_deg, origin[1])
    return float(max(_ELLIPSOID.inv(from_lon, from_lat, lon_deg, lat_deg)[2]))
