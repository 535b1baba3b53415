"""Spreadsheets: rows per second out of an XLSX, against openpyxl's read-only mode."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import openpyxl
from python_calamine import CalamineWorkbook

from bench.import_formats import file_of_one_row
from bench.material import ORIGIN, evidence, write
from bench.site import folder
from bench.table import Table
from bench.timing import Timing
from rafiqa.wire import read_file
from rafiqa.wire.limit import LIMITS
from rafiqa.wire.spreadsheet import read_spreadsheet

ROWS, QUICK_ROWS = 20_000, 40
REPEATS = 5
_PAUSE_S: Final = 0.02
_TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")
_HEADER = ("what", "rows", "ms", "× openpyxl", "spread", "processor ms", "× openpyxl's")
_NOTES = (
    "One sheet of evidence, seven columns. `openpyxl` goes through the rows in its read-only mode,",
    "`python-calamine` gives them all. `sheet` is `read_spreadsheet`: archive and XML",
    "looked at (bombs, formulas, merged cells, errors), values, header, shapes. `read` is",
    "`read_file`: that in a process of its own under limits, every place judged, row by row.",
    "`one row` is a file of one row read in the same way: what that process costs. A command that",
    "reads one file also starts the process from which readers are forked. `processor` is time of",
    "processors alone, the reader's with it (to 10 ms): on a busy machine it is the fairer figure.",
)


def measure(quick: bool) -> list[Table]:
    """Returns the table of spreadsheet speed."""
    n_rows, n_repeats = (QUICK_ROWS, 1) if quick else (ROWS, REPEATS)
    with folder() as place:
        path = write(evidence(n_rows), "xlsx", place)
        data = path.read_bytes()
        ways: dict[str, Callable[[], object]] = {
            "openpyxl": lambda: _by_openpyxl(path),
            "python-calamine": lambda: len(
                CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
            ),
            "sheet": lambda: len(read_spreadsheet(data, None, LIMITS)),
            "one row": file_of_one_row(place),
            "read": lambda: len(read_file(path, kind="evidence", site=ORIGIN).rows),
        }
        rounds = [[_once(way) for way in ways.values()] for _ in range(n_repeats)]
    walls = [Timing(tuple(wall for wall, _ in column)) for column in zip(*rounds, strict=True)]
    used = [Timing(tuple(used for _, used in column)) for column in zip(*rounds, strict=True)]
    rows = [
        (
            name,
            f"{n_rows:,}",
            f"{1_000 * wall.median_s:,.0f}",
            f"{walls[0].median_s / wall.median_s:.1f}",
            str(wall.spread),
            f"{1_000 * cpu.median_s:,.0f}",
            f"{used[0].median_s / max(cpu.median_s, _TICK_S):.1f}",
        )
        for name, wall, cpu in zip(ways, walls, used, strict=True)
    ]
    told = f"Medians of {n_repeats} repeats, in turn; the file in the page cache."
    return [Table("XLSX against openpyxl", (*_NOTES, told), _HEADER, rows)]


def _once(way: Callable[[], object]) -> tuple[float, float]:
    """Returns seconds of the clock and of processors that one run takes, its reader's too."""
    gc.collect()
    others_s = _of_children_s()
    own_s, start_s = time.process_time(), time.perf_counter()
    way()
    wall_s, own_s = time.perf_counter() - start_s, time.process_time() - own_s
    time.sleep(_PAUSE_S)  # a reader that has ended is counted once it is buried
    return wall_s, own_s + _of_children_s() - others_s


def _of_children_s() -> float:
    """Returns the processor time of the processes that this one started, with theirs."""
    told_s = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            words = path.read_text().rpartition(")")[2].split()
            if int(words[1]) == os.getpid():
                told_s += sum(map(int, words[11:15])) * _TICK_S
    return told_s


def _by_openpyxl(path: Path) -> int:
    book = openpyxl.load_workbook(path, read_only=True)
    n_rows = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return n_rows
