"""Sheets that hold more than any sheet may are refused by a count, before anybody reads them."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.wire.limit import Limits
from rafiqa.wire.sheetxml import refuse_swollen, refuse_swollen_texts
from rafiqa.wire.spreadsheet import read_spreadsheet
from rafiqa.wire.xlsx import workbook_bytes

CELLS = 1_000
SMALL = Limits(sheet_cells=CELLS, archive_ratio=10_000)
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
END_OF_ROWS, END_OF_SHEET, END_OF_TEXTS = b"</sheetData>", b"</worksheet>", b"</sst>"
Swell = Callable[[int], bytes]


def swollen(member: str, before: bytes, made: Swell, n: int) -> bytes:
    """A workbook of two rows into which so much more was put."""
    plain = workbook_bytes({"a": [["id", "kind"], ["1", "mine"]]})
    more, out = b"".join(map(made, range(n))), io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(plain)) as came,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in came.namelist():
            content = came.read(name)
            if name == member:
                content = content.replace(before, more + before)
            archive.writestr(name, content)
    return out.getvalue()


CASES: dict[str, tuple[str, bytes, Swell, int]] = {
    "formulas": (
        SHEET,
        END_OF_ROWS,
        lambda n: b'<row r="%d"><c r="A%d"><f>1</f><v>%d</v></c></row>' % (n + 3, n + 3, n),
        CELLS,
    ),
    "empty rows": (SHEET, END_OF_ROWS, lambda n: b'<row r="%d"/>' % (n + 3), 2 * CELLS),
    "merged": (
        SHEET,
        END_OF_SHEET,
        lambda n: b'<mergeCell ref="A%d:B%d"/>' % (n + 9, n + 9),
        CELLS // 2 + 1,
    ),
    "unknown": (SHEET, END_OF_SHEET, lambda n: b'<z a="%d"/>' % n, 8 * CELLS),
    "texts": (TEXTS, END_OF_TEXTS, lambda n: b"<si><t>%d</t></si>" % n, 2 * CELLS),
    "runs": (TEXTS, END_OF_TEXTS, lambda n: b"<si><t>%d</t></si>" % n + b"<r/>" * 30, 600),
}


@pytest.mark.parametrize("name", CASES)
def test_what_swells_is_refused(name: str) -> None:
    member, before, made, n = CASES[name]
    with pytest.raises(InvalidInput) as refused:
        read_spreadsheet(swollen(member, before, made, n), None, SMALL)
    assert [fault.code for fault in refused.value.faults] == ["wire.limit.cells"]


def test_as_much_as_a_sheet_may_hold_is_read() -> None:
    rows = [["id", "kind"], *([str(n), "mine"] for n in range(CELLS // 2 - 1))]
    layer = read_spreadsheet(workbook_bytes({"a": rows}), None, SMALL)
    assert len(layer.numbers) == CELLS // 2 - 1
    one_row = swollen(SHEET, END_OF_ROWS, CASES["empty rows"][2], CELLS)
    assert len(read_spreadsheet(one_row, None, SMALL).numbers) == 1


def test_the_count_takes_no_time() -> None:
    """Of sheets as large as an archive may declare: each took between two seconds and twelve."""
    limits = Limits()
    merged = b'<mergeCell ref="A1:B1"/>' * 2_000_000
    texts = b"<si><t>a</t></si>" * 2_500_000
    begun = time.process_time()
    for refuse, data in ((refuse_swollen, merged), (refuse_swollen_texts, texts)):
        with pytest.raises(InvalidInput, match=r"wire\.limit\.cells"):
            refuse(data, limits)
    assert time.process_time() - begun < 1
