"""Verdict: is this certificate an office's own, and is it known whether it still stands?

Three answers and no fourth: authentic with its status known, authentic with its status unknown,
not authentic. None says anything of the ground itself: an authentic paper can be suspended, and
land can hold what nobody found. Whatever cannot be read or does not fit is not authentic; whatever
is too old to be known is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from rafiqa.ledger.certificate import (
    Certificate,
    Cosignature,
    LogProof,
    certificate_id,
    certificate_of,
    proof_of,
)
from rafiqa.ledger.checkpoint import checkpoint_text, cosigned_text
from rafiqa.ledger.claims import Claims
from rafiqa.ledger.merkle import leaf_hash, root_of_inclusion
from rafiqa.ledger.qrtext import CERTIFICATE, PROOF, bytes_of
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.signing import Algorithm, is_signed
from rafiqa.ledger.statuslist import StatusList, status_list_of
from rafiqa.ledger.trustlist import Key, TrustList

DAY_S: Final = 86_400
CLOCK_S: Final = DAY_S
"""How far a reader's clock may be behind an issuer's before it is called wrong."""


class Answer(Enum):
    """The three verdicts, by the names that programs read."""

    KNOWN = "authentic-status-known"
    UNKNOWN = "authentic-status-unknown"
    NOT_AUTHENTIC = "not-authentic"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verifier says.

    Attributes:
        answer: one of the three.
        reasons: codes that say why, each ``verify.reason.<code>`` in the catalogue; empty where
            the status is known and the certificate in force.
        status: ``in-force``, ``suspended``, ``reopened``, ``revoked`` or ``superseded`` where it
            is known, else None.
        claims: what the certificate says; None where it is not authentic, so that nothing of it
            can be shown as if it were.
        issuer: name of the key's office, or None.
        logged: whether a proof showed that the log holds it.
        status_at_s: when the status list was issued, or None without one that counts.
    """

    answer: Answer
    reasons: tuple[str, ...] = ()
    status: str | None = None
    claims: Claims | None = None
    issuer: str | None = None
    logged: bool = False
    status_at_s: int | None = None


def verdict(
    texts: Sequence[str], trust: TrustList, status_list: bytes | None, now_s: int
) -> Verdict:
    """The verdict on the texts of a certificate's codes. Raises nothing, whatever they are.

    Args:
        texts: the certificate's, and its proof's where that was scanned too, in any order.
        trust: whom to believe; how it came into the reader's hands is not asked here.
        status_list: the bytes of the newest list at hand, or None.
        now_s: the reader's clock, seconds since 1970 UTC.
    """
    read = _read(texts)
    if isinstance(read, str):
        return Verdict(Answer.NOT_AUTHENTIC, (read,))
    certificate, proof = read
    key = trust.key("issuer", certificate.signed.key_id)
    against = _against(certificate, proof, key, trust)
    if against is not None or key is None:
        return Verdict(Answer.NOT_AUTHENTIC, (against or "issuer-unknown",))
    claims = certificate.claims
    found = _status(claims, trust, status_list, now_s)
    known = isinstance(found, _Known)
    return Verdict(
        Answer.KNOWN if known else Answer.UNKNOWN,
        found.reasons,
        found.state if isinstance(found, _Known) else None,
        claims,
        key.name,
        proof is not None,
        found.issued_at_s,
    )


def _read(texts: Sequence[str]) -> tuple[Certificate, LogProof | None] | str:
    """The certificate and its proof, or why there are none."""
    by_prefix: dict[str, bytes] = {}
    for text in dict.fromkeys(texts):
        prefix = next((each for each in (CERTIFICATE, PROOF) if text.startswith(each)), None)
        data = bytes_of(text, prefix) if prefix is not None else None
        if prefix is None or data is None:
            return "unreadable"
        if prefix in by_prefix:
            return "two-papers"
        by_prefix[prefix] = data
    if CERTIFICATE not in by_prefix:
        return "no-certificate" if by_prefix else "unreadable"
    try:
        certificate = certificate_of(by_prefix[CERTIFICATE])
        proof = proof_of(by_prefix[PROOF]) if PROOF in by_prefix else None
    except Malformed:
        return "unreadable"
    return certificate, proof


