"""The land account of small sites, every figure worked out by hand in m².

    closing = opening + new ± reclassified ± corrected + reopened − cancelled − reduced − cleared

The expected figures stand in the tests as numbers; nothing here is computed by the code under
test but the figures that it gives back.
"""

from __future__ import annotations

import pytest
import shapely

from rafiqa.geo import GridShape
from rafiqa.land import Account, BoundaryCorrected, ClassAccount, ClassDecided, account
from tests.unit.land.story import FIRST, SECOND, Story, box, part

FIELD = box(0, 0, 100, 100)
NAMES = (
    *("opening", "new", "reclassified", "corrected", "reopened"),
    *("cancelled", "reduced", "cleared", "closing"),
)


def figures(found: ClassAccount) -> dict[str, float]:
    every = {"opening": found.opening, **found.flows, "closing": found.closing}
    return {name: every[name] / 2_000_000 for name in NAMES if every[name]}


def asked(story: Story, from_us: int, until_us: int, boundary: GridShape | None = None) -> Account:
    result = account(story.book(), from_us=from_us, until_us=until_us, boundary=boundary)
    assert result.balance_error == 0
    for found in result.classes.values():
        told = figures(found)
        worked_out = sum(told.get(name, 0) for name in NAMES[:5]) - sum(
            told.get(name, 0) for name in NAMES[5:8]
        )
        assert told.get("closing", 0) == worked_out
    return result


def told(
    story: Story, from_us: int, until_us: int, boundary: GridShape | None = None
) -> dict[str, dict[str, float]]:
    result = asked(story, from_us, until_us, boundary)
    return {name: figures(found) for name, found in result.classes.items() if figures(found)}


def site() -> Story:
    """One of everything:

    1  A1 confirmed, 100 m × 100 m = 10,000 m²; A2 suspected, 50 m × 40 m = 2,000 m², apart
    2  A2 is drawn anew without its last 10 m: 400 m² less
    3  A1: the west 40 m cleared (4,000), the next 20 m reduced (2,000)
       A2: its first 10 m cancelled (400)
    5  of what was cleared, 10 m × 100 m reopened (1,000)
    6  what is left of A2, 30 m × 40 m = 1,200 m², becomes confirmed
    7  A3 suspected, 7 m × 7 m = 49 m², is recorded
    """
    story = Story()
    story.area(1, "A1", FIELD)
    story.area(1, "A2", box(200, 0, 250, 40), "sha")
    story.tell(2, FIRST, BoundaryCorrected("A2", box(200, 0, 240, 40), "drawn anew", SECOND))
    story.release(
        3,
        "W1",
        "A1",
        part("P1", "cleared", box(0, 0, 40, 100)),
        part("P2", "reduced", box(40, 0, 60, 100)),
    )
    story.release(3, "W2", "A2", part("P3", "cancelled", box(200, 0, 210, 40)))
    story.reopen(5, "O1", box(0, 0, 10, 100))
    story.tell(6, FIRST, ClassDecided("A2", "cha"))
    story.area(7, "A3", box(300, 0, 307, 7), "sha")
    return story


def test_from_the_beginning() -> None:
    assert told(site(), 0, 10) == {
        "cha": {
            "new": 10_000,
            "reclassified": 1_200,
            "reopened": 1_000,
            "reduced": 2_000,
            "cleared": 4_000,
            "closing": 6_200,
        },
        "sha": {
            "new": 2_049,
            "reclassified": -1_200,
            "corrected": -400,
            "cancelled": 400,
            "closing": 49,
        },
    }
    standing = asked(site(), 0, 10).released
    assert {name: size / 2_000_000 for name, size in standing.items()} == {
        "cleared": 3_000,
        "reduced": 2_000,
        "cancelled": 400,
    }


def test_in_periods_that_follow_one_another() -> None:
    assert told(site(), 0, 2) == {
        "cha": {"new": 10_000, "closing": 10_000},
        "sha": {"new": 2_000, "corrected": -400, "closing": 1_600},
    }
    assert told(site(), 2, 4) == {
        "cha": {"opening": 10_000, "reduced": 2_000, "cleared": 4_000, "closing": 4_000},
        "sha": {"opening": 1_600, "cancelled": 400, "closing": 1_200},
    }
    assert told(site(), 4, 10) == {
        "cha": {"opening": 4_000, "reopened": 1_000, "reclassified": 1_200, "closing": 6_200},
        "sha": {"opening": 1_200, "reclassified": -1_200, "new": 49, "closing": 49},
    }


def test_a_change_belongs_to_the_period_that_it_ends() -> None:
    assert told(site(), 2, 3)["cha"]["cleared"] == 4_000
    assert "cleared" not in told(site(), 3, 4)["cha"]
    assert told(site(), 3, 4)["cha"] == {"opening": 4_000, "closing": 4_000}


def test_inside_a_boundary_that_cuts_through_everything() -> None:
    """Only y under 50 m: half of A1's strips, A2 and A3 whole; then x from 5 m to 45 m."""
    assert told(site(), 0, 10, box(-10, -10, 400, 50))["cha"] == {
        "new": 5_000,
        "reclassified": 1_200,
        "reopened": 500,
        "reduced": 1_000,
        "cleared": 2_000,
        "closing": 3_700,
    }
    assert told(site(), 0, 10, box(5, 0, 45, 10)) == {
        "cha": {"new": 400, "reopened": 50, "reduced": 50, "cleared": 350, "closing": 50}
    }
    assert told(site(), 0, 10, box(500, 500, 510, 510)) == {}
    assert told(site(), 0, 10, box(-10, 0, 0, 100)) == {}  # shares an edge and no ground


