"""One signature over one payload, as COSE_Sign1: any COSE library can check it.

Source: RFC 9052, sections 4.2 (COSE_Sign1) and 4.4 (what is signed); RFC 9053, section 2.2 (EdDSA
is -8); ML-DSA-44 is -48 in IANA's registry of COSE algorithms. The protected header holds the
algorithm and the key's id, nothing else; the unprotected one is empty. There is one spelling of
each such paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from rafiqa.ledger.canon import canonical
from rafiqa.ledger.row import Malformed, Row
from rafiqa.ledger.signing import Algorithm, Signer, is_signed

KEY_ID_BYTES: Final = 8

_TAG = b"\xd2"  # tag 18, COSE_Sign1
_HEADERS: Final = {
    # A map of two: 1 (the algorithm) and 4 (the key's id, 8 bytes).
    Algorithm.ED25519: b"\xa2\x01\x27\x04\x48",
    Algorithm.ML_DSA_44: b"\xa2\x01\x38\x2f\x04\x48",
}


@dataclass(frozen=True, slots=True)
class Signed:
    """A payload with one signature, not yet believed.

    Attributes:
        algorithm: how it says it is signed.
        key_id: whose it says it is.
        payload: what is signed.
        signature: the signature.
    """

    algorithm: Algorithm
    key_id: bytes
    payload: bytes
    signature: bytes

    def is_by(self, public_key: bytes) -> bool:
        """Whether that key signed it, by the algorithm it names."""
        if self.key_id != key_id(public_key):
            return False
        message = _message(self.algorithm, self.key_id, self.payload)
        return is_signed(self.algorithm, public_key, message, self.signature)


def key_id(public_key: bytes) -> bytes:
    """The first 8 bytes of the SHA-256 of a public key: enough to find it, not to trust it."""
    return sha256(public_key).digest()[:KEY_ID_BYTES]


def signed(payload: bytes, signer: Signer) -> bytes:
    """A payload signed, as the bytes of a COSE_Sign1."""
    protected = _protected(signer.algorithm, key_id(signer.public_key))
    return _TAG + canonical((protected, {}, payload, signature(payload, signer)))


def signature(payload: bytes, signer: Signer) -> bytes:
    """Only the signature that `signed` would put beside the payload."""
    return signer.sign(_message(signer.algorithm, key_id(signer.public_key), payload))


def opened(data: bytes, limit_bytes: int) -> Signed:
    """What bytes say they are; nothing is checked but their form.

    Raises:
        Malformed: they are no COSE_Sign1 of this form.
    """
    if data[:1] != _TAG:
        raise Malformed
    row = Row.of(data[1:], 4, limit_bytes)
    protected, headers = row.raw(), row.value()
    payload, signature = row.raw(), row.raw()
    if headers != {} or type(headers) is not dict:
        raise Malformed
    for algorithm, start in _HEADERS.items():
        name = protected[len(start) :]
        if protected.startswith(start) and len(name) == KEY_ID_BYTES:
            if len(signature) != algorithm.signature_bytes:
                raise Malformed
            return Signed(algorithm, name, payload, signature)
    raise Malformed


def _protected(algorithm: Algorithm, name: bytes) -> bytes:
    return _HEADERS[algorithm] + name


def _message(algorithm: Algorithm, name: bytes, payload: bytes) -> bytes:
    return canonical(("Signature1", _protected(algorithm, name), b"", payload))
