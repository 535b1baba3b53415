"""A refused act changes nothing on record, and is told every reason against it at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import pytest

from rafiqa.geo import GridShape
from rafiqa.land import (
    Actor,
    AreaRecorded,
    BoundaryCorrected,
    ClassDecided,
    Finding,
    LandReopened,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    ReleaseTransferred,
    ReportAnswered,
    StageMoved,
    TaskOrdered,
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.recovery import ProjectRegistered, RubbleLotMoved
from rafiqa.service import (
    Acted,
    Office,
    Stamp,
    accept_release,
    answer_report,
    correct_boundary,
    decide_class,
    declare_area,
    inspect_work,
    move_rubble_lot,
    move_task,
    order_work,
    propose_release,
    record_evidence,
    register_project,
    reject_release,
    reopen_land,
    report_work,
    transfer_release,
)
from rafiqa.service.coding import CODED_FIELDS
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import (
    ENGINEER,
    FIRST,
    INFORMATION,
    INSPECTOR,
    OPERATOR,
    RESIDENT,
    SECOND,
    SURVEYOR,
    area,
    evidence,
    inspection,
    square,
    work,
)

DENIED, UNKNOWN_CODE = "service.permit.denied", "service.code.unknown"
EMPTY = GridShape.empty()
STRANGER = Actor("x", "elsewhere", "operator")
CRITICAL = (Finding("critical", "item left"),)
TAKEN = ReleaseTransferred("T9", "cleared", square(), "other body", "map", None, 50)
Try = Callable[[Office], Acted]

REFUSED: list[tuple[str, str, Try, list[str]]] = [
    (
        "evidence of a kind that no list knows, by a resident",
        "site",
        lambda o: record_evidence(o, RESIDENT, replace(evidence(), kind="rumour", source_kind="x")),
        [DENIED, UNKNOWN_CODE, UNKNOWN_CODE],
    ),
    (
        "an area with no shape and no evidence",
        "site",
        lambda o: declare_area(o, RESIDENT, AreaRecorded("A1", "cha", EMPTY)),
        [DENIED, "land.area.empty", "land.area.no-evidence", "land.class.above-evidence"],
    ),
    (
        "an area under a taken id",
        "area",
        lambda o: declare_area(o, SURVEYOR, area()),
        ["land.area.id-twice"],
    ),
    (
        "an area on evidence that nobody recorded",
        "evidence",
        lambda o: declare_area(o, SURVEYOR, replace(area("A2"), evidence_ids=("E1", "E9"))),
        ["land.evidence.unknown"],
    ),
    (
        "a class for an unknown area",
        "area",
        lambda o: decide_class(o, FIRST, ClassDecided("A9", "sha", (), "why")),
        ["land.area.unknown"],
    ),
    (
        "a class lowered without a word, by the operator",
        "area",
        lambda o: decide_class(o, OPERATOR, ClassDecided("A1", "indication")),
        [DENIED, "land.class.justification-missing"],
    ),
    (
        "an outline for an unknown area without a word",
        "area",
        lambda o: correct_boundary(o, FIRST, BoundaryCorrected("A9", square(), "")),
        ["land.area.unknown", "land.class.justification-missing"],
    ),
    (
        "an outline corrected to nothing",
        "area",
        lambda o: correct_boundary(o, FIRST, BoundaryCorrected("A1", EMPTY, "gone", SECOND)),
        ["land.area.empty"],
    ),
    (
        "an outline confirmed by somebody who is not the authority",
        "area",
        lambda o: correct_boundary(
            o, FIRST, BoundaryCorrected("A1", square(0, 0, 10), "x", SURVEYOR)
        ),
        ["land.boundary.unconfirmed"],
    ),
    (
        "an order of nothing on nothing",
        "task",
        lambda o: order_work(o, FIRST, TaskOrdered("T1", "A9", "clearance-co", ())),
        ["land.area.unknown", "land.task.id-twice", "land.task.method-missing"],
    ),
    (
        "a move of an unknown task",
        "task",
        lambda o: move_task(o, OPERATOR, StageMoved("T9", "in_progress")),
        ["land.task.unknown"],
    ),
    (
        "a move that is no move, without its reason",
        "task",
        lambda o: move_task(o, OPERATOR, StageMoved("T1", "reopened")),
        ["land.stage.no-such-move", "land.stage.reason-missing"],
    ),
    (
        "somebody else's move",
        "task",
        lambda o: move_task(o, FIRST, StageMoved("T1", "in_progress")),
        ["land.stage.not-your-move"],
    ),
    (
        "work on an unknown area by another organisation",
        "task",
        lambda o: report_work(o, STRANGER, replace(work(), area_id="A9")),
        ["service.permit.organisation", "land.area.unknown", "land.work.other-organisation"],
    ),
    (
        "work without depth, reason and parts that fit",
        "task",
        lambda o: report_work(
            o,
            OPERATOR,
            WorkReported(
                "W1",
                "A1",
                "clearance-co",
                (
                    WorkedPart("P1", "cleared", square(0, 0, 60), "manual"),
                    WorkedPart("P2", "not_cleared", square(0, 0, 50), "manual"),
                    WorkedPart("P3", "cancelled", square(900), "manual"),
                ),
            ),
        ),
        [
            "land.part.depth-missing",
            "land.part.reason-missing",
            "land.part.outside-area",
            "land.part.cancelled-needs-survey",
            "land.part.overlap",
        ],
    ),
    (
        "work and parts under taken ids",
        "work",
        lambda o: report_work(o, OPERATOR, work()),
        ["land.work.id-twice", "land.part.id-twice"],
    ),
    (
        "an inspection of unknown work for somebody else",
        "work",
        lambda o: inspect_work(
            o, INSPECTOR, WorkInspected("I9", "W9", "clearance-co", passed=True)
        ),
        ["land.work.unknown", "land.work.other-organisation"],
    ),
    (
        "the operator's own inspection, passed over a critical finding",
        "work",
        lambda o: inspect_work(
            o,
            replace(OPERATOR, role="quality"),
            replace(inspection(), organisation_id="clearance-co", findings=CRITICAL),
        ),
        ["land.release.inspected-by-operator", "land.inspection.passed-with-critical"],
    ),
    (
        "a proposal by the operator of a part that nobody reported",
        "work",
        lambda o: propose_release(o, OPERATOR, ReleaseProposed("R1", "W1", ("P1", "P9"))),
        [
            DENIED,
            "land.part.unknown",
            "land.release.not-authority",
            "land.release.own-organisation",
            "land.release.own-work",
            "land.release.not-inspected",
        ],
    ),
    (
        "a proposal of nothing under a taken id",
        "proposed",
        lambda o: propose_release(o, FIRST, ReleaseProposed("R1", "W1", ())),
        ["land.release.no-parts", "land.release.id-twice"],
    ),
    (
        "a proposal on unknown work",
        "work",
        lambda o: propose_release(o, FIRST, ReleaseProposed("R1", "W9", ("P1",))),
        ["land.work.unknown"],
    ),
    (
        "an acceptance of nothing",
        "inspected",
        lambda o: accept_release(o, SECOND, ReleaseAccepted("R9")),
        ["land.release.unknown"],
    ),
    (
        "an acceptance by who proposed",
        "proposed",
        lambda o: accept_release(o, FIRST, ReleaseAccepted("R1")),
        ["land.release.same-person"],
    ),
    (
        "an acceptance by the operator",
        "proposed",
        lambda o: accept_release(o, OPERATOR, ReleaseAccepted("R1")),
        [
            DENIED,
            "land.release.not-authority",
            "land.release.own-organisation",
            "land.release.own-work",
        ],
    ),
    (
        "a second acceptance",
        "released",
        lambda o: accept_release(o, SECOND, ReleaseAccepted("R1")),
        ["land.release.decided"],
    ),
    (
        "a rejection after the acceptance, without a word",
        "released",
        lambda o: reject_release(o, SECOND, ReleaseRejected("R1", "")),
        ["land.release.decided", "land.release.note-missing"],
    ),
    (
        "a rejection of nothing",
        "inspected",
        lambda o: reject_release(o, SECOND, ReleaseRejected("R9", "why")),
        ["land.release.unknown"],
    ),
    (
        "a release taken over without depth, shape and authority",
        "site",
        lambda o: transfer_release(
            o, OPERATOR, replace(TAKEN, shape=EMPTY, depth_cm=None, released_by="")
        ),
        [DENIED, "land.part.empty", "land.part.depth-missing", "land.transfer.no-authority"],
    ),
    (
        "a release taken over under a taken part id",
        "work",
        lambda o: transfer_release(o, INFORMATION, replace(TAKEN, part_id="P1")),
        ["land.part.id-twice"],
    ),
    (
        "a reopening of nothing for no cause",
        "released",
        lambda o: reopen_land(o, OPERATOR, LandReopened("O1", EMPTY, "")),
        [DENIED, UNKNOWN_CODE, "land.area.empty", "land.reopening.cause-missing"],
    ),
    (
        "an answer to no report",
        "site",
        lambda o: answer_report(o, FIRST, ReportAnswered("S9", "nothing_found")),
        ["service.report.unknown"],
    ),
    (
        "a rubble lot that nobody registered",
        "site",
        lambda o: move_rubble_lot(o, ENGINEER, RubbleLotMoved("H9", "gone")),
        [UNKNOWN_CODE, "service.rubble.unknown"],
    ),
    (
        "a project of a kind that no list knows",
        "site",
        lambda o: register_project(o, SURVEYOR, ProjectRegistered("J", "J", "palace", None, None)),
        [DENIED, UNKNOWN_CODE],
    ),
]


@pytest.mark.parametrize(
    ("stage", "act", "expected"),
    [row[1:] for row in REFUSED],
    ids=[row[0] for row in REFUSED],
)
def test_a_refused_act_leaves_the_ledger_as_it_was(
    at_stage: OfficeAt, stage: str, act: Try, expected: list[str]
) -> None:
    office = at_stage(stage)
    head, facts = office.store.head(), list(office.facts())
    acted = act(office)
    assert [reason.code for reason in acted.reasons] == expected
    assert not acted.done
    assert acted.entry_ids == ()
    assert office.store.head() == head
    assert list(office.facts()) == facts
    assert list(office.store.quarantined()) == []


def test_a_code_that_no_list_knows_is_named_with_those_that_are_known(at_stage: OfficeAt) -> None:
    acted = record_evidence(at_stage("site"), SURVEYOR, replace(evidence(), kind="rumour"))
    (reason,) = acted.reasons
    assert (reason.params["field"], reason.params["value"]) == ("kind", "rumour")
    assert "eo_seen" in str(reason.params["known"]).split()


def test_codes_within_a_report_are_asked_too(at_stage: OfficeAt) -> None:
    office = at_stage("task")
    odd = replace(work().parts[0], method="dowsing", surface="moon")
    acted = report_work(office, OPERATOR, replace(work(), parts=(odd,)))
    assert [reason.params["field"] for reason in acted.reasons] == ["method", "surface"]
    at_work = at_stage("work")
    finding = Finding("odd", "x")  # type: ignore[arg-type]
    acted = inspect_work(at_work, INSPECTOR, replace(inspection(), findings=(finding,)))
    assert [reason.params["field"] for reason in acted.reasons] == ["severity"]


def test_every_coded_field_is_a_field_of_its_fact() -> None:
    for fact, named in CODED_FIELDS.items():
        assert set(named) <= {field.name for field in fields(fact)}


# --- dated acts: what a release rests on must be older than it in truth too


def test_a_proposal_dated_before_its_work(at_stage: OfficeAt) -> None:
    office = at_stage("inspected")
    work_us = office.register().works["W1"].valid_at_us
    early = Stamp(valid_at_us=work_us - 1)
    refused = propose_release(office, FIRST, ReleaseProposed("R1", "W1", ("P1",)), early)
    assert [reason.code for reason in refused.reasons] == ["land.work.unknown"]
    # Dated with the work, it is older than the inspection.
    same = propose_release(
        office, FIRST, ReleaseProposed("R1", "W1", ("P1",)), Stamp(valid_at_us=work_us)
    )
    assert [reason.code for reason in same.reasons] == ["land.release.not-inspected"]


def test_an_acceptance_dated_before_its_proposal(at_stage: OfficeAt) -> None:
    office = at_stage("proposed")
    proposed_us = office.register().releases["R1"].proposal.valid_at_us
    early = Stamp(valid_at_us=proposed_us - 1)
    refused = accept_release(office, SECOND, ReleaseAccepted("R1"), early)
    assert [reason.code for reason in refused.reasons] == ["land.release.before-proposal"]
    same = Stamp(valid_at_us=proposed_us)
    assert accept_release(office, SECOND, ReleaseAccepted("R1"), same).done
    assert office.register().without_effect == []


# --- what happens between a work and its release


def test_what_was_reopened_after_the_work_is_not_released_by_it(at_stage: OfficeAt) -> None:
    office = at_stage("proposed")
    assert reopen_land(office, FIRST, LandReopened("O1", square(0, 0, 1), "missed_item")).done
    head = office.store.head()
    acted = accept_release(office, SECOND, ReleaseAccepted("R1"))
    assert [reason.code for reason in acted.reasons] == ["land.release.raised-since"]
    assert acted.reasons[0].subjects == ("O1",)
    acted = propose_release(office, FIRST, ReleaseProposed("R2", "W1", ("P1",)))
    assert [reason.code for reason in acted.reasons] == ["land.release.raised-since"]
    assert office.store.head() == head


def test_a_reopening_beside_the_part_does_not_keep_it(at_stage: OfficeAt) -> None:
    office = at_stage("proposed")
    beside = max(part.shape.bounds_mm[2] for part in work().parts) // 1_000
    assert reopen_land(office, FIRST, LandReopened("O1", square(beside), "missed_item")).done
    assert accept_release(office, SECOND, ReleaseAccepted("R1")).done


def test_a_failure_that_the_operator_reports_itself_is_kept(at_stage: OfficeAt) -> None:
    office = at_stage("inspected")
    own = replace(INSPECTOR, organisation_id="clearance-co")
    failed = replace(inspection("I2", passed=False), organisation_id="clearance-co")
    assert inspect_work(office, own, failed).done
    acted = propose_release(office, FIRST, ReleaseProposed("R1", "W1", ("P1",)))
    assert "land.release.inspection-failed" in [reason.code for reason in acted.reasons]
