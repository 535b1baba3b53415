"""Rows written as tables: CSV and spreadsheets, with a row of HXL hashtags below the names."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import shapely
import xlsxwriter  # type: ignore[import-untyped]

from rafiqa.errors import Fault
from rafiqa.locale.catalogue import direction
from rafiqa.wire.exporttable import Exported, ExportTable, plain
from rafiqa.wire.hxltag import hxl_tag
from rafiqa.wire.neutral import neutral

CELL_LETTERS: Final = 32_767
"""Most that a cell of a spreadsheet holds (Excel specifications and limits)."""
NO_TIME: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - what the format takes
"""Stands where a sheet says when it was made: the same rows are the same file."""
_PLACES: Final = ("lon_deg", "lat_deg")


def _cells(table: ExportTable) -> tuple[list[str], Iterator[list[Any]]]:
    """Returns the names of a table's columns and its rows; places as degrees or as WKT."""
    shapes = table.shapes[table.placed()]
    points = len(shapes) > 0 and all(shape.geom_type == "Point" for shape in shapes)
    places = list(_PLACES) if points else (["geometry"] if len(shapes) else [])

    def rows() -> Iterator[list[Any]]:
        for row, shape in enumerate(table.shapes):
            values = [plain(column[row]) for column in table.columns.values()]
            if points:
                there = shape is not None and not shape.is_empty
                values += [shape.x, shape.y] if there else [None, None]
            elif places:
                values.append(None if shape is None else shapely.to_wkt(shape, 9))
            yield values

    return [*table.columns, *places], rows()


def write_csv(table: ExportTable, path: Path, done: Exported) -> None:  # noqa: ARG001
    """Writes UTF-8 with the mark by which spreadsheets know it, and a row of HXL hashtags."""
    names, rows = _cells(table)
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([neutral(name) for name in names])
        writer.writerow([hxl_tag(name) for name in names])
        for row in rows:
            writer.writerow([neutral(cell) for cell in row])


def write_xlsx(table: ExportTable, path: Path, done: Exported) -> None:
    """Writes a sheet that reads in the language's direction; texts are texts, never formulas."""
    names, rows = _cells(table)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "in_memory": False}) as book:
        book.set_properties({"title": table.kind, "created": NO_TIME})
        sheet = book.add_worksheet(table.kind[:31])
        if direction(done.lang) == "rtl":
            sheet.right_to_left()
        sheet.freeze_panes(2, 1)
        bold = book.add_format({"bold": True})
        for column, name in enumerate(names):
            sheet.write_string(0, column, neutral(name), bold)
        for column, name in enumerate(names):
            sheet.write_string(1, column, hxl_tag(name))
        for number, row in enumerate(rows, 2):
            for column, cell in enumerate(row):
                _put(sheet, number, column, cell, names[column], done)


def _put(
    sheet: Any,
    row: int,
    column: int,
    cell: Any,
    name: str,
    done: Exported,
) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    elif len(str(cell)) > CELL_LETTERS:
        # Half an outline is another outline: a cell that is too small stays empty and is told.
        params: dict[str, str | int] = {"letters": CELL_LETTERS}
        done.warnings.append(Fault("wire.export.cell-too-long", name, row + 1, params))
    else:
        sheet.write_string(row, column, neutral(str(cell)))
