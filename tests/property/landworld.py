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
    AccreditationEnded,
    AccreditationGranted,
    Actor,
    AreaRecorded,
    AssessmentMoved,
    BoundaryCorrected,
    ClassDecided,
    CompletionDeclared,
    EvidenceRecorded,
    Finding,
    LandHandedOver,
    LandReopened,
    LotInspected,
    LotReviewed,
    NonconformityAnswered,
    NonconformityClosed,
    NonconformityRaised,
    OrdnanceFound,
    Outcome,
    QaVisited,
    RecordMoved,
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
ALL_METHODS = ("manual", "ts_systematic", "nts")

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
    AccreditationGranted: ANA,
    AccreditationEnded: ANA,
    NonconformityRaised: DOV,
    NonconformityAnswered: CHI,
    NonconformityClosed: DOV,
    LotInspected: DOV,
    LotReviewed: ANA,
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
    method = METHODS[outcome] if lawful else draw(st.sampled_from(["nts", "manual", "eod_spot"]))
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
    task_id=st.sampled_from([None, "T1"]),
    finds=st.sampled_from([(), (), (), (OrdnanceFound("mortar", SPOT),)]),
    team_id=st.sampled_from([None, "team1", "team2"]),
    asset_ids=st.sampled_from([None, None, ("dog1",)]),
    begun_us=st.sampled_from([None, None, 1, 9]),
    ended_us=st.sampled_from([None, None, 5, 11]),
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
    method=st.sampled_from([None, None, None, "eod_spot"]),
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
MOVED = st.builds(
    RecordMoved,
    st.just("x"),
    st.integers(1, 12).map("e{}".format),
    st.sampled_from(["org_ok", "rejected", "rejected", "approved", "superseded"]),
    comments=st.just("why"),
)
PAPERS = PARTS.map(lambda part_id: (part_id,))
REOPENING = st.builds(
    LandReopened,
    reopening_id=st.sampled_from(["O1", "O2"]),
    shape=boxes(),
    cause=st.just("accident"),
    class_=CLASSES,
    area_id=st.sampled_from([None, "A"]),
)
GRANT = st.builds(
    AccreditationGranted,
    accreditation_id=st.sampled_from(["c1", "c1", "c2"]),
    organisation_id=st.sampled_from(["operator", "operator", "quality"]),
    methods=st.sampled_from([ALL_METHODS, ALL_METHODS, ("manual",), ("nts",)]),
    valid_from_us=st.sampled_from([0, 0, 3, 6]),
    valid_until_us=st.sampled_from([None, None, 4, 8]),
    scope=st.sampled_from([(), (), ("mortar",), ("rocket",)]),
)
ENDED = st.builds(
    AccreditationEnded, st.sampled_from(["c1", "c1", "c2"]), st.just("operator"), st.just("why")
)
RAISED = st.builds(
    NonconformityRaised,
    nonconformity_id=st.sampled_from(["n1", "n2"]),
    organisation_id=st.sampled_from(["operator", "operator", "quality"]),
    severity=st.sampled_from(["critical", "major", "minor"]),
    kind=st.just("depth"),
    note=st.just("seen"),
    work_id=st.sampled_from([None, "W1", "W2"]),
    task_id=st.sampled_from([None, None, "T1"]),
    part_ids=st.sampled_from([(), ("p1",), ("p2",)]),
    team_id=st.sampled_from([None, None, "team1"]),
)
LOT = st.builds(
    LotInspected,
    lot_id=st.sampled_from(["L1", "L2"]),
    organisation_id=st.sampled_from(["quality", "quality", "operator"]),
    passed=st.sampled_from([True, True, False]),
    from_us=st.integers(1, 10),
    until_us=st.integers(1, 10),
    part_ids=st.sampled_from([(), ("p1",), ("p1", "p2"), ("t1",)]),
    work_ids=st.sampled_from([(), ("W1",), ("W2",)]),
    team_ids=st.sampled_from([(), ("team1",), ("team2",)]),
    asset_ids=st.sampled_from([(), (), ("dog1",)]),
    inspected_id=st.sampled_from([None, "operator"]),
    inspected_share=st.sampled_from([None, Decimal("0.1"), Decimal(0)]),
    items_found=st.sampled_from([0, 0, 0, 1]),
    findings=st.sampled_from([(), (), (Finding("critical", "item"),)]),
)
REVIEW = st.builds(
    LotReviewed,
    st.just("V1"),
    st.sampled_from(["L1", "L2"]),
    st.just("looked at"),
    st.sampled_from([None, ANA, BO, BO, Actor("bo", "operator", "authority")]),
)
QUALITY = st.one_of(
    GRANT,
    ENDED,
    RAISED,
    st.builds(
        NonconformityAnswered,
        st.sampled_from(["n1", "n2"]),
        st.just("haste"),
        st.sampled_from(["trained", "trained", " "]),
    ),
    st.builds(NonconformityClosed, st.sampled_from(["n1", "n2"]), st.just("seen")),
    LOT,
    REVIEW,
    st.builds(QaVisited, st.just("v1"), st.just("operator"), st.just("quality"), st.just("lanes")),
)
QUIET = st.one_of(
    st.builds(AccidentRecorded, st.just("X1"), st.just("mine"), st.just(SPOT)),
    st.builds(ResidentReported, st.just("Q1"), st.just(SPOT), st.just("shell")),
    st.builds(ReportAnswered, st.just("Q1"), st.just("no_hazard")),
    st.builds(
        TaskOrdered,
        task_id=st.sampled_from(["T1", "T2", "T3"]),
        area_id=AREAS,
        organisation_id=st.sampled_from(["operator", "other"]),
        methods=st.just(("manual",)),
        donor_id=st.sampled_from([None, "giver", "lender"]),
    ),
    st.builds(StageMoved, st.just("T1"), st.sampled_from(["released", "closed", "handed_over"])),
    # One branch of its own, or the quiet facts would crowd out what moves the land.
    st.one_of(
        st.builds(AssessmentMoved, AREAS, st.just("area"), st.just("no_hazard_found")),
        st.builds(
            LandHandedOver, st.just("V1"), AREAS, st.just("users"), *(st.just("told"),) * 3, PAPERS
        ),
        st.builds(
            CompletionDeclared, st.just("C1"), boxes(), st.just("done"), st.sampled_from([None, BO])
        ),
        MOVED,
        MOVED,
        MOVED,
    ).map(lambda fact: fact),
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
