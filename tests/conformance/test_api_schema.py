"""Schemathesis asks every operation of ``/api/openapi.json``, rightly and wrongly.

Each answer has a status, a type and a shape that the description names for it, and none is a
failure of the server. What is drawn is asked by somebody of the authority and, every fourth time,
by nobody.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from starlette.applications import Starlette

from rafiqa.api import ENDPOINTS, make_app
from rafiqa.api.openapi import document
from tests.city import Draws, small_city
from tests.unit.api.client import Client

schemathesis = pytest.importorskip("schemathesis")
checks = pytest.importorskip("schemathesis.specs.openapi.checks")
OPERATIONS = sorted(f"{row.method} {row.open_path}" for row in ENDPOINTS)
FEW, MANY = 2, 100
BY_NOBODY = 4
HEAVY = ("GET /api/risk", "GET /api/risk/picture", "GET /api/access")
"""What takes seconds by itself: the long part asks it."""
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
_NUMBERS = count()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starlette]:
    office = small_city(tmp_path_factory.mktemp("asked"))
    yield make_app(office, now_us=office.now_us, entropy=Draws())
    office.store.close()


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """Every operation that is described, by its method and path."""
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document(ENDPOINTS))))
    operations = [each.ok() for each in schema.get_all_operations()]
    return {f"{each.method.upper()} {each.path}": each for each in operations}


def asked(client: Client, case: Any) -> httpx.Response:
    """The answer to one question that was drawn."""
    query = f"?{urlencode(case.query, doseq=True, errors='replace')}" if case.query else ""
    headers = {name: str(value) for name, value in (case.headers or {}).items()}
    more: dict[str, Any] = {}
    if isinstance(case.body, bytes):
        more["content"] = case.body
    elif case.media_type is not None and type(case.body).__name__ != "NotSet":
        whole = getattr(case.body, "data", case.body)
        text = whole if isinstance(whole, bytes) else json.dumps(whole).encode()
        more["content"] = text
    if "content" in more and "content-type" not in {name.lower() for name in headers}:
        headers["Content-Type"] = case.media_type
    return client.send(case.method, case.formatted_path + query, headers=headers, **more)


def faults_of(case: Any, answer: httpx.Response) -> list[str]:
    """What is wrong with an answer by the description of its operation."""
    named = case.operation.definition.raw["responses"]
    status = str(answer.status_code)
    if answer.status_code >= 500:
        return [f"{status} {answer.text[:200]}"]
    # The description's word for all other refusals is no word for an answer that is none.
    if status not in named and answer.status_code < 400:
        return [f"{status} is not described"]
    response = schemathesis.core.transport.Response.from_any(answer)
    try:
        case.validate_response(
            response,
            checks=[
                checks.status_code_conformance,
                checks.content_type_conformance,
                checks.response_headers_conformance,
                checks.response_schema_conformance,
            ],
        )
    except (schemathesis.errors.SchemathesisError, AssertionError, BaseExceptionGroup) as error:
        return [str(error)[:2_000]]
    return []


def ask_all(app: Starlette, operation: Any, examples: int) -> dict[int, int]:
    """Asks an operation so often; returns how often each status was given."""
    number = next(_NUMBERS)
    somebody = Client(app, address=f"2001:db8::{number:x}")
    assert somebody.sign_in("first").status_code == 200
    nobody = Client(app, address=f"2001:db8:1::{number:x}")
    turn, came = count(1), dict[int, int]()
    modes = list(schemathesis.GenerationMode)
    for mode in modes:

        @settings(
            max_examples=max(1, examples // len(modes)),
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            answer = asked(nobody if next(turn) % BY_NOBODY == 0 else somebody, case)
            came[answer.status_code] = came.get(answer.status_code, 0) + 1
            assert faults_of(case, answer) == [], (case.formatted_path, case.query, case.body)

        ask()
    return came


def test_every_operation_is_asked(described: dict[str, Any]) -> None:
    assert sorted(described) == OPERATIONS
    assert len(OPERATIONS) > 120


@pytest.mark.parametrize("name", [each for each in OPERATIONS if each not in HEAVY])
def test_an_operation_answers_as_it_says(
    name: str, app: Starlette, described: dict[str, Any]
) -> None:
    assert sum(ask_all(app, described[name], FEW).values()) >= FEW


def test_an_answer_that_is_not_as_described_is_seen(
    app: Starlette, described: dict[str, Any]
) -> None:
    """The control: a failure, another status, another type, another shape."""
    case = described["GET /api/site"].Case()
    client = Client(app)
    good = client.get("/api/site")
    assert faults_of(case, good) == []

    def bent(status: int, content: bytes, media_type: str = "application/json") -> list[str]:
        headers = {"Content-Type": media_type}
        answer = httpx.Response(status, headers=headers, content=content, request=good.request)
        answer.elapsed = good.elapsed
        return faults_of(case, answer)

    assert bent(200, good.content) == []
    assert bent(500, b"{}", "application/problem+json")
    assert bent(204, b"")
    assert bent(302, b"")
    assert bent(200, good.content, "text/html")
    assert bent(200, b"{}")
    assert bent(200, b"[]")
    assert bent(404, b'{"title":"x"}', "application/problem+json")
    assert bent(404, client.get("/api/nothing").content, "text/plain")


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_answers_as_it_says_however_it_is_asked(
    name: str, app: Starlette, described: dict[str, Any]
) -> None:
    assert sum(ask_all(app, described[name], MANY).values()) >= MANY
