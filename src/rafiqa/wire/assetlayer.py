"""Reference layers as GeoParquet bytes: ids, shapes in WGS 84, and columns of the dictionary."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
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
    """Returns (ids, shapes in degrees, columns) of a layer written by ``layer_bytes``.

    A shape that no geometry is made of is None.
    """
    table = pq.read_table(io.BytesIO(content))
    values = table.column("geometry").to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):  # one vertex that is no number hides no other row
        shapes = shapely.from_wkb(values, on_invalid="ignore")
    columns = {
        name: table.column(name).to_pylist()
        for name in table.column_names
        if name not in {"id", "geometry"}
    }
    return table.column("id").to_pylist(), np.asarray(shapes, dtype=object), columns


@dataclass(frozen=True, slots=True, eq=False)
class LayerBlock:
    """Some rows of a layer, as they lie in the file.

    Attributes:
        ids: the ids as an Arrow array.
        wkb: uint8 bytes of all shapes, one after another.
        starts: ``(n,)`` where each shape's bytes begin.
        ends: ``(n,)`` where they end; of a missing shape where they begin.
        numbers: columns of numbers by name, NaN where there is none.
    """

    ids: pa.Array
    wkb: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    numbers: Mapping[str, npt.NDArray[np.float64]]


def layer_blocks(source: bytes | Path, numbers: Sequence[str] = ()) -> Iterator[LayerBlock]:
    """Yields a layer's rows in blocks, in order, without keeping those before.

    Args:
        source: the layer's bytes, or the file that holds them.
        numbers: names of columns of numbers to read too, where the layer has them.
    """
    opened = pa.BufferReader(source) if isinstance(source, bytes) else source
    # Read, not mapped: what was mapped would stay in memory as long as there is room.
    with pq.ParquetFile(opened) as file:
        here = [name for name in numbers if name in file.schema_arrow.names]
        for group in range(file.num_row_groups):
            yield block_of(file.read_row_group(group, columns=["id", "geometry", *here]), here)


def block_of(table: pa.Table, numbers: Sequence[str] = ()) -> LayerBlock:
    """Returns the rows of a table with the columns of a layer; numbers that it has, too."""
    numbers = [name for name in numbers if name in table.schema.names]
    shapes = _whole(table.column("geometry"))
    kind = np.int64 if pa.types.is_large_binary(shapes.type) else np.int32
    _, places, content = shapes.buffers()
    offsets = np.frombuffer(places, dtype=kind)[shapes.offset : shapes.offset + len(shapes) + 1]
    starts, ends = offsets[:-1].astype(np.int64), offsets[1:].astype(np.int64)
    if shapes.null_count:
        ends = np.where(shapes.is_null().to_numpy(zero_copy_only=False), starts, ends)
    known = {
        name: _whole(table.column(name).cast(pa.float64())).to_numpy(zero_copy_only=False)
        for name in numbers
    }
    wkb = np.frombuffer(content if content is not None else b"", dtype=np.uint8)
    return LayerBlock(_whole(table.column("id")), wkb, starts, ends, known)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
