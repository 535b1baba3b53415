"""Whom people believe changes only by a quorum of the keys they believed before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.trustlist import (
    TrustList,
    is_signed_by_roots,
    succeeds,
    trust_list_bytes,
    trust_list_of,
)
from tests.papers import KEYS, NOW_S, TRUST, key, signer

ROOTS = tuple(signer(f"root-{name}") for name in "abc")
NEXT = replace(TRUST, version=4, issued_at_s=NOW_S)


def taken(newer: TrustList, *names: str) -> bool:
    read, signatures = trust_list_of(trust_list_bytes(newer, [signer(name) for name in names]))
    assert read == newer
    return succeeds(read, signatures, TRUST)


def test_two_of_three_roots_make_the_next_list() -> None:
    assert taken(NEXT, "root-a", "root-c")
    assert taken(NEXT, "root-a", "root-b", "root-c")


@pytest.mark.parametrize(
    "names",
    [(), ("root-a",), ("root-a", "root-a"), ("root-a", "witness-a"), ("root-z", "root-y")],
)
def test_fewer_do_not(names: tuple[str, ...]) -> None:
    assert not taken(NEXT, *names)


@pytest.mark.parametrize(
    "newer",
    [
        replace(NEXT, version=TRUST.version),
        replace(NEXT, version=2),
        replace(NEXT, authority="Other Office"),
        replace(NEXT, log_origin="other.example/log"),
    ],
    ids=["same version", "older version", "other authority", "other log"],
)
def test_no_older_and_no_other_list_takes_its_place(newer: TrustList) -> None:
    assert not taken(newer, "root-a", "root-b")


def test_roots_are_rotated_by_the_old_and_the_new() -> None:
    new = (key("root-x", "org-x", "root"), key("root-y", "org-y", "root"))
    rest = tuple(each for each in KEYS if each.role != "root")
    rotated = replace(NEXT, keys=(*new, *rest))
    assert taken(rotated, "root-a", "root-b", "root-x", "root-y")
    assert not taken(rotated, "root-x", "root-y"), "the new ones alone"
    assert not taken(rotated, "root-a", "root-b"), "the old ones alone"


def test_a_root_that_has_expired_signs_nothing() -> None:
    keys = tuple(
        replace(each, valid_until_s=NOW_S - 1) if each.name == "root-b" else each for each in KEYS
    )
    older = replace(TRUST, keys=keys)
    read, signatures = trust_list_of(trust_list_bytes(NEXT, ROOTS[:2]))
    assert not is_signed_by_roots(read, older, signatures)
    assert is_signed_by_roots(read, TRUST, signatures), "the control"


NO_LIST: dict[str, Callable[[], TrustList]] = {
    "one root is enough": lambda: replace(TRUST, root_quorum=1),
    "more roots than there are": lambda: replace(TRUST, root_quorum=4),
    "one witness is enough": lambda: replace(TRUST, witness_quorum=1),
    "more witnesses than there are": lambda: replace(TRUST, witness_quorum=4),
    "a key twice": lambda: replace(TRUST, keys=(*KEYS, KEYS[3])),
    "expired before it was issued": lambda: replace(TRUST, expires_at_s=TRUST.issued_at_s),
    "a role that is none": lambda: replace(TRUST, keys=(*KEYS, key("x", "y", "king"))),
    "an origin of two lines": lambda: replace(TRUST, log_origin="a\nb"),
}


@pytest.mark.parametrize("kind", NO_LIST)
def test_a_list_nobody_would_take_is_not_written(kind: str) -> None:
    with pytest.raises(InvalidInput, match=r"ledger\.paper\.trust-list"):
        trust_list_bytes(NO_LIST[kind](), ROOTS)


def test_every_flipped_bit_spoils_it() -> None:
    data = trust_list_bytes(NEXT, ROOTS[:2])
    for place in range(0, len(data) * 8, 7):
        bent = bytearray(data)
        bent[place // 8] ^= 1 << place % 8
        try:
            read, signatures = trust_list_of(bytes(bent))
        except Malformed:
            continue
        assert not succeeds(read, signatures, TRUST)
