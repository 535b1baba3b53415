"""Arrow columns as plain values, and plain values as Arrow columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

_JSON = {b"rafiqa": b"json"}


def plain_values(values: pa.ChunkedArray) -> list[object]:
    """Returns a column as plain Python values; dates as ISO text, bytes as hexadecimal."""
    kind = values.type
    if pa.types.is_date(kind) or pa.types.is_time(kind) or pa.types.is_decimal(kind):
        values = values.cast(pa.string())
    elif pa.types.is_timestamp(kind):
        return [None if item is None else item.isoformat() for item in values.to_pylist()]
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return [None if item is None else bytes(item).hex() for item in values.to_pylist()]
    listed: list[object] = values.to_pylist()
    return listed


def arrow_column(name: str, values: Sequence[object]) -> tuple[pa.Field, pa.Array]:
    """Returns the values as a typed Arrow column; as JSON text where they are of mixed types."""
    kinds = set(map(type, values)) - {type(None)}
    if len(kinds) <= 1 and kinds <= {str, int, float, bool}:
        try:
            array = pa.array(values)
        except (pa.ArrowInvalid, OverflowError):  # a whole number beyond 64 bits
            array = None
        if array is not None:
            return pa.field(name, array.type), array
    texts = [None if value is None else json.dumps(value, ensure_ascii=False) for value in values]
    return pa.field(name, pa.string(), metadata=_JSON), pa.array(texts, type=pa.string())


def values_of(field: pa.Field, column: Any) -> list[object]:
    """Returns the values that ``arrow_column`` was given."""
    if pa.types.is_string(column.type):
        # Many texts become Python's faster by way of an array of objects.
        listed: list[object] = column.to_numpy().tolist()
    else:
        listed = column.to_pylist()
    if field.metadata is not None and field.metadata.get(b"rafiqa") == b"json":
        return [None if text is None else json.loads(str(text)) for text in listed]
    return listed
