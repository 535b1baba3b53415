"""Tickets: good once, for a time; and two colleagues who each give one half."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.land import Actor
from rafiqa.service import Office, open_office
from rafiqa.service.accounts import Account, accounts, invite, put_account, signed_in
from rafiqa.service.codemaker import enrol
from rafiqa.service.permit import Factor, Standing
from rafiqa.service.recovering import ask_recovery, confirm_recovery, give_ticket, use_ticket
from rafiqa.service.signinpolicy import diary
from tests.city import FIRST, SECOND, Clock, Draws

WORDS = "a long enough one"
STRONG = Standing(frozenset[Factor]({"passkey"}))
WEAK = Standing(frozenset[Factor]({"password"}))
THIRD = Actor("person-3", "office", "information")
WORKER = Actor("person-4", "deminers", "operator")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    draws = Draws()
    opened = open_office(
        str(tmp_path / "a.rafiqa"), now_us=clock.now_us, entropy=draws, create=True
    )
    people = {"first": FIRST, "second": SECOND, "third": THIRD, "worker": WORKER}
    for login, actor in people.items():
        put_account(opened.store, login, WORDS, actor, "Office", draws)
    yield opened
    opened.store.close()


def test_a_ticket_is_good_once_and_takes_what_was_lost(office: Office) -> None:
    store, draws, now_us = office.store, Draws(), office.now_us()
    enrol(store, "worker", WORDS, b"x" * 20, 0, draws, now_us)
    before = accounts(store)["worker"]
    ticket = give_ticket(store, "worker", draws, now_us)
    assert ticket is not None
    assert ticket.encode() not in (store.setting("accounts") or b"")
    assert signed_in(store, "worker", WORDS) is not None, "nothing is lost until it is used"
    assert use_ticket(store, "first", ticket, "another long one", draws, now_us) is None
    made = use_ticket(store, "worker", ticket.upper(), "another long one", draws, now_us)
    assert made is not None
    assert made.code_maker is None
    assert made.epoch == before.epoch + 1
    assert signed_in(store, "worker", WORDS) is None
    assert use_ticket(store, "worker", ticket, "a third long one", draws, now_us) is None


def test_a_ticket_ends_and_takes_no_short_password(office: Office, clock: Clock) -> None:
    store, draws = office.store, Draws()
    ticket = give_ticket(store, "worker", draws, office.now_us()) or ""
    with pytest.raises(InvalidInput):
        use_ticket(store, "worker", ticket, "short", draws, office.now_us())
    clock.sleep_days(7.1)
    assert use_ticket(store, "worker", ticket, "another long one", draws, office.now_us()) is None
    assert give_ticket(store, "nobody", draws, office.now_us()) is None


def test_an_invited_account_has_no_password_until_then(office: Office) -> None:
    store, draws = office.store, Draws()
    invite(store, Account("new", "x", THIRD, "Office"))
    for guess in ("", "x", WORDS):
        assert signed_in(store, "new", guess) is None
    ticket = give_ticket(store, "new", draws, office.now_us()) or ""
    assert use_ticket(store, "new", ticket, WORDS, draws, office.now_us()) is not None
    assert signed_in(store, "new", WORDS) is not None


def test_two_colleagues_give_one_half_each(office: Office) -> None:
    store, draws, now_us = office.store, Draws(), office.now_us()
    known = accounts(store)
    ruling, one = ask_recovery(store, known["first"], STRONG, "worker", draws, now_us)
    assert ruling.allowed
    again, none = confirm_recovery(store, known["first"], STRONG, "worker", one, draws, now_us)
    assert [each.code for each in again.reasons] == ["service.recovery.same-person"]
    assert none == ""
    wrong, _ = confirm_recovery(store, known["third"], STRONG, "worker", "guess", draws, now_us)
    assert [each.code for each in wrong.reasons] == ["service.recovery.not-asked"]
    right, other = confirm_recovery(store, known["third"], STRONG, "worker", one, draws, now_us)
    assert right.allowed
    for half in (one, other, other + one):
        assert use_ticket(store, "worker", half, "another long one", draws, now_us) is None
    assert use_ticket(store, "worker", one + other, "another long one", draws, now_us) is not None
    told = [(each["event"], each["about"], each["by"]) for each in diary(store)]
    assert told == [
        ("recovery.asked", "worker", "first"),
        ("recovery.confirmed", "worker", "third"),
        ("ticket.used", "worker", ""),
    ]


def test_who_may_not_let_anybody_in(office: Office, clock: Clock) -> None:
    store, draws, now_us = office.store, Draws(), office.now_us()
    known = accounts(store)
    for who, standing, whom, code in (
        ("worker", STRONG, "first", "service.permit.denied"),
        ("first", WEAK, "worker", "service.permit.factor.passkey"),
        ("first", STRONG, "first", "service.recovery.own"),
        ("first", STRONG, "nobody", "service.recovery.unknown"),
    ):
        ruling, half = ask_recovery(store, known[who], standing, whom, draws, now_us)
        assert [each.code for each in ruling.reasons] == [code]
        assert half == ""
    _, one = ask_recovery(store, known["first"], STRONG, "worker", draws, now_us)
    clock.sleep_days(1.1)
    late, _ = confirm_recovery(
        store, known["second"], STRONG, "worker", one, draws, office.now_us()
    )
    assert [each.code for each in late.reasons] == ["service.recovery.not-asked"]


def test_one_person_with_two_logins_is_one_colleague(office: Office) -> None:
    """A role held for a time is an account of its own, with the same pseudonym."""
    store, draws, now_us = office.store, Draws(), office.now_us()
    acting = Actor(FIRST.person_id, "office", "information")
    put_account(store, "first-acting", WORDS, acting, "Office", draws, until_us=now_us + 10**12)
    known = accounts(store)
    _, one = ask_recovery(store, known["first"], STRONG, "worker", draws, now_us)
    ruling, _ = confirm_recovery(store, known["first-acting"], STRONG, "worker", one, draws, now_us)
    assert [each.code for each in ruling.reasons] == ["service.recovery.same-person"]
