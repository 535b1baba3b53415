"""Every endpoint answers in its shape, and the OpenAPI document lists every one."""

from __future__ import annotations

import json
import re

import mapbox_vector_tile
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from rafiqa.api import ENDPOINTS
from rafiqa.api.maplayer import LAYERS
from rafiqa.api.problem import Problem
from rafiqa.api.route import Endpoint
from rafiqa.api.tilelayer import TILE_LAYERS
from tests.unit.api.client import Client

QUESTIONS = {
    "/health": ["/health"],
    "/api/site": ["/api/site", "/api/site?lang=ar"],
    "/api/session": ["/api/session"],
    "/api/study": [],
    "/api/study/{document_id}": [],
    "/api/study/{document_id}/original": [],
    "/api/study/{document_id}/pages/{page}": [],
    # For who is signed in: test_person.py asks.
    "/api/own-account": [],
    # For who is signed in: test_delegationdesk.py asks.
    "/api/delegations": [],
    # Where a store names such a house: test_vouching.py asks.
    "/api/session/vouched": [],
    "/api/session/vouched/return": [],
    "/api/map/{layer}": [f"/api/map/{layer}" for layer in LAYERS],
    "/tiles/buildings/{z}/{x}/{y}.mvt": ["/tiles/buildings/14/9967/6436.mvt"],
    "/tiles/{layer}/{z}/{x}/{y}.mvt": [
        f"/tiles/{layer.name}/{z}/{9967 >> 14 - z}/{6436 >> 14 - z}.mvt"
        for layer in TILE_LAYERS.values()
        for z in (14, layer.first_zoom)
    ],
    "/tiles/{layer}.json": [f"/tiles/{layer}.json" for layer in TILE_LAYERS],
    "/api/course": ["/api/course", "/api/course?known_at=2026-02-01"],
    "/api/at": ["/api/at?lon=39.0101&lat=35.9501", "/api/at?lon=39.2&lat=35.95"],
    "/api/areas": ["/api/areas"],
    "/api/areas/{area_id}": ["/api/areas/H1", "/api/areas/H2", "/api/areas/H3", "/api/areas/T1"],
    # For staff alone: test_drawdesk.py asks.
    "/api/areas/{area_id}/documents": [],
    "/api/areas/{area_id}/documents/{digest}": [],
    # For staff alone: test_residual.py asks.
    "/api/areas/{area_id}/residual": [],
    "/api/worth": [],
    # For staff alone: test_risk.py asks.
    "/api/risk": [],
    "/api/risk/picture": [],
    "/api/risk/rows": [],
    # For staff alone, and of what is in force: test_certificate.py asks.
    "/api/certificates/{number}/paper": [],
    # For staff alone: test_permits.py asks.
    "/api/permits": [],
    "/api/permits/{permit_id}": [],
    "/api/permits/{permit_id}/paper": [],
    "/api/notices": [],
    "/api/finds": [],
    # For who takes bundles in: test_federationdesk.py asks.
    "/api/federation": [],
    # For staff alone: test_peopledesk.py asks.
    "/api/people": [],
    # For who notes help alone: test_vaultdesk.py asks.
    "/api/vault": [],
    # For staff alone: test_papers.py asks.
    "/api/papers": [],
    "/api/papers/{kind}": [],
    "/api/papers/{kind}/pdf": [],
    "/api/papers/{kind}/xlsx": [],
    "/api/projects": ["/api/projects", "/api/projects?lang=ar"],
    "/api/projects/{project_id}": ["/api/projects/J-deep", "/api/projects/J-lost"],
    "/api/assets/{asset_id}": ["/api/assets/b0", "/api/assets/b1"],
    "/api/access": ["/api/access", "/api/access?lang=ar"],
    "/api/layers": ["/api/layers", "/api/layers?lang=ar"],
    # For staff alone: test_asset.py asks.
    "/api/matches": [],
    "/api/account": ["/api/account", "/api/account?from=2026-01-10&to=2026-02-01"],
    # For staff alone: test_figures.py asks.
    "/api/followup": [],
    "/api/search": ["/api/search?q=mill", "/api/search?q="],
    "/api/catalogue/{lang}.json": ["/api/catalogue/en.json", "/api/catalogue/ar.json"],
    "/api/report-places": ["/api/report-places"],
    # For staff alone: test_report.py asks.
    "/api/reports": [],
    "/api/reports/{report_id}/pictures/{digest}": [],
    # For staff alone: test_submissiondesk.py asks.
    "/api/reviews": [],
    "/api/reviews/{submission_id}": [],
    "/api/reviews/{submission_id}/files/{name}": [],
    "/api/progress": ["/api/progress", "/api/progress?from=2026-01-10&to=2026-02-01"],
    # For staff alone: test_queuedesk.py asks.
    "/api/queue": [],
    "/api/news": [],
    "/api/releases/{release_id}": [],
    "/api/tasks": [],
    "/api/tasks/{task_id}": [],
    "/api/quality": [],
    "/api/waits": [],
    "/api/equity": [],
    # For staff alone: test_importdesk.py asks.
    "/api/imports": [],
    "/api/duplicates": [],
    "/api/quarantine": [],
    "/api/quarantine/{quarantine_id}/original": [],
    "/report": ["/report"],
    "/api/area-notices": ["/api/area-notices", "/api/area-notices?lang=ar"],
    # For staff alone: test_public.py asks.
    "/api/public-items": [],
    "/api/public-items/{item_id}/picture": [],
    "/public": ["/public", "/public?lang=ckb"],
    "/public/{path}": ["/public/manifest.json", "/public/public.js", "/public/index.html"],
    "/report-worker.js": ["/report-worker.js"],
    "/desk-worker.js": ["/desk-worker.js"],
    "/api/openapi.json": ["/api/openapi.json"],
    "/": ["/"],
    "/verify": ["/verify"],
    "/static/{path}": ["/static/icon.svg"],
}
ASKED = [
    (row, path) for row in ENDPOINTS if row.method == "GET" for path in QUESTIONS[row.open_path]
]


