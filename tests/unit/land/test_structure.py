"""Land under structures: every unit and the ground beneath, down from the surface."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest

from rafiqa.geo import GridShape
from rafiqa.land import (
    BoundaryCorrected,
    EvidenceRecorded,
    LandBook,
    LandHistory,
    LandState,
    LotInspected,
    Moment,
    Outcome,
    Recorded,
    ReleaseProposed,
    SiteOpened,
    StructureRegistered,
    Unit,
    WorkedPart,
    WorkReported,
    floor_account,
    fold,
    quarantines,
    structure_ruling,
    unit_faults,
    work_ruling,
)
from tests.unit.land.story import (
    ACCREDITED,
    FIRST,
    INSPECTOR,
    OPERATOR,
    SECOND,
    SPOT,
    SURVEYOR,
    Story,
    box,
    part,
)

FIELD, HOUSE = box(0, 0, 100, 100), box(20, 20, 40, 40)
UNITS = (Unit("f0", "storey", 0), Unit("roof", "roof", None, Decimal("12.5")))


def house(*units: Unit, shape: GridShape = HOUSE) -> StructureRegistered:
    return StructureRegistered("B", "building", shape, units or UNITS, "House")


def of_unit(
    unit_id: str | None,
    outcome: Outcome = "cleared",
    depth_cm: int | None = None,
    begin_cm: int | None = None,
    shape: GridShape = HOUSE,
    key: str = "",
) -> WorkedPart:
    made = part(f"p-{unit_id}{key}", outcome, shape, depth_cm)
    return replace(made, unit_id=unit_id, depth_from_cm=begin_cm)


def registered() -> Story:
    story = Story()
    story.area(1, "A1", FIELD)
    story.tell(2, SURVEYOR, house())
    return story


def inside(story: Story, at_us: int) -> LandState:
    found = story.state(30, 30, at_us)
    assert found is not None
    return found


def codes(story: Story, at_us: int) -> list[str]:
    return [reason.code for reason in story.point(30, 30, at_us).reasons]


ALL = (of_unit("f0"), of_unit("roof"), of_unit("B.ground", depth_cm=50))


def test_a_structure_puts_no_ground_on_record() -> None:
    story = Story()
    story.tell(1, SURVEYOR, house())
    assert story.state(30, 30, 5) is None
    assert story.point(30, 30, 5).state == "unrecorded"


def test_the_footprint_is_released_when_every_unit_and_the_ground_are() -> None:
    story = registered()
    story.release(4, "W1", "A1", ALL[0])
    story.release(6, "W2", "A1", ALL[1])
    assert [story.status(30, 30, at) for at in (3, 5, 7)] == ["cha", "cha", "cha"]
    assert inside(story, 7).units == (("f0", "cleared"), ("roof", "cleared"), ("B.ground", None))
    story.release(8, "W3", "A1", ALL[2])
    assert [story.status(30, 30, at) for at in (7, 8)] == ["cha", "cleared"]
    found = inside(story, 8)
    assert (found.depth_cm, set(found.part_ids)) == (50, {"p-f0", "p-roof", "p-B.ground"})
    assert story.status(70, 70, 8) == "cha"


@pytest.mark.parametrize("left_out", range(3))
def test_one_open_unit_keeps_all_of_it_hazard(left_out: int) -> None:
    story = registered()
    story.release(4, "W1", "A1", *(one for n, one in enumerate(ALL) if n != left_out))
    assert story.status(30, 30, 9) == "cha"
    assert codes(story, 9).count("land.point.unit-open") == 1
    assert codes(story, 9).count("land.point.unit-outcome") == 2


def test_a_part_that_names_no_unit_counts_around_a_structure_only() -> None:
    story = registered()
    story.release(4, "W1", "A1", part("P1", "cleared", FIELD))
    assert [story.status(x, 30, 5) for x in (10, 30)] == ["cleared", "cha"]


def test_units_that_come_on_record_after_the_release_put_it_back_to_hazard() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(4, "W1", "A1", part("P1", "cleared", FIELD))
    assert story.status(30, 30, 9) == "cleared"
    story.tell(6, SURVEYOR, house())
    assert [story.status(30, 30, at) for at in (5, 6)] == ["cleared", "cha"]
    assert story.status(10, 30, 9) == "cleared"


@pytest.mark.parametrize("registered_us", [2, 9])
def test_work_in_units_registered_after_it_does_not_count(registered_us: int) -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(4, "W1", "A1", *ALL)
    story.tell(registered_us, SURVEYOR, house())
    assert story.status(30, 30, 20) == "cha"
    story.release(12, "W2", "A1", *(replace(one, part_id=f"{one.part_id}2") for one in ALL))
    assert story.status(30, 30, 20) == "cleared"


def test_a_part_of_a_unit_not_on_record_lowers_nothing() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(4, "W1", "A1", of_unit("lost"))
    assert story.status(30, 30, 9) == "cha"


def test_a_further_record_adds_units_and_ground_and_removes_none() -> None:
    story = registered()
    story.release(4, "W1", "A1", *ALL)
    story.tell(6, SURVEYOR, house(Unit("cellar", "basement"), shape=box(20, 20, 60, 40)))
    assert [story.status(30, 30, at) for at in (5, 6)] == ["cleared", "cha"]
    names = [unit_id for unit_id, _ in inside(story, 6).units]
    assert names == ["f0", "roof", "B.ground", "cellar"]
    story.release(8, "W2", "A1", of_unit("cellar", shape=box(20, 20, 60, 40)))
    assert [story.status(x, 30, 20) for x in (30, 50)] == ["cleared", "cha"]


def test_a_named_ground_beneath_stands_for_the_one_that_is_added() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.tell(2, SURVEYOR, house(Unit("f0", "storey"), Unit("g", "ground_beneath")))
    story.release(4, "W1", "A1", of_unit("f0"), of_unit("g", depth_cm=40))
    assert (story.status(30, 30, 9), inside(story, 9).depth_cm) == ("cleared", 40)


def test_the_state_is_the_worst_and_the_depth_is_the_ground_s() -> None:
    story = registered()
    story.release(4, "W1", "A1", of_unit("f0", "reduced"), ALL[1], ALL[2])
    assert (inside(story, 9).status, inside(story, 9).depth_cm) == ("reduced", 50)


def test_a_unit_not_cleared_keeps_that_unit_alone() -> None:
    story = registered()
    story.release(4, "W1", "A1", of_unit("f0", "not_cleared"), ALL[1], ALL[2])
    assert dict(inside(story, 9).units) == {"f0": None, "roof": "cleared", "B.ground": "cleared"}
    assert "land.point.unit-not-cleared" in codes(story, 9)
    story.release(8, "W2", "A1", of_unit("f0", key="2"))
    assert story.status(30, 30, 20) == "cleared"


def test_a_part_not_cleared_of_a_unit_nobody_knows_keeps_the_land() -> None:
    story = registered()
    story.release(4, "W1", "A1", of_unit("lost", "not_cleared"), *ALL)
    assert story.status(30, 30, 9) == "cha"
    assert "land.point.unit-unknown" in codes(story, 9)


def test_a_hazard_after_the_work_reopens_every_unit() -> None:
    story = registered()
    story.release(4, "W1", "A1", *ALL)
    story.reopen(6, "O1", box(25, 25, 35, 35))
    assert (inside(story, 9).status, inside(story, 9).reopened) == ("cha", True)
    again = [replace(one, part_id=f"{one.part_id}2") for one in ALL]
    story.release(8, "W2", "A1", *again[:2])
    assert inside(story, 20).reopened
    story.release(12, "W3", "A1", again[2])
    assert story.status(30, 30, 20) == "cleared"


def test_an_outline_drawn_without_the_house_takes_it_off_the_record() -> None:
    story = registered()
    rest = FIELD.difference(HOUSE)
    story.tell(4, FIRST, BoundaryCorrected("A1", rest, "survey", SECOND))
    assert story.state(30, 30, 9) is None


def test_the_order_of_facts_does_not_matter() -> None:
    story = registered()
    story.release(4, "W1", "A1", *ALL)
    story.tell(1, SURVEYOR, house(Unit("cellar", "basement")))
    expected = [inside(story, at) for at in (2, 9)]
    for facts in list(permutations(story.facts))[:: 5_040 // 40]:
        faces = fold([ACCREDITED, *facts]).at_mm(30_000, 30_000)
        assert [faces[0].timeline.at(at) for at in (2, 9)] == expected


# --- depth


def depth_at(*intervals: tuple[int | None, int]) -> tuple[str | None, int | None]:
    story = Story()
    story.area(1, "A1", FIELD)
    parts = [
        replace(part(f"P{n}", "cleared", FIELD, end_cm), depth_from_cm=begin_cm)
        for n, (begin_cm, end_cm) in enumerate(intervals)
    ]
    story.release(4, "W1", "A1", *parts)
    found = story.state(50, 50, 9)
    assert found is not None
    return found.status, found.depth_cm


def test_depth_is_what_is_reached_from_the_surface_without_a_gap() -> None:
    assert depth_at((None, 20)) == ("cleared", 20)
    assert depth_at((20, 50), (None, 20)) == ("cleared", 50)
    assert depth_at((None, 20), (30, 50)) == ("cleared", 20)
    assert depth_at((None, 30), (20, 50), (50, 80), (90, 99)) == ("cleared", 80)
    assert depth_at((None, 0), (10, 50)) == ("cleared", 0)


def test_what_does_not_begin_at_the_surface_lowers_nothing() -> None:
    assert depth_at((100, 200)) == ("cha", None)
    assert depth_at((100, 200), (200, 300)) == ("cha", None)


@pytest.mark.parametrize(("begin_cm", "end_cm"), [(-1, 20), (20, 20), (30, 20)])
def test_an_interval_ends_below_its_beginning(begin_cm: int, end_cm: int) -> None:
    bad = replace(part("P1", "cleared", FIELD, end_cm), depth_from_cm=begin_cm)
    ruling = work_ruling(WorkReported("W1", "A1", "deminers", (bad,)), FIELD)
    assert [reason.code for reason in ruling.reasons] == ["land.part.depth-interval"]
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(4, "W1", "A1", bad)
    assert story.status(50, 50, 9) == "cha"


def test_only_a_clearance_begins_at_a_depth() -> None:
    bad = replace(part("P1", "reduced", FIELD), depth_from_cm=5)
    ruling = work_ruling(WorkReported("W1", "A1", "deminers", (bad,)), FIELD)
    assert [reason.code for reason in ruling.reasons] == ["land.part.depth-interval"]


def test_parts_may_lie_over_one_another_in_other_units_or_beneath() -> None:
    def faults(*parts: WorkedPart) -> list[str]:
        ruling = work_ruling(WorkReported("W1", "A1", "deminers", parts), FIELD)
        return [reason.code for reason in ruling.reasons]

    assert faults(*ALL) == []
    assert faults(of_unit("f0"), of_unit("f0", key="2")) == ["land.part.overlap"]
    assert faults(of_unit("f0"), part("P1", "cleared", FIELD)) == ["land.part.overlap"]
    beneath = of_unit("f0", depth_cm=60, begin_cm=30, key="2")
    assert faults(of_unit("f0", depth_cm=30), beneath) == []
    assert faults(of_unit("f0", depth_cm=31), beneath) == ["land.part.overlap"]


def test_a_clearance_beneath_the_surface_is_told_with_its_beginning() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    low = replace(part("P2", "cleared", FIELD, 50), depth_from_cm=20)
    story.release(4, "W1", "A1", part("P1", "cleared", FIELD, 20), low)
    assert {"land.point.depth", "land.point.depth-interval"} <= set(codes_at(story, 50, 50, 9))


def codes_at(story: Story, x_m: float, y_m: float, at_us: int) -> list[str]:
    return [reason.code for reason in story.point(x_m, y_m, at_us).reasons]


# --- what is refused before it is written


def test_a_structure_is_refused_with_every_fault() -> None:
    bad = StructureRegistered(
        "B",
        "building",
        GridShape.empty(),
        (
            Unit("f0", "storey", 0, Decimal(-1)),
            Unit("f0", "storey"),
            Unit("B.ground", "storey"),
        ),
    )
    found = [reason.code for reason in structure_ruling(bad, {}).reasons]
    assert found == [
        "land.structure.empty",
        "land.structure.unit-twice",
        "land.structure.floor-negative",
        "land.structure.ground-id",
    ]
    far = StructureRegistered("B", "building", box(60_000, 0, 60_010, 10), ())
    found = [reason.code for reason in structure_ruling(far, {}).reasons]
    assert found == ["land.structure.off-site", "land.structure.no-units"]
    assert structure_ruling(house(), {}).allowed


def test_a_unit_belongs_to_one_structure() -> None:
    units = registered().book().register.units
    assert structure_ruling(house(), units).allowed
    other = replace(house(), structure_id="C")
    found = [reason.code for reason in structure_ruling(other, units).reasons]
    assert found == ["land.structure.unit-twice"] * 2


def test_work_names_units_on_record_before_it_and_where_they_are() -> None:
    units = registered().book().register.units

    def faults(one: WorkedPart, at_us: int = 5) -> list[str]:
        return [reason.code for reason in unit_faults([one], units, Moment(at_us, 9))]

    assert faults(of_unit("f0")) == faults(of_unit("B.ground")) == faults(of_unit(None)) == []
    assert faults(of_unit("f9")) == faults(of_unit("f0"), 1) == ["land.part.unit-unknown"]
    assert faults(of_unit("f0", shape=box(80, 80, 90, 90))) == ["land.part.unit-elsewhere"]


def test_a_proposal_of_work_older_than_the_unit_is_refused() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.work(4, "W1", "A1", ALL)
    story.inspect(4, "W1")
    story.tell(5, SURVEYOR, house())
    book = story.book()
    proposal = Recorded(9, "x", 9, 9, FIRST, ReleaseProposed("R1", "W1", ("p-f0",)))
    against = book.raised_since(book.register.case(proposal, proposal))
    assert [reason.code for reason in against] == ["land.part.unit-unknown"]


# --- floor


def test_floor_is_counted_by_unit_apart_from_the_land() -> None:
    story = registered()
    story.tell(2, SURVEYOR, house(Unit("shaft", "void")))
    story.release(4, "W1", "A1", *ALL[:2])
    found = floor_account(story.book(), 9)
    assert {unit.unit_id: (unit.state, unit.basis, unit.floor_m2) for unit in found.units} == {
        "f0": ("cleared", "footprint", Decimal(400)),
        "roof": ("cleared", "stated", Decimal("12.5")),
        "shaft": ("hazard", "none", Decimal(0)),
    }
    assert found.figures["cleared"].floor_m2 == Decimal("412.5")
    assert (found.figures["hazard"].n_units, found.figures["hazard"].n_unmeasured) == (1, 1)
    assert floor_account(story.book(), 3).figures["hazard"].floor_m2 == Decimal("412.5")
    assert floor_account(story.book(), 1).units == ()


def test_floors_of_neighbouring_boundaries_add_up() -> None:
    story = registered()
    west, east = box(0, 0, 25, 100), box(25, 0, 100, 100)
    inside_each = [len(floor_account(story.book(), 9, each).units) for each in (west, east)]
    assert sorted(inside_each) == [0, 2]


def test_a_structure_off_the_record_has_no_state() -> None:
    story = Story()
    story.tell(1, SURVEYOR, house())
    assert floor_account(story.book(), 9).units == ()


# --- what was seen there


def test_a_sign_in_a_structure_is_answered_when_every_unit_was_worked_after_it() -> None:
    story = Story()
    story.tell(1, FIRST, SiteOpened("Site", SPOT, "office"))
    story.area(1, "A1", FIELD)
    story.tell(2, SURVEYOR, house())
    story.release(4, "W1", "A1", *ALL[:2])
    seen = EvidenceRecorded("E9", "crater", "visual", shape=box(28, 28, 32, 32))
    story.tell(10, SURVEYOR, seen)
    story.release(12, "W2", "A1", ALL[2])
    assert story.status(30, 30, 20) == "cleared"
    assert "land.point.near-evidence" in codes(story, 20)
    story.release(30, "W3", "A1", *(replace(one, part_id=f"{one.part_id}3") for one in ALL[:2]))
    assert "land.point.near-evidence" not in codes(story, 40)


def test_a_clearance_beneath_the_surface_answers_no_sign() -> None:
    story = Story()
    story.tell(1, FIRST, SiteOpened("Site", SPOT, "office"))
    story.area(1, "A1", FIELD)
    story.release(4, "W1", "A1", part("P1", "cleared", FIELD, 30))
    story.tell(10, SURVEYOR, EvidenceRecorded("E9", "crater", "visual", shape=HOUSE))
    story.release(12, "W2", "A1", replace(part("P2", "cleared", FIELD, 60), depth_from_cm=30))
    assert codes(story, 20).count("land.point.near-evidence") == 1
    assert inside(story, 20).depth_cm == 60


# --- quality


def test_work_in_another_unit_takes_no_doubt_from_the_first() -> None:
    story = registered()
    lot = LotInspected("L1", "quality", False, 1, 9, ("none",), team_ids=("T1",))
    for work_id, team_id, parts in (("W1", "T1", ALL[:1]), ("W2", "T2", ALL[1:])):
        work = WorkReported(work_id, "A1", "deminers", parts, person_ids=("gus",), team_id=team_id)
        story.tell(4, OPERATOR, work)
        story.inspect(4, work_id)
        story.propose(4, f"R-{work_id}", work_id, *(one.part_id for one in parts))
        story.accept(4, f"R-{work_id}")
        if work_id == "W1":
            story.tell(4, INSPECTOR, lot)
    state = inside(story, 8)
    assert state.status == "cleared"
    found = quarantines(story.book().register, state, 8)
    assert [(each.work_id, each.lot_id) for each in found] == [("W1", "L1")]


def test_what_is_known_of_units_is_the_same_fact_by_fact() -> None:
    story = registered()
    story.release(4, "W1", "A1", *ALL)
    story.tell(6, SURVEYOR, house(Unit("cellar", "basement")))
    history = LandHistory()
    history.take([ACCREDITED])
    for n_known, recorded in enumerate(story.facts, 1):
        history.take([recorded])
        known, afresh = LandBook(history, recorded.seq), story.known(n_known)
        for at_us in (2, 5, 9):
            one, other = (book.at_mm(30_000, 30_000) for book in (known, afresh))
            assert [f.timeline.at(at_us) for f in one] == [f.timeline.at(at_us) for f in other]
        assert set(known.register.units) == set(afresh.register.units)
