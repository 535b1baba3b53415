"""Spreadsheets: rows per second out of an XLSX, against openpyxl's read-only mode."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from python_calamine import CalamineWorkbook

from bench.import_formats import file_of_one_row
from bench.material import ORIGIN, evidence, write
from bench.site import folder
from bench.table import Table
from bench.timing import in_turn
from rafiqa.wire import read_file
from rafiqa.wire.limit import LIMITS
from rafiqa.wire.spreadsheet import read_spreadsheet

ROWS, QUICK_ROWS = 20_000, 40
REPEATS = 5
_HEADER = ("what", "rows", "ms", "rows/s", "× openpyxl", "spread")
_NOTES = (
    "One sheet of evidence, seven columns. `openpyxl` goes through the rows in its read-only mode,",
    "`python-calamine` gives them all. `sheet` is `read_spreadsheet`: archive and XML",
    "looked at (bombs, formulas, merged cells, errors), values, header, shapes. `read` is",
    "`read_file`: that in a process of its own under limits, every place judged, row by row.",
    "`one row` is a file of one row read in the same way: what that process costs. A command that",
    "reads one file also starts the process from which readers are forked.",
)


def measure(quick: bool) -> list[Table]:
    """Returns the table of spreadsheet speed."""
    n_rows, n_repeats = (QUICK_ROWS, 1) if quick else (ROWS, REPEATS)
    with folder() as place:
        path = write(evidence(n_rows), "xlsx", place)
        data = path.read_bytes()
        ways = {
            "openpyxl": lambda: _by_openpyxl(path),
            "python-calamine": lambda: len(
                CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
            ),
            "sheet": lambda: len(read_spreadsheet(data, None, LIMITS)),
            "one row": file_of_one_row(place),
            "read": lambda: len(read_file(path, kind="evidence", site=ORIGIN).rows),
        }
        timings = in_turn(list(ways.values()), n_repeats)
    peer = timings[0].median_s
    rows = [
        (
            name,
            f"{n_rows:,}",
            f"{1_000 * timing.median_s:,.0f}",
            f"{n_rows / timing.median_s:,.0f}",
            f"{peer / timing.median_s:.1f}",
            str(timing.spread),
        )
        for name, timing in zip(ways, timings, strict=True)
    ]
    told = f"Medians of {n_repeats} repeats, in turn; the file in the page cache."
    return [Table("XLSX against openpyxl", (*_NOTES, told), _HEADER, rows)]


def _by_openpyxl(path: Path) -> int:
    book = openpyxl.load_workbook(path, read_only=True)
    n_rows = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return n_rows
