"""The heart: evidence, classes, states, parts, depth, accounting, and the rulings on them.

Pure: no framework, database, codec, clock or randomness. This room may not know how facts
are stored, sent or drawn, nor what is built on the land.
"""

from rafiqa.land.account import Account, ClassAccount, account
from rafiqa.land.actor import ROLES, Actor, Role
from rafiqa.land.book import ClusterCache, LandBook, fold
from rafiqa.land.effect import acceptance_faults, raised_since, walk, walk_on
from rafiqa.land.evidence import class_supported, evidence_class, outranks
from rafiqa.land.exactness import Exactness, exactness
from rafiqa.land.face import SLIVER_WIDTH_MM, Face, Sliver
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
from rafiqa.land.point import UNRECORDED, PointAnswer, point
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
from rafiqa.land.stage import MOVES, VALIDATION_MOVES, move_ruling, stage_of, validation_ruling
from rafiqa.land.timeline import HAZARD, LandState, Step, Timeline

__all__ = [
    "HAZARD",
    "MOVES",
    "ROLES",
    "SLIVER_WIDTH_MM",
    "UNRECORDED",
    "VALIDATION_MOVES",
    "AccidentRecorded",
    "Account",
    "Actor",
    "AreaRecord",
    "AreaRecorded",
    "BoundaryCorrected",
    "ClassAccount",
    "ClassDecided",
    "ClusterCache",
    "EvidenceRecorded",
    "Exactness",
    "Face",
    "Finding",
    "HazardClass",
    "LandBook",
    "LandFact",
    "LandReopened",
    "LandState",
    "Lower",
    "OrdnanceFound",
    "Outcome",
    "PointAnswer",
    "Reason",
    "Recorded",
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
    "Sliver",
    "StageMoved",
    "Step",
    "TaskOrdered",
    "Timeline",
    "WorkInspected",
    "WorkReported",
    "WorkedPart",
    "acceptance_faults",
    "account",
    "area_ruling",
    "class_supported",
    "evidence_class",
    "exactness",
    "fold",
    "move_ruling",
    "outranks",
    "point",
    "proposal_ruling",
    "raised_since",
    "rule",
    "stage_of",
    "supports",
    "transfer_ruling",
    "validation_ruling",
    "walk",
    "walk_on",
    "work_ruling",
]
