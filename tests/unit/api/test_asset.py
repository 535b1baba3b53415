"""Assets, damage and layers through the door: what is told to whom, and who may act."""

from __future__ import annotations

import struct
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from starlette.applications import Starlette

from rafiqa.land import Actor, EvidenceRecorded
from rafiqa.recovery import ChanceFound, LayerRegistered
from rafiqa.service import Office, put_on_record, record_evidence, register_layer
from rafiqa.service.accounts import put_account
from tests.city import FIRST, PASSWORD, Draws, box, spot
from tests.unit.api.client import Client

ENGINEER = Actor("canary-person-engineer", "municipality", "engineer")
SEEN = {
    "assessment_id": "D1",
    "scale": "unosat",
    "as_written": "Severe damage",
    "code": "severe",
    "observed_at": "2026-01-01",
    "sensor": "WorldView",
}


@pytest.fixture
def people(own_app: Starlette, own_city: Office) -> dict[str, Client]:
    put_account(own_city.store, "engineer", PASSWORD, ENGINEER, "Municipality", Draws())
    clients = {"anybody": Client(own_app)}
    for login in ("first", "engineer"):
        clients[login] = Client(own_app, address=f"192.0.2.{len(clients) + 1}")
        assert clients[login].sign_in(login).status_code == 200
    return clients


def codes(answer: Any) -> list[str]:
    return [fault["code"] for fault in answer.json()["faults"]]


def test_two_assessments_are_shown_as_two_each_in_its_own_words(people: dict[str, Client]) -> None:
    field = {"assessment_id": "D2", "scale": "ems98", "as_written": "Stufe 2", "code": "grade_2"}
    for told in (SEEN, field):
        assert people["engineer"].post("/api/assets/b20/damage", told).status_code == 201
    asset = people["engineer"].get("/api/assets/b20").json()
    one, two = asset["damage"]
    assert (one["as_written"], one["hint"], one["sensor"]) == ("Severe damage", True, "WorldView")
    assert one["grade"] == {"least": "heavy", "most": "very_heavy"}
    assert (two["as_written"], two["hint"], two["reader"]) == ("Stufe 2", False, "municipality")
    assert two["grade"] == {"least": "moderate", "most": "moderate"}
    assert "nothing is left" in asset["remark"]
    assert people["anybody"].get("/api/assets/b20").json()["damage"][1]["reader"] is None
    arabic = people["anybody"].get("/api/assets/b20?lang=ar").json()
    assert arabic["damage"][0]["as_written"] == "Severe damage"
    assert arabic["damage"][0]["code_name"] != one["code_name"]
    wrong = {**SEEN, "assessment_id": "D3", "code": "grade_3"}
    assert codes(people["engineer"].post("/api/assets/b20/damage", wrong)) == [
        "service.damage.code-unknown"
    ]


def test_a_tag_stands_until_something_happens_and_who_saw_it_stays_among_staff(
    people: dict[str, Client], own_city: Office
) -> None:
    assert people["first"].post("/api/assets/b20/tag", {"tag": "green"}).status_code == 403
    tagged = people["engineer"].post("/api/assets/b20/tag", {"tag": "green", "until": "2099-01-01"})
    assert tagged.status_code == 201, tagged.text
    tag = people["anybody"].get("/api/assets/b20").json()["tag"]
    assert (tag["tag"], tag["stands"], tag["engineer"]) == ("green", True, "municipality")
    heard = EvidenceRecorded("canary-evidence", "detonation", "visual", spot(own_city, 4, 14))
    assert record_evidence(own_city, FIRST, heard).done
    staff = people["first"].get("/api/assets/b20").json()
    assert (staff["tag"]["stands"], staff["tag"]["code"]) == (False, "gate.tag.expired-by-event")
    assert "canary-evidence" in staff["tag"]["text"]
    assert [event["event_id"] for event in staff["events"]] == ["canary-evidence"]
    public = people["anybody"].get("/api/assets/b20")
    assert public.json()["tag"]["stands"] is False
    assert public.json()["events"] == []
    assert "canary" not in public.text


def test_an_event_is_linked_by_a_persons_word(people: dict[str, Client]) -> None:
    link = people["engineer"].post("/api/assets/b3/events", {"event_id": "A1"})
    assert link.status_code == 201, link.text
    (event,) = people["anybody"].get("/api/assets/b3").json()["events"]
    assert (event["event_id"], event["how"], event["kind"]) == ("A1", "stated", "accident")
    unknown = people["engineer"].post("/api/assets/b3/events", {"event_id": "Z"})
    assert codes(unknown) == ["service.damage.event-unknown"]


