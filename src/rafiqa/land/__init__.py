"""The heart: evidence, classes, states, parts, depth, accounting, and the rulings on them.

Pure: no framework, database, codec, clock or randomness. This room may not know how facts
are stored, sent or drawn, nor what is built on the land.
"""

from rafiqa.land.account import Account, ClassAccount, account, account_of
from rafiqa.land.actor import ROLES, Actor, Role
from rafiqa.land.book import LandBook, fold
from rafiqa.land.effect import acceptance_faults, walk
from rafiqa.land.evidence import class_supported, evidence_class, outranks
from rafiqa.land.fact import (
    AccidentRecorded,
    AreaRecorded,
    BoundaryCorrected,
    ClassDecided,
    EvidenceRecorded,
    Finding,
    HazardClass,
    LandFact,
    LandReopened,
    OrdnanceFound,
    Outcome,
    Recorded,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    ReleaseTransferred,
    ReportAnswered,
    ResidentReported,
    SiteOpened,
    StageMoved,
    TaskOrdered,
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.land.ground import Face
from rafiqa.land.history import LandHistory
from rafiqa.land.point import UNRECORDED, PointAnswer, point
from rafiqa.land.proof import proof_of, proofs
from rafiqa.land.quality import (
    AccreditationEnded,
    AccreditationGranted,
    LotInspected,
    LotReviewed,
    NonconformityAnswered,
    NonconformityClosed,
    NonconformityRaised,
    QaVisited,
    QualityFact,
)
from rafiqa.land.quality_rule import (
    QUARANTINE_DAYS,
    accreditation_faults,
    independent,
    lot_fails,
    work_period_us,
)
from rafiqa.land.quarantine import Quarantine, quarantines
from rafiqa.land.records import Records
from rafiqa.land.register import AreaRecord, Lower, Register, ReleaseRecord
from rafiqa.land.rule import (
    ReleaseCase,
    area_ruling,
    proposal_ruling,
    supports,
    transfer_ruling,
    work_ruling,
)
from rafiqa.land.ruling import Reason, Ruling, rule
from rafiqa.land.sampling import Proof, accept_curve, proof
from rafiqa.land.stage import MOVES, VALIDATION_MOVES, move_ruling, stage_of, validation_ruling
from rafiqa.land.standingaccount import StandingAccount
from rafiqa.land.timeline import HAZARD, LandState, Step, Timeline

__all__ = [
    "HAZARD",
    "MOVES",
    "QUARANTINE_DAYS",
    "ROLES",
    "UNRECORDED",
    "VALIDATION_MOVES",
    "AccidentRecorded",
    "Account",
    "AccreditationEnded",
    "AccreditationGranted",
    "Actor",
    "AreaRecord",
    "AreaRecorded",
    "BoundaryCorrected",
    "ClassAccount",
    "ClassDecided",
    "EvidenceRecorded",
    "Face",
    "Finding",
    "HazardClass",
    "LandBook",
    "LandFact",
    "LandHistory",
    "LandReopened",
    "LandState",
    "LotInspected",
    "LotReviewed",
    "Lower",
    "NonconformityAnswered",
    "NonconformityClosed",
    "NonconformityRaised",
    "OrdnanceFound",
    "Outcome",
    "PointAnswer",
    "Proof",
    "QaVisited",
    "QualityFact",
    "Quarantine",
    "Reason",
    "Recorded",
    "Records",
    "Register",
    "ReleaseAccepted",
    "ReleaseCase",
    "ReleaseProposed",
    "ReleaseRecord",
    "ReleaseRejected",
    "ReleaseTransferred",
    "ReportAnswered",
    "ResidentReported",
    "Role",
    "Ruling",
    "SiteOpened",
    "StageMoved",
    "StandingAccount",
    "Step",
    "TaskOrdered",
    "Timeline",
    "WorkInspected",
    "WorkReported",
    "WorkedPart",
    "accept_curve",
    "acceptance_faults",
    "account",
    "account_of",
    "accreditation_faults",
    "area_ruling",
    "class_supported",
    "evidence_class",
    "fold",
    "independent",
    "lot_fails",
    "move_ruling",
    "outranks",
    "point",
    "proof",
    "proof_of",
    "proofs",
    "proposal_ruling",
    "quarantines",
    "rule",
    "stage_of",
    "supports",
    "transfer_ruling",
    "validation_ruling",
    "walk",
    "work_period_us",
    "work_ruling",
]