def _against(
    certificate: Certificate, proof: LogProof | None, key: Key | None, trust: TrustList
) -> str | None:
    """Why the certificate is not authentic, or None."""
    claims = certificate.claims
    if key is None or key.algorithm is not certificate.signed.algorithm:
        return "issuer-unknown"
    # By ML-DSA only the record is signed, a second time: a page without it could not tell.
    on_paper = certificate.signed.algorithm is Algorithm.ED25519
    if not on_paper or not certificate.signed.is_by(key.public_key):
        return "signature"
    if claims.authority != trust.authority:
        return "authority"
    if not key.counts_at(claims.logged_at_s):
        return "key-not-valid"
    if proof is not None and not _is_logged(certificate, proof, trust):
        return "proof"
    if key.revoked_from is not None and (proof is None or proof.index >= key.revoked_from):
        return "key-revoked"
    return None


def _is_logged(certificate: Certificate, proof: LogProof, trust: TrustList) -> bool:
    """Whether the log and enough witnesses signed a root over the certificate."""
    root = root_of_inclusion(leaf_hash(certificate.data), proof.index, proof.size, proof.path)
    if root is None:
        return False
    text = checkpoint_text(trust.log_origin, proof.size, root)
    logs = [key for key in trust.keys if key.role == "log"]
    if not any(_signed_log(key, text, proof.log_signature) for key in logs):
        return False
    seen_by = [_witness(each, text, trust) for each in proof.cosignatures]
    # One that is wrong spoils all: a proof of ours has none, so somebody has changed it.
    if None in seen_by or len(set(seen_by)) != len(seen_by):
        return False
    return len(set(seen_by)) >= trust.witness_quorum


def _signed_log(key: Key, text: bytes, signature: bytes) -> bool:
    return key.algorithm is Algorithm.ED25519 and is_signed(
        key.algorithm, key.public_key, text, signature
    )


def _witness(cosignature: Cosignature, text: bytes, trust: TrustList) -> str | None:
    """The organisation whose witness signed, or None where nobody known did."""
    key = trust.key("witness", cosignature.key_id)
    if key is None or key.algorithm is not Algorithm.ED25519:
        return None
    if not key.counts_at(cosignature.time_s):
        return None
    said = cosigned_text(text, cosignature.time_s)
    signed = is_signed(key.algorithm, key.public_key, said, cosignature.signature)
    return key.organisation if signed else None


@dataclass(frozen=True, slots=True)
class _Known:
    state: str
    issued_at_s: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Unknown:
    reasons: tuple[str, ...]
    issued_at_s: int | None = None


def _status(claims: Claims, trust: TrustList, data: bytes | None, now_s: int) -> _Known | _Unknown:
    if now_s + CLOCK_S < claims.logged_at_s or now_s + CLOCK_S < trust.issued_at_s:
        return _Unknown(("clock",))
    if now_s >= trust.expires_at_s:
        return _Unknown(("trust-expired",))
    if data is None:
        return _Unknown(("no-list",))
    statuses = _believed(data, trust)
    if statuses is None:
        return _Unknown(("list-not-authentic",))
    at_s = statuses.issued_at_s
    state = statuses.states.get(certificate_id(claims.number))
    if state is not None:
        # Bad news does not grow old: what was suspended is not in force until a list says so.
        return _Known(state, at_s, (state,))
    if at_s > now_s + CLOCK_S:
        return _Unknown(("clock",), at_s)
    if now_s - at_s > trust.status_days * DAY_S:
        return _Unknown(("list-old",), at_s)
    if statuses.version < claims.list_version:
        return _Unknown(("list-older-than-certificate",), at_s)
    return _Known("in-force", at_s)


def _believed(data: bytes, trust: TrustList) -> StatusList | None:
    """The list that bytes are, if the authority's own key for lists signed it."""
    try:
        statuses, signed = status_list_of(data)
    except Malformed:
        return None
    key = trust.key("status", signed.key_id)
    if key is None or key.algorithm is not signed.algorithm or key.revoked_from is not None:
        return None
    if statuses.authority != trust.authority or not key.counts_at(statuses.issued_at_s):
        return None
    return statuses if signed.is_by(key.public_key) else None
