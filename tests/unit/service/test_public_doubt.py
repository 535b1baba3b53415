"""What everybody is told leaves out no danger: land in doubt, the edge of a square, a full map."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rafiqa.land import Actor, AreaRecorded, EvidenceRecorded, ReportAnswered, ResidentReported
from rafiqa.recovery import ChanceFound
from rafiqa.service import (
    AsOf,
    AssetShelf,
    answer_report,
    declare_area,
    put_on_record,
    record_evidence,
    report_hazard,
)
from rafiqa.service.neighbourhood import cell_at
from rafiqa.service.public import in_doubt, public_state
from rafiqa.service.publicfiles import Doors, public_files_of, sheet_places
from rafiqa.wire.publicart import MOST_OUTLINES, map_svg
from rafiqa.wire.publicsheet import DangerSheet, sheet_paper
from tests.city import DAY_US, FIRST, RESIDENT, box, spot
from tests.unit.service.publiccity import own_city
from tests.unit.service.test_public import Made, ground_mm, told

ENGINEER = Actor("canary-person-engineer", "municipality", "engineer")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    office, clock = own_city(tmp_path)
    yield office, clock
    office.store.close()


@pytest.mark.parametrize("kind", ["evidence", "report", "inexact", "find"])
def test_released_land_that_a_newer_sign_speaks_against_is_told_as_ground_to_keep_off(
    made: Made, kind: str
) -> None:
    """The whole piece is in doubt, so nobody reads out of the map where the sign was."""
    office, clock = made
    before = told(office)
    if kind == "report":
        seen = ResidentReported("S9", spot(office, 20, 20), "mine")
        assert report_hazard(office, RESIDENT, seen).done
    elif kind == "find":
        found = ChanceFound("J-open", "F1", "rubble", spot(office, 6, 12))
        assert put_on_record(office, ENGINEER, found).done
    elif kind == "evidence":
        record = EvidenceRecorded("E9", "eo_seen", "visual", spot(office, 20, 20))
        assert record_evidence(office, FIRST, record).done
    else:
        at = spot(office, -5, 20)
        assert record_evidence(
            office, FIRST, EvidenceRecorded("E9", "eo_seen", "visual", at, accuracy_m=Decimal(10))
        ).done
    after = told(office)
    doubted = [row for row in after["danger"] if row["status"] == "in_doubt"]
    lost = [row for row in before["released"] if row not in after["released"]]
    assert doubted
    assert lost
    assert ground_mm(office, doubted).buffer(1).covers(ground_mm(office, lost))
    assert all(row["since_on"] <= lost[0]["released_on"] for row in doubted)
    if kind == "report":
        assert in_doubt(office.book(), clock.at_us)
        assert answer_report(office, FIRST, ReportAnswered("S9", "nothing_found")).done
        assert told(office) == before


def test_danger_is_told_in_every_square_that_it_reaches_into(made: Made) -> None:
    """Who looks up their own square must find what lies in it, and a sheet to hang up."""
    office, _ = made
    wide = box(3_000, 3_000, 7_000, 3_050)
    seen = EvidenceRecorded("E9", "eo_seen", "visual", spot(office, 3_010, 3_010), area_id="H9")
    assert record_evidence(office, FIRST, seen).done
    assert declare_area(office, FIRST, AreaRecorded("H9", "sha", wide, None, ("E9",))).done
    state = public_state(office, AssetShelf())
    row = max(state.files["danger"], key=lambda each: each["area_m2"])
    ends = [
        cell_at(at.lon_deg, at.lat_deg)
        for at in (spot(office, 3_010, 3_025), spot(office, 6_990, 3_025))
    ]
    assert {each.ref for each in ends} <= set(row["places"])
    assert {each.ref for each in ends} <= set(sheet_places(state))
    assert len(row["places"]) >= 3


def test_the_small_map_leaves_out_no_danger_however_much_is_on_record() -> None:
    def row(at: int) -> dict[str, Any]:
        lon, lat = 38_000_000 + at % 60 * 900, 35_000_000 + at // 60 * 900
        ring = [[lon, lat], [lon + 300 + at % 7, lat], [lon, lat + 300]]
        return {"class": "sha", "area_m2": 400 + at % 7, "outline": [[ring]]}

    count = MOST_OUTLINES + 500
    svg = map_svg([row(at) for at in range(count)], [], [], (38.0, 35.0))
    assert svg.count('fill="url(#sha)"') == count


def test_a_state_of_an_earlier_day_is_told_to_be_as_old_as_that_day(made: Made) -> None:
    """Land reopened since is released in it: nobody takes it for what is known today."""
    office, clock = made
    state = public_state(office, AssetShelf(), AsOf(clock.at_us - 20 * DAY_US))
    assert state.about["as_of"] < state.about["known_at"]
    page = public_files_of(state, {}, Doors())["en.html"].decode()
    assert f'data-known="{state.about["as_of"]}"' in page
    assert state.about["known_at"] not in page
    (ref, *_) = sheet_places(state)
    sheet = DangerSheet(state.about, state.names[ref], [], [], [], ("en", "ar"), None)
    paper = sheet_paper(sheet)
    assert state.about["as_of"][:10] in paper["age"]["en"]
    assert state.about["as_of"][:16] in paper["foot"]
