"""What may be put on record as hazardous, and as what work: every refusal, all of them at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rafiqa.geo import GridShape
from rafiqa.land import (
    AreaRecorded,
    EvidenceAnswer,
    EvidenceRecorded,
    HazardClass,
    Outcome,
    Ruling,
    WorkedPart,
    WorkReported,
    answer_faults,
    area_ruling,
    work_ruling,
)
from tests.unit.land.story import box, evidence, part

SEEN, TOLD = evidence("E1"), evidence("E2", "statement", "verbal")
HINT = evidence("E3", "contrary_use", "visual")


def codes(ruling: Ruling) -> list[str]:
    assert ruling.allowed == (not ruling.reasons)
    return [item.code for item in ruling.reasons]


def area(class_: HazardClass, *evidence_ids: str) -> AreaRecorded:
    return AreaRecorded("A1", class_, box(0, 0, 100, 100), None, evidence_ids)


@pytest.mark.parametrize(
    ("fact", "known", "expected"),
    [
        (area("cha", "E1"), [SEEN], []),
        (area("sha", "E1"), [SEEN], []),
        (area("sha", "E2"), [TOLD], []),
        (area("indication", "E3"), [HINT], []),
        (area("cha", "E2"), [TOLD], ["land.class.above-evidence"]),
        (area("sha", "E3"), [HINT], ["land.class.above-evidence"]),
        (area("cha", "E1", "E9"), [SEEN], ["land.evidence.unknown"]),
        (
            area("cha", "E9", "E8"),
            [],
            [
                "land.evidence.unknown",
                "land.evidence.unknown",
                "land.area.no-evidence",
                "land.class.above-evidence",
            ],
        ),
        (area("indication"), [], ["land.area.no-evidence"]),
        (replace(area("cha", "E1"), shape=GridShape.empty()), [SEEN], ["land.area.empty"]),
        # What another body put on record rests on that body's evidence, and is said to.
        (replace(area("cha", "E9"), source="survey of 2019"), [], []),
        (
            replace(area("cha"), shape=GridShape.empty(), source="survey of 2019"),
            [],
            ["land.area.empty"],
        ),
        (
            replace(area("sha"), shape=GridShape.empty()),
            [],
            ["land.area.empty", "land.area.no-evidence", "land.class.above-evidence"],
        ),
    ],
)
def test_an_area_is_no_higher_than_its_evidence(
    fact: AreaRecorded, known: list[EvidenceRecorded], expected: list[str]
) -> None:
    assert codes(area_ruling(fact, known)) == expected


def test_missing_evidence_is_named_item_by_item() -> None:
    ruling = area_ruling(area("cha", "E9", "E1", "E8"), [SEEN])
    assert [item.params for item in ruling.reasons] == [{"evidence": "E8"}, {"evidence": "E9"}]


# --- reported work

FIELD = box(0, 0, 100, 100)


def worked(
    outcome: Outcome,
    method: str = "manual",
    depth_cm: int | None = 30,
    shape: GridShape = FIELD,
    reason: str | None = None,
) -> WorkedPart:
    return WorkedPart("P1", outcome, shape, method, depth_cm, reason=reason)


def report(*parts: WorkedPart) -> WorkReported:
    return WorkReported("W1", "A1", "deminers", parts)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (worked("cleared"), []),
        (worked("cleared", depth_cm=0), []),
        (worked("cleared", depth_cm=None), ["land.part.depth-missing"]),
        (worked("reduced", "ts_systematic", None), []),
        (worked("cancelled", "nts", None), []),
        (worked("cleared", depth_cm=-1), ["land.part.depth-negative"]),
        (worked("reduced", "ts_systematic", -5), ["land.part.depth-negative"]),
        # A depth beside a survey's finding would be read as cleared to it.
        (worked("reduced", "ts_systematic", 0), ["land.part.depth-without-clearance"]),
        (worked("cancelled", "nts", 20), ["land.part.depth-without-clearance"]),
        (worked("not_cleared", depth_cm=None, reason="under_slab"), []),
        (worked("not_cleared", depth_cm=None), ["land.part.reason-missing"]),
        (worked("not_cleared", depth_cm=None, reason=""), ["land.part.reason-missing"]),
        (worked("cancelled", "manual", None), ["land.part.cancelled-needs-survey"]),
        (worked("cancelled", "ts_targeted", None), ["land.part.cancelled-needs-survey"]),
        (worked("cleared", "nts"), ["land.part.survey-does-not-clear"]),
        (worked("cleared", "ts_targeted"), ["land.part.survey-does-not-clear"]),
        (worked("cleared", "ts_systematic"), ["land.part.survey-does-not-clear"]),
        (worked("cleared", shape=GridShape.empty()), ["land.part.empty"]),
        # 100 m long and 10 mm over the line is 1 m², drawing noise; 11 mm is more than that.
        (worked("cleared", shape=box(0, 0, 100.010, 100)), []),
        (worked("cleared", shape=box(0, 0, 100.011, 100)), ["land.part.outside-area"]),
        (worked("not_cleared", shape=box(200, 0, 210, 10), reason="x"), ["land.part.outside-area"]),
        (
            worked("cleared", "nts", None, box(0, 0, 200, 100)),
            [
                "land.part.outside-area",
                "land.part.depth-missing",
                "land.part.survey-does-not-clear",
            ],
        ),
        (
            worked("not_cleared", depth_cm=-1, shape=GridShape.empty()),
            ["land.part.empty", "land.part.depth-negative", "land.part.reason-missing"],
        ),
    ],
)
def test_a_reported_part_says_all_that_its_outcome_needs(
    one: WorkedPart, expected: list[str]
) -> None:
    assert codes(work_ruling(report(one), FIELD)) == expected


def test_work_on_an_area_that_nobody_recorded() -> None:
    assert codes(work_ruling(report(worked("cleared")), None)) == ["land.area.unknown"]


def test_work_without_parts() -> None:
    assert codes(work_ruling(report(), FIELD)) == ["land.work.no-parts"]


def test_a_part_id_stands_for_one_part() -> None:
    west = part("P1", "cleared", box(0, 0, 50, 100))
    east = part("P1", "cleared", box(50, 0, 100, 100))
    assert codes(work_ruling(report(west, east), FIELD)) == ["land.part.id-twice"]
    assert codes(work_ruling(report(west, replace(east, part_id="P2")), FIELD)) == []


@pytest.mark.parametrize(
    ("east_begins_m", "expected"),
    [
        (50.0, []),
        (49.990, []),  # 100 m long and 10 mm wide: 1 m²
        (49.989, ["land.part.overlap"]),
        (0.0, ["land.part.overlap"]),
    ],
)
def test_two_parts_do_not_overlap_by_more_than_drawing_noise(
    east_begins_m: float, expected: list[str]
) -> None:
    west = part("P1", "cleared", box(0, 0, 50, 100))
    east = part("P2", "reduced", box(east_begins_m, 0, 100, 100))
    ruling = work_ruling(report(west, east), FIELD)
    assert codes(ruling) == expected
    # How much is told in whole m², rounded up.
    over_m2 = 5_000 if east_begins_m == 0 else 2
    named = {"part": "P1", "other": "P2", "area_m2": over_m2}
    assert [item.params for item in ruling.reasons] == [named] * len(expected)


def test_a_bad_report_is_answered_with_every_fault_of_every_part() -> None:
    bad = report(
        worked("cleared", "nts", None, box(0, 0, 60, 100)),
        WorkedPart("P2", "not_cleared", box(50, 0, 100, 100), "none"),
        WorkedPart("P2", "cancelled", box(200, 0, 210, 10), "manual"),
    )
    assert codes(work_ruling(bad, FIELD)) == [
        "land.part.depth-missing",
        "land.part.survey-does-not-clear",
        "land.part.reason-missing",
        "land.part.outside-area",
        "land.part.cancelled-needs-survey",
        "land.part.id-twice",
        "land.part.overlap",
    ]


def test_a_survey_says_how_it_answered_each_item_of_evidence() -> None:
    told = (EvidenceAnswer("E1", "searched"), EvidenceAnswer("E2", "  "))
    base = worked("reduced", "ts_systematic", None)
    one = replace(base, evidence_answered=("E1", "E2", "E3"), answers=told)
    faults = list(answer_faults(report(one)))
    assert [(item.code, item.subjects) for item in faults] == [
        ("land.part.answer-missing", ("E2",)),
        ("land.part.answer-missing", ("E3",)),
    ]
    assert not list(answer_faults(report(replace(one, outcome="cleared"))))
    # A report on record without it stands as it did: the land's rule does not ask.
    assert codes(work_ruling(report(one), FIELD)) == []
