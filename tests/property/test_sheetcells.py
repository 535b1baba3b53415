"""A sheet read all at once says what it says read cell by cell, or it is left to that reader."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

import hypothesis.strategies as st
import openpyxl
import pytest
from hypothesis import given, settings

from rafiqa.errors import InvalidInput
from rafiqa.geo import crs
from rafiqa.wire import spreadsheet
from rafiqa.wire.archive import open_archive
from rafiqa.wire.limit import LIMITS, Limits
from rafiqa.wire.sheetcells import plain_columns
from rafiqa.wire.sheetxml import column_letters
from rafiqa.wire.spreadsheet import judged_columns, walked_columns
from rafiqa.wire.xlsx import workbook_bytes

SHEET, SHARED, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
SPREAD = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FORMATS = (0, 14, 49, 22, 164, 165, 166, 1)
OWN = {164: "yyyy\\-mm\\-dd", 165: "0.000", 166: "[h]:mm"}
TEXTS = (
    "007",
    "38.5",
    "٣٥",
    "قنبلة",
    "  ",
    " a",
    "b ",
    "",
    "a &amp; b",
    "x_x000D_",
    "-",
    "1e5",
    "قە",
)
PLAIN = (
    '<c r="{r}" t="inlineStr"><is><t>00{n}</t></is></c>',
    '<c r="{r}" t="inlineStr"><is><t>ذخيرة &lt;{n}&gt; &amp; "x"</t></is></c>',
    '<c r="{r}" t="inlineStr"><is><t xml:space="preserve"> a\n{n}</t></is></c>',
    '<c r="{r}" t="inlineStr"><is><t></t></is></c>',
    '<c r="{r}" t="inlineStr"><is><t>&#1582;&#x637; {n}</t></is></c>',
    '<c r="{r}" t="s"><v>0</v></c>',
    '<c r="{r}" s="0" t="s"><v>1</v></c>',
    '<c r="{r}"><v>{n}</v></c>',
    '<c r="{r}" t="n"><v>-{n}.5E-3</v></c>',
    '<c r="{r}" s="1"><v>4500{n}</v></c>',
    '<c r="{r}" s="4"><v>61</v></c>',
    '<c r="{r}" s="5"><v>{n}.25</v></c>',
    '<c r="{r}" s="3"/>',
    '<c r="{r}"></c>',
)
ODD = (
    '<c r="{r}"><f>A1+1</f><v>2</v></c>',
    '<c r="{r}" t="e"><v>#REF!</v></c>',
    '<c r="{r}" t="b"><v>1</v></c>',
    '<c r="{r}" t="str"><v>12</v></c>',
    '<c r="{r}" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>',
    '<c r="{r}" t="inlineStr"><is><t> a</t></is></c>',
    '<c r="{r}" t="inlineStr"><is><t>a_x000D_</t></is></c>',
    '<c r="{r}" t="inlineStr"><is><t>a&#38;lt;</t></is></c>',
    '<c r="{r}" t="inlineStr"><is><t>\u00a0a</t></is></c>',
    '<c r="{r}" t="inlineStr"><is><t>&#160;a</t></is></c>',
    '<c r="{r}" t="inlineStr"><is><t>&#95;x000D_&#13;</t></is></c>',
    '<c r="{r}" t="inlineStr"><is><t>&nbsp;a</t></is></c>',
    '<c r="{r}"><v> 5 </v></c>',
    '<c r="{r}"><v>1_0</v></c>',
    '<c r="{r}"><v>nan</v></c>',
    '<c r="{r}" s="1"><v>60</v></c>',
    '<c r="{r}" s="1"><v>45000.5</v></c>',
    '<c r="{r}" s="6"><v>2</v></c>',
    '<c r="{r}" s="3"><v>45000</v></c>',
    '<c r="{r}" s="99"><v>3</v></c>',
    '<c r="{r}" t="s"><v>999</v></c>',
    '<c r="{r}" t="s"><v>2</v></c>',
    '<c r="{r}" t="s"><v>1.0</v></c>',
    '<c r="{r}" t="s"><v>1e0</v></c>',
    '<c r="{r}" t="s"><v>+1</v></c>',
    '<c r="{r}" t="s"><v>-0</v></c>',
    "<c r='{r}'><v>3</v></c>",
    '<c t="n" r="{r}"><v>3</v></c>',
    '<c r="A1"><v>3</v></c>',
    '<c r="{r}"><v>3</v><!-- x --></c>',
    "<c><v>1</v></c>",
)


def styles() -> str:
    own = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{escape(code)}"/>' for number, code in OWN.items()
    )
    cells = "".join(f'<xf numFmtId="{number}"/>' for number in FORMATS)
    return (
        f'<styleSheet xmlns="{SPREAD}"><numFmts>{own}</numFmts><cellStyleXfs><xf numFmtId="14"/>'
        f"</cellStyleXfs><cellXfs>{cells}</cellXfs></styleSheet>"
    )


def workbook(sheet: str, texts: tuple[str, ...], *, days_of_1904: bool = False) -> bytes:
    """Returns a workbook of one sheet, its texts and its styles as they are given."""
    whole = zipfile.ZipFile(io.BytesIO(workbook_bytes({"s": [["a"]]})))
    parts = {name: whole.read(name).decode() for name in whole.namelist()}
    parts[SHEET] = sheet
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    parts[SHARED] = f'<sst xmlns="{SPREAD}">{items}</sst>'
    parts[STYLES] = styles()
    links, types = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
    link = f'<Relationship Id="r9" Type="{office}" Target="styles.xml"/></Relationships>'
    parts[links] = parts[links].replace("</Relationships>", link)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
    named = f'<Override PartName="/{STYLES}" ContentType="{kind}"/></Types>'
    parts[types] = parts[types].replace("</Types>", named)
    if days_of_1904:
        book = "xl/workbook.xml"
        parts[book] = parts[book].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


def sheet(cells: dict[tuple[int, int], str], after: str = "", more: str = "") -> str:
    rows: dict[int, list[str]] = {}
    for number, ((row, column), form) in enumerate(sorted(cells.items())):
        place = f"{column_letters(column)}{row}"
        rows.setdefault(row, []).append(form.replace("{r}", place).replace("{n}", str(number)))
    body = "".join(
        f'<row r="{row}" spans="1:3" {more}>{"".join(each)}</row>'.replace(" >", ">")
        for row, each in rows.items()
    )
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="{SPREAD}">'
    return (
        f'{head}<cols><col min="1" max="2"/></cols><sheetData>{body}</sheetData>{after}</worksheet>'
    )


def quick(data: bytes, limits: Limits = LIMITS) -> list[list[object]] | None:
    archive = open_archive(data, limits)
    return plain_columns(archive.read(SHEET), spreadsheet.parts_of(archive), limits)


def by_cell(data: bytes) -> tuple[bool, list[list[str]]] | str:
    """Whether anything is odd, and each value as it is written out; or why it is refused."""
    try:
        traits, columns = walked_columns(data, "s", open_archive(data, LIMITS).read(SHEET), LIMITS)
    except InvalidInput as error:
        return error.faults[0].code
    odd = bool(traits.formulas or traits.uncached or traits.errors or traits.merged)
    return odd, [list(map(repr, column)) for column in columns]


def at_once(data: bytes) -> tuple[bool, list[list[str]]] | str | None:
    """Returns what ``by_cell`` does, read all at once; None where it is left to that."""
    try:
        found = quick(data)
    except InvalidInput as error:
        return error.faults[0].code
    return None if found is None else (False, [list(map(repr, column)) for column in found])


PLACES = st.tuples(st.integers(1, 30), st.one_of(st.integers(1, 5), st.integers(25, 30)))
BODIES = st.dictionaries(PLACES, st.sampled_from(PLAIN), max_size=25)
SPOILT = st.dictionaries(PLACES, st.sampled_from(PLAIN + ODD), max_size=6)
MORE_OF_ROWS = (
    *('customHeight="1" ht="15"', 'x14ac:dyDescent="0.25"', 'spans="1:3"'),
    *('r="9"', 'ht="15" ht="15"', 'hidden="&bad;"'),
)
AFTER = st.sampled_from(
    ("", '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>', "<!-- f -->", "<x>")
)


@settings(max_examples=120, deadline=None)
@given(
    cells=st.one_of(BODIES, SPOILT),
    texts=st.lists(st.sampled_from(TEXTS), min_size=2, max_size=3).map(tuple),
    after=AFTER,
    later=st.booleans(),
    more=st.sampled_from(("", "", *MORE_OF_ROWS)),
)
def test_all_at_once_and_cell_by_cell_agree(
    cells: dict[tuple[int, int], str], texts: tuple[str, ...], after: str, later: bool, more: str
) -> None:
    data = workbook(sheet(cells, after, more), texts, days_of_1904=later)
    found, told = at_once(data), by_cell(data)
    assert found is None or found == told


@pytest.mark.parametrize("piece_bytes", [1, 1 << 18])
def test_plain_sheets_are_read_all_at_once(
    piece_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rafiqa.wire.sheetcells._PIECE_BYTES", piece_bytes)
    cells = {(row, place): form for row in (1, 2, 5) for place, form in enumerate(PLAIN, 20)}
    data = workbook(sheet(cells), ("قنبلة", "007"))
    found = quick(data)
    assert found is not None
    assert by_cell(data) == (False, [list(map(repr, column)) for column in found])
    assert found[19][:3] == ["000", "0014", None]
    assert found[28][0] == "2023-03-24"


@pytest.mark.parametrize("form", ODD)
def test_what_is_not_plain_is_left_alone(form: str) -> None:
    data = workbook(sheet({(2, 2): PLAIN[0], (3, 3): form}), ("a", "b"))
    assert quick(data) is None


@pytest.mark.parametrize("more", MORE_OF_ROWS)
def test_a_row_that_names_one_attribute_twice_is_left_alone(more: str) -> None:
    data = workbook(sheet({(2, 2): PLAIN[7]}, more=more), ("a",))
    assert (quick(data) is None) == (more in MORE_OF_ROWS[2:])


def test_days_of_the_other_epoch_are_left_alone() -> None:
    data = workbook(sheet({(1, 1): PLAIN[9]}), ("a",), days_of_1904=True)
    assert quick(data) is None
    assert by_cell(data) == (False, [["'2027-03-16'"]])


def test_too_many_cells_are_refused_before_they_are_laid_out() -> None:
    few = Limits(sheet_cells=3)
    for cells in ({(1, n): PLAIN[0] for n in range(1, 5)}, {(30, 2): PLAIN[0]}):
        with pytest.raises(InvalidInput) as refused:
            quick(workbook(sheet(cells), ("a",)), few)
        assert refused.value.faults[0].code == "wire.limit.cells"


def test_a_sheet_of_openpyxl_is_read_all_at_once() -> None:
    book = openpyxl.Workbook()
    for row in (["id", "n", "خط"], ["007", 1.5, "٣"], ["8", 2, None]):
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    data = held.getvalue()
    archive = open_archive(data, LIMITS)
    found = quick(data)
    assert found == [["id", "007", "8"], ["n", 1.5, 2], ["خط", "٣", None]]
    assert judged_columns(data, "Sheet", (archive, SHEET), LIMITS)[1] == found


def test_the_facts_of_degrees_are_those_of_the_register() -> None:
    known = crs.crs_facts("OGC:CRS84")
    told = crs.crs_facts("urn:ogc:def:crs:OGC:1.3:CRS84")
    assert known == told
