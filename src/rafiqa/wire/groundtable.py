"""The ground of a tile as a Parquet table: faces with what they decide, and signs, in mm."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from rafiqa.errors import Fault, InvalidInput

SCHEMA: Final = pa.schema(
    [
        ("geometry_mm", pa.binary()),
        ("is_sign", pa.bool_()),
        ("closes", pa.int8()),
        ("released", pa.bool_()),
        ("worth", pa.int64()),
        ("certified_cm", pa.int64()),
        ("cleared", pa.bool_()),
        ("undug", pa.bool_()),
        ("in_doubt", pa.bool_()),
        ("true_us", pa.int64()),
        ("seq", pa.int64()),
        ("reach_mm", pa.float64()),
        ("is_report", pa.bool_()),
        ("is_find", pa.bool_()),
        ("is_bombing", pa.bool_()),
        ("status", pa.string()),
        ("area_ids", pa.list_(pa.string())),
    ]
)
"""``closes``: 0 not, 1 as stopped ground, 2 as hazard. ``true_us`` and ``seq``: of a face when the
work began that it stands released by, null where that is not needed; of a sign when it was seen.
``is_report`` … ``is_bombing`` and ``reach_mm`` are of signs, the others of faces."""

_HAZARD: Final = 2
_FLAGS: Final = tuple(each.name for each in SCHEMA if pa.types.is_boolean(each.type))
_DECIDE: Final = tuple(
    name for name in SCHEMA.names if name not in {"true_us", "seq", "status", "area_ids"}
)
"""Columns that have a value in every row."""
NOT_KEPT: Final = -1
"""Read where ``true_us`` and ``seq`` are null."""


def ground_bytes(columns: Mapping[str, Any]) -> bytes:
    """Returns a table of the ground; equal columns give equal bytes.

    Args:
        columns: values by the names of ``SCHEMA``.
    """
    arrays = [pa.array(columns[field.name], field.type, from_pandas=True) for field in SCHEMA]
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays, schema=SCHEMA), sink, compression="zstd", compression_level=1)
    return sink.getvalue()


def ground_columns(path: Path) -> dict[str, Any]:
    """Returns the columns of a table that ``ground_bytes`` gave, as arrays; areas as lists.

    Raises:
        InvalidInput: a column is missing, is another, or has no value where one decides. Read as
            if it said nothing, ground without ``closes`` would be open.
    """
    with pq.ParquetFile(path) as file:
        if dict(_types(file.schema_arrow)) != dict(_types(SCHEMA)):
            names = [each.name for each in SCHEMA if each not in list(file.schema_arrow)]
            names += [name for name in file.schema_arrow.names if name not in SCHEMA.names]
            params: dict[str, str | int] = {"names": ", ".join(names)[:200]}
            raise InvalidInput(Fault("bulk.ground.columns", path.name, params=params))
        table = file.read()
    _refuse_row(path, _contradicts(table))
    found: dict[str, Any] = {
        name: table.column(name).to_numpy(zero_copy_only=False)
        for name in SCHEMA.names
        if name != "area_ids"
    }
    for name in ("true_us", "seq"):
        found[name] = table.column(name).fill_null(NOT_KEPT).to_numpy()
    found["area_ids"] = table.column("area_ids").to_pylist()
    return found


def _types(schema: pa.Schema) -> list[tuple[str, pa.DataType]]:
    # By name: two columns of one name are no such table.
    return [(each.name, each.type) for each in schema] if _once(schema) else []


def _once(schema: pa.Schema) -> bool:
    return len(set(schema.names)) == len(schema.names)


def _contradicts(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Returns of each row whether it lacks what decides, or says two things."""
    null = {name: _flags(table.column(name).is_null()) for name in SCHEMA.names}
    wrong = np.zeros(len(table), dtype=np.bool_)
    for name in _DECIDE:
        wrong |= null[name]
    value = {name: table.column(name) for name in SCHEMA.names}
    flag = {name: _flags(value[name].fill_null(False)) for name in _FLAGS}
    number = {
        name: value[name].fill_null(0).to_numpy()
        for name in ("closes", "certified_cm", "reach_mm", "worth")
    }
    sign, closes = flag["is_sign"], number["closes"]
    status = np.array(value["status"].to_pylist(), dtype=object)
    wrong |= ~np.isin(closes, (0, 1, _HAZARD)) | ~(number["reach_mm"] >= 0)
    wrong |= ~np.isfinite(number["reach_mm"]) | (number["certified_cm"] < -1)
    # Ground that is no hazard stands released, as the land book has it; nothing is both.
    wrong |= ~sign & (flag["released"] != (closes != _HAZARD))
    wrong |= ~flag["released"] & (flag["cleared"] | flag["in_doubt"])
    wrong |= ~sign & ((status == "cleared") != flag["cleared"])
    wrong |= sign & (flag["released"] | (closes != 0)) | (sign != null["status"])
    wrong |= sign != null["area_ids"]
    wrong |= flag["is_report"] & flag["is_find"]
    signs = flag["is_report"] | flag["is_find"] | flag["is_bombing"] | (number["reach_mm"] > 0)
    wrong |= ~sign & signs
    moment = null["true_us"] | null["seq"]
    wrong |= null["true_us"] != null["seq"]
    some = bool((~sign & ~moment).any())
    return np.asarray(wrong | (moment & (sign | some)), dtype=np.bool_)


def _flags(column: Any) -> npt.NDArray[np.bool_]:
    return np.asarray(column.to_numpy(), dtype=np.bool_)


def _refuse_row(path: Path, wrong: npt.NDArray[np.bool_]) -> None:
    if wrong.any():
        refuse_row(path, int(np.flatnonzero(wrong)[0]))


def refuse_row(path: Path, row: int) -> NoReturn:
    """Refuses a table of ground for one of its rows, counted from 1.

    Raises:
        InvalidInput: always.
    """
    params: dict[str, str | int] = {"file": path.name, "row": row + 1}
    raise InvalidInput(Fault("bulk.ground.row", f"row {row + 1}", params=params))
