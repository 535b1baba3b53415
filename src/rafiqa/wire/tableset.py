"""A dump of tables: a zip of CSV files or a workbook, every table with its lines."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from rafiqa.errors import InvalidInput
from rafiqa.wire.archive import open_archive, unpacked
from rafiqa.wire.delimited import csv_rows, decode_text, find_delimiter
from rafiqa.wire.layer import file_fault
from rafiqa.wire.limit import Limits
from rafiqa.wire.sheetxml import sheet_members, sheet_traits
from rafiqa.wire.spreadsheet import sheet_rows

_SUFFIXES = (".csv", ".txt", ".tsv")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its number as a person counts, and its cells that hold something.

    ``cells`` are by column name in small letters.
    """

    table: str
    number: int
    cells: Mapping[str, object]

    def said(self, *names: str) -> str:
        """Returns the text of the first of these columns that holds anything, or nothing."""
        for name in names:
            value = self.cells.get(name)
            if value is not None and str(value).strip():
                return str(value).strip()
        return ""

    @property
    def plain(self) -> dict[str, object]:
        """The line whole, for whoever keeps it: its table, its number and every cell."""
        return {"table": self.table, "line": self.number, **self.cells}


Tables = dict[str, list[Line]]


def table_names(data: bytes, limits: Limits) -> list[str]:
    """Returns the names of the tables in a zip of CSV files or in a workbook.

    Raises:
        InvalidInput: ``wire.archive.*``, ``wire.xml.*``.
    """
    archive = open_archive(data, limits)
    if "xl/workbook.xml" in archive.namelist():
        return [name.strip().casefold() for name in sheet_members(archive)]
    return [name for name, _ in _members(archive)]


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    for member in archive.namelist():
        path = PurePosixPath(member)
        if path.suffix.casefold() in _SUFFIXES and not path.name.startswith("."):
            yield path.stem.casefold(), member


def read_tables(data: bytes, encoding: str | None, limits: Limits) -> Tables:
    """Returns every table of a dump, by its name in small letters.

    Raises:
        InvalidInput: ``wire.archive.*``, ``wire.encoding.*``, ``wire.csv.syntax``,
            ``wire.limit.*``, ``wire.table.duplicate-column``, ``wire.tables.twice``.
    """
    archive = open_archive(data, limits)
    if "xl/workbook.xml" in archive.namelist():
        found = list(_sheets(data, archive, limits))
    else:
        found = [
            (name, member, _csv(unpacked(archive, member), encoding, limits))
            for name, member in _members(archive)
        ]
    tables: Tables = {}
    for name, member, rows in found:
        if name in tables:
            raise InvalidInput(file_fault("wire.tables.twice", member, {"table": name}))
        tables[name] = list(_lines(name, rows))
    if sum(map(len, tables.values())) > limits.rows:
        count = sum(map(len, tables.values()))
        raise InvalidInput(
            file_fault("wire.limit.rows", "", {"count": count, "limit": limits.rows})
        )
    return tables


Rows = list[tuple[int, list[object]]]


def _csv(data: bytes, encoding: str | None, limits: Limits) -> Rows:
    if not data.strip():
        return []
    text = decode_text(data, encoding)
    rows, numbers = csv_rows(text, find_delimiter(text), limits)
    return [(number, list(row)) for number, row in zip(numbers, rows, strict=True)]


def _sheets(
    data: bytes, archive: zipfile.ZipFile, limits: Limits
) -> Iterator[tuple[str, str, Rows]]:
    for sheet, member in sheet_members(archive).items():
        sheet_traits(archive, member, limits)
        rows = sheet_rows(data, sheet)
        yield (
            sheet.strip().casefold(),
            sheet,
            [
                (number, list(row))
                for number, row in enumerate(rows, 1)
                if any(cell is not None for cell in row)
            ],
        )


def _lines(table: str, rows: Rows) -> Iterator[Line]:
    if not rows:
        return
    header = [str(cell or "").strip().casefold() for cell in rows[0][1]]
    counted = Counter(header)
    twice = next((name for name in header if name and counted[name] > 1), None)
    if twice is not None:
        raise InvalidInput(
            file_fault("wire.table.duplicate-column", table, {"column": f"{table}.{twice[:60]}"})
        )
    for number, row in rows[1:]:
        names = [*header, *([""] * (len(row) - len(header)))]
        cells = {
            name or f"column {place}": cell
            for place, (name, cell) in enumerate(zip(names, row, strict=False), 1)
            if cell is not None and str(cell).strip()
        }
        yield Line(table, number, cells)
