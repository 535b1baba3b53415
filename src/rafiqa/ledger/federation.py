"""Other authorities: whose key is theirs, what was given to them, and what was taken from them.

What another authority says is its own word. It stands in the ledger as a claim of theirs, by the
hash of the bundle that brought it; nothing of it releases anything here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PeerEnrolled:
    """Another authority, and the key by which its bundles are known.

    Attributes:
        peer_id: by which it is named here; the first part of the ids of what it tells of.
        authority: as its bundles name it.
        public_key: raw bytes of its Ed25519 key, in hex.
        fingerprint: SHA-256 of that key in hex, as somebody heard it from them and typed it.
        replaces: the fingerprint of the key whose place it takes; None of the first one.
    """

    peer_id: str
    authority: str
    public_key: str
    fingerprint: str
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class PeerKeyRevoked:
    """A key of another authority by which nothing is taken any more, and why."""

    peer_id: str
    fingerprint: str
    note: str


@dataclass(frozen=True, slots=True)
class BundleGiven:
    """A bundle that was made for others: its place in the stream, and its head's digest.

    Attributes:
        stream, number: which it is.
        digest: of its head, in hex.
        entries, root: how far this ledger had grown, and the root over it, in hex.
        policy_sha256: of the policy by which it was made, which is kept under that hash.
        n_items: how many items it holds.
    """

    stream: str
    number: int
    digest: str
    entries: int
    root: str
    policy_sha256: str
    n_items: int


@dataclass(frozen=True, slots=True)
class BundleTaken:
    """A bundle of another authority that was read, found theirs and whole, and kept.

    Attributes:
        peer_id: whose it is.
        stream, number: which it is.
        digest: of its head, in hex.
        entries, root: how far their ledger had grown, and the root over it, in hex.
        issued_at_s: when, by their clock.
        sha256: of its bytes, which are kept under that hash.
        n_items: how many items it holds.
        fingerprint: of the key that signed it.
    """

    peer_id: str
    stream: str
    number: int
    digest: str
    entries: int
    root: str
    issued_at_s: int
    sha256: str
    n_items: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ReleaseTakenOver:
    """A release of another authority that this one made its own: which, and by which two persons.

    It stands beside the fact that lowers the ground, in the same transaction.

    Attributes:
        part_id: of the ground that it lowers.
        peer_id, stream, number: the bundle that told of it.
        item_id: by which that authority knows it.
        fingerprint: of the key that signed that bundle.
        confirmed_by: the second person.
    """

    part_id: str
    peer_id: str
    stream: str
    number: int
    item_id: str
    fingerprint: str
    confirmed_by: str
