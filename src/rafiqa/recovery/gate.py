"""May this project start? A standing condition, asked of the land book again each time.

Gates of the chain G0–G11 that stand today: G0 registration, G3 ground released under the
whole footprint and access way, G9 depth, G10 anything reopened, and any sign of ordnance not
answered. Three outcomes each: open, open with conditions, closed. The project's outcome is
the worst.
Pure: the same facts give the same gates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import shapely

from rafiqa.geo import GridShape, join, union_of
from rafiqa.land import (
    Face,
    LandBook,
    LandState,
    Lower,
    Quarantine,
    Reason,
    Recorded,
    Records,
    ResidentReported,
    above_ground,
    quarantines,
    supports,
)
from rafiqa.recovery.fact import ProjectRegistered

Outcome = Literal["open", "conditions", "closed"]
_WORSE: dict[Outcome, int] = {"open": 0, "conditions": 1, "closed": 2}
UNDUG_SURFACES = frozenset(
    {"paving", "asphalt", "concrete", "rubble", "floor", "water", "mixed", "unknown"}
)
"""Surfaces that clearance leaves undug: its stated depth does not hold beneath them."""


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """What a country sets: how far a hazard must lie from works, and what drawing noise is.

    ``distance_mm`` is tested as a distance, never as a buffer. ``noise_m2`` is ground
    off the record too small to ask about, in whole m²; it is never more than a hundredth of
    the works, so that a borehole off the record is asked about too.
    """

    distance_mm: int = 0
    noise_m2: int = 1


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate's answer: what, why, and on which areas it rests."""

    gate: str
    outcome: Outcome
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    area_ids: tuple[str, ...] = ()

    @property
    def reason(self) -> Reason:
        """The answer as a reason, for its text."""
        return Reason(self.code, self.params, self.area_ids)


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """Every gate's answer and the worst of them."""

    outcome: Outcome
    gates: tuple[Gate, ...]


def worst(outcomes: Sequence[Outcome]) -> Outcome:
    """Returns the worst outcome; closed where there is none to go by."""
    return max(outcomes, key=_WORSE.__getitem__, default="closed")


def ask_gate(
    project: ProjectRegistered,
    book: LandBook,
    valid_at_us: int,
    *,
    policy: GatePolicy | None = None,
    reports: Sequence[tuple[Recorded, tuple[int, int]]] = (),
) -> GateAnswer:
    """Returns whether a project may start at a time, gate by gate, with every reason.

    Args:
        project: what is to be built.
        book: the land book as known at the time asked about.
        valid_at_us: the time the answer is to be true at.
        policy: the country's figures; the defaults where None.
        reports: residents' reports not yet answered, each with its place in mm.
    """
    policy = policy or GatePolicy()
    gates = list(_registration(project))
    works = _works(project)
    if works is not None:
        near = [
            (face, state)
            for face in book.near(works, policy.distance_mm)
            if (state := face.timeline.at(valid_at_us)) is not None
        ]
        stopped = _quarantine(near, book, valid_at_us)
        gates += stopped
        gates += _ground(works, near, policy, released=not stopped)
        gates += _units(near, book)
        gates += _depth(project, works, near, book)
        witnesses = _witnesses(works, book, valid_at_us, policy)
        gates += _reopening(near, book, _waiting(works, reports, policy), witnesses)
    return GateAnswer(worst([gate.outcome for gate in gates]), tuple(gates))


def _works(project: ProjectRegistered) -> GridShape | None:
    shapes = [shape for shape in (project.shape, project.access) if shape is not None]
    shapes = [shape for shape in shapes if not shape.is_empty]
    return union_of(shapes) if shapes else None


def _registration(project: ProjectRegistered) -> Iterator[Gate]:
    missing = []
    if project.shape is None or project.shape.is_empty:
        missing.append(Gate("G0", "closed", "gate.registration.shape-missing"))
    if project.depth_cm is None:
        missing.append(Gate("G0", "closed", "gate.registration.depth-missing"))
    elif project.depth_cm < 0:
        params = {"depth_cm": project.depth_cm}
        missing.append(Gate("G0", "closed", "gate.registration.depth-negative", params))
    yield from missing or [Gate("G0", "open", "gate.registration.complete")]


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
        yield Gate("G3", "conditions", "gate.area.unrecorded", {"area_m2": _whole_m2(left2)})
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
    for face, state in near:
        if state.is_hazard or works.intersection(face.shape).is_empty:
            continue
        if state.status != "cleared":
            uncertified.append(state)
            continue
        closed += _too_deep(project.depth_cm, state)
        closed += _undug(project.depth_cm, state, book)
    yield from _once(closed)
    if uncertified and project.depth_cm > 0:
        params: dict[str, str | int] = {"depth_cm": project.depth_cm}
        area_ids = _areas(uncertified)
        yield Gate("G9", "conditions", "gate.depth.not-certified", params, area_ids)
    elif not closed and any(state.status == "cleared" for _, state in near):
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
    """Returns the reports that lie on the works, or within the distance that hazards keep."""
    return [
        record.fact.report_id
        for record, place_mm in reports
        if isinstance(record.fact, ResidentReported)
        and shapely.dwithin(works.geometry, shapely.Point(place_mm), policy.distance_mm)
    ]


def _witnesses(works: GridShape, book: LandBook, valid_at_us: int, policy: GatePolicy) -> list[str]:
    """Returns unanswered evidence and accidents on the works, or within the hazards' distance.

    Also those that are no more exact than to leave open that they lie on the works, unless
    all of that ground was released since.
    """
    signs = book.witnesses.near(works.geometry, valid_at_us, least_mm=policy.distance_mm)
    signs = [sign for sign in signs if sign.witness.kind != "report"]
    acts = _acts_under(works, book, valid_at_us, policy) if signs else ()
    return [
        sign.witness.witness_id
        for sign in signs
        if sign.distance_mm <= policy.distance_mm
        or not acts
        or not all(supports(sign.witness, act.begun) for act in acts)
    ]


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
        yield Gate("G10", "conditions", "gate.reopening.report-waiting", params)
    if witnesses:
        params = {"n": len(witnesses), "witnesses": ", ".join(witnesses)}
        yield Gate("G10", "conditions", "gate.reopening.witness-unanswered", params)
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
