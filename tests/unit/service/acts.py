"""Every verb as one message: what is sent, by whom it may be, and a neighbour with other words.

``ACTS`` holds each verb in an office that has come as far as the verb needs; ``other`` is
another content that the same entry id must not take.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rafiqa import service
from rafiqa.land import (
    AccidentRecorded,
    Actor,
    AreaRecorded,
    BoundaryCorrected,
    ClassDecided,
    LandReopened,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    ReleaseTransferred,
    ReportAnswered,
    ResidentReported,
    SiteOpened,
    StageMoved,
    StructureRegistered,
    TaskOrdered,
    Unit,
)
from rafiqa.recovery import (
    LayerRegistered,
    ProjectRegistered,
    RubbleLotMoved,
    RubbleLotRegistered,
)
from rafiqa.service import Acted, Office, Stamp
from tests.unit.service.ground import (
    AUTHORITY,
    ENGINEER,
    FIRST,
    INFORMATION,
    INSPECTOR,
    OPERATOR,
    ORIGIN,
    RESIDENT,
    SECOND,
    SURVEYOR,
    evidence,
    inspection,
    square,
    work,
)

Verb = Callable[[Office, Actor, Any, Stamp], Acted]


@dataclass(frozen=True)
class Act:
    """One verb: how far the office is, who acts, what they send, and something else."""

    stage: str
    actor: Actor
    fact: object
    other: object
    verb: Verb


def _layer(office: Office, actor: Actor, fact: Any, stamp: Stamp) -> Acted:
    shape = office.frame.to_lonlat(square()).geometry
    rows = ([fact.source or "b1"], np.array([shape], dtype=object), {"kind": ["house"]})
    return service.register_layer(office, actor, fact, rows, stamp)


AREA = AreaRecorded("A9", "cha", square(200), "Orchard", ("E1",))
TASK = TaskOrdered("T9", "A1", OPERATOR.organisation_id, ("manual",), 30)
TAKEN = ReleaseTransferred("T9", "cleared", square(400), "other body", "map", None, 50)
ACCIDENT = AccidentRecorded("X1", "ordnance", ORIGIN)
TOLD = ResidentReported("S9", ORIGIN, "eo_seen")
PROJECT = ProjectRegistered("J1", "School", "school", square(), 20)
LOT = RubbleLotRegistered("H9", "Heap", ORIGIN)
ANSWER = ReportAnswered("S1", "nothing_found", None, "visited")
ACTS: dict[str, Act] = {
    "open_site": Act(
        "bare",
        FIRST,
        SiteOpened("Old Town", ORIGIN, AUTHORITY),
        SiteOpened("New Town", ORIGIN, AUTHORITY),
        service.open_site,
    ),
    "record_evidence": Act(
        "site", SURVEYOR, evidence(), replace(evidence(), kind="crater"), service.record_evidence
    ),
    "declare_area": Act("area", SURVEYOR, AREA, replace(AREA, class_="sha"), service.declare_area),
    "decide_class": Act(
        "area",
        FIRST,
        ClassDecided("A1", "sha", (), "resurveyed"),
        ClassDecided("A1", "indication", (), "resurveyed"),
        service.decide_class,
    ),
    "correct_boundary": Act(
        "area",
        FIRST,
        BoundaryCorrected("A1", square(0, 0, 90), "drawn anew", SECOND),
        BoundaryCorrected("A1", square(0, 0, 10), "drawn anew", SECOND),
        service.correct_boundary,
    ),
    "order_work": Act("area", FIRST, TASK, replace(TASK, depth_cm=5), service.order_work),
    "move_task": Act(
        "task",
        OPERATOR,
        StageMoved("T1", "in_progress"),
        StageMoved("T1", "suspended", "storm"),
        service.move_task,
    ),
    "report_work": Act("task", OPERATOR, work(), work(depth_cm=200), service.report_work),
    "inspect_work": Act(
        "work", INSPECTOR, inspection(), inspection(passed=False), service.inspect_work
    ),
    "propose_release": Act(
        "inspected",
        FIRST,
        ReleaseProposed("R1", "W1", ("P1",)),
        ReleaseProposed("R1", "W1", ("P1",), "in haste"),
        service.propose_release,
    ),
    "accept_release": Act(
        "proposed",
        SECOND,
        ReleaseAccepted("R1"),
        ReleaseAccepted("R1", "in haste"),
        service.accept_release,
    ),
    "reject_release": Act(
        "proposed",
        SECOND,
        ReleaseRejected("R1", "depth in doubt"),
        ReleaseRejected("R1", "no"),
        service.reject_release,
    ),
    "transfer_release": Act(
        "site", INFORMATION, TAKEN, replace(TAKEN, depth_cm=200), service.transfer_release
    ),
    "reopen_land": Act(
        "released",
        FIRST,
        LandReopened("O1", square(), "missed_item"),
        LandReopened("O1", square(0, 0, 1), "flood"),
        service.reopen_land,
    ),
    "register_structure": Act(
        "released",
        SURVEYOR,
        StructureRegistered("B1", "building", square(), (Unit("B1.0", "storey", 0),)),
        StructureRegistered("B1", "building", square(), (Unit("B1.0", "roof"),)),
        service.register_structure,
    ),
    "record_accident": Act(
        "released", SURVEYOR, ACCIDENT, replace(ACCIDENT, injured=3), service.record_accident
    ),
    "report_hazard": Act(
        "site", RESIDENT, TOLD, replace(TOLD, seen="crater"), service.report_hazard
    ),
    "answer_report": Act(
        "told", FIRST, ANSWER, replace(ANSWER, outcome="marked"), service.answer_report
    ),
    "register_layer": Act(
        "site",
        ENGINEER,
        LayerRegistered("L1", "buildings", "", 0),
        LayerRegistered("L1", "buildings", "", 0, "elsewhere"),
        _layer,
    ),
    "register_project": Act(
        "site", ENGINEER, PROJECT, replace(PROJECT, depth_cm=0), service.register_project
    ),
    "register_rubble_lot": Act(
        "site", ENGINEER, LOT, replace(LOT, volume_m3=9), service.register_rubble_lot
    ),
    "move_rubble_lot": Act(
        "heap",
        ENGINEER,
        RubbleLotMoved("H1", "rated"),
        RubbleLotMoved("H1", "removed"),
        service.move_rubble_lot,
    ),
}
