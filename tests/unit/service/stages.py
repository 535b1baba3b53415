"""Offices further along than ground has them: not yet opened, with a report, with a heap."""

from __future__ import annotations

from pathlib import Path

from rafiqa.land import LotInspected, NonconformityRaised, ResidentReported
from rafiqa.ledger import DeviceEnrolled
from rafiqa.recovery import RubbleLotRegistered
from rafiqa.service import (
    Office,
    Sent,
    enrol_device,
    inspect_lot,
    issue_certificate,
    open_office,
    raise_nonconformity,
    receive,
    register_rubble_lot,
    report_hazard,
)
from tests.unit.service.certifying import papers_keys
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.field import filled_form
from tests.unit.service.ground import (
    ENGINEER,
    FIRST,
    INSPECTOR,
    ORIGIN,
    RESIDENT,
    START_US,
    SURVEYOR,
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
        "sent": "site",
        "enrolled": "site",
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
    if stage == "sent":
        assert receive(office, SURVEYOR, Sent(filled_form("uuid:1"))).acted.done
    if stage == "enrolled":
        device = DeviceEnrolled("phone-1", "0" * 64, "surveyor-1", "mine-office", "surveyor")
        assert enrol_device(office, FIRST, device).done
    if stage == "heap":
        assert register_rubble_lot(office, ENGINEER, RubbleLotRegistered("H1", "Heap", ORIGIN)).done
    return office
