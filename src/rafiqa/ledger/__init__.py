"""The ledger: canonical bytes, entries chained by their hashes, the check of the chain, tiles.

It knows bytes, ids and times. It may not know land, mines, persons, databases or clocks:
time and randomness are passed in.
"""

from rafiqa.ledger.attachment import (
    ATTACHMENT_KIND,
    ATTACHMENT_LIMIT_BYTES,
    PART_BYTES,
    AttachmentNamed,
    n_parts,
    part_bytes,
)
from rafiqa.ledger.canon import Plain, canonical, parse
from rafiqa.ledger.chain import check_chain
from rafiqa.ledger.document import (
    ClaimDecision,
    ClaimPlaced,
    ClaimReviewed,
    ClaimsProposed,
    DocumentKept,
)
from rafiqa.ledger.entry import (
    GENESIS,
    HASH_BYTES,
    SALT_BYTES,
    Draft,
    Entry,
    Head,
    body_commitment,
    draft_faults,
    header_bytes,
    header_hash,
    packed,
    seal,
)
from rafiqa.ledger.erasure import ERASURE_KIND, Erasure, erasure_in, is_erased
from rafiqa.ledger.federation import (
    BundleGiven,
    BundleTaken,
    PeerEnrolled,
    PeerKeyRevoked,
    ReleaseTakenOver,
)
from rafiqa.ledger.fieldkit import DeviceEnrolled, DeviceRevoked, FormFile, FormPublished, OwnChoice
from rafiqa.ledger.identity import IdentityErased, IdentityKept, IdentityLookedAt
from rafiqa.ledger.imported import MappingSaved, PairDecided, RowsImported
from rafiqa.ledger.submission import SubmissionReceived, SubmissionReviewed

__all__ = [
    "ATTACHMENT_KIND",
    "ATTACHMENT_LIMIT_BYTES",
    "ERASURE_KIND",
    "GENESIS",
    "HASH_BYTES",
    "PART_BYTES",
    "SALT_BYTES",
    "AttachmentNamed",
    "BundleGiven",
    "BundleTaken",
    "ClaimDecision",
    "ClaimPlaced",
    "ClaimReviewed",
    "ClaimsProposed",
    "DeviceEnrolled",
    "DeviceRevoked",
    "DocumentKept",
    "Draft",
    "Entry",
    "Erasure",
    "FormFile",
    "FormPublished",
    "Head",
    "IdentityErased",
    "IdentityKept",
    "IdentityLookedAt",
    "MappingSaved",
    "OwnChoice",
    "PairDecided",
    "PeerEnrolled",
    "PeerKeyRevoked",
    "Plain",
    "ReleaseTakenOver",
    "RowsImported",
    "SubmissionReceived",
    "SubmissionReviewed",
    "body_commitment",
    "canonical",
    "check_chain",
    "draft_faults",
    "erasure_in",
    "header_bytes",
    "header_hash",
    "is_erased",
    "n_parts",
    "packed",
    "parse",
    "part_bytes",
    "seal",
]
