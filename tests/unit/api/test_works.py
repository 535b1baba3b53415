"""Works asked for over HTTP: the fields of a file of projects, and the gate answers at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from starlette.applications import Starlette

from rafiqa.recovery import LayerRegistered, ProjectRegistered
from rafiqa.service import Office, register_layer
from tests.city import FIRST
from tests.unit.api.client import Client

ASSET = "b20"
FIELDS = {"id": "J-new", "name": "Clinic", "kind": "hospital", "depth_cm": "40"}


@pytest.fixture
def first(own_app: Starlette) -> Client:
    client = Client(own_app)
    assert client.sign_in("first").status_code == 200
    return client


def ask(client: Client, way_in: Any = None, **fields: Any) -> Any:
    told = {name: value for name, value in (FIELDS | fields).items() if value is not None}
    return client.post("/api/projects", {"fields": told, "way_in": way_in})


def codes(answer: Any) -> list[tuple[str, str]]:
    return [(each["code"], each["place"]) for each in answer.json()["faults"]]


def test_works_stand_on_the_ground_of_their_building_with_a_way_in(
    first: Client, own_city: Office
) -> None:
    place = first.get(f"/api/assets/{ASSET}").json()
    (offered,) = [each for each in place["acts"] if each["act"] == "register_project"]
    assert set(offered["choices"]) == {"kind", "works_method", "protected"}
    site = own_city.site.origin
    way = [[site.lon_deg, site.lat_deg], [site.lon_deg + 0.001, site.lat_deg]]
    done = ask(first, {"points": way, "width_m": 4}, asset_ids=ASSET)
    assert done.status_code == 201, done.json()
    fact = own_city.facts()[-1].fact
    assert isinstance(fact, ProjectRegistered)
    assert (fact.depth_cm, fact.kind, fact.asset_ids) == (40, "health", (ASSET,))
    assert fact.shape is not None
    assert fact.access is not None
    assert 3.9 < fact.access.area_m2 / 80 < 5  # about 80 m east, four metres wide
    told = first.get("/api/projects/J-new").json()
    assert told["gate"]["gates"]
    assert told["assets"][0]["asset_id"] == ASSET
    (there,) = first.get(f"/api/assets/{ASSET}").json()["works"]
    assert (there["project_id"], there["outcome"]) == ("J-new", told["gate"]["outcome"])


def test_every_fault_is_told_and_nothing_is_recorded(first: Client, own_city: Office) -> None:
    before = len(own_city.facts())
    refused = ask(
        first,
        {"points": [[0, 0], [0, 0]]},
        kind="palace",
        depth_cm="-1",
        asset_ids="B-none",
        colour="red",
    )
    assert refused.status_code == 400
    assert {
        ("service.site.field-unknown", "colour"),
        ("service.works.way-points", "way_in"),
        ("dictionary.code.unknown", "kind"),
        ("dictionary.number.low", "depth_cm"),
        ("service.works.asset-unknown", "asset_ids"),
    } <= set(codes(refused))
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    assert codes(ask(first, geometry=bow))[0][1] == "geometry"
    assert codes(ask(first, geometry="x")) == [("service.works.no-geojson", "geometry")]
    assert len(own_city.facts()) == before


def test_works_do_not_leave_out_a_building_that_has_no_place(
    first: Client, own_city: Office
) -> None:
    """Their gate would be asked of the others' ground alone."""
    far = np.array([shapely.box(10, 50, 10.001, 50.001)], dtype=object)
    layer = LayerRegistered("far", "buildings", "", 0)
    assert register_layer(own_city, FIRST, layer, (["far1"], far, {})).done
    refused = ask(first, asset_ids=f"{ASSET} far1")
    assert refused.status_code == 400, refused.json()
    assert codes(refused) == [("service.works.asset-unplaced", "asset_ids")]
    assert ask(first, asset_ids="far1").status_code == 201
    assert first.get("/api/projects/J-new").json()["gate"]["outcome"] == "closed"


def test_works_without_ground_or_depth_are_registered_and_closed(first: Client) -> None:
    assert ask(first, depth_cm=None).status_code == 201
    gate = first.get("/api/projects/J-new").json()["gate"]
    assert gate["outcome"] == "closed"
    assert {each["code"] for each in gate["gates"]} >= {"gate.registration.depth-missing"}


def test_who_may_not_register_is_offered_no_form(own_app: Starlette) -> None:
    stranger, planner = Client(own_app), Client(own_app)
    assert planner.sign_in("planner").status_code == 200
    for client in (stranger, planner):
        acts = client.get(f"/api/assets/{ASSET}").json()["acts"]
        assert "register_project" not in [each["act"] for each in acts]
    assert ask(stranger).status_code == 401
    assert ask(planner).status_code == 403
