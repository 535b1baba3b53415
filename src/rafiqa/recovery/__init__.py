"""Rebuilding: assets, projects, rubble, and the gate that ties them to released land.

Pure, like ``land``. May not know how likely contamination is, nor stores, files or screens.
"""

from rafiqa.recovery.answer import Gate, GateAnswer, GatePolicy, worst
from rafiqa.recovery.asset import (
    ASSET_POLICY,
    OUTCOMES,
    AssetGate,
    AssetTable,
    ask_gate_all,
    with_ground,
)
from rafiqa.recovery.checklist import QUESTIONS, Rated, rated
from rafiqa.recovery.fact import (
    LayerRegistered,
    ProjectRegistered,
    RecoveryFact,
    RubbleLotMoved,
    RubbleLotRegistered,
    SheetStated,
)
from rafiqa.recovery.gate import ask_gate
from rafiqa.recovery.gatechain import CHAIN, PAPER_GATES, PaperGate
from rafiqa.recovery.register import RecoveryRegister, is_of_rebuilding, register
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
from rafiqa.recovery.structuregate import StructureTag, Tags

__all__ = [
    "ASSET_POLICY",
    "CHAIN",
    "OUTCOMES",
    "PAPER_GATES",
    "QUESTIONS",
    "AssetGate",
    "AssetTable",
    "BombSearched",
    "ChanceFindAnswered",
    "ChanceFound",
    "CrewBriefed",
    "EodSupportAgreed",
    "Gate",
    "GateAnswer",
    "GatePolicy",
    "HazmatScreened",
    "LayerRegistered",
    "MethodStated",
    "Paper",
    "PaperGate",
    "PictureKept",
    "PlacedFind",
    "ProjectRegistered",
    "Rated",
    "RecoveryFact",
    "RecoveryRegister",
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
    "StructureTag",
    "Tags",
    "UtilitiesNoted",
    "WorksClosed",
    "ask_gate",
    "ask_gate_all",
    "is_of_rebuilding",
    "rated",
    "register",
    "with_ground",
    "worst",
]
