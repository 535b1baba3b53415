"""The facts of certificates: issued, and moved out of force or back by the authority.

None of them changes what the land is (``rafiqa.land.certificate`` says how the land changes them).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CertificateKind = Literal["completion", "release", "handover", "cancellation"]


@dataclass(frozen=True, slots=True)
class CertificateIssued:
    """A certificate signed and given out: its bytes, and what it rests on.

    ``certificate`` are the signed bytes, as ``rafiqa.ledger.certificate`` makes them; the land book
    reads the claims from them and from nowhere else. ``known_seq`` is the place in the ledger up to
    which the land was known when it was issued. ``second_signature`` is by ML-DSA-44 over the same
    claims: too long for paper, it keeps the record good after Ed25519 can be forged.
    """

    number: str
    kind: CertificateKind
    area_id: str
    certificate: bytes
    known_seq: int
    work_ids: tuple[str, ...] = ()
    release_ids: tuple[str, ...] = ()
    handover_id: str | None = None
    supersedes: str | None = None
    second_signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class CertificateMoved:
    """A certificate taken out of force for a time or for good, or put back by a second person.

    What the land book takes out of force no move puts back.
    """

    number: str
    state: Literal["suspended", "reinstated", "revoked"]
    reason: str
    note: str | None = None