def test_roads_are_assets_too(people: dict[str, Client]) -> None:
    road = people["anybody"].get("/api/assets/r0").json()
    assert (road["layer"], road["gate"]["outcome"]) == ("small-roads", "conditions")


def test_a_find_in_rubble_closes_the_building_on_it_and_its_tile(
    people: dict[str, Client], own_city: Office
) -> None:
    tile, door = "/tiles/buildings/14/9967/6436.mvt", people["anybody"]
    before = door.get(tile).content
    assert door.get("/api/assets/b20").json()["gate"]["outcome"] == "open"
    found = ChanceFound("J-open", "F1", "rubble", spot(own_city, 4, 14))
    assert put_on_record(own_city, ENGINEER, found).done
    gate = door.get("/api/assets/b20").json()["gate"]
    assert gate["outcome"] == "closed"
    assert "gate.rubble.find-open" in [each["code"] for each in gate["gates"]]
    assert door.get(tile).content != before


def test_a_building_without_a_place_is_told_so_and_hides_no_other(
    people: dict[str, Client], own_city: Office
) -> None:
    ring = shapely.box(39.01, 35.95, 39.0101, 35.9501)
    wkb = ring.wkb[:29] + struct.pack("<d", np.nan) + ring.wkb[37:]
    with np.errstate(invalid="ignore"):
        broken = shapely.from_wkb(wkb)
    tile = "/tiles/buildings/14/9967/6436.mvt"
    before = people["anybody"].get(tile).content
    lonlat = np.array([shapely.box(60, 20, 60.001, 20.001), broken], dtype=object)
    fact = LayerRegistered("far", "buildings", "", 0)
    assert register_layer(own_city, FIRST, fact, (["far", "broken"], lonlat, {})).done
    for asset_id in ("far", "broken"):
        answer = people["anybody"].get(f"/api/assets/{asset_id}")
        assert codes(answer) == ["api.asset.nowhere"]
    assert len(people["anybody"].get(tile).content) == len(before)
    assert people["anybody"].get("/api/assets/b20").status_code == 200


def test_layers_are_listed_with_their_hash(people: dict[str, Client]) -> None:
    layers = people["anybody"].get("/api/layers").json()["layers"]
    assert [(each["layer_id"], each["version"], each["stands"]) for each in layers] == [
        ("small-buildings", 1, True),
        ("small-roads", 1, True),
    ]
    assert all(len(each["sha256"]) == 64 and each["content"] == "whole" for each in layers)
    assert people["anybody"].get("/api/layers?valid_at=1899-01-01").json()["layers"] == []


def test_matching_and_its_queue(people: dict[str, Client], own_city: Office) -> None:
    for name, shapes in (
        ("old", {"o0": box(600, 0, 610, 10), "o1": box(640, 0, 650, 10)}),
        ("new", {"n0": box(600, 0, 610, 10), "n1": box(646, 0, 656, 10)}),
    ):
        lonlat = np.array(
            [own_city.frame.to_lonlat(each).geometry for each in shapes.values()], dtype=object
        )
        fact = LayerRegistered(name, "buildings", "", 0)
        assert register_layer(own_city, FIRST, fact, (list(shapes), lonlat, {})).done
    pair = {"old": "old", "new": "new"}
    assert people["anybody"].get("/api/matches?old=old&new=new").status_code == 401
    assert codes(people["first"].get("/api/matches")) == ["api.query.missing"] * 2
    matches = people["first"].get("/api/matches?old=old&new=new").json()
    assert (matches["sure"], len(matches["queue"])) == (1, 1)
    assert people["first"].post("/api/matches", pair).status_code == 201
    (doubt,) = matches["queue"]
    assert (doubt["old_shapes"][0]["type"], len(doubt["new_shapes"])) == ("Polygon", 1)
    assert (matches["may_decide"], matches["decided"]) == (True, [])
    candidate = doubt["candidate_id"]
    decision = {**pair, "candidate_id": candidate, "accepted": True, "note": "asked the owner"}
    assert people["first"].post("/api/matches/decisions", decision).status_code == 201
    after = people["first"].get("/api/matches?old=old&new=new").json()
    assert after["queue"] == []
    (decided,) = after["decided"]
    assert (decided["accepted"], decided["by"], decided["note"]) == (
        True,
        FIRST.organisation_id,
        "asked the owner",
    )
    assert FIRST.person_id not in str(after)
    steps = people["anybody"].get("/api/assets/n1").json()["epochs"]
    assert [(each["old_ids"], each["new_ids"], each["by_person"]) for each in steps] == [
        (["o1"], ["n1"], True)
    ]


