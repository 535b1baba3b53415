"""Common passwords: what is refused and what not; who asks learns nothing of an account."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import resources

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.service.accounts import (
    PASSWORD_LEAST_CHARS,
    PASSWORD_MOST_CHARS,
    accounts,
    password_faults,
    put_account,
    signed_in,
)
from rafiqa.service.commonpassword import MARK_CHARS, WORDS, is_common, is_of_the_context
from rafiqa.service.recovering import give_ticket, use_ticket
from tests.docs.page import ROOT
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import FIRST, Draws

LEAKED = ["password", "12345678", "football", "q1w2e3r4t5", "trustno1", "iloveyou", "wonderwoman"]
KNOWN = ("amal", "Mine Action Office", "p-12", "authority")
ASVS_LEAST = 3_000


def test_the_list_is_long_enough_and_of_passwords_that_could_be_set() -> None:
    path = resources.files("rafiqa.service") / "data" / "commonpasswords.txt"
    marks = [line for line in path.read_text("utf-8").splitlines() if line[:1] != "#"]
    assert len(marks) > ASVS_LEAST
    assert marks == sorted(set(marks))
    assert all(re.fullmatch(f"[0-9a-f]{{{MARK_CHARS}}}", mark) for mark in marks)
    # Shorter ones are refused by their length; the list is made for the length that is asked here.
    maker = (ROOT / "scripts" / "write-common-passwords").read_text("utf-8")
    assert f"LEAST_CHARS = {PASSWORD_LEAST_CHARS}\n" in maker
    assert len(path.read_text("utf-8").split("MIT licence")) == 2


@pytest.mark.parametrize("word", LEAKED)
def test_what_thieves_try_first_is_refused_in_any_case(word: str) -> None:
    for written in (word, word.upper(), word.title(), word.replace("a", "\uff41")):
        assert is_common(written), written
        assert [fault.code for fault in password_faults(written, None)] == [
            "service.account.password-common"
        ]


@pytest.mark.parametrize(
    "password",
    [
        "amal2026",
        "AMAL-amal-1",
        "Mine.Office.99",
        "rafiqa!!",
        "الرافقة2026",
        "authority1",
        "rafiqa-abc",
    ],
)
def test_words_of_the_context_with_digits_behind_them_are_refused(password: str) -> None:
    assert is_of_the_context(password, KNOWN)


@pytest.mark.parametrize(
    "password",
    [
        "four words of rubble",
        "vx3k90pq",
        "1839-4482-7731",
        "amal grows tall beans",
        "ڕووبارێکی ئارام",
        "x" * 64,
    ],
)
def test_what_is_neither_is_taken(password: str) -> None:
    assert not is_common(password)
    assert not is_of_the_context(password, KNOWN)


def test_without_rules_of_composition_and_as_it_was_sent(at_stage: OfficeAt) -> None:
    """Sixty-four characters and more, of one kind; blanks, case and letters as they came."""
    store = at_stage("site").store
    long = "w" * 64 + " " + "ş" * (PASSWORD_MOST_CHARS - 65)
    for password in (long, " blank at both ends ", "ONLYLETTERSHERE", "73519064827"):
        put_account(store, "first", password, FIRST, "Office", Draws())
        assert signed_in(store, "first", password) is not None
        for other in (password[:-1], password.strip() + "?", password.swapcase() + "."):
            assert signed_in(store, "first", other) is None
    put_account(store, "first", " Blank at both Ends ", FIRST, "Office", Draws())
    for bent in ("Blank at both Ends", " blank at both ends ", " Blank at both Ends"):
        assert signed_in(store, "first", bent) is None
    # Nothing behind the most that may be sent is cut off in silence.
    assert signed_in(store, "first", " Blank at both Ends " + "x" * PASSWORD_MOST_CHARS) is None


def test_an_account_s_own_words_are_asked_of_who_has_its_ticket_alone(at_stage: OfficeAt) -> None:
    store = at_stage("site").store
    put_account(store, "amal", "four words of rubble", FIRST, "Northern Office", Draws())
    ticket = give_ticket(store, "amal", Draws(), 1_000)
    assert ticket is not None
    before = accounts(store)["amal"]
    # Without the ticket the answer is the same for an account that is and for one that is not.
    for login in ("amal", "nobody"):
        assert use_ticket(store, login, "x" * 20, "northern-office-1", Draws(), 1_001) is None
    with pytest.raises(InvalidInput) as refused:
        use_ticket(store, "amal", ticket, "northern-office-1", Draws(), 1_001)
    assert [each.code for each in refused.value.faults] == ["service.account.password-context"]
    assert accounts(store)["amal"] == before, "the ticket is good still"
    entered = use_ticket(store, "amal", ticket, "beans by the river", Draws(), 1_002)
    assert entered is not None
    assert replace(entered, password_hash="") == replace(
        before, password_hash="", ticket=None, epoch=before.epoch + 1
    )


def test_the_page_names_the_words_of_the_context() -> None:
    page = (ROOT / "docs" / "how-to" / "accounts.md").read_text("utf-8")
    asked = page.partition("## How guessing is slowed")[2].partition("## ")[0]
    for word in WORDS:
        assert f"`{word}`" in asked
