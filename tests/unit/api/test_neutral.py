"""No cell that is given out begins a formula, whoever writes it: every writer of tables is here."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

import pytest

import rafiqa
from rafiqa.service.entity import _written
from rafiqa.wire.neutral import FORMULA, neutral

PACKAGE = Path(rafiqa.__file__).parent
WRITERS = {
    "service/entity.py": "here, below",
    "service/submissionview.py": "tests/unit/api/test_fieldjson.py",
    "wire/exportsheets.py": "tests/conformance/test_export.py",
    "wire/reportxlsx.py": "tests/unit/wire/test_reportfile.py",
}
"""Files that write tables for others, and where each is tried with texts that begin formulas."""
MARKS = ("csv.writer", "csv.DictWriter", "Workbook", "write_string", "write_formula", "writerow")
OURS = {"wire/xlsform.py": "forms for phones, of the dictionary's own words; strings, not formulas"}


def _writes(source: str) -> bool:
    return any(mark in source for mark in MARKS) and any(
        ast.unparse(node.func).endswith(MARKS) and "calamine" not in ast.unparse(node.func)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
    )


def test_every_writer_of_tables_is_known_and_neutralises() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if _writes(path.read_text("utf-8"))
    }
    assert found == set(WRITERS) | set(OURS)
    for name in WRITERS:
        source = (PACKAGE / name).read_text("utf-8")
        assert "rafiqa.wire.neutral import" in source, name
        assert "write_formula" not in source, name
    assert _writes("import csv\ncsv.writer(x)"), "a new writer would be seen"


@pytest.mark.parametrize("sign", FORMULA)
def test_a_text_that_begins_a_formula_is_marked(sign: str) -> None:
    assert neutral(f"{sign}1+1") == f"'{sign}1+1"
    assert neutral(f"a{sign}1") == f"a{sign}1"


def test_numbers_stay_numbers() -> None:
    assert [neutral(each) for each in (-1, -1.5, None, True)] == [-1, -1.5, None, True]


def test_a_name_in_the_list_of_phones_is_no_formula_and_its_place_stays() -> None:
    row = ("n", "=1+1", "1", "-35.1 38.2 0 0", "cha", "A1", "#1", "2", "#2")
    (_, told) = csv.reader(io.StringIO(_written([row]).csv.decode()))
    assert told == ["n", "'=1+1", *row[2:]]
