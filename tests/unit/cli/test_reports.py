"""``rafiqa reports``: danger first, duplicates proposed, an answer, and that it was told."""

from __future__ import annotations

from pathlib import Path

import pytest

from rafiqa.geo import Spot
from rafiqa.land import ResidentReported
from rafiqa.recovery import ResidentAsked
from rafiqa.service import ask_office, report_hazard
from rafiqa.service.opening import open_office
from rafiqa.service.resident import ANYBODY
from tests.unit.cli.conftest import ORIGIN, Run
from tests.unit.service.ground import Clock, Draws

HERE = Spot.of(38.55, 34.9)


@pytest.fixture
def store(run: Run, tmp_path: Path) -> Path:
    made = tmp_path / "a"
    run("new", made, "--name", "Old Town", *ORIGIN)
    clock = Clock()
    office = open_office(str(made), now_us=clock, entropy=Draws())
    asked = ResidentAsked("Q1", "clearance", HERE, text="our \x1b[2Jfield")
    assert ask_office(office, ANYBODY, asked).done
    for number, triage in enumerate(("soon", "untriaged", "immediate"), 1):
        seen = ResidentReported(f"R{number}", HERE, "mine", triage=triage)
        assert report_hazard(office, ANYBODY, seen).done
    office.store.close()
    return made


def test_what_waits_is_listed_by_urgency_answered_and_told(run: Run, store: Path) -> None:
    ran = run("reports", store, "--json")
    assert (ran.status, ran.answer["waiting"]) == (0, 4)
    assert [row["id"] for row in ran.answer["reports"]] == ["R3", "R2", "R1", "Q1"]
    assert ran.answer["reports"][0]["likely_same"] == ["R1", "R2"]
    assert "\x1b" not in run("reports", store).out
    assert "immediate" in run("reports", store).out.lower()
    wrong = run("reports", store, "--answer", "Q1", "--outcome", "item_removed", "--json")
    assert (wrong.status, wrong.codes) == (1, ["service.code.unknown"])
    early = run("reports", store, "--told", "R3", "--json")
    assert (early.status, early.codes) == (1, ["service.report.unanswered"])
    bare = run("reports", store, "--answer", "R3", "--json")
    assert (bare.status, bare.codes) == (1, ["cli.reports.outcome-missing"])
    words = ("--text", "A team took it away.", "--note", "T-14")
    done = run("reports", store, "--answer", "R3", "--outcome", "item_removed", *words, "--json")
    assert done.status == 0
    assert len(done.answer["entries"]["answered"]) == 1
    assert run("reports", store, "--answer", "Q1", "--outcome", "planned").status == 0
    rest = run("reports", store, "--json").answer
    assert (rest["waiting"], [row["id"] for row in rest["reports"]]) == (2, ["R2", "R1"])
    assert run("reports", store, "--told", "R3", "--channel", "in_person").status == 0
    (told,) = [
        row for row in run("reports", store, "--all", "--json").answer["reports"] if row["told_at"]
    ]
    assert (told["id"], told["outcome"]) == ("R3", "item_removed")


def test_who_may_not_see_or_answer_hears_so(run: Run, store: Path) -> None:
    for option, role in (((), "resident"), (("--answer", "R1", "--outcome", "marked"), "planner")):
        ran = run("reports", store, *option, "--role", role, "--json")
        assert (ran.status, ran.codes) == (1, ["service.permit.denied"])
