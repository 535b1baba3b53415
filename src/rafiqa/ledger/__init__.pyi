from .attachment import (
    ATTACHMENT_KIND,
    ATTACHMENT_LIMIT_BYTES,
    PART_BYTES,
    AttachmentNamed,
    n_parts,
    part_bytes,
)
from .canon import Plain, canonical, parse
from .chain import check_chain
from .delegation import DelegationEnded, DelegationGiven
from .document import (
    ClaimDecision,
    ClaimPlaced,
    ClaimReviewed,
    ClaimsProposed,
    DocumentKept,
)
from .entry import (
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
from .erasure import ERASURE_KIND, Erasure, erasure_in, is_erased
from .federation import (
    BundleGiven,
    BundleTaken,
    PeerEnrolled,
    PeerKeyRevoked,
    ReleaseTakenOver,
)
from .fieldkit import DeviceEnrolled, DeviceRevoked, FormFile, FormPublished, OwnChoice
from .identity import IdentityErased, IdentityKept, IdentityLookedAt
from .imported import MappingSaved, PairDecided, RowsImported
from .submission import SubmissionReceived, SubmissionReviewed

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
    "DelegationEnded",
    "DelegationGiven",
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
