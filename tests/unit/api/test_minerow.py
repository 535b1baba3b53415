"""Rows over HTTP: each asker is told of finds in areas whose single items they may see alone."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette

from rafiqa.land import Actor, OrdnanceFound, WorkedPart, WorkReported
from rafiqa.locale import languages
from rafiqa.service import Office, report_work
from rafiqa.service.accounts import put_account
from tests.city import OPERATOR, PASSWORD, Draws, box, spot
from tests.unit.api.client import Client

ALL = {"W8", "W9"}
ASKERS = {
    "whole": (Actor("person-1", "office", "authority"), (), ALL),
    "limited": (Actor("person-2", "office", "authority"), ("H2",), {"W9"}),
    "limited-elsewhere": (Actor("person-3", "office", "authority"), ("H3",), set[str]()),
    "own": (Actor("person-4", "deminers", "operator"), (), ALL),
    "strange": (Actor("person-5", "others", "operator"), (), set[str]()),
    "engineer": (Actor("person-6", "others", "engineer"), (), set[str]()),
}


@pytest.fixture
def found_city(own_city: Office) -> Office:
    """The small city with two rows of mines, each in the work of another area."""
    for number, (area_id, west_m) in enumerate((("H1", 0), ("H2", 200)), 8):
        part = WorkedPart(f"P{number}0", "reduced", box(west_m, 20, west_m + 40, 40), "ts_targeted")
        finds = tuple(
            OrdnanceFound("ap_mine", spot(own_city, west_m + 3 * at, 30)) for at in range(8)
        )
        reported = WorkReported(f"W{number}", area_id, "deminers", (part,), finds=finds)
        acted = report_work(own_city, OPERATOR, reported)
        assert acted.done, acted.reasons
    for login, (actor, areas, _) in ASKERS.items():
        put_account(own_city.store, login, PASSWORD, actor, "O", Draws(), area_ids=areas)
    return own_city


@pytest.mark.usefixtures("found_city")
@pytest.mark.parametrize("login", ASKERS)
def test_finds_are_those_of_areas_that_the_account_may_see(own_app: Starlette, login: str) -> None:
    _, _, works = ASKERS[login]
    client = Client(own_app)
    assert client.sign_in(login).status_code == 200
    answer = client.get("/api/risk/rows")
    told = answer.json()
    assert answer.status_code == 200
    assert {find["id"].split("#")[0] for find in told["finds"]} == works
    # Of rows, too: neither a find of theirs nor a place foretold by one.
    assert {find.split("#")[0] for row in told["rows"] for find in row["finds"]} == works
    assert told["whole"] is (login == "whole")
    assert all(b not in answer.content for b in (b"W8#", b"W9#") if b.decode()[:2] not in works)


@pytest.mark.usefixtures("found_city")
def test_that_others_finds_are_not_among_them_is_said(own_app: Starlette) -> None:
    client = Client(own_app)
    assert client.sign_in("limited").status_code == 200
    own = {
        lang: client.get(f"/api/risk/rows?lang={lang}").json()["summary"] for lang in languages()
    }
    assert client.sign_in("whole").status_code == 200
    for lang, words in own.items():
        whole = client.get(f"/api/risk/rows?lang={lang}").json()["summary"]
        assert len(words.split(".")) > len(whole.split("."))
