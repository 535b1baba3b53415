"""JSON tables without shapes: a list of objects, or an object of objects by id."""

from __future__ import annotations

from rafiqa.errors import InvalidInput
from rafiqa.wire.layer import Layer, counted, file_fault, no_shapes
from rafiqa.wire.limit import Limits
from rafiqa.wire.strictjson import nests_deeper, parse_json

_WRAPPERS = ("results", "records", "data", "rows")


def read_records(data: bytes, limits: Limits) -> Layer:
    """Returns the objects of a JSON table; nested names are joined by dots (``name.ar``).

    Raises:
        InvalidInput: not strict JSON, or not a table.
    """
    document = parse_json(data, levels=limits.json_depth)
    if nests_deeper(document, limits.json_depth):
        raise InvalidInput(file_fault("wire.json.depth", "", {"limit": limits.json_depth}))
    records = _records(document)
    if len(records) > limits.rows:
        raise InvalidInput(
            file_fault("wire.limit.rows", "", {"count": len(records), "limit": limits.rows})
        )
    columns: dict[str, list[object]] = {}
    for index, record in enumerate(records):
        for name, value in _flat(record, "").items():
            column = columns.setdefault(name, [None] * len(records))
            column[index] = value
    return Layer("json", counted(len(records)), columns, no_shapes(len(records)))


def _records(document: object) -> list[dict[str, object]]:
    if isinstance(document, dict):
        wrapped = next((document[key] for key in _WRAPPERS if key in document), None)
        document = wrapped if isinstance(wrapped, list) else list(document.values())
    if not isinstance(document, list) or not document:
        raise InvalidInput(file_fault("wire.json.table", "", {}))
    records = [item for item in document if isinstance(item, dict)]
    if len(records) != len(document):
        raise InvalidInput(file_fault("wire.json.table", "", {}))
    return records


def _flat(record: dict[str, object], prefix: str) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{name}."))
        else:
            flat[f"{prefix}{name}"] = value
    return flat
