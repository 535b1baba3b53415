"""Offices further along than ground has them: not yet opened, with a report, with a heap."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rafiqa.land import (
    AccidentRecorded,
    LandReopened,
    LotInspected,
    NonconformityRaised,
    ReportAnswered,
    ResidentReported,
)
from rafiqa.ledger import DeviceEnrolled
from rafiqa.recovery import (
    AreaNoticeWritten,
    ChanceFound,
    LayerRegistered,
    Party,
    PermitIssued,
    ProjectRegistered,
    ResidentAsked,
    RubbleLotRegistered,
)
from rafiqa.service import (
    AssetShelf,
    Office,
    Sent,
    Stamp,
    answer_report,
    ask_office,
    enrol_device,
    inspect_lot,
    issue_certificate,
    issue_permit,
    open_office,
    put_on_record,
    raise_nonconformity,
    receive,
    record_accident,
    register_layer,
    register_project,
    register_rubble_lot,
    reopen_land,
    report_hazard,
    write_notice,
)
from tests.unit.service.certifying import papers_keys
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.field import filled_form
from tests.unit.service.ground import (
    ENGINEER,
    FIRST,
    INFORMATION,
    INSPECTOR,
    ORIGIN,
    RESIDENT,
    START_US,
    SURVEYOR,
    Clock,
    Draws,
    square,
)

SQUARE = "cell:3595:1950"
DAY_US = 86_400_000_000


def office_for(stage: str, at_stage: OfficeAt, path: Path) -> Office:
    """An office on disk as far as an act of ``ACTS`` needs it."""
    if stage == "bare":
        return open_office(str(path), now_us=Clock(), entropy=Draws(), create=True)
    before = {
        "certified": "released",
        "told": "site",
        "heap": "site",
        "sent": "site",
        "enrolled": "site",
        "built": "site",
        "hit": "site",
        "found": "site",
        "noticed": "site",
        "faulted": "work",
        "lot failed": "work",
        "planned": "released",
        "permitted": "released",
        "stopped": "released",
    }
    office = at_stage(before.get(stage, stage))
    if stage == "certified":
        issued = issue_certificate(office, papers_keys(), FIRST, "release", "A1")
        assert issued.acted.done
    if stage in {"planned", "permitted", "stopped"}:
        project = ProjectRegistered("J9", "School", "school", square(10, 10, 20), 20)
        assert register_project(office, ENGINEER, project).done
    if stage in {"permitted", "stopped"}:
        told = (Party("crew_lead", "builders"),)
        permit = PermitIssued("M1", "J9", "", "municipality", told)
        assert issue_permit(office, ENGINEER, permit).done
    if stage == "stopped":
        assert reopen_land(office, FIRST, LandReopened("O9", square(), "missed_item")).done
    if stage == "noticed":
        noticed = AreaNoticeWritten("N1", "works", SQUARE, START_US, START_US + 170 * DAY_US)
        assert write_notice(office, INFORMATION, noticed, AssetShelf()).done
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
    if stage == "sent":
        assert receive(office, SURVEYOR, Sent(filled_form("uuid:1"))).acted.done
    if stage == "enrolled":
        device = DeviceEnrolled("phone-1", "0" * 64, "surveyor-1", "mine-office", "surveyor")
        assert enrol_device(office, FIRST, device).done
    if stage in {"heap", "found"}:
        assert register_rubble_lot(office, ENGINEER, RubbleLotRegistered("H1", "Heap", ORIGIN)).done
        there = np.array([office.frame.to_lonlat(square(500, 500)).geometry], dtype=object)
        named = {"organisation_id": [ENGINEER.organisation_id], "protected": ["memorial"]}
        site = LayerRegistered("sites", "protected-sites", "", 0)
        assert register_layer(office, ENGINEER, site, (["S1"], there, named)).done
    if stage == "built":
        shapes = np.array([office.frame.to_lonlat(square()).geometry], dtype=object)
        rows = (["b1"], shapes, {"kind": ["house"]})
        layer = LayerRegistered("homes", "buildings", "", 0)
        assert register_layer(office, ENGINEER, layer, rows).done
    if stage == "hit":
        assert record_accident(office, FIRST, AccidentRecorded("X1", "ordnance", ORIGIN)).done
    if stage == "found":
        assert put_on_record(office, ENGINEER, ChanceFound("H1", "F1", "rubble")).done
    return office
