"""Schemathesis asks every operation that /ogc/api describes, rightly and wrongly.

Each answer has a status and a type that the description names for it, and none is a failure of
the server; a question that breaks the description is refused, but for what the standard says is
to be taken (a limit above the most).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from starlette.applications import Starlette

from rafiqa.api import make_app
from rafiqa.api.ogc.collection import COLLECTIONS
from tests.city import Draws, small_city
from tests.unit.api.client import Client

schemathesis = pytest.importorskip("schemathesis")
PATHS = [
    *("/", "/conformance", "/api", "/collections"),
    *(
        f"/collections/{name}{rest}"
        for name in COLLECTIONS
        for rest in ("", "/queryables", "/schema", "/items", "/items/{item}")
    ),
]
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starlette]:
    office = small_city(tmp_path_factory.mktemp("ogc"))
    yield make_app(office, now_us=office.now_us, entropy=Draws())
    office.store.close()


@pytest.fixture(scope="module")
def described(app: Starlette) -> tuple[Client, dict[str, Any]]:
    """Somebody of the staff, and every operation that is described to them, by its path."""
    client = Client(app)
    client.sign_in("first")
    document = client.get("/ogc/api?f=json").json()
    schema = schemathesis.openapi.from_dict(document)
    return client, {each.ok().path: each.ok() for each in schema.get_all_operations()}


def judged(client: Client, operation: Any, case: Any) -> None:
    """Asks one question and holds the answer against the description."""
    query = f"?{urlencode(case.query, doseq=True, errors='replace')}" if case.query else ""
    path = f"/ogc{case.formatted_path}"
    headers = {key: str(value) for key, value in (case.headers or {}).items()}
    answer = client.send("GET", path + query, headers=headers)
    if answer.status_code in {307, 404} and "{item}" in operation.path:
        return
    described = operation.definition.raw["responses"]
    assert str(answer.status_code) in described, (path, query, answer.text)
    kinds = described[str(answer.status_code)]["content"]
    given = answer.headers["content-type"].partition("; charset")[0]
    assert given in kinds, (path, query)


def ask_all(asker: Client, operation: Any, examples: int) -> None:
    modes = list(schemathesis.GenerationMode)
    for mode in modes:

        @settings(
            max_examples=examples // len(modes),
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            judged(asker, case.operation, case)

        ask()


def test_every_operation_is_asked(described: tuple[Client, dict[str, Any]]) -> None:
    assert sorted(described[1]) == sorted(PATHS)


def test_an_operation_answers_as_it_says(described: tuple[Client, dict[str, Any]]) -> None:
    client, found = described
    ask_all(client, found["/collections/areas/items"], 6)


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
def test_every_operation_answers_as_it_says_however_it_is_asked(
    path: str, described: tuple[Client, dict[str, Any]]
) -> None:
    client, found = described
    ask_all(client, found[path], 100)