def test_a_triangle_counts_to_the_half_square_millimetre() -> None:
    story = Story()
    triangle = GridShape.of(shapely.Polygon([(0, 0), (3, 0), (0, 1)]))  # 1.5 mm²
    story.area(1, "A1", triangle)
    result = asked(story, 0, 1)
    assert result.classes["cha"].closing == 3
    assert result.classes["cha"].flows["new"] == 3


def test_reopening_and_clearing_again_is_booked_each_time() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    for turn in range(3):
        at_us = 2 + 2 * turn
        story.release(at_us, f"W{turn}", "A1", part(f"P{turn}", "cleared", FIELD))
        story.reopen(at_us + 1, f"O{turn}", FIELD)
    assert told(story, 0, 99) == {
        "cha": {"new": 10_000, "cleared": 30_000, "reopened": 30_000, "closing": 10_000}
    }


def test_what_overlaps_is_counted_once_and_in_its_worst_class() -> None:
    """A2 covers half of A1: 10,000 + 5,000 m² on record, 5,000 of them in both."""
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.area(2, "A2", box(50, 0, 150, 100), "cha")
    assert told(story, 0, 9) == {
        "sha": {"new": 10_000, "reclassified": -5_000, "closing": 5_000},
        "cha": {"new": 5_000, "reclassified": 5_000, "closing": 10_000},
    }


def test_an_indication_is_outside_the_account_until_it_is_an_area() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "indication")
    assert told(story, 0, 1) == {}
    story.tell(2, FIRST, ClassDecided("A1", "sha"))
    assert told(story, 0, 2) == {"sha": {"new": 10_000, "closing": 10_000}}
    story.tell(3, FIRST, ClassDecided("A1", "indication", (), "resurveyed"))
    assert told(story, 2, 3) == {"sha": {"opening": 10_000, "corrected": -10_000}}


def test_cancelled_land_is_never_in_the_cleared_column() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.release(3, "W1", "A1", part("P1", "cancelled", FIELD))
    assert told(story, 0, 9) == {"sha": {"new": 10_000, "cancelled": 10_000}}
    assert asked(story, 0, 9).released == {
        "cancelled": 20_000_000_000,
        "reduced": 0,
        "cleared": 0,
    }


def test_what_was_cancelled_and_then_cleared_left_the_account_once() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.release(3, "W1", "A1", part("P1", "cancelled", FIELD))
    story.release(5, "W2", "A1", part("P2", "cleared", FIELD))
    assert told(story, 0, 9) == {"sha": {"new": 10_000, "cancelled": 10_000}}
    assert told(story, 4, 9) == {}
    assert asked(story, 0, 9).released["cleared"] == 20_000_000_000


def test_a_part_not_cleared_stays_in_the_closing() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    left = box(40, 40, 60, 60)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD), part("P2", "not_cleared", left))
    assert told(story, 0, 9) == {"cha": {"new": 10_000, "cleared": 9_600, "closing": 400}}


def test_land_taken_over_as_released_is_new_and_lowered_in_one_act() -> None:
    story = Story()
    story.transfer(2, "T1", "cleared", FIELD)
    assert told(story, 0, 9) == {"sha": {"new": 10_000, "cleared": 10_000}}


def test_a_late_reopening_is_booked_where_it_is_true_not_where_it_was_written() -> None:
    """The release at 3 did not know of the reopening at 2: as known now it never was one."""
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD))
    then = told(story, 0, 9)
    story.reopen(2, "O1", box(0, 0, 25, 100))
    assert then == {"cha": {"new": 10_000, "cleared": 10_000}}
    assert told(story, 0, 9) == {"cha": {"new": 10_000, "cleared": 7_500, "closing": 2_500}}


def test_ground_dropped_and_drawn_again_is_corrected_both_ways() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.tell(2, FIRST, BoundaryCorrected("A1", box(0, 0, 80, 100), "drawn anew", SECOND))
    story.tell(3, FIRST, BoundaryCorrected("A1", box(0, 0, 90, 100), "and again", SECOND))
    assert told(story, 1, 2) == {"cha": {"opening": 10_000, "corrected": -2_000, "closing": 8_000}}
    assert told(story, 2, 3) == {"cha": {"opening": 8_000, "corrected": 1_000, "closing": 9_000}}
    story.tell(4, FIRST, BoundaryCorrected("A1", box(0, 0, 90, 110), "further out", SECOND))
    assert told(story, 3, 4) == {"cha": {"opening": 9_000, "corrected": 900, "closing": 9_900}}


def test_an_area_recorded_on_the_day_of_a_correction_is_new_and_not_corrected() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.tell(2, FIRST, BoundaryCorrected("A1", box(0, 0, 110, 100), "further out"))
    story.area(2, "A2", box(100, 0, 120, 100))
    assert told(story, 1, 2) == {"cha": {"opening": 10_000, "new": 2_000, "closing": 12_000}}
    story.tell(3, FIRST, BoundaryCorrected("A1", box(0, 0, 110, 110), "and again"))
    assert told(story, 2, 3) == {"cha": {"opening": 12_000, "corrected": 1_100, "closing": 13_100}}


@pytest.mark.parametrize("at_us", [0, 5, 99])
def test_a_period_without_length_changes_nothing(at_us: int) -> None:
    for found in told(site(), at_us, at_us).values():
        assert found["opening"] == found["closing"]
        assert set(found) == {"opening", "closing"}
