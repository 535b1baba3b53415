"""Our COSE_Sign1 against that of a library: each reads, verifies and writes what the other does."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import cbor2
import pytest
from pycose.algorithms import EdDSA
from pycose.headers import KID, Algorithm
from pycose.keys.curves import Ed25519
from pycose.keys.okp import OKPKey
from pycose.messages.cosemessage import CoseMessage
from pycose.messages.sign1message import Sign1Message

from rafiqa.ledger import cose
from rafiqa.ledger.claims import claims_bytes
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.statuslist import status_list_of
from tests.papers import ISSUER, KINDS, status_list

LIMIT_BYTES = 1024 * 1024
PAYLOADS = [*map(claims_bytes, KINDS), b"", bytes(70_000)]
SEED = sha256(b"rafiqa test key Office of releases").digest()


def their_key() -> Any:
    return OKPKey(crv=Ed25519, x=ISSUER.public_key, d=SEED)


def read_by_them(data: bytes) -> Any:
    message = CoseMessage.decode(data)
    assert isinstance(message, Sign1Message)
    message.key = their_key()
    return message


def theirs(payload: bytes, protected: dict[Any, Any] | None = None) -> bytes:
    headers = {Algorithm: EdDSA, KID: cose.key_id(ISSUER.public_key)}
    message = Sign1Message(phdr=headers if protected is None else protected, payload=payload)
    message.key = their_key()
    return bytes(message.encode())


@pytest.mark.parametrize("payload", PAYLOADS, ids=len)
def test_they_verify_what_we_sign(payload: bytes) -> None:
    message = read_by_them(cose.signed(payload, ISSUER))
    assert message.phdr == {Algorithm: EdDSA, KID: cose.key_id(ISSUER.public_key)}
    assert message.uhdr == {}
    assert message.payload == payload
    assert message.verify_signature()


def test_the_control_they_do_not_verify_what_was_changed() -> None:
    data = bytearray(cose.signed(PAYLOADS[0], ISSUER))
    data[200] ^= 1
    assert not read_by_them(bytes(data)).verify_signature()


@pytest.mark.parametrize("payload", PAYLOADS, ids=len)
def test_they_write_the_same_bytes_and_we_verify_them(payload: bytes) -> None:
    """Ed25519 signs the same message alike, so that both must have signed the same bytes."""
    data = theirs(payload)
    assert data == cose.signed(payload, ISSUER)
    assert cose.opened(data, LIMIT_BYTES).is_by(ISSUER.public_key)


def test_their_reader_of_cbor_reads_a_status_list_as_ours_does() -> None:
    data = status_list({"RFQ-1": "revoked", "RFQ-2": "suspended"})
    statuses, _ = status_list_of(data)
    tag, authority, version, issued_at_s, ids = cbor2.loads(cbor2.loads(data).value[2])
    assert tag == "rafiqa/status-list/1"
    assert (authority, version, issued_at_s) == (
        statuses.authority,
        statuses.version,
        statuses.issued_at_s,
    )
    packed = b"".join(ids)
    assert {packed[at : at + 8] for at in range(0, len(packed), 8)} == set(statuses.states)


LOOSER = {
    "no key id": lambda: theirs(b"x", {Algorithm: EdDSA}),
    "a key id of another length": lambda: theirs(b"x", {Algorithm: EdDSA, KID: b"office"}),
    "no tag": lambda: theirs(b"x")[1:],
    "a header that is not signed": lambda: (
        b"\xd2" + cbor2.dumps([cbor2.loads(theirs(b"x")).value[0], {4: b"office"}, b"x", bytes(64)])
    ),
}


@pytest.mark.parametrize("kind", LOOSER)
def test_what_cose_allows_and_we_do_not_is_refused(kind: str) -> None:
    with pytest.raises(Malformed):
        cose.opened(LOOSER[kind](), LIMIT_BYTES)
