"""What is another's looks like what does not exist: status, bytes, headers, and time."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from rafiqa.api import ENDPOINTS
from tests.loop import awaited
from tests.unit.api.client import Client
from tests.unit.api.test_isolation import Parties, parties

__all__ = ["parties"]
ASKERS = ("cedar-operator", "cedar-information")
OPEN = {
    "/api/areas/{area_id:path}": "areas are told to everybody",
    "/api/areas/{area_id:path}/documents": "of an open area; what is listed is one's own",
    "/api/areas/{area_id:path}/residual": "areas are told to all staff",
    "/api/projects/{project_id:path}": "projects are told to everybody",
    "/api/assets/{asset_id:path}": "assets are told to everybody",
    "/api/certificates/{number}/paper": "certificates are of everybody",
    "/api/permits/{permit_id:path}": "permits are of all staff",
    "/api/permits/{permit_id:path}/paper": "permits are of all staff",
    "/api/public-items/{item_id:path}/picture": "for who decides on it, whoever sent it",
    "/api/reports/{report_id}/pictures/{digest}": "residents' reports belong to no organisation",
}
"""What is told without asking whose it is."""
NOT_THERE = ("/files/", "/attachments/", "/pages/")
"""Of records that are there, what they have not: no file, and no page, for they are texts."""
NO_ID = ("layer", "lang", "kind", "path:path", "z")
"""Placeholders that name no record."""
Pair = tuple[tuple[str, str], ...]
"""Twice an address and the id in it: of what is there, and of nothing."""
N_TIMED, ROUNDS, BOUND = 120, 4, 0.20


def bent(name: str) -> str:
    """A name of the same length and letters that nothing has."""
    swapped = name[::-1] if name[::-1] != name else name[:-1] + "0"
    return swapped if ":" not in name else f"uuid:{name[5:][::-1]}"


def hidden(ids: dict[str, str], office: Any) -> dict[str, Pair]:
    """Of each address with the id of a record: that of the other's, and one of nothing."""
    task, document, shared, form = (ids[each] for each in ("task", "document", "shared", "form"))
    (kept,) = (
        each.quarantine_id
        for each in office.store.quarantined()
        if b"river-canary-bad" in each.original
    )
    area, digest = ids["area"], ids["digest"]
    assert shared
    pairs = {
        "/api/tasks/{task_id:path}": ("/api/tasks/{}", task),
        "/api/releases/{release_id:path}": ("/api/releases/{}", "R2"),
        "/api/study/{document_id}": ("/api/study/{}", document),
        "/api/study/{document_id}/original": ("/api/study/{}/original", document),
        "/api/study/{document_id}/pages/{page:whole}": ("/api/study/{}/pages/1", document),
        "/api/reviews/{submission_id:path}": ("/api/reviews/{}", form),
        "/api/reviews/{submission_id:path}/files/{name}": ("/api/reviews/{}/files/a.jpg", form),
        "/api/quarantine/{quarantine_id:path}/original": ("/api/quarantine/{}/original", kept),
        "/api/areas/{area_id:path}/documents/{digest}": (
            f"/api/areas/{area}/documents/{{}}",
            digest,
        ),
        "/api/submissions/{id}": ("/api/submissions/{}", form),
        "/api/submissions/{id}/attachments/{name}": ("/api/submissions/{}/attachments/a.jpg", form),
        "/ogc/collections/tasks/items/{item}": ("/ogc/collections/tasks/items/{}", task),
        "/ogc/collections/evidence/items/{item}": (
            "/ogc/collections/evidence/items/{}",
            "river-canary-sign",
        ),
    }
    return {
        name: tuple((path.format(one), one) for one in (known, bent(known)))
        for name, (path, known) in pairs.items()
    }


def signed(app: Starlette, login: str) -> Client:
    client = Client(app, address=f"203.0.113.{sum(map(ord, login)) % 250}")
    assert client.sign_in(login).status_code == 200
    return client


def told(answer: httpx.Response, name: str) -> tuple[int, bytes, dict[str, str]]:
    """An answer without the name that was asked for."""
    headers = {key: value for key, value in answer.headers.items() if key not in {"date", "etag"}}
    return answer.status_code, answer.content.replace(name.encode(), b"*"), headers


