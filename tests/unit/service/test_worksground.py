"""Works over time: registered anew, under one id, on other ground; finds without a place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rafiqa.land import Actor, LandReopened
from rafiqa.recovery import (
    ChanceFindAnswered,
    ChanceFound,
    ProjectRegistered,
    RightsClaimed,
    RubbleLotMoved,
    RubbleLotRegistered,
    SheetStated,
    UtilitiesNoted,
    WorksClosed,
)
from rafiqa.service import (
    Acted,
    Office,
    Stamp,
    gate_of,
    issue_certificate,
    move_rubble_lot,
    project_of,
    put_on_record,
    register_project,
    register_rubble_lot,
    told_paper,
)
from tests.unit.service.certifying import papers_keys
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import ENGINEER, FIRST, OPERATOR, ORIGIN, square

HOUR_US = 3_600_000_000
INFORMATION = Actor("ida", "office", "information")
SCHOOL = ProjectRegistered("J1", "School", "school", square(10, 10, 20), 20)
CUT = UtilitiesNoted("J1", "cut", "none", "cut", "no")
LOT = RubbleLotRegistered("H1", "Heap", ORIGIN, square(10, 10, 20), 40)


def done(acted: Acted) -> Acted:
    assert acted.done, acted.reasons
    return acted


def codes(office: Office, works_id: str, outcome: str = "closed") -> list[str]:
    answer = gate_of(office, project_of(office, works_id))
    return [gate.code for gate in answer.gates if gate.outcome == outcome]


def reasons(acted: Acted) -> list[str]:
    return [reason.code for reason in acted.reasons]


# --- registered anew


def test_a_stop_is_lifted_by_moving_the_lot_on_and_not_by_registering_it_anew(
    at_stage: OfficeAt,
) -> None:
    office = at_stage("released")
    done(register_rubble_lot(office, ENGINEER, LOT))
    done(move_rubble_lot(office, ENGINEER, RubbleLotMoved("H1", "stopped")))
    done(register_rubble_lot(office, ENGINEER, replace(LOT, volume_m3=50)))
    assert codes(office, "H1") == ["gate.rubble.stopped"]
    done(move_rubble_lot(office, ENGINEER, RubbleLotMoved("H1", "removing")))
    assert codes(office, "H1") == []


def test_a_project_and_a_lot_share_no_id(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    done(register_rubble_lot(office, ENGINEER, LOT))
    done(register_project(office, ENGINEER, SCHOOL))
    taken = [
        register_project(office, ENGINEER, replace(SCHOOL, project_id="H1")),
        register_rubble_lot(office, ENGINEER, replace(LOT, lot_id="J1")),
    ]
    assert [reasons(acted) for acted in taken] == [["service.works.id-taken"]] * 2


def test_what_a_sheet_leaves_out_takes_no_protection_and_no_doubt_back(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    stated = SheetStated(hlp_status="disputed", hazmat=("fuel",))
    hall = replace(SCHOOL, kind="demolition", protected="memorial", stated=stated)
    done(register_project(office, ENGINEER, hall))
    before = codes(office, "J1")
    assert "gate.registration.protected" in before
    bare = replace(hall, protected=None, stated=None, owner="municipality")
    done(register_project(office, ENGINEER, bare))
    assert codes(office, "J1") == before
    assert project_of(office, "J1").owner == "municipality"
    said = replace(bare, protected="none", stated=SheetStated(hlp_status="clear"))
    done(register_project(office, ENGINEER, said))
    assert codes(office, "J1") == ["gate.materials.no-plan"]


def test_what_a_newer_sheet_says_an_older_paper_does_not_answer(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    done(register_project(office, ENGINEER, SCHOOL))
    done(put_on_record(office, ENGINEER, CUT))
    live = replace(SCHOOL, stated=SheetStated(power="live"))
    done(register_project(office, ENGINEER, live))
    assert "gate.utilities.live" in codes(office, "J1")
    done(put_on_record(office, ENGINEER, CUT))
    assert "gate.utilities.live" not in codes(office, "J1")


def test_a_paper_told_late_is_of_the_ground_of_its_own_day(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    done(register_project(office, ENGINEER, SCHOOL))
    noted_us = office.now_us()
    done(register_project(office, ENGINEER, replace(SCHOOL, shape=square(10, 10, 40))))
    done(put_on_record(office, ENGINEER, CUT, Stamp(noted_us)))
    assert "gate.paper.other-ground" in codes(office, "J1", "conditions")
    assert "gate.utilities.cut" not in codes(office, "J1", "open")


def test_papers_of_the_ground_that_works_had_open_nothing_on_other_ground(
    at_stage: OfficeAt,
) -> None:
    office = at_stage("released")
    done(register_project(office, ENGINEER, SCHOOL))
    done(put_on_record(office, ENGINEER, CUT))
    assert "gate.utilities.cut" in codes(office, "J1", "open")
    done(register_project(office, ENGINEER, replace(SCHOOL, shape=square(12, 12, 5))))
    assert "gate.utilities.cut" in codes(office, "J1", "open")
    done(register_project(office, ENGINEER, replace(SCHOOL, shape=square(12, 12, 40))))
    assert "gate.paper.other-ground" in codes(office, "J1", "conditions")
    done(put_on_record(office, ENGINEER, CUT))
    assert "gate.utilities.cut" in codes(office, "J1", "open")


def test_works_are_closed_by_the_certificate_of_their_own_ground(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    apart = replace(SCHOOL, project_id="J2", shape=square(5_000, 5_000, 20))
    for each in (SCHOOL, apart):
        done(register_project(office, ENGINEER, each))
    done(issue_certificate(office, papers_keys(), FIRST, "release", "A1").acted)
    (number,) = office.register().certificates
    for works_id in ("J1", "J2"):
        closed = WorksClosed(works_id, "2026-03-01", number, "2026-03-02", "school board")
        done(put_on_record(office, ENGINEER, closed))
    assert "gate.closing.complete" in codes(office, "J1", "open")
    assert codes(office, "J2") == ["gate.closing.certificate-elsewhere"]


# --- finds


@pytest.mark.parametrize("lay_in", ["ground", "surface", "unknown"])
def test_a_find_of_which_nobody_said_where_reopens_all_ground_of_the_works(
    at_stage: OfficeAt, lay_in: str
) -> None:
    office = at_stage("released")
    done(register_project(office, ENGINEER, SCHOOL))
    acted = done(put_on_record(office, ENGINEER, ChanceFound("J1", "F1", lay_in)))
    assert [each.code for each in acted.warnings] == ["service.site.find-no-place"]
    reopened = office.facts()[-1].fact
    assert isinstance(reopened, LandReopened)
    assert SCHOOL.shape is not None
    assert reopened.shape.area2_mm2 == SCHOOL.shape.area2_mm2
    done(put_on_record(office, OPERATOR, ChanceFindAnswered("J1", "F1", True, "taken away")))
    assert codes(office, "J1") == ["gate.area.hazard", "gate.reopening.reopened"]


def test_a_find_in_rubble_without_a_place_stops_the_works_alone(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    done(register_project(office, ENGINEER, SCHOOL))
    done(put_on_record(office, ENGINEER, ChanceFound("J1", "F1", "rubble")))
    assert codes(office, "J1") == ["gate.rubble.find-open"]


def test_a_find_by_a_clock_that_runs_ahead_stops_the_works_now(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    done(register_project(office, ENGINEER, SCHOOL))
    ahead = Stamp(office.now_us() + 30 * HOUR_US, "find-1")
    done(put_on_record(office, ENGINEER, ChanceFound("J1", "F1", "rubble"), ahead))
    assert codes(office, "J1") == ["gate.rubble.find-open"]
    assert done(put_on_record(office, ENGINEER, ChanceFound("J1", "F1", "rubble"), ahead)).already


def test_a_find_of_works_that_nobody_knows_is_told(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    acted = done(put_on_record(office, ENGINEER, ChanceFound("J-typo", "F1", "ground")))
    assert "service.site.find-of-nobody" in [each.code for each in acted.warnings]


def test_an_answer_from_before_the_find_is_refused(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    done(register_project(office, ENGINEER, SCHOOL))
    done(put_on_record(office, ENGINEER, ChanceFound("J1", "F1", "rubble")))
    before = Stamp(office.now_us() - 24 * HOUR_US)
    note = ChanceFindAnswered("J1", "F1", True, "taken away")
    assert reasons(put_on_record(office, OPERATOR, note, before)) == [
        "service.site.answer-before-find"
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ("unknown", "unknown", None)),
        ({"works_id": "J1", "find_id": "F1", "lay_in": "in a wall"}, ("J1", "unknown", None)),
        (
            {"works_id": "J1", "lay_in": "ground", "category": "odd thing"},
            ("J1", "ground", None),
        ),
        ({"works_id": "J1", "lay_in": "ground", "lon_deg": 38.5}, ("J1", "ground", None)),
        ({"works_id": 5, "lay_in": ["ground"], "lat_deg": "north"}, ("5", "unknown", None)),
    ],
)
def test_a_find_is_read_whatever_of_it_cannot_be(values: Any, expected: tuple[Any, ...]) -> None:
    told = told_paper("chance_find", values)
    assert isinstance(told.fact, ChanceFound)
    assert (told.fact.works_id, told.fact.lay_in, told.fact.spot) == expected
    assert told.fact == told_paper("chance_find", dict(values)).fact
    for name in ("category", "lon_deg", "lat_deg"):
        if name in values:
            assert f"[{name}={values[name]}]" in (told.fact.note or "")


# --- claims


def test_who_does_not_check_rights_settles_no_claim(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    done(register_project(office, ENGINEER, SCHOOL))
    claim = RightsClaimed("J1", "K1", "title", "disputed", "no")
    done(put_on_record(office, INFORMATION, claim))
    settled = replace(claim, hlp_status="clear")
    assert reasons(put_on_record(office, INFORMATION, settled)) == ["service.site.claim-settled-by"]
    assert "gate.rights.disputed" in codes(office, "J1")
    done(put_on_record(office, ENGINEER, settled))
    assert "gate.rights.disputed" not in codes(office, "J1")
