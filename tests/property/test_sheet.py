"""A sheet looked at in bytes is the sheet walked element by element, or it is left to the walk."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from rafiqa.errors import InvalidInput
from rafiqa.wire.limit import LIMITS
from rafiqa.wire.sheetxml import SheetTraits, column_letters, plain_traits, walked_traits
from rafiqa.wire.spreadsheet import plain_cell, plain_column

CELLS = (
    '<c r="{r}" t="inlineStr"><is><t>a: b, "e" f</t></is></c>',
    '<c r="{r}" s="3" t="n"><v>38.5</v></c>',
    '<c r="{r}"/>',
    '<c r="{r}" t="s"><v>7</v></c>\n',
    '<c r="{r}"><v>mergeCell &amp; formula</v></c>',
)
ODD = (
    '<c r="{r}"><f>A1+1</f><v>2</v></c>',
    '<c r="{r}"><f>A1+1</f></c>',
    '<c r="{r}" t="e"><v>#REF!</v></c>',
    "<c r='{r}' t='e'><v>#REF!</v></c>",
    '<x:c r="{r}"><x:f>A1</x:f></x:c>',
    '<c t="n" r="{r}"><v>2</v></c>',
    "<c><v>1</v></c>",
    "<c\tr=\"{r}\" t='e'/>",
)
AFTER = ("", '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>', "<!-- f -->")


def sheet(cells: list[tuple[int, int, str]], after: str = "") -> bytes:
    rows: dict[int, list[str]] = {}
    for row, column, form in cells:
        rows.setdefault(row, []).append(form.replace("{r}", f"{column_letters(column)}{row}"))
    body = "".join(f'<row r="{row}">{"".join(each)}</row>' for row, each in rows.items())
    head = '<worksheet xmlns="urn:s" xmlns:x="urn:s"><cols><col min="1"/></cols><sheetData>'
    return f"{head}{body}</sheetData>{after}</worksheet>".encode()


def by(read: object, data: bytes, *more: object) -> SheetTraits | str | None:
    try:
        return read(data, *more, LIMITS)  # type: ignore[operator, no-any-return]
    except InvalidInput as error:
        return error.faults[0].code


PLACES = st.tuples(
    st.one_of(st.integers(1, 40), st.integers(1, 1_048_576)),
    st.one_of(st.integers(1, 30), st.integers(1, 16_384)),
)


@settings(max_examples=150, deadline=None)
@given(
    cells=st.lists(st.tuples(PLACES, st.sampled_from(CELLS + ODD)), max_size=8),
    after=st.sampled_from(AFTER),
)
def test_bytes_and_walk_agree(cells: list[tuple[tuple[int, int], str]], after: str) -> None:
    data = sheet([(row, column, form) for (row, column), form in cells], after)
    quick = by(plain_traits, data)
    if quick is not None:
        assert quick == by(walked_traits, data, "sheet1.xml")


@pytest.mark.parametrize("form", ODD)
def test_what_is_not_plain_is_walked(form: str) -> None:
    assert plain_traits(sheet([(1, 1, CELLS[1]), (2, 28, form)]), LIMITS) is None


@pytest.mark.parametrize("form", CELLS[1:])
def test_plain_values_need_no_walk(form: str) -> None:
    found = plain_traits(sheet([(1, 1, form), (2, 703, form)]), LIMITS)
    assert found == SheetTraits(cells=2)


@given(st.lists(st.one_of(st.floats(), st.sampled_from(["", "a", 3.0, 2.0**60, True, None]))))
def test_a_column_is_its_cells(cells: list[object]) -> None:
    assert list(map(repr, plain_column(cells))) == [repr(plain_cell(cell)) for cell in cells]