@pytest.mark.parametrize(("row", "path"), ASKED, ids=[path for _, path in ASKED])
@pytest.mark.parametrize("who", ["anybody", "staff"])
def test_every_question_is_answered_in_its_shape(
    row: Endpoint, path: str, who: str, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(who)
    answer = client.get(path)
    if row.page and answer.status_code in {404, 503}:
        pytest.skip("the web pages are not built here")
    assert answer.status_code == row.status
    if row.gives is not None:
        assert answer.headers["content-type"] == row.media_type
        msgspec.json.decode(answer.content, type=row.gives)


def test_every_route_stands_in_the_document(app: Starlette, anybody: Client) -> None:
    document = anybody.get("/api/openapi.json").json()
    routed = {
        (method.lower(), row.open_path)
        for row in ENDPOINTS
        for route in app.routes
        if isinstance(route, Route) and route.path == row.path
        for method in (route.methods or ())
        if method != "HEAD"
    }
    listed = {(method, path) for path, item in document["paths"].items() for method in item}
    assert listed == routed
    assert len([route for route in app.routes if isinstance(route, Route)]) == len(
        {row.path for row in ENDPOINTS}
    )


def test_the_document_holds_together(anybody: Client) -> None:
    text = anybody.get("/api/openapi.json").text
    document = json.loads(text)
    assert document["openapi"].startswith("3.1")
    schemas = document["components"]["schemas"]
    for name in set(text.split('"#/components/schemas/')[1:]):
        assert name.split('"')[0] in schemas
    names = [op["operationId"] for item in document["paths"].values() for op in item.values()]
    assert len(names) == len(set(names))
    for path, item in document["paths"].items():
        for operation in item.values():
            placed = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
            assert all(f"{{{name}}}" in path for name in placed)
            assert path.count("{") == len(placed)


def test_acts_ask_for_somebody(anybody: Client) -> None:
    for row in ENDPOINTS:
        if row.method == "POST" and row.takes is not None and not row.anybody:
            if row.open_path == "/api/session":
                continue
            path = row.open_path.replace("{area_id}", "H1").replace("{release_id}", "R2")
            path = re.sub(r"\{\w+\}", "X1", path)
            answer = anybody.post(path, {})
            assert answer.status_code == 401, path
            told = msgspec.json.decode(answer.content, type=Problem)
            assert told.code == "api.session.needed"


def test_a_tile_says_what_stands_there_and_its_gate(anybody: Client) -> None:
    tile = mapbox_vector_tile.decode(anybody.get("/tiles/buildings/14/9967/6436.mvt").content)
    shown = {
        item["properties"]["asset_id"]: item["properties"] for item in tile["buildings"]["features"]
    }
    gates = {properties["gate"] for properties in shown.values()}
    assert gates == {"open", "conditions", "closed"}
    for asset_id, properties in shown.items():
        ruled = anybody.get(f"/api/assets/{asset_id}").json()["gate"]["outcome"]
        assert ruled == properties["gate"], asset_id
    assert shown["b0"]["kind"] == "school"
    assert "storeys" not in shown["b0"]
    assert shown["b1"]["storeys"] == 1
    arabic = anybody.get("/tiles/buildings/14/9967/6436.mvt?lang=ar").content
    assert "مبنى b1".encode() in arabic


def test_an_empty_tile_is_an_answer(anybody: Client) -> None:
    answer = anybody.get("/tiles/buildings/14/0/0.mvt")
    assert answer.status_code == 200
    assert mapbox_vector_tile.decode(answer.content) == {}
