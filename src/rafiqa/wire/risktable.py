"""The map of risk as a Parquet table, and as a GeoTIFF for maps."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image, TiffImagePlugin

from rafiqa.risk import BuildingRisks

Floats = npt.NDArray[np.float64]
_DOUBLE, _SHORT, _ASCII = 12, 3, 2
_SCALE, _TIE, _KEYS, _DOUBLES, _NODATA = 33550, 33922, 34735, 34736, 42113
_USER = 32767


@dataclass(frozen=True, slots=True, eq=False)
class RiskRows:
    """The rows of a map, and the grid that they lie on.

    Attributes:
        origin: longitude and latitude of the site's frame, degrees.
        corner_m: western and northern edge of the whole grid in the frame.
        size_m: side of a cell.
        shape: rows and columns of the grid.
        row: ``(c,)`` row of each cell, counted from the north.
        column: ``(c,)`` column.
        lon_lat: ``(c, 2)`` centres, degrees.
        p: ``(c,)`` mean probability.
        low: ``(c,)`` 5 % quantile.
        high: ``(c,)`` 95 % quantile.
        prior_only: ``(c,)`` whether nothing known is near.
        released_share: ``(c,)`` how much of the cell stands released.
        metadata: what every figure carries: source, times, method.
    """

    origin: tuple[float, float]
    corner_m: tuple[float, float]
    size_m: float
    shape: tuple[int, int]
    row: npt.NDArray[np.int64]
    column: npt.NDArray[np.int64]
    lon_lat: Floats
    p: Floats
    low: Floats
    high: Floats
    prior_only: npt.NDArray[np.bool_]
    released_share: Floats
    metadata: dict[str, str]


def write_table(rows: RiskRows, path: Path) -> None:
    """Writes the rows as Parquet: one for each cell that is not released."""
    columns = {
        "cell": rows.row * rows.shape[1] + rows.column,
        "lon_deg": rows.lon_lat[:, 0],
        "lat_deg": rows.lon_lat[:, 1],
        "p_contaminated": rows.p,
        "p_low": rows.low,
        "p_high": rows.high,
        "prior_only": rows.prior_only,
        "released_share": rows.released_share,
    }
    table = pa.table(columns).replace_schema_metadata(rows.metadata)
    _whole(path, lambda part: pq.write_table(table, part, compression="zstd"))


def write_buildings(found: BuildingRisks, metadata: dict[str, str], path: Path) -> None:
    """Writes buildings as Parquet: one row for each that stands on the map, not on released ground.

    Ids are those of the reference layers; the file holds no shape.
    """
    columns = {
        "id": list(found.ids),
        "p_contaminated": found.p,
        "p_low": found.low,
        "p_high": found.high,
        "prior_only": found.prior_only,
    }
    table = pa.table(columns).replace_schema_metadata(metadata)
    _whole(path, lambda part: pq.write_table(table, part, compression="zstd"))


def write_raster(rows: RiskRows, path: Path) -> None:
    """Writes the rows as a GeoTIFF of 32-bit floats: mean, then low and high as further pages.

    Cells without a row are nan, and so said to hold no value. The plane is the site's own
    transverse Mercator, told by its parameters (OGC GeoTIFF 1.1, clause 7).
    """
    pages = [Image.fromarray(_page(rows, values)) for values in (rows.p, rows.low, rows.high)]
    info = _geokeys(rows)

    def write(part: Path) -> None:
        pages[0].save(
            part,
            format="TIFF",
            save_all=True,
            append_images=pages[1:],
            tiffinfo=info,
            compression="tiff_adobe_deflate",
        )

    _whole(path, write)


def _page(rows: RiskRows, values: Floats) -> npt.NDArray[np.float32]:
    page = np.full(rows.shape, np.nan, dtype=np.float32)
    page[rows.row, rows.column] = values
    return page


def _geokeys(rows: RiskRows) -> TiffImagePlugin.ImageFileDirectory_v2:
    keys = [
        (1024, 0, 1, 1),  # a projected plane
        (1025, 0, 1, 1),  # a value is that of a cell's ground
        (2048, 0, 1, 4326),  # WGS 84
        (3072, 0, 1, _USER),
        (3074, 0, 1, _USER),
        (3075, 0, 1, 1),  # transverse Mercator
        (3076, 0, 1, 9001),  # metres
        (3080, _DOUBLES, 1, 0),  # longitude of the origin
        (3081, _DOUBLES, 1, 1),  # latitude of it
        (3082, _DOUBLES, 1, 2),  # false easting
        (3083, _DOUBLES, 1, 3),  # false northing
        (3092, _DOUBLES, 1, 4),  # scale at the origin
    ]
    info = TiffImagePlugin.ImageFileDirectory_v2()
    tags: list[tuple[int, int, object]] = [
        (_SCALE, _DOUBLE, (rows.size_m, rows.size_m, 0.0)),
        (_TIE, _DOUBLE, (0.0, 0.0, 0.0, *rows.corner_m, 0.0)),
        (_KEYS, _SHORT, (1, 1, 1, len(keys), *(each for key in keys for each in key))),
        (_DOUBLES, _DOUBLE, (*rows.origin, 0.0, 0.0, 1.0)),
        (_NODATA, _ASCII, "nan"),
    ]
    for tag, type_, value in tags:
        info.tagtype[tag] = type_
        info[tag] = value
    return info


def _whole(path: Path, write: Callable[[Path], None]) -> None:
    """Writes beside the place and takes it only when whole: half a map would leave hazard out."""
    path = path.resolve()
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