@pytest.fixture(autouse=True)
def unbounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rafiqa.api.bulkread.READS_AN_HOUR", 10**9)


def test_every_address_of_a_record_is_in_one_of_the_two_lists(parties: Parties) -> None:
    office, _, ids = parties
    placed = {
        row.path
        for row in ENDPOINTS
        if row.method == "GET"
        and "{" in row.path
        and not any(f"{{{each}" in row.path for each in NO_ID)
    }
    listed = {each for each in hidden(ids["river"], office) if each in placed}
    assert placed == listed | set(OPEN)
    assert not listed & set(OPEN)


@pytest.mark.parametrize("login", ASKERS)
def test_what_is_another_s_is_answered_as_what_is_nowhere(parties: Parties, login: str) -> None:
    office, app, ids = parties
    authority, asker = signed(app, "first"), signed(app, login)
    seen = 0
    for name, ((there, id_), (nowhere, other_id)) in hidden(ids["river"], office).items():
        one, other = asker.get(there), asker.get(nowhere)
        assert told(one, id_) == told(other, other_id), name
        assert 400 <= one.status_code < 500, name
        # Not blind: whoever may see it is told something else.
        if not any(each in there for each in NOT_THERE):
            seen += 1
            assert authority.get(there).status_code == 200, name
            assert authority.get(nowhere).status_code in {404, 422}, name
    assert seen > 9


def ratios(client: Client, pairs: dict[str, Pair], times: int) -> dict[str, float]:
    """How much longer what is there takes than what is nowhere, by the medians of both.

    Of the processor's time in this process: the machine may be as busy as it likes. The application
    is asked without a network or a client in between, whose time would hide a difference.
    """
    app, token = client._app, "; ".join(f"{name}={value}" for name, value in client.cookies.items())

    async def took_ns(path: str) -> int:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "scheme": "http",
            "client": ("203.0.113.9", 4711),
            "server": ("desk.test", 80),
            "headers": [(b"host", b"desk.test"), (b"cookie", token.encode())],
        }
        told: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            told.append(message)

        began = time.process_time_ns()
        await app(scope, receive, send)
        spent = time.process_time_ns() - began
        assert 400 <= told[0]["status"] < 500, path
        return spent

    async def measured() -> dict[str, float]:
        found = {}
        for name, both in pairs.items():
            took: tuple[list[int], list[int]] = ([], [])
            for turn in range(times):
                # Now one first, then the other: what comes second finds warmer caches.
                for which in (turn % 2, 1 - turn % 2):
                    took[which].append(await took_ns(both[which][0]))
            found[name] = statistics.median(took[0]) / statistics.median(took[1])
        return found

    gc.collect()
    gc.disable()
    try:
        return awaited(measured)
    finally:
        gc.enable()


def apart(client: Client, pairs: dict[str, Pair]) -> dict[str, float]:
    """Those whose times are told apart in every one of several rounds: chance is not in each."""
    left = pairs
    found: dict[str, float] = {}
    for _ in range(ROUNDS):
        found = {
            name: ratio
            for name, ratio in ratios(client, left, N_TIMED).items()
            if not 1 - BOUND <= ratio <= 1 + BOUND
        }
        left = {name: pairs[name] for name in found}
        if not left:
            break
    return found


@pytest.mark.slow
@pytest.mark.parametrize("login", ASKERS)
def test_nor_does_the_time_tell_them_apart(parties: Parties, login: str) -> None:
    office, app, ids = parties
    assert apart(signed(app, login), hidden(ids["river"], office)) == {}


@pytest.mark.slow
def test_a_wall_that_looks_longer_at_what_is_there_is_seen(
    parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: work done before the refusal, of what is there alone."""
    office, app, ids = parties
    from rafiqa.api import deskstudy

    real: Callable[..., bool] = deskstudy.reads_document  # type: ignore[attr-defined]

    def slowly(*given: Any) -> bool:
        ends_ns = time.process_time_ns() + 1_000_000
        while time.process_time_ns() < ends_ns:
            pass
        return real(*given)

    monkeypatch.setattr(deskstudy, "reads_document", slowly)
    name = "/api/study/{document_id}"
    pairs = {name: hidden(ids["river"], office)[name]}
    assert apart(signed(app, "cedar-information"), pairs)[name] > 1 + BOUND
