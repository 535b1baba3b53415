"""Signatures: who can sign, and whether a signature is theirs.

Ed25519 (RFC 8032) stands on paper, where 64 bytes fit; ML-DSA-44 (FIPS 204) stands beside it where
there is room, so that what is kept outlives the day on which the first can be forged. A key may
lie in a sealed file, in a hardware module or in memory: whoever signs knows only `Signer`.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PrivateKey,
    MLDSA44PublicKey,
)

SEED_BYTES: Final = 32


class Algorithm(Enum):
    """How something is signed; the value is the name in files and on screens."""

    ED25519 = "ed25519"
    ML_DSA_44 = "ml-dsa-44"

    @property
    def public_key_bytes(self) -> int:
        """Length of a public key."""
        return 32 if self is Algorithm.ED25519 else 1312

    @property
    def signature_bytes(self) -> int:
        """Length of a signature."""
        return 64 if self is Algorithm.ED25519 else 2420


class Signer(Protocol):
    """Whoever can sign with one key.

    Attributes:
        name: the key's name, as it stands in a trust list.
        algorithm: how it signs.
        public_key: raw bytes of the public key.
    """

    @property
    def name(self) -> str:
        """The key's name."""

    @property
    def algorithm(self) -> Algorithm:
        """How it signs."""

    @property
    def public_key(self) -> bytes:
        """Raw bytes of the public key."""

    def sign(self, message: bytes) -> bytes:
        """The signature of a message.

        Raises:
            StoreError: the key cannot be used now (a hardware module that does not answer).
        """


class MemorySigner:
    """A signer whose key lies in memory, made from a seed of 32 bytes.

    Args:
        name: the key's name.
        algorithm: how it signs.
        seed: 32 secret random bytes; the same seed is the same key.

    Raises:
        ValueError: the seed has another length.
    """

    def __init__(self, name: str, algorithm: Algorithm, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise ValueError("a seed has 32 bytes")
        self._name = name
        self._algorithm = algorithm
        self._key: Ed25519PrivateKey | MLDSA44PrivateKey
        if algorithm is Algorithm.ED25519:
            self._key = Ed25519PrivateKey.from_private_bytes(seed)
        else:
            self._key = MLDSA44PrivateKey.from_seed_bytes(seed)
        self._public_key = self._key.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        """The name only: a key in memory is printed nowhere."""
        return f"MemorySigner({self._name!r}, {self._algorithm.value})"

    @property
    def name(self) -> str:
        """The key's name."""
        return self._name

    @property
    def algorithm(self) -> Algorithm:
        """How it signs."""
        return self._algorithm

    @property
    def public_key(self) -> bytes:
        """Raw bytes of the public key."""
        return self._public_key

    def sign(self, message: bytes) -> bytes:
        """The signature of a message."""
        return self._key.sign(message)


def is_signed(algorithm: Algorithm, public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature of a message is that of the key; False for anything malformed."""
    if len(public_key) != algorithm.public_key_bytes:
        return False
    if len(signature) != algorithm.signature_bytes:
        return False
    try:
        if algorithm is Algorithm.ED25519:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
        else:
            MLDSA44PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
