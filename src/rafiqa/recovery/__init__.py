"""Rebuilding: assets, projects, rubble, and the gate that ties them to released land.

Pure, like ``land``. May not know how likely contamination is, nor stores, files or screens.
"""

from rafiqa.recovery.asset import (
    ASSET_POLICY,
    OUTCOMES,
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
from rafiqa.recovery.gate import Gate, GateAnswer, GatePolicy, ask_gate, worst
from rafiqa.recovery.notice import ChasePolicy, Notice, Stop, notice
from rafiqa.recovery.permit import (
    ISSUERS,
    PermitBook,
    PermitCase,
    PermitStanding,
    grounds,
    override_faults,
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
from rafiqa.recovery.register import RecoveryRegister, register
from rafiqa.recovery.stopwork import StopWork, reports_near

__all__ = [
    "ASSET_POLICY",
    "ISSUERS",
    "OUTCOMES",
    "AssetGate",
    "AssetTable",
    "ChasePolicy",
    "Gate",
    "GateAnswer",
    "GatePolicy",
    "Ground",
    "LayerRegistered",
    "Notice",
    "NoticeAcknowledged",
    "Party",
    "PermitBook",
    "PermitCase",
    "PermitEnded",
    "PermitFact",
    "PermitIssued",
    "PermitStanding",
    "ProjectRegistered",
    "RecoveryFact",
    "RecoveryRegister",
    "RubbleLotMoved",
    "RubbleLotRegistered",
    "Stop",
    "StopWork",
    "ask_gate",
    "ask_gate_all",
    "grounds",
    "notice",
    "override_faults",
    "register",
    "reports_near",
    "standing",
    "uncovered",
    "with_ground",
    "worst",
]
