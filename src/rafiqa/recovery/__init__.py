"""Rebuilding: assets, projects, rubble, and the gate that ties them to released land.

Pure, like ``land``. May not know how likely contamination is, nor stores, files or screens.
"""

from rafiqa.recovery.answer import Gate, GateAnswer, GatePolicy, worst
from rafiqa.recovery.asset import (
    ASSET_POLICY,
    CLOSED,
    CONDITIONS,
    LINE_WIDTH_M,
    OPEN,
    OUTCOMES,
    POINT_REACH_MM,
    AssetGate,
    AssetTable,
    ask_gate_all,
    with_ground,
)
from rafiqa.recovery.belowgate import bombed
from rafiqa.recovery.checklist import QUESTIONS, Rated, rated
from rafiqa.recovery.damage import DamageAssessed, DamageLinked, StructureTagged
from rafiqa.recovery.damagescale import (
    GRADES,
    SCALE_LISTS,
    SPANS,
    GradeSpan,
    is_hint,
    span_of,
    worsens,
)
from rafiqa.recovery.epoch import AssetGroup, AssetsMatched, Epochs, Line, MatchReviewed, Step
from rafiqa.recovery.fact import (
    LayerRegistered,
    ProjectRegistered,
    RecoveryFact,
    RubbleLotMoved,
    RubbleLotRegistered,
    SheetStated,
)
from rafiqa.recovery.gate import ask_gate, is_undug
from rafiqa.recovery.gatechain import CHAIN, PAPER_GATES, PaperGate
from rafiqa.recovery.happening import Happening, Hit
from rafiqa.recovery.lifting import works_of
from rafiqa.recovery.matching import Candidate, Matching, MatchPolicy, match
from rafiqa.recovery.notice import ChasePolicy, Notice, Stop, notice, party_of
from rafiqa.recovery.papergate import CLOSING_RIGHTS
from rafiqa.recovery.permit import (
    ISSUERS,
    PermitBook,
    PermitCase,
    PermitStanding,
    grounds,
    override_faults,
    seen,
    standing,
    uncovered,
)
from rafiqa.recovery.permitfact import (
    Ground,
    NoticeAcknowledged,
    Party,
    PermitEnded,
    PermitFact,
    PermitIssued,
)
from rafiqa.recovery.protectedsite import PROTECTED_SITES, ProtectedSite
from rafiqa.recovery.register import RecoveryRegister, following, is_of_rebuilding, register
from rafiqa.recovery.reportplace import ReportPlace, report_places, report_reach_mm
from rafiqa.recovery.resident import ReporterTold, RequestAnswered, ResidentAsked
from rafiqa.recovery.rubblegate import PlacedFind
from rafiqa.recovery.sitefact import (
    BombSearched,
    ChanceFindAnswered,
    ChanceFound,
    CrewBriefed,
    EodSupportAgreed,
    HazmatScreened,
    MethodStated,
    PictureKept,
    ProtectionConsented,
    RightsChecked,
    RightsClaimed,
    RubbleLifted,
    SiteFact,
    SiteRated,
    UtilitiesNoted,
    WorksClosed,
)
from rafiqa.recovery.sitefolder import Paper, SiteFolder
from rafiqa.recovery.sitepapers import SitePapers
from rafiqa.recovery.stopwork import Asked, Asking, StopWork, reports_near
from rafiqa.recovery.structuregate import StructureTag, Tags
from rafiqa.recovery.tag import TagStanding, hits_on, tag_of

__all__ = [
    "ASSET_POLICY",
    "CHAIN",
    "CLOSED",
    "CLOSING_RIGHTS",
    "CONDITIONS",
    "GRADES",
    "ISSUERS",
    "LINE_WIDTH_M",
    "OPEN",
    "OUTCOMES",
    "PAPER_GATES",
    "POINT_REACH_MM",
    "PROTECTED_SITES",
    "QUESTIONS",
    "SCALE_LISTS",
    "SPANS",
    "Asked",
    "Asking",
    "AssetGate",
    "AssetGroup",
    "AssetTable",
    "AssetsMatched",
    "BombSearched",
    "Candidate",
    "ChanceFindAnswered",
    "ChanceFound",
    "ChasePolicy",
    "CrewBriefed",
    "DamageAssessed",
    "DamageLinked",
    "EodSupportAgreed",
    "Epochs",
    "Gate",
    "GateAnswer",
    "GatePolicy",
    "GradeSpan",
    "Ground",
    "Happening",
    "HazmatScreened",
    "Hit",
    "LayerRegistered",
    "Line",
    "MatchPolicy",
    "MatchReviewed",
    "Matching",
    "MethodStated",
    "Notice",
    "NoticeAcknowledged",
    "Paper",
    "PaperGate",
    "Party",
    "PermitBook",
    "PermitCase",
    "PermitEnded",
    "PermitFact",
    "PermitIssued",
    "PermitStanding",
    "PictureKept",
    "PlacedFind",
    "ProjectRegistered",
    "ProtectedSite",
    "ProtectionConsented",
    "Rated",
    "RecoveryFact",
    "RecoveryRegister",
    "ReportPlace",
    "ReporterTold",
    "RequestAnswered",
    "ResidentAsked",
    "RightsChecked",
    "RightsClaimed",
    "RubbleLifted",
    "RubbleLotMoved",
    "RubbleLotRegistered",
    "SheetStated",
    "SiteFact",
    "SiteFolder",
    "SitePapers",
    "SiteRated",
    "Step",
    "Stop",
    "StopWork",
    "StructureTag",
    "StructureTagged",
    "TagStanding",
    "Tags",
    "UtilitiesNoted",
    "WorksClosed",
    "ask_gate",
    "ask_gate_all",
    "bombed",
    "following",
    "grounds",
    "hits_on",
    "is_hint",
    "is_of_rebuilding",
    "is_undug",
    "match",
    "notice",
    "override_faults",
    "party_of",
    "rated",
    "register",
    "report_places",
    "report_reach_mm",
    "reports_near",
    "seen",
    "span_of",
    "standing",
    "tag_of",
    "uncovered",
    "with_ground",
    "works_of",
    "worsens",
    "worst",
]
