"""Offices further along than ground has them: not yet opened, with a report, with a heap."""

from __future__ import annotations

from pathlib import Path

from rafiqa.land import LotInspected, NonconformityRaised, ReportAnswered, ResidentReported
from rafiqa.recovery import ChanceFound, ResidentAsked, RubbleLotRegistered
from rafiqa.service import (
    Office,
    Stamp,
    answer_report,
    ask_office,
    inspect_lot,
    issue_certificate,
    open_office,
    put_on_record,
    raise_nonconformity,
    register_rubble_lot,
    report_hazard,
)
from tests.unit.service.certifying import papers_keys
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import (
    ENGINEER,
    FIRST,
    INSPECTOR,
    ORIGIN,
    RESIDENT,
    START_US,
    Clock,
    Draws,
)


def office_for(stage: str, at_stage: OfficeAt, path: Path) -> Office:
    """An office on disk as far as an act of ``ACTS`` needs it."""
    if stage == "bare":
        return open_office(str(path), now_us=Clock(), entropy=Draws(), create=True)
    before = {
        "certified": "released",
        "told": "site",
        "heap": "site",
        "found": "site",
        "faulted": "work",
        "lot failed": "work",
    }
    office = at_stage(before.get(stage, stage))
    if stage == "certified":
        issued = issue_certificate(office, papers_keys(), FIRST, "release", "A1")
        assert issued.acted.done
    if stage == "faulted":
        raised = NonconformityRaised("N1", "clearance-co", "major", "depth", "short", "W1")
        assert raise_nonconformity(office, INSPECTOR, raised).done
    if stage == "lot failed":
        failed = LotInspected(
            "L1",
            "quality-board",
            False,
            START_US,
            START_US,
            ("P1",),
            inspected_id="clearance-co",
        )
        assert inspect_lot(office, INSPECTOR, failed).done
    if stage == "told":
        assert report_hazard(office, RESIDENT, ResidentReported("S1", ORIGIN, "eo_seen")).done
        answer = ReportAnswered("S1", "marked")
        assert answer_report(office, FIRST, answer, Stamp(entry_id="answer-1")).done
        assert ask_office(office, RESIDENT, ResidentAsked("Q1", "survey", ORIGIN)).done
    if stage in {"heap", "found"}:
        assert register_rubble_lot(office, ENGINEER, RubbleLotRegistered("H1", "Heap", ORIGIN)).done
    if stage == "found":
        assert put_on_record(office, ENGINEER, ChanceFound("H1", "F1", "rubble")).done
    return office
