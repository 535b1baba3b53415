"""Trust lists: whose keys count, for what, and until when; signed by those who keep the roots.

A verifier holds one list. A newer one takes its place only where enough of the root keys of the
list in hand have signed it, so that no single office, and nobody who holds one key, can change
whom people believe. The idea is that of The Update Framework's root role (TUF specification,
sections 4.3 and 5.3): version, expiry, a quorum, rotation by the old keys and the new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger import cose
from rafiqa.ledger.canon import Plain, canonical
from rafiqa.ledger.row import Malformed, Row
from rafiqa.ledger.signing import Algorithm, Signer

TAG: Final = "rafiqa/trust-list/1"
ENVELOPE_TAG: Final = "rafiqa/signed-trust-list/1"
ROLES: Final = ("root", "issuer", "status", "log", "witness")
LIMIT_BYTES: Final = 256 * 1024
KEYS_LIMIT: Final = 256
LEAST_ROOTS: Final = 2
"""No root quorum below it: one person alone never changes whom people believe."""
LEAST_WITNESSES: Final = 2
"""No witness quorum below it, in as many organisations."""
_BY_NAME = {algorithm.value: algorithm for algorithm in Algorithm}


@dataclass(frozen=True, slots=True)
class Key:
    """A key and what it counts for.

    Attributes:
        name: its name, such as an office.
        organisation: whose it is; witnesses count once an organisation.
        role: one of ``ROLES``.
        algorithm: how it signs.
        public_key: raw bytes.
        valid_from_s: first second in which it counts.
        valid_until_s: first second in which it no longer does.
        revoked_from: None, or the place in the certificate log from which on nothing signed by
            it counts: what was logged before stays good, and only what a proof shows to be.
    """

    name: str
    organisation: str
    role: str
    algorithm: Algorithm
    public_key: bytes
    valid_from_s: int
    valid_until_s: int
    revoked_from: int | None = None

    @property
    def key_id(self) -> bytes:
        """Under which signatures name it."""
        return cose.key_id(self.public_key)

    def counts_at(self, at_s: int) -> bool:
        """Whether it counts at a time."""
        return self.valid_from_s <= at_s < self.valid_until_s


@dataclass(frozen=True, slots=True)
class TrustList:
    """Whom a verifier believes.

    Attributes:
        authority: whose certificates it is about.
        version: rises with each list.
        issued_at_s: seconds since 1970 UTC.
        expires_at_s: from then on no status is known by it.
        status_days: how old a status list may be before it says nothing.
        log_origin: first line of the certificate log's checkpoints.
        root_quorum: how many root keys must sign the list that follows.
        witness_quorum: how many organisations must have seen the log.
        keys: all keys.
    """

    authority: str
    version: int
    issued_at_s: int
    expires_at_s: int
    status_days: int
    log_origin: str
    root_quorum: int
    witness_quorum: int
    keys: tuple[Key, ...]

    def key(self, role: str, key_id: bytes) -> Key | None:
        """The key of a role by its id, or None."""
        return next((key for key in self.keys if (key.role, key.key_id) == (role, key_id)), None)


def trust_list_bytes(trust: TrustList, signers: Sequence[Signer]) -> bytes:
    """A trust list with the signatures of root keys, its own or those of the list before.

    Raises:
        InvalidInput: no verifier would take it: a quorum below two, no keys to fill it, a role
            that is none, two keys of one id, or longer than 256 KiB.
    """
    payload = canonical(
        (
            TAG,
            trust.authority,
            trust.version,
            trust.issued_at_s,
            trust.expires_at_s,
            trust.status_days,
            trust.log_origin,
            trust.root_quorum,
            trust.witness_quorum,
            [_key_row(key) for key in trust.keys],
        )
    )
    rows = [
        (each.algorithm.value, cose.key_id(each.public_key), cose.signature(payload, each))
        for each in signers
    ]
    data = canonical((ENVELOPE_TAG, payload, rows))
    try:
        read = trust_list_of(data)[0]
    except Malformed:
        read = None
    if read != trust:
        raise InvalidInput(Fault("ledger.paper.trust-list"))
    return data


def trust_list_of(data: bytes) -> tuple[TrustList, tuple[cose.Signed, ...]]:
    """The list that bytes are, and its signatures, not yet believed.

    Raises:
        Malformed: they are none.
    """
    envelope = Row.of(data, 3, LIMIT_BYTES)
    envelope.tag(ENVELOPE_TAG)
    payload = envelope.raw()

    def signature(row: Row) -> cose.Signed:
        row = row.row(3)
        algorithm = _algorithm(row)
        name = row.raw(cose.KEY_ID_BYTES)
        return cose.Signed(algorithm, name, payload, row.raw(algorithm.signature_bytes))

    signatures = envelope.many(signature)
    row = Row.of(payload, 10, LIMIT_BYTES)
    row.tag(TAG)
    trust = TrustList(
        row.text(),
        row.whole(),
        row.whole(),
        row.whole(),
        row.whole(),
        row.text(),
        row.whole(),
        row.whole(),
        row.many(_key),
    )
    if not _is_sound(trust) or len(signatures) > KEYS_LIMIT:
        raise Malformed
    return trust, signatures


def is_signed_by_roots(
    trust: TrustList, roots: TrustList, signatures: Sequence[cose.Signed]
) -> bool:
    """Whether enough root keys of one list signed another, each counted once.

    A first list is asked with itself as ``roots``; that shows that it is whole, and whoever
    takes it as the first still has to know where it came from.
    """
    by = set()
    for signature in signatures:
        key = roots.key("root", signature.key_id)
        if key is None or key.algorithm is not signature.algorithm:
            continue
        if key.counts_at(trust.issued_at_s) and signature.is_by(key.public_key):
            by.add(key.key_id)
    return len(by) >= roots.root_quorum


def succeeds(newer: TrustList, signatures: Sequence[cose.Signed], older: TrustList) -> bool:
    """Whether a list takes the place of the one in hand.

    It is of the same authority and log, its version is higher, and enough root keys of the old
    list and of its own have signed it.
    """
    return (
        (newer.authority, newer.log_origin) == (older.authority, older.log_origin)
        and newer.version > older.version
        and is_signed_by_roots(newer, older, signatures)
        and is_signed_by_roots(newer, newer, signatures)
    )


def _is_sound(trust: TrustList) -> bool:
    ids = {(key.role, key.key_id) for key in trust.keys}
    roots = {key.key_id for key in trust.keys if key.role == "root"}
    witnesses = {key.organisation for key in trust.keys if key.role == "witness"}
    return (
        len(ids) == len(trust.keys) <= KEYS_LIMIT
        and LEAST_ROOTS <= trust.root_quorum <= len(roots)
        and LEAST_WITNESSES <= trust.witness_quorum <= max(len(witnesses), LEAST_WITNESSES)
        and trust.issued_at_s < trust.expires_at_s
        and "\n" not in trust.log_origin
    )


def _key_row(key: Key) -> Plain:
    return (
        key.name,
        key.organisation,
        key.role,
        key.algorithm.value,
        key.public_key,
        key.valid_from_s,
        key.valid_until_s,
        key.revoked_from,
    )


def _key(row: Row) -> Key:
    row = row.row(8)
    name, organisation, role = row.text(), row.text(), row.text()
    algorithm = _algorithm(row)
    if role not in ROLES:
        raise Malformed
    return Key(
        name,
        organisation,
        role,
        algorithm,
        row.raw(algorithm.public_key_bytes),
        row.whole(),
        row.whole(),
        row.maybe(Row.whole),
    )


def _algorithm(row: Row) -> Algorithm:
    algorithm = _BY_NAME.get(row.text())
    if algorithm is None:
        raise Malformed
    return algorithm
