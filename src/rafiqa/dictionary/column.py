"""Column: which field a column of a foreign table means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rafiqa.dictionary.codelist import folded
from rafiqa.dictionary.field import Field
from rafiqa.dictionary.record import Record
from rafiqa.errors import Fault

_SHAPEFILE_WIDTH = 10


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table as the dictionary reads them.

    Attributes:
        fields: header to canonical field name.
        unknown: headers that mean no field; their values are kept by the caller.
        faults: headers of which two mean the same field.
    """

    fields: Mapping[str, str]
    unknown: tuple[str, ...]
    faults: tuple[Fault, ...]


def match_columns(record: Record, headers: Sequence[str]) -> Columns:
    """The field of each header, by name, alias or label in any language, in this order.

    Headers cut to ten characters, as Shapefiles cut them, are recognised where only one
    canonical name begins so. When two headers mean one field the exact name wins; otherwise
    neither is believed.

    Refuses:
        dictionary.column.twice
    """
    index = _index(record)
    found = {header: name for header in headers if (name := _match(header, index, record))}
    owners: dict[str, list[str]] = {}
    for header, name in found.items():
        owners.setdefault(name, []).append(header)
    faults = []
    for name, rivals in owners.items():
        if len(rivals) > 1:
            exact = [header for header in rivals if header == name]
            for header in rivals if not exact else (one for one in rivals if one != name):
                del found[header]
            if not exact:
                params = {"columns": ", ".join(rivals), "field": name}
                faults.append(Fault("dictionary.column.twice", name, params=params))
    unknown = tuple(header for header in headers if header not in found)
    return Columns(found, unknown, tuple(faults))


def _index(record: Record) -> dict[str, str]:
    index: dict[str, str] = {}
    for field in record.fields:
        for spelling in (field.name, *field.aliases):
            index[folded(spelling)] = field.name
    labels: dict[str, set[str]] = {}
    for field in record.fields:
        for label in _words(field):
            labels.setdefault(folded(label), set()).add(field.name)
    for label, names in labels.items():
        if len(names) == 1:
            index.setdefault(label, *names)
    return index


def _words(field: Field) -> list[str]:
    return [label for _, label in field.labels.pairs()]


def _match(header: str, index: Mapping[str, str], record: Record) -> str | None:
    key = folded(header)
    if key in index:
        return index[key]
    if len(header) == _SHAPEFILE_WIDTH:
        cut = [name for name in record.names if name.startswith(key) and name != key]
        return cut[0] if len(cut) == 1 else None
    return None
