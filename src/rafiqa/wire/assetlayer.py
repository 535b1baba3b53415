"""Reference layers as GeoParquet bytes: ids, shapes in WGS 84, and columns of the dictionary."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

_GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}},
}
"""GeoParquet 1.1 metadata; no ``crs`` key means OGC:CRS84, longitude first."""


def layer_bytes(
    ids: Sequence[str],
    shapes_lonlat: npt.NDArray[np.object_],
    columns: Mapping[str, Sequence[Any]],
) -> bytes:
    """Returns the layer as GeoParquet bytes; equal layers give equal bytes.

    Args:
        ids: ``(n,)`` ids.
        shapes_lonlat: ``(n,)`` shapely geometries in degrees.
        columns: names to ``(n,)`` values; a column without any value is left out.
    """
    arrays = {"id": pa.array(list(ids), pa.string())}
    arrays["geometry"] = pa.array(shapely.to_wkb(shapes_lonlat, byte_order=1), pa.binary())
    for name in sorted(columns):
        array = pa.array(list(columns[name]))
        if array.null_count < len(array):
            arrays[name] = array
    table = pa.table(arrays)
    table = table.replace_schema_metadata({b"geo": json.dumps(_GEO, sort_keys=True).encode()})
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", row_group_size=65_536)
    return sink.getvalue()


def layer_ids(content: bytes) -> list[str]:
    """Returns the ids alone of a layer written by ``layer_bytes``."""
    ids: list[str] = pq.read_table(io.BytesIO(content), columns=["id"]).column("id").to_pylist()
    return ids


def layer_from(
    content: bytes,
) -> tuple[list[str], npt.NDArray[np.object_], dict[str, list[Any]]]:
    """Returns (ids, shapes in degrees, columns) of a layer written by ``layer_bytes``."""
    table = pq.read_table(io.BytesIO(content))
    shapes = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    columns = {
        name: table.column(name).to_pylist()
        for name in table.column_names
        if name not in {"id", "geometry"}
    }
    return table.column("id").to_pylist(), np.asarray(shapes, dtype=object), columns
