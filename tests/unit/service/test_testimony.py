"""Whose word counts for where hazard is judged to be: not that of work that failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from rafiqa.land import (
    Actor,
    Finding,
    Recorded,
    RecordWithdrawn,
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.risk.testimony import Voiced, voices
from rafiqa.service import Office, inspect_work, report_work
from tests.city import INSPECTOR, OPERATOR, box
from tests.unit.service.publiccity import own_city


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return own_city(tmp_path)[0]


def against(office: Office) -> set[str]:
    """The parts that speak against hazard."""
    return {each.said.source_id for each in heard(office) if each.said.speaks == "against"}


def heard(office: Office, *more: Recorded) -> list[Voiced]:
    facts = [*office.facts(), *more]
    return voices(facts, office.book().register, office.frame, office.now_us())


def worked(office: Office, number: int, *, depth_from_cm: int | None = None) -> None:
    part = WorkedPart(
        f"Q{number}", "cleared", box(70, 0, 80, 10), "manual", 30, depth_from_cm=depth_from_cm
    )
    assert report_work(office, OPERATOR, WorkReported(f"V{number}", "H1", "deminers", (part,))).done


def test_work_that_failed_its_inspection_speaks_against_nothing(office: Office) -> None:
    # The small city's second work failed, the others passed.
    assert against(office) == {"P1", "P3", "P4"}
    worked(office, 1)
    assert "Q1" in against(office)
    failed = WorkInspected("I-V1", "V1", "quality", False, findings=(Finding("critical", "left"),))
    assert inspect_work(office, INSPECTOR, failed).done
    assert "Q1" not in against(office)


def test_work_that_began_below_the_surface_says_nothing_of_it(office: Office) -> None:
    worked(office, 1, depth_from_cm=10)
    assert "Q1" not in against(office)


def test_a_withdrawal_without_effect_silences_nobody(office: Office) -> None:
    (seen,) = [each for each in heard(office) if each.said.source_id == "E1"]
    nobody = Actor("p-9", "somebody", "operator")
    fact = RecordWithdrawn(seen.said.version, "", "evidence", "E1", "mine", nobody)
    last = office.facts()[-1]
    taken_back = Recorded(
        seq=last.seq + 1,
        entry_id="01J0000000000000000000000X",
        recorded_at_us=last.recorded_at_us + 1,
        valid_at_us=last.recorded_at_us,
        actor=nobody,
        fact=fact,
    )
    assert [each for each in heard(office, taken_back) if each.said.source_id == "E1"] == [seen]
