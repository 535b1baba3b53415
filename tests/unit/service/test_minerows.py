"""Rows are sought among finds that stand, where they can lie, as far as the asker may see."""

from __future__ import annotations

import numpy as np
import pytest

from rafiqa.geo import Spot
from rafiqa.land import (
    AreaRecorded,
    Finding,
    LandReopened,
    OrdnanceFound,
    RecordMoved,
    RecordWithdrawn,
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.risk import RowsFound
from rafiqa.service import Office, Saying, ask_rows, inspect_work, move_record
from tests.unit.service.ground import (
    FIRST,
    INSPECTOR,
    OPERATOR,
    START_US,
    SURVEYOR,
    accredit,
    new_office,
    spot_in,
    square,
)

SPACING_M = 4.0
GAP = 4
"""The place of the row that is empty, and so foretold."""


def row(office: Office, y_m: float, n: int = 9) -> tuple[OrdnanceFound, ...]:
    """Mines in one row, 4 m from one another, but for one."""
    places = [spot_in(office, 10 + SPACING_M * at, y_m) for at in range(n) if at != GAP]
    return tuple(OrdnanceFound("ap_mine", spot) for spot in places)


def work(
    office: Office,
    number: int = 1,
    finds: tuple[OrdnanceFound, ...] | None = None,
    *,
    depth_from_cm: int | None = None,
) -> WorkReported:
    shape = square(0, 200 * number, 100)
    part = WorkedPart(f"P{number}", "cleared", shape, "manual", 30, depth_from_cm=depth_from_cm)
    return WorkReported(
        f"W{number}",
        f"A{number}",
        OPERATOR.organisation_id,
        (part,),
        finds=row(office, 200 * number + 50) if finds is None else finds,
        person_ids=("lead",),
        finds_complete=True,
    )


def said(office: Office, number: int, fact: WorkReported, entry_id: str | None = None) -> None:
    """Puts an area and the work in it on record."""
    area = AreaRecorded(f"A{number}", "cha", square(0, 200 * number, 100), "Field", ())
    office.say(
        SURVEYOR, [Saying(f"a{number}{entry_id or ''}", area.area_id, START_US + number, area)]
    )
    office.say(
        OPERATOR, [Saying(entry_id or f"w{number}", fact.work_id, START_US + 10 + number, fact)]
    )


@pytest.fixture
def office() -> Office:
    office = new_office()
    accredit(office)
    said(office, 1, work(office))
    return office


def works_of(found: RowsFound) -> set[str]:
    return {find.split("#")[0] for find in found.find_ids}


def gap(found: RowsFound) -> float:
    """The probability at the one empty place of the one row."""
    (seen,) = found.found.rows
    (place,) = [each for each in seen.expected if each.where == "gap"]
    assert place.x_m == pytest.approx(10 + SPACING_M * GAP, abs=0.5)
    return place.p_mine


def test_a_gap_in_worked_ground_was_looked_at(office: Office) -> None:
    found = ask_rows(office)
    assert len(found.find_ids) == 8
    assert gap(found) < 0.4
    other = new_office()
    said(other, 1, work(other, depth_from_cm=10))
    assert gap(ask_rows(other)) > 0.5, "what begins below the surface did not look at it"


def test_an_inspection_that_failed_takes_the_search_back_and_leaves_the_finds(
    office: Office,
) -> None:
    before = gap(ask_rows(office))
    passed = WorkInspected("I1", "W1", INSPECTOR.organisation_id, passed=True)
    assert inspect_work(office, INSPECTOR, passed).done
    assert gap(ask_rows(office)) == pytest.approx(before)
    failed = WorkInspected(
        "I2", "W1", INSPECTOR.organisation_id, passed=False, findings=(Finding("critical", "x"),)
    )
    assert inspect_work(office, INSPECTOR, failed).done
    found = ask_rows(office)
    assert len(found.find_ids) == 8
    assert gap(found) > 0.5


def test_a_report_that_was_rejected_tells_no_find_and_no_search(office: Office) -> None:
    said(office, 2, work(office, 2))
    assert works_of(ask_rows(office)) == {"W1", "W2"}
    rejected = RecordMoved("W2", "w2", "rejected", comments="another site")
    acted = move_record(office, OPERATOR, rejected)
    assert acted.done, acted.reasons
    assert works_of(ask_rows(office)) == {"W1"}


def test_a_rejection_that_is_not_lawful_takes_no_find_away(office: Office) -> None:
    for entry_id, state, comments in (("m1", "rejected", None), ("m2", "superseded", "x")):
        moved = RecordMoved("W1", "w1", state, comments=comments)
        office.say(OPERATOR, [Saying(entry_id, "W1", START_US + 50, moved)])
    assert works_of(ask_rows(office)) == {"W1"}


def test_a_withdrawal_without_effect_takes_no_find_away(office: Office) -> None:
    void = RecordWithdrawn("w1", "M1", "area", "A1", "wrong")
    office.say(FIRST, [Saying("v1", "A1", START_US + 50, void)])
    assert works_of(ask_rows(office)) == {"W1"}


def test_a_second_report_of_one_id_replaces_nothing(office: Office) -> None:
    again = work(office, 1, finds=())
    office.say(OPERATOR, [Saying("w1b", "W1", START_US + 60, again)])
    assert len(ask_rows(office).find_ids) == 8


def test_what_lies_far_outside_the_site_is_left_out_and_counted(office: Office) -> None:
    plain = ask_rows(office)
    far = (Spot.of(38.55, 36.9), Spot.of(-120, 10), Spot.of(44, 35))
    rows = [Spot.of(39.5 + 0.00004 * at, 36.9) for at in range(9)]
    finds = tuple(OrdnanceFound("ap_mine", spot) for spot in (*far, *rows))
    said(office, 2, work(office, 2, (*finds, OrdnanceFound("mortar", far[0]))))
    found = ask_rows(office)
    assert found.outside == len(finds)
    assert found.find_ids == plain.find_ids
    np.testing.assert_array_equal(found.found.p_in_row, plain.found.p_in_row)
    assert found.other_kinds == plain.other_kinds + 1


def test_only_areas_that_the_asker_sees_are_looked_at(office: Office) -> None:
    said(office, 2, work(office, 2))
    for areas, works in (
        (frozenset({"A1"}), {"W1"}),
        (frozenset({"A2"}), {"W2"}),
        (frozenset({"A1", "A2"}), {"W1", "W2"}),
        (frozenset[str](), set()),
    ):
        assert works_of(ask_rows(office, areas=areas)) == works
    assert works_of(ask_rows(office)) == {"W1", "W2"}


def test_ground_that_was_put_back_to_hazard_since_counts_as_not_searched(office: Office) -> None:
    assert gap(ask_rows(office)) < 0.4
    back = LandReopened("O1", square(0, 200, 100), "missed_item", area_id="A1")
    office.say(FIRST, [Saying("o1", "A1", START_US + 100, back)])
    assert gap(ask_rows(office)) > 0.5
