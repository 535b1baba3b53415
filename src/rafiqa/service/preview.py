"""Preview of an import: per column what it becomes, and the first rows as they will be."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from typing import Any

import shapely

from rafiqa.wire import Mapping, Row

SHOWN = 5
"""Rows that are shown; the faults are told of all."""
_LOOKED_AT = 50
BESIDE, PLACE, NOTHING, ID, VAULT = "beside", "place", "nothing", "id", "vault"


@dataclass(slots=True)
class Preview:
    """What a file would become.

    Attributes:
        columns: each column of the file, and what it becomes: names of fields, ``place``, ``id``,
            ``beside`` where it is kept beside the record, ``nothing`` where it is left out,
            ``vault`` where it says who somebody is.
        rows: the first rows that would be taken in.
    """

    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def show(self, row: Row, values: Table[str, Any], left_over: Table[str, Any]) -> None:
        """Adds a row as it will be, where not enough are shown already."""
        if len(self.rows) >= SHOWN:
            return
        shape = row.geometry_lonlat
        self.rows.append(
            {
                "row": row.number,
                "fields": {name: _plain(value) for name, value in values.items()},
                "beside": {name: _plain(value) for name, value in left_over.items()},
                "geometry": None if shape is None else shapely.to_wkt(shape, 6)[:200],
            }
        )

    def cut(self, names: Collection[str]) -> None:
        """Marks the columns that are cut, by their own names or by those of their fields."""
        for column, becomes in self.columns.items():
            if column in names or not set(names).isdisjoint(becomes):
                left = (each for each in becomes if each not in {BESIDE, NOTHING})
                self.columns[column] = (*left, VAULT)


def preview_of(
    rows: Sequence[Row],
    fields: Table[str, str],
    mapping: Mapping | None,
    place_columns: frozenset[str],
) -> Preview:
    """Returns what each column of a file becomes.

    Args:
        rows: the rows that may go on.
        fields: what each name in them becomes.
        mapping: how the file is read.
        place_columns: columns that the shapes are made of.
    """
    names: dict[str, None] = {}
    for row in rows[:_LOOKED_AT]:
        names |= dict.fromkeys(json.loads(row.original)["columns"])
    chosen = mapping if mapping is not None and mapping.names_columns else None
    preview = Preview()
    for name in names:
        found = _by_mapping(name, chosen) if chosen else _recognised(name, fields)
        if name in place_columns:
            found = (PLACE, *(each for each in found if each not in {BESIDE, NOTHING}))
        preview.columns[name] = found
    return preview


def _recognised(name: str, fields: Table[str, str]) -> tuple[str, ...]:
    return (fields[name],) if name in fields else (BESIDE,)


def _by_mapping(name: str, mapping: Mapping) -> tuple[str, ...]:
    small = name.casefold()
    found = [
        target for target, rule in mapping.fields.items() if small in _alternatives(rule.columns)
    ]
    if small in _alternatives(mapping.id_columns):
        found.insert(0, ID)
    return tuple(found) or (NOTHING,)


def _alternatives(columns: Sequence[str]) -> set[str]:
    return {one.removesuffix("?").casefold() for column in columns for one in column.split("|")}


def _plain(value: object) -> object:
    if isinstance(value, str | int | bool) or value is None:
        return value
    if isinstance(value, list | tuple | frozenset | set):
        return [_plain(each) for each in value]
    return str(value)
