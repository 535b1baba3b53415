"""A small world for the land machine: a 40 m box, few areas, few people, few dates.

Everything is small on purpose, so that ids are reused, dates tie, outlines touch, and the
same person turns up in two roles.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st

from rafiqa.geo import GridShape, Spot
from rafiqa.land import (
    AccidentRecorded,
    Actor,
    AreaRecorded,
    BoundaryCorrected,
    ClassDecided,
    EvidenceRecorded,
    Finding,
    LandReopened,
    Outcome,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    ReleaseTransferred,
    ReportAnswered,
    ResidentReported,
    StageMoved,
    StructureRegistered,
    TaskOrdered,
    Unit,
    WorkedPart,
    WorkInspected,
    WorkReported,
)

STEP_MM = 10_000
SLIVER_MM = 50
"""How far some lines are off the lattice: a strip of 10 m by 5 cm, under 1 m²."""
TIMES = st.integers(1, 12)
AREAS = st.sampled_from(["A", "B"])
WORKS = st.sampled_from(["W1", "W2"])
RELEASES = st.sampled_from(["R1", "R2"])
PARTS = st.sampled_from(["p1", "p2", "p3"])
EVIDENCE = st.sampled_from(["E1", "E2"])
CLASSES: Any = st.sampled_from(["indication", "sha", "cha"])
OUTCOMES: Any = st.sampled_from(["cleared", "cleared", "reduced", "cancelled", "not_cleared"])
METHODS = {
    "cleared": "manual",
    "reduced": "ts_systematic",
    "cancelled": "nts",
    "not_cleared": "none",
}
PERSONS = st.sampled_from(["ana", "bo", "chi", "dov"])
FIRMS = st.sampled_from(["authority", "operator", "quality"])
ROLES: Any = st.sampled_from(["authority", "authority", "operator", "quality", "resident"])
SPOT = Spot(3_700_000_000, 3_600_000_000)

ANA, BO = Actor("ana", "authority", "authority"), Actor("bo", "authority", "authority")
CHI, DOV = Actor("chi", "operator", "operator"), Actor("dov", "quality", "quality")
DUTY = {
    AreaRecorded: ANA,
    BoundaryCorrected: ANA,
    ClassDecided: ANA,
    ReleaseTransferred: ANA,
    WorkReported: CHI,
    WorkInspected: DOV,
    ReleaseProposed: ANA,
    ReleaseAccepted: BO,
}


@st.composite
def boxes(draw: Any, most: int = 4) -> GridShape:
    """A rectangle on the lattice, at times a sliver off it."""
    x, y = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    w, h = draw(st.integers(1, most)), draw(st.integers(1, most))
    off = draw(st.sampled_from([0, 0, 0, SLIVER_MM]))
    x1, y1 = min(4, x + w) * STEP_MM, min(4, y + h) * STEP_MM
    return GridShape.box(x * STEP_MM, y * STEP_MM, x1 + off, y1)


UNITS = {"S1": ("u1", "u2"), "S2": ("v1", "S2.ground")}
"""What each structure may have; a second record may name more, and none names all it needs."""
UNIT_IDS = st.sampled_from([*(None,) * 6, "u1", "u2", "v1", "S1.ground", "S2.ground", "lost"])
DEPTHS_FROM = st.sampled_from([*(None,) * 8, 0, 10, 20, 30])
ACTORS = st.builds(Actor, PERSONS, FIRMS, ROLES)
DEPTHS = st.sampled_from([None, 0, 20, 50, 50])


@st.composite
def parts(draw: Any, shapes: Any = None, ids: Any = PARTS) -> WorkedPart:
    """A worked part, mostly with what its outcome needs."""
    outcome = draw(OUTCOMES)
    lawful = draw(st.integers(0, 5)) > 0
    deep = st.sampled_from([20, 20, 50])
    depth_cm = draw(deep if lawful and outcome == "cleared" else DEPTHS)
    method = METHODS[outcome] if lawful else draw(st.sampled_from(["nts", "manual"]))
    answered = draw(st.sampled_from([("E1", "E2"), ("E1", "E2"), ("E1",), ()]))
    shape = draw(boxes() if shapes is None else shapes)
    return WorkedPart(
        draw(ids),
        outcome,
        shape,
        method,
        depth_cm,
        reason="wall",
        evidence_answered=answered,
        unit_id=draw(UNIT_IDS),
        depth_from_cm=draw(DEPTHS_FROM) if outcome == "cleared" or not lawful else None,
    )


@st.composite
def structures(draw: Any) -> StructureRegistered:
    """A record of one of two structures, with some of its units."""
    structure_id = draw(st.sampled_from(sorted(UNITS)))
    ids = draw(st.lists(st.sampled_from(UNITS[structure_id]), max_size=2, unique=True))
    kinds = st.sampled_from(["storey", "roof", "ground_beneath"])
    units = tuple(Unit(unit_id, draw(kinds)) for unit_id in ids)
    return StructureRegistered(structure_id, "building", draw(boxes(2)), units)


def building_parts(n: int, shape: GridShape, slip: str) -> tuple[WorkedPart, ...]:
    """Work in every unit of a building of two units and its ground, with at most one slip."""
    first, second, ground = f"a{n}", f"b{n}", f"s{n}.ground"
    known: dict[str, list[tuple[int | None, int]]] = {
        "no surface": [(30, 50)],
        "gap": [(None, 20), (30, 50)],
        "layers": [(None, 20), (20, 50)],
    }
    intervals = known.get(slip, [(None, 50)])
    parts = [
        _unit_part(f"g{n}-{begin_cm}", shape, ground, end_cm, begin_cm)
        for begin_cm, end_cm in intervals
    ]
    parts.append(_unit_part(f"b{n}", shape, second, 20, None))
    outcome: Outcome = "reduced" if slip == "reduced" else "cleared"
    named = None if slip == "plain" else first
    made = _unit_part(f"a{n}", shape, named, 20, None)
    parts.append(replace(made, outcome=outcome, method=METHODS[outcome]))
    if slip == "not cleared":
        left = _unit_part(f"l{n}", shape, first, None, None)
        parts.append(replace(left, outcome="not_cleared", method="none"))
    dropped = {"no storey": f"a{n}", "no ground": f"g{n}-None"}.get(slip)
    if slip == "all plain":
        parts = [replace(made, unit_id=None)]
    return tuple(part for part in parts if part.part_id != dropped)


def _unit_part(
    part_id: str, shape: GridShape, unit_id: str | None, end_cm: int | None, begin_cm: int | None
) -> WorkedPart:
    return WorkedPart(
        part_id,
        "cleared",
        shape,
        "manual",
        end_cm,
        reason="wall",
        evidence_answered=("E1", "E2"),
        unit_id=unit_id,
        depth_from_cm=begin_cm,
    )


SLIPS = st.sampled_from(
    [
        *("none", "none", "layers", "reduced", "plain", "all plain", "no storey", "no ground"),
        *("not cleared", "no surface", "gap", "late", "dated late", "more units", "wider"),
    ]
)
"""How the story of a building goes wrong, if it does."""


def building(n: int, shape: GridShape, more: str | None = None) -> StructureRegistered:
    """A building of two units, or of one more."""
    units = [Unit(f"a{n}", "storey"), Unit(f"b{n}", "roof")]
    if more is not None:
        units = [Unit(more, "void")]
    return StructureRegistered(f"s{n}", "building", shape, tuple(units))


WORK = st.builds(
    WorkReported,
    work_id=WORKS,
    area_id=AREAS,
    organisation_id=st.just("operator"),
    parts=st.lists(parts(), min_size=1, max_size=2).map(tuple),
    person_ids=st.sampled_from([("chi",), ("chi", "bo"), ()]),
)
INSPECTION = st.builds(
    WorkInspected,
    inspection_id=st.sampled_from(["I1", "I2"]),
    work_id=WORKS,
    organisation_id=st.sampled_from(["quality", "quality", "operator"]),
    passed=st.sampled_from([True, True, False]),
    inspected_share=st.sampled_from([None, Decimal("0.1"), Decimal(0)]),
    findings=st.sampled_from([(), (), (Finding("critical", "item"),), (Finding("minor", "sign"),)]),
)
PROPOSAL = st.builds(
    ReleaseProposed, RELEASES, WORKS, st.lists(PARTS, max_size=2, unique=True).map(tuple)
)
TRANSFER = st.builds(
    ReleaseTransferred,
    part_id=st.sampled_from(["p1", "t1", "t2"]),
    outcome=OUTCOMES,
    shape=boxes(),
    released_by=st.sampled_from(["city", "city", "firm"]),
    source=st.just("file"),
    area_id=st.sampled_from([None, None, "A"]),
    depth_cm=st.sampled_from([None, 10, 30]),
    operator=st.just("firm"),
    reason=st.just("wall"),
)
BOUNDARY = st.builds(
    BoundaryCorrected,
    area_id=AREAS,
    shape=boxes(),
    justification=st.just("survey"),
    confirmed_by=st.sampled_from([None, ANA, BO, BO, Actor("chi", "operator", "operator")]),
)
EVIDENCE_ITEM = st.builds(
    EvidenceRecorded,
    evidence_id=EVIDENCE,
    kind=st.sampled_from(["crater", "unused_land", "contrary_use", "not_asked"]),
    source_kind=st.sampled_from(["visual", "verbal"]),
    area_id=st.sampled_from([None, "A", "B"]),
)
AREA = st.builds(
    AreaRecorded,
    area_id=AREAS,
    class_=CLASSES,
    shape=boxes(),
    evidence_ids=st.sampled_from([(), (), ("E1",)]),
)
REOPENING = st.builds(
    LandReopened,
    reopening_id=st.sampled_from(["O1", "O2"]),
    shape=boxes(),
    cause=st.just("accident"),
    class_=CLASSES,
    area_id=st.sampled_from([None, "A"]),
)
QUIET = st.one_of(
    st.builds(AccidentRecorded, st.just("X1"), st.just("mine"), st.just(SPOT)),
    st.builds(ResidentReported, st.just("Q1"), st.just(SPOT), st.just("shell")),
    st.builds(ReportAnswered, st.just("Q1"), st.just("no_hazard")),
    st.builds(TaskOrdered, st.just("T1"), AREAS, st.just("operator"), st.just(("manual",))),
    st.builds(StageMoved, st.just("T1"), st.sampled_from(["released", "closed", "handed_over"])),
)
DECISION = st.one_of(
    st.builds(ReleaseAccepted, RELEASES), st.builds(ReleaseRejected, RELEASES, st.just("no"))
)
RAISING = (
    AreaRecorded,
    EvidenceRecorded,
    LandReopened,
    AccidentRecorded,
    ResidentReported,
)
