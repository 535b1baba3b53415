"""Every tampering that can be thought of is found, and named by its entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from rafiqa.ledger import (
    GENESIS,
    Entry,
    body_commitment,
    check_chain,
    header_bytes,
    header_hash,
    seal,
)
from tests.contract.drafts import START_US, make_chain, make_draft, salt

CHAIN = make_chain(9)


def codes(entries: list[Entry], **known: Any) -> list[str]:
    return [fault.code.removeprefix("ledger.chain.") for fault in check_chain(entries, **known)]


def test_a_whole_chain_has_no_faults() -> None:
    assert check_chain([]) == []
    assert check_chain(CHAIN) == []
    assert check_chain(iter(CHAIN), until=CHAIN[-1].head) == []


def test_a_tail_is_checked_against_the_head_before_it() -> None:
    assert check_chain(CHAIN[5:], after=CHAIN[4].head) == []
    assert codes(CHAIN[5:], after=CHAIN[3].head) == ["gap", "link"]
    assert codes(CHAIN[5:]) == ["gap", "link"]


@pytest.mark.parametrize("at", range(9))
def test_a_removed_entry_is_found(at: int) -> None:
    left = CHAIN[:at] + CHAIN[at + 1 :]
    if at == 8:  # only another source knows that there was more
        assert codes(left) == []
        assert codes(left, until=CHAIN[-1].head) == ["end"]
    else:
        assert codes(left) == ["gap", "link"]
        assert check_chain(left)[0].params["seq"] == at + 2


@pytest.mark.parametrize("at", range(8))
def test_two_entries_in_the_wrong_order_are_found(at: int) -> None:
    swapped = [*CHAIN[:at], CHAIN[at + 1], CHAIN[at], *CHAIN[at + 2 :]]
    assert "gap" in codes(swapped)


def test_an_entry_twice_is_found() -> None:
    assert codes([*CHAIN[:4], CHAIN[3], *CHAIN[4:]])[:2] == ["gap", "link"]


def bent(value: Any, at: int) -> Any:
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
    return value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]


@pytest.mark.parametrize("name", [field.name for field in fields(Entry)])
def test_each_changed_byte_of_each_field_is_found_at_that_entry(name: str) -> None:
    entry = CHAIN[4]
    value = getattr(entry, name)
    for at in range(1 if isinstance(value, int) else len(value)):
        changed = [*CHAIN[:4], replace(entry, **{name: bent(value, at)}), *CHAIN[5:]]
        found = check_chain(changed)
        assert found, (name, at)
        assert found[0].params["seq"] in (5, 6)  # 6: its seq itself was made 6


@pytest.mark.parametrize("name", ["salt", "body"])
def test_an_erased_body_is_found(name: str) -> None:
    nothing: dict[str, Any] = {name: b""}
    changed = [*CHAIN[:4], replace(CHAIN[4], **nothing), *CHAIN[5:]]
    assert codes(changed) == ["body"]


def resealed(entry: Entry) -> Entry:
    """The forger's entry: every hash of its own made good again."""
    entry = replace(entry, body_commitment=body_commitment(entry.salt, entry.body))
    return replace(entry, entry_hash=header_hash(header_bytes(entry)))


@pytest.mark.parametrize(
    "forge",
    [
        lambda entry: replace(entry, body=entry.body + b"\x00"),
        lambda entry: replace(entry, actor="somebody-else"),
        lambda entry: replace(entry, valid_at_us=entry.valid_at_us - 1),
    ],
)
def test_a_forged_entry_with_good_hashes_shows_at_the_next(forge: Callable[[Entry], Entry]) -> None:
    found = check_chain([*CHAIN[:4], resealed(forge(CHAIN[4])), *CHAIN[5:]])
    assert [(fault.code, fault.params["seq"]) for fault in found] == [("ledger.chain.link", 6)]


def test_a_forged_tail_shows_only_against_a_known_head() -> None:
    head = CHAIN[6].head
    forged = list(CHAIN[:7])
    for number in (8, 9):
        forged.append(seal(make_draft(number, actor="forger"), head, START_US + number, salt(1)))
        head = forged[-1].head
    assert check_chain(forged) == []
    assert codes(forged, until=CHAIN[-1].head) == ["end"]


def test_a_clock_that_was_turned_back_is_found() -> None:
    late = resealed(replace(CHAIN[4], recorded_at_us=CHAIN[3].recorded_at_us))
    assert codes([*CHAIN[:4], late]) == ["time"]


def test_an_entry_that_cannot_be_written_is_a_fault_and_no_exception() -> None:
    assert codes([replace(CHAIN[0], kind="\ud800")]) == ["hash"]
    odd: Any = 1.5
    for name in ("version", "salt", "body", "recorded_at_us", "seq", "prev_hash"):
        for value in (odd, None):
            change: dict[str, Any] = {name: value}
            assert codes([replace(CHAIN[0], **change)]) == ["form"]


def test_the_check_stops_at_the_first_bad_entry_and_reads_no_further() -> None:
    def stream() -> Any:
        yield CHAIN[0]
        yield CHAIN[2]
        raise AssertionError("read on")

    assert codes(stream()) == ["gap", "link"]
    assert GENESIS.seq == 0
