"""Codes of RFC 6238, taken once; recovery codes; and a secret that only the password opens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rafiqa.service import Office, open_office
from rafiqa.service.accounts import accounts, put_account
from rafiqa.service.codemaker import (
    STEP_S,
    code_at,
    enrol,
    secret_of,
    secret_uri,
    step_of,
    take_code,
)
from rafiqa.service.signinpolicy import diary
from tests.city import FIRST, Clock, Draws

SECRET = b"12345678901234567890"
WORDS = "a long enough one"
# RFC 6238, appendix B, SHA-1; the last six of its eight digits.
VECTORS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    opened = open_office(
        str(tmp_path / "a.rafiqa"), now_us=clock.now_us, entropy=Draws(), create=True
    )
    put_account(opened.store, "first", WORDS, FIRST, "Office", Draws())
    yield opened
    opened.store.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize("at_s", VECTORS)
def test_the_vectors_of_the_standard(at_s: int) -> None:
    assert code_at(SECRET, at_s // STEP_S) == VECTORS[at_s]


def test_a_code_counts_within_one_step_and_never_again() -> None:
    now_us = 1111111111 * 1_000_000
    now = 1111111111 // STEP_S
    for step in (now - 1, now, now + 1):
        assert step_of(SECRET, code_at(SECRET, step), now_us, 0) == step
        assert step_of(SECRET, code_at(SECRET, step), now_us, step) is None
    for step in (now - 2, now + 2):
        assert step_of(SECRET, code_at(SECRET, step), now_us, 0) is None
    assert step_of(SECRET, "", now_us, 0) is None
    assert step_of(SECRET, "050 471", now_us, 0) == now


def test_a_code_is_taken_once_and_a_recovery_code_too(office: Office) -> None:
    store, now_us = office.store, office.now_us()
    codes = enrol(store, "first", WORDS, SECRET, 0, Draws(), now_us)
    step = now_us // 1_000_000 // STEP_S
    account = accounts(store)["first"]
    assert take_code(store, account, WORDS, code_at(SECRET, step), now_us) == "totp"
    assert take_code(store, account, WORDS, code_at(SECRET, step), now_us) is None
    # The account as it was read before: what was spent since is spent.
    assert take_code(store, account, WORDS, codes[0].upper(), now_us) == "recovery"
    assert take_code(store, account, WORDS, codes[0], now_us) is None
    assert take_code(store, account, WORDS, "000-000", now_us) is None
    maker = accounts(store)["first"].code_maker
    assert maker is not None
    assert len(set(codes)) == 10
    assert len(maker.recovery) == 9
    assert [each["event"] for each in diary(store)] == ["code-maker.enrolled", "recovery-code.used"]


def test_the_store_alone_gives_nobody_a_code(office: Office) -> None:
    codes = enrol(office.store, "first", WORDS, SECRET, 0, Draws(), office.now_us())
    kept = office.store.setting("accounts") or b""
    assert SECRET not in kept
    assert SECRET.hex().encode() not in kept
    assert b"GEZDGNBVGY3TQOJQ" not in kept
    assert not any(code.encode() in kept for code in codes)
    account = accounts(office.store)["first"]
    assert secret_of(account, WORDS) == SECRET
    assert secret_of(account, WORDS + "x") is None


def test_a_recovery_code_has_eighty_bits_of_chance(office: Office) -> None:
    """Sixteen of thirty-two letters, each drawn: no two of many are alike, no letter is missing."""
    drawn = [
        code.replace("-", "")
        for _ in range(20)
        for code in enrol(office.store, "first", WORDS, SECRET, 0, os.urandom, office.now_us())
    ]
    assert len(set(drawn)) == len(drawn) == 200
    assert {len(code) * 5 for code in drawn} == {80}
    assert len(set("".join(drawn))) == 32


def test_what_a_code_maker_scans() -> None:
    uri = secret_uri(SECRET, "first", "Old Town")
    assert uri.startswith("otpauth://totp/Old%20Town:first?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    assert uri.endswith("&issuer=Old%20Town&algorithm=SHA1&digits=6&period=30")
