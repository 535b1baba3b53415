"""Headers, caching and packing: what holds for every answer."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from rafiqa.api import ENDPOINTS, page
from rafiqa.api.guard import CONTENT_POLICY, HEADERS, OWN
from tests.unit.api.client import Client
from tests.unit.api.test_openapi import NOWHERE

PATHS = ["/health", "/", "/api/site", "/nothing", "/static/none.js", "/api/at", "/api/map/hazards"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_guard(path: str, anybody: Client) -> None:
    headers = anybody.get(path).headers
    assert headers["content-security-policy"] == CONTENT_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert "server" not in headers
    assert "access-control-allow-origin" not in headers


def test_the_policy_lets_in_no_other_host_and_no_inline_script() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in CONTENT_POLICY.split(";"))
    assert rules["default-src"] == rules["script-src"] == rules["worker-src"] == "'self'"
    assert "http" not in CONTENT_POLICY
    assert [name for name, value in rules.items() if "unsafe" in value] == ["style-src"]


def _routes(routes: Iterable[BaseRoute], before: str = "") -> Iterator[tuple[str, str]]:
    """Every method on every path of an application, its placeholders filled in."""
    for route in routes:
        if isinstance(route, Mount):
            yield from _routes(route.routes, before + route.path)
        elif isinstance(route, Route):
            path = re.sub(
                r"\{(\w+)(:\w+)?\}",
                lambda found: str(NOWHERE.get(found[1], "1" if found[2] == ":whole" else "x")),
                before + route.path,
            )
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield method, path


def _directives(policy: str) -> dict[str, list[str]]:
    return {words[0]: words[1:] for rule in policy.split(";") if (words := rule.split())}


def test_every_endpoint_carries_the_guard_whatever_it_answers(
    app: Starlette, anybody: Client
) -> None:
    """Of the table, of phones, of the OGC API and of Central, in every method, and over TLS."""
    asked = [
        *_routes(app.routes),
        ("GET", "/nothing"),
        ("PATCH", "/api/site"),
        ("TRACE", "/api/site"),
    ]
    assert len(asked) > len(ENDPOINTS)
    tls = Client(app, scheme="https")
    for number, (method, path) in enumerate(asked):
        client = tls if number % 7 == 0 else anybody
        answer = client.send(method, path, headers={"X-Rafiqa": "desk"})
        assert answer.status_code < 500 or page.static_folder().is_dir() is False, (method, path)
        assert method not in {"PATCH", "TRACE"} or answer.status_code == 405, method
        headers = answer.headers
        for name, value in HEADERS.items():
            assert headers[name] == value or name in OWN, (method, path, name)
        policy = _directives(headers["content-security-policy"])
        scripts = policy.get("script-src", policy["default-src"])
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "http:"} & set(scripts), path
        assert not [word for words in policy.values() for word in words if "//" in word], path
        assert policy["object-src"] == policy["frame-ancestors"] == ["'none'"], path
        assert "camera=()" in headers["permissions-policy"] or path == "/verify", path
        assert headers.get("access-control-allow-origin") is None or path.startswith("/ogc"), path
        assert "server" not in headers
        assert ("strict-transport-security" in headers) is (client is tls), path


@pytest.mark.skipif(not page.static_folder().is_dir(), reason="the web pages are not built here")
def test_no_page_asks_another_host_or_runs_what_its_policy_does_not_name(
    anybody: Client,
) -> None:
    """Two pages carry their script in themselves: their policy names it by its hash."""
    for path in sorted(page.static_folder().rglob("*.html")):
        text = path.read_text("utf-8")
        outward = re.findall(
            r"(?:src|href|action|srcset)\s*=\s*[\"']?(?:https?:)?//[^\"'> ]*", text
        )
        assert not outward, path.name
        head = re.sub(r"<script[^>]*>.*?</script>", "", text, flags=re.DOTALL)
        assert not re.search(r"<[^>]+\son[a-z]+\s*=", head), path.name
        if path.stem not in {"verify", "report"}:
            inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text)
            assert not inline, path.name
    for address in ("/verify", "/report"):
        answer = anybody.get(address)
        named = _directives(answer.headers["content-security-policy"])["script-src"]
        scripts = re.findall(
            rb"<script(?![^>]*json)[^>]*>(.*?)</script>", answer.content, re.DOTALL
        )
        for script in scripts:
            assert f"'sha256-{b64encode(sha256(script).digest()).decode()}'" in named, address
    for path in sorted(page.static_folder().rglob("*.css")):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", path.read_text("utf-8"))


def test_an_answer_is_packed_and_told_apart(anybody: Client) -> None:
    plain = anybody.get("/api/map/hazards", **{"Accept-Encoding": "identity"})
    packed = anybody.get("/api/map/hazards", **{"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert packed.headers["etag"] == plain.headers["etag"]
    again = anybody.get("/api/map/hazards", **{"If-None-Match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = anybody.get(
        "/api/map/hazards?valid_at=2026-01-01", **{"If-None-Match": plain.headers["etag"]}
    )
    assert other.status_code == 200


def test_head_has_the_headers_of_get(anybody: Client) -> None:
    head = anybody.send("HEAD", "/api/areas")
    assert head.status_code == 200
    assert head.headers["etag"] == anybody.get("/api/areas").headers["etag"]


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "static"
    monkeypatch.setattr("rafiqa.api.page.static_folder", lambda: folder)
    return folder


def test_without_the_web_build_the_page_says_so(pages: Path, anybody: Client) -> None:
    assert not pages.exists()
    answer = anybody.get("/?lang=ar&selected=area:H1")
    assert answer.status_code == 503
    assert 'dir="rtl"' in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    ("name", "media_type", "caching"),
    [
        ("desk.js", "text/javascript; charset=utf-8", "public, no-cache"),
        ("worker.mjs", "text/javascript; charset=utf-8", "public, no-cache"),
        ("part-DDX7EZWY.js", "text/javascript; charset=utf-8", "immutable"),
        ("fonts/one.woff2", "font/woff2", "public, no-cache"),
        ("icon.svg", "image/svg+xml", "public, no-cache"),
    ],
)
def test_files_have_their_type_and_life(
    name: str, media_type: str, caching: str, pages: Path, anybody: Client
) -> None:
    (pages / name).parent.mkdir(parents=True)
    (pages / name).write_bytes(b"x" * 2_000)
    answer = anybody.get(f"/static/{name}", **{"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert caching in answer.headers["cache-control"]
    assert answer.content == b"x" * 2_000
    assert ("content-encoding" in answer.headers) is not name.endswith("woff2")


@pytest.mark.parametrize(
    "path", ["%2e%2e/secret.js", "..%2fsecret.js", "a%00.js", "notes.py", "", "fonts"]
)
def test_nothing_but_the_pages_files_is_served(path: str, pages: Path, anybody: Client) -> None:
    (pages / "fonts").mkdir(parents=True)
    (pages / "notes.py").write_text("secret")
    (pages.parent / "secret.js").write_text("secret")
    assert anybody.get(f"/static/{path}").status_code == 404


def test_a_changed_file_is_read_anew(pages: Path, anybody: Client) -> None:
    pages.mkdir()
    (pages / "index.html").write_text("one")
    first = anybody.get("/")
    (pages / "index.html").write_text("another")
    assert (first.text, anybody.get("/").text) == ("one", "another")
