"""From form to fact: parts of a completion, evidence of a survey, each by the rules of its verb."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely

from rafiqa.land import (
    Actor,
    AreaRecorded,
    EvidenceRecorded,
    LandReopened,
    ReleaseAccepted,
    ReleaseProposed,
    StructureRegistered,
    Unit,
    WorkReported,
    evidence_class,
)
from rafiqa.ledger import FormPublished, OwnChoice, SubmissionReviewed
from rafiqa.service import (
    Office,
    Sent,
    Stamp,
    accept_release,
    inspect_work,
    propose_release,
    receive,
    record_evidence,
    register_structure,
    reopen_land,
    reports_waiting,
    review_submission,
)
from rafiqa.service.fieldforms import of_country, pack_of
from rafiqa.service.submission import filled_of
from rafiqa.service.submissionfact import record_answers
from rafiqa.service.submissionsealing import entry_of
from tests.unit.service.fieldforms import drawn, filled, give_out, table, take
from tests.unit.service.ground import (
    DAY_US,
    FIRST,
    INFORMATION,
    INSPECTOR,
    OPERATOR,
    SECOND,
    START_US,
    SURVEYOR,
    Clock,
    evidence,
    inspection,
    office_at,
    spot_in,
    square,
    state_at,
)

COUNTRY = Path(__file__).resolve().parents[3] / "examples" / "country.toml"
WORKED = {"task_id": "T1", "started_on": "2026-03-05", "ended_on": "2026-03-08"}


@pytest.fixture
def office() -> Office:
    """The stage at which the work is ordered, nine days on; forms are out, a house is on record."""
    office = office_at("task")
    for name in ("completion", "hazard_area"):
        give_out(office, name)
    units = (Unit("B1.0", "storey", 0), Unit("B1.1", "storey", 1), Unit("B1.r", "room", 1, None))
    house = StructureRegistered("B1", "building", square(60, 60, 20), units)
    assert register_structure(office, SURVEYOR, house).done
    wait(office, 9)
    return office


def wait(office: Office, days: int) -> None:
    clock = office.now_us
    assert isinstance(clock, Clock)
    clock.wait(days)


def part(office: Office, part_id: str = "P1", **told: object) -> dict[str, object]:
    ground = told.pop("ground", square(0, 0, 40))
    whole = {"id": part_id, "outcome": "cleared", "depth_cm": 30, "method": "manual"}
    answered = {**whole, "geometry": drawn(office, ground), **told}  # type: ignore[arg-type]
    return {name: value for name, value in answered.items() if value is not None}


def completion(
    office: Office, *parts: dict[str, object], actor: Actor = OPERATOR, **told: Any
) -> None:
    items = told.pop("items", [])
    number = told.pop("number", 1)
    rows = {"land_part": list(parts) or [part(office)], "ordnance_item": items}
    answers = {"id": f"W{number}", **WORKED, **told}
    answers = {name: value for name, value in answers.items() if value is not None}
    take(office, filled("completion", f"uuid:{number}", answers, rows), actor)


def reviewed(office: Office, actor: Actor = INFORMATION, number: int = 1) -> list[str]:
    fact = SubmissionReviewed(f"uuid:{number}", "accepted")
    return [reason.code for reason in review_submission(office, actor, fact).reasons]


def work_on_record(office: Office, number: int = 1) -> tuple[WorkReported, Actor, int]:
    record = office.register().works[f"W{number}"]
    assert isinstance(record.fact, WorkReported)
    return record.fact, record.actor, record.valid_at_us


def test_a_completion_is_the_senders_work_and_releases_nothing(office: Office) -> None:
    spot = "34.9001 38.5501 0 2"
    found = [{"category": "mortar", "n_items": 2, "geometry": spot, "action": "destroyed_in_place"}]
    left = part(office, "P2", ground=square(60, 0, 20), outcome="not_cleared", depth_cm=None)
    completion(office, part(office), {**left, "reason": "rubble"}, items=found)
    assert reviewed(office, OPERATOR) == ["service.permit.denied"]
    assert reviewed(office) == []
    fact, actor, valid_at_us = work_on_record(office)
    assert (actor, fact.organisation_id, fact.task_id) == (OPERATOR, "clearance-co", "T1")
    assert (fact.area_id, fact.person_ids) == ("A1", (OPERATOR.person_id,))
    assert [(each.part_id, each.outcome, each.depth_cm) for each in fact.parts] == [
        ("P1", "cleared", 30),
        ("P2", "not_cleared", None),
    ]
    assert [(each.category, each.count) for each in fact.finds] == [("mortar", 2)]
    assert fact.ended_us is not None
    assert valid_at_us < START_US + 4 * DAY_US < fact.ended_us, "true from the day it began"
    assert state_at(office, 20, 20) == "cha"
    assert office.fieldbook().stories["uuid:1"].state == "accepted"
    assert reviewed(office) == ["service.submission.accepted"]


def test_its_release_takes_an_inspection_and_two_persons_of_another_body(office: Office) -> None:
    completion(office)
    assert reviewed(office, FIRST) == []
    own = Actor("boss", OPERATOR.organisation_id, "authority")
    proposal = ReleaseProposed("R1", "W1", ("P1",))
    assert "land.release.own-organisation" in codes(propose_release(office, own, proposal))
    assert codes(propose_release(office, FIRST, proposal)) == ["land.release.not-inspected"]
    assert inspect_work(office, INSPECTOR, inspection()).done
    assert propose_release(office, FIRST, proposal).done
    assert state_at(office, 20, 20) == "cha"
    assert codes(accept_release(office, FIRST, ReleaseAccepted("R1")))
    assert accept_release(office, SECOND, ReleaseAccepted("R1")).done
    assert state_at(office, 20, 20) == "cleared"
    assert state_at(office, 50, 50) == "cha"


def codes(acted: Any) -> list[str]:
    return [reason.code for reason in acted.reasons]


BROKEN: list[tuple[dict[str, Any], dict[str, Any], set[str]]] = [
    ({"depth_cm": None}, {}, {"dictionary.field.missing-when"}),
    ({"depth_cm": -1}, {}, {"dictionary.number.low"}),
    ({"ground": square(80, 0, 40)}, {}, {"land.part.outside-area"}),
    ({"geometry": None}, {}, {"dictionary.field.missing"}),
    ({"geometry": "95 200 0 0"}, {}, {"wire.fieldplace.range"}),
    ({"geometry": "34.9 38.55 0 0; 34.9 38.5502 0 0"}, {}, {"geo.shape.type"}),
    ({"method": None}, {}, {"dictionary.field.missing"}),
    ({"method": "nts"}, {}, {"land.part.survey-does-not-clear"}),
    ({"outcome": "not_cleared"}, {}, {"dictionary.field.missing-when"}),
    ({"unit_kind": "storey", "storey": 0}, {}, {"service.submission.unit-unknown"}),
    ({"evidence_answered": "E9: seen"}, {}, {"land.evidence.unknown"}),
    (
        {"outcome": "reduced", "depth_cm": None, "evidence_answered": "E1"},
        {},
        {"land.part.answer-missing"},
    ),
    ({}, {"organisation_id": "others"}, {"land.work.other-organisation"}),
    ({}, {"task_id": "T9"}, {"land.task.unknown"}),
    ({}, {"area_id": "A9"}, {"service.submission.task-elsewhere"}),
    ({}, {"task_id": None}, {"service.submission.area-missing"}),
    ({}, {"task_id": None, "area_id": "A9"}, {"land.area.unknown"}),
    ({}, {"ended_on": "2026-03-20"}, {"dictionary.date.future"}),
    (
        {"depth_cm": None, "unit_kind": "storey", "storey": 7, "ground": square(90, 0, 40)},
        {"task_id": "T9"},
        {"dictionary.field.missing-when", "land.task.unknown"},
    ),
]
"""A part, the report around it, and what is against them."""


def test_a_part_that_cannot_stand_is_refused_at_review(office: Office) -> None:
    for number, (told, main, wanted) in enumerate(BROKEN, 1):
        completion(office, part(office, **told), number=number, **main)
        head = office.store.head()
        assert set(reviewed(office, number=number)) == wanted, (told, main)
        assert office.store.head() == head, "nothing of it is on record"
        assert office.fieldbook().stories[f"uuid:{number}"].state == "waiting"


def test_work_does_not_end_after_it_was_told(office: Office) -> None:
    completion(office, ended_on="2026-03-20")
    wait(office, 15)
    assert reviewed(office) == ["service.submission.ended-after-sent"]


def test_every_fault_of_every_part_is_named(office: Office) -> None:
    good, shallow = part(office), part(office, "P2", ground=square(0, 50, 10), depth_cm=None)
    nowhere = part(office, "P3", ground=square(62, 62, 5), unit_kind="storey", storey=5)
    completion(office, good, shallow, nowhere)
    fact = SubmissionReviewed("uuid:1", "accepted")
    reasons = review_submission(office, INFORMATION, fact).reasons
    assert [(each.code, each.params.get("place", each.params.get("part"))) for each in reasons] == [
        ("dictionary.field.missing-when", "land_part 2: depth_cm"),
        ("service.submission.unit-unknown", "P3"),
    ]


@pytest.mark.parametrize("actor", [INFORMATION, Actor("r", "residents", "resident")])
def test_who_may_not_report_work_reports_none_by_a_form(office: Office, actor: Actor) -> None:
    completion(office, actor=actor)
    assert reviewed(office, FIRST) == ["service.permit.denied"]


HOUSE = square(60, 60, 20)


UNITS: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"unit": "b1.0"}, "B1.0"),
    ({"unit_kind": "storey", "storey": 1}, "B1.1"),
    ({"asset_id": "B1", "unit_kind": "room"}, "B1.r"),
    ({"asset_id": "B1", "unit_kind": "ground_beneath"}, "B1.ground"),
    ({"storey": 1}, "service.submission.unit-unclear"),
    ({"unit_kind": "storey"}, "service.submission.unit-unclear"),
    ({"asset_id": "B1"}, "service.submission.unit-missing"),
    ({"unit": "the kitchen", "unit_kind": "room"}, "service.submission.unit-unknown"),
    ({"unit_kind": "roof"}, "service.submission.unit-unknown"),
    ({"unit": "B1.0", "storey": 1}, "service.submission.unit-unknown"),
]
"""How people on the ground name a unit, and which one on record it is, or why none."""


def test_a_unit_is_the_one_on_record_or_none(office: Office) -> None:
    for number, (told, unit_id) in enumerate(UNITS, 1):
        worked = part(office, f"P{number}", ground=HOUSE, **told)
        completion(office, worked, number=number)
        against = reviewed(office, number=number)
        if unit_id is not None and unit_id.startswith("service."):
            assert against == [unit_id], told
        else:
            assert against == [], told
            assert [each.unit_id for each in work_on_record(office, number)[0].parts] == [unit_id]


def test_a_unit_that_came_on_record_after_the_form_is_none_of_it(office: Office) -> None:
    completion(office, part(office, ground=HOUSE, unit_kind="roof"))
    more = StructureRegistered("B1", "building", HOUSE, (Unit("B1.t", "roof"),))
    assert register_structure(office, SURVEYOR, more, Stamp(START_US)).done
    assert reviewed(office) == ["service.submission.unit-unknown"]


def test_what_was_told_since_the_form_came_its_work_does_not_answer(office: Office) -> None:
    again = LandReopened("O1", square(0, 0, 5), "missed_item")
    sign = replace(evidence("E2", None), spot=spot_in(office, 30, 30))
    completion(office, part(office, part_id="P1"))
    assert record_evidence(office, SURVEYOR, sign, Stamp(START_US + DAY_US)).done
    assert reopen_land(office, FIRST, again, Stamp(START_US + 2 * DAY_US)).done
    fact = SubmissionReviewed("uuid:1", "accepted")
    (reason,) = review_submission(office, INFORMATION, fact).reasons
    assert (reason.code, reason.subjects) == ("service.submission.told-since", ("O1", "E2"))
    assert "W1" not in office.register().works


def test_what_was_told_before_the_form_came_stands_in_no_way(office: Office) -> None:
    again = LandReopened("O1", square(0, 0, 5), "missed_item")
    assert reopen_land(office, FIRST, again, Stamp(START_US + 2 * DAY_US)).done
    completion(office)
    later = LandReopened("O2", square(0, 0, 5), "missed_item")
    assert reopen_land(office, FIRST, later, Stamp(START_US + 6 * DAY_US)).done
    assert reviewed(office) == [], "told of a day on which the team was at work: not answered"
    assert inspect_work(office, INSPECTOR, inspection()).done
    proposal = ReleaseProposed("R1", "W1", ("P1",))
    assert codes(propose_release(office, FIRST, proposal)) == ["land.release.raised-since"]


def test_a_survey_puts_its_area_and_all_its_evidence_on_record(office: Office) -> None:
    spot = spot_in(office, 320, 320)
    item = {
        "kind": "crater",
        "evidence_source": "visual",
        "geometry": f"{spot.lat_deg} {spot.lon_deg} 0 3",
        "n_items": 4,
        "observed_on": "2026-03-07",
    }
    survey(office, [item], crater__visual="yes", detonation__verbal="yes", marking__visual="no")
    assert len(list(reports_waiting(office))) == 2
    assert reviewed(office) == []
    area = office.register().areas["A7"]
    assert isinstance(area.fact, AreaRecorded)
    told = {key: record for key, record in office.register().evidence.items() if "A7" in key}
    assert set(area.fact.evidence_ids) == set(told) == {"A7.item-1", "A7.detonation.verbal"}
    facts = [record.fact for record in told.values() if isinstance(record.fact, EvidenceRecorded)]
    assert {(fact.kind, fact.source_kind, evidence_class(fact)) for fact in facts} == {
        ("crater", "visual", "direct"),
        ("detonation", "verbal", "indirect"),
    }
    assert {record.actor for record in told.values()} == {INFORMATION}
    assert {fact.area_id for fact in facts} == {"A7"}
    assert set(office.register().evidence_raising("A7")) == set(told)
    assert list(reports_waiting(office)) == [], "area and item stand where the signs stood"
    assert state_at(office, 310, 310) == "sha"


def survey(
    office: Office,
    items: list[dict[str, Any]],
    actor: Actor = SURVEYOR,
    beside: str = "",
    **met: str,
) -> None:
    answers = {
        "id": "A7",
        "observed_on": "2026-03-08",
        "class": "sha",
        "outline_by": "drawn",
        "geometry": drawn(office, square(300, 300, 50)),
    }
    content = filled("hazard_area", "uuid:1", answers, {"evidence_item": items})
    more = f"{table(**met)}{beside}<orx:meta>".encode()
    take(office, content.replace(b"<orx:meta>", more), actor)


def seen_at(office: Office, x_m: float, y_m: float, **told: str) -> dict[str, str]:
    """An item of evidence by itself, its place as exact as a phone says: 2 m."""
    spot = spot_in(office, x_m, y_m)
    place = f"{spot.lat_deg} {spot.lon_deg} 0 2"
    return {"kind": "eo_seen", "evidence_source": "visual", "geometry": place, **told}


def test_a_sign_stays_where_not_all_of_its_place_was_put_on_record(office: Office) -> None:
    """Most of the path lies off the area that was accepted, though its middle lies on it."""
    path = ";".join(seen_at(office, x, 320)["geometry"] for x in (310, 320, 700))
    survey(office, [seen_at(office, 340, 310)], beside=f"<xx_path>{path}</xx_path>")
    signs = {getattr(each.fact, "accuracy_m", 0) for each in reports_waiting(office)}
    assert {2, 382} < signs
    assert reviewed(office) == []
    left = [getattr(each.fact, "accuracy_m", 0) for each in reports_waiting(office)]
    assert left == [382]
    item = office.register().evidence["A7.item-1"].fact
    assert isinstance(item, EvidenceRecorded)
    assert item.accuracy_m == 2, "as far as the phone may be off, it still stands"


def test_the_last_sign_of_many_places_stays_while_one_of_them_is_left(office: Office) -> None:
    points = [seen_at(office, 305 + number / 2, 320)["geometry"] for number in range(60)]
    points[-1] = seen_at(office, 900, 900)["geometry"]
    told = "".join(f"<xx_{number}>{point}</xx_{number}>" for number, point in enumerate(points))
    survey(office, [], beside=told)
    assert reviewed(office) == []
    assert len(list(reports_waiting(office))) == 1


def test_items_of_one_form_are_not_read_as_one_nor_as_of_another_area(office: Office) -> None:
    twice = [seen_at(office, 310, 310, id="E9"), seen_at(office, 800, 800, id="E9")]
    survey(office, twice)
    assert reviewed(office) == ["service.submission.evidence-taken"]
    other = office_at("task")
    give_out(other, "hazard_area")
    wait(other, 9)
    survey(other, [seen_at(other, 310, 310, area_id="A1")])
    assert reviewed(other) == []
    item = other.register().evidence["A7.item-1"].fact
    assert isinstance(item, EvidenceRecorded)
    assert (item.area_id, item.extra) == ("A7", '{"area_id": "A1"}')


def test_a_key_of_another_act_reviews_nothing(office: Office) -> None:
    """Neither one's own, nor what was accepted before, nor anything at all."""
    survey(office, [], FIRST)
    used = Stamp(entry_id="sent-1")
    assert record_evidence(office, FIRST, evidence("E8", None), used).done
    fact = SubmissionReviewed("uuid:1", "accepted")
    acted = review_submission(office, FIRST, fact, used)
    assert [reason.code for reason in acted.reasons] == ["ledger.id-conflict"]
    assert "A7" not in office.register().areas
    assert len(list(reports_waiting(office))) == 1
    own = Stamp(entry_id="sent-2")
    assert review_submission(office, INFORMATION, fact, own).done
    again = review_submission(office, INFORMATION, fact, own)
    assert (again.done, again.already) == (True, True)


