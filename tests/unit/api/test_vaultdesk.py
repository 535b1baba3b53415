"""The vault at the desk: how it stands and who looked, for few; at whom, for nobody."""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rafiqa.api import make_app
from rafiqa.api.vaultdesk import COMMANDS, SEEN_BY, SHOWN
from rafiqa.cli import parser
from rafiqa.land import ROLES, AccidentRecorded, Actor
from rafiqa.ledger import IdentityLookedAt
from rafiqa.service import PERMITS, record_accident
from rafiqa.service.accounts import put_account
from rafiqa.service.identitybook import identities
from rafiqa.service.office import Saying
from rafiqa.service.vaulting import (
    LOOKS_AN_HOUR,
    erase_identity,
    identity_content,
    keep_identity,
    look_at_identity,
)
from tests.city import PASSWORD, Draws
from tests.unit.api.client import Client
from tests.unit.service.ground import AUTHORITY, FIRST, SECOND, spot_in
from tests.unit.service.safes import Safe, safe_at

CANARY = "qanary"
KEPT, ERASED = 3, 1


@pytest.fixture
def safe(tmp_path: Path) -> Iterator[Safe]:
    """Three people harmed in one accident in the vault, one looked at, one erased."""
    with safe_at(tmp_path) as made:
        fact = AccidentRecorded("hit-1", "ordnance", spot_in(made.office, 50, 50), injured=3)
        assert record_accident(made.office, FIRST, fact).done
        for number in range(KEPT):
            told = {"full_name": f"{CANARY}-name-{number}", "phone": f"{CANARY}-{number}"}
            content = identity_content("victim_identity", told)
            acted, _ = keep_identity(made.office, FIRST, "hit-1", "victim_assistance", content)
            assert acted.done
        first, _, last = identities(made.office)
        looked = look_at_identity(made.office, SECOND, first, "referral", made.secret)
        assert looked.content is not None
        assert CANARY in json.dumps(looked.content), "the control: it is in the vault"
        assert erase_identity(made.office, FIRST, last, "asked_by_person").done
        yield made


def clients(safe: Safe, **more: Actor) -> dict[str, Client]:
    """Somebody signed in of each role of the authority, and those of further actors."""
    app = make_app(safe.office, now_us=safe.office.now_us, entropy=Draws())
    found: dict[str, Client] = {}
    actors = {role: Actor(f"person-{role}", AUTHORITY, role) for role in ROLES} | more
    for number, (login, actor) in enumerate(actors.items()):
        put_account(safe.office.store, login, PASSWORD, actor, "Office", Draws())
        found[login] = Client(app, address=f"198.51.100.{number}")
        assert found[login].sign_in(login).status_code == 200
    return found


def test_how_it_stands_is_told_to_the_roles_that_note_help_and_to_nobody_else(safe: Safe) -> None:
    for role, client in clients(safe).items():
        answer = client.get("/api/vault")
        assert (answer.status_code == 200) == (role in PERMITS[SEEN_BY]), (role, answer.text)
        assert answer.status_code in {200, 401, 403}
    app = make_app(safe.office, now_us=safe.office.now_us, entropy=Draws())
    assert Client(app).get("/api/vault").status_code == 401
    assert not any(PERMITS["see_identity"]), "no answer says who somebody is"


