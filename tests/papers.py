"""An authority, its keys, its log and its witnesses, and certificates of all four kinds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from math import cos, sin, tau

from rafiqa.ledger import cose
from rafiqa.ledger.certificate import Cosignature, LogProof, certificate_id, issued, proof_bytes
from rafiqa.ledger.checkpoint import checkpoint_text, cosigned_text
from rafiqa.ledger.claims import Claims, Found, NotCleared, Part
from rafiqa.ledger.merkle import MerkleTree, leaf_hash
from rafiqa.ledger.qrtext import qr_texts
from rafiqa.ledger.signing import Algorithm, MemorySigner
from rafiqa.ledger.statuslist import StatusList, listed
from rafiqa.ledger.trustlist import Key, TrustList

DAY_S = 86_400
NOW_S = 1_767_225_600
"""2026-01-01T00:00:00Z."""
AUTHORITY = "Marjana Mine Action Office"
ORIGIN = "marjana.example/certificates/2026"
SQUARE = (((38_550_000, 34_900_000), (38_551_000, 34_900_000), (38_551_000, 34_901_000)),)
WALK = (
    tuple(
        (
            round(38_552_000 + 2_300 * cos(turn * tau / 74)),
            round(34_902_000 - 1_900 * sin(turn * tau / 74)),
        )
        for turn in range(74)
    ),
)
"""An outline of 74 corners, as walked around 13 hectares and taken to 1 m."""
RUBBLE = (((38_550_100, 34_900_100), (38_550_300, 34_900_100), (38_550_300, 34_900_300)),)


def signer(name: str, algorithm: Algorithm = Algorithm.ED25519) -> MemorySigner:
    """The key of that name: always the same."""
    return MemorySigner(name, algorithm, sha256(f"rafiqa test key {name}".encode()).digest())


def key(name: str, organisation: str, role: str, revoked_from: int | None = None) -> Key:
    made = signer(name)
    valid = (NOW_S - 400 * DAY_S, NOW_S + 400 * DAY_S)
    return Key(name, organisation, role, made.algorithm, made.public_key, *valid, revoked_from)


KEYS = (
    *(key(f"root-{name}", f"org-{name}", "root") for name in "abc"),
    key("Office of releases", "authority", "issuer"),
    key("Office of lists", "authority", "status"),
    key("Log of certificates", "authority", "log"),
    *(key(f"witness-{name}", f"org-{name}", "witness") for name in "abc"),
)
TRUST = TrustList(AUTHORITY, 3, NOW_S - 10 * DAY_S, NOW_S + 300 * DAY_S, 30, ORIGIN, 2, 2, KEYS)
ISSUER, LISTS, LOG = (
    signer(name) for name in ("Office of releases", "Office of lists", "Log of certificates")
)

RELEASE = Claims(
    "RFQ-2025-000017",
    "release",
    AUTHORITY,
    "Marjana · Old Town, hazard H-0017",
    20_430,
    NOW_S - 5 * DAY_S,
    ("manual", "dogs"),
    (
        Part("H-0017-P1", "cleared", None, 60, 8_412, ("paved yard",), (WALK,)),
        Part("H-0017-P2", "reduced", None, None, 1_200, (), (RUBBLE,)),
    ),
    (NotCleared(None, "rubble_not_removed", (RUBBLE,)),),
    (Found("mine_ap", 3), Found("uxo", 1)),
    9_612,
    None,
    sha256(b"survey").digest(),
    7,
    bytes(range(16)),
)
HANDOVER = replace(RELEASE, number="RFQ-2025-000018", kind="handover", received_by="Water Board")
COMPLETION = replace(RELEASE, number="RFQ-2025-000016", kind="completion")
CANCELLATION = replace(
    RELEASE,
    number="RFQ-2025-000019",
    kind="cancellation",
    methods=("non_technical_survey",),
    parts=(Part("H-0019", "cancelled", None, None, 20_000, (), (SQUARE,)),),
    not_cleared=(),
    found=(),
    area_m2=20_000,
    supersedes="RFQ-2024-000002",
)
KINDS = (RELEASE, HANDOVER, COMPLETION, CANCELLATION)


def status_list(
    states: dict[str, str] | None = None, *, age_days: int = 1, version: int = 9
) -> bytes:
    """A list by the office of lists, of certificate numbers."""
    named = {certificate_id(number): state for number, state in (states or {}).items()}
    return listed(StatusList(AUTHORITY, version, NOW_S - age_days * DAY_S, named), LISTS)


@dataclass
class Log:
    """A log of certificates with its witnesses."""

    leaves: list[bytes] = field(default_factory=list)
    origin: str = ORIGIN

    def add(self, certificate: bytes) -> int:
        self.leaves.append(certificate)
        return len(self.leaves) - 1

    def proof(
        self,
        index: int,
        witnesses: tuple[str, ...] = ("witness-a", "witness-b"),
        log: MemorySigner = LOG,
    ) -> LogProof:
        tree = MerkleTree(map(leaf_hash, self.leaves))
        text = checkpoint_text(self.origin, tree.size, tree.root())
        seen = []
        for place, name in enumerate(witnesses):
            by, at_s = signer(name), NOW_S - DAY_S + place
            said = by.sign(cosigned_text(text, at_s))
            seen.append(Cosignature(cose.key_id(by.public_key), at_s, said))
        signature = log.sign(text)
        return LogProof(index, tree.size, tree.inclusion(index), signature, tuple(seen))


def full_log() -> Log:
    """A log that holds other certificates, and then those of all four kinds."""
    log = Log()
    for number in range(40):
        log.add(issued(replace(COMPLETION, number=f"RFQ-2025-9{number:05d}"), ISSUER))
    for claims in KINDS:
        log.add(issued(claims, ISSUER))
    return log


def texts_of(claims: Claims, log: Log | None = None) -> tuple[str, ...]:
    """The texts of a certificate's codes, with the proof where a log is given."""
    certificate = issued(claims, ISSUER)
    if log is None:
        return qr_texts(certificate)
    index = log.leaves.index(certificate)
    return qr_texts(certificate, proof_bytes(log.proof(index)))