def test_one_bad_item_keeps_the_whole_survey_off_the_record(office: Office) -> None:
    survey(office, [{"kind": "crater"}, {"kind": "a hole"}, {}], eo_seen__visual="yes")
    head = office.store.head()
    assert reviewed(office) == ["dictionary.code.unknown"]
    assert office.store.head() == head


def test_evidence_of_another_record_is_not_added_to(office: Office) -> None:
    assert record_evidence(office, SURVEYOR, evidence("A7.eo_seen.visual", None)).done
    survey(office, [], eo_seen__visual="yes")
    assert reviewed(office) == ["service.submission.evidence-taken"]


def test_a_countrys_own_choice_counts_as_it_was_given_out(office: Office) -> None:
    choices = (
        OwnChoice("method", "xa_probing", "manual"),
        OwnChoice("ordnance_category", "xa_barrel", "aircraft_bomb"),
        OwnChoice("evidence_kind", "xa_pit", "crater"),
    )
    own = part(office, method="xa_probing")
    found = [{"category": "xa_barrel", "geometry": "34.9001 38.5501 0 2"}]
    completion(office, own, items=found)
    assert reviewed(office) == ["dictionary.code.unknown"] * 2, "nobody gave them out"
    for name in ("completion", "hazard_area"):
        form = FormPublished("", "", "", "", name, country="xa", choices=choices)
        give_out(office, name, form)
    assert reviewed(office) == []
    fact = work_on_record(office)[0]
    assert (fact.parts[0].method, fact.finds[0].category) == ("manual", "aircraft_bomb")


