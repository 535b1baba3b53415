"""What a spreadsheet reader does not tell: formulas, merged cells, errors, hidden rows.

Read from the sheet's own XML inside the archive, streaming, and counted as it goes.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field

from rafiqa.errors import InvalidInput
from rafiqa.wire.archive import unpacked
from rafiqa.wire.layer import file_fault
from rafiqa.wire.limit import Limits
from rafiqa.wire.markup import run_parser, strict_parser

_SPARSE = 10
_PLACED_CELL = re.compile(rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"')
_CELLS = tuple(b"<c" + end for end in (b" ", b">", b"/", b"\n", b"\t", b"\r"))
_NOT_PLAIN = (b"<f", b":f", b":c", b"mergeCell", b"<!", b"&#", b'"e"', b"'e'")
"""Formulas, names with a prefix, merged cells, comments, numbered signs and errors, or texts that
look like them: the walk then tells them apart."""
_ENCODING = re.compile(rb"^[^>]*encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
_REFERENCE = re.compile(r"^([A-Z]{1,3})([1-9][0-9]{0,6})$")


@dataclass(slots=True)
class SheetTraits:
    """What stands in a sheet's XML beside its values.

    Attributes:
        cells: cells that the sheet writes out.
        formulas: columns (1-based) with formulas that hold a cached value.
        uncached: (row, column) of formulas without a cached value.
        errors: (row, column) of cells that hold an error such as #REF!.
        merged: merged ranges as (first row, first column, last row, last column).
    """

    cells: int = 0
    formulas: set[int] = field(default_factory=set)
    uncached: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def cell_place(reference: str) -> tuple[int, int]:
    """Returns row and column (1-based) of a reference such as ``C7``.

    Raises:
        InvalidInput: not a cell reference.
    """
    matched = _REFERENCE.match(reference)
    if matched is None:
        raise InvalidInput(
            file_fault("wire.xlsx.broken", reference[:20], {"detail": reference[:20]})
        )
    column = 0
    for letter in matched[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(matched[2]), column


def column_letters(column: int) -> str:
    """Returns the letters of a 1-based column, such as ``AB``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


class _Watch:
    """Handlers that fill the traits while the sheet's XML goes by."""

    def __init__(self, limits: Limits) -> None:
        self.traits = SheetTraits()
        self.limit = limits.sheet_cells
        self.row = self.column = self.last_row = self.last_column = 0
        self.formula = self.value = self.inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "row":
            self.row = int(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0
        elif tag == "c":
            self._cell(attributes)
        elif tag == "f":
            self.formula = True
        elif tag in {"v", "is"}:
            self.inside = True
        elif tag == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            self.traits.merged.append((*cell_place(first), *cell_place(last or first)))

    def _cell(self, attributes: dict[str, str]) -> None:
        self.traits.cells += 1
        if self.traits.cells > self.limit:
            raise InvalidInput(file_fault("wire.limit.cells", "", {"limit": self.limit}))
        self.column += 1
        if "r" in attributes:
            self.row, self.column = cell_place(attributes["r"])
        self.last_row = max(self.last_row, self.row)
        self.last_column = max(self.last_column, self.column)
        # Readers lay the sheet out as a full grid: two far corners are enough for a bomb.
        if self.last_row * self.last_column > _SPARSE * self.limit:
            raise InvalidInput(file_fault("wire.limit.cells", "", {"limit": self.limit}))
        if attributes.get("t") == "e":
            self.traits.errors.append((self.row, self.column))
        self.formula = self.value = False

    def text(self, data: str) -> None:
        self.value = self.value or (self.inside and bool(data.strip()))

    def end(self, name: str) -> None:
        self.inside = False
        if name.rpartition(":")[2] != "c" or not self.formula:
            return
        if self.value:
            self.traits.formulas.add(self.column)
        else:
            self.traits.uncached.append((self.row, self.column))
        self.formula = False


def sheet_traits(archive: zipfile.ZipFile, member: str, limits: Limits) -> SheetTraits:
    """Returns the traits of one sheet.

    Raises:
        InvalidInput: ``wire.limit.cells``, ``wire.xml.*``, ``wire.archive.broken``.
    """
    data = unpacked(archive, member)
    plain = _plain_traits(data, limits)
    if plain is not None:
        run_parser(strict_parser(), data)
        return plain
    watch = _Watch(limits)
    parser = strict_parser()
    parser.StartElementHandler = watch.start
    parser.EndElementHandler = watch.end
    parser.CharacterDataHandler = watch.text
    try:
        run_parser(parser, data)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(
            file_fault("wire.xlsx.broken", member, {"detail": str(error)[:80]})
        ) from error
    return watch.traits


def _plain_traits(data: bytes, limits: Limits) -> SheetTraits | None:
    """Returns the traits of a sheet that holds values only; None where it has to be walked.

    Looked at in bytes, at ten times the speed: whatever is not plainly written is left to the walk.
    """
    odd = not data.removeprefix(b"\xef\xbb\xbf").startswith(b"<") or _ENCODING.match(data)
    if odd or any(mark in data for mark in _NOT_PLAIN):
        return None
    n_cells = sum(map(data.count, _CELLS))
    found = _PLACED_CELL.findall(data)
    if not n_cells or len(found) != n_cells:
        return None
    rows = {row for _, row in found}
    columns = {letters for letters, _ in found}
    last_row = max(map(int, rows))
    last_column = max(cell_place(f"{letters.decode()}1")[1] for letters in columns)
    if n_cells > limits.sheet_cells or last_row * last_column > _SPARSE * limits.sheet_cells:
        raise InvalidInput(file_fault("wire.limit.cells", "", {"limit": limits.sheet_cells}))
    return SheetTraits(cells=n_cells)


def sheet_members(archive: zipfile.ZipFile) -> dict[str, str]:
    """Returns the sheets' names with the archive member that holds each, in workbook order."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            target = attributes.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            targets[attributes.get("Id", "")] = whole

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            key = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
            sheets[attributes.get("name", "")] = targets.get(key, "")

    for member, handler in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        parser = strict_parser()
        parser.StartElementHandler = handler
        run_parser(parser, unpacked(archive, member))
    return sheets