def test_an_asset_offers_each_role_only_what_it_may_do(people: dict[str, Client]) -> None:
    """What is offered is done; whoever is offered nothing is refused."""

    def offered(who: str) -> dict[str, Any]:
        acts = people[who].get("/api/assets/b20?lang=en").json()["acts"]
        assert all(each["allowed"] for each in acts)
        return {each["act"]: each for each in acts}

    assert offered("anybody") == {}
    assert list(offered("first")) == ["assess_damage", "register_structure", "register_project"]
    engineer = offered("engineer")
    assert list(engineer) == ["assess_damage", "tag_structure", "register_project"]
    scales = engineer["assess_damage"]["choices"]
    assert set(scales) == {"scale", *scales["scale"]}
    for scale in scales["scale"]:
        told = {"assessment_id": f"D-{scale}", "scale": scale, "as_written": "as seen"}
        code = next(iter(scales[scale]))
        answer = people["engineer"].post("/api/assets/b20/damage", told | {"code": code})
        assert answer.status_code == 201, (scale, answer.json())
    for tag in engineer["tag_structure"]["choices"]["tag"]:
        assert people["engineer"].post("/api/assets/b20/tag", {"tag": tag}).status_code == 201
    asset = people["first"].get("/api/assets/b20").json()
    body = {
        "structure_id": "b20",
        "kind": "building",
        "geometry": asset["outline"],
        "units": [{"unit_id": "b20-s0", "kind": "storey", "level": 0}],
    }
    assert people["first"].post("/api/structures", body).status_code == 201
    assert "register_structure" not in offered("first")
    road = people["engineer"].get("/api/assets/r0").json()
    assert [each["act"] for each in road["acts"]] == ["assess_damage", "register_project"]


def test_an_event_near_is_offered_to_be_named_as_what_damaged_it(
    people: dict[str, Client], own_city: Office
) -> None:
    heard = EvidenceRecorded("E9", "detonation", "visual", spot(own_city, 4, 14))
    assert record_evidence(own_city, FIRST, heard).done
    acts = people["engineer"].get("/api/assets/b20?lang=en").json()["acts"]
    (link,) = [each for each in acts if each["act"] == "link_damage"]
    assert list(link["choices"]["event_id"]) == ["E9"]
    assert people["engineer"].post("/api/assets/b20/events", {"event_id": "E9"}).status_code == 201
    acts = people["engineer"].get("/api/assets/b20").json()["acts"]
    assert "link_damage" not in [each["act"] for each in acts]


def test_tiles_tell_the_worst_damage_and_whether_a_unit_is_left(people: dict[str, Client]) -> None:
    def told() -> dict[str, tuple[Any, Any]]:
        data = people["anybody"].get("/tiles/buildings/14/9967/6436.mvt").content
        features = mapbox_vector_tile.decode(data)["buildings"]["features"]
        rows = [each["properties"] for each in features]
        return {row["asset_id"]: (row.get("damage"), row.get("units")) for row in rows}

    assert set(told().values()) == {(None, None)}
    field = {"assessment_id": "D2", "scale": "ems98", "as_written": "2", "code": "grade_2"}
    unread = {"assessment_id": "D3", "scale": "unknown", "as_written": "bad"}
    steps = ((unread, "unknown"), (field, "heavy"), (SEEN, "destroyed"))
    for assessment, worst in steps:
        assert people["engineer"].post("/api/assets/b20/damage", assessment).status_code == 201
        assert told()["b20"] == (worst, None)
    outline = people["first"].get("/api/assets/b20").json()["outline"]
    body = {
        "structure_id": "b20",
        "kind": "building",
        "geometry": outline,
        "units": [{"unit_id": "b20-s0", "kind": "storey", "level": 0}],
    }
    assert people["first"].post("/api/structures", body).status_code == 201
    assert told()["b20"] == ("destroyed", "left")
    assert {each for name, each in told().items() if name != "b20"} == {(None, None)}
