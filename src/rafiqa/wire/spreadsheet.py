"""XLSX: one sheet, its values as they were saved, and what Excel hides is said aloud."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import numpy as np
import python_calamine

from rafiqa.errors import InvalidInput
from rafiqa.wire.archive import open_archive, unpacked
from rafiqa.wire.layer import Layer, file_fault, no_shapes
from rafiqa.wire.limit import Limits
from rafiqa.wire.mapping import Mapping
from rafiqa.wire.sheetxml import SheetTraits, column_letters, sheet_members, sheet_traits
from rafiqa.wire.tabletext import fill_shapes, find_header


def read_spreadsheet(data: bytes, mapping: Mapping | None, limits: Limits) -> Layer:
    """Returns the rows of one sheet; each row's number is the sheet's own.

    Formulas give their cached value with a warning that names the columns; a formula without
    one, an error value and a merged range refuse the rows they touch.

    Raises:
        InvalidInput: ``wire.archive.*``, ``wire.xlsx.*``, ``wire.limit.cells``, ``wire.xml.*``,
            ``wire.table.*``, ``wire.crs.missing``.
    """
    archive = open_archive(data, limits)
    members = sheet_members(archive)
    name = _chosen(list(members), mapping)
    traits = sheet_traits(archive, members[name], limits)
    for member in archive.namelist():
        unpacked(archive, member)
    rows = sheet_rows(io.BytesIO(data), name)
    header = find_header(rows[:25], None if mapping is None else mapping.header_row)
    kept = [i for i in range(header.first_row, len(rows)) if any(c is not None for c in rows[i])]
    numbers = np.array([index + 1 for index in kept], dtype=np.int64)
    layer = Layer("xlsx", numbers, {}, no_shapes(len(kept)), tags=header.tags)
    for place, column in enumerate(header.names):
        layer.columns[column] = [
            rows[index][place] if place < len(rows[index]) else None for index in kept
        ]
    _judge(layer, traits, header.names, mapping)
    fill_shapes(layer, mapping, limits)
    return layer


def _chosen(names: list[str], mapping: Mapping | None) -> str:
    """The mapping's sheet, or the only one; several are asked about."""
    listed = ", ".join(names)[:200]
    if mapping is not None and mapping.sheet is not None:
        if mapping.sheet in names:
            return mapping.sheet
        raise InvalidInput(
            file_fault("wire.xlsx.sheet", mapping.sheet, {"sheet": mapping.sheet, "sheets": listed})
        )
    if len(names) != 1:
        raise InvalidInput(file_fault("wire.xlsx.sheets", "", {"sheets": listed}))
    return names[0]


def sheet_rows(data: io.BytesIO, sheet: str) -> list[list[object]]:
    """Returns the cells of a sheet, row by row, dates as ISO texts and nothing as None.

    Raises:
        InvalidInput: ``wire.xlsx.broken``.
    """
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(data)
        rows: list[list[Any]] = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InvalidInput(
            file_fault("wire.xlsx.broken", sheet, {"detail": str(error)[:80]})
        ) from error
    # Most cells are texts and fractions, which need nothing done.
    return [
        [
            value
            if ((kind := type(value)) is float and value % 1) or (kind is str and value)
            else _cell(value)
            for value in row
        ]
        for row in rows
    ]


def _cell(value: object) -> object:
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _judge(layer: Layer, traits: SheetTraits, names: list[str], mapping: Mapping | None) -> None:
    """Turns traits of the sheet into faults of rows and warnings."""
    index_of = {int(number): index for index, number in enumerate(layer.numbers)}

    def column_name(column: int) -> str:
        return names[column - 1] if column <= len(names) else column_letters(column)

    for row, column in traits.uncached:
        if row in index_of:
            layer.fault(index_of[row], "wire.xlsx.formula-uncached", column_name(column), {})
    for row, column in traits.errors:
        if row in index_of:
            layer.fault(index_of[row], "wire.xlsx.error-value", column_name(column), {})
    if traits.formulas:
        columns = ", ".join(column_name(column) for column in sorted(traits.formulas))
        if mapping is not None and mapping.formulas == "refuse":
            raise InvalidInput(
                file_fault("wire.xlsx.formula", columns[:200], {"columns": columns[:200]})
            )
        layer.warn("wire.xlsx.formula", columns[:200], {"columns": columns[:200]})
    if mapping is None or mapping.merged == "refuse":
        _refuse_merged(layer, traits, index_of)


def _refuse_merged(layer: Layer, traits: SheetTraits, index_of: dict[int, int]) -> None:
    for first_row, first_column, last_row, last_column in traits.merged:
        cells = f"{column_letters(first_column)}{first_row}:{column_letters(last_column)}{last_row}"
        touched = [row for row in index_of if first_row <= row <= last_row]
        if not touched:
            layer.warn("wire.xlsx.merged-header", cells, {"cells": cells})
        for row in touched:
            layer.fault(index_of[row], "wire.xlsx.merged", cells, {"cells": cells})
