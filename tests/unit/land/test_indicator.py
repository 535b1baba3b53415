"""Indicators of small sites: values worked out by hand, and the reason where there is none."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from rafiqa.geo import SiteFrame, Spot
from rafiqa.land import (
    Case,
    Indicator,
    LandReopened,
    OrdnanceFound,
    SiteOpened,
    TaskOrdered,
    WorkReported,
    account_of,
    all_ground,
    indicators,
    works_on,
)
from rafiqa.land.indicator import DAY_US, UNDATED_US
from tests.unit.land.story import FIRST, OPERATOR, Story, box, part

ORIGIN = Spot.of(39.0, 36.0)
FIELD = box(0, 0, 100, 100)
WEST, EAST = box(0, 0, 40, 100), box(60, 0, 100, 100)


def find(x_m: int, y_m: int, count: int = 1) -> OrdnanceFound:
    frame = SiteFrame(ORIGIN.lon_deg, ORIGIN.lat_deg)
    return OrdnanceFound("projectile", frame.mm_spot(x_m * 1_000, y_m * 1_000), count=count)


def opened() -> Story:
    story = Story()
    story.tell(0, FIRST, SiteOpened("Site", ORIGIN, "office"))
    return story


def work(story: Story, at_us: int, fact: WorkReported) -> None:
    story.tell(at_us, OPERATOR, fact)
    story.inspect(at_us, fact.work_id)
    ids = [each.part_id for each in fact.parts if each.outcome != "not_cleared"]
    story.propose(at_us, f"R-{fact.work_id}", fact.work_id, *ids)
    story.accept(at_us, f"R-{fact.work_id}")


def asked(story: Story, from_us: int = -1, until_us: int = 99) -> dict[str, list[Indicator]]:
    book = story.book()
    ground = all_ground(book)
    account = account_of(ground, from_us=from_us, until_us=until_us)
    works = list(works_on(book, ground, whole=True))
    found: dict[str, list[Indicator]] = {}
    for item in indicators(Case(book, ground, works, account)):
        found.setdefault(item.name, []).append(item)
        assert (item.value is None) == (item.reason is not None)
    return found


def value(story: Story, name: str, from_us: int = -1, until_us: int = 99) -> Fraction | None:
    return asked(story, from_us, until_us)[name][0].value


def site() -> Story:
    """4,000 m² cleared in the west with 3 items, 4,000 in the east with none, 2,000 reduced."""
    story = opened()
    story.area(1, "A1", FIELD)
    story.area(1, "A2", box(200, 0, 300, 100), "sha")
    parts = (
        part("P1", "cleared", WEST),
        part("P2", "cleared", EAST),
        part("P3", "reduced", box(40, 0, 60, 100)),
    )
    finds = (find(10, 50), find(20, 50, 2))
    order = TaskOrdered("T1", "A1", "deminers", ("manual",), cost=Decimal(5_000), currency="USD")
    story.tell(1, FIRST, order)
    fact = WorkReported(
        "W1", "A1", "deminers", parts, "T1", finds, ("gus",), deminer_hours=Decimal("400.0")
    )
    work(story, 3, fact)
    return story


def test_an_empty_record_has_no_value_and_says_why() -> None:
    found = asked(opened())
    assert all(item.value is None for items in found.values() for item in items)
    codes = {items[0].reason.code for items in found.values() if items[0].reason}
    assert codes == {
        "land.indicator.nothing-to-divide-by",
        "land.indicator.no-items",
        "land.indicator.no-hours",
        "land.indicator.no-cost",
        "land.indicator.no-open-areas",
    }


def test_without_the_sites_place_no_find_can_be_placed() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", WEST))
    found = asked(story)
    for name in ("empty_clearance", "density"):
        [item] = found[name]
        assert item.reason is not None
        assert item.reason.code == "land.indicator.no-frame"


def test_survey_share_and_confirmation_ratio() -> None:
    assert value(site(), "survey_share") == Fraction(2_000, 10_000)
    assert value(site(), "confirmation_ratio") == 0
    assert value(site(), "confirmation_ratio", until_us=2) == Fraction(1, 2)
    assert value(site(), "survey_share", from_us=3) is None


def test_empty_clearance_and_density() -> None:
    assert value(site(), "empty_clearance") == Fraction(4_000, 8_000)
    assert value(site(), "density") == Fraction(3, 8_000)


def test_what_was_taken_over_tells_no_finds_and_is_not_called_empty() -> None:
    story = site()
    story.transfer(4, "T9", "cleared", box(400, 0, 410, 10))
    [item] = asked(story)["empty_clearance"]
    assert item.value == Fraction(4_000, 8_000)
    assert item.inputs["unknown_m2"] == 100


def test_a_find_beside_its_parts_belongs_to_the_nearest() -> None:
    story = opened()
    story.area(1, "A1", FIELD)
    fact = WorkReported(
        *("W1", "A1", "deminers", (part("P1", "cleared", WEST), part("P2", "cleared", EAST))),
        finds=(find(45, 50),),
    )
    work(story, 3, fact)
    assert value(story, "empty_clearance") == Fraction(1, 2)
    assert value(story, "fade_out") is None  # outside the part: no distance to its edge


def test_fade_out_is_from_the_outermost_item_to_the_edge() -> None:
    whole, west = asked(site())["fade_out"]
    assert (whole.value, west.value, west.of) == (Fraction(10), Fraction(10), "P1")


def test_rate_is_of_the_work_reported_and_of_stated_hours() -> None:
    [item] = asked(site())["rate"]
    assert item.value == Fraction(10_000, 400) * 8
    assert item.of == "several"
    assert item.inputs["works_without_hours"] == 0


@pytest.mark.parametrize("hours", [None, Decimal(0), Decimal(-3), Decimal("NaN")])
def test_hours_that_say_nothing_are_not_guessed(hours: Decimal | None) -> None:
    story = opened()
    story.area(1, "A1", FIELD)
    parts = (part("P1", "cleared", WEST),)
    work(story, 3, WorkReported("W1", "A1", "deminers", parts, deminer_hours=hours))
    [item] = asked(story)["rate"]
    assert (item.value, item.inputs) == (None, {"works_without_hours": 1})


def test_cost_by_currency() -> None:
    story = site()
    story.area(1, "A3", box(500, 0, 510, 10))
    order = TaskOrdered("T2", "A3", "deminers", ("manual",), cost=Decimal(90), currency="EUR")
    story.tell(1, FIRST, order)
    parts = (part("P9", "cleared", box(500, 0, 510, 10)),)
    work(story, 3, WorkReported("W9", "A3", "deminers", parts, "T2", person_ids=("gus",)))
    found = {(item.name, item.of): item.value for item in [*asked(story)["cost_per_m2"]]}
    assert found == {
        ("cost_per_m2", "USD"): Fraction(5_000, 10_000),
        ("cost_per_m2", "EUR"): Fraction(90, 100),
    }
    per_item = {item.of: item.value for item in asked(story)["cost_per_item"]}
    assert per_item == {"USD": Fraction(5_000, 3), "EUR": None}


def test_missed_items_per_square_kilometre_cleared() -> None:
    story = site()
    story.tell(5, FIRST, LandReopened("O1", box(10, 10, 12, 12), "missed_item"))
    story.tell(5, FIRST, LandReopened("O2", box(10, 50, 12, 52), "flood"))
    story.tell(5, FIRST, LandReopened("O3", box(200, 0, 210, 10), "missed_item"))
    [item] = asked(story)["missed_item_rate"]
    assert (item.inputs["items"], item.value) == (1, Fraction(1_000_000, 8_000))


def test_median_age_of_what_is_still_open() -> None:
    story = opened()
    for day, area_id in ((1, "A1"), (3, "A2"), (9, "A3")):
        story.area(day * DAY_US, area_id, box(200 * day, 0, 200 * day + 10, 10))
    story.area(UNDATED_US, "A4", box(0, 0, 10, 10))
    [item] = asked(story, until_us=10 * DAY_US)["median_age"]
    assert item.value == 7
    assert item.inputs == {"areas": 3, "areas_undated": 1}
