"""What an entry's hash covers, spelt out by hand."""

from __future__ import annotations

from dataclasses import fields, replace
from hashlib import sha256
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from rafiqa.errors import InvalidInput
from rafiqa.ledger import (
    GENESIS,
    Draft,
    Entry,
    Head,
    canonical,
    draft_faults,
    header_bytes,
    packed,
    parse,
    seal,
)
from tests.contract.drafts import START_US, make_chain, make_draft, salt

KNOWN_HASH = "dc19878bbbe775d53f8d52df92df48441be682e9f5eb8908cff3472fe233a254"


def test_the_first_entry_by_hand() -> None:
    draft = make_draft(1)
    entry = seal(draft, GENESIS, START_US, salt(1))
    commitment = sha256(b"\x00" + salt(1) + draft.body).digest()
    header = canonical(
        [
            1,
            "entry-000001",
            "evidence.recorded",
            1,
            "area-1",
            START_US - 1,
            START_US,
            "person-1",
            "org-1",
            "surveyor",
            commitment,
            draft.request_digest,
            bytes(32),
        ]
    )
    assert header_bytes(entry) == header
    assert entry.body_commitment == commitment
    assert entry.entry_hash == sha256(b"\x01" + header).digest()
    assert entry.head == Head(1, entry.entry_hash, START_US)


def test_the_hash_of_a_known_entry_never_changes() -> None:
    """A vector for other implementations; if this fails, old ledgers are lost."""
    entry = seal(make_draft(1), GENESIS, START_US, salt(1))
    assert entry.entry_hash.hex() == KNOWN_HASH


@pytest.mark.parametrize(
    ("now_us", "recorded_at_us"),
    [(START_US + 5, START_US + 5), (START_US, START_US + 1), (START_US - 10**12, START_US + 1)],
)
def test_recorded_time_rises_whatever_the_clock_says(now_us: int, recorded_at_us: int) -> None:
    head = Head(7, bytes(32), START_US)
    entry = seal(make_draft(), head, now_us, salt(1))
    assert (entry.seq, entry.recorded_at_us) == (8, recorded_at_us)


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"ledger\.seal\.salt"):
        seal(make_draft(), GENESIS, START_US, b"short")


def test_an_entry_has_the_fields_of_its_draft_first() -> None:
    names = [field.name for field in fields(Draft)]
    assert [field.name for field in fields(Entry)][: len(names)] == names


def test_a_packed_draft_tells_every_field() -> None:
    draft = make_draft(3)
    assert Draft(**parse(packed(draft))) == draft


@pytest.mark.parametrize("name", [field.name for field in fields(Draft) if field.name != "body"])
def test_the_hash_covers_each_field(name: str) -> None:
    draft = make_draft(1)
    value = getattr(draft, name)
    other: Any = value + 1 if isinstance(value, int) else value[:-1] + type(value)(value[-2:-1])
    change: dict[str, Any] = {name: other}
    changed = replace(draft, **change)
    one = seal(draft, GENESIS, START_US, salt(1))
    assert other != value
    assert seal(changed, GENESIS, START_US, salt(1)).entry_hash != one.entry_hash


def test_the_hash_covers_body_salt_place_time_and_predecessor() -> None:
    draft, head = make_draft(1), Head(1, bytes(32), 0)
    hashes = {
        seal(draft, head, START_US, salt(1)).entry_hash,
        seal(replace(draft, body=b""), head, START_US, salt(1)).entry_hash,
        seal(draft, head, START_US, salt(2)).entry_hash,
        seal(draft, head, START_US + 1, salt(1)).entry_hash,
        seal(draft, replace(head, seq=2), START_US, salt(1)).entry_hash,
        seal(draft, replace(head, entry_hash=b"1" * 32), START_US, salt(1)).entry_hash,
    }
    assert len(hashes) == 6


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"entry_id": ""}, "text", "entry_id"),
        ({"kind": ""}, "text", "kind"),
        ({"subject": ""}, "text", "subject"),
        ({"actor": ""}, "text", "actor"),
        ({"entry_id": "x" * 201}, "text", "entry_id"),
        ({"role": "x" * 201}, "text", "role"),
        ({"subject": "\ud800"}, "text", "subject"),
        ({"kind": 5}, "text", "kind"),
        ({"version": 0}, "version", "version"),
        ({"version": True}, "version", "version"),
        ({"version": 2**63}, "version", "version"),
        ({"valid_at_us": 1.5}, "time", "valid_at_us"),
        ({"valid_at_us": 2**63}, "time", "valid_at_us"),
        ({"body": "text"}, "body", "body"),
        ({"body": bytearray(b"")}, "body", "body"),
        ({"body": bytes(16 * 1024 * 1024 + 1)}, "body", "body"),
        ({"request_digest": b"short"}, "digest", "request_digest"),
        ({"request_digest": "x" * 32}, "digest", "request_digest"),
    ],
)
def test_bad_drafts_are_named_by_field(changes: dict[str, Any], code: str, place: str) -> None:
    found = draft_faults(make_draft(**changes), row=4)
    assert [(fault.code, fault.place, fault.row) for fault in found] == [
        (f"ledger.draft.{code}", place, 4)
    ]


def test_good_drafts_at_the_edges() -> None:
    for changes in (
        {"organisation": "", "role": ""},
        {"entry_id": "ه" * 200, "subject": "𐅑"},
        {"valid_at_us": -(2**63)},
        {"body": b""},
    ):
        assert draft_faults(make_draft(**changes)) == []


@given(
    st.builds(
        make_draft,
        entry_id=st.text(min_size=1),
        subject=st.text(),
        actor=st.text(),
        version=st.integers(1, 1 << 62),
        valid_at_us=st.integers(-(1 << 63), (1 << 63) - 1),
    ),
    st.integers(0, 1 << 62),
)
def test_a_header_is_the_canonical_array_of_its_fields(draft: Draft, before: int) -> None:
    """Put together piece by piece, it has the bytes that the encoder gives for the whole."""
    if draft_faults(draft):
        return
    entry = seal(draft, Head(before, bytes(32), before), 7, bytes(16))
    assert header_bytes(entry) == canonical([getattr(entry, name) for name in HEADER])


HEADER = (
    *("seq", "entry_id", "kind", "version", "subject", "valid_at_us", "recorded_at_us", "actor"),
    *("organisation", "role", "body_commitment", "request_digest", "prev_hash"),
)


@pytest.mark.parametrize("name", HEADER)
@pytest.mark.parametrize("value", [None, True, 1.5, -1, b"", "", "\ud800", 1 << 65, [1], ["a"]])
def test_a_damaged_header_is_encoded_or_refused_as_any_array(name: str, value: Any) -> None:
    entry = replace(make_chain(1)[0], **{name: value})

    def told(encode: Any) -> object:
        try:
            return encode()
        except InvalidInput as error:
            return [fault.code for fault in error.faults]

    plain = [getattr(entry, each) for each in HEADER]
    assert told(lambda: header_bytes(entry)) == told(lambda: canonical(plain))
