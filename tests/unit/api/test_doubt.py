"""Released ground in doubt: told alike by map, tiles, list, sheet and point, never as released."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from starlette.applications import Starlette

from rafiqa.land import EvidenceRecorded, ReportAnswered, ResidentReported
from rafiqa.service import Office, answer_report, record_evidence, report_hazard
from rafiqa.service.exporting import exported
from tests.city import FIRST, RESIDENT, spot
from tests.unit.api.client import Client


@pytest.fixture
def anybody(own_app: Starlette) -> Client:
    return Client(own_app)


def layer(client: Client, name: str) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = client.get(f"/api/map/{name}").json()["features"]
    return features


def land(features: list[dict[str, Any]]) -> Any:
    return shapely.union_all([shapely.geometry.shape(each["geometry"]) for each in features])


def test_what_speaks_against_a_release_takes_it_off_the_released_everywhere(
    anybody: Client, own_city: Office
) -> None:
    before = layer(anybody, "parts")
    assert layer(anybody, "doubt") == []
    assert anybody.get("/api/areas/H1").json()["figures"]["cleared_in_doubt_m2"] == 0
    seen = EvidenceRecorded("E9", "eo_seen", "visual", spot(own_city, 20, 90))
    assert record_evidence(own_city, FIRST, seen).done
    (doubt,) = layer(anybody, "doubt")
    assert doubt["properties"]["area_id"] == "H1"
    assert doubt["properties"]["status"] == "in_doubt"
    assert doubt["properties"]["area_m2"] == pytest.approx(5_000, abs=0.01)
    # Nothing in it could be drawn as an outcome.
    assert not {"outcome", "depth_cm"} & set(doubt["properties"])
    after = layer(anybody, "parts")
    assert len(after) == len(before) - 1
    assert land([doubt]).intersection(land(after)).area == 0
    assert land([doubt]).union(land(after)).area == pytest.approx(land(before).area, rel=1e-9)
    area = anybody.get("/api/areas/H1").json()
    assert area["figures"]["cleared_in_doubt_m2"] == pytest.approx(5_000, abs=0.01)
    assert area["figures"]["cleared_m2"] == pytest.approx(5_000, abs=0.01)
    (part,) = [each for each in area["parts"] if each["part_id"] == "P1"]
    assert part["in_doubt"] is True
    codes = [each["code"] for each in area["reasons"]]
    assert codes[1] == "api.area.in-doubt"
    brief = {each["area_id"]: each for each in anybody.get("/api/areas").json()["areas"]}
    assert [brief[each]["in_doubt"] for each in ("H1", "H2")] == [True, False]
    on = spot(own_city, 30, 60)
    point = anybody.get(f"/api/at?lon={on.lon_deg}&lat={on.lat_deg}&lang=en").json()
    assert (point["state"], point["in_doubt"]) == ("cleared", True)
    assert "in doubt" in point["headline"]
    assert point["reasons"][0]["code"] == "api.point.in-doubt"
    aside = spot(own_city, 70, 60)
    point = anybody.get(f"/api/at?lon={aside.lon_deg}&lat={aside.lat_deg}").json()
    assert (point["state"], point["in_doubt"]) == ("cha", False)
    ids = exported(own_city, "land-parts").columns["id"]
    assert not any(each.startswith("P1") for each in ids)


def test_the_tiles_have_it_in_a_layer_of_its_own(anybody: Client, own_city: Office) -> None:
    told = ResidentReported("S9", spot(own_city, 20, 90), "mine")
    assert report_hazard(own_city, RESIDENT, told).done
    path = "/tiles/{}/14/9967/6436.mvt"

    def tile(name: str) -> list[dict[str, Any]]:
        data = anybody.get(path.format(name)).content
        decoded = mapbox_vector_tile.decode(data) if data else {}
        return [each["properties"] for each in decoded.get(name, {"features": []})["features"]]

    assert [each["status"] for each in tile("doubt")] == ["in_doubt"]
    assert {each["area_id"] for each in tile("parts")} == {"T1"}
    assert answer_report(own_city, FIRST, ReportAnswered("S9", "nothing_found")).done
    assert tile("doubt") == []
    assert {each["area_id"] for each in tile("parts")} == {"H1", "T1"}
