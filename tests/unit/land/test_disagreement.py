"""Where sources differ, and sizes as stated beside sizes as computed: figures by hand in m²."""

from __future__ import annotations

from decimal import Decimal

from rafiqa.land import (
    AreaRecorded,
    BoundaryCorrected,
    Disagreement,
    HazardClass,
    ReleaseTransferred,
    disagreements,
    reported_sizes,
)
from tests.unit.land.story import FIRST, INFORMATION, SECOND, SURVEYOR, Story, box, part

FIELD = box(0, 0, 100, 100)
WEST = box(0, 0, 40, 100)


def drawn(
    area_id: str, class_: HazardClass, source: str | None, m2: int | None, east_m: int = 100
) -> AreaRecorded:
    size = None if m2 is None else Decimal(m2)
    return AreaRecorded(
        area_id, class_, box(0, 0, east_m, 100), area_reported_m2=size, source=source
    )


def told(story: Story, until_us: int = 99) -> list[tuple[str, list[tuple[str, str]], float]]:
    found = disagreements(story.book(), until_us)
    return [(item.topic, said(item), item.size / 2_000_000) for item in found]


def said(item: Disagreement) -> list[tuple[str, str]]:
    return [(each.source, each.value) for each in item.said]


def test_two_sources_of_one_id_are_both_listed() -> None:
    story = Story()
    story.tell(1, SURVEYOR, drawn("A1", "sha", "old database", 9_000))
    story.tell(2, SURVEYOR, drawn("A1", "cha", "survey of May", 8_500, 80))
    assert told(story) == [
        ("class", [("old database", "sha"), ("survey of May", "cha")], 10_000),
        ("extent", [("old database", "10000.000000"), ("survey of May", "8000.000000")], 2_000),
        ("area", [("old database", "9000"), ("survey of May", "8500")], 10_000),
    ]
    assert told(story, 1) == []


def test_one_source_that_says_it_twice_does_not_disagree() -> None:
    story = Story()
    story.tell(1, SURVEYOR, drawn("A1", "sha", "old database", 9_000))
    story.tell(2, SURVEYOR, drawn("A1", "cha", "old database", 8_500))
    assert told(story) == []


def test_two_areas_on_the_same_ground_of_different_class() -> None:
    story = Story()
    story.tell(1, SURVEYOR, drawn("A1", "sha", "north's list", None, 40))
    story.tell(1, SURVEYOR, drawn("A2", "cha", "south's list", None))
    story.tell(1, SURVEYOR, AreaRecorded("A3", "cha", box(100, 0, 120, 100), source="third"))
    assert told(story) == [("class", [("north's list", "sha"), ("south's list", "cha")], 4_000)]
    near = disagreements(story.book(), 9, box(50, 0, 60, 10))
    assert near == []


def test_two_records_of_the_same_part_of_ground() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(2, "W1", "A1", part("P1", "cleared", WEST, 30))
    kept = ReleaseTransferred("T1", "not_cleared", box(30, 0, 50, 100), "city", "list", reason="x")
    deep = ReleaseTransferred("T2", "cleared", box(0, 0, 5, 100), "city", "list", None, 60)
    story.tell(3, INFORMATION, kept)
    story.tell(3, INFORMATION, deep)
    assert told(story) == [
        ("outcome", [("deminers", "cleared"), ("city: list", "not_cleared")], 1_000),
        ("depth", [("deminers", "30"), ("city: list", "60")], 500),
    ]


def test_sizes_stated_and_computed_side_by_side() -> None:
    story = Story()
    story.tell(1, SURVEYOR, drawn("A1", "sha", "old database", 10_500))
    story.tell(
        2,
        FIRST,
        BoundaryCorrected(
            "A1", box(0, 0, 80, 100), "anew", SECOND, area_reported_m2=Decimal(8_100)
        ),
    )
    story.area(3, "A2", box(200, 0, 210, 10))
    taken = ReleaseTransferred(
        "T1", "cleared", box(300, 0, 310, 10), "city", "list", None, 30,
        area_reported_m2=Decimal("99.5"),
    )  # fmt: skip
    story.tell(4, INFORMATION, taken)
    rows, totals = reported_sizes(story.book(), 9)
    assert [
        (row.kind, row.subject, row.reported_m2, row.computed / 2_000_000, row.difference_m2)
        for row in rows
    ] == [
        ("area", "A1", 10_500, 10_000, 500),
        ("area", "A1", 8_100, 8_000, 100),
        ("part", "T1", Decimal("99.5"), 100, Decimal("-0.5")),
    ]
    areas, parts = totals
    assert (areas.n, areas.reported_m2) == (1, Decimal(8_100))
    assert areas.computed / 2_000_000 == 8_000
    assert (areas.silent, areas.silent_size / 2_000_000) == (1, 100)
    assert (parts.n, parts.difference_m2) == (1, Decimal("-0.5"))
    assert reported_sizes(story.book(), 9, area_ids=frozenset(["A2"]))[0] == []
    assert [row.reported_m2 for row in reported_sizes(story.book(), 1)[0]] == [10_500]
