"""Keys and a trust list in memory for the tests of certificates."""

from __future__ import annotations

from hashlib import sha256

from rafiqa.ledger.signing import Algorithm, MemorySigner
from rafiqa.ledger.trustlist import Key, TrustList, trust_list_bytes
from rafiqa.service import Keyring

DAY_S = 86_400
FROM_S = 1_700_000_000
AUTHORITY_NAME = "Mine Action Office"
WITNESSES = ("authority", "un", "university")


def signer(name: str) -> MemorySigner:
    return MemorySigner(name, Algorithm.ED25519, sha256(f"test of papers {name}".encode()).digest())


def key(name: str, role: str, organisation: str, revoked_from: int | None = None) -> Key:
    made = signer(name)
    until_s = FROM_S + 4_000 * DAY_S
    return Key(
        name, organisation, role, made.algorithm, made.public_key, FROM_S, until_s, revoked_from
    )


def papers_keys(issuer: str = "issuer", *others: Key, version: int = 1) -> Keyring:
    """The keys of an authority whose papers one issuer signs, with its three witnesses."""
    keys = (
        *(key(f"root-{at}", "root", "authority") for at in range(3)),
        key(issuer, "issuer", "authority"),
        key("status", "status", "authority"),
        key("log", "log", "authority"),
        *(key(f"witness {each}", "witness", each) for each in WITNESSES),
        *others,
    )
    expires_s = FROM_S + 4_000 * DAY_S
    trust = TrustList(AUTHORITY_NAME, version, FROM_S, expires_s, 30, "test/papers", 2, 2, keys)
    roots = [signer("root-0"), signer("root-1")]
    return Keyring(
        trust,
        trust_list_bytes(trust, roots),
        signer(issuer),
        signer("status"),
        signer("log"),
        tuple(signer(f"witness {each}") for each in WITNESSES),
    )
