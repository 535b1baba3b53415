"""Doors of signed papers under bent bytes: refused or read, one spelling each, never believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rafiqa.errors import InvalidInput
from rafiqa.ledger import cose, outline, statuslist, trustlist
from rafiqa.ledger import verdict as verdicts
from rafiqa.ledger.canon import canonical, parse
from rafiqa.ledger.certificate import issued, proof_bytes, proof_of
from rafiqa.ledger.claims import claims_bytes, claims_of
from rafiqa.ledger.outline import outline_bytes, outline_of
from rafiqa.ledger.qrtext import CERTIFICATE, PROOF, text_of
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.statuslist import STATES, status_list_of
from rafiqa.ledger.trustlist import succeeds, trust_list_bytes, trust_list_of
from rafiqa.ledger.verdict import Answer, verdict
from tests.papers import (
    ISSUER,
    KINDS,
    NOW_S,
    RELEASE,
    RUBBLE,
    TRUST,
    WALK,
    full_log,
    signer,
    status_list,
    texts_of,
)
from tests.property.bentpaper import STEADY, bent_bytes, bent_values

QUICK = settings(STEADY, max_examples=500)
LONG = settings(QUICK, max_examples=20_000)
LOG = full_log()
TEXTS = texts_of(RELEASE, LOG)
NEXT = replace(TRUST, version=4, issued_at_s=NOW_S)
LIST = status_list({"RFQ-1": "revoked", RELEASE.number: "suspended", "RFQ-2": "suspended"})


@dataclass(frozen=True)
class Door:
    """A way in: valid papers, the reader, and how what was read is written.

    ``parts`` says whether the paper's own bytes are canonical values that can be bent one by one.
    """

    papers: tuple[bytes, ...]
    read: Callable[[bytes], object]
    written: Callable[..., bytes]
    in_values: bool = True
    skip: int = 0


def cose_bytes(signed: cose.Signed) -> bytes:
    """A COSE_Sign1 put together by hand, as RFC 9052 shows it."""
    algorithm = b"\x27" if signed.algorithm.value == "ed25519" else b"\x38\x2f"
    header = b"\xa2\x01" + algorithm + b"\x04\x48" + signed.key_id
    return b"\xd2" + canonical((header, {}, signed.payload, signed.signature))


def status_list_bytes(read: tuple[statuslist.StatusList, cose.Signed]) -> bytes:
    statuses, signed = read
    rows = [
        b"".join(sorted(name for name, held in statuses.states.items() if held == state))
        for state in STATES
    ]
    row = (statuslist.TAG, statuses.authority, statuses.version, statuses.issued_at_s, rows)
    assert canonical(row) == signed.payload
    return cose_bytes(signed)


def trust_bytes(read: tuple[trustlist.TrustList, tuple[cose.Signed, ...]]) -> bytes:
    trust, signatures = read
    # The writer's own payload: made with no signature, in an envelope of tag, payload, rows.
    unsigned = trust_list_bytes(trust, [])
    payload = parse(unsigned)[1]
    assert all(each.payload == payload for each in signatures)
    rows = [(each.algorithm.value, each.key_id, each.signature) for each in signatures]
    return canonical((trustlist.ENVELOPE_TAG, payload, rows))


DOORS = {
    "claims": Door(tuple(map(claims_bytes, KINDS)), claims_of, claims_bytes),
    "proof": Door(
        tuple(proof_bytes(LOG.proof(place)) for place in (0, 40, 43)), proof_of, proof_bytes
    ),
    "outline": Door(
        tuple(map(outline_bytes, [(WALK,), (RUBBLE,), (WALK, RUBBLE)])),
        outline_of,
        outline_bytes,
        in_values=False,
    ),
    "status list": Door((LIST, status_list()), status_list_of, status_list_bytes, skip=1),
    "trust list": Door(
        (
            trust_list_bytes(TRUST, [signer("root-a"), signer("root-b")]),
            trust_list_bytes(NEXT, [signer("root-c")]),
        ),
        trust_list_of,
        trust_bytes,
    ),
}


@st.composite
def bent(draw: st.DrawFn, door: Door) -> tuple[bytes, bytes]:
    """One of a door's papers, and the same bent."""
    whole = draw(st.sampled_from(door.papers))
    if not door.in_values or draw(st.booleans()):
        return whole, draw(bent_bytes(whole))
    return whole, whole[: door.skip] + draw(bent_values(whole[door.skip :]))


def is_read(door: Door, data: bytes) -> bool:
    """Whether a door reads bytes; any error but the one that it promises is a failure."""
    try:
        read = door.read(data)
    except Malformed:
        return False
    assert door.written(read) == data, "one spelling each"
    return True


def tried(name: str, how: settings) -> int:
    """How many of a door's bent papers were read; raises where the promise is broken."""
    door, n_read = DOORS[name], 0

    @how
    @given(bent(door))
    def try_all(papers: tuple[bytes, bytes]) -> None:
        nonlocal n_read
        n_read += is_read(door, papers[1])

    assert all(is_read(door, whole) for whole in door.papers)
    try_all()
    return n_read


@pytest.mark.parametrize("name", DOORS)
def test_a_bent_paper_is_refused_or_read_in_its_one_spelling(name: str) -> None:
    assert tried(name, QUICK) > 0, "some bends leave a paper that can be read"


