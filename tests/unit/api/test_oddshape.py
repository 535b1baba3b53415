"""Geometry in bodies that is none: refused with what is wrong with it, and never a failure."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.applications import Starlette

from rafiqa.service import Office
from tests.unit.api.client import Client

LON, LAT = 39.01, 35.95


def _ring(n: int) -> list[list[float]]:
    return [[LON + i % 97 * 1e-6, LAT + i // 97 * 1e-6] for i in range(n)]


def _nested(n: int) -> Any:
    value: Any = [LON, LAT]
    for _ in range(n):
        value = [value]
    return value


SQUARE = [[LON, LAT], [LON + 1e-3, LAT], [LON + 1e-3, LAT + 1e-3], [LON, LAT + 1e-3], [LON, LAT]]
BOW = [[LON, LAT], [LON + 1e-3, LAT + 1e-3], [LON + 1e-3, LAT], [LON, LAT + 1e-3], [LON, LAT]]
ODD: dict[str, Any] = {
    "nothing": {},
    "no type": {"coordinates": [SQUARE]},
    "no coordinates": {"type": "Polygon"},
    "null coordinates": {"type": "Polygon", "coordinates": None},
    "empty": {"type": "Polygon", "coordinates": []},
    "empty ring": {"type": "Polygon", "coordinates": [[]]},
    "empty many": {"type": "MultiPolygon", "coordinates": []},
    "empty collection": {"type": "GeometryCollection", "geometries": []},
    "collection": {
        "type": "GeometryCollection",
        "geometries": [{"type": "Polygon", "coordinates": [SQUARE]}],
    },
    "unknown type": {"type": "Circle", "coordinates": [LON, LAT]},
    "type is a number": {"type": 7, "coordinates": [SQUARE]},
    "a line": {"type": "LineString", "coordinates": SQUARE},
    "words": {"type": "Polygon", "coordinates": [[["a", "b"], ["c", "d"], ["e", "f"], ["a", "b"]]]},
    "flags": {"type": "Polygon", "coordinates": [[[True, False]] * 4]},
    "one number": {"type": "Polygon", "coordinates": [[[LON]] * 4]},
    "five numbers": {"type": "Polygon", "coordinates": [[[LON, LAT, 1, 2, 3]] * 4]},
    "two corners": {"type": "Polygon", "coordinates": [SQUARE[:2]]},
    "one corner four times": {"type": "Polygon", "coordinates": [[[LON, LAT]] * 4]},
    "open": {"type": "Polygon", "coordinates": [SQUARE[:4]]},
    "crosses itself": {"type": "Polygon", "coordinates": [BOW]},
    "off the earth": {
        "type": "Polygon",
        "coordinates": [[[500, 95], [501, 95], [501, 96], [500, 95]]],
    },
    "far away": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
    "huge number": {
        "type": "Polygon",
        "coordinates": [[[1e308, LAT], [1e308, 0], [0, 0], [1e308, LAT]]],
    },
    "nested": {"type": "Polygon", "coordinates": _nested(12)},
    "nested deep": {"type": "Polygon", "coordinates": _nested(500)},
    "crowded": {"type": "Polygon", "coordinates": [_ring(20_000)]},
    "a text": "POLYGON ((0 0, 1 0, 1 1, 0 0))",
    "a list": [SQUARE],
    "no number": {
        "type": "Polygon",
        "coordinates": [[["@NaN", LAT], [LON, LAT], [LON, 1], [1, 1]]],
    },
    "no end": {"type": "Polygon", "coordinates": [[["@Infinity", LAT], [LON, 1], [1, 1], [2, 2]]]},
    "point": {"type": "Point", "coordinates": []},
    "point of words": {"type": "Point", "coordinates": ["a", None]},
    "point without end": {"type": "Point", "coordinates": ["@Infinity", LAT]},
}
AREA = {"area_id": "O1", "class": "sha", "name": "", "evidence_ids": [], "note": ""}
SESSION = {
    "id": "S-9",
    "reach": "direct",
    "activity": "community_session",
    "sessions": 1,
    "held_on": "2026-02-03",
    "women_18_plus": 3,
}
DOORS: dict[str, Any] = {
    "/api/measure": lambda odd: {"geometry": odd},
    "/api/areas": lambda odd: AREA | {"outline": {"geometry": odd}},
    "/api/areas/H1/boundary": lambda odd: {
        "outline": {"geometry": odd},
        "justification": "drawn anew",
    },
    "/api/structures": lambda odd: {
        "structure_id": "B9",
        "kind": "building",
        "geometry": odd,
        "units": [],
    },
    "/api/projects": lambda odd: {
        "fields": {"id": "J9", "kind": "school", "depth_cm": 20, "geometry": odd}
    },
    "/api/people/eore_session": lambda odd: {"fields": SESSION | {"geometry": odd}},
    "/api/people/accident_inquiry": lambda odd: {"fields": {"geometry": odd, "accident_id": odd}},
    "/api/people/assistance": lambda odd: {"fields": {"person_ref": odd, "id": odd}},
    "/api/federation/takeovers": lambda odd: {"peer": odd, "stream": odd, "item": odd},
    "/api/federation/peers": lambda odd: {
        "name": "east",
        "card": json.dumps(odd),
        "fingerprint": "00",
    },
}


@pytest.mark.parametrize("path", DOORS)
def test_an_odd_shape_is_refused_with_what_is_wrong(
    own_app: Starlette, own_city: Office, path: str
) -> None:
    client = Client(own_app)
    assert client.sign_in("first").status_code == 200
    head, failed = own_city.store.head(), []
    for name, odd in ODD.items():
        body = json.dumps(DOORS[path](odd)).replace('"@NaN"', "NaN")
        answer = client.send(
            "POST",
            path,
            content=body.replace('"@Infinity"', "Infinity").encode(),
            headers={"X-Rafiqa": "desk", "Content-Type": "application/json"},
        )
        is_problem = answer.headers["content-type"].startswith("application/problem+json")
        if not (400 <= answer.status_code < 500 and is_problem and answer.json()["faults"]):
            failed.append((name, answer.status_code, answer.text[:200]))
    assert failed == []
    assert own_city.store.head() == head
