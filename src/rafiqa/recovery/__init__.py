"""Rebuilding: assets, projects, rubble, and the gate that ties them to released land.

Pure, like ``land``. May not know how likely contamination is, nor stores, files or screens.
"""

from rafiqa.recovery.asset import (
    ASSET_POLICY,
    LINE_WIDTH_M,
    OUTCOMES,
    AssetGate,
    AssetTable,
    ask_gate_all,
    with_ground,
)
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
)
from rafiqa.recovery.gate import Gate, GateAnswer, GatePolicy, ask_gate, worst
from rafiqa.recovery.happening import Happening, Hit
from rafiqa.recovery.matching import Candidate, Matching, MatchPolicy, match
from rafiqa.recovery.register import RecoveryRegister, register
from rafiqa.recovery.tag import TagStanding, hits_on, tag_of

__all__ = [
    "ASSET_POLICY",
    "GRADES",
    "LINE_WIDTH_M",
    "OUTCOMES",
    "SCALE_LISTS",
    "SPANS",
    "AssetGate",
    "AssetGroup",
    "AssetTable",
    "AssetsMatched",
    "Candidate",
    "DamageAssessed",
    "DamageLinked",
    "Epochs",
    "Gate",
    "GateAnswer",
    "GatePolicy",
    "GradeSpan",
    "Happening",
    "Hit",
    "LayerRegistered",
    "Line",
    "MatchPolicy",
    "MatchReviewed",
    "Matching",
    "ProjectRegistered",
    "RecoveryFact",
    "RecoveryRegister",
    "RubbleLotMoved",
    "RubbleLotRegistered",
    "Step",
    "StructureTagged",
    "TagStanding",
    "ask_gate",
    "ask_gate_all",
    "hits_on",
    "is_hint",
    "match",
    "register",
    "span_of",
    "tag_of",
    "with_ground",
    "worsens",
    "worst",
]