def test_what_a_country_asks_beside_is_kept_with_the_evidence(office: Office) -> None:
    choices = (OwnChoice("evidence_kind", "xa_pit", "crater"),)
    form = FormPublished("", "", "", "", "hazard_area", country="xa", choices=choices)
    give_out(office, "hazard_area", form)
    survey(office, [{"kind": "xa_pit", "xa_wet": "3"}])
    assert reviewed(office) == []
    fact = office.register().evidence["A7.item-1"].fact
    assert isinstance(fact, EvidenceRecorded)
    assert fact.kind == "crater"
    assert fact.extra == '{"kind (xa)": "xa_pit", "xa_wet": "3"}'


def test_a_programs_json_reads_as_a_phones_form_does(office: Office) -> None:
    ground = json.loads(shapely.to_geojson(office.frame.to_lonlat(square(0, 0, 40)).geometry))
    worked = {"id": "P1", "outcome": "cleared", "depth_cm": 30, "geometry": ground}
    values: dict[str, Any] = {"id": "W1", "method": "manual", **WORKED, "land_part": [worked]}
    body = {"form_id": "rafiqa_completion", "values": values}
    sent = Sent(json.dumps(body).encode(), "application/json", "uuid:1")
    assert receive(office, OPERATOR, sent).acted.done
    assert reviewed(office) == []
    assert [each.depth_cm for each in work_on_record(office)[0].parts] == [30]
    told = {"detonation": {"verbal": "yes"}, "crater": {"visual": "unknown"}}
    area = json.loads(shapely.to_geojson(office.frame.to_lonlat(square(300, 300, 9)).geometry))
    whole: dict[str, Any] = {
        "id": "A8",
        "class": "sha",
        "observed_on": "2026-03-08",
        "geometry": area,
    }
    items = [{"kind": "scrap", "evidence_source": "visual"}]
    values = {**whole, "evidence": told, "evidence_item": items}
    body = {"form_id": "rafiqa_hazard_area", "values": values}
    sent = Sent(json.dumps(body).encode(), "application/json", "uuid:2")
    assert receive(office, SURVEYOR, sent).acted.done
    assert reviewed(office, number=2) == []
    fact = office.register().areas["A8"].recorded.fact
    assert isinstance(fact, AreaRecorded)
    assert set(fact.evidence_ids) == {"A8.item-1", "A8.detonation.verbal"}


def test_a_review_that_was_broken_off_is_finished_by_the_next(office: Office) -> None:
    completion(office)
    story = office.fieldbook().stories["uuid:1"]
    form = office.fieldbook().form("rafiqa_completion")
    entry_id = f"{entry_of('uuid:1')}.fact"
    done = record_answers(office, INFORMATION, story, filled_of(story.fact), form, entry_id)
    assert done is not None
    assert done.done
    again = LandReopened("O1", square(0, 0, 5), "missed_item")
    assert reopen_land(office, FIRST, again, Stamp(START_US + 2 * DAY_US)).done
    head = office.store.head()
    assert reviewed(office) == []
    assert office.store.head().seq == head.seq + 1, "the review alone: the work stood already"


def test_what_a_countrys_choices_count_as_goes_out_with_its_forms() -> None:
    form = of_country(FormPublished("", "", "", "", "completion"), pack_of(COUNTRY))
    assert form.country == "xa"
    assert form.choices == (OwnChoice("ordnance_category", "xa_barrel_bomb", "aircraft_bomb"),)
    bare = FormPublished("", "", "", "", "completion")
    assert of_country(bare, pack_of(None)) == bare
