"""Offices further along than ground has them: not yet opened, with a report, with a heap."""

from __future__ import annotations

from pathlib import Path

from rafiqa.land import ResidentReported
from rafiqa.recovery import RubbleLotRegistered
from rafiqa.service import Office, open_office, register_rubble_lot, report_hazard
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import ENGINEER, ORIGIN, RESIDENT, Clock, Draws


def office_for(stage: str, at_stage: OfficeAt, path: Path) -> Office:
    """An office on disk as far as an act of ``ACTS`` needs it."""
    if stage == "bare":
        return open_office(str(path), now_us=Clock(), entropy=Draws(), create=True)
    office = at_stage("site" if stage in {"told", "heap"} else stage)
    if stage == "told":
        assert report_hazard(office, RESIDENT, ResidentReported("S1", ORIGIN, "eo_seen")).done
    if stage == "heap":
        assert register_rubble_lot(office, ENGINEER, RubbleLotRegistered("H1", "Heap", ORIGIN)).done
    return office
