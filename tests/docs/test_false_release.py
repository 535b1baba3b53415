"""Every attempt at a false release that the page tells of is made by a test."""

from __future__ import annotations

from rafiqa.service.permitdocument import permit_document
from tests.docs.page import ROOT
from tests.docs.test_safety import GUARD, guards_in

TEXT = (ROOT / "docs" / "explanation" / "false-release.md").read_text(encoding="utf-8")


def test_each_attempt_has_a_test_that_makes_it():
    rows = [line for line in TEXT.split("## What")[0].splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 20
    for row in rows:
        named = GUARD.findall(row)
        assert named, row
        for file, name in named:
            assert name in guards_in(ROOT / file), f"{file}::{name}"


def test_each_attempt_of_the_tests_is_told_of():
    made = guards_in(ROOT / "tests" / "unit" / "api" / "test_false_release.py")
    assert {name for name in made if f"::{name}`" not in TEXT} == set()


def test_the_table_of_the_reference_is_the_table():
    page = ROOT / "docs" / "reference" / "authorisation.md"
    assert page.read_text(encoding="utf-8") == permit_document()
