"""How often a class held ordnance: the priors, and what the site's own clearance adds."""

from __future__ import annotations

import pytest

from rafiqa.land import OrdnanceFound, WorkReported
from rafiqa.risk.prevalence import BEFORE, open_areas, prevalence
from rafiqa.risk.worth import Costs, visit
from tests.unit.land.story import OPERATOR, SPOT, Story, box, part

FIELD, YARD = box(0, 0, 100, 100), box(200, 0, 300, 100)


def work(name: str, area_id: str, *, found: int, complete: bool | None = True) -> WorkReported:
    ground = FIELD if area_id == "A1" else YARD
    finds = (OrdnanceFound("mortar", SPOT),) * found
    parts = (part(f"P{name}", "cleared", ground),)
    return WorkReported(
        f"W{name}", area_id, "deminers", parts, finds=finds, finds_complete=complete
    )


def test_an_area_counts_once_and_only_where_all_finds_are_listed() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.area(1, "A2", YARD, "cha")
    assert prevalence(story.book(), 9) == BEFORE
    story.tell(2, OPERATOR, work("1", "A1", found=0, complete=None))
    assert prevalence(story.book(), 9) == BEFORE
    story.tell(3, OPERATOR, work("2", "A1", found=0))
    assert prevalence(story.book(), 9)["sha"].mean == pytest.approx(0.5 / 11)
    story.tell(4, OPERATOR, work("3", "A1", found=2))
    told = prevalence(story.book(), 9)
    assert told["sha"].mean == pytest.approx(1.5 / 11)
    assert told["cha"] == BEFORE["cha"]
    assert prevalence(story.book(), 3)["sha"].mean == pytest.approx(0.5 / 11)
    # What was found was found, also by who does not say that all is listed.
    story.tell(5, OPERATOR, work("4", "A2", found=0))
    story.tell(6, OPERATOR, work("5", "A2", found=1, complete=None))
    assert prevalence(story.book(), 6)["cha"].mean == pytest.approx((10 / 3 + 1) / 11)


def test_open_ground_is_what_is_hazard_of_it() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(2, "W1", "A1", part("P1", "cleared", box(0, 0, 25, 100)))
    found = open_areas(story.book(), 9)
    assert [(each.area_id, each.class_, each.open_m2) for each in found] == [("A1", "cha", 7_500)]


def test_a_choice_that_turns_within_what_is_believed_says_so() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "cha")
    (area,) = open_areas(story.book(), 9)
    costs = Costs(20, 1.5, 400)
    of_class = visit(area, BEFORE["cha"], None, costs)
    assert (of_class.worth.choice, of_class.low, of_class.high) == ("clear", "survey", "clear")
    assert not of_class.holds
    assert of_class.saves == pytest.approx(1.0 * (400 / 3 - 20))
    stated = visit(area, BEFORE["cha"], 0.1, costs)
    assert (stated.worth.choice, stated.holds, stated.stated) == ("survey", True, True)
    # Loss with a survey, 40 - 11.8 - … : what is saved is over leaving all of it.
    assert stated.saves == pytest.approx(0.1 * 400 - 20 + 11.8)
