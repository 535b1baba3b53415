"""What the worker hands back, as one Arrow file: data only, nothing that could run.

A pickle from a process that has parsed hostile bytes would carry whatever got hold of it
into the process that holds the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from rafiqa.errors import Fault
from rafiqa.wire.arrowcolumn import arrow_column, values_of
from rafiqa.wire.layer import Flags, Geometries, Numbers

_VALUE = "v:"
_ORIGINAL = "o:"
_POINT = int(shapely.GeometryType.POINT)


@dataclass(slots=True)
class Parcel:
    """The outcome of one reading on its way from the worker.

    Attributes:
        format: the file's format. crs: its reference system in words.
        numbers: the rows' numbers. good: which rows may go on.
        placed: shapes in lon/lat. shape_crs: the system of ``filed``.
        filed: shapes as in the file; None where they already were in lon/lat.
        values: by dictionary field. columns: by original name, None where the same as values.
        shape_texts: by index, geometry texts that could not be read.
        place_columns: columns that the shapes were made of.
        persons: by the row's number, who is named in it: in no column, for the vault alone.
        faults: of the file and of its rows. warnings: likewise.
        whole: whether the whole file is refused.
    """

    format: str = ""
    crs: str = ""
    numbers: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    good: Flags = field(default_factory=lambda: np.empty(0, dtype=np.bool_))
    placed: Geometries = field(default_factory=lambda: np.empty(0, dtype=object))
    shape_crs: str = ""
    filed: Geometries | None = None
    values: dict[str, list[object]] = field(default_factory=dict)
    columns: dict[str, list[object]] | None = None
    shape_texts: dict[int, str] = field(default_factory=dict)
    place_columns: tuple[str, ...] = ()
    persons: dict[int, dict[str, str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    whole: bool = False


def write_parcel(parcel: Parcel, path: Path) -> None:
    """Writes the parcel as an Arrow file."""
    fields: list[pa.Field] = []
    arrays: list[pa.Array] = []

    def add(name: str, values: Any, kind: pa.DataType | None = None) -> None:
        array = pa.array(values, type=kind)
        fields.append(pa.field(name, array.type))
        arrays.append(array)

    add("n", parcel.numbers, pa.int64())
    add("good", parcel.good, pa.bool_())
    if _plain_points(parcel.placed):
        places = shapely.get_coordinates(parcel.placed)
        add("placed_x", places[:, 0], pa.float64())
        add("placed_y", places[:, 1], pa.float64())
    else:
        add("placed", shapely.to_wkb(parcel.placed), pa.binary())
    if parcel.filed is not None:
        add("filed", shapely.to_wkb(parcel.filed), pa.binary())
    for prefix, table in ((_VALUE, parcel.values), (_ORIGINAL, parcel.columns or {})):
        for name, values in table.items():
            one_field, array = arrow_column(prefix + name, values)
            fields.append(one_field)
            arrays.append(array)
    about = {
        "format": parcel.format,
        "crs": parcel.crs,
        "shape_crs": parcel.shape_crs,
        "columns": parcel.columns is not None,
        "shape_texts": list(parcel.shape_texts.items()),
        "place_columns": list(parcel.place_columns),
        "persons": list(parcel.persons.items()),
        "faults": list(map(_plain_fault, parcel.faults)),
        "warnings": list(map(_plain_fault, parcel.warnings)),
        "whole": parcel.whole,
    }
    schema = pa.schema(fields, metadata={"rafiqa": json.dumps(about)})
    batch = pa.record_batch(arrays, schema=schema)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(batch)


def read_parcel(data: bytes) -> Parcel:
    """Returns the parcel that an Arrow file's bytes hold.

    Raises:
        ValueError: the bytes are no parcel.
    """
    try:
        table = pa.ipc.open_file(pa.BufferReader(data)).read_all()
        about = json.loads(table.schema.metadata[b"rafiqa"])
    except (pa.ArrowException, OSError, KeyError, TypeError) as error:
        raise ValueError("no parcel") from error
    columns = _prefixed(table, _ORIGINAL) if about["columns"] else None
    return Parcel(
        format=str(about["format"]),
        crs=str(about["crs"]),
        numbers=cast("Numbers", table["n"].to_numpy()),
        good=np.asarray(table["good"].to_numpy(), dtype=np.bool_),
        placed=_placed(table),
        shape_crs=str(about["shape_crs"]),
        filed=_shapes(table, "filed") if "filed" in table.column_names else None,
        values=_prefixed(table, _VALUE),
        columns=columns,
        shape_texts={int(index): str(text) for index, text in about["shape_texts"]},
        place_columns=tuple(map(str, about["place_columns"])),
        persons={
            int(number): {str(name): str(text) for name, text in told.items()}
            for number, told in about["persons"]
        },
        faults=list(map(_fault, about["faults"])),
        warnings=list(map(_fault, about["warnings"])),
        whole=bool(about["whole"]),
    )


def _prefixed(table: pa.Table, prefix: str) -> dict[str, list[object]]:
    return {
        one.name[len(prefix) :]: values_of(one, table[one.name])
        for one in table.schema
        if one.name.startswith(prefix)
    }


def _plain_points(shapes: Geometries) -> bool:
    """Returns whether there are shapes and all are points in the plane, which two figures tell."""
    return len(shapes) > 0 and bool(
        (shapely.get_type_id(shapes) == _POINT).all()
        and not shapely.is_empty(shapes).any()
        and not shapely.has_z(shapes).any()
        and not shapely.has_m(shapes).any()
    )


def _placed(table: pa.Table) -> Geometries:
    if "placed" in table.column_names:
        return _shapes(table, "placed")
    shapes: Geometries = shapely.points(table["placed_x"].to_numpy(), table["placed_y"].to_numpy())
    return shapes


def _shapes(table: pa.Table, name: str) -> Geometries:
    blobs: npt.NDArray[np.object_] = np.asarray(table[name].to_numpy(), dtype=object)
    with np.errstate(invalid="ignore"):  # refused rows keep their NaN, as they came
        shapes: Geometries = shapely.from_wkb(blobs)
    return shapes


def _plain_fault(fault: Fault) -> list[object]:
    return [fault.code, fault.place, fault.row, dict(fault.params)]


def _fault(plain: Iterable[object]) -> Fault:
    code, place, row, params = plain
    kept = {
        str(key): value if isinstance(value, int) else str(value)
        for key, value in cast("Mapping[str, object]", params).items()
    }
    return Fault(str(code), str(place), row if isinstance(row, int) else None, kept)
