"""May this project start? A standing condition, asked of the land book again each time.

The chain G0–G11 (``gatechain``). Here stand the gates of the ground: G3 released under the whole
footprint and access way, G9 depth, G10 anything reopened, and any sign of ordnance not answered;
the others have files of their own. Three outcomes each: open, open with conditions, closed. The
project's outcome is the worst.
Pure: the same facts give the same gates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import shapely

from rafiqa.geo import GridShape, join
from rafiqa.land import (
    Face,
    LandBook,
    LandState,
    Lower,
    Quarantine,
    Recorded,
    Records,
    ResidentReported,
    above_ground,
    quarantines,
    supports,
)
from rafiqa.recovery.access import Ways
from rafiqa.recovery.answer import Gate, GateAnswer, GatePolicy, Outcome, worst
from rafiqa.recovery.belowgate import below, bombed
from rafiqa.recovery.fact import ProjectRegistered
from rafiqa.recovery.gatechain import CHAIN, has_sheet, not_asked
from rafiqa.recovery.registration import registration
from rafiqa.recovery.reportplace import report_reach_mm
from rafiqa.recovery.sitefolder import SiteFolder
from rafiqa.recovery.sitepapers import SitePapers, paper_gates, structure_gates
from rafiqa.recovery.waygate import way_gates, way_not_asked

__all__ = [
    "UNDUG_SURFACES",
    "Gate",
    "GateAnswer",
    "GatePolicy",
    "Outcome",
    "ask_gate",
    "is_undug",
    "worst",
]

UNDUG_SURFACES = frozenset(
    {"paving", "asphalt", "concrete", "rubble", "floor", "water", "mixed", "unknown"}
)
"""Surfaces that clearance leaves undug: its stated depth does not hold beneath them."""


_UNCLEARED = frozenset({"gate.area.unrecorded", "gate.area.hazard"})
"""What is said of ground of the works that is not cleared at all."""


def ask_gate(
    project: ProjectRegistered,
    book: LandBook,
    valid_at_us: int,
    *,
    policy: GatePolicy | None = None,
    reports: Sequence[tuple[Recorded, tuple[int, int]]] = (),
    papers: SitePapers | None = None,
    ways: Ways | None = None,
) -> GateAnswer:
    """Returns whether a project may start at a time, gate by gate, with every reason.

    Args:
        project: what is to be built.
        book: the land book as known at the time asked about.
        valid_at_us: the time the answer is to be true at.
        policy: the country's figures; the defaults where None.
        reports: residents' reports not yet answered, each with its place in mm.
        papers: what is on record of the works beside the land; nothing where None.
        ways: the ways in over roads; not asked about where None, as no roads are on record.
    """
    policy = policy or GatePolicy()
    papers = papers or SitePapers()
    works = project.ground
    gates = list(registration(project, sheet=has_sheet(project, papers.folder)))
    gates += paper_gates(project, works, papers, valid_at_us, policy)
    ground: list[Gate] = []
    if works is not None:
        ground = _of_the_ground(project, works, book, valid_at_us, policy, reports, papers)
    gates += ground
    entry = [gate for gate in ground if gate.gate in {"G3", "G10"}]
    gates += structure_gates(project, papers, entry)
    gates += way_gates(project, ways)
    gates.sort(key=lambda gate: CHAIN.index(gate.gate))
    outcome = worst([gate.outcome for gate in gates])
    silent = (*not_asked(project, papers.folder), *way_not_asked(project, ways))
    return GateAnswer(outcome, tuple(gates), silent)


def _of_the_ground(
    project: ProjectRegistered,
    works: GridShape,
    book: LandBook,
    valid_at_us: int,
    policy: GatePolicy,
    reports: Sequence[tuple[Recorded, tuple[int, int]]],
    papers: SitePapers,
) -> list[Gate]:
    """Returns G3, G9 and G10: what the land itself says."""
    folder = papers.folder
    near = [
        (face, state)
        for face in book.near(works, policy.distance_mm)
        if (state := face.timeline.at(valid_at_us)) is not None
    ]
    gates = _quarantine(near, book, valid_at_us)
    gates += _ground(works, near, policy, released=not gates)
    gates += _units(near, book)
    gates += _depth(project, works, near, book)
    witnesses = _witnesses(works, book, valid_at_us, policy)
    codes = {gate.code for gate in gates}
    # Hazard that the works only touch has no area of theirs.
    uncleared = any(gate.params.get("area_m2") for gate in gates if gate.code in _UNCLEARED)
    certified = "gate.depth.sufficient" in codes and not uncleared
    signs = bombed(book, witnesses)
    gates += below(project, folder, signs, certified=certified, elsewhere=papers.elsewhere)
    gates += _reopening(near, book, _waiting(works, reports, policy), witnesses)
    return [_watched(gate, folder, valid_at_us) for gate in gates]


def _watched(gate: Gate, folder: SiteFolder, valid_at_us: int) -> Gate:
    """Returns the answer about ground off the record, with the ordnance team that stands by.

    A team never opens hazard: what is closed stays closed. It says who watches over ground that
    nothing is on record of, and until when.
    """
    support = folder.support(valid_at_us)
    if support is None or gate.code != "gate.area.unrecorded":
        return gate
    return replace(
        gate,
        code="gate.area.unrecorded-watched",
        params={**gate.params, "team": support.fact.team},
        fact_ids=(support.entry_id,),
        who=support.fact.organisation_id,
        until_us=support.fact.until_us,
    )


def _quarantine(
    near: Sequence[tuple[Face, LandState]], book: LandBook, valid_at_us: int
) -> list[Gate]:
    """Returns why released ground is closed: it rests on work that a failed lot stopped."""
    about: dict[Quarantine, list[LandState]] = {}
    for _, state in near:
        for stop in quarantines(book.register, state, valid_at_us):
            about.setdefault(stop, []).append(state)
    return [
        Gate(
            "G3",
            "closed",
            "gate.area.quarantined",
            {"work": stop.work_id, "lot": stop.lot_id},
            _areas(states),
        )
        for stop, states in about.items()
    ]


def _ground(
    works: GridShape,
    near: Sequence[tuple[Face, LandState]],
    policy: GatePolicy,
    *,
    released: bool,
) -> Iterator[Gate]:
    hazards: dict[str, list[tuple[Face, LandState]]] = {}
    for face, state in near:
        if state.is_hazard:
            hazards.setdefault(state.status, []).append((face, state))
    for status in sorted(hazards):
        area_ids = _areas(state for _, state in hazards[status])
        overlap2 = sum(works.intersection(face.shape).area2_mm2 for face, _ in hazards[status])
        params: dict[str, str | int] = {"class": status, "area_m2": _whole_m2(overlap2)}
        yield Gate("G3", "closed", "gate.area.hazard", params, area_ids)
    left2 = _off_record(works, [face.shape for face, _ in near])
    if left2 > _noise2(works, policy):
        left_m2 = {"area_m2": _whole_m2(left2)}
        yield Gate("G3", "conditions", "gate.area.unrecorded", left_m2, who="authority")
    elif not hazards and released:
        yield Gate("G3", "open", "gate.area.released", {}, _areas(state for _, state in near))


def _units(near: Sequence[tuple[Face, LandState]], book: LandBook) -> Iterator[Gate]:
    """Yields, per structure on or beside the works, the units that keep its ground closed."""
    open_units: dict[str, list[str]] = {}
    claims: dict[str, list[LandState]] = {}
    for _, state in near:
        for unit_id, status in state.units:
            if status is None and state.is_hazard:
                for known in book.register.units[unit_id]:
                    open_units.setdefault(known.structure_id, []).append(unit_id)
                    claims.setdefault(known.structure_id, []).append(state)
    for structure_id in sorted(open_units):
        units = list(dict.fromkeys(open_units[structure_id]))
        params: dict[str, str | int] = {
            "structure": structure_id,
            "n": len(units),
            "units": ", ".join(units),
        }
        yield Gate(
            "G3", "closed", "gate.structure.units-open", params, _areas(claims[structure_id])
        )


def _off_record(works: GridShape, shapes: Sequence[GridShape]) -> int:
    if not shapes:
        return works.area2_mm2
    return works.difference(join(shapes)).area2_mm2


def _noise2(works: GridShape, policy: GatePolicy) -> int:
    """Returns twice the area off the record, in mm², that is not asked about."""
    return min(policy.noise_m2 * 2_000_000, works.area2_mm2 // 100)


def _depth(
    project: ProjectRegistered,
    works: GridShape,
    near: Sequence[tuple[Face, LandState]],
    book: LandBook,
) -> Iterator[Gate]:
    if project.depth_cm is None:
        return
    closed: list[Gate] = []
    uncertified: list[LandState] = []
    cleared = False
    for face, state in near:
        # Ground that the works only touch says nothing of how deep theirs is cleared.
        if state.is_hazard or works.intersection(face.shape).is_empty:
            continue
        cleared = cleared or state.status == "cleared"
        if state.status != "cleared":
            uncertified.append(state)
            continue
        cleared = True
        closed += _too_deep(project.depth_cm, state)
        closed += _undug(project.depth_cm, state, book)
    yield from _once(closed)
    if uncertified and project.depth_cm > 0:
        params: dict[str, str | int] = {"depth_cm": project.depth_cm}
        area_ids = _areas(uncertified)
        code = "gate.depth.not-certified"
        yield Gate("G9", "conditions", code, params, area_ids, who="authority")
    elif not closed and cleared:
        params = {"depth_cm": project.depth_cm}
        yield Gate("G9", "open", "gate.depth.sufficient", params)


def _too_deep(depth_cm: int, state: LandState) -> Iterator[Gate]:
    certified_cm = state.depth_cm if state.depth_cm is not None else -1
    if depth_cm > certified_cm:
        params: dict[str, str | int] = {
            "depth_cm": depth_cm,
            "certified_cm": max(certified_cm, 0),
            "parts": ", ".join(state.part_ids),
        }
        yield Gate("G9", "closed", "gate.depth.insufficient", params, state.claims)


def _undug(depth_cm: int, state: LandState, book: LandBook) -> Iterator[Gate]:
    if depth_cm <= 0:
        return
    for part_id, surface in _undug_parts(state, book.register):
        params: dict[str, str | int] = {"part": part_id, "surface": surface}
        yield Gate("G9", "closed", "gate.depth.surface-not-dug", params, state.claims)


def _undug_parts(state: LandState, records: Records) -> Iterator[tuple[str, str]]:
    for part_id in state.part_ids:
        part, _ = records.parts[part_id]
        if part.surface in UNDUG_SURFACES and not above_ground(records, part):
            yield part_id, part.surface or ""


def is_undug(state: LandState, records: Records) -> bool:
    """Returns whether the depth of a state does not hold beneath a surface that was left."""
    return any(True for _ in _undug_parts(state, records))


def _waiting(
    works: GridShape,
    reports: Sequence[tuple[Recorded, tuple[int, int]]],
    policy: GatePolicy,
) -> list[str]:
    """Returns the reports that may lie on the works, or within the distance that hazards keep."""
    return [
        record.fact.report_id
        for record, place_mm in reports
        if isinstance(record.fact, ResidentReported)
        and shapely.dwithin(
            works.geometry,
            shapely.Point(place_mm),
            policy.distance_mm + report_reach_mm(record.fact),
        )
    ]


def _witnesses(works: GridShape, book: LandBook, valid_at_us: int, policy: GatePolicy) -> list[str]:
    """Returns unanswered evidence and accidents on the works, or within the hazards' distance.

    Also those that are no more exact than to leave open that they lie on the works, unless
    all of that ground was released since.
    """
    # Each record of it: the nearest may be answered where another, told later, is not.
    signs = book.witnesses.each_near(works.geometry, valid_at_us, least_mm=policy.distance_mm)
    signs = [sign for sign in signs if sign.witness.kind != "report"]
    acts = _acts_under(works, book, valid_at_us, policy) if signs else ()
    spoken = (
        sign.witness.witness_id
        for sign in signs
        if sign.distance_mm <= policy.distance_mm
        or not acts
        or not all(supports(sign.witness, act.begun) for act in acts)
    )
    return list(dict.fromkeys(spoken))


def _acts_under(
    works: GridShape, book: LandBook, valid_at_us: int, policy: GatePolicy
) -> list[Lower]:
    """Returns the acts that released all the ground of the works; none where any was not."""
    acts: list[Lower] = []
    shapes = []
    for face in book.near(works):
        state = face.timeline.at(valid_at_us)
        if state is None:
            continue
        behind = book.witnesses.acts_behind(state, valid_at_us)
        if not behind:
            return []
        acts += behind
        shapes.append(face.shape)
    return [] if _off_record(works, shapes) > _noise2(works, policy) else acts


def _reopening(
    near: Sequence[tuple[Face, LandState]],
    book: LandBook,
    waiting: Sequence[str],
    witnesses: Sequence[str],
) -> Iterator[Gate]:
    reopened = [state for _, state in near if state.reopened]
    records = book.register
    subjects = dict.fromkeys(item for state in reopened for item in state.subjects)
    params: dict[str, str | int]
    for subject in subjects:
        if subject not in records.reopenings and subject not in records.failed:
            continue
        about = [state for state in reopened if subject in state.subjects]
        params = {"reopening": subject}
        yield Gate("G10", "closed", "gate.reopening.reopened", params, _areas(about))
    if waiting:
        params = {"n": len(waiting), "reports": ", ".join(waiting)}
        code = "gate.reopening.report-waiting"
        yield Gate("G10", "conditions", code, params, who="authority")
    if witnesses:
        params = {"n": len(witnesses), "witnesses": ", ".join(witnesses)}
        code = "gate.reopening.witness-unanswered"
        yield Gate("G10", "conditions", code, params, who="authority")
    if not reopened and not waiting and not witnesses:
        yield Gate("G10", "open", "gate.reopening.none")


def _once(gates: Sequence[Gate]) -> Iterator[Gate]:
    """Yields gates that say the same of several faces once, in order."""
    seen: set[tuple[str, tuple[tuple[str, str | int], ...], tuple[str, ...]]] = set()
    for gate in gates:
        key = (gate.code, tuple(sorted(gate.params.items())), gate.area_ids)
        if key not in seen:
            seen.add(key)
            yield gate


def _areas(states: Iterator[LandState] | Sequence[LandState]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(claim for state in states for claim in state.claims))


def _whole_m2(area2_mm2: int) -> int:
    """Returns whole m², rounded up: a hazard is never said to be smaller than it is."""
    return -(-area2_mm2 // 2_000_000)
