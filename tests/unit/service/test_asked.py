"""Which clearance a resident's request is for: the hazard beside its place, while both last."""

from __future__ import annotations

from rafiqa.geo import Spot
from rafiqa.recovery import RequestAnswered, ResidentAsked
from rafiqa.service import Office, answer_request, ask_office
from rafiqa.service.access import asked_by_area
from rafiqa.service.question import NOW, AsOf
from rafiqa.service.resident import ANYBODY
from tests.unit.service.ground import DAY_US, FIRST, office_at, spot_in, state_at


def ask(office: Office, request_id: str, spot: Spot, accuracy_m: int | None = None) -> None:
    fact = ResidentAsked(request_id, "clearance", spot, accuracy_m=accuracy_m)
    assert ask_office(office, ANYBODY, fact).done


def asked(office: Office, as_of: AsOf = NOW) -> dict[str, list[str]]:
    found = asked_by_area(office, as_of)
    return {area: [getattr(r.fact, "request_id", "") for r in each] for area, each in found.items()}


def test_a_request_asks_for_the_hazard_within_reach_and_no_other() -> None:
    office = office_at("area")
    ask(office, "inside", spot_in(office, 50, 50))
    ask(office, "beside", spot_in(office, 190, 50))
    ask(office, "off", spot_in(office, 260, 50))
    ask(office, "blurred", spot_in(office, 400, 50), 354)
    ask(office, "abroad", Spot.of(10, 50))
    assert asked(office) == {"A1": ["inside", "beside", "blurred"]}
    before_us = office.facts()[-1].recorded_at_us
    assert answer_request(office, FIRST, RequestAnswered("inside", "planned")).done
    assert asked(office) == {"A1": ["beside", "blurred"]}
    then = AsOf(None, before_us)
    assert asked(office, then) == {"A1": ["inside", "beside", "blurred"]}
    assert state_at(office, 50, 50) == "cha", "no request moves ground"


def test_what_is_released_is_asked_for_no_longer() -> None:
    office = office_at("released")
    ask(office, "inside", spot_in(office, 50, 50))
    assert asked(office) == {}
    then = AsOf(office.facts()[-1].valid_at_us - DAY_US)
    assert asked(office, then) == {}
