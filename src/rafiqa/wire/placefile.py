"""Lists of places of others: read in a process of their own, row by row, each with its reason."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault, InvalidInput
from rafiqa.study.gazetteer import Source
from rafiqa.study.placerow import PlaceRow, row_fault
from rafiqa.study.record import PlaceLevel
from rafiqa.wire.limit import LIMITS, MEBIBYTE, Limits
from rafiqa.wire.mapping import load_mapping
from rafiqa.wire.nursery import nursery
from rafiqa.wire.process import worker_death
from rafiqa.wire.reading import Columns, read_columns

_SWAPPED_SHARE: Final = 0.5
"""From here on it is the table that is swapped, and not a row."""
_LEVELS: Final = {
    "country": "country",
    "region": "region",
    "governorate": "governorate",
    "district": "district",
    "subdistrict": "subdistrict",
    "neighbourhood": "quarter",
    "quarter": "quarter",
}
_COD_LICENCE: Final = "CC BY 3.0 IGO"
_KM_PER_DEG: Final = 111.195


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is not taken: its number, why, and the row as it came."""

    fault: Fault
    original: str


@dataclass(frozen=True, slots=True)
class PlaceList:
    """What a file gave.

    Attributes:
        source: what it is, with the hash of its bytes.
        rows: what can be taken. refused: what cannot, with the reason.
        lost: names that had come to question marks.
    """

    source: Source
    rows: tuple[PlaceRow, ...]
    refused: tuple[RefusedRow, ...]
    lost: int


def read_places(path: Path, licence: str, limits: Limits = LIMITS) -> PlaceList:
    """Returns the places of a file.

    Args:
        path: the file; a shapefile's other parts lie beside it.
        licence: under what it is given out, where the file is of no source that is known.
        limits: what it may hold.

    Raises:
        InvalidInput: the file cannot be read, or its coordinates are the wrong way round.
    """
    told = _asked(path, limits)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if "foreign" in told:
        return _foreign(path, str(told["foreign"]), licence, digest)
    rows = [_row(plain) for plain in told["rows"]]
    refused = [
        RefusedRow(Fault(one["code"], "", one["row"], one["params"]), one["original"])
        for one in told["refused"]
    ]
    about = told["source"]
    source = Source(about["name"], about["licence"], about["credit"], digest, 0, 0)
    return _sorted_out(path, source, rows, refused, int(told["lost"]))


def _asked(path: Path, limits: Limits) -> dict[str, Any]:
    if not path.is_file():
        raise InvalidInput(Fault("wire.file.missing", "", None, {"path": path.name}))
    if path.stat().st_size > limits.bulk_file_bytes:
        params: dict[str, str | int] = {
            "size_mib": path.stat().st_size // MEBIBYTE,
            "limit_mib": limits.bulk_file_bytes // MEBIBYTE,
        }
        raise InvalidInput(Fault("wire.limit.file-bytes", "", None, params))
    with tempfile.TemporaryDirectory(prefix="rafiqa-places-") as folder:
        answer = Path(folder) / "answer.json"
        cpu_s, data_bytes = limits.hazard_cpu_s, limits.hazard_data_bytes
        order = {
            "path": str(path.resolve()),
            "answer": str(answer),
            "limits": asdict(limits),
            "cpu_s": cpu_s,
            "data_bytes": data_bytes,
        }
        ended = nursery().read("places", Path(folder), order, cpu_s * limits.wall_factor)
        if ended.status != 0:
            raise InvalidInput(worker_death(ended, cpu_s, data_bytes).faults)
        told: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    if "faults" in told:
        raise InvalidInput(
            [Fault(one["code"], one["place"], None, one["params"]) for one in told["faults"]]
        )
    return told


def _row(plain: dict[str, Any]) -> PlaceRow:
    lon_deg, lat_deg = plain["lon_deg"], plain["lat_deg"]
    return PlaceRow(
        number=int(plain["number"]),
        place_id=str(plain["place_id"]),
        names=tuple(map(str, plain["names"])),
        lon_deg=float("nan") if lon_deg is None else float(lon_deg),
        lat_deg=float("nan") if lat_deg is None else float(lat_deg),
        level=cast("PlaceLevel", plain["level"]),
        country=str(plain["country"]),
        residents=int(plain["residents"]),
        refs=tuple(map(str, plain["refs"])),
        within=tuple(map(str, plain["within"])),
    )


