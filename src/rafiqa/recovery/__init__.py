"""Rebuilding: assets, projects, rubble, and the gate that ties them to released land.

Pure, like ``land``. May not know how likely contamination is, nor stores, files or screens.
"""

from rafiqa.recovery.asset import (
    ASSET_POLICY,
    CLOSED,
    CONDITIONS,
    OPEN,
    OUTCOMES,
    POINT_REACH_MM,
    AssetGate,
    AssetTable,
    ask_gate_all,
    with_ground,
)
from rafiqa.recovery.fact import (
    LayerRegistered,
    ProjectRegistered,
    RecoveryFact,
    RubbleLotMoved,
    RubbleLotRegistered,
)
from rafiqa.recovery.gate import Gate, GateAnswer, GatePolicy, ask_gate, is_undug, worst
from rafiqa.recovery.register import RecoveryRegister, register

__all__ = [
    "ASSET_POLICY",
    "CLOSED",
    "CONDITIONS",
    "OPEN",
    "OUTCOMES",
    "POINT_REACH_MM",
    "AssetGate",
    "AssetTable",
    "Gate",
    "GateAnswer",
    "GatePolicy",
    "LayerRegistered",
    "ProjectRegistered",
    "RecoveryFact",
    "RecoveryRegister",
    "RubbleLotMoved",
    "RubbleLotRegistered",
    "ask_gate",
    "ask_gate_all",
    "is_undug",
    "register",
    "with_ground",
    "worst",
]
