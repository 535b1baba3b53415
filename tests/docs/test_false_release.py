"""Every attempt at a false release that the page tells of is made by a test."""

from __future__ import annotations

from rafiqa.land import ROLES
from rafiqa.service.permitdocument import permit_document
from tests.docs.page import ROOT
from tests.docs.test_safety import GUARD, guards_in

TEXT = (ROOT / "docs" / "explanation" / "false-release.md").read_text(encoding="utf-8")


def test_each_attempt_has_a_test_that_makes_it():
    rows = [line for line in TEXT.split("## What")[0].splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 45
    for row in rows:
        named = GUARD.findall(row)
        assert named, row
        for file, name in named:
            assert name in guards_in(ROOT / file), f"{file}::{name}"


def test_each_attempt_of_the_tests_is_told_of():
    for file in ("test_false_release.py", "test_false_release_forms.py"):
        made = guards_in(ROOT / "tests" / "unit" / "api" / file)
        assert made
        assert {name for name in made if f"::{name}`" not in TEXT} == set()


def test_every_role_has_an_attempt_of_its_own():
    begun = [line[2:].partition(" |")[0] for line in TEXT.splitlines() if line.startswith("| ")]
    for role in ROLES:
        assert [who for who in begun if who.startswith(f"{role}, ")], role


def test_every_door_has_an_attempt():
    doors: tuple[str, ...] = (
        "desk",
        "import",
        "pen",
        "phone's key",
        "Central",
        "OpenRosa or PUT",
        "bundle",
    )
    doors += ("desk study", "backups", "moves a store", "certificate", "status list", "notebook")
    doors += ("published folder", "published log", "QGIS", "desk's login", "reader's login")
    begun = [line[2:].partition(" |")[0] for line in TEXT.splitlines() if line.startswith("| ")]
    for door in doors:
        assert [who for who in begun if door in who], door


def test_the_table_of_the_reference_is_the_table():
    page = ROOT / "docs" / "reference" / "authorisation.md"
    assert page.read_text(encoding="utf-8") == permit_document()
