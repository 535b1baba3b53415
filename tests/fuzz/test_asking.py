"""Every endpoint of the running application, asked what nobody should ask: no answer is 5xx."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random  # noqa: TID251 - a test draws, from a seed that it tells
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

from rafiqa.api import make_app
from rafiqa.api.journal import Journal
from rafiqa.api.session import cookie_name
from rafiqa.ledger import DeviceEnrolled
from rafiqa.service import Office, enrol_device, token_sha256
from rafiqa.service.accounts import put_account
from tests.city import FIRST, LOGINS, PASSWORD, Clock, Draws, small_city
from tests.fuzz.asking import DEVICE, Drawn, Request, ask_all, names_of, routes_of
from tests.fuzz.test_doors import RUNS
from tests.unit.api.client import Client

SEED = 20_261_128


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("asked")


@pytest.fixture(scope="module")
def office(place: Path) -> Iterator[Office]:
    clock = Clock()
    office = small_city(place, clock)
    clock.tick_us = 10
    device = DeviceEnrolled("phone-1", token_sha256(DEVICE), "carrier", "deminers", "surveyor")
    assert enrol_device(office, FIRST, device).done
    yield office
    office.store.close()


@pytest.fixture
def app(office: Office, place: Path, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    monkeypatch.setattr("rafiqa.api.bulkread.READS_AN_HOUR", 10**9)
    journal = Journal(office.now_us, b"salt", place / "journal")
    return make_app(office, now_us=office.now_us, entropy=Draws(), journal=journal)


def drawn(
    app: Starlette,
    office: Office,
    draw: Random,
    times: int,
    logins: tuple[str, ...],
    but: str = "nothing",
) -> Iterator[tuple[str, Request]]:
    """Yields requests of every way in, by nobody and by each who may sign in, in turn."""
    drawing = Drawn(names_of(office), draw)
    tokens: dict[str, str] = {"": ""}
    ways = [each for each in routes_of(app.routes) if not each[1].startswith(but)]
    for turn in range(times):
        for number, (method, pattern) in enumerate(ways):
            login = ("", *logins)[(turn + number) % (len(logins) + 1)]
            if login not in tokens:
                tokens[login] = signed_in(app, office, login, f"2001:db8:1::{turn:x}:{number:x}")
            yield pattern, drawing.request(method, pattern, tokens[login])
            if method != "GET" and login and ("session" in pattern or "account" in pattern):
                # Whoever signed out by it is let in again.
                del tokens[login]


def signed_in(app: Starlette, office: Office, login: str, address: str) -> str:
    """The token of a new session; what was drawn may have taken out every way in."""
    client, actor = Client(app, address=address), LOGINS[login]
    if client.sign_in(login).status_code != 200:
        put_account(office.store, login, PASSWORD, actor, actor.organisation_id, Draws())
        assert client.sign_in(login).status_code == 200
    return str(client.cookies[cookie_name("http")])


def test_no_question_that_was_drawn_breaks_the_server(
    app: Starlette, office: Office, place: Path
) -> None:
    # Reckoning the risk takes seconds by itself: the long part asks for it.
    requests = drawn(app, office, Random(SEED), 1, ("first",), but="/api/risk")
    came = ask_all(app, requests, place / "journal")
    assert came.findings == []
    told: dict[str, Any] = {str(status // 100): n for status, n in came.n.items()}
    assert {"2", "4"} <= told.keys(), "both what is answered and what is refused"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_nor_do_very_many(app: Starlette, office: Office, place: Path, seed: int) -> None:
    times = max(1, RUNS // 500)
    came = ask_all(
        app, drawn(app, office, Random(SEED + seed), times, tuple(LOGINS)), place / "journal"
    )
    assert came.findings == []
    assert sum(came.n.values()) > 100 * times


@pytest.mark.parametrize("host", ["", ":", ":8321"])
def test_a_request_that_names_no_host_gets_no_question_for_a_key(app: Starlette, host: str) -> None:
    answer = Client(app).post("/api/session/key-question", {}, Host=host)
    assert (answer.status_code, answer.json()["code"]) == (400, "service.passkey.host")


def test_a_planted_fault_is_found(tmp_path: Path) -> None:
    """The control: what answers 500, what raises and what answers nothing are findings."""

    def breaks(_request: Any) -> Response:
        return Response(status_code=500)

    def raises(_request: Any) -> Response:
        raise ValueError("planted")

    async def silent(_scope: Any, _receive: Any, _send: Any) -> None:
        return

    routes = [Route("/breaks", breaks), Route("/raises", raises), Mount("/silent", silent)]
    paths = ["/breaks", "/raises", "/silent/x", "/none"]
    asked = [(path, Request("GET", path, "", (), b"")) for path in paths]
    came = ask_all(Starlette(routes=routes), asked, tmp_path / "journal")
    assert [finding.partition(" GET")[0][:12] for finding in came.findings] == [
        *("500 /breaks ", "0 /raises Re", "0 /silent/x ")
    ]
    assert came.n[404] == 1
