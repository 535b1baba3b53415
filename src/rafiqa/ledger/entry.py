"""Entries of the ledger: what is asked for (Draft), what is kept (Entry), where it ends (Head).

Each entry's hash covers the hash of the one before it, so nobody can change, drop, add or
reorder an entry without every later hash showing it.

Sources: linking records by hashes, S. Haber and W. S. Stornetta, "How to time-stamp a digital
document", J. Cryptology 3 (1991); the first byte that keeps the two uses of the hash apart,
RFC 6962 section 2.1; SHA-256, FIPS 180-4. The salt hides a body that could be guessed (a
position on a small map) from one who sees only its commitment.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from hashlib import sha256
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger.canon import canonical, text_bytes, uint_bytes

HASH_BYTES: Final = 32
SALT_BYTES: Final = 16
BODY_LIMIT_BYTES: Final = 16 * 1024 * 1024
TEXT_LIMIT: Final = 200
"""Longest id, kind, subject, actor, organisation or role, in characters."""

_BODY = b"\x00"
_HEADER = b"\x01"
_INT64_END = 1 << 63
_NEEDED_TEXTS = ("entry_id", "kind", "subject", "actor")
_TEXTS = (*_NEEDED_TEXTS, "organisation", "role")


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry as its author asks for it, before the ledger gives it a place.

    Attributes:
        entry_id: made by the client, once; sending it again stores nothing again.
        kind: what the body is, such as ``evidence.recorded``.
        version: version of that kind's form, from 1.
        subject: id of the thing the entry is about.
        valid_at_us: when it was true in the field, microseconds since 1970 UTC.
        actor: pseudonymous id of who asks; never a name.
        organisation: id of the organisation the actor acts for, or empty.
        role: role in which the actor acts, or empty.
        body: the content, as canonical bytes.
        request_digest: SHA-256 of the request as the client froze it; the same entry id
            with another digest is another content and is quarantined.
    """

    entry_id: str
    kind: str
    version: int
    subject: str
    valid_at_us: int
    actor: str
    organisation: str
    role: str
    body: bytes
    request_digest: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A draft with its place in the ledger.

    Attributes:
        seq: place in the ledger, from 1, without gaps; the only order there is.
        recorded_at_us: when it became known, microseconds since 1970 UTC; strictly rises.
        salt: 16 random bytes; erased together with the body when a person is forgotten.
        body_commitment: SHA-256(0x00 || salt || body).
        prev_hash: the entry hash before this one; 32 zero bytes for the first.
        entry_hash: SHA-256(0x01 || header), see ``header_bytes``.
    """

    entry_id: str
    kind: str
    version: int
    subject: str
    valid_at_us: int
    actor: str
    organisation: str
    role: str
    body: bytes
    request_digest: bytes
    seq: int
    recorded_at_us: int
    salt: bytes
    body_commitment: bytes
    prev_hash: bytes
    entry_hash: bytes

    @property
    def head(self) -> Head:
        """The head of a ledger that ends with this entry."""
        return Head(self.seq, self.entry_hash, self.recorded_at_us)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a ledger ends: its last entry's place, hash and recorded time (microseconds)."""

    seq: int
    entry_hash: bytes
    recorded_at_us: int


GENESIS: Final = Head(0, bytes(HASH_BYTES), 0)
"""The head of an empty ledger."""


def draft_faults(draft: Draft, row: int | None = None) -> list[Fault]:
    """Everything that keeps a draft out of the ledger, whatever its kind; empty if nothing.

    Args:
        draft: the draft to look at.
        row: 1-based place in its batch, to be named in the faults.
    """
    faults = []
    for name in _TEXTS:
        text = getattr(draft, name)
        if not _is_text(text) or not (text or name not in _NEEDED_TEXTS):
            faults.append(Fault("ledger.draft.text", name, row, {"limit": TEXT_LIMIT}))
    if type(draft.version) is not int or not 1 <= draft.version < _INT64_END:
        faults.append(Fault("ledger.draft.version", "version", row))
    if type(draft.valid_at_us) is not int or not -_INT64_END <= draft.valid_at_us < _INT64_END:
        faults.append(Fault("ledger.draft.time", "valid_at_us", row))
    if type(draft.body) is not bytes or len(draft.body) > BODY_LIMIT_BYTES:
        faults.append(Fault("ledger.draft.body", "body", row, {"limit": BODY_LIMIT_BYTES}))
    if type(draft.request_digest) is not bytes or len(draft.request_digest) != HASH_BYTES:
        faults.append(Fault("ledger.draft.digest", "request_digest", row))
    return faults


