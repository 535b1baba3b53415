"""Documents that were read at a desk, what was proposed from them, and what a person said of it.

The ledger holds hashes, places in a text and codes; the words of a document lie beside the
ledger as attachments, where they can be erased without touching the chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from rafiqa.geo import Spot

ClaimDecision = Literal["accepted", "edited", "rejected", "cannot_tell", "undone"]


@dataclass(frozen=True, slots=True)
class DocumentKept:
    """A document that is kept with what was read of it.

    Attributes:
        document_id: the first half of the SHA-256 of its bytes, in hex.
        sha256, n_bytes: of the original bytes, an attachment.
        kind: what it was read as, such as ``pdf``.
        text_sha256: SHA-256 of its text with the map, an attachment too.
        n_doubtful: pieces that readers read differently.
        sketch: the smallest hashes of its runs of words, six bytes each, by which copies are known.
        n_runs: how many different runs it has.
        name: the file's own name.
        published_on: the day on which it came out, ISO 8601; None where nobody knows.
        source: who published it: an organisation, never a person.
        source_grade: how reliable that source is (list ``source_grade``).
        faults: codes of what is wrong with it, so that it was kept and not read.
    """

    document_id: str
    sha256: str
    n_bytes: int
    kind: str
    text_sha256: str
    n_doubtful: int
    sketch: bytes
    n_runs: int
    name: str | None = None
    published_on: str | None = None
    source: str | None = None
    source_grade: str | None = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimsProposed:
    """Candidates that a reader of sentences found in a document; nothing follows from them.

    Attributes:
        document_id: the document.
        producer: what found them, with its version.
        claims_sha256: SHA-256 of the candidates; what is kept of them holds none of the words.
        claim_ids: their ids, in the order in which they stand there.
        dangerous_ids: those of them that tell of a hazard or of an accident as a fact.
    """

    document_id: str
    producer: str
    claims_sha256: str
    claim_ids: tuple[str, ...] = ()
    dangerous_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimPlaced:
    """Where a reviewer says a claim is about: a point and how far it may reach, no outline."""

    spot: Spot
    radius_m: Decimal
    name: str | None = None
    place_id: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimReviewed:
    """What a person said of a candidate; the last word counts, those before it stay on record.

    Attributes:
        claim_id: the candidate.
        document_id: its document.
        decision: what was said.
        note: why, in words.
        event_type: what it is about, as the reviewer says; as proposed where None.
        hazards: kinds of hazard as the reviewer says; as proposed where None.
        placed: where, as the reviewer says or chose among several.
        from_on, until_on: first and last day, ISO 8601, as the reviewer says.
        evidence_id: the evidence that it became; None where it became none.
        supersedes: the entry of the review that this one takes the place of.
    """

    claim_id: str
    document_id: str
    decision: ClaimDecision
    note: str | None = None
    event_type: str | None = None
    hazards: tuple[str, ...] | None = None
    placed: ClaimPlaced | None = None
    from_on: str | None = None
    until_on: str | None = None
    evidence_id: str | None = None
    supersedes: str | None = None
