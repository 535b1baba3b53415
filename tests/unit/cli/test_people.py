"""``rafiqa people``: the steps of docs/how-to/accounts.md."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rafiqa.cli import main
from rafiqa.cli.machine import entropy, now_us
from rafiqa.service import open_office
from rafiqa.service.recovering import use_ticket
from tests.unit.cli.conftest import ORIGIN


@pytest.fixture
def store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    path = str(tmp_path / "a.rafiqa")
    assert main(["new", path, "--name", "Old Town", *ORIGIN]) == 0
    capsys.readouterr()
    return path


def told(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> Any:
    assert main(["people", *words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


ADD = ("--pseudonym", "p-12", "--for", "mine-office", "--as", "authority")


def test_somebody_is_let_in_by_a_ticket_and_taken_out(
    store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ticket = told(capsys, "add", store, "amal", *ADD, "--until", "2100-01-31")["ticket"]
    (row,) = told(capsys, "list", store)["people"]
    assert (row["login"], row["role"], row["ways"]) == ("amal", "authority", ["ticket"])
    assert row["until"].startswith("2100-01-31")
    office = open_office(store, now_us=now_us, entropy=entropy)
    assert use_ticket(office.store, "amal", ticket, "words of my own", entropy, now_us())
    office.store.close()
    assert told(capsys, "list", store)["people"][0]["ways"] == ["password"]
    assert told(capsys, "ticket", store, "amal")["ticket"] != ticket
    assert told(capsys, "remove", store, "amal")["removed"] is True
    assert told(capsys, "list", store)["people"] == []
    assert told(capsys, "remove", store, "amal", status=1)["error"] == "service.recovery.unknown"
    events = [each["event"] for each in told(capsys, "diary", store)["diary"]]
    entered = ["account.added", "ticket.given", "ticket.used"]
    assert events == [*entered, "ticket.given", "account.removed"]


def test_a_role_is_handed_to_a_colleague_until_a_day_and_taken_back(
    store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "delegations", store) == {"delegations": []}
    told(capsys, "add", store, "amal", *ADD)
    mate = ("--pseudonym", "p-13", "--for", "mine-office", "--as", "information")
    told(capsys, "add", store, "bana", *mate)
    day = datetime.fromtimestamp(now_us() / 1e6, UTC) + timedelta(days=20)
    until = ("--until", f"{day:%Y-%m-%d}")
    acts = ("--act", "accept_release", "--act", "reject_release")
    given = told(capsys, "delegate", store, "amal", "--to", "bana", *until, *acts)
    assert (given["giver"], given["taker"]) == ("p-12", "p-13")
    (row,) = told(capsys, "delegations", store)["delegations"]
    assert (row["state"], row["acts"]) == ("stands", ["accept_release", "reject_release"])
    assert main(["people", "delegations", store, "--lang", "en"]) == 0
    assert "p-13 for p-12 as authority" in capsys.readouterr().out
    late = ("--until", f"{day + timedelta(days=90):%Y-%m-%d}")
    refused = told(capsys, "delegate", store, "amal", "--to", "bana", *late, status=1)
    assert refused["refused"][0]["code"] == "service.delegation.length"
    told(capsys, "delegate", store, "amal", "--to", "nobody", *until, status=1)
    name = given["delegation"]
    assert told(capsys, "end-delegation", store, name, "--person", "p-13")["ended"] is True
    again = told(capsys, "end-delegation", store, name, status=1)
    assert again["refused"][0]["code"] == "service.delegation.ended"
    assert told(capsys, "delegations", store)["delegations"][0]["state"] == "ended"


def test_the_policy_is_said_and_set(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "policy", store) == {"approving": "passkey", "issuer": None}
    assert told(capsys, "policy", store, "--approving", "totp")["approving"] == "totp"
    house = ("--issuer", "https://id.example.org/", "--label", "City")
    assert told(capsys, "policy", store, *house)["issuer"] == "https://id.example.org"
    told(capsys, "add", store, "amal", *ADD, "--vouched", "subject-7")
    assert told(capsys, "list", store)["people"][0]["ways"] == ["oidc", "ticket"]
    assert told(capsys, "policy", store, "--issuer", "")["issuer"] is None
    plain = told(capsys, "policy", store, "--issuer", "http://id.example.org", status=1)
    assert plain["error"] == "service.account.issuer"
    refused = told(capsys, "add", store, "other", *ADD, "--vouched", "x", status=1)
    assert refused["error"] == "service.account.no-provider"


def test_where_a_password_is_enough_it_is_said(
    store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["people", "policy", store, "--approving", "password", "--lang", "en"]) == 0
    assert "A password alone is enough to approve here." in capsys.readouterr().out
