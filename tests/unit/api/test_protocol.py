"""What is longer than is read at all is answered, over a real connection."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPResponse

import pytest

from tests.city import small_city
from tests.unit.cli.test_serve import serving


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("long")
    small_city(folder).store.close()
    with serving(folder / "small.rafiqa") as (server, number):
        assert server.stdout is not None
        server.stdout.readline()
        yield number


def said(port: int, sent: bytes) -> tuple[int, bytes]:
    """The status and body that one request gets, whole or not."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as link:
        link.sendall(sent)
        answer = HTTPResponse(link)
        answer.begin()
        return answer.status, answer.read()


@pytest.mark.parametrize("size", [40_000, 70_000, 10_000_000])
def test_an_address_that_is_too_long(size: int, port: int) -> None:
    sent = b"GET /ogc?f=%b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % (b"x" * size)
    status, body = said(port, sent)
    assert status == 414
    assert json.loads(body)["code"] == "api.ogc.too-long"


def test_headers_that_are_too_long(port: int) -> None:
    sent = b"GET /ogc HTTP/1.1\r\nHost: a\r\nX-Much: %b\r\n\r\n" % (b"x" * 1_000_000)
    status, body = said(port, sent)
    assert status == 431
    assert json.loads(body)["code"] == "api.request.head-too-long"


def test_what_is_no_http_is_refused_and_others_are_answered(port: int) -> None:
    letters = "GET /api/search?q=مدرسة HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    for sent in (b"nonsense\r\n\r\n", letters, b"GET / HTTP/1.1\r\nHost: a\r\nX y: z\r\n\r\n"):
        status, body = said(port, sent)
        assert status == 400
        assert json.loads(body)["code"] == "api.request.not-http"
    sent = b"GET /ogc?f=json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert said(port, sent)[0] == 200
