"""The ground of a tile as a Parquet table: faces with what they decide, and signs, in mm."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

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
    """Returns the columns of a table that ``ground_bytes`` gave, as arrays; areas as lists."""
    table = pq.read_table(path, schema=SCHEMA)
    found: dict[str, Any] = {
        name: table.column(name).to_numpy(zero_copy_only=False)
        for name in SCHEMA.names
        if name != "area_ids"
    }
    for name in ("true_us", "seq"):
        found[name] = table.column(name).fill_null(NOT_KEPT).to_numpy()
    found["area_ids"] = table.column("area_ids").to_pylist()
    return found
