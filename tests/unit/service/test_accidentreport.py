"""The first report of an accident reopens what it hit; where nobody said where, the area."""

from __future__ import annotations

from typing import Any

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.land import AccidentRecorded
from rafiqa.service import Office
from rafiqa.service.accidentreport import harmed_by_whom, report_accident
from rafiqa.service.act import Stamp
from rafiqa.service.peoplerecord import told_record
from tests.unit.service.ground import OPERATOR, office_at, spot_in

REPORT: dict[str, Any] = {
    "id": "X1",
    "kind": "ordnance",
    "happened_on": "2026-03-01",
    "killed": 1,
    "injured": 3,
    "harmed_girls": 1,
    "harmed_men": 3,
    "device": "ap_mine",
    "activity": "farming",
}


def told(**changed: Any) -> tuple[AccidentRecorded, Stamp]:
    fact, at_us = told_record("accident", REPORT | changed, "askers")
    return fact, Stamp(at_us, f"first-{fact.accident_id}")


def hazard(office: Office) -> list[bool]:
    return [state.is_hazard for _, state in office.book().states(office.now_us())]


def test_a_first_report_reopens_the_released_ground_that_it_names_by_its_spot() -> None:
    office = office_at("released")
    assert not all(hazard(office)), "the control: some of it stands as released"
    spot = spot_in(office, 50, 50)
    fact, stamp = told(geometry=f"{spot.lat_deg}, {spot.lon_deg}")
    acted = report_accident(office, OPERATOR, fact, stamp)
    assert acted.done, acted.reasons
    assert len(acted.entry_ids) == 2
    assert len(office.register().reopenings) == 1
    assert dict(harmed_by_whom(fact)) == {"harmed_girls": 1, "harmed_men": 3}
    again = report_accident(office, OPERATOR, fact, stamp)
    assert again.already
    assert len(office.register().reopenings) == 1


def test_without_a_spot_it_may_have_happened_anywhere_in_the_area_it_names() -> None:
    office = office_at("released")
    fact, stamp = told(area_id="A1")
    assert report_accident(office, OPERATOR, fact, stamp).done
    assert all(hazard(office))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"area_id": "A9"}, "land.area.unknown"),
        ({"harmed_men": 9}, "service.accident.more-by-whom"),
    ],
)
def test_what_cannot_be_is_said_before_it_is_on_record(changed: dict[str, Any], code: str) -> None:
    office = office_at("released")
    head = office.store.head()
    acted = report_accident(office, OPERATOR, *told(**changed))
    assert [each.code for each in acted.reasons] == [code]
    assert office.store.head() == head


def test_another_accident_under_the_same_id_is_told_of() -> None:
    office = office_at("area")
    fact, stamp = told()
    assert report_accident(office, OPERATOR, fact, stamp).done
    other = report_accident(office, OPERATOR, fact, Stamp(stamp.valid_at_us, "another"))
    assert [each.code for each in other.reasons] == ["service.accident.id-twice"]


@pytest.mark.parametrize("name", ["informant", "note", "address", "attachments"])
def test_no_free_words_in_which_somebody_is_named_are_taken(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        told(**{name: "Ahmad"})
    assert [fault.code for fault in refused.value.faults] == ["service.site.field-unknown"]
