"""What may be released, by whom, on what: every refusal, and the nearest lawful neighbour.

Each row changes one thing in a case that is lawful as it stands, so that what is refused is
refused for that thing; the last tests change many at once, and all of them are told.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rafiqa.geo import GridShape
from rafiqa.land import (
    Actor,
    Finding,
    Recorded,
    ReleaseCase,
    ReleaseProposed,
    ReleaseTransferred,
    Ruling,
    WorkedPart,
    WorkInspected,
    WorkReported,
    proposal_ruling,
    transfer_ruling,
)
from rafiqa.land.quality_rule import QualityCase
from rafiqa.land.rule import acceptance_ruling
from tests.unit.land.story import (
    ACCREDITED,
    FIRST,
    INFORMATION,
    INSPECTOR,
    OPERATOR,
    SECOND,
    box,
    part,
)

FIELD = box(0, 0, 100, 100)
CLEARED = part("P1", "cleared", box(0, 0, 50, 50))
REDUCED = part("P2", "reduced", box(50, 0, 100, 50), answered=("E1", "E2"))
CANCELLED = part("P3", "cancelled", box(0, 50, 50, 100), answered=("E1", "E2"))
LEFT = part("P4", "not_cleared", box(50, 50, 100, 100))
WORK = WorkReported("W1", "A1", "deminers", (CLEARED, REDUCED, CANCELLED, LEFT), None, (), ("gus",))
PASS = WorkInspected("I1", "W1", "quality", passed=True, inspected_share=Decimal("0.1"))
CRITICAL = (Finding("critical", "item left"),)


def record(seq: int, actor: Actor, fact: object, valid_at_us: int | None = None) -> Recorded:
    return Recorded(seq, f"e{seq}", seq if valid_at_us is None else valid_at_us, seq, actor, fact)


def case(
    *part_ids: str,
    work: WorkReported | None = WORK,
    reporter: Actor = OPERATOR,
    proposer: Actor = FIRST,
    inspections: tuple[Recorded, ...] = (record(2, INSPECTOR, PASS),),
    **changes: Any,
) -> ReleaseCase:
    proposal = record(10, proposer, ReleaseProposed("R1", "W1", part_ids or ("P1",)))
    reported = None if work is None else record(1, reporter, work)
    quality = QualityCase((ACCREDITED,))
    lawful = ReleaseCase(proposal, reported, inspections, ("E1", "E2"), (FIELD,), quality=quality)
    return replace(lawful, **changes)


def codes(ruling: Ruling) -> list[str]:
    assert ruling.allowed == (not ruling.reasons)
    return [item.code for item in ruling.reasons]


def inspected(by: Actor = INSPECTOR, **changes: Any) -> dict[str, Any]:
    return {"inspections": (record(2, by, replace(PASS, **changes)),)}


def with_part(changed: WorkedPart) -> dict[str, Any]:
    parts = [changed if each.part_id == changed.part_id else each for each in WORK.parts]
    return {"work": replace(WORK, parts=tuple(parts))}


def test_the_lawful_case_is_allowed() -> None:
    lawful = case("P1", "P2", "P3")
    assert codes(proposal_ruling(lawful)) == []
    assert codes(acceptance_ruling(lawful, SECOND)) == []


@pytest.mark.parametrize(
    ("part_ids", "changes", "expected"),
    [
        # What is proposed.
        (("P1",), {"work": None}, ["land.work.unknown"]),
        (("P1",), {"ground": ()}, ["land.area.unknown"]),
        (("P1", "P9"), {}, ["land.part.unknown"]),
        (("P1",), {"parts_taken": ("P1",)}, ["land.part.id-twice"]),
        (("P1",), {"parts_taken": ("P2",)}, []),
        (("P4",), {}, ["land.release.part-not-cleared"]),
        (("P1", "P4"), {}, ["land.release.part-not-cleared"]),
        (("P1",), with_part(replace(CLEARED, depth_cm=None)), ["land.part.depth-missing"]),
        (("P2",), with_part(replace(CLEARED, depth_cm=None)), []),
        (("P1",), with_part(replace(CLEARED, method="nts")), ["land.part.survey-does-not-clear"]),
        (
            ("P1",),
            with_part(replace(CLEARED, shape=box(0, 0, 120, 50))),
            ["land.part.outside-area"],
        ),
        (
            # A square metre is drawing noise of a field, and all of a square metre.
            ("P1",),
            with_part(replace(CLEARED, shape=box(110, 0, 111, 1))),
            ["land.part.outside-area"],
        ),
        (
            ("P1",),
            {
                **with_part(replace(CLEARED, shape=box(0, 0, 120, 50))),
                "ground": (FIELD, box(90, 0, 130, 50)),
            },
            [],
        ),
        (("P1",), with_part(replace(CLEARED, shape=GridShape.empty())), ["land.part.empty"]),
        # Evidence answered: survey and reduction answer every item that raised the area.
        (
            ("P2",),
            with_part(replace(REDUCED, evidence_answered=("E1",))),
            ["land.release.evidence-unanswered"],
        ),
        (
            ("P3",),
            with_part(replace(CANCELLED, evidence_answered=())),
            ["land.release.evidence-unanswered", "land.release.evidence-unanswered"],
        ),
        (("P3",), {**with_part(replace(CANCELLED, evidence_answered=())), "evidence_open": ()}, []),
        (("P1",), {"evidence_open": ("E1", "E2", "E3")}, []),
        # Inspected: what was cleared or reduced is, what was cancelled by survey need not be.
        (("P1",), {"inspections": ()}, ["land.release.not-inspected"]),
        (("P2",), {"inspections": ()}, ["land.release.not-inspected"]),
        (("P3",), {"inspections": ()}, []),
        (("P1",), inspected(passed=False), ["land.release.inspection-failed"]),
        (("P3",), inspected(passed=False), ["land.release.inspection-failed"]),
        (("P1",), inspected(findings=CRITICAL), ["land.release.critical-open"]),
        (
            ("P1",),
            inspected(passed=False, findings=CRITICAL),
            ["land.release.inspection-failed", "land.release.critical-open"],
        ),
        (("P1",), inspected(findings=(Finding("major", "sign gone"),)), []),
        (("P1",), inspected(inspected_share=Decimal(0)), ["land.release.nothing-inspected"]),
        (("P1",), inspected(inspected_share=Decimal("0.001")), []),
        (("P1",), inspected(inspected_share=None), []),
        # The inspector is not the operator.
        (
            ("P1",),
            inspected(Actor("dov", "deminers", "quality")),
            ["land.release.inspected-by-operator"],
        ),
        (("P1",), inspected(organisation_id="deminers"), ["land.release.inspected-by-operator"]),
        (
            ("P1",),
            {**inspected(), "reporter": Actor("chi", "quality", "surveyor")},
            ["land.release.inspected-by-operator"],
        ),
        (
            ("P1",),
            inspected(Actor("gus", "quality", "quality")),
            ["land.release.inspector-did-work"],
        ),
        (
            ("P1",),
            inspected(Actor("chi", "quality", "quality")),
            ["land.release.inspector-did-work"],
        ),
        (("P1",), inspected(Actor("dov", "quality", "engineer")), ["land.release.not-inspector"]),
        (("P1",), inspected(Actor("dov", "quality", "authority")), []),
        (
            ("P1",),
            inspected(Actor("gus", "deminers", "operator"), inspected_share=Decimal(0)),
            [
                "land.release.inspected-by-operator",
                "land.release.inspector-did-work",
                "land.release.not-inspector",
                "land.release.nothing-inspected",
            ],
        ),
        # Who proposes.
        (("P1",), {"proposer": Actor("ana", "office", "planner")}, ["land.release.not-authority"]),
        (
            ("P1",),
            {"proposer": Actor("ana", "deminers", "authority")},
            ["land.release.own-organisation"],
        ),
        (
            ("P1",),
            {"reporter": Actor("chi", "office", "surveyor")},
            ["land.release.own-organisation"],
        ),
        (("P1",), {"proposer": Actor("gus", "office", "authority")}, ["land.release.own-work"]),
        (("P1",), {"proposer": Actor("chi", "office", "authority")}, ["land.release.own-work"]),
        (
            ("P1",),
            {"proposer": OPERATOR},
            [
                "land.release.not-authority",
                "land.release.own-organisation",
                "land.release.own-work",
            ],
        ),
        (
            ("P1",),
            {"work": None, "proposer": OPERATOR},
            ["land.work.unknown", "land.release.not-authority"],
        ),
    ],
)
def test_a_proposal_is_refused_for_what_is_wrong_with_it(
    part_ids: tuple[str, ...], changes: dict[str, Any], expected: list[str]
) -> None:
    proposal = case(*part_ids, **changes)
    assert codes(proposal_ruling(proposal)) == expected
    # What may not be proposed may not be accepted either, whoever accepts.
    assert codes(acceptance_ruling(proposal, SECOND))[: len(expected)] == expected


def test_a_proposal_of_nothing() -> None:
    nothing = case()
    empty = replace(nothing, proposal=record(10, FIRST, ReleaseProposed("R1", "W1", ())))
    assert codes(proposal_ruling(empty)) == ["land.release.no-parts"]


def test_two_parts_of_one_id_in_a_report_cannot_be_told_apart() -> None:
    twice = replace(WORK, parts=(CLEARED, replace(REDUCED, part_id="P1")))
    found = codes(proposal_ruling(case("P1", work=twice)))
    assert found == ["land.part.id-twice", "land.part.id-twice"]


@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
def test_work_that_failed_stays_failed_whatever_passes_before_or_after(
    order: tuple[int, int],
) -> None:
    failed = record(order[0], INSPECTOR, replace(PASS, passed=False))
    passed = record(order[1], INSPECTOR, replace(PASS, inspection_id="I2"))
    found = proposal_ruling(case("P1", inspections=(failed, passed)))
    assert codes(found) == ["land.release.inspection-failed"]


def test_one_sound_inspection_is_enough_beside_a_worthless_one() -> None:
    worthless = record(3, OPERATOR, replace(PASS, inspection_id="I2"))
    assert codes(proposal_ruling(case("P1", inspections=(worthless,)))) != []
    good = record(2, INSPECTOR, PASS)
    assert codes(proposal_ruling(case("P1", inspections=(good, worthless)))) == []


@pytest.mark.parametrize(
    ("accepter", "expected"),
    [
        (SECOND, []),
        (Actor("bo", "elsewhere", "authority"), []),
        (FIRST, ["land.release.same-person"]),
        (Actor("ana", "elsewhere", "authority"), ["land.release.same-person"]),
        (Actor("bo", "office", "quality"), ["land.release.not-authority"]),
        (Actor("bo", "deminers", "authority"), ["land.release.own-organisation"]),
        (Actor("gus", "office", "authority"), ["land.release.own-work"]),
        (
            OPERATOR,
            [
                "land.release.not-authority",
                "land.release.own-organisation",
                "land.release.own-work",
            ],
        ),
    ],
)
def test_a_second_person_who_did_not_do_the_work_accepts(
    accepter: Actor, expected: list[str]
) -> None:
    assert codes(acceptance_ruling(case("P1"), accepter)) == expected


def test_everything_wrong_is_told_at_once() -> None:
    proposer = Actor("gus", "deminers", "operator")
    everything = case(
        "P1",
        "P4",
        "P9",
        proposer=proposer,
        inspections=(),
        parts_taken=("P4",),
        **with_part(replace(CLEARED, depth_cm=None)),
    )
    assert codes(acceptance_ruling(everything, proposer)) == [
        "land.part.unknown",
        "land.part.depth-missing",
        "land.part.id-twice",
        "land.release.part-not-cleared",
        "land.release.not-authority",
        "land.release.own-organisation",
        "land.release.own-work",
        "land.release.not-inspected",
        "land.release.not-authority",
        "land.release.own-organisation",
        "land.release.own-work",
        "land.release.same-person",
    ]


# --- releases decided elsewhere

TAKEN = ReleaseTransferred("P1", "cleared", FIELD, "other body", "their map", None, 50)
KEPT = replace(TAKEN, outcome="not_cleared", depth_cm=None, reason="under_slab")


@pytest.mark.parametrize(
    ("fact", "actor", "expected"),
    [
        (TAKEN, None, []),
        (TAKEN, INFORMATION, []),
        (TAKEN, FIRST, []),
        (TAKEN, OPERATOR, ["land.transfer.not-your-act"]),
        (TAKEN, INSPECTOR, ["land.transfer.not-your-act"]),
        (replace(TAKEN, shape=GridShape.empty()), FIRST, ["land.part.empty"]),
        (replace(TAKEN, depth_cm=None), FIRST, ["land.part.depth-missing"]),
        (replace(TAKEN, depth_cm=0), FIRST, []),
        (replace(TAKEN, depth_cm=-1), FIRST, ["land.part.depth-negative"]),
        (replace(TAKEN, outcome="reduced", depth_cm=None), FIRST, []),
        (replace(TAKEN, released_by=""), FIRST, ["land.transfer.no-authority"]),
        (replace(TAKEN, operator="other body"), FIRST, ["land.release.own-organisation"]),
        (replace(TAKEN, operator="deminers"), FIRST, []),
        (KEPT, FIRST, []),
        (replace(KEPT, released_by="", operator=""), FIRST, []),
        (replace(KEPT, reason=None), FIRST, ["land.part.reason-missing"]),
        (
            replace(TAKEN, shape=GridShape.empty(), depth_cm=None, released_by=""),
            OPERATOR,
            [
                "land.transfer.not-your-act",
                "land.part.empty",
                "land.part.depth-missing",
                "land.transfer.no-authority",
            ],
        ),
    ],
)
def test_a_release_is_taken_over_only_whole(
    fact: ReleaseTransferred, actor: Actor | None, expected: list[str]
) -> None:
    assert codes(transfer_ruling(fact, actor)) == expected
