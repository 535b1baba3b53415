"""Foreign sheet: the sheets of a form that others made, by the standard's own names."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import python_calamine

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.archive import open_archive
from rafiqa.wire.layer import file_fault
from rafiqa.wire.limit import Limits

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KNOWN = ("survey", "choices", "settings", "external_choices", "entities", "osm")
_SPELLINGS = {
    "list name": "list_name",
    "caption": "label",
    "relevance": "relevant",
    "value": "name",
    "calculate": "calculation",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "constraining_message": "constraint_message",
    "requiredmsg": "required_message",
    "relevant": "relevant",
    "command": "type",
    "readonly": "read_only",
}
_BOUND = {"constraint": "constraint", "relevant": "relevant", "required": "required"}
_BOUND |= {"calculate": "calculation", "jr:constraintmsg": "constraint_message"}
_BOUND |= {"readonly": "read_only", "jr:requiredmsg": "required_message"}
_APART = re.compile(r"\s*::?\s*")
_EMPTY_ROWS = 200


@dataclass(frozen=True, slots=True)
class ForeignRow:
    """One row: the sheet's own number, and its texts by column and language.

    Attributes:
        number: 1-based, as the spreadsheet shows it.
        texts: by column; a worded column without language has the language "".
        words: by column and language.
    """

    number: int
    texts: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ForeignSheets:
    """The sheets of a form, and what is doubtful about them."""

    rows: Mapping[str, tuple[ForeignRow, ...]]
    headers: Mapping[str, tuple[str, ...]]
    warnings: tuple[Fault, ...]


def read_sheets(data: bytes, limits: Limits) -> ForeignSheets:
    """The sheets of an XLSForm in either format of Excel, whatever the file's name says.

    Raises:
        InvalidInput: ``wire.archive.*``, ``wire.xlsx.broken``, ``wire.xlsform.survey`` where no
            sheet holds questions.
    """
    workbook = _workbook(data, limits)
    rows: dict[str, tuple[ForeignRow, ...]] = {}
    headers: dict[str, tuple[str, ...]] = {}
    warnings: list[Fault] = []
    for written in workbook.sheet_names:
        name = written.strip().casefold()
        if name not in _KNOWN or name in rows:
            continue
        if name != written:
            params = {"sheet": written, "name": name}
            warnings.append(Fault("wire.xlsform.sheet-name", written, None, params))
        cells = workbook.get_sheet_by_name(written).to_python(skip_empty_area=False)
        headers[name], rows[name] = _rows(cells)
        empty = len(cells) - 1 - len(rows[name])
        if empty > _EMPTY_ROWS:
            params = {"sheet": written, "number": str(empty)}
            warnings.append(Fault("wire.xlsform.empty-rows", written, None, params))
    if not rows.get("survey"):
        listed = ", ".join(workbook.sheet_names)[:200]
        raise InvalidInput(file_fault("wire.xlsform.survey", "", {"sheets": listed}))
    return ForeignSheets(rows, headers, tuple(warnings))


def _workbook(data: bytes, limits: Limits) -> python_calamine.CalamineWorkbook:
    try:
        if data.startswith(_OLD_EXCEL):
            # By a file of the right name: the reader looks for a zip archive first and finds one
            # inside of some old workbooks.
            with tempfile.TemporaryDirectory(prefix="rafiqa-xls-") as folder:
                path = Path(folder) / "form.xls"
                path.write_bytes(data)
                return python_calamine.CalamineWorkbook.from_path(path)
        open_archive(data, limits)
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        detail = {"detail": str(error)[:80]}
        raise InvalidInput(file_fault("wire.xlsx.broken", "", detail)) from error


def _rows(cells: Sequence[Sequence[object]]) -> tuple[tuple[str, ...], tuple[ForeignRow, ...]]:
    head = next((index for index, row in enumerate(cells) if any(map(_text, row))), None)
    if head is None:
        return (), ()
    columns = [
        (place, *_column(text)) for place, cell in enumerate(cells[head]) if (text := _text(cell))
    ]
    rows = []
    for number, row in enumerate(cells[head + 1 :], start=head + 2):
        texts: dict[str, str] = {}
        words: dict[str, dict[str, str]] = {}
        for place, name, lang in columns:
            if text := _text(row[place]) if place < len(row) else "":
                words.setdefault(name, {})[lang] = text
                texts.setdefault(name, text)
        if texts:
            rows.append(ForeignRow(number, texts, words))
    return tuple(name for _, name, _ in columns), tuple(rows)


def _column(written: str) -> tuple[str, str]:
    """A header's canonical name and its language."""
    name, _, rest = (part.strip() for part in _partitioned(written))
    name = name.casefold()
    if name in {"bind", "body", "control"}:
        key = rest.casefold()
        return _BOUND.get(key, f"{name}::{key}"), ""
    if name == "media":
        kind, _, lang = (part.strip() for part in _partitioned(rest))
        return kind.casefold(), lang
    name = _SPELLINGS.get(name, name.replace(" ", "_"))
    return name, rest


def _partitioned(written: str) -> tuple[str, str, str]:
    if written.casefold().startswith("jr:"):
        return written, "", ""
    found = _APART.search(written)
    if found is None:
        return written, "", ""
    return written[: found.start()], found[0], written[found.end() :]


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def languages_of(sheets: ForeignSheets) -> Iterator[str]:
    """The languages of the worded columns, in order; "" where labels name none."""
    seen: dict[str, None] = {}
    for name in ("survey", "choices"):
        for row in sheets.rows.get(name, ()):
            for column in ("label", "hint"):
                seen |= dict.fromkeys(row.words.get(column, {}))
    yield from seen
