"""Accreditation, nonconformities, lots and quarantine: each rule, refused and its neighbour."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rafiqa.land import (
    QUARANTINE_DAYS,
    AccreditationEnded,
    AccreditationGranted,
    Actor,
    Finding,
    LandState,
    LotInspected,
    LotReviewed,
    NonconformityAnswered,
    NonconformityClosed,
    NonconformityRaised,
    OrdnanceFound,
    QaVisited,
    Quarantine,
    Recorded,
    ReleaseAccepted,
    WorkInspected,
    WorkReported,
    acceptance_faults,
    quarantines,
)
from rafiqa.land.quality_rule import stops_work
from tests.unit.land.story import (
    FIRST,
    INSPECTOR,
    OPERATOR,
    SECOND,
    SPOT,
    Story,
    box,
    part,
)

FIELD = box(0, 0, 100, 100)
YARD = box(200, 0, 300, 100)
DAY_US = 86_400_000_000
GRANT = AccreditationGranted("C1", "deminers", ("manual",), 0)
LOT = LotInspected("L1", "quality", True, 1, 3, ("P1",), inspected_share=Decimal("0.1"))
FAILED = replace(LOT, lot_id="L2", passed=False, part_ids=("P2",), team_ids=("T1",))
REVIEW = LotReviewed("V1", "L2", "logs checked", SECOND)
RAISED = NonconformityRaised("N1", "deminers", "critical", "depth", "too shallow", "W1")
WORK = WorkReported(
    "W1",
    "A1",
    "deminers",
    (part("P1", "cleared", FIELD),),
    "J1",
    person_ids=("gus",),
    team_id="T1",
    asset_ids=("dog",),
)


def begun(*grants: object, work: WorkReported = WORK, inspected: bool = True) -> Story:
    """A story with an area and these accreditations; worked at 2, inspected at 3."""
    story = Story(accredited=not grants)
    for fact in grants:
        story.tell(0, FIRST, fact)
    story.area(1, "A1", FIELD)
    story.tell(2, OPERATOR, work)
    if inspected:
        story.inspect(3, "W1")
    return story


def codes(story: Story, at_us: int = 10) -> list[str]:
    """Why an acceptance of the whole work would now release nothing."""
    story.propose(9, "R1", "W1", "P1")
    register = story.book().register.joined("release", "R1")
    seq = len(story.facts) + 1
    act = Recorded(seq, "", at_us, 2_000, SECOND, ReleaseAccepted("R1"))
    return [each.code for each in acceptance_faults(register, act, register.releases["R1"])]


def released(work: WorkReported = WORK) -> Story:
    story = begun(work=work)
    story.propose(4, "R1", "W1", "P1")
    story.accept(5, "R1")
    assert story.status(50, 50, 5) == "cleared"
    return story


# --- accreditation


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ((GRANT,), []),
        ((replace(GRANT, organisation_id="others"),), ["land.accreditation.missing"]),
        ((replace(GRANT, methods=("animal",)),), ["land.accreditation.method"]),
        ((replace(GRANT, valid_from_us=3),), ["land.accreditation.expired"]),
        ((replace(GRANT, valid_until_us=1),), ["land.accreditation.expired"]),
        ((replace(GRANT, valid_until_us=2),), []),
        ((replace(GRANT, scope=("rocket",)),), []),
        # An id belongs to whoever recorded it first.
        ((replace(GRANT, valid_until_us=1), GRANT), ["land.accreditation.expired"]),
    ],
)
def test_work_needs_an_accreditation_of_its_day_and_method(
    grants: tuple[object, ...], expected: list[str]
) -> None:
    assert codes(begun(*grants)) == expected


def test_what_was_found_must_be_in_scope() -> None:
    mortar = replace(WORK, finds=(OrdnanceFound("mortar", SPOT),))
    rockets, both = replace(GRANT, scope=("rocket",)), replace(GRANT, scope=("rocket", "mortar"))
    assert codes(begun(rockets, work=mortar)) == ["land.accreditation.scope"]
    assert codes(begun(both, work=mortar)) == []


def test_every_day_of_the_work_is_covered_by_one_or_by_several() -> None:
    work = replace(WORK, begun_us=-5, ended_us=2)
    early = replace(GRANT, valid_from_us=-9, valid_until_us=-3)
    late = replace(GRANT, accreditation_id="C2", valid_from_us=-2)
    gap = replace(late, valid_from_us=-1)

    def told(*grants: object) -> list[str]:
        story = begun(work=work)
        story.accredited = False
        for seq, fact in enumerate(grants):
            story.facts.append(Recorded(-seq, f"c{seq}", -20, 0, FIRST, fact))
        return codes(story)

    assert told(early, late) == []
    assert told(early, gap) == ["land.accreditation.expired"]
    assert told(late) == ["land.accreditation.expired"]


def test_an_accreditation_counts_from_the_day_it_was_given() -> None:
    """Whatever earlier day it names: nobody had accredited them by then."""
    story = Story(accredited=False)
    story.area(1, "A1", FIELD)
    story.tell(2, OPERATOR, WORK)
    story.tell(3, FIRST, replace(GRANT, valid_from_us=0))
    story.inspect(3, "W1")
    assert codes(story) == ["land.accreditation.expired"]


def test_an_accreditation_written_after_the_acceptance_does_not_carry_it() -> None:
    """Whatever day it names: the two persons who released knew of none."""
    story = Story(accredited=False)
    story.area(1, "A1", FIELD)
    story.tell(2, OPERATOR, WORK)
    story.inspect(3, "W1")
    story.propose(4, "R1", "W1", "P1")
    story.accept(5, "R1")
    story.tell(0, FIRST, GRANT)
    assert story.status(50, 50, 9) == "cha"
    # One fact more has all of it gone through again, with the accreditation known.
    story.inspect(6, "W1", "I-again")
    assert story.status(50, 50, 9) == "cha"


def test_only_the_authority_accredits() -> None:
    story = Story(accredited=False)
    story.tell(0, INSPECTOR, GRANT)
    story.area(1, "A1", FIELD)
    story.tell(2, OPERATOR, WORK)
    story.inspect(3, "W1")
    assert codes(story) == ["land.accreditation.missing"]


@pytest.mark.parametrize(
    ("at_us", "expected"), [(3, []), (2, ["land.accreditation.ended"]), (0, None)]
)
def test_an_ended_accreditation_does_not_count_from_its_end(
    at_us: int, expected: list[str] | None
) -> None:
    story = begun(GRANT)
    story.tell(at_us, FIRST, AccreditationEnded("C1", "deminers", "unsound work"))
    assert codes(story) == (["land.accreditation.ended"] if expected is None else expected)


def test_an_end_known_late_undoes_the_release_it_should_have_prevented() -> None:
    story = begun(GRANT)
    story.propose(4, "R1", "W1", "P1")
    story.accept(5, "R1")
    assert story.status(50, 50, 9) == "cleared"
    story.tell(2, FIRST, AccreditationEnded("C1", "deminers", "forged papers"))
    assert story.status(50, 50, 9) == "cha"
    assert story.void_codes() == [("e6", ["land.accreditation.ended"])]


def test_a_second_grant_of_an_id_has_no_effect() -> None:
    story = begun(GRANT, replace(GRANT, methods=("animal",)))
    assert ("e2", ["land.accreditation.id-twice"]) in story.void_codes()


# --- nonconformities


@pytest.mark.parametrize("about", ["work", "task", "part", "team"])
def test_an_open_critical_nonconformity_bars(about: str) -> None:
    names: Any = {"work_id": None, "task_id": None, "part_ids": (), "team_id": None}
    named: Any = {
        "work": {"work_id": "W1"},
        "task": {"task_id": "J1"},
        "part": {"part_ids": ("P1",)},
        "team": {"team_id": "T1"},
    }[about]
    story = begun()
    story.tell(3, INSPECTOR, replace(RAISED, **{**names, **named}))
    assert codes(story) == ["land.release.nonconformity-open"]
    elsewhere = {key: ("P9",) if key == "part_ids" else "other" for key in named}
    story = begun()
    story.tell(3, INSPECTOR, replace(RAISED, **{**names, **elsewhere}))
    assert codes(story) == []


@pytest.mark.parametrize(
    ("severity", "acts", "bars"),
    [
        ("critical", "", True),
        ("critical", "answered", True),
        ("critical", "closed", False),
        ("major", "", True),
        ("major", "answered", False),
        ("major", "empty", True),
        ("major", "closed", False),
        ("minor", "", False),
        ("observation", "", False),
    ],
)
def test_what_it_takes_by_severity(severity: Any, acts: str, bars: bool) -> None:
    story = begun()
    story.tell(3, INSPECTOR, replace(RAISED, severity=severity))
    if acts in {"answered", "empty"}:
        action = "retrained" if acts == "answered" else " "
        story.tell(4, OPERATOR, NonconformityAnswered("N1", "haste", action))
    if acts == "closed":
        story.tell(4, INSPECTOR, NonconformityClosed("N1", "seen"))
    assert codes(story) == (["land.release.nonconformity-open"] if bars else [])


@pytest.mark.parametrize(
    "closer",
    [
        OPERATOR,
        Actor("hal", "deminers", "quality"),
        Actor("gus", "quality", "quality"),
        Actor("hal", "office", "information"),
    ],
)
def test_neither_who_it_is_against_nor_any_other_role_closes_it(closer: Actor) -> None:
    story = begun()
    story.tell(3, INSPECTOR, RAISED)
    story.tell(4, closer, NonconformityClosed("N1", "seen"))
    assert codes(story) == ["land.release.nonconformity-open"]


@pytest.mark.parametrize(("at_us", "bars"), [(2, True), (3, False), (11, True)])
def test_a_closing_counts_after_what_it_closes_and_before_the_release(
    at_us: int, bars: bool
) -> None:
    story = begun()
    story.tell(3, INSPECTOR, RAISED)
    story.tell(at_us, INSPECTOR, NonconformityClosed("N1", "seen"))
    assert codes(story) == (["land.release.nonconformity-open"] if bars else [])


def test_one_raised_on_record_before_the_acceptance_bars_whatever_its_date() -> None:
    story = begun()
    story.tell(30, INSPECTOR, RAISED)
    assert codes(story) == ["land.release.nonconformity-open"]


# --- lots


def test_a_part_is_covered_by_a_lot_that_names_it() -> None:
    story = begun(inspected=False)
    assert codes(begun(inspected=False)) == ["land.release.not-inspected"]
    story.tell(3, INSPECTOR, LOT)
    assert codes(story) == []
    story = begun(inspected=False)
    story.tell(3, INSPECTOR, replace(LOT, part_ids=("P9",)))
    assert codes(story) == ["land.release.not-inspected"]
    story = begun(inspected=False)
    story.tell(3, INSPECTOR, replace(LOT, part_ids=(), work_ids=("W1",)))
    assert codes(story) == ["land.release.not-inspected"]


@pytest.mark.parametrize(
    ("actor", "changes", "expected"),
    [
        (OPERATOR, {"organisation_id": "deminers"}, "land.release.inspected-by-operator"),
        (INSPECTOR, {"organisation_id": "deminers"}, "land.release.inspected-by-operator"),
        (Actor("gus", "quality", "quality"), {}, "land.release.inspector-did-work"),
        (Actor("dov", "quality", "planner"), {}, "land.release.not-inspector"),
        (INSPECTOR, {"inspected_share": Decimal(0)}, "land.release.nothing-inspected"),
        (FIRST, {}, "land.release.inspector-approves"),
        (SECOND, {}, "land.release.inspector-approves"),
    ],
)
def test_a_lot_covers_only_where_its_inspector_is_apart(
    actor: Actor, changes: dict[str, object], expected: str
) -> None:
    story = begun(inspected=False)
    story.tell(3, actor, replace(LOT, **changes))  # type: ignore[arg-type]
    assert expected in codes(story)


@pytest.mark.parametrize("actor", [FIRST, SECOND])
def test_who_inspected_a_work_does_not_approve_its_release(actor: Actor) -> None:
    story = begun(inspected=False)
    story.tell(3, actor, WorkInspected("I1", "W1", "quality", passed=True))
    assert codes(story) == ["land.release.inspector-approves"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"passed": False}, ["land.release.inspection-failed"]),
        ({"items_found": 1}, ["land.release.inspection-failed"]),
        ({"findings": (Finding("critical", "mine"),)}, ["land.release.critical-open"]),
        ({"findings": (Finding("major", "log"),)}, []),
    ],
)
def test_a_failed_lot_fails_its_parts(changes: dict[str, object], expected: list[str]) -> None:
    lot = replace(LOT, **changes)  # type: ignore[arg-type]
    story = begun()
    story.tell(4, OPERATOR, lot)
    assert [each for each in codes(story) if "quarantined" not in each] == expected
    story = released()
    story.tell(6, INSPECTOR, lot)
    hazard = bool(expected)
    assert story.status(50, 50, 6) == ("cha" if hazard else "cleared")
    told = [reason.code for reason in story.point(50, 50, 6).reasons]
    assert ("land.point.inspection-failed" in told) is hazard
    gates = story.state(50, 50, 6)
    assert gates is not None
    assert gates.reopened is hazard


def test_a_failed_lot_that_names_no_part_fails_its_works() -> None:
    story = released()
    story.tell(6, INSPECTOR, replace(FAILED, part_ids=(), work_ids=("W1",)))
    assert story.status(50, 50, 6) == "cha"


def test_a_failed_lot_of_ground_taken_over_reopens_it() -> None:
    story = Story()
    story.transfer(1, "T9", "cleared", FIELD)
    assert story.status(50, 50, 2) == "cleared"
    story.tell(3, INSPECTOR, replace(FAILED, part_ids=("T9",)))
    assert story.status(50, 50, 3) == "sha"


def test_a_failed_lot_is_told_on_ground_that_was_never_released() -> None:
    story = begun()
    story.tell(4, INSPECTOR, replace(FAILED, part_ids=("P1",)))
    told = [(each.code, each.subjects) for each in story.point(50, 50, 4).reasons]
    assert ("land.point.lot-refused", ("L2",)) in told
    assert "land.point.lot-refused" not in [each.code for each in story.point(50, 50, 3).reasons]


# --- quarantine


def test_a_failed_lot_stops_earlier_work_of_the_same_team_until_it_is_reviewed() -> None:
    story = begun()
    story.tell(4, INSPECTOR, FAILED)
    assert codes(story) == ["land.release.quarantined"]
    story = begun()
    story.tell(4, INSPECTOR, FAILED)
    story.tell(5, FIRST, REVIEW)
    assert codes(story) == []


def test_a_review_does_not_lift_the_failure_of_the_lot_itself() -> None:
    story = begun()
    story.tell(4, INSPECTOR, replace(FAILED, part_ids=("P1",)))
    story.tell(5, FIRST, REVIEW)
    assert codes(story) == ["land.release.inspection-failed"]


@pytest.mark.parametrize(
    ("actor", "second", "at_us"),
    [
        (FIRST, None, 5),
        (FIRST, FIRST, 5),
        (FIRST, Actor("ana", "elsewhere", "authority"), 5),
        (FIRST, Actor("bo", "office", "quality"), 5),
        (INSPECTOR, SECOND, 5),
        (FIRST, Actor("bo", "deminers", "authority"), 5),
        (FIRST, Actor("gus", "office", "authority"), 5),
        # Before the lot, and after the release.
        (FIRST, SECOND, 3),
        (FIRST, SECOND, 11),
    ],
)
def test_a_review_takes_two_persons_apart_from_the_work(
    actor: Actor, second: Actor | None, at_us: int
) -> None:
    story = begun()
    story.tell(4, INSPECTOR, FAILED)
    story.tell(at_us, actor, replace(REVIEW, confirmed_by=second))
    assert codes(story) == ["land.release.quarantined"]


@pytest.mark.parametrize(
    ("lot", "work", "stopped"),
    [
        (FAILED, WORK, True),
        (replace(FAILED, team_ids=("T2",)), WORK, False),
        (replace(FAILED, team_ids=("T2",), asset_ids=("dog",)), WORK, True),
        # Where either side names no hands, the organisation decides.
        (replace(FAILED, team_ids=(), inspected_id="deminers"), WORK, True),
        (replace(FAILED, team_ids=(), inspected_id="others"), WORK, False),
        (
            replace(FAILED, inspected_id="deminers"),
            replace(WORK, team_id=None, asset_ids=None),
            True,
        ),
        (replace(FAILED, team_ids=("T2",), inspected_id="deminers"), WORK, False),
        (replace(FAILED, passed=True), WORK, False),
    ],
)
def test_whose_work_is_stopped(lot: LotInspected, work: WorkReported, stopped: bool) -> None:
    pair = Recorded(9, "e9", 4, 9, INSPECTOR, lot), Recorded(1, "e1", 2, 1, OPERATOR, work)
    assert stops_work(*pair) is stopped
    story = begun(work=work)
    story.tell(4, INSPECTOR, lot)
    assert ("land.release.quarantined" in codes(story)) is stopped


@pytest.mark.parametrize(
    ("begun_days", "ended_days", "stopped"),
    [
        (-QUARANTINE_DAYS, -QUARANTINE_DAYS, True),
        (-QUARANTINE_DAYS - 9, -QUARANTINE_DAYS - 1, False),
        (-QUARANTINE_DAYS - 9, -QUARANTINE_DAYS, True),
        # Done while the lot waited for its inspection, and begun after that.
        (19, 40, True),
        (21, 40, False),
    ],
)
def test_of_which_days_work_is_stopped(begun_days: int, ended_days: int, stopped: bool) -> None:
    """The lot was worked on days 0 to 10, and inspected on day 20."""
    days = [round(day * DAY_US) for day in (begun_days, ended_days)]
    work = replace(WORK, begun_us=days[0], ended_us=days[1])
    lot = replace(FAILED, from_us=0, until_us=10 * DAY_US)
    assert (
        stops_work(
            Recorded(9, "e9", 20 * DAY_US, 9, INSPECTOR, lot),
            Recorded(1, "e1", days[1], 1, OPERATOR, work),
        )
        is stopped
    )


def test_ground_released_before_stays_and_is_in_doubt() -> None:
    story = released()
    story.tell(6, INSPECTOR, FAILED)
    story.tell(8, FIRST, REVIEW)
    assert [story.status(50, 50, at_us) for at_us in (5, 6, 8)] == ["cleared"] * 3
    doubt = {}
    for at_us in (5, 6, 7, 8):
        state = story.state(50, 50, at_us)
        assert state is not None
        doubt[at_us] = [(each.work_id, each.lot_id) for each in _doubt(story, state, at_us)]
    assert doubt == {5: [], 6: [("W1", "L2")], 7: [("W1", "L2")], 8: []}
    told = {at_us: story.point(50, 50, at_us).reasons for at_us in (6, 8)}
    assert [each.subjects for each in told[6] if each.code == "land.point.quarantined"] == [("L2",)]
    assert not [each for each in told[8] if each.code == "land.point.quarantined"]


def _doubt(story: Story, state: LandState, at_us: int) -> tuple[Quarantine, ...]:
    return quarantines(story.book().register, state, at_us)


def test_ground_cleared_again_by_others_since_is_not_in_doubt() -> None:
    story = released()
    story.tell(6, INSPECTOR, FAILED)
    again = replace(WORK, work_id="W2", parts=(part("P5", "cleared", FIELD),), team_id="T2")
    story.tell(7, OPERATOR, replace(again, asset_ids=None, task_id=None))
    story.inspect(8, "W2")
    story.propose(8, "R2", "W2", "P5")
    assert "land.point.quarantined" in [each.code for each in story.point(50, 50, 8).reasons]
    story.accept(9, "R2")
    assert "land.point.quarantined" not in [each.code for each in story.point(50, 50, 9).reasons]


def test_a_failed_lot_known_late_stops_what_was_accepted_after_its_date() -> None:
    story = released()
    story.tell(4, INSPECTOR, FAILED)
    assert story.status(50, 50, 9) == "cha"
    assert story.void_codes() == [("e5", ["land.release.quarantined"])]


# --- what "passed" proves


def test_what_an_inspection_proves_is_told_beside_the_release() -> None:
    story = begun(inspected=False)
    story.tell(3, INSPECTOR, replace(LOT, detection=Decimal("0.9")))
    story.propose(4, "R1", "W1", "P1")
    story.accept(5, "R1")
    (told,) = [each for each in story.point(50, 50, 5).reasons if "passed" in each.code]
    assert told.code == "land.point.passed-proves"
    # (1 - 0.09)^5 is 0.6240…: a sample of a tenth passes five missed items six times in ten.
    assert told.params == {
        "inspection": "L1",
        "share_percent": 10,
        "detection_percent": 90,
        "accept1_percent": 91,
        "accept2_percent": 83,
        "accept5_percent": 63,
    }


def test_without_a_stated_detection_the_best_that_there_could_be_is_told() -> None:
    (told,) = [each for each in released().point(50, 50, 5).reasons if "passed" in each.code]
    assert told.code == "land.point.passed-at-best"
    assert told.params == {
        "inspection": "I-W1",
        "share_percent": 10,
        "accept1_percent": 90,
        "accept2_percent": 81,
        "accept5_percent": 60,
    }


def test_without_a_stated_share_nothing_is_proved() -> None:
    story = begun(inspected=False)
    story.tell(3, INSPECTOR, replace(LOT, inspected_share=None))
    story.propose(4, "R1", "W1", "P1")
    story.accept(5, "R1")
    (told,) = [each for each in story.point(50, 50, 5).reasons if "passed" in each.code]
    assert told.code == "land.point.passed-unstated"


def test_quality_stands_in_the_story_of_its_area() -> None:
    story = begun()
    story.tell(4, INSPECTOR, QaVisited("V9", "deminers", "quality", "lanes", None, "W1"))
    story.tell(4, INSPECTOR, replace(RAISED, work_id=None, part_ids=("P1",)))
    story.tell(5, OPERATOR, NonconformityAnswered("N1", "haste", "retrained"))
    story.tell(6, INSPECTOR, NonconformityClosed("N1", "seen"))
    story.tell(7, INSPECTOR, replace(FAILED, work_ids=("W1",)))
    story.tell(8, FIRST, REVIEW)
    facts = story.book().register.areas["A1"].facts
    names = [type(item.fact).__name__ for item in facts[-6:]]
    assert names == [
        "QaVisited",
        "NonconformityRaised",
        "NonconformityAnswered",
        "NonconformityClosed",
        "LotInspected",
        "LotReviewed",
    ]
    assert story.void_codes() == []