def test_counts_looks_and_reasons_are_told(safe: Safe) -> None:
    answer = clients(safe)["authority"].get("/api/vault?lang=en")
    told = answer.json()
    assert (told["state"], told["kept"], told["due"], told["erased"]) == ("open", 2, 0, 1)
    assert told["accidents"] == [{"accident_id": "hit-1", "kept": 2, "erased": 1}]
    (look,) = told["looks"]
    assert (look["by"], look["reason"]) == (SECOND.person_id, "referral")
    assert (look["role_text"], look["reason_text"]) != ("", "")
    assert told["many"] == []
    assert told["reasons"]["referral"] == look["reason_text"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("limit", ["areas", "organisation"])
def test_who_sees_less_than_the_whole_site_gets_none_of_it(safe: Safe, limit: str) -> None:
    office = safe.office
    actor = Actor("part", AUTHORITY, "authority")
    if limit == "organisation":
        actor = replace(actor, organisation_id="others", role="information")
    found = clients(safe, part=actor)
    if limit == "areas":
        put_account(office.store, "part", PASSWORD, actor, "Office", Draws(), area_ids=("A1",))
        found["part"] = Client(make_app(office, now_us=office.now_us, entropy=Draws()))
        assert found["part"].sign_in("part").status_code == 200
    answer = found["part"].get("/api/vault")
    assert answer.status_code == 403, answer.text
    assert "hit-1" not in answer.text


def test_no_answer_and_no_line_of_log_has_a_name_or_a_pseudonym(
    safe: Safe, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    names = [CANARY, *identities(safe.office)]
    for role, client in clients(safe).items():
        for lang in ("en", "ar", "ckb", "kmr"):
            answer = client.get(f"/api/vault?lang={lang}")
            told = answer.text + str(answer.headers)
            assert not [name for name in names if name in told], role
    assert not [name for name in names if name in caplog.text]


def test_a_look_is_on_record_and_no_question_of_the_page_is_one(safe: Safe) -> None:
    client, head = clients(safe)["information"], safe.office.store.head()
    for _ in range(3):
        assert client.get("/api/vault").status_code == 200
    assert safe.office.store.head() == head


def test_many_looks_stand_with_who_looked_and_without_at_whom(safe: Safe) -> None:
    name = next(iter(identities(safe.office)))
    for number in range(SHOWN + 5):
        fact = IdentityLookedAt(name, "call_back")
        safe.office.say(SECOND, [Saying(f"look:{number}", name, safe.office.now_us(), fact)])
    told = clients(safe)["authority"].get("/api/vault").json()
    (many,) = told["many"]
    assert many["by"] == SECOND.person_id
    assert many["looks"] >= LOOKS_AN_HOUR
    assert (len(told["looks"]), told["n_looks"]) == (SHOWN, SHOWN + 6)
    health = clients(safe)["authority"].get("/health")
    (alarm,) = (e for e in health.json()["alarms"] if e["code"] == "service.alarm.looks")
    assert SECOND.person_id not in json.dumps(alarm)


def test_a_vault_that_is_away_is_told_with_what_may_still_lie_in_it(safe: Safe) -> None:
    client = clients(safe)["authority"]
    assert safe.office.vault is not None
    safe.office.vault.close()
    safe.path.rename(safe.path.with_name("away"))
    told = client.get("/api/vault").json()
    assert (told["state"], told["unsettled"], told["kept"]) == ("away", True, 2)
    assert told["detail"] == "store.vault.missing"
    assert str(safe.path.parent) not in json.dumps(told)


def test_where_none_was_made_none_is_told(tmp_path: Path) -> None:
    with safe_at(tmp_path) as other:
        assert other.office.vault is not None
        other.office.vault.close()
        other.office.vault = None
        other.path.unlink()
        told = clients(other)["authority"].get("/api/vault").json()
    assert (told["state"], told["kept"], told["unsettled"]) == ("none", 0, False)


@pytest.mark.parametrize("act", COMMANDS)
def test_each_command_is_one_of_the_program(act: str) -> None:
    filled = {
        "STORE": "city.rafiqa",
        "PSEUDONYM": "p-1",
        "REASON": "call_back",
        "CAUSE": "asked_by_person",
        "KEY-FILE": "vault-key",
    }
    words = [filled.get(word, word) for word in COMMANDS[act].split()]
    assert not any(word.isupper() for word in words)
    args: argparse.Namespace = parser("vault").parse_args(words[1:])
    assert args.act == act
