"""XLSX: one sheet, its values as they were saved, and what Excel hides is said aloud."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import python_calamine

from rafiqa.errors import InvalidInput
from rafiqa.wire.archive import open_archive, unpacked
from rafiqa.wire.layer import Layer, file_fault, no_shapes
from rafiqa.wire.limit import Limits
from rafiqa.wire.mapping import Mapping
from rafiqa.wire.markup import check_markup
from rafiqa.wire.sheetcells import Columns, SheetParts, plain_columns
from rafiqa.wire.sheetstyle import shows_days
from rafiqa.wire.sheettext import shared_texts
from rafiqa.wire.sheetxml import (
    SheetTraits,
    column_letters,
    plain_traits,
    refuse_swollen,
    refuse_swollen_texts,
    sheet_members,
    walked_traits,
)
from rafiqa.wire.tabletext import fill_shapes, find_header

_TOP_ROWS = 25
_TEXTS, _STYLES, _WORKBOOK = "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"
Grid = list[list[Any]]


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
    for member in archive.namelist():
        if member != members[name]:
            content = unpacked(archive, member)
            if member == _TEXTS:
                refuse_swollen_texts(content, limits)
    traits, whole = judged_columns(data, name, (archive, members[name]), limits)
    # Hashtags stand among the first rows; the header may be named further down.
    header_row = None if mapping is None else mapping.header_row
    n_top = max(_TOP_ROWS, header_row or 0)
    top = list(zip(*(cells[:n_top] for cells in whole), strict=True))
    header = find_header(top, header_row)
    columns = [cells[header.first_row :] for cells in whole]
    kept = _rows_that_say(columns, len(columns[0]) if columns else 0)
    numbers = np.array(kept, dtype=np.int64) + header.first_row + 1
    layer = Layer("xlsx", numbers, {}, no_shapes(len(kept)), tags=header.tags)
    for column, cells in zip(header.names, columns, strict=False):
        every = len(kept) == len(cells)
        layer.columns[column] = cells if every else [cells[index] for index in kept]
    for column in header.names[len(columns) :]:
        layer.columns[column] = [None] * len(kept)
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


def judged_columns(
    data: bytes, name: str, place: tuple[zipfile.ZipFile, str], limits: Limits
) -> tuple[SheetTraits, Columns]:
    """Returns what is odd in a sheet, and its columns as ``plain_cell`` gives each cell.

    A sheet of plain values is read in bytes, all at once; any other element by element.
    """
    archive, member = place
    sheet = unpacked(archive, member)
    refuse_swollen(sheet, limits)
    columns = plain_columns(sheet, parts_of(archive), limits)
    if columns is not None:
        return SheetTraits(), columns
    return walked_columns(data, name, sheet, limits)


def parts_of(archive: zipfile.ZipFile) -> SheetParts:
    """Returns what stands beside the sheets where workbooks have it by custom; else nothing."""
    names = frozenset(archive.namelist())

    def texts() -> list[str] | None:
        return shared_texts(unpacked(archive, _TEXTS)) if _TEXTS in names else None

    def styles() -> list[bool | None]:
        if _STYLES not in names or b"date1904" in unpacked(archive, _WORKBOOK):
            return []
        return shows_days(unpacked(archive, _STYLES))

    return SheetParts(cache(texts), cache(styles))


def walked_columns(
    data: bytes, name: str, sheet: bytes, limits: Limits
) -> tuple[SheetTraits, Columns]:
    """Returns what ``judged_columns`` does, by the readers that know every way to write a sheet."""
    traits = plain_traits(sheet, limits)
    if traits is None:
        traits = walked_traits(sheet, name, limits)
    else:
        check_markup(sheet)
    return traits, [plain_column(cells) for cells in zip(*sheet_grid(data, name), strict=True)]


def sheet_grid(data: bytes, sheet: str) -> Grid:
    """Returns the cells of a sheet as the reader gives them, all rows of the same length.

    Raises:
        InvalidInput: ``wire.xlsx.broken``.
    """
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        grid: Grid = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InvalidInput(
            file_fault("wire.xlsx.broken", sheet, {"detail": str(error)[:80]})
        ) from error
    return grid


def sheet_rows(data: bytes, sheet: str) -> list[tuple[object, ...]]:
    """Returns the cells of a sheet, row by row, dates as ISO texts and nothing as None.

    Raises:
        InvalidInput: ``wire.xlsx.broken``.
    """
    columns = [plain_column(cells) for cells in zip(*sheet_grid(data, sheet), strict=True)]
    return list(zip(*columns, strict=True))


def plain_column(cells: Sequence[Any]) -> list[object]:
    """Returns a column's cells as ``plain_cell`` does; whole columns of one type are quick."""
    kinds = set(map(type, cells))
    if kinds == {str}:
        return [text or None for text in cells] if "" in cells else list(cells)
    if kinds == {float}:
        numbers = np.array(cells)
        if not bool((numbers == np.floor(numbers)).any()):
            return list(cells)
    return [plain_cell(cell) for cell in cells]


def _rows_that_say(columns: Sequence[Sequence[object]], n_rows: int) -> list[int]:
    """Returns the indices of rows in which any cell holds something."""
    if any(None not in cells for cells in columns):
        return list(range(n_rows))
    empty = list(range(n_rows))
    for cells in columns:
        if not empty:
            break
        empty = [index for index in empty if cells[index] is None]
    left_out = set(empty)
    return [index for index in range(n_rows) if index not in left_out]


def plain_cell(value: object) -> object:
    """Returns a cell's value: dates as ISO text, whole numbers as such, nothing as None."""
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
    if not (traits.formulas or traits.uncached or traits.errors or traits.merged):
        return
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
