"""Accounts of a store: what may be a login and a password, and who is let in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.land import Actor
from rafiqa.service.accounts import (
    PASSWORD_MOST_CHARS,
    accounts,
    put_account,
    remove_account,
    signed_in,
)
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import FIRST, SECOND, Draws

WORDS = "four words of rubble"


def test_in_with_the_right_words_and_out_for_good(at_stage: OfficeAt) -> None:
    store = at_stage("site").store
    head = store.head()
    put_account(store, "first", WORDS, FIRST, "Office", Draws())
    found = signed_in(store, "first", WORDS)
    assert found is not None
    assert (found.actor, found.organisation) == (FIRST, "Office")
    for login, password in (("first", WORDS + "x"), ("first", ""), ("nobody", WORDS)):
        assert signed_in(store, login, password) is None
    assert WORDS.encode() not in (store.setting("accounts") or b"")
    # A person is no part of the ledger, and leaves without breaking it.
    assert remove_account(store, "first")
    assert not remove_account(store, "first")
    assert signed_in(store, "first", WORDS) is None
    assert store.head() == head


def test_one_login_is_one_account_and_others_stay(at_stage: OfficeAt) -> None:
    store = at_stage("site").store
    put_account(store, "first", WORDS, FIRST, "Office", Draws())
    put_account(store, "second", WORDS, SECOND, "Office", Draws())
    put_account(store, "first", WORDS * 2, SECOND, "Elsewhere", Draws())
    assert signed_in(store, "first", WORDS) is None
    assert accounts(store)["first"].actor == SECOND
    assert sorted(accounts(store)) == ["first", "second"]


@pytest.mark.parametrize(
    ("login", "password", "actor", "codes"),
    [
        ("first", "vx3k90pq", FIRST, []),
        ("first", "12345678", FIRST, ["service.account.password-common"]),
        ("first", "PassWord1", FIRST, ["service.account.password-common"]),
        ("first", "first-2026!", FIRST, ["service.account.password-context"]),
        ("first", "1234567", FIRST, ["service.account.password"]),
        ("first", "x" * PASSWORD_MOST_CHARS, FIRST, []),
        ("first", "x" * (PASSWORD_MOST_CHARS + 1), FIRST, ["service.account.password"]),
        ("First", WORDS, FIRST, ["service.account.login"]),
        ("", WORDS, FIRST, ["service.account.login"]),
        ("a" * 65, WORDS, FIRST, ["service.account.login"]),
        ("first\n", WORDS, FIRST, ["service.account.login"]),
        (
            "no spaces",
            "short",
            replace(FIRST, role="root"),  # type: ignore[arg-type]
            ["service.account.login", "service.account.password", "service.account.role"],
        ),
    ],
)
def test_an_account_that_cannot_be_is_told_every_reason(
    at_stage: OfficeAt, login: str, password: str, actor: Actor, codes: list[str]
) -> None:
    store = at_stage("site").store
    if not codes:
        assert put_account(store, login, password, actor, "Office", Draws()).login == login
        return
    with pytest.raises(InvalidInput) as refused:
        put_account(store, login, password, actor, "Office", Draws())
    assert [fault.code for fault in refused.value.faults] == codes
    assert accounts(store) == {}