def _sorted_out(
    path: Path, source: Source, rows: Iterable[PlaceRow], refused: list[RefusedRow], lost: int
) -> PlaceList:
    kept: list[PlaceRow] = []
    swapped = 0
    for row in rows:
        fault = row_fault(row)
        if fault is None:
            kept.append(row)
            continue
        swapped += fault.code == "wire.places.swapped"
        refused.append(RefusedRow(fault, json.dumps(asdict(row), ensure_ascii=False)))
    if swapped > _SWAPPED_SHARE * (len(kept) + swapped):
        params: dict[str, str | int] = {"rows": swapped, "file": path.name}
        raise InvalidInput(Fault("wire.places.swapped-table", path.name, None, params))
    refused.sort(key=lambda one: (one.fault.row or 0, one.fault.code))
    counted = Source(
        source.name, source.licence, source.credit, source.sha256, len(kept), len(refused)
    )
    return PlaceList(counted, tuple(kept), tuple(refused), lost)


def _foreign(path: Path, mapping: str, licence: str, digest: str) -> PlaceList:
    """A file that the readers of imports read: shapefile, GeoJSON, a table of standard columns."""
    read = read_columns(path, "places", load_mapping(mapping) if mapping else None)
    if read.refused:
        raise InvalidInput(read.faults)
    refused = [
        RefusedRow(bad.faults[0], bad.original.decode("utf-8", "replace")) for bad in read.bad
    ]
    about = load_mapping(mapping).name if mapping else path.name
    source = Source(about, _COD_LICENCE if mapping else licence, about, digest, 0, 0)
    rows = [_place_of(read, number, mapping) for number in range(len(read.numbers))]
    lost = sum(
        int(one.params.get("rows", 0)) for one in read.warnings if one.code == "wire.text.destroyed"
    )
    return _sorted_out(path, source, rows, refused, lost)


def _place_of(read: Columns, place: int, mapping: str) -> PlaceRow:
    def said(column: str) -> str:
        cells = read.columns.get(column)
        value = None if cells is None else cells[place]
        return "" if value is None else str(value)

    lon_deg, lat_deg, radius_km = _point(read.geometry[place])
    prefix = "pcode" if mapping else "own"
    outer = [
        said(column) for column in ("parent_id", "subdistrict_id", "district_id", "governorate_id")
    ]
    names = [said("name_ar"), said("name_ckb"), said("name_kmr"), said("name")]
    names += said("other_names").split(";")
    names = [name for name in names if "?" not in name]
    level = _LEVELS.get(said("kind"), "town")
    return PlaceRow(
        number=int(read.numbers[place]),
        place_id=f"{prefix}:{read.ids[place]}",
        names=tuple(dict.fromkeys(" ".join(name.split()) for name in names if name.strip())),
        lon_deg=lon_deg,
        lat_deg=lat_deg,
        level=cast("PlaceLevel", level),
        country="SY" if mapping else said("country"),
        residents=int(float(said("residents") or 0)),
        radius_km=radius_km,
        within=tuple(f"{prefix}:{one}" for one in dict.fromkeys(outer) if one),
    )


def _point(shape: BaseGeometry | None) -> tuple[float, float, float | None]:
    """A point in the shape and how far its farthest corner lies from there, in kilometres."""
    if shape is None or shape.is_empty:
        return float("nan"), float("nan"), None
    spot = shapely.point_on_surface(shape)
    lon_deg, lat_deg = float(shapely.get_x(spot)), float(shapely.get_y(spot))
    corners = shapely.get_coordinates(shape)
    if len(corners) < 3:
        return lon_deg, lat_deg, None
    east = (corners[:, 0] - lon_deg) * np.cos(np.radians(lat_deg))
    reach_deg = float(np.hypot(east, corners[:, 1] - lat_deg).max())
    return lon_deg, lat_deg, round(reach_deg * _KM_PER_DEG, 1)
