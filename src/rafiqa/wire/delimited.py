"""CSV: encoding believed only if it fits, delimiter found out, every row the header's width."""

from __future__ import annotations

import csv
import json
import re

import numpy as np

from rafiqa.errors import InvalidInput
from rafiqa.wire.layer import Layer, file_fault, no_shapes
from rafiqa.wire.limit import Limits
from rafiqa.wire.mapping import ENCODINGS, Mapping
from rafiqa.wire.tabletext import fill_shapes, find_header

_BEYOND = 50
"""Cells beyond the header that each get a column; what is further on stands in the last."""
_DELIMITERS = ",;\t|"
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def decode_text(data: bytes, encoding: str | None) -> str:
    """Returns the bytes as text in the declared encoding (UTF-8 if none is).

    A one-byte encoding fits almost any bytes, so it is refused where the bytes are plainly
    UTF-8, and where it yields control signs that no text holds.

    Raises:
        InvalidInput: ``wire.encoding.wrong`` with offset and line of the first bad byte.
    """
    declared = encoding or "utf-8"
    if data.startswith(_UTF16):
        raise _wrong(declared, 0, 1)
    try:
        text = data.decode(ENCODINGS[declared])
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _wrong(declared, error.start, line) from error
    if not declared.startswith("utf-8") and not data.isascii() and _is_utf8(data):
        raise _wrong(declared, 0, 1)
    control = _CONTROLS.search(text)
    if control is not None:
        raise _wrong(declared, control.start(), text.count("\n", 0, control.start()) + 1)
    return text


def _wrong(encoding: str, offset: int, line: int) -> InvalidInput:
    params: dict[str, str | int] = {"encoding": encoding, "offset": offset, "line": line}
    return InvalidInput(file_fault("wire.encoding.wrong", f"line {line}", params))


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def find_delimiter(text: str) -> str:
    """Returns the sign that splits the first line most often, quoted text aside."""
    first = re.sub(r'"[^"]*"', "", text[: 1 << 16].split("\n", 1)[0])
    return max(_DELIMITERS, key=first.count)


def read_delimited(data: bytes, mapping: Mapping | None, limits: Limits) -> Layer:
    """Returns the rows of a CSV file; each row's number is the line where it begins.

    Raises:
        InvalidInput: ``wire.encoding.wrong``, ``wire.csv.syntax``, ``wire.table.*``,
            ``wire.crs.missing``, ``wire.limit.rows``.
    """
    text = decode_text(data, None if mapping is None else mapping.encoding)
    delimiter = (mapping.delimiter if mapping else None) or find_delimiter(text)
    rows, lines = csv_rows(text, delimiter, limits)
    asked = None if mapping is None else mapping.header_row
    # Empty lines are no rows here, but a person counts them.
    header = find_header(rows[:25], asked and sum(line < asked for line in lines) + 1)
    rows, lines = rows[header.first_row :], lines[header.first_row :]
    layer = Layer("csv", np.array(lines, dtype=np.int64), {}, no_shapes(len(rows)))
    layer.tags = header.tags
    names = _made_even(layer, rows, header.names)
    cells = zip(*rows, strict=True) if rows else ([] for _ in names)
    layer.columns = {
        name: [cell or None for cell in column] for name, column in zip(names, cells, strict=True)
    }
    fill_shapes(layer, mapping, limits)
    return layer


def _made_even(layer: Layer, rows: list[list[str]], names: list[str]) -> list[str]:
    """Returns the columns' names once every row has a cell for each; a row that had not is named.

    Cells beyond the header get columns of their own, so that the row is kept whole.
    """
    expected = len(names)
    width = min(max([expected, *map(len, rows)]), expected + _BEYOND)
    for index, row in enumerate(rows):
        if len(row) != expected:
            params: dict[str, str | int] = {"found": len(row), "expected": expected}
            layer.fault(index, "wire.table.ragged", "", params)
            if len(row) > width:
                row[width - 1 :] = [json.dumps(row[width - 1 :], ensure_ascii=False)]
        row.extend([""] * (width - len(row)))
    return names + [f"[{place}]" for place in range(expected + 1, width + 1)]


def csv_rows(text: str, delimiter: str, limits: Limits) -> tuple[list[list[str]], list[int]]:
    """Returns all rows that hold anything, with the line where each begins.

    Raises:
        InvalidInput: ``wire.csv.syntax``, ``wire.limit.rows``.
    """
    csv.field_size_limit(limits.bulk_file_bytes)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    begun = 1
    try:
        for row in reader:
            if row:
                rows.append(row)
                lines.append(begun)
            begun = reader.line_num + 1
            if len(rows) > limits.rows:
                raise InvalidInput(
                    file_fault("wire.limit.rows", "", {"count": len(rows), "limit": limits.rows})
                )
    except csv.Error as error:
        params: dict[str, str | int] = {"line": reader.line_num, "detail": str(error)[:80]}
        raise InvalidInput(
            file_fault("wire.csv.syntax", f"line {reader.line_num}", params)
        ) from error
    return rows, lines
