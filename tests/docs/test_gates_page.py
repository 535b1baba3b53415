"""The page of gates says what the tables say."""

from __future__ import annotations

import re

from rafiqa.recovery import CHAIN, QUESTIONS
from rafiqa.service import PERMITS, SITE_RECORDS
from tests.docs.page import ROOT

PAGE = (ROOT / "docs" / "reference" / "gates.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_gate_has_its_row_in_order() -> None:
    assert [row[0].split()[0] for row in rows("Which gates are asked")] == list(CHAIN)


def test_every_paper_has_its_act_and_roles() -> None:
    told = {row[0]: (row[1], row[2]) for row in rows("Papers and who may record them")}
    assert told == {
        kind: (act, ", ".join(sorted(PERMITS[act]))) for kind, (_, act) in SITE_RECORDS.items()
    }


def test_every_question_has_its_weight() -> None:
    assert {row[0]: row[1] for row in rows("The rating")} == QUESTIONS


def test_every_paper_that_a_gate_rests_on_is_a_paper() -> None:
    named = {
        name
        for row in rows("Which gates are asked")
        for name in re.findall(r"[a-z]+_[a-z]+", row[2])
    }
    assert named <= set(SITE_RECORDS)
    assert set(SITE_RECORDS) - named == {"works_picture"}
