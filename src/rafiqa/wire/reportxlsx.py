"""A report as a spreadsheet: a sheet for each table, and one that says where figures are from.

Numbers are numbers, with the unit in the head of their column; a figure without a value says why
in words. Below the heads stand HXL hashtags. Texts are never formulas. The same report is the same
bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

import xlsxwriter  # type: ignore[import-untyped]

from rafiqa.land.reporttable import Cell, Figure, Report, ReportTable, Words
from rafiqa.locale import direction, own_name, text
from rafiqa.wire.exportsheets import CELL_LETTERS, NO_TIME
from rafiqa.wire.hxltag import hxl_tag
from rafiqa.wire.neutral import neutral
from rafiqa.wire.reporttext import (
    DECIMALS,
    all_texts,
    cell_text,
    column_text,
    moment_text,
    origin_texts,
    period_text,
    signer_text,
    title_of,
)

_NAME_LETTERS: Final = 31
_BARRED: Final = str.maketrans(dict.fromkeys("[]:*?/\\'"))
_WIDEST: Final = 48
_ORIGIN: Final = ("source", "method", "boundary", "period", "known_at")


def report_xlsx(report: Report, lang: str) -> bytes:
    """Returns the bytes of a workbook."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        title = title_of(report.kind, lang)
        book.set_properties({"title": title, "created": NO_TIME})
        pen = _Pen(book, lang)
        pen.lines(text("report.sheet.about", {}, lang), list(_about(report, title, lang)))
        for table in report.tables:
            pen.table(table)
        heads = [text(f"report.source.{name}", {}, lang) for name in ("table", *_ORIGIN)]
        rows = [[pen.title(each), *_origin(each, lang)] for each in report.tables]
        pen.lines(text("report.sheet.sources", {}, lang), [heads, *rows])
    return held.getvalue()


def _origin(table: ReportTable, lang: str) -> list[str]:
    told = origin_texts(table.origin, lang)
    return [told[name] for name in _ORIGIN]


def _about(report: Report, title: str, lang: str) -> list[list[str]]:
    """Returns the lines of the first sheet: what it is, of what, and where it stands."""
    told = report.statement
    rows = [
        [title],
        [" · ".join(all_texts(report.about, lang))],
        [text("report.source.source", {}, lang), own_name(told.source, lang)],
        [
            text("report.source.period", {}, lang),
            period_text(told.from_us, told.valid_at_us, lang),
        ],
        [text("report.source.known_at", {}, lang), moment_text(told.known_at_us)],
        [text("report.source.ledger", {}, lang), f"{told.n_entries} · {told.root}"],
    ]
    if report.missing:
        rows += [[], [text("report.missing-title", {}, lang)]]
        rows += [["", cell_text(each, lang)] for each in report.missing]
    rows += [[], *([cell_text(each, lang)] for each in report.notices)]
    rows += [[signer_text(each, lang), "…"] for each in report.signatures]
    return rows


class _Pen:
    """Writes sheets in one language into one workbook."""

    def __init__(self, book: Any, lang: str) -> None:
        self._book, self._lang = book, lang
        self._bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._formats = {
            places: book.add_format({"num_format": "#,##0." + "0" * places})
            for places in sorted(set(DECIMALS.values()))
        }
        self._whole = book.add_format({"num_format": "#,##0"})
        self._names: set[str] = set()

    def title(self, table: ReportTable) -> str:
        """Returns the title of a table."""
        return cell_text(Words(f"report.table.{table.name}"), self._lang)

    def _sheet(self, title: str) -> Any:
        name = title.translate(_BARRED)[:_NAME_LETTERS].strip()
        at = 2
        while name.casefold() in self._names:
            name = f"{name[: _NAME_LETTERS - 3]} {at}"
            at += 1
        self._names.add(name.casefold())
        sheet = self._book.add_worksheet(name)
        if direction(self._lang) == "rtl":
            sheet.right_to_left()
        return sheet

    def lines(self, title: str, rows: Sequence[Sequence[str]]) -> None:
        """Writes a sheet of texts; the first row stands still."""
        sheet = self._sheet(title)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows):
            for column, words in enumerate(row):
                self._words(sheet, number, column, words, self._bold if number == 0 else None)
        sheet.set_column(0, 5, 32)

    def table(self, table: ReportTable) -> None:
        """Writes a table: heads, hashtags, rows; its sum is left out: sheets add up themselves."""
        sheet = self._sheet(self.title(table))
        sheet.freeze_panes(2, 1)
        for at, column in enumerate(table.columns):
            head = column_text(column, self._lang)
            self._words(sheet, 0, at, head, self._bold)
            self._words(sheet, 1, at, _tag(column.name, column.unit))
            told = [cell_text(row[at], self._lang) for row in table.rows]
            longest = max((len(words) for words in told), default=0)
            sheet.set_column(at, at, min(_WIDEST, max(longest, min(len(head), 18)) + 2))
        for number, row in enumerate(table.rows, 2):
            for at, cell in enumerate(row):
                self._put(sheet, number, at, cell)
        for at, note in enumerate(table.notes):
            self._words(sheet, len(table.rows) + 3 + at, 0, cell_text(note, self._lang))

    def _put(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, Figure) and cell.value is not None:
            places = DECIMALS.get(cell.unit)
            shown = self._whole if isinstance(cell.value, int) else None
            shown = shown if places is None else self._formats[places]
            sheet.write_number(row, column, float(cell.value), shown)
        else:
            self._words(sheet, row, column, cell_text(cell, self._lang))

    def _words(self, sheet: Any, row: int, column: int, words: str, shown: Any = None) -> None:
        if words:
            sheet.write_string(row, column, neutral(words)[:CELL_LETTERS], shown)


def _tag(name: str, unit: str | None) -> str:
    """Returns the hashtag of a column; of figures the unit is an attribute."""
    tag = hxl_tag(name)
    attribute = "".join(letter for letter in unit or "" if letter.isascii() and letter.isalnum())
    return f"{tag}+{attribute}" if attribute and tag.startswith("#indicator") else tag
