"""Certificates: claims signed by an office, and the log's proof that they were recorded.

The certificate is a COSE_Sign1 over its claims. The proof is a row of its own, so that each fits a
code on paper: whoever scans the first alone already knows the office; with the second also that
the certificate stands in a log which witnesses have seen grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger import cose
from rafiqa.ledger.canon import canonical
from rafiqa.ledger.claims import LIMIT_BYTES, Claims, claims_bytes, claims_of
from rafiqa.ledger.merkle import HASH_BYTES, PATH_LIMIT
from rafiqa.ledger.qrtext import CODE_BYTES
from rafiqa.ledger.row import Malformed, Row
from rafiqa.ledger.signing import Signer

ID_BYTES: Final = 8
PROOF_TAG: Final = "rafiqa/log-proof/1"
COSIGNATURES_LIMIT: Final = 16
_SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it was read: what it says, and its signature, not yet believed."""

    claims: Claims
    signed: cose.Signed
    data: bytes


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's signature on a checkpoint, Ed25519 by C2SP tlog-cosignature.

    Attributes:
        key_id: of the witness's key, as `cose.key_id` makes it.
        time_s: when the witness saw the log, seconds since 1970 UTC.
        signature: 64 bytes.
    """

    key_id: bytes
    time_s: int
    signature: bytes


@dataclass(frozen=True, slots=True)
class LogProof:
    """That a certificate is in the log: its place, the path to a root, and who signed that root.

    The root is not carried: it is computed from the path, and with it the text of the checkpoint
    that the signatures must be over.

    Attributes:
        index: the certificate's place in the log, from 0.
        size: how many leaves the checkpoint is over.
        path: hashes from the leaf to the root.
        log_signature: the log's own Ed25519 signature on the checkpoint.
        cosignatures: those of witnesses.
    """

    index: int
    size: int
    path: tuple[bytes, ...]
    log_signature: bytes
    cosignatures: tuple[Cosignature, ...]


def issued(claims: Claims, signer: Signer) -> bytes:
    """A certificate signed: a COSE_Sign1 over the claims.

    Raises:
        InvalidInput: no certificate can say this, or it is longer than one code can hold.
    """
    data = cose.signed(claims_bytes(claims), signer)
    if len(data) > CODE_BYTES:
        raise InvalidInput(Fault("ledger.paper.claims", params={"number": claims.number}))
    return data


def certificate_of(data: bytes) -> Certificate:
    """The certificate that bytes are; whose it is has not been asked.

    Raises:
        Malformed: they are none.
    """
    signed = cose.opened(data, LIMIT_BYTES)
    return Certificate(claims_of(signed.payload), signed, data)


def certificate_id(number: str) -> bytes:
    """The 8 bytes under which status lists name a certificate: of the SHA-256 of its number."""
    return sha256(number.encode()).digest()[:ID_BYTES]


def proof_bytes(proof: LogProof) -> bytes:
    """The canonical bytes of a proof."""
    return canonical(
        (
            PROOF_TAG,
            proof.index,
            proof.size,
            b"".join(proof.path),
            proof.log_signature,
            [(each.key_id, each.time_s, each.signature) for each in proof.cosignatures],
        )
    )


def proof_of(data: bytes) -> LogProof:
    """The proof that bytes are; whether it holds has not been asked.

    Raises:
        Malformed: they are none.
    """
    row = Row.of(data, 6, LIMIT_BYTES)
    row.tag(PROOF_TAG)
    index, size, path = row.whole(), row.whole(), row.raw()
    if len(path) % HASH_BYTES or len(path) > PATH_LIMIT * HASH_BYTES or index >= size:
        raise Malformed
    hashes = tuple(path[at : at + HASH_BYTES] for at in range(0, len(path), HASH_BYTES))
    log_signature, cosignatures = row.raw(_SIGNATURE_BYTES), row.many(_cosignature)
    if len(cosignatures) > COSIGNATURES_LIMIT:
        raise Malformed
    return LogProof(index, size, hashes, log_signature, cosignatures)


def _cosignature(row: Row) -> Cosignature:
    row = row.row(3)
    return Cosignature(row.raw(cose.KEY_ID_BYTES), row.whole(), row.raw(_SIGNATURE_BYTES))
