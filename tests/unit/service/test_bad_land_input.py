"""Bad input about land, case by case: every reason at once, with codes, and the state unchanged.

What may be lost by a refusal, a report of danger, is never refused for its form; it is taken
with a warning. The cases are those that a person who reviews reports has seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import shapely

from rafiqa.geo import GridShape
from rafiqa.land import (
    AccidentRecorded,
    BoundaryCorrected,
    EvidenceAnswer,
    LandReopened,
    ReleaseAccepted,
    ReleaseProposed,
    ResidentReported,
    StageMoved,
    TaskOrdered,
    WorkedPart,
    WorkReported,
)
from rafiqa.service import (
    Acted,
    Office,
    Stamp,
    accept_release,
    correct_boundary,
    declare_area,
    inspect_work,
    move_task,
    order_work,
    propose_release,
    record_accident,
    record_evidence,
    reopen_land,
    report_hazard,
    report_work,
)
from rafiqa.service.dating import AHEAD_US
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import (
    DAY_US,
    FIRST,
    INSPECTOR,
    OPERATOR,
    ORIGIN,
    RESIDENT,
    SECOND,
    START_US,
    SURVEYOR,
    area,
    evidence,
    inspection,
    square,
    state_at,
    work,
)

Try = Callable[[Office], Acted]
LATE = Stamp(valid_at_us=START_US + 400 * DAY_US)
FUTURE = "service.date.future"


def task(task_id: str, shape: GridShape | None) -> TaskOrdered:
    return TaskOrdered(task_id, "A1", OPERATOR.organisation_id, ("manual",), 30, shape)


def parts(*given: WorkedPart) -> WorkReported:
    return replace(work(), parts=given)


def one(part_id: str, outcome: str, shape: GridShape, **more: object) -> WorkedPart:
    base = WorkedPart(part_id, "cleared", shape, "manual")
    return replace(base, outcome=outcome, **more)  # type: ignore[arg-type]


def two_tasks(office: Office) -> Acted:
    assert order_work(office, FIRST, task("T2", square(0, 0, 50))).done
    return order_work(office, FIRST, task("T3", square(40, 40, 30)))


REFUSED: list[tuple[str, str, Try, list[str]]] = [
    ("tasks that overlap one another", "area", two_tasks, ["land.task.overlap"]),
    (
        "a task without ground and one outside its area, dug upwards",
        "area",
        lambda o: order_work(o, FIRST, replace(task("T2", square(90)), depth_cm=-1)),
        ["land.task.depth-negative", "land.task.outside-area"],
    ),
    (
        "a task on no ground",
        "area",
        lambda o: order_work(o, FIRST, task("T2", GridShape.empty())),
        ["land.task.empty"],
    ),
    (
        "parts that overlap one another and lie outside their area",
        "task",
        lambda o: report_work(
            o,
            OPERATOR,
            parts(
                one("P1", "cleared", square(0, 0, 60), depth_cm=30),
                one("P2", "cleared", square(50, 0, 60), depth_cm=30),
            ),
        ),
        ["land.part.outside-area", "land.part.overlap"],
    ),
    (
        "a depth without clearance, an answer without how, clearance without a depth",
        "task",
        lambda o: report_work(
            o,
            OPERATOR,
            parts(
                one(
                    "P1",
                    "reduced",
                    square(0, 0, 50),
                    method="ts_systematic",
                    depth_cm=30,
                    evidence_answered=("E1", "E2"),
                    answers=(EvidenceAnswer("E2", "searched"),),
                ),
                one("P2", "cleared", square(50, 0, 50)),
            ),
        ),
        [
            "land.part.depth-missing",
            "land.part.depth-without-clearance",
            "land.part.answer-missing",
        ],
    ),
    (
        "a release of a whole with a part unaccounted for",
        "released",
        lambda o: move_task(o, FIRST, StageMoved("T1", "released")),
        ["land.stage.no-such-move"],
    ),
    (
        "facts out of order: an acceptance of what nobody has proposed yet",
        "inspected",
        lambda o: accept_release(o, SECOND, ReleaseAccepted("R1")),
        ["land.release.unknown"],
    ),
    (
        "facts out of order: a proposal of work that nobody has inspected yet",
        "work",
        lambda o: propose_release(o, FIRST, ReleaseProposed("R1", "W1", ("P1",))),
        ["land.release.not-inspected"],
    ),
    (
        "an inspection of work that is not on record",
        "task",
        lambda o: inspect_work(o, INSPECTOR, inspection()),
        ["land.work.unknown"],
    ),
    (
        "an area true next year",
        "evidence",
        lambda o: declare_area(o, SURVEYOR, area(), LATE),
        [FUTURE],
    ),
    (
        "work true next year, without a depth: both are told",
        "task",
        lambda o: report_work(o, OPERATOR, work(depth_cm=None), LATE),
        ["land.part.depth-missing", FUTURE],
    ),
    (
        "a release accepted next year",
        "proposed",
        lambda o: accept_release(o, SECOND, ReleaseAccepted("R1"), LATE),
        [FUTURE],
    ),
    (
        "an outline corrected next year",
        "area",
        lambda o: correct_boundary(
            o, FIRST, BoundaryCorrected("A1", square(0, 0, 90), "drawn anew", SECOND), LATE
        ),
        [FUTURE],
    ),
    (
        "an area that reaches into another site's frame",
        "evidence",
        lambda o: declare_area(o, SURVEYOR, area("A2", square(49_990, 0, 100))),
        ["land.area.too-far"],
    ),
]


@pytest.mark.parametrize(
    ("stage", "act", "expected"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_bad_input_is_refused_with_every_reason_and_changes_nothing(
    at_stage: OfficeAt, stage: str, act: Try, expected: list[str]
) -> None:
    office = at_stage(stage)
    places = [(x, y) for x in (-5, 5, 55, 105) for y in (5, 55)]
    states = [state_at(office, *place) for place in places]
    known = {record.entry_id for record in office.facts()}
    acted = act(office)
    assert [reason.code for reason in acted.reasons] == expected
    assert acted.entry_ids == ()
    assert [state_at(office, *place) for place in places] == states
    added = [record.fact for record in office.facts() if record.entry_id not in known]
    assert all(isinstance(fact, TaskOrdered) for fact in added)  # the first of two tasks
    assert list(office.store.quarantined()) == []


# --- dates: a clock may be wrong, and a report of danger is not lost for it


@pytest.mark.parametrize(
    ("ahead_us", "taken"), [(AHEAD_US - 10_000, True), (AHEAD_US + DAY_US, False)]
)
def test_a_clock_that_runs_two_days_ahead_is_believed(
    at_stage: OfficeAt, ahead_us: int, taken: bool
) -> None:
    office = at_stage("evidence")
    stamp = Stamp(valid_at_us=office.now_us() + ahead_us)
    assert declare_area(office, SURVEYOR, area(), stamp).done == taken


DANGER: list[tuple[str, Try]] = [
    (
        "a resident's report",
        lambda o: report_hazard(o, RESIDENT, ResidentReported("S1", ORIGIN, "eo_seen"), LATE),
    ),
    ("evidence", lambda o: record_evidence(o, SURVEYOR, evidence("E9"), LATE)),
    (
        "an accident",
        lambda o: record_accident(o, SURVEYOR, AccidentRecorded("X1", "ordnance", ORIGIN), LATE),
    ),
    (
        "a reopening",
        lambda o: reopen_land(o, FIRST, LandReopened("O1", square(), "missed_item"), LATE),
    ),
]


@pytest.mark.parametrize("act", [row[1] for row in DANGER], ids=[row[0] for row in DANGER])
def test_danger_with_a_bad_date_is_taken_from_now_and_its_date_is_told(
    at_stage: OfficeAt, act: Try
) -> None:
    office = at_stage("released")
    acted = act(office)
    assert acted.done, acted.reasons
    assert [warning.code for warning in acted.warnings] == ["service.date.set-aside"]
    (warning,) = acted.warnings
    assert str(warning.params["date"]).startswith("2027-04-05")
    for entry_id in acted.entry_ids:
        (record,) = [item for item in office.facts() if item.entry_id == entry_id]
        assert record.valid_at_us <= office.now_us()


def test_a_reopening_dated_next_year_closes_the_ground_today(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    reopened = LandReopened("O1", square(), "missed_item")
    assert reopen_land(office, FIRST, reopened, replace(LATE, entry_id="o1")).done
    assert state_at(office, 50, 50) == "cha"
    again = reopen_land(office, FIRST, reopened, replace(LATE, entry_id="o1"))
    assert (again.done, again.already) == (True, True)
    accident = AccidentRecorded("X1", "ordnance", ORIGIN)
    sent = [record_accident(office, SURVEYOR, accident, replace(LATE, entry_id="x1")) for _ in "12"]
    assert [acted.already for acted in sent] == [False, True]


def test_what_is_true_after_it_is_recorded_is_a_fact_of_the_past_by_then(
    at_stage: OfficeAt,
) -> None:
    """Valid time after recorded time, within what a clock may be off: hazard from then on."""
    office = at_stage("evidence")
    soon_us = office.now_us() + DAY_US
    assert declare_area(office, SURVEYOR, area(), Stamp(valid_at_us=soon_us)).done
    assert state_at(office, 50, 50) == "unrecorded"
    assert state_at(office, 50, 50, soon_us) == "cha"


# --- sizes: what is odd is taken exactly, and told of


def test_the_same_fact_twice_is_on_record_once(at_stage: OfficeAt) -> None:
    office = at_stage("evidence")
    stamp = Stamp(entry_id="a1")
    assert declare_area(office, SURVEYOR, area(), stamp).done
    n_facts = len(office.facts())
    assert declare_area(office, SURVEYOR, area(), stamp).already
    other = declare_area(office, SURVEYOR, replace(area(), class_="sha"), stamp)
    assert [reason.code for reason in other.reasons] == ["ledger.id-conflict"]
    assert len(office.facts()) == n_facts
    assert state_at(office, 50, 50) == "cha"


def test_an_area_of_a_third_of_a_square_metre_is_taken_and_told_of(at_stage: OfficeAt) -> None:
    office = at_stage("evidence")
    tiny = GridShape.box(0, 0, 600, 500)
    acted = declare_area(office, SURVEYOR, area("A2", tiny))
    assert acted.done
    assert [item.code for item in acted.warnings] == ["land.area.small"]
    assert acted.warnings[0].params == {"area": "A2", "area_cm2": 3_000}
    assert state_at(office, 0.3, 0.25) == "cha"
    assert office.book().near(tiny)[0].shape == tiny


def test_a_ring_of_5000_vertices_is_taken_exactly(at_stage: OfficeAt) -> None:
    office = at_stage("evidence")
    ring = shapely.Point(0, 0).buffer(900_000, quad_segs=1_250)
    shape = GridShape.of(shapely.transform(ring, lambda xy: xy.round()))
    assert shape.n_vertices == 5_000
    assert declare_area(office, SURVEYOR, area("A2", shape)).done
    (face,) = office.book().near(shape)
    assert (face.shape, face.shape.area2_mm2) == (shape, shape.area2_mm2)


def test_evidence_sent_twice_under_one_id_is_kept_twice_and_lowers_nothing(
    at_stage: OfficeAt,
) -> None:
    office = at_stage("area")
    contrary = replace(evidence(), kind="contrary_use")
    assert record_evidence(office, SURVEYOR, contrary).done
    assert office.register().evidence_raising("A1") == ("E1",)
