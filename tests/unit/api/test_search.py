"""Search by what something is and by where the administration says it lies, in any language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import shapely
from starlette.applications import Starlette

from rafiqa.dictionary import dictionary
from rafiqa.land import AreaRecorded
from rafiqa.recovery import LayerRegistered
from rafiqa.service import Office, declare_area, register_layer
from tests.city import FIRST, box
from tests.unit.api.client import Client

BUILDINGS: dict[str, Sequence[Any]] = {
    "name": ["Rummana", "School Street 4", "Nahr", None],
    "kind": ["school", "house", "hospital", "school"],
    "place_id": ["XQ010101", "XQ010102", "XQ010102", None],
}
ROADS: dict[str, Sequence[Any]] = {"name": ["Long Way"], "road_class": ["motorway"]}
PLACES: dict[str, Sequence[Any]] = {
    "name": ["Upper Side", "Olive Court"],
    "kind": ["district", "neighbourhood"],
    "district_id": [None, "XQ0101"],
}


@pytest.fixture
def client(own_city: Office, own_app: Starlette) -> Client:
    layers = {
        "buildings": (["a1", "a2", "a3", "a4"], BUILDINGS),
        "roads": (["way"], ROADS),
        "places": (["XQ0101", "XQ010101"], PLACES),
    }
    for kind, (ids, columns) in layers.items():
        boxes = [shapely.box(at * 20, 700, at * 20 + 10, 710) for at in range(len(ids))]
        millimetres = shapely.transform(np.array(boxes, dtype=object), lambda xy: xy * 1_000)
        lonlat = own_city.frame.shapes_to_lonlat(millimetres)
        fact = LayerRegistered(f"kinds-{kind}", kind, "", 0, "test")
        assert register_layer(own_city, FIRST, fact, (ids, lonlat, columns)).done
    coded = AreaRecorded(
        "HP", "sha", box(900, 900, 920, 920), "Orchard", ("E2",), extra='{"place_id": "XQ010199"}'
    )
    acted = declare_area(own_city, FIRST, coded)
    assert acted.done, acted.reasons
    return Client(own_app)


def found(client: Client, query: str) -> list[str]:
    results = client.get(f"/api/search?q={quote(query)}").json()["results"]
    return [each["id"] for each in results]


@pytest.mark.parametrize("query", ["school", "مدرسة", "المدرسة", "dibistan", "قوتابخانە"])
def test_a_kind_is_found_in_every_language(client: Client, query: str) -> None:
    told = found(client, query)
    assert {"a1", "a4"} <= set(told)
    assert "a3" not in told


def test_every_label_of_every_kind_on_record_finds_it(client: Client) -> None:
    lists = dictionary().lists
    for list_name, code, row in (
        ("asset_kind", "hospital", "a3"),
        ("road_class", "motorway", "way"),
        ("place_kind", "neighbourhood", "XQ010101"),
        ("project_kind", "water", "J-open"),
    ):
        [labels] = [each.labels for each in lists[list_name].codes if each.code == code]
        for lang, label in labels.pairs():
            assert row in found(client, label), (lang, label)


def test_what_is_named_so_comes_before_what_is_one(client: Client) -> None:
    """A works and a house in School Street are asked for by their names; schools follow."""
    assert found(client, "school")[:4] == ["J-school", "a2", "a1", "a4"]
    # Name and kind together: the one school of that name, and no other.
    assert found(client, "dibistan rummana") == ["a1"]
    assert found(client, "dibistan nahr") == []


def test_p_codes_find_the_place_and_what_lies_in_it(client: Client) -> None:
    assert found(client, "XQ010101") == ["XQ010101", "a1"]
    # The district itself; then what has a code that begins so; then what lies in such places.
    assert found(client, "xq0101") == ["XQ0101", "HP", "XQ010101", "a1", "a2", "a3"]
    assert found(client, "XQ010199") == ["HP"]
    assert found(client, "XQ019") == []
