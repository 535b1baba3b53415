"""Where something lies is told by the name of its neighbourhood, in the asker's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from starlette.applications import Starlette

from rafiqa.recovery import LayerRegistered
from rafiqa.service import Office, register_layer
from tests.city import FIRST, REPORT_SPOT_M, spot
from tests.unit.api.client import Client

NAMES: dict[str, Sequence[Any]] = {
    "name": ["Bustan", "Whole Side", None],
    "name_ar": ["بستان", "الجانب", "بلا اسم"],
    "name_ckb": ["باخ", None, None],
    "name_kmr": ["Baxçe", None, None],
    "kind": ["neighbourhood", "district", "neighbourhood"],
}


@pytest.fixture
def desk(own_city: Office, own_app: Starlette) -> Client:
    x_m, y_m = REPORT_SPOT_M
    boxes = [
        shapely.box(x_m - 30, y_m - 30, x_m + 30, y_m + 30),
        shapely.box(-500, -500, 2_000, 2_000),
        shapely.box(x_m - 900, y_m - 30, x_m - 800, y_m + 30),
    ]
    millimetres = shapely.transform(np.array(boxes, dtype=object), lambda xy: xy * 1_000)
    lonlat = own_city.frame.shapes_to_lonlat(millimetres)
    fact = LayerRegistered("quarters", "places", "", 0, "test")
    assert register_layer(own_city, FIRST, fact, (["n1", "d1", "n2"], lonlat, NAMES)).done
    client = Client(own_app)
    assert client.sign_in("first").status_code == 200
    return client


@pytest.mark.parametrize(
    ("lang", "name"), [("en", "Bustan"), ("ar", "بستان"), ("ckb", "باخ"), ("kmr", "Baxçe")]
)
def test_a_place_and_a_report_are_told_by_the_finest_name(
    desk: Client, own_city: Office, lang: str, name: str
) -> None:
    place = spot(own_city, *REPORT_SPOT_M)
    told = desk.get(f"/api/at?lon={place.lon_deg}&lat={place.lat_deg}&lang={lang}").json()
    assert told["neighbourhood"] == name
    reports = desk.get(f"/api/reports?lang={lang}").json()["reports"]
    by_id = {each["report_id"]: each["neighbourhood"] for each in reports}
    assert by_id["S1"] == name
    found = desk.get(f"/api/search?q=bustan&lang={lang}").json()["results"]
    assert found[0]["name"] == name


def test_outside_of_all_no_name_is_told(desk: Client, own_city: Office) -> None:
    place = spot(own_city, REPORT_SPOT_M[0] + 200, REPORT_SPOT_M[1])
    told = desk.get(f"/api/at?lon={place.lon_deg}&lat={place.lat_deg}").json()
    # The district holds it, but people there do not call it so: only one level is used.
    assert told["neighbourhood"] is None


def test_residents_find_a_place_by_any_of_its_names(desk: Client) -> None:
    told = desk.get("/api/report-places").json()["places"]
    assert [(each["name_ckb"], each["name_kmr"]) for each in told] == [
        ("باخ", "Baxçe"),
        (None, None),
    ]


def test_without_the_layer_nothing_is_named(anybody: Client) -> None:
    assert anybody.get("/api/at?lon=39.01&lat=35.95").json()["neighbourhood"] is None
