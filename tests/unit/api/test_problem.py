"""Refusals: every one is a problem document that names code, place and what to do."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from rafiqa.api import make_app
from rafiqa.api.problem import MEDIA_TYPE, Problem
from rafiqa.service import Office
from tests.city import Draws
from tests.unit.api.client import Client

ACT = {"X-Rafiqa": "desk", "Content-Type": "application/json"}
SESSION = "/api/session"
GOOD = b'{"login":"first","password":"x"}'
CASES: dict[str, tuple[str, str, dict[str, Any], int, str, str | None]] = {
    "no such path": ("GET", "/api/nothing", {}, 404, "api.route.unknown", None),
    "no such file": ("GET", "/static/../app.py", {}, 404, "api.route.unknown", None),
    "wrong method": ("PUT", "/api/site", {}, 405, "api.method.unknown", None),
    "no such layer": ("GET", "/api/map/secrets", {}, 404, "api.layer.unknown", "layer"),
    "no such area": ("GET", "/api/areas/H9", {}, 404, "land.area.unknown", "area_id"),
    "no such project": ("GET", "/api/projects/x", {}, 404, "service.project.unknown", "project_id"),
    "no such asset": ("GET", "/api/assets/x", {}, 404, "api.asset.unknown", "asset_id"),
    "no such tile": ("GET", "/tiles/buildings/3/1/1.mvt", {}, 404, "api.tile.unknown", "z"),
    "tile off the map": (
        "GET",
        "/tiles/buildings/12/4096/1.mvt",
        {},
        404,
        "api.tile.unknown",
        "z",
    ),
    "no such language": ("GET", "/api/catalogue/xx.json", {}, 404, "api.catalogue.unknown", "lang"),
    "no time": (
        "GET",
        "/api/site?valid_at=yesterday",
        {},
        400,
        "wire.time.malformed",
        "valid_at",
    ),
    "too early": (
        "GET",
        "/api/site?known_at=1700-01-01",
        {},
        400,
        "api.query.time-range",
        "known_at",
    ),
    "edge of time": (
        "GET",
        "/api/account?from=0001-01-01T00:00:00%2B14:00",
        {},
        400,
        "api.query.time-range",
        "from",
    ),
    "misspelt time": (
        "GET",
        "/api/at?lon=1&lat=1&valid=2026",
        {},
        400,
        "api.query.unknown",
        "valid",
    ),
    "time given twice": (
        "GET",
        "/api/site?valid_at=2026-01-01&valid_at=2026-02-01",
        {},
        400,
        "api.query.twice",
        "valid_at",
    ),
    "no longitude": ("GET", "/api/at?lat=35", {}, 400, "api.query.missing", "lon"),
    "no number": ("GET", "/api/at?lon=east&lat=35", {}, 400, "api.query.number", "lon"),
    "infinite": ("GET", "/api/at?lon=inf&lat=35", {}, 400, "api.query.number", "lon"),
    "no position": ("GET", "/api/at?lon=190&lat=35", {}, 400, "geo.lonlat.out-of-range", None),
    "another continent": ("GET", "/api/at?lon=-70&lat=-30", {}, 400, "geo.frame.off-grid", None),
    "nothing to find": ("GET", "/api/search", {}, 400, "api.query.missing", "q"),
    "long search": ("GET", f"/api/search?q={'x' * 101}", {}, 400, "api.query.too-long", "q"),
    "backward period": (
        "GET",
        "/api/account?from=2026-02-01&to=2026-01-01",
        {},
        400,
        "api.query.period",
        "from",
    ),
    "no header": (
        "POST",
        SESSION,
        {"content": GOOD, "headers": {"Content-Type": "application/json"}},
        403,
        "api.request.header-missing",
        "X-Rafiqa",
    ),
    "foreign page": (
        "POST",
        SESSION,
        {"content": GOOD, "headers": {**ACT, "Origin": "https://evil.test"}},
        403,
        "api.request.origin",
        "Origin",
    ),
    "page without origin": (
        "DELETE",
        SESSION,
        {"headers": {**ACT, "Origin": "null"}},
        403,
        "api.request.origin",
        "Origin",
    ),
    "not JSON": (
        "POST",
        SESSION,
        {"data": {"login": "first"}, "headers": {"X-Rafiqa": "desk"}},
        415,
        "api.body.type",
        "Content-Type",
    ),
    "broken JSON": (
        "POST",
        SESSION,
        {"content": GOOD[:-1], "headers": ACT},
        400,
        "wire.json.syntax",
        "line 1",
    ),
    "two values of a key": (
        "POST",
        SESSION,
        {"content": b'{"login":"a","login":"b","password":"x"}', "headers": ACT},
        400,
        "wire.json.duplicate-key",
        "login",
    ),
    "not a number": (
        "POST",
        SESSION,
        {"content": b'{"login":NaN,"password":"x"}', "headers": ACT},
        400,
        "wire.json.not-finite",
        None,
    ),
    "bottomless": (
        "POST",
        SESSION,
        {"content": b"[" * 50 + b"]" * 50, "headers": ACT},
        400,
        "wire.json.depth",
        None,
    ),
    "wrong shape": (
        "POST",
        SESSION,
        {"content": b'{"login":1,"password":"x"}', "headers": ACT},
        400,
        "api.body.shape",
        "$.login",
    ),
    "unknown field": (
        "POST",
        SESSION,
        {"content": GOOD[:-1] + b',"role":"authority"}', "headers": ACT},
        400,
        "api.body.shape",
        "$",
    ),
    "said to be large": (
        "POST",
        SESSION,
        {"content": b" " * (1024 * 1024 + 1), "headers": ACT},
        413,
        "api.body.too-large",
        None,
    ),
    "wrong password": (
        "POST",
        SESSION,
        {"content": GOOD, "headers": ACT},
        401,
        "api.session.wrong",
        None,
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_refusal_says_what_where_and_what_next(name: str, lang: str, anybody: Client) -> None:
    method, path, more, status, code, place = CASES[name]
    headers = {**more.get("headers", {}), "Accept-Language": f"xx, {lang};q=0.8"}
    answer = anybody.send(method, path, **{**more, "headers": headers})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["content-language"] == lang
    told = msgspec.json.decode(answer.content, type=Problem)
    assert (told.status, told.code) == (status, code)
    assert told.faults[0].place == place
    assert told.title
    assert told.detail == told.faults[0].detail


def test_every_fault_is_listed(anybody: Client) -> None:
    told = anybody.get("/api/site?one=1&two=2").json()
    assert [fault["place"] for fault in told["faults"]] == ["one", "two"]


def test_half_a_character_is_refused_like_any_other_word(staff: Client) -> None:
    body = b'{"area_id":"X\\ud800","class":"sha","outline":{"geometry":%b}}' % (
        b'{"type":"Polygon","coordinates":[[[39.05,35.95],[39.06,35.95],[39.06,35.96],[39.05,35.95]]]}'
    )
    answer = staff.send("POST", "/api/areas", content=body, headers=ACT)
    assert answer.status_code == 400
    assert answer.json()["code"] == "wire.json.half-letter"


def test_a_stream_without_a_length_is_cut_off(anybody: Client) -> None:
    async def endless() -> Any:
        for _ in range(40):
            yield b" " * 65_536

    answer = anybody.send("POST", SESSION, content=endless(), headers=ACT)
    assert answer.status_code == 413


def test_a_wrong_method_names_the_right_ones(anybody: Client) -> None:
    allowed = anybody.send("PUT", SESSION).headers["allow"]
    assert set(allowed.replace(" ", "").split(",")) == {"GET", "HEAD", "POST", "DELETE"}


def test_a_failure_tells_nothing_of_the_inside(
    city: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = make_app(city, now_us=city.now_us, entropy=Draws())

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret-path-and-value")

    monkeypatch.setattr("rafiqa.api.moment.Moments.at", broken)
    answer = Client(app).get("/api/site")
    assert answer.status_code == 500
    assert answer.json()["code"] == "api.internal"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["event"], told["exception"]) == ("request.failed", "RuntimeError")
    assert told["route"] == "/api/site"
    assert "secret" not in line, "what an error says may be whoever's input it was"
    assert answer.headers["x-content-type-options"] == "nosniff"
