"""Every bit of a certificate flipped, thousands of edits, and noise: none is ever authentic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from rafiqa.ledger.certificate import certificate_of, issued, proof_bytes
from rafiqa.ledger.qrtext import CERTIFICATE, CODE_LETTERS, PROOF, text_of
from rafiqa.ledger.verdict import Answer, verdict
from tests.papers import ISSUER, NOW_S, RELEASE, TRUST, full_log, signer, status_list

LOG = full_log()
STATUS = status_list()
DATA = issued(RELEASE, ISSUER)
PROVEN = proof_bytes(LOG.proof(40))
PAPERS = {CERTIFICATE: DATA, PROOF: PROVEN}


def answers(prefix: str, changed: Iterator[bytes]) -> Counter[Answer]:
    """The verdicts where one of the two papers was changed and the other is whole."""
    other = next(name for name in PAPERS if name != prefix)
    beside = text_of(other, PAPERS[other])
    return Counter(
        verdict((text_of(prefix, data), beside), TRUST, STATUS, NOW_S).answer for data in changed
    )


def flipped(data: bytes) -> Iterator[bytes]:
    for place in range(len(data) * 8):
        bent = bytearray(data)
        bent[place // 8] ^= 1 << place % 8
        yield bytes(bent)


def edited(data: bytes, n_edits: int, seed: int) -> Iterator[bytes]:
    """The data with a piece dropped, doubled, moved, or painted over; never as it was."""
    chance = np.random.default_rng(seed)
    made = 0
    while made < n_edits:
        start, length, to = (int(chance.integers(0, len(data))) for _ in range(3))
        piece = data[start : start + 1 + length % 40]
        noise = chance.integers(0, 256, len(piece), dtype=np.uint8).tobytes()
        rest = data[:start] + data[start + len(piece) :]
        kinds = (
            rest,
            data[:start] + piece + data[start:],
            rest[:to] + piece + rest[to:],
            data[:start] + noise + data[start + len(piece) :],
            data[: start or 1],
            data + noise,
        )
        bent = kinds[made % len(kinds)]
        if bent != data:
            made += 1
            yield bent


def test_the_control_unchanged_it_is_authentic() -> None:
    for prefix, data in PAPERS.items():
        assert answers(prefix, iter([data])) == {Answer.KNOWN: 1}


@pytest.mark.parametrize("prefix", PAPERS)
def test_no_flipped_bit_is_authentic(prefix: str) -> None:
    found = answers(prefix, flipped(PAPERS[prefix]))
    assert found == {Answer.NOT_AUTHENTIC: len(PAPERS[prefix]) * 8}
    assert sum(found.values()) > 3_000


@pytest.mark.parametrize("prefix", PAPERS)
def test_no_edit_is_authentic(prefix: str) -> None:
    assert answers(prefix, edited(PAPERS[prefix], 2_500, 1)) == {Answer.NOT_AUTHENTIC: 2_500}


@pytest.mark.slow
@pytest.mark.parametrize("prefix", PAPERS)
@pytest.mark.parametrize("seed", range(2, 6))
def test_no_edit_of_very_many_is_authentic(prefix: str, seed: int) -> None:
    assert answers(prefix, edited(PAPERS[prefix], 250_000, seed)) == {Answer.NOT_AUTHENTIC: 250_000}


def test_the_control_a_claim_changed_and_signed_anew_by_a_forger_is_seen() -> None:
    """What flips and edits do not try: a paper whole in itself, by a key nobody trusts."""
    forged = text_of(CERTIFICATE, issued(RELEASE, signer("Forger")))
    assert verdict((forged,), TRUST, STATUS, NOW_S).answer is Answer.NOT_AUTHENTIC


def test_cut_texts_and_noise_are_not_authentic() -> None:
    whole = text_of(CERTIFICATE, DATA)
    chance = np.random.default_rng(7)
    letters = np.array([*"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"])
    texts = [whole[:end] for end in range(len(whole))]
    texts += [CERTIFICATE + "".join(chance.choice(letters, size)) for size in range(1, 400)]
    texts += [text_of(CERTIFICATE, chance.bytes(4096)) for _ in range(20)]
    texts += ["", "\x00", "RFQ1", "rfq1:" + whole[5:], whole.lower(), whole + " ", "RFQ9:" + whole]
    texts += [CERTIFICATE + "0" * CODE_LETTERS, CERTIFICATE + "0" * 10_000_000, "ر" * 500]
    found = Counter(verdict((text,), TRUST, STATUS, NOW_S).answer for text in texts)
    assert found == {Answer.NOT_AUTHENTIC: len(texts)}


NESTED = b"\xd2" + b"\x81" * 4_000
HOSTILE = {
    "nested arrays": NESTED,
    "nested maps": b"\xd2" + b"\xa1\x61\x61" * 1_300,
    "an array of 2**40": b"\xd2\x9b\x00\x00\x01\x00\x00\x00\x00\x00",
    "bytes of 2**62": b"\xd2\x5b\x40\x00\x00\x00\x00\x00\x00\x00",
    "a key twice": b"\xd2\x84\x4d" + DATA[3:16] + b"\xa2\x61\x61\x01\x61\x61\x02" + DATA[17:],
    "an endless array": b"\xd2\x9f",
    "a float": b"\xd2\x84\x40\xa0\xfb\x3f\xf0\x00\x00\x00\x00\x00\x00\x40",
    "another tag": b"\xd1" + DATA[1:],
    "no tag": DATA[1:],
    "longer than may be": DATA + bytes(4_096),
    "nothing": b"",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_bytes_are_not_authentic(kind: str) -> None:
    found = verdict((text_of(CERTIFICATE, HOSTILE[kind]),), TRUST, HOSTILE[kind], NOW_S)
    assert (found.answer, found.reasons) == (Answer.NOT_AUTHENTIC, ("unreadable",))


GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of Ed25519 (RFC 8032, section 5.1)."""


def other_half(signature: bytes) -> bytes:
    """The same signature with the group's order added to its second half: equal in the group."""
    half = int.from_bytes(signature[32:], "little") + GROUP_ORDER
    return signature[:32] + half.to_bytes(32, "little")


@pytest.mark.parametrize("prefix", PAPERS)
def test_a_signature_has_one_spelling(prefix: str) -> None:
    """Else a paper could be changed without its key, and lists by hash would miss it."""
    data = PAPERS[prefix]
    signatures = [certificate_of(DATA).signed.signature]
    if prefix == PROOF:
        proof = LOG.proof(40)
        signatures = [proof.log_signature, *(each.signature for each in proof.cosignatures)]
    changed = [data.replace(signature, other_half(signature)) for signature in signatures]
    assert all(len(bent) == len(data) and bent != data for bent in changed)
    assert answers(prefix, iter(changed)) == {Answer.NOT_AUTHENTIC: len(signatures)}
