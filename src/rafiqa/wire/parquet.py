"""GeoParquet: columns by Arrow, shapes from WKB, the reference system from its metadata."""

from __future__ import annotations

import json
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from rafiqa.errors import InvalidInput
from rafiqa.wire.arrowcolumn import plain_values
from rafiqa.wire.kind import Kind
from rafiqa.wire.layer import Layer, counted, file_fault, no_shapes
from rafiqa.wire.limit import Limits
from rafiqa.wire.mapping import Mapping
from rafiqa.wire.ogr import check_blobs
from rafiqa.wire.strictjson import parse_json
from rafiqa.wire.tabletext import fill_shapes

_INFLATED = 20  # Parquet packs tables 5 to 15 times; what unpacks more was made to


def read_parquet(data: bytes, mapping: Mapping | None, kind: Kind, limits: Limits) -> Layer:
    """Returns the rows of a GeoParquet file, or of a Parquet table with place columns.

    Raises:
        InvalidInput: ``wire.parquet.*``, ``wire.archive.bomb``, ``wire.limit.rows``,
            ``wire.limit.vertices``, ``wire.crs.missing``.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        _check_size(file.metadata, len(data), limits)
        geo = _geo(file.schema_arrow.metadata or {})
        table = file.read()
    except (pa.ArrowException, OSError) as error:
        raise InvalidInput(
            file_fault("wire.parquet.broken", "", {"detail": str(error)[:80]})
        ) from error
    column = None if geo is None else str(geo.get("primary_column", ""))
    others = [name for name in table.column_names if name != column]
    columns = {name: plain_values(table[name]) for name in others}
    layer = Layer("geoparquet", counted(len(table)), columns, no_shapes(len(table)))
    if geo is None or column is None or column not in table.column_names:
        layer.format = "parquet"
        fill_shapes(layer, mapping, limits)
        return layer
    layer.crs = _crs(geo, column)
    check_blobs(table[column], kind, limits)
    _fill(layer, table[column], column)
    return layer


def _check_size(metadata: Any, packed_bytes: int, limits: Limits) -> None:
    rows: int = metadata.num_rows
    if rows > limits.rows:
        raise InvalidInput(file_fault("wire.limit.rows", "", {"count": rows, "limit": limits.rows}))
    groups = (metadata.row_group(index) for index in range(metadata.num_row_groups))
    unpacked_bytes = sum(group.total_byte_size for group in groups)
    most = max(_INFLATED * packed_bytes, limits.archive_bytes)
    if unpacked_bytes > most:
        params: dict[str, str | int] = {
            "size_mib": unpacked_bytes >> 20,
            "limit_mib": most >> 20,
        }
        raise InvalidInput(file_fault("wire.archive.bomb", "", params))


def _geo(metadata: dict[bytes, bytes]) -> dict[str, Any] | None:
    if b"geo" not in metadata:
        return None
    try:
        geo = parse_json(metadata[b"geo"], levels=50)
    except InvalidInput as error:
        raise InvalidInput(
            file_fault("wire.parquet.broken", "geo", {"detail": error.code})
        ) from error
    return cast("dict[str, Any]", geo) if isinstance(geo, dict) else None


def _crs(geo: dict[str, Any], column: str) -> str | None:
    """The system that the metadata names; GeoParquet's default counts only where it may.

    The specification reads an absent ``crs`` as lon/lat and ``null`` as unknown.
    """
    about = geo.get("columns", {}).get(column, {})
    if not isinstance(about, dict) or about.get("encoding") != "WKB":
        raise InvalidInput(
            file_fault("wire.parquet.encoding", column, {"encoding": str(about)[:40]})
        )
    if "crs" not in about:
        return "OGC:CRS84"
    crs = about["crs"]
    if crs is None:
        return None
    name = crs.get("id") if isinstance(crs, dict) else None
    if isinstance(name, dict) and {"authority", "code"} <= set(name):
        return f"{name['authority']}:{name['code']}"
    return json.dumps(crs)


def _fill(layer: Layer, wkb: pa.ChunkedArray, column: str) -> None:
    blobs = np.asarray(wkb.to_numpy(), dtype=object)
    shapes = shapely.from_wkb(blobs, on_invalid="ignore")
    bad = np.array([blob is not None for blob in blobs]) & shapely.is_missing(shapes)
    for index in np.flatnonzero(bad):
        layer.fault(int(index), "wire.geometry.unreadable", column, {"detail": "WKB"})
        layer.shape_texts[int(index)] = bytes(blobs[index]).hex()
    layer.shapes = shapes
