"""Reports as files: read back by others' programs, the same bytes each time, no formulas."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2  # type: ignore[import-untyped]
import pytest
import python_calamine

from rafiqa.errors import InvalidInput
from rafiqa.geo import SiteFrame
from rafiqa.land import AreaRecorded, Statement
from rafiqa.land.reporttable import Column, Figure, Origin, Report, ReportTable, Said, Words
from rafiqa.service import AssetShelf, Office, declare_area
from rafiqa.service.reportbasis import ReportAsked
from rafiqa.service.reporting import REPORTS, ask_report
from rafiqa.wire.reportfile import report_bytes, report_file
from rafiqa.wire.reportpdf import report_sheet
from rafiqa.wire.reporttext import column_text, number_text
from tests.city import FIRST, box, small_city

FORMULA = '=HYPERLINK("http://example.org","x")'
KINDS = [kind for kind in REPORTS if kind != "donor"]
"""Every kind that the small city has: nobody pays for its tasks."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = small_city(tmp_path_factory.mktemp("files"))
    named = AreaRecorded("=1+1", "sha", box(500, 500, 520, 520), FORMULA, source="@SUM(A1)")
    assert declare_area(office, FIRST, named).done
    yield office
    office.store.close()


@pytest.fixture(scope="module")
def reports(office: Office) -> dict[str, Report]:
    until_us = office.facts()[-1].recorded_at_us
    return {
        kind: ask_report(office, AssetShelf(), ReportAsked(kind, until_us=until_us))
        for kind in KINDS
    }


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_spreadsheet_says_what_the_report_says(
    office: Office, reports: dict[str, Report], kind: str, lang: str
) -> None:
    """Read by two programs: a sheet for each table, every number a number, right to left."""
    report = reports[kind]
    data = report_bytes(report, office.frame, ".xlsx", lang)
    book = openpyxl.load_workbook(io.BytesIO(data))
    other = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    names = other.sheet_names
    assert names == book.sheetnames
    assert len(names) == len(report.tables) + 2
    for name, table in zip(names[1:-1], report.tables, strict=True):
        sheet = book[name]
        assert sheet.freeze_panes == "B3"
        assert bool(sheet.sheet_view.rightToLeft) == (lang == "ar")
        heads = [cell.value for cell in sheet[1]]
        assert heads == [column_text(column, lang) for column in table.columns]
        assert all(str(cell.value).startswith("#") for cell in sheet[2])
        rows = other.get_sheet_by_name(name).to_python(skip_empty_area=False)[2:]
        for at, row in enumerate(table.rows):
            for column, cell in enumerate(row):
                if isinstance(cell, Figure) and cell.value is not None:
                    assert sheet.cell(at + 3, column + 1).value == pytest.approx(float(cell.value))
                    assert rows[at][column] == pytest.approx(float(cell.value))
    sources = other.get_sheet_by_name(names[-1]).to_python()
    assert len(sources) == len(report.tables) + 1
    assert all(all(cell for cell in row) for row in sources)


@pytest.mark.parametrize("kind", KINDS)
def test_no_cell_is_a_formula(office: Office, reports: dict[str, Report], kind: str) -> None:
    data = report_bytes(reports[kind], office.frame, ".xlsx", "en")
    book = openpyxl.load_workbook(io.BytesIO(data))
    texts = [
        cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    ]
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@", "\t"))]


def test_a_name_that_looks_like_a_formula_is_kept_as_words(
    office: Office, reports: dict[str, Report]
) -> None:
    data = report_bytes(reports["article7"], office.frame, ".xlsx", "en")
    texts = {
        cell.value
        for sheet in openpyxl.load_workbook(io.BytesIO(data))
        for row in sheet.iter_rows()
        for cell in row
    }
    assert {f"'{FORMULA}", "'=1+1"} <= texts
    # What a row names as its source may be a person: it is not told.
    assert not [text for text in texts if "SUM" in str(text)]


@pytest.mark.parametrize("suffix", [".pdf", ".xlsx", ".json"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_same_report_is_the_same_bytes(
    office: Office, reports: dict[str, Report], suffix: str, lang: str
) -> None:
    for kind in ("completion", "5w"):
        once = report_bytes(reports[kind], office.frame, suffix, lang)
        until_us = office.facts()[-1].recorded_at_us
        again = ask_report(office, AssetShelf(), ReportAsked(kind, until_us=until_us))
        assert report_bytes(again, office.frame, suffix, lang) == once


@pytest.mark.parametrize("kind", ["completion", "handover", "article7", "monthly"])
def test_every_number_of_a_table_stands_on_paper(
    office: Office, reports: dict[str, Report], kind: str
) -> None:
    words = _words(report_bytes(reports[kind], office.frame, ".pdf", "en"))
    for table in reports[kind].tables:
        for figure in table.figures():
            if figure.value is not None:
                assert number_text(figure) in words
    assert "Missing from the record" in words


def test_arabic_paper_has_the_same_numbers_from_right_to_left(
    office: Office, reports: dict[str, Report]
) -> None:
    """Letters come out of a PDF in their drawn forms; numbers come out as they are read."""
    words = _words(report_bytes(reports["monthly"], office.frame, ".pdf", "ar"))
    for figure in reports["monthly"].table("account").figures():
        assert number_text(figure) in words
    sheet = report_sheet(reports["monthly"], office.frame, "ar")
    assert sheet["dir"] == "rtl"
    assert sheet["title"] == "التقرير الشهري"


def _words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_numbers_are_exact_and_rounded_half_to_even(reports: dict[str, Report]) -> None:
    figure: Any = next(iter(reports["monthly"].table("account").figures()))
    assert number_text(figure).count(".") == 1
    assert "," in number_text(Figure(1_234_567, "items", figure.origin))
    assert number_text(Figure(-8_296, "m2", figure.origin)) == "-8,296.0"


def test_a_file_that_cannot_be_written_is_refused(
    office: Office, reports: dict[str, Report], tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match=r"cli\.certificate\.out"):
        report_file(reports["5w"], office.frame, tmp_path / "nowhere" / "a.xlsx", "en")
    good = tmp_path / "a.xlsx"
    report_file(reports["5w"], office.frame, good, "en")
    assert good.read_bytes() == report_bytes(reports["5w"], office.frame, ".xlsx", "en")
    assert list(tmp_path.iterdir()) == [good]


def test_a_sum_longer_than_its_rows_has_room_on_paper() -> None:
    """Else its first digits are cut off, and a smaller number is read."""
    [narrow, wide] = [_sheet_of(total_m2)["tables"][0]["shares"][1] for total_m2 in (3, 10**14)]
    assert wide >= len("100,000,000,000,000.0")
    assert narrow < wide


def _sheet_of(total_m2: int) -> dict[str, Any]:
    """A paper with one table of one row and a sum."""
    origin = Origin(Said("here"), Words("report.method.account"), Said("all"), None, 1, 1)
    one = (Said("a"), Figure(1, "m2", origin))
    total = (Said("b"), Figure(total_m2, "m2", origin))
    columns = (Column("name"), Column("area", "m2"))
    table = ReportTable("areas", columns, (one,), origin, total)
    statement = Statement("here", 0, 1, 1, "", "", 0, "")
    report = Report("monthly", (Said("all"),), statement, (table,))
    return report_sheet(report, SiteFrame(38.55, 34.9), "en")
