"""What a spreadsheet reader does not tell: formulas, merged cells, errors, hidden rows.

Read from the sheet's own XML inside the archive, streaming, and counted as it goes.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from rafiqa.errors import InvalidInput
from rafiqa.wire.archive import unpacked
from rafiqa.wire.layer import file_fault
from rafiqa.wire.limit import Limits
from rafiqa.wire.markup import run_parser, strict_parser

_SPARSE: Final = 10
"""Readers lay a sheet out as a full grid: it may have so many places for each cell allowed."""
_ROWS: Final = 2
"""A sheet may have so many rows, empty ones with them, and a workbook so many texts, for each
cell allowed."""
_TAGS: Final = 8
"""Tags for each cell allowed: with a formula and its value it has six, and its row two."""
LETTERS_MOST: Final = 3
DIGITS_MOST: Final = 7
"""Of a cell's reference."""
_CELL_ENDS = np.isin(np.arange(256), list(b" >/\n\t\r"))
_ODD_TAGS = np.isin(np.arange(256), list(b"f!m"))
"""First letters of formulas, merged cells, comments and whatever else starts alike."""
_ODD_PREFIXED = np.isin(np.arange(256), list(b"fcm"))
_PADDING = 32
OTHER_ENCODING: Final = re.compile(rb"^[^>]*encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
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


def refuse_too_many(n_cells: int, last: tuple[int, int], limit: int) -> None:
    """Refuses a sheet of too many cells, or one whose corners lie too far apart.

    Args:
        n_cells: cells that it writes out.
        last: its last row and column: two far corners are enough for a bomb.
        limit: how many cells are allowed.

    Raises:
        InvalidInput: ``wire.limit.cells``.
    """
    if n_cells > limit or last[0] * last[1] > _SPARSE * limit:
        raise InvalidInput(file_fault("wire.limit.cells", "", {"limit": limit}))


def refuse_swollen(data: bytes, limits: Limits) -> None:
    """Refuses a sheet by its bytes that has more of something than any sheet within the limits.

    Counted before anything is read: two million merged ranges of a few letters each fit a file of
    seven megabytes and took twelve seconds to walk, as many empty rows five.

    Raises:
        InvalidInput: ``wire.limit.cells``.
    """
    limit = limits.sheet_cells
    for tag, most in ((b"c ", limit), (b"row", _ROWS * limit), (b"mergeCell ", limit // 2)):
        if max(data.count(b"<" + tag), data.count(b":" + tag)) > most:
            raise InvalidInput(file_fault("wire.limit.cells", "", {"limit": limit}))
    if data.count(b"<") > _TAGS * limit:
        raise InvalidInput(file_fault("wire.limit.cells", "", {"limit": limit}))


def refuse_swollen_texts(data: bytes, limits: Limits) -> None:
    """Refuses the shared texts of a workbook that are more than its sheets could need.

    Every reader takes all of them in, whichever sheet is asked for.

    Raises:
        InvalidInput: ``wire.limit.cells``.
    """
    limit = limits.sheet_cells
    n_texts = max(data.count(b"<si>"), data.count(b":si>"))
    if n_texts > _ROWS * limit or data.count(b"<") > 2 * _TAGS * limit:
        raise InvalidInput(file_fault("wire.limit.cells", "", {"limit": limit}))


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
        self.column += 1
        if "r" in attributes:
            self.row, self.column = cell_place(attributes["r"])
        self.last_row = max(self.last_row, self.row)
        self.last_column = max(self.last_column, self.column)
        refuse_too_many(self.traits.cells, (self.last_row, self.last_column), self.limit)
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
    refuse_swollen(data, limits)
    plain = plain_traits(data, limits)
    if plain is not None:
        run_parser(strict_parser(), data)
        return plain
    return walked_traits(data, member, limits)


def walked_traits(data: bytes, member: str, limits: Limits) -> SheetTraits:
    """Returns the traits of a sheet's XML, every element of it looked at.

    Raises:
        InvalidInput: as ``sheet_traits``.
    """
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


def plain_traits(data: bytes, limits: Limits) -> SheetTraits | None:
    """Returns the traits of a sheet that holds values only; None where it has to be walked.

    Looked at in bytes, all tags at once: whatever is not plainly written is left to the walk.
    That it is XML at all is not asked here.

    Raises:
        InvalidInput: ``wire.limit.cells``.
    """
    odd = not data.removeprefix(b"\xef\xbb\xbf").startswith(b"<") or OTHER_ENCODING.match(data)
    if odd or b'"e"' in data or (b"'" in data and b"'e'" in data):
        return None
    if b"&" in data and b"&#" in data:
        return None
    signs = np.frombuffer(data + bytes(_PADDING), dtype=np.uint8)
    tags = np.flatnonzero(signs == ord("<")) + 1
    first = signs[tags]
    prefixed = signs[np.flatnonzero(signs == ord(":")) + 1]
    if bool(_ODD_TAGS[first].any()) or bool(_ODD_PREFIXED[prefixed].any()):
        return None
    named = tags[first == ord("c")] + 1
    cells = named[_CELL_ENDS[signs[named]]]
    last = _last_place(signs, cells)
    if last is None:
        return None
    refuse_too_many(len(cells), last, limits.sheet_cells)
    return SheetTraits(cells=len(cells))


Signs = npt.NDArray[np.uint8]


def _last_place(signs: Signs, cells: npt.NDArray[np.int64]) -> tuple[int, int] | None:
    """Returns the last row and column of any cell; None unless each begins as `` r="C7"``."""
    if not len(cells) or any(
        not bool((signs[cells + offset] == sign).all()) for offset, sign in enumerate(b' r="')
    ):
        return None
    place = cells + len(b' r="')
    column, place = _number_at(signs, place, (ord("A"), 26), LETTERS_MOST)
    row, place = _number_at(signs, place, (ord("0"), 10), DIGITS_MOST)
    whole = (column > 0) & (row > 0) & (signs[place] == ord('"'))
    return (int(row.max()), int(column.max())) if bool(whole.all()) else None


def _number_at(
    signs: Signs, place: npt.NDArray[np.int64], alphabet: tuple[int, int], most: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Returns the numbers written from each place on, and where they end.

    Letters count from one (A is 1), digits from nothing.
    """
    zero, base = alphabet
    number, place = np.zeros(len(place), dtype=np.int64), place.copy()
    for _ in range(most):
        digit = signs[place].astype(np.int64) - zero
        there = (digit >= 0) & (digit < base)
        if not bool(there.any()):
            break
        number = np.where(there, number * base + digit + (zero == ord("A")), number)
        place += there
    return number, place


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
