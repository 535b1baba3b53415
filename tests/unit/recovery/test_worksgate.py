"""Structure, rubble, finds and what lies deep: the ground comes first, a find stops."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rafiqa.land import EvidenceRecorded, Outcome
from rafiqa.recovery import (
    GatePolicy,
    MethodStated,
    Paper,
    ProjectRegistered,
    SheetStated,
    SitePapers,
    StructureTag,
    ask_gate,
    register,
)
from tests.unit.land.story import SPOT, SURVEYOR, Story, box, part
from tests.unit.recovery.folder import (
    CUT,
    DAY_US,
    FIELD,
    FIND,
    LIFT,
    MAY_GO_ON,
    SEARCHED,
    TEAM,
    WORKS,
    asked,
    cleared,
    of_gate,
    papers_of,
    row,
    told,
    works,
)

METHOD = MethodStated("J1", "from the top, by long arm")


def hazard() -> Story:
    story = Story()
    story.area(1, "A1", FIELD)
    return story


def tag(colour: Any, lapsed: Any = None) -> dict[str, StructureTag]:
    return {"b1": StructureTag(colour, lapsed, None, "tag-1")}


# --- G5


@pytest.mark.parametrize(
    ("kind", "tags", "papers", "expected"),
    [
        ("repair", tag("green"), (), ("open", "gate.structure.green")),
        ("repair", tag("yellow"), (), ("conditions", "gate.structure.yellow")),
        ("repair", tag("yellow"), (METHOD,), ("conditions", "gate.structure.by-method")),
        ("repair", tag("red"), (), ("closed", "gate.structure.red")),
        ("repair", tag("red"), (METHOD,), ("closed", "gate.structure.red")),
        ("demolition", tag("red"), (), ("closed", "gate.structure.red")),
        ("demolition", tag("red"), (METHOD,), ("conditions", "gate.structure.by-method")),
        ("repair", {}, (METHOD,), ("closed", "gate.structure.no-tag")),
        ("repair", tag("green", "expired"), (), ("closed", "gate.structure.tag-expired")),
        ("repair", tag("green", "damaged"), (), ("closed", "gate.structure.tag-damaged")),
        ("road", tag("green"), (), ("open", "gate.structure.green")),
    ],
)
def test_structure(
    kind: str, tags: dict[str, StructureTag], papers: tuple[Any, ...], expected: tuple[str, str]
) -> None:
    answer = asked(works(kind, asset_ids=("b1",)), *papers, tags=tags)
    assert of_gate(answer, "G5") == [expected]


def test_a_statement_older_than_the_tag_was_not_written_for_it() -> None:
    about, red = works("demolition", asset_ids=("b1",)), tag("red")["b1"]
    for at_day, seq, expected in ((2, 0, "red"), (0, 200, "red"), (0, 0, "by-method")):
        late = {"b1": replace(red, valid_at_us=at_day * DAY_US, seq=seq)}
        (gate,) = of_gate(asked(about, METHOD, tags=late), "G5")
        assert gate[1] == f"gate.structure.{expected}"


def test_each_building_of_the_works_needs_a_tag_of_its_own() -> None:
    answer = asked(works("repair", asset_ids=("b1", "b2")), tags=tag("green"))
    assert of_gate(answer, "G5") == [
        ("open", "gate.structure.green"),
        ("closed", "gate.structure.no-tag"),
    ]


def test_works_on_a_structure_that_name_none_are_closed() -> None:
    assert of_gate(asked(works("repair")), "G5") == [("closed", "gate.structure.no-building")]


def test_nobody_enters_an_unsearched_building_an_engineer_neither() -> None:
    about = works("repair", asset_ids=("b1",))
    answer = asked(about, tags=tag("green"), story=hazard())
    assert of_gate(answer, "G5")[0] == ("closed", "gate.structure.ground-first")
    assert row(answer, "gate.structure.ground-first").area_ids == ("A1",)
    unsettled = asked(replace(about, access=box(95, 10, 105, 20)), tags=tag("green"))
    assert of_gate(unsettled, "G5")[0] == ("conditions", "gate.structure.ground-unsettled")


def test_a_red_tag_closes_works_without_a_sheet_too() -> None:
    bare = ProjectRegistered("J1", "School", "school", WORKS, 30, asset_ids=("b1",))
    assert of_gate(asked(bare, tags=tag("red")), "G5") == [("closed", "gate.structure.red")]
    assert of_gate(asked(bare, tags=tag("green")), "G5") == []
    stated = replace(bare, stated=SheetStated(structural_tag="red"))
    assert of_gate(asked(stated), "G5") == [("closed", "gate.structure.stated-red")]


def test_a_tag_answers_what_a_sheet_said_before_it_and_nothing_after() -> None:
    """A sheet that calls a building red after it was tagged green is not answered by that tag."""
    repair = replace(works("repair", asset_ids=("b1",)), stated=SheetStated(structural_tag="red"))
    bare = ProjectRegistered(
        "J1", "School", "school", WORKS, 30, asset_ids=("b1",), stated=repair.stated
    )
    red = ("closed", "gate.structure.stated-red")
    told_on = Paper(None, "sheet", 5 * DAY_US, 5)
    for about in (repair, bare):
        for day, seq, answered in ((4, 6, False), (6, 4, False), (5, 6, True)):
            tags = {"b1": replace(tag("green")["b1"], valid_at_us=day * DAY_US, seq=seq)}
            gates = of_gate(asked(about, tags=tags, said={"structural_tag": told_on}), "G5")
            assert (red not in gates) is answered
        for lapsed in ("expired", "damaged"):
            once = replace(tag("green")["b1"], valid_at_us=5 * DAY_US, seq=6, lapsed=lapsed)
            gates = of_gate(asked(about, tags={"b1": once}, said={"structural_tag": told_on}), "G5")
            assert red in gates, "a tag that stands no more answers nothing"


# --- G8


@pytest.mark.parametrize(
    ("papers", "expected"),
    [
        ((TEAM,), [("open", "gate.rubble.in-order")]),
        ((TEAM, LIFT), [("open", "gate.rubble.in-order")]),
        ((LIFT,), [("conditions", "gate.rubble.no-team")]),
        (
            (replace(LIFT, eod_on_call=False),),
            [("closed", "gate.rubble.lifted-alone")],
        ),
        (
            ((1, TEAM), (2, replace(LIFT, eod_on_call=False))),
            [("closed", "gate.rubble.lifted-alone")],
        ),
        (
            ((1, replace(LIFT, eod_on_call=False)), (2, TEAM)),
            [("open", "gate.rubble.in-order")],
        ),
        ((TEAM, replace(LIFT, layer=3)), [("conditions", "gate.rubble.layer-skipped")]),
        ((TEAM, replace(LIFT, tickets=())), [("conditions", "gate.rubble.no-tickets")]),
        (
            (TEAM, replace(LIFT, tickets_m3=Decimal(20))),
            [("conditions", "gate.rubble.tickets-differ")],
        ),
        (
            (TEAM, LIFT, replace(LIFT, lift_id="U2", tickets=("T-2", "T-3"))),
            [("conditions", "gate.rubble.ticket-twice")],
        ),
        (
            (TEAM, LIFT, replace(LIFT, lift_id="U2", tickets=("T-3", "T-3"))),
            [("open", "gate.rubble.in-order")],
        ),
        ((TEAM, FIND), [("closed", "gate.rubble.find-open"), ("open", "gate.rubble.in-order")]),
        ((TEAM, FIND, MAY_GO_ON), [("open", "gate.rubble.in-order")]),
        (
            (TEAM, FIND, replace(MAY_GO_ON, may_go_on=False)),
            [("closed", "gate.rubble.find-open"), ("open", "gate.rubble.in-order")],
        ),
        (
            ((1, TEAM), (2, MAY_GO_ON), (3, FIND)),
            [("closed", "gate.rubble.find-open"), ("open", "gate.rubble.in-order")],
        ),
        (
            (TEAM, FIND, MAY_GO_ON, replace(FIND, find_id="F2")),
            [("closed", "gate.rubble.find-open"), ("open", "gate.rubble.in-order")],
        ),
    ],
)
def test_rubble(papers: tuple[Any, ...], expected: list[tuple[str, str]]) -> None:
    assert of_gate(asked(works("rubble_removal"), *papers), "G8") == expected


def test_an_agreement_is_ended_by_the_last_word_with_the_same_team() -> None:
    ended = (2, replace(TEAM, until_us=3 * DAY_US))
    answer = asked(works("rubble_removal"), (1, TEAM), ended)
    assert of_gate(answer, "G8") == [("conditions", "gate.rubble.no-team")]


def test_a_stopped_lot_is_closed() -> None:
    answer = asked(works("rubble_removal"), TEAM, lot_state=("stopped", "e9"))
    assert row(answer, "gate.rubble.stopped").fact_ids == ("e9",)
    assert answer.outcome == "closed"
    going_on = asked(works("rubble_removal"), TEAM, lot_state=("removing", "e9"))
    assert "gate.rubble.stopped" not in {gate.code for gate in going_on.gates}


@pytest.mark.parametrize(("place_mm", "stopped"), [((15_000, 15_000), True), ((45_000, 0), False)])
def test_a_find_stops_the_works_it_lies_on_whosever_it_is(
    place_mm: tuple[int, int], stopped: bool
) -> None:
    bare = ProjectRegistered("J2", "Shop", "new_building", WORKS, 0)
    papers = SitePapers(finds=[(Paper(FIND, "e1", 0), place_mm)])
    answer = ask_gate(bare, cleared().book(), 99, papers=papers)
    assert (answer.outcome == "closed") == stopped
    within = GatePolicy(distance_mm=40_000)
    assert ask_gate(bare, cleared().book(), 99, policy=within, papers=papers).outcome == "closed"


# --- G9


def bombed(depth_cm: int | None) -> Story:
    """Field A1 with a crater in the works; surveyed away, or cleared to a depth, before it."""
    story = Story()
    story.area(1, "A1", FIELD)
    outcome: Outcome = "cancelled" if depth_cm is None else "cleared"
    story.release(3, "W1", "A1", part("P1", outcome, FIELD, depth_cm))
    crater = EvidenceRecorded("E9", "crater", "visual", SPOT, box(12, 12, 14, 14))
    story.tell(4, SURVEYOR, crater)
    return story


@pytest.mark.parametrize(
    ("cleared_cm", "depth_cm", "papers", "expected"),
    [
        (None, 30, (), ["gate.bombs.not-searched"]),
        (None, 30, (SEARCHED,), ["gate.bombs.searched"]),
        (None, 301, (SEARCHED,), ["gate.bombs.too-shallow"]),
        (None, 0, (), []),
        (30, 30, (), []),
        (30, 31, (), ["gate.bombs.not-searched"]),
        (None, 30, (replace(SEARCHED, anomalies_open=2),), ["gate.bombs.signals-open"]),
    ],
)
def test_digging_where_bombs_fell_needs_a_search_as_deep(
    cleared_cm: int | None, depth_cm: int, papers: tuple[Any, ...], expected: list[str]
) -> None:
    about = works(depth_cm=depth_cm, access=None)
    answer = asked(about, *papers, story=bombed(cleared_cm))
    found = [gate for gate in answer.gates if gate.code.startswith("gate.bombs")]
    assert [gate.code for gate in found][: len(expected)] == expected
    assert bool(found) == bool(expected)
    if expected == ["gate.bombs.searched"]:
        assert (found[0].outcome, found[0].who) == ("conditions", "eod-unit")


def test_other_evidence_is_no_bombing() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cancelled", FIELD))
    story.tell(
        4, SURVEYOR, EvidenceRecorded("E9", "statement", "verbal", SPOT, box(12, 12, 14, 14))
    )
    answer = asked(works(access=None), story=story)
    assert "gate.bombs.not-searched" not in {gate.code for gate in answer.gates}


def test_only_a_neighbour_s_ground_was_cleared() -> None:
    beside = works(shape=box(100, 0, 110, 10), access=None)
    assert of_gate(asked(beside, story=cleared(50)), "G9") == []


# --- a team on call opens no ground


def test_a_team_standing_by_watches_unrecorded_ground_and_opens_no_hazard() -> None:
    off = asked(works(shape=box(200, 0, 210, 10), access=box(210, 0, 215, 5)), TEAM)
    gate = row(off, "gate.area.unrecorded-watched")
    assert (gate.outcome, gate.who, gate.until_us) == ("conditions", "eod-unit", 400 * DAY_US)
    assert row(asked(works(), TEAM, story=hazard()), "gate.area.hazard").outcome == "closed"


# --- papers as of two times


def test_papers_of_later_days_are_not_known_earlier() -> None:
    facts = ((1, CUT), (5, replace(CUT, gas="live")))
    assert of_gate(asked(works(), *facts, day=4), "G4") == [("open", "gate.utilities.cut")]
    assert of_gate(asked(works(), *facts, day=5), "G4") == [("closed", "gate.utilities.live")]


def test_every_deadline_is_listed_once_each_in_order() -> None:
    known = register(told((1, TEAM), (2, replace(TEAM, team="T5", until_us=9))), 99 * DAY_US)
    assert known.deadlines_us(GatePolicy()) == [9, 400 * DAY_US]
    assert papers_of().folder.papers == {}