@pytest.mark.slow
@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("run", range(2))
def test_a_bent_paper_is_refused_or_read_in_its_one_spelling_very_often(
    name: str, run: int
) -> None:
    del run
    tried(name, settings(LONG, derandomize=False))


def test_the_control_a_reader_that_takes_long_forms_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lenient(data: bytes):
        value = shift = 0
        for byte in data:
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                yield value
                value = shift = 0

    monkeypatch.setattr(outline, "_numbers", lenient)
    with pytest.raises((AssertionError, ExceptionGroup, InvalidInput, ValueError)):
        tried("outline", settings(QUICK, max_examples=3_000))


CODES = {
    CERTIFICATE: (issued(RELEASE, ISSUER), TEXTS[1]),
    PROOF: (proof_bytes(LOG.proof(40)), TEXTS[0]),
}
"""Of each code: its bytes, and the text of the other one, which is whole."""


def said(data: bytes) -> object:
    """What a paper says: a proof says the same whichever witness is named first."""
    try:
        proof = proof_of(data)
    except Malformed:
        return data
    return replace(proof, cosignatures=tuple(sorted(proof.cosignatures, key=repr)))


def believed(prefix: str, data: bytes) -> bool:
    found = verdict((text_of(prefix, data), CODES[prefix][1]), TRUST, LIST, NOW_S)
    assert (found.claims is None) == (found.answer is Answer.NOT_AUTHENTIC)
    return found.answer is not Answer.NOT_AUTHENTIC


def tried_codes(prefix: str, how: settings) -> None:
    whole = CODES[prefix][0]
    door = Door((whole,), proof_of, proof_bytes, skip=1 if prefix == CERTIFICATE else 0)

    @how
    @given(bent(door))
    def try_all(papers: tuple[bytes, bytes]) -> None:
        assert said(papers[1]) == said(whole) or not believed(prefix, papers[1])

    assert believed(prefix, whole)
    try_all()


@pytest.mark.parametrize("prefix", CODES)
def test_no_bent_code_is_believed(prefix: str) -> None:
    tried_codes(prefix, QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("prefix", CODES)
@pytest.mark.parametrize("run", range(2))
def test_no_bent_code_of_very_many_is_believed(prefix: str, run: int) -> None:
    del run
    tried_codes(prefix, settings(LONG, derandomize=False))


@pytest.mark.parametrize("prefix", CODES)
def test_the_control_where_every_signature_passes_a_bent_code_is_believed(
    prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (cose, verdicts):
        monkeypatch.setattr(module, "is_signed", lambda *_: True)
    with pytest.raises(AssertionError):
        tried_codes(prefix, QUICK)


LETTERS = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:\n\rabcR\u0661\u202e", max_size=80)


@QUICK
@given(st.lists(st.one_of(LETTERS, LETTERS.map(CERTIFICATE.__add__), st.text()), max_size=4))
def test_no_text_of_chance_is_believed_or_raises(texts: list[str]) -> None:
    assert verdict(texts, TRUST, LIST, NOW_S).answer is Answer.NOT_AUTHENTIC


@QUICK
@given(st.sampled_from(TEXTS), st.integers(0, 1_500), st.integers(0, 30), LETTERS)
def test_no_text_written_over_is_believed(text: str, at: int, n_cut: int, put: str) -> None:
    changed = text[:at] + put + text[at + n_cut :]
    kept = changed.translate({ord(letter): None for letter in "\n\r\t"})
    other = TEXTS[0] if text == TEXTS[1] else TEXTS[1]
    found = verdict((changed, other), TRUST, LIST, NOW_S).answer
    assert (found is not Answer.NOT_AUTHENTIC) == (kept == text)


@QUICK
@given(bent(Door(DOORS["claims"].papers, claims_of, claims_bytes)))
def test_what_an_issuer_signed_by_mistake_is_read_by_the_same_rules(
    papers: tuple[bytes, bytes],
) -> None:
    """The signature is good; what is under it is bent: its form decides, and nothing raises."""
    found = verdict((text_of(CERTIFICATE, cose.signed(papers[1], ISSUER)),), TRUST, LIST, NOW_S)
    if not is_read(DOORS["claims"], papers[1]):
        assert (found.answer, found.reasons) == (Answer.NOT_AUTHENTIC, ("unreadable",))


@QUICK
@given(bent(Door((LIST,), status_list_of, status_list_bytes, skip=1)))
def test_no_bent_status_list_is_believed(papers: tuple[bytes, bytes]) -> None:
    whole, data = papers
    found = verdict(TEXTS, TRUST, data, NOW_S)
    if data == whole:
        assert (found.answer, found.status) == (Answer.KNOWN, "suspended")
    else:
        assert (found.answer, found.reasons) == (Answer.UNKNOWN, ("list-not-authentic",))


@QUICK
@given(
    bent(
        Door(
            (trust_list_bytes(NEXT, [signer("root-a"), signer("root-b")]),),
            trust_list_of,
            trust_bytes,
        )
    )
)
def test_no_bent_trust_list_takes_the_place_of_another(papers: tuple[bytes, bytes]) -> None:
    try:
        newer, signatures = trust_list_of(papers[1])
    except Malformed:
        return
    # Signatures may be dropped or added around the same list; the list itself is what was signed.
    assert not succeeds(newer, signatures, TRUST) or newer == NEXT
