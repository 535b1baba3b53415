"""What another house says of itself is asked and held against its name; it sends us nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from rafiqa.api import vouching
from rafiqa.api.problem import Unknown
from rafiqa.service.signinpolicy import Provider

ADDRESSES = {
    "authorization_endpoint": "https://house.example/go",
    "token_endpoint": "https://house.example/token",
    "jwks_uri": "https://house.example/keys",
}


@contextmanager
def house(answers: dict[str, tuple[int, dict[str, str], bytes]]) -> Iterator[tuple[str, list[str]]]:
    """A house on this machine that answers by path, and the paths that it was asked for."""
    asked: list[str] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, headers, body = answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


WELL_KNOWN = "/.well-known/openid-configuration"


def described(**changed: Any) -> tuple[dict[str, str], list[str]]:
    """What is taken of a house that says so of itself, and what it was asked for."""
    answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
    with house(answers) as (issuer, asked):
        told = {"issuer": issuer, **ADDRESSES, **changed}
        answers[WELL_KNOWN] = 200, {}, json.dumps(told).encode()
        return vouching._described(Provider(issuer, "rafiqa", "The House")), asked


def test_the_addresses_are_those_that_the_house_itself_names() -> None:
    found, asked = described()
    assert found == ADDRESSES
    assert asked == [WELL_KNOWN]


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://another.example"},
        {"issuer": ""},
        {"issuer": None},
        {"token_endpoint": "http://house.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
    ],
    ids=str,
)
def test_a_house_that_calls_itself_otherwise_is_nobody(changed: dict[str, Any]) -> None:
    with pytest.raises(Unknown):
        described(**changed)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_house_that_sends_us_elsewhere_is_not_followed(status: int) -> None:
    inside: dict[str, tuple[int, dict[str, str], bytes]] = {"/": (200, {}, b"{}")}
    with house(inside) as (within, asked_within):
        away = {WELL_KNOWN: (status, {"Location": f"{within}/"}, b"")}
        with house(away) as (issuer, asked):
            with pytest.raises(Unknown):
                vouching._described(Provider(issuer, "rafiqa", "The House"))
            assert asked == [WELL_KNOWN]
    assert asked_within == []
