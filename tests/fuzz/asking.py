"""Asking: requests drawn for every endpoint of a running application, good in part and bad in part.

Of each a path is drawn of names that the site has and of none, a query, headers and a body: of the
shape that the endpoint takes, of such a shape bent, or of bytes. Whatever it is, it may be refused;
an answer of 500 and above, or none, is a finding.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random  # noqa: TID251 - a test draws, from a seed that it tells
from typing import Any, Final
from urllib.parse import quote, unquote

import msgspec
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from rafiqa.api import ENDPOINTS
from rafiqa.api.ogc.collection import COLLECTIONS
from rafiqa.api.reply import JSON, RAW
from rafiqa.api.route import Endpoint
from rafiqa.api.session import cookie_name
from rafiqa.service import Office
from tests.city import PASSWORD
from tests.fuzz.bend import bytes_bent, json_bent
from tests.loop import awaited
from tests.unit.api.test_fieldjson import BODY
from tests.unit.api.test_openapi import BODIES, NOWHERE
from tests.unit.api.test_report import CODE, SEEN
from tests.unit.api.test_table import QUESTIONS

ROWS: Final[dict[tuple[str, str], Endpoint]] = {(row.method, row.path): row for row in ENDPOINTS}
DEVICE: Final = "t" * 64
"""The key of a phone, where one is enrolled with it."""
SEEDS: Final = {
    "/api/submissions/{id}": json.dumps(BODY).encode(),
    "/api/reports/{report_id}": json.dumps(SEEN).encode(),
    "/v1/sessions": b'{"email":"nobody","password":"wrong"}',
} | BODIES
NAMES: Final = {
    "token": [DEVICE],
    "id": ["uuid:6f2c1f5e"],
    "submission_id": ["uuid:6f2c1f5e"],
    "form": ["resident_report", "hazard_area"],
    "table": ["Submissions"],
    "name": ["a.jpg"],
    "report_id": ["0123456789abcdef"],
    "work_id": ["W-9"],
    "lot_id": ["L-9"],
    "seen": ["mine", "other"],
    "code": [CODE],
    "part": ["0"],
    "sha256": [BODY["attachments"][0]["sha256"]],
    "login": ["second", "nobody"],
    "password": [PASSWORD],
}
WORDS: Final = (
    *("", "x", "x" * 5_000, "0" * 64, "a" * 16, "uuid:1", "-1", "1e999", "NaN", "9" * 400, "٣"),
    *("2026-01-10", "2026-01-10T00:00:00Z", "0001-01-01", "9999-12-31T23:59:59.999999Z"),
    *("2026-02-30", "2026-01-10T00:00:00+99:99", "null", "true", "../../etc/passwd", "%00", "%"),
    *("\x00", "\n", "a/b", "\u202e", "\ufeff", "😀" * 90, "=1+1", "'", '"', "<b>", "{0}", "$.a"),
    *("38.99,35.9,39.1,36", "POINT(39 35.95)", "area_id = 'H1'", "hazard", "en", "ar", "all"),
    *("first", "deminers", "other", "cha", "sha", "yes", "unknown", "csv", "zip", "geojson"),
)
NUMBERS: Final = (0, 1, -1, 3, 20, 39.01, 35.95, 0.5, -0.0, 1e-320, 181, 1e15, 1e308, 2**53, 2**63)
LINKED: Final = ("2026-01-02", "2026-02-01", "2030-01-01")
HERE: Final = (39.0101, 35.9501)
SHAPES: Final[tuple[Any, ...]] = (
    *({}, None, [], "x", {"type": "Point"}, {"type": "Point", "coordinates": []}),
    {"type": "Point", "coordinates": HERE},
    {"type": "Point", "coordinates": [1e300, -1e300, "x"]},
    {"type": "LineString", "coordinates": [HERE, [39.0103, 35.9503]]},
    {"type": "LineString", "coordinates": [HERE, HERE]},
    {
        "type": "Polygon",
        "coordinates": [[HERE, [39.0106, 35.9501], [39.0106, 35.9506], HERE]],
    },
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
    {"type": "Polygon", "coordinates": [[HERE, HERE, HERE, HERE]]},
    {"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, -90]]]},
    {"type": "MultiPolygon", "coordinates": []},
    {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": HERE}]},
    {"type": "Feature", "geometry": None, "properties": None},
    {"type": ["Point"], "coordinates": {"a": 1}},
)
HEADERS: Final = {
    "accept-language": ("ar", "ckb;q=0.5", "x" * 9_000, ";q=,,", "de;q=NaN", "*;q=9e999", "\xff"),
    "content-type": ("application/json", "text/plain", "multipart/form-data", "a/b; x=\xff", ";"),
    "content-length": ("0", "-1", "9" * 40, "x"),
    "cookie": ("rafiqa=x", "=;=;;", "rafiqa_http=" + "f" * 64, '"' * 50, "\xff=\xff"),
    "host": ("", "[::1", "desk.test:99999", "a\xff", "x" * 300),
    "origin": ("null", "https://elsewhere.test", "http://desk.test", "http://[", "\xff"),
    "authorization": ("Bearer", "Basic \xff", "Bearer " + "t" * 64, "Basic eDp5", "x" * 5_000),
    "if-none-match": ("*", '"x"', 'W/"' + "x" * 5_000, '"'),
    "range": ("bytes=0-", "bytes=9-1", "bytes=" + "0-1," * 900, "x"),
    "accept": ("text/html", "application/json;q=0", "*/*;q=x", ","),
    "accept-encoding": ("gzip", "br;q=x", "gzip;q=0", "\xff"),
    "x-forwarded-for": ("1.1.1.1, \xff", "x" * 900),
    "x-forwarded-proto": ("https", "x" * 900, "\xff"),
    "x-rafiqa-sent": ("2026-01-01T00:00:00Z", "x"),
    "idempotency-key": ("k" * 16, "", "\xff" * 16, "x" * 900),
    "x-openrosa-version": ("1.0", "9" * 99),
    "date": ("x",),
    "sec-fetch-site": ("cross-site", "none", "\xff"),
}
PARAMS: Final = (
    *("lang", "valid_at", "known_at", "bbox", "limit", "filter", "f", "format", "after", "crs"),
    *("datetime", "$filter", "$top", "sha256", "n_bytes", "part", "of", "x"),
)
_PLACE: Final = re.compile(r"\{(\w+)(?::(\w+))?\}")


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as bytes wherever a stranger may write bytes."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(slots=True)
class Asked:
    """What came of asking: how often each status was given, and what nobody may see."""

    n: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    findings: list[str] = field(default_factory=list)


def routes_of(routes: Iterable[BaseRoute], before: str = "") -> Iterator[tuple[str, str]]:
    """Yields method and pattern of every way in, mounted ones too."""
    for route in routes:
        if isinstance(route, Mount):
            yield from routes_of(route.routes, before + route.path)
        elif isinstance(route, Route):
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield method, before + route.path


def names_of(office: Office) -> dict[str, list[Any]]:
    """Returns what this site has by the name of its field: so that questions lead somewhere."""
    found: dict[str, set[str]] = defaultdict(set)
    for recorded in office.facts():
        fact: Any = recorded.fact
        for name in fact.__dataclass_fields__:
            if name.endswith("_id") and isinstance(value := getattr(fact, name), str):
                found[name].add(value)
    for pattern, paths in QUESTIONS.items():
        names = [each[0] for each in _PLACE.findall(pattern)]
        form = re.compile(_PLACE.sub("([^/?]+)", pattern.replace(".", r"\.")))
        for path in paths:
            if told_path := form.match(path):
                for name, value in zip(names, told_path.groups(), strict=True):
                    found[name].add(value)
    found["collection"].update(COLLECTIONS)
    for name, known in NAMES.items():
        found[name].update(known)
    return {name: sorted(values) for name, values in found.items()}


class Drawn:
    """Draws requests for one application.

    Args:
        names: values by the name of their field, as of ``names_of``.
        draw: the generator.
    """

    def __init__(self, names: Mapping[str, list[Any]], draw: Random) -> None:
        self._names, self._draw = names, draw

    def request(self, method: str, pattern: str, token: str = "") -> Request:
        """Returns a request of a pattern, by whose session the token is, or by nobody."""
        draw = self._draw
        path = _PLACE.sub(lambda found: self._placed(found[1], found[2]), pattern)
        if draw.random() < 0.03:
            path += draw.choice(("/", "//", "/.", ";x", "%2f", "x"))
        row = ROWS.get((method, pattern))
        kind = RAW if row and row.raw else JSON
        headers = {"x-rafiqa": "desk", "content-type": kind, "host": "desk.test"}
        if pattern.startswith("/openrosa"):
            headers["x-openrosa-version"] = "1.0"
        if token:
            headers["cookie"] = f"{cookie_name('http')}={token}"
        if pattern.startswith("/v1") and token:
            headers["authorization"] = f"Bearer {token}"
        elif pattern.startswith(("/api/submissions", "/openrosa")) and draw.random() < 0.5:
            headers["authorization"] = f"Bearer {DEVICE}"
        for _ in range(draw.choice((0, 0, 0, 1, 2))):
            name = draw.choice([*HEADERS])
            headers[name] = draw.choice(HEADERS[name])
        body = b"" if method in {"GET", "DELETE"} else self._body(method, pattern)
        return Request(method, path, self._query(method, pattern), tuple(headers.items()), body)

    def _placed(self, name: str, kind: str | None) -> str:
        if kind == "whole":
            return self._draw.choice(("0", "1", "3", "14", "999999999"))
        known = [*self._names.get(name, ()), str(NOWHERE.get(name, "x"))]
        word = self._draw.choice(WORDS if self._draw.random() < 0.3 else known)
        return quote(word, safe="/" if kind == "path" else "")

    def _query(self, method: str, pattern: str) -> str:
        draw, row = self._draw, ROWS.get((method, pattern))
        asked = [
            param.name
            for param in (row.params if row else ())
            if draw.random() < (0.95 if param.required else 0.3)
        ]
        if draw.random() < (0.15 if row else 0.6):
            asked.append(draw.choice(PARAMS))
        return "&".join(f"{name}={quote(self._word(name), safe='')}" for name in asked)

    def _word(self, name: str) -> str:
        draw = self._draw
        if draw.random() < 0.5:
            known = {"lon": ["39.0101"], "lat": ["35.9501"], "n_bytes": ["7"], "of": ["7"]}
            if values := known.get(name) or self._names.get(name):
                return str(draw.choice(values))
        return draw.choice(WORDS)

    def _body(self, method: str, pattern: str) -> bytes:
        draw, row = self._draw, ROWS.get((method, pattern))
        seeds = [*SEEDS.values()]
        seed = SEEDS.get(_PLACE.sub(r"{\1}", pattern)) or draw.choice(seeds)
        match draw.randrange(8):
            case 0:
                return draw.choice((b"", b"[]", b"null", b'"x"', b"\xff", b"x" * 300_000, seed))
            case 1:
                return bytes_bent(seed, draw, seeds)
            case 2:
                return json_bent(seed, draw, seeds)
        if row is None or row.takes is None:
            return json_bent(seed, draw, seeds)
        schema = msgspec.json.schema(row.takes)
        made = self._value(schema, schema.get("$defs", {}), "")
        return json.dumps(made, ensure_ascii=draw.random() < 0.5).encode("utf-8", "surrogatepass")

    def _value(self, schema: Mapping[str, Any], defs: Mapping[str, Any], name: str) -> Any:
        """A value that a schema allows, as far as it says so."""
        draw = self._draw
        if "$ref" in schema:
            return self._value(defs[schema["$ref"].rpartition("/")[2]], defs, name)
        if "anyOf" in schema:
            return self._value(draw.choice(schema["anyOf"]), defs, name)
        if "enum" in schema:
            return draw.choice(schema["enum"])
        match schema.get("type"):
            case "object" if "properties" in schema:
                needed = schema.get("required", ())
                return {
                    each: self._value(inner, defs, each)
                    for each, inner in schema["properties"].items()
                    if each in needed or draw.random() < 0.7
                }
            case "array":
                size = max(schema.get("minItems", 0), draw.choice((0, 1, 1, 2)))
                inner = schema.get("items") or {}
                return [self._value(inner, defs, name.removesuffix("s")) for _ in range(size)]
            case "string":
                known = self._names.get(name, LINKED)
                word = draw.choice(WORDS if draw.random() < 0.3 else known)
                return word[: schema.get("maxLength", 10_000)].ljust(
                    schema.get("minLength", 0), "x"
                )
            case "integer" | "number" as kind:
                value = draw.choice(NUMBERS)
                value = min(max(value, schema.get("minimum", value)), schema.get("maximum", value))
                return int(value) if kind == "integer" else value
            case "boolean":
                return draw.random() < 0.5
            case "null":
                return None
        return draw.choice(SHAPES if draw.random() < 0.7 else (*WORDS, *NUMBERS))


async def sent(app: Starlette, asked: Request, address: str) -> int:
    """Returns the status of the answer; 0 where there is none, and what the application raises."""
    statuses: list[int] = []
    waiting = [{"type": "http.request", "body": asked.body, "more_body": False}]

    async def receive() -> Any:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(name.encode(), value.encode("utf-8")) for name, value in asked.headers]
    await app(
        {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": asked.method,
            "scheme": "http",
            "path": unquote(asked.path),
            "raw_path": asked.path.encode(),
            "query_string": asked.query.encode(),
            "root_path": "",
            "headers": headers,
            "client": (address, 4711),
            "server": ("desk.test", 80),
        },
        receive,
        send,
    )
    return statuses[0] if statuses else 0


def _broke_at(journal: Path) -> str:
    """The journal's last word on what broke."""
    lines = journal.read_text("utf-8").splitlines() if journal.exists() else []
    return next((line for line in reversed(lines) if '"exception"' in line), "")


def ask_all(app: Starlette, requests: Iterable[tuple[str, Request]], journal: Path) -> Asked:
    """Returns what came of requests.

    Args:
        app: the application.
        requests: each with the pattern that it was drawn of.
        journal: what the application's journal writes to: where it broke stands there.
    """
    came = Asked()

    async def run() -> None:
        for number, (pattern, request) in enumerate(requests):
            raised = ""
            try:
                status = await sent(app, request, f"2001:db8::{number:x}")
            except Exception as error:  # noqa: BLE001 - that is what is looked for
                status, raised = 0, repr(error)
            came.n[status] += 1
            row = ROWS.get((request.method, pattern))
            # Without the web's build a page says so.
            if (status >= 500 or not status) and not (status == 503 and row and row.page):
                where = raised or _broke_at(journal)
                came.findings.append(f"{status} {pattern} {request!r:.900} {where}")

    awaited(run)
    return came
