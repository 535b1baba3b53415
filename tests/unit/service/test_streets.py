"""Five streets of one task: two are released, and account, stage, gates and handover follow.

Then one part of them is reopened, and exactly that part; and works that go deeper reopen only
where they lie.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from rafiqa.geo import GridShape
from rafiqa.land import (
    AssessmentMoved,
    CompletionDeclared,
    LandHandedOver,
    RecordMoved,
    ReleaseAccepted,
    ReleaseProposed,
    ReportAnswered,
    ResidentReported,
    StageMoved,
    TaskOrdered,
    WorkedPart,
    WorkInspected,
    WorkReported,
    task_of,
)
from rafiqa.recovery import ProjectRegistered
from rafiqa.service import (
    Acted,
    AsOf,
    Office,
    Reopening,
    accept_release,
    answer_report,
    ask_account,
    ask_point,
    assess,
    declare_area,
    declare_completion,
    gate_of,
    hand_over,
    inspect_work,
    move_record,
    move_task,
    order_work,
    project_of,
    propose_release,
    record_evidence,
    register_project,
    reopen,
    report_hazard,
    report_work,
)
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import (
    ENGINEER,
    FIRST,
    INFORMATION,
    INSPECTOR,
    OPERATOR,
    ORIGIN,
    RESIDENT,
    SECOND,
    SURVEYOR,
    area,
    evidence,
    spot_in,
    square,
    state_at,
)

STREETS = tuple(f"P{n}" for n in range(5))


def strip(n: int) -> GridShape:
    """Street n of five: 100 m long and 20 m wide, edge to edge with its neighbours."""
    return GridShape.box(n * 20_000, 0, (n + 1) * 20_000, 100_000)


def done(acted: Acted) -> None:
    assert acted.done, acted.reasons


def codes(acted: Acted) -> list[str]:
    return [reason.code for reason in acted.reasons]


def street(n: int, outcome: str = "cleared") -> WorkedPart:
    reason = "rubble" if outcome == "not_cleared" else None
    depth_cm = 30 if outcome == "cleared" else None
    return WorkedPart(f"P{n}", outcome, strip(n), "manual", depth_cm, reason=reason)  # type: ignore[arg-type]


def report(office: Office, work_id: str, *parts: WorkedPart, complete: bool | None = True) -> None:
    fact = WorkReported(work_id, "A1", OPERATOR.organisation_id, parts, "T1")
    done(report_work(office, OPERATOR, replace(fact, finds_complete=complete)))


def release(office: Office, work_id: str, *part_ids: str) -> None:
    look = WorkInspected(f"I-{work_id}", work_id, INSPECTOR.organisation_id, passed=True)
    done(inspect_work(office, INSPECTOR, look))
    done(propose_release(office, FIRST, ReleaseProposed(f"R-{work_id}", work_id, part_ids)))
    done(accept_release(office, SECOND, ReleaseAccepted(f"R-{work_id}")))


def move(office: Office, stage: str, reason: str | None = None, note: str | None = None) -> Acted:
    who = {"in_progress": OPERATOR, "work_complete": OPERATOR, "inspecting": INSPECTOR}
    return move_task(office, who.get(stage, FIRST), StageMoved("T1", stage, reason, note))


def stage(office: Office) -> str:
    task = task_of(office.book(), "T1")
    assert task is not None
    return task.stage


def streets(at_stage: OfficeAt, *released: int) -> Office:
    """A task on five streets, some of which were worked in one report and released."""
    office = at_stage("site")
    seen = replace(evidence(), spot=spot_in(office, 50, 50))
    done(record_evidence(office, SURVEYOR, seen))
    done(declare_area(office, SURVEYOR, area()))
    order = TaskOrdered("T1", "A1", OPERATOR.organisation_id, ("manual",), 30)
    done(order_work(office, FIRST, order))
    done(move(office, "in_progress"))
    if released:
        report(office, "W1", *(street(n) for n in released))
        release(office, "W1", *(f"P{n}" for n in released))
    return office


def project(office: Office, name: str, shape: GridShape, depth_cm: int = 20) -> str:
    fact = ProjectRegistered(name, name, "school", shape, depth_cm)
    done(register_project(office, ENGINEER, fact))
    return gate_of(office, project_of(office, name)).outcome


def gates(office: Office, name: str) -> tuple[str, set[str]]:
    answer = gate_of(office, project_of(office, name))
    return answer.outcome, {gate.code for gate in answer.gates if gate.outcome == "closed"}


def test_two_streets_of_five_are_released(at_stage: OfficeAt) -> None:
    office = streets(at_stage, 0, 1)
    found = [state_at(office, n * 20 + 10, 50) for n in range(5)]
    assert found == ["cleared", "cleared", "cha", "cha", "cha"]
    account = ask_account(office)
    closing2, cleared2 = account.classes["cha"].closing, account.released["cleared"]
    assert (closing2, cleared2) == (2 * 6_000_000_000, 2 * 4_000_000_000)
    assert account.balance_error == 0
    assert stage(office) == "in_progress"
    inner = GridShape.box(1_000, 1_000, 39_000, 99_000)
    assert project(office, "J1", inner) != "closed"
    assert project(office, "J2", square(30, 0, 30)) == "closed"


def test_a_task_is_complete_when_every_square_metre_has_one_outcome(at_stage: OfficeAt) -> None:
    office = streets(at_stage, 0, 1)
    (gap,) = move(office, "work_complete").reasons
    assert (gap.code, gap.params["area_m2"]) == ("land.stage.ground-unaccounted", 6_000)
    assert gap.params["document"] == "completion_report"
    report(office, "W2", street(2), street(3, "not_cleared"), complete=None)
    last = replace(street(4), shape=GridShape.box(60_000, 0, 100_000, 100_000))
    report(office, "W3", replace(last, part_id="P9"))
    assert codes(move(office, "work_complete")) == ["land.stage.finds-unstated"]
    # A street reported a second time has two outcomes.
    report(office, "W4", replace(street(2), part_id="P8"))
    named = {item.code: item.params for item in move(office, "work_complete").reasons}
    assert named["land.stage.ground-twice"]["area_m2"] == 2_000


def finished(at_stage: OfficeAt) -> Office:
    office = streets(at_stage, 0, 1)
    report(office, "W2", street(2), street(3), street(4))
    done(move(office, "work_complete"))
    return office


def test_work_ends_stage_by_stage_each_with_what_it_needs(at_stage: OfficeAt) -> None:
    office = finished(at_stage)
    assert codes(move(office, "inspecting")) == ["land.stage.plan-missing"]
    done(move(office, "inspecting", note="a tenth of each street"))
    (left,) = move(office, "released").reasons
    assert (left.code, left.params["area_m2"]) == ("land.stage.hazard-left", 6_000)
    release(office, "W2", "P2", "P3", "P4")
    same = replace(FIRST, organisation_id=OPERATOR.organisation_id)
    own = move_task(office, same, StageMoved("T1", "released"))
    assert codes(own) == ["land.stage.own-work"]
    operator = move_task(office, OPERATOR, StageMoved("T1", "released"))
    assert codes(operator) == ["land.stage.not-your-move", "land.stage.own-work"]
    done(move(office, "released"))
    assert codes(move(office, "handed_over")) == ["land.stage.handover-missing"]
    paper = LandHandedOver("V1", "A1", "", " ", "none known", "dig to 30 cm", task_id="T1")
    assert codes(hand_over(office, FIRST, paper)) == ["land.handover.untold"] * 2
    full = replace(paper, receiver="school board", community_told_on="2026-03-01")
    handed = hand_over(office, FIRST, full)
    done(handed)
    done(move(office, "handed_over"))
    assert codes(move(office, "closed")) == ["land.stage.record-missing"]
    approve(office, "V1", handed.entry_ids[0])
    done(move(office, "closed"))
    assert codes(move(office, "residual")) == ["land.stage.completion-missing"]
    completion = CompletionDeclared("C1", square(-10, -10, 200), "all done", SECOND)
    done(declare_completion(office, FIRST, completion))
    done(move(office, "residual"))
    assert state_at(office, 50, 50) == "cleared"
    done(reopen(office, FIRST, Reopening("O1", "missed_item", part_ids=("P2",))))
    assert stage(office) == "reopened"


def approve(office: Office, record_id: str, entry_id: str) -> None:
    steps = [(FIRST, "org_ok"), (FIRST, "ops_ok"), (INFORMATION, "im_ok"), (SECOND, "approved")]
    for actor, state in steps:
        done(move_record(office, actor, RecordMoved(record_id, entry_id, state)))


def test_a_record_is_not_approved_by_who_wrote_it_and_has_to_exist(at_stage: OfficeAt) -> None:
    office = at_stage("area")
    unknown = move_record(office, FIRST, RecordMoved("A1", "nothing", "org_ok"))
    assert codes(unknown) == ["land.validation.unknown"]
    early = move_record(office, FIRST, RecordMoved("A1", "a1", "approved"))
    assert codes(early) == ["land.validation.no-such-move"]
    coded = move_record(office, FIRST, RecordMoved("A1", "a1", "fine"))
    assert "service.code.unknown" in codes(coded)


def test_a_handover_lists_what_was_not_cleared_and_hands_over_only_what_was_released(
    at_stage: OfficeAt,
) -> None:
    office = streets(at_stage)
    paper = LandHandedOver("V1", "A1", "school", "2026-03-01", "none known", "none")
    assert codes(hand_over(office, FIRST, paper)) == ["land.handover.nothing-released"]
    report(office, "W1", street(0), street(1, "not_cleared"))
    release(office, "W1", "P0")
    (missing,) = hand_over(office, FIRST, paper).reasons
    assert (missing.code, missing.subjects) == ("land.handover.part-unlisted", ("P1",))
    done(hand_over(office, FIRST, replace(paper, not_cleared=("P1",))))
    strange = replace(paper, area_id="A9", task_id="T9", not_cleared=("P1",))
    assert codes(hand_over(office, FIRST, strange))[:2] == [
        "land.area.unknown",
        "land.task.unknown",
    ]


def test_a_failed_inspection_brings_rework_and_its_ground_must_be_worked_again(
    at_stage: OfficeAt,
) -> None:
    office = finished(at_stage)
    done(move(office, "inspecting", note="a tenth"))
    assert codes(move_task(office, INSPECTOR, StageMoved("T1", "rework"))) == [
        "land.stage.nothing-failed"
    ]
    failed = WorkInspected("I9", "W2", INSPECTOR.organisation_id, passed=False)
    done(inspect_work(office, INSPECTOR, failed))
    assert stage(office) == "rework"
    found = codes(move(office, "work_complete"))
    assert found == ["land.stage.ground-unaccounted", "land.stage.critical-open"]
    again = [replace(street(n), part_id=f"Q{n}") for n in (2, 3, 4)]
    report(office, "W5", *again)
    done(move(office, "work_complete"))


# --- reopening


def everything2(office: Office) -> dict[str, int]:
    found: dict[str, int] = {}
    for face, state in office.book().states(office.now_us()):
        found[state.status] = found.get(state.status, 0) + face.shape.area2_mm2
    return found


def test_naming_parts_reopens_exactly_their_ground(at_stage: OfficeAt) -> None:
    office = streets(at_stage, 0, 1, 2, 3, 4)
    inside = GridShape.box(21_000, 1_000, 39_000, 99_000)
    assert project(office, "inside", inside) != "closed"
    assert project(office, "beside", GridShape.box(40_001, 1_000, 59_000, 99_000)) != "closed"
    order = Reopening("O1", "missed_item", part_ids=("P1",))
    done(reopen(office, FIRST, order))
    assert everything2(office) == {"cha": strip(1).area2_mm2, "cleared": 4 * strip(1).area2_mm2}
    fact = office.facts()[-1].fact
    assert (fact.shape, fact.part_ids) == (strip(1), ("P1",))  # type: ignore[attr-defined]
    assert gates(office, "inside") == (
        "closed",
        {"gate.area.hazard", "gate.reopening.reopened"},
    )
    assert gates(office, "beside")[0] != "closed"
    answer = ask_point(office, spot_in(office, 30, 50), AsOf())
    assert "land.point.reopened" in [reason.code for reason in answer.reasons]


def test_an_area_is_reopened_whole_and_a_shape_as_it_is(at_stage: OfficeAt) -> None:
    office = streets(at_stage, 0, 1, 2, 3, 4)
    shape = GridShape.box(10_000, 0, 30_001, 50_000)
    done(reopen(office, FIRST, Reopening("O1", "new_evidence", "sha", shape)))
    assert everything2(office)["cleared"] == 2 * 10_000_000_000 - shape.area2_mm2
    done(reopen(office, FIRST, Reopening("O2", "missed_item", area_id="A1")))
    assert set(everything2(office)) == {"cha"}


def test_deeper_works_reopen_only_where_they_lie(at_stage: OfficeAt) -> None:
    office = streets(at_stage, 0, 1, 2, 3, 4)
    works = GridShape.box(30_000, 40_000, 50_000, 60_000)
    project(office, "J1", works, 200)
    order = Reopening("O1", "deeper_works", part_ids=("P1",), project_id="J1")
    done(reopen(office, FIRST, order))
    met = works.intersection(strip(1))
    assert everything2(office)["cha"] == met.area2_mm2 == 2 * 10_000 * 20_000
    assert office.facts()[-1].fact.project_id == "J1"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Reopening("O1", "missed_item", part_ids=("P0", "P8")), ["land.part.unknown"]),
        (Reopening("O1", "missed_item", area_id="A9"), ["land.area.unknown"]),
        (Reopening("O1", "missed_item"), ["land.reopening.no-ground"]),
        (Reopening("O1", "deeper_works", area_id="A1"), ["land.reopening.project-missing"]),
        (Reopening("O1", "changed_use", project_id="J9"), ["land.reopening.project-unknown"]),
        (
            Reopening("O1", "rumour", part_ids=("P0",)),
            ["service.code.unknown"],
        ),
    ],
)
def test_a_reopening_of_what_is_not_there_says_so(
    at_stage: OfficeAt, order: Reopening, expected: list[str]
) -> None:
    office = streets(at_stage, 0)
    head = office.store.head()
    acted = reopen(office, FIRST, order)
    assert [code for code in codes(acted) if code != "land.reopening.no-ground"] == [
        code for code in expected if code != "land.reopening.no-ground"
    ]
    assert not acted.done
    assert office.store.head() == head


@pytest.mark.parametrize("cause", ["flood", "landslide", "new_fighting"])
def test_a_flood_reopens_what_was_released_and_puts_the_rest_on_record(
    at_stage: OfficeAt, cause: str
) -> None:
    office = streets(at_stage, 0, 1)
    over = GridShape.box(10_000, -50_000, 30_000, 50_000)
    done(reopen(office, FIRST, Reopening("O1", cause, "sha", over)))
    assert state_at(office, 20.5, 25) in {"sha", "cha"}
    assert state_at(office, 20.5, -25) == "sha"
    assert state_at(office, 5, 25) == "cleared"
    assert state_at(office, 20.5, 75) == "cleared"
    assert state_at(office, 50, 50) == "cha"


# --- assessment


def test_an_indication_is_assessed_and_stays_hazard_while_it_is_on_record(
    at_stage: OfficeAt,
) -> None:
    office = at_stage("evidence")
    done(declare_area(office, SURVEYOR, replace(area(), class_="indication")))
    early = AssessmentMoved("A1", "area", "open")
    assert codes(assess(office, FIRST, early)) == ["land.stage.no-such-move"]
    done(assess(office, INFORMATION, AssessmentMoved("A1", "area", "assessing")))
    nothing = AssessmentMoved("A1", "area", "no_hazard_found")
    refused = assess(office, FIRST, nothing)
    assert codes(refused) == ["land.stage.reason-missing", "land.stage.hazard-left"]
    assert codes(assess(office, INFORMATION, early)) == ["land.stage.not-your-move"]
    done(assess(office, FIRST, early))
    assert state_at(office, 50, 50) == "indication"


def test_a_report_is_assessed_to_what_became_of_it(at_stage: OfficeAt) -> None:
    office = at_stage("site")
    done(report_hazard(office, RESIDENT, ResidentReported("S1", ORIGIN, "eo_seen")))
    done(assess(office, INFORMATION, AssessmentMoved("S1", "report", "assessing")))
    nothing = AssessmentMoved("S1", "report", "no_hazard_found", "team went")
    assert codes(assess(office, FIRST, nothing)) == ["land.stage.hazard-left"]
    become = AssessmentMoved("S1", "report", "open")
    assert codes(assess(office, FIRST, become)) == ["land.stage.evidence-missing"]
    done(answer_report(office, FIRST, ReportAnswered("S1", "nothing_found")))
    done(assess(office, FIRST, nothing))
    assert codes(assess(office, FIRST, AssessmentMoved("S9", "report", "open"))) == [
        "service.report.unknown"
    ]
    odd = AssessmentMoved("S1", "report", "released")
    assert codes(assess(office, FIRST, odd)) == ["land.stage.no-such-move"]


def test_completion_is_refused_while_a_street_is_hazard(at_stage: OfficeAt) -> None:
    office = streets(at_stage, 0, 1)
    fact = CompletionDeclared("C1", square(-10, -10, 200), "all done", SECOND)
    left, sign = declare_completion(office, FIRST, fact).reasons
    assert sign.subjects == ("E1",)
    assert (left.code, left.params["area_m2"]) == ("land.completion.hazard", 6_000)
    only = replace(fact, shape=GridShape.box(0, 0, 40_000, 100_000))
    done(declare_completion(office, FIRST, only))
    assert codes(declare_completion(office, FIRST, only)) == ["land.completion.id-twice"]