def _is_text(text: object) -> bool:
    if type(text) is not str or len(text) > TEXT_LIMIT:
        return False
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def packed(draft: Draft) -> bytes:
    """The draft as one canonical map of its fields, to be kept where it could not be stored."""
    return canonical({field.name: getattr(draft, field.name) for field in fields(draft)})


def body_commitment(salt: bytes, body: bytes) -> bytes:
    """SHA-256(0x00 || salt || body): binds the body without telling it."""
    return sha256(_BODY + salt + body).digest()


def header_bytes(entry: Entry) -> bytes:
    """The canonical array that the entry hash covers.

    In order: seq, entry_id, kind, version, subject, valid_at_us, recorded_at_us, actor,
    organisation, role, body_commitment, request_digest, prev_hash.

    Raises:
        InvalidInput: if a field is of a kind that cannot be written (a damaged entry).
    """
    parts = (entry, entry.seq, entry.recorded_at_us, entry.body_commitment, entry.prev_hash)
    try:
        return _header_bytes(*parts)
    except (
        AttributeError,
        TypeError,
        OverflowError,
        UnicodeEncodeError,
    ):  # of a kind that no header has
        return _plain_header(*parts)


def _header_bytes(
    draft: Draft | Entry, seq: int, recorded_at_us: int, commitment: bytes, prev_hash: bytes
) -> bytes:
    """The canonical array, put together piece by piece where it is as headers are.

    A check encodes every header again: this is most of what it does. Anything unusual (a time
    before 1970, a damaged field) goes the long way, which gives the same bytes or refuses.
    """
    digest = draft.request_digest
    if draft.valid_at_us < 0 or not len(commitment) == len(digest) == len(prev_hash) == HASH_BYTES:
        return _plain_header(draft, seq, recorded_at_us, commitment, prev_hash)
    pieces = (
        _BEGIN,
        uint_bytes(seq),
        text_bytes(draft.entry_id),
        _often(draft.kind),
        uint_bytes(draft.version),
        text_bytes(draft.subject),
        uint_bytes(draft.valid_at_us),
        uint_bytes(recorded_at_us),
        _often(draft.actor),
        _often(draft.organisation),
        _often(draft.role),
        _HASH,
        commitment,
        _HASH,
        digest,
        _HASH,
        prev_hash,
    )
    return b"".join(pieces)


_BEGIN, _HASH = b"\x8d", b"\x58\x20"
"""Heads of an array of thirteen and of thirty-two bytes (RFC 8949 section 3)."""

_often = lru_cache(maxsize=1024)(text_bytes)
"""The same few kinds, persons, organisations and roles stand in most headers."""


def _plain_header(
    draft: Draft | Entry, seq: int, recorded_at_us: int, commitment: bytes, prev_hash: bytes
) -> bytes:
    return canonical(
        (
            seq,
            draft.entry_id,
            draft.kind,
            draft.version,
            draft.subject,
            draft.valid_at_us,
            recorded_at_us,
            draft.actor,
            draft.organisation,
            draft.role,
            commitment,
            draft.request_digest,
            prev_hash,
        )
    )


def header_hash(header: bytes) -> bytes:
    """SHA-256(0x01 || header): the entry hash."""
    return sha256(_HEADER + header).digest()


def seal(draft: Draft, head: Head, now_us: int, salt: bytes) -> Entry:
    """The draft as the entry that follows ``head``.

    Args:
        draft: a draft without faults (see ``draft_faults``).
        head: where the ledger ends.
        now_us: the writer's clock, microseconds since 1970 UTC. A clock that stands or
            runs backwards does not disturb the order: recorded time is
            max(now_us, head.recorded_at_us + 1).
        salt: 16 fresh random bytes.

    Raises:
        InvalidInput: for a salt of another length.
    """
    if len(salt) != SALT_BYTES:
        raise InvalidInput(Fault("ledger.seal.salt", "salt", params={"needed": SALT_BYTES}))
    seq = head.seq + 1
    recorded_at_us = max(now_us, head.recorded_at_us + 1)
    commitment = body_commitment(salt, draft.body)
    header = _header_bytes(draft, seq, recorded_at_us, commitment, head.entry_hash)
    return Entry(
        draft.entry_id,
        draft.kind,
        draft.version,
        draft.subject,
        draft.valid_at_us,
        draft.actor,
        draft.organisation,
        draft.role,
        draft.body,
        draft.request_digest,
        seq,
        recorded_at_us,
        salt,
        commitment,
        head.entry_hash,
        header_hash(header),
    )
