"""The story of one face of ground: its state at every time, from what raises and lowers it.

A *face* is a piece of ground that every outline on record either covers wholly or not at
all, so one state holds for all of it. The rule that decides is short and errs towards
hazard:

    a lowering holds at time T only if every raise true by T on that face was
    both true before the work it rests on and recorded before that work.

So a reopening written late with an early date undoes the release it should have
prevented, and facts that arrive in any order never turn hazard into released land. What a
work did not clear, no release of that work lowers. Where several areas claim a face, the
worst of their states is the state of the ground. Under a structure every unit is asked by
itself (``rafiqa.land.unitstanding``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rafiqa.land.evidence import outranks
from rafiqa.land.fact import HazardClass
from rafiqa.land.register import Lower, Raise, Reclass
from rafiqa.land.rule import supports
from rafiqa.land.unitstanding import (
    LoweredStatus,
    Standing,
    UnitsThere,
    standing,
    together,
    unit_standings,
    units_there,
)

Status = Literal["indication", "sha", "cha", "cancelled", "reduced", "cleared"]
HAZARD: frozenset[str] = frozenset({"indication", "sha", "cha"})
_BADNESS: dict[str, int] = {
    "cleared": 0,
    "reduced": 1,
    "cancelled": 2,
    "indication": 3,
    "sha": 4,
    "cha": 5,
}


@dataclass(frozen=True, slots=True)
class LandState:
    """What a face of ground is at one time.

    ``raised_class`` is the class it has, or had before it was lowered; ``depth_cm`` is
    the depth to which it was cleared without a gap; ``subjects`` are the facts it rests on.
    ``units`` are the units of structures there, each with what it stands as; None is open.
    ``unproven`` ground could not be cut soundly, and is hazard for that alone.
    """

    status: Status
    raised_class: HazardClass
    claims: tuple[str, ...]
    subjects: tuple[str, ...]
    part_ids: tuple[str, ...] = ()
    depth_cm: int | None = None
    reopened: bool = False
    transferred: bool = False
    units: tuple[tuple[str, LoweredStatus | None], ...] = ()
    unproven: bool = False

    @property
    def is_hazard(self) -> bool:
        """Whether the ground is suspected, confirmed, or indicated to be hazardous."""
        return self.status in HAZARD


@dataclass(frozen=True, slots=True)
class Step:
    """From this time on the face is in this state; None means nothing is on record."""

    at_us: int
    state: LandState | None
    corrected: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """The states of one face over all time, as known at one time."""

    steps: tuple[Step, ...]

    def at(self, valid_at_us: int) -> LandState | None:
        """Returns the state true at a time; None before anything was on record."""
        # A face has few steps, and the time asked about is late more often than early.
        for step in reversed(self.steps):
            if step.at_us <= valid_at_us:
                return step.state
        return None

    def changes(self, after_us: int, until_us: int) -> Iterable[tuple[LandState | None, Step]]:
        """Yields (state before, step) for every change in the half-open period (after, until]."""
        before: LandState | None = None
        for step in self.steps:
            if after_us < step.at_us <= until_us:
                yield before, step
            before = step.state


@dataclass(frozen=True, slots=True)
class Claim:
    """One area's claim on a face: the raises and lowerings that touch it there.

    ``lefts`` are the parts on the face that were worked around and not cleared; ``own`` is
    ground on record through no area, by a release taken over or a reopening; ``structures`` are
    the footprints over the face.
    """

    claim_id: str
    raises: tuple[Raise, ...]
    lowers: tuple[Lower, ...]
    reclasses: tuple[Reclass, ...]
    lefts: tuple[Raise, ...] = ()
    own: bool = False
    structures: tuple[Raise, ...] = ()

    def state(self, at_us: int) -> LandState | None:
        """Returns the state this claim gives the face at a time."""
        raises = [item for item in self.raises if item.valid_at_us <= at_us]
        if not raises:
            return None
        class_, subject = self._class(raises, at_us)
        holding, units = self._holding(raises, at_us)
        each = unit_standings(holding, units)
        stood = self._stood(holding, each, units)
        if _dropped_since(holding, stood):
            return None
        outcomes = tuple((key, one.status if one else None) for key, one in each.items())
        if stood is not None:
            return self._lowered(stood, class_, outcomes)
        newest = max(raises, key=_moment)
        again = [item.subject for item in raises if self._stands_reopened(item, at_us)]
        subjects = tuple(dict.fromkeys((newest.subject, subject, *again)))
        return LandState(
            class_, class_, (self.claim_id,), subjects, reopened=bool(again), units=outcomes
        )

    def _holding(self, raises: Sequence[Raise], at_us: int) -> tuple[list[Lower], UnitsThere]:
        """Returns the lowerings true at a time that hold against raises, and the units there."""
        units = units_there(self.structures, at_us)
        true = [item for item in self.lowers if item.valid_at_us <= at_us]
        return [item for item in true if self._holds(item, raises, units)], units

    def _stood(
        self, holding: Sequence[Lower], each: Mapping[str, Standing | None], units: UnitsThere
    ) -> Standing | None:
        """Returns what the claim stands lowered as; None where it is hazard or dropped."""
        if units.by_id:
            return together(each, units.ground_ids)
        # A unit that is not on record here says nothing of the land.
        return standing([item for item in holding if item.unit_id is None])

    def _answered(self, raises: Sequence[Raise], at_us: int) -> bool:
        """Returns whether all these raises had been answered at a time, in every unit."""
        holding, units = self._holding(raises, at_us)
        each = unit_standings(holding, units)
        dropped = any(item.kind == "dropped" for item in holding)
        return dropped or self._stood(holding, each, units) is not None

    def _holds(self, lower: Lower, raises: Sequence[Raise], units: UnitsThere) -> bool:
        if any(_about(left, lower, units) and _left_out(left, lower) for left in self.lefts):
            return False
        # That ground taken over as released was hazard once is implied by the first of its
        # releases; a further one does not put it to hazard again.
        implied = [item for item in raises if item.kind == "implied"]
        firm = [item for item in raises if item.kind != "implied"]
        begun = not implied or any(_holds_against(lower, item) for item in implied)
        return begun and all(_holds_against(lower, other) for other in firm)

    def _stands_reopened(self, item: Raise, at_us: int) -> bool:
        return item.kind == "reopened" and not self._answered([item], at_us)

    def _class(self, raises: Sequence[Raise], at_us: int) -> tuple[HazardClass, str]:
        """Returns the class in force: as decided, and raised by every raise since.

        Only a decision, or a release between, lets a lower class follow a higher one.
        """
        decided = [item for item in self.reclasses if item.valid_at_us <= at_us]
        events: list[Raise | Reclass] = sorted([*raises, *decided], key=_moment)
        class_, subject = events[0].class_, events[0].subject
        past: list[Raise] = []
        for item in events:
            decides = isinstance(item, Reclass) or outranks(item.class_, class_)
            if decides or self._spent(past, item.valid_at_us):
                class_, subject = item.class_, item.subject
            if isinstance(item, Raise):
                past.append(item)
        return class_, subject

    def _spent(self, past: Sequence[Raise], at_us: int) -> bool:
        """Returns whether all these raises had been answered by a release at a time."""
        return bool(past) and self._answered(past, at_us)

    def _lowered(
        self,
        stood: Standing,
        class_: HazardClass,
        outcomes: tuple[tuple[str, LoweredStatus | None], ...],
    ) -> LandState:
        chosen = stood.lowers
        return LandState(
            stood.status,
            class_,
            (self.claim_id,),
            tuple(dict.fromkeys(item.subject for item in chosen)),
            tuple(dict.fromkeys(item.part_id for item in chosen if item.part_id)),
            stood.depth_cm,
            transferred=all(item.transferred for item in chosen),
            units=outcomes,
        )

    def times_us(self) -> set[int]:
        """Returns every time at which this claim's state may change."""
        every: list[Raise | Lower | Reclass] = [*self.raises, *self.lowers, *self.reclasses]
        every += self.structures
        return {item.valid_at_us for item in every}


def _holds_against(lower: Lower, other: Raise) -> bool:
    """Returns whether a lowering stands against one raise on the same ground.

    What was put to hazard after the work it rests on, no acceptance of that work lowers:
    nobody went over the ground since.
    """
    if lower.kind == "dropped" and other.kind in {"reopened", "failed", "kept"}:
        # An outline drawn anew says nothing of what happened on the ground.
        return False
    begun = lower.begun
    if other.kind == "implied":
        return other.valid_at_us <= begun.valid_at_us and other.seq <= begun.seq
    if other.kind == "kept" and other.valid_at_us == begun.valid_at_us:
        # Of two entries of one day on another's record, the one that was not cleared counts.
        return False
    return supports(other, begun)


def _about(left: Raise, lower: Lower, units: UnitsThere) -> bool:
    """Returns whether a part that was not cleared speaks of what a lowering lowers.

    One that names a unit speaks of that unit alone, where the unit is on record; where it is
    not, nobody knows what was left, and it speaks of the land.
    """
    named = [unit_id for unit_id in left.unit_ids if unit_id in units.by_id]
    return not named or lower.unit_id in named


def _dropped_since(holding: Sequence[Lower], stood: Standing | None) -> bool:
    """Returns whether an outline was drawn anew without this ground, after all that lowered it."""
    dropped = [_moment(item) for item in holding if item.kind == "dropped"]
    return bool(dropped) and (stood is None or max(dropped) > stood.newest)


def _left_out(left: Raise, lower: Lower) -> bool:
    """Returns whether a part that was not cleared keeps its ground from a lowering.

    It always does within its own work. Another work answers it by beginning after it, and
    is not touched by what is reported after its release.
    """
    if lower.kind == "dropped":
        return False
    if left.subject == lower.work_id:
        return True
    before = supports(left, lower.begun)
    after = left.valid_at_us >= lower.valid_at_us and left.seq > lower.seq
    return not (before or after)


def _moment(item: Raise | Lower | Reclass) -> tuple[int, int]:
    return item.valid_at_us, item.seq


def claims_on_face(
    raises: Sequence[Raise], lowers: Sequence[Lower], reclasses: Sequence[Reclass]
) -> tuple[Claim, ...]:
    """Returns the claims on a face, given everything whose shape covers it.

    Ground that was taken over as released is a claim of its own beside the areas': it was
    hazard, or nobody would have cleared it. What was reopened, or taken over as not cleared,
    is every area's there, and a claim of its own where there is none.
    """
    area_ids = dict.fromkeys(item.area_id for item in raises if item.area_id is not None)
    anywhere = [item for item in raises if item.kind in {"reopened", "kept"}]
    failed = [item for item in raises if item.kind == "failed"]
    lefts = tuple(item for item in raises if item.kind == "left")
    structures = tuple(item for item in raises if item.kind == "structure")
    claims = [
        Claim(
            area_id,
            tuple([item for item in raises if item.area_id == area_id] + anywhere + failed),
            tuple(item for item in lowers if item.speaks_of(area_id)),
            tuple(item for item in reclasses if item.area_id == area_id),
            lefts,
            structures=structures,
        )
        for area_id in area_ids
    ]
    implied = [item for item in raises if item.kind == "implied"]
    own = [*implied, *(() if area_ids else anywhere)]
    if own:
        speaking = tuple(item for item in lowers if item.kind == "cleared" or item.transferred)
        rises = (*own, *failed)
        claim = Claim(own[0].subject, rises, speaking, (), lefts, own=True, structures=structures)
        claims.append(claim)
    return tuple(claims)


def timeline(claims: Sequence[Claim]) -> Timeline:
    """Returns the states of a face over time: at each time the worst that any claim gives."""
    steps: list[Step] = []
    before: LandState | None = None
    times_us = sorted({at_us for claim in claims for at_us in claim.times_us()})
    for at_us in times_us:
        state = _worst([(claim, claim.state(at_us)) for claim in claims])
        if state != before:
            steps.append(Step(at_us, state, corrected=_corrected_at(claims, at_us)))
            before = state
    return Timeline(tuple(steps))


def _worst(states: Sequence[tuple[Claim, LandState | None]]) -> LandState | None:
    known = [(claim, state) for claim, state in states if state is not None]
    if not known:
        return None
    worst = max((state for _, state in known), key=lambda state: _BADNESS[state.status])
    # A claim that was reopened is told of, even where another claim is of a higher class.
    same = [
        (claim, state)
        for claim, state in known
        if state.status == worst.status or (worst.is_hazard and state.reopened)
    ]
    units = _units([state for _, state in known])
    if len(same) == 1:
        return replace(worst, units=units)
    decisive = [state for _, state in same]
    named = [state for claim, state in same if not claim.own] or decisive
    depths = [state.depth_cm for state in decisive if state.depth_cm is not None]
    # Each claim rests on its own releases: the ground is only as deep as the shallowest.
    depth_cm = min(depths) if len(depths) == len(decisive) else None
    return LandState(
        worst.status,
        worst.raised_class,
        tuple(dict.fromkeys(item for state in named for item in state.claims)),
        tuple(dict.fromkeys(item for state in decisive for item in state.subjects)),
        tuple(dict.fromkeys(item for state in decisive for item in state.part_ids)),
        depth_cm,
        any(state.reopened for state in decisive),
        any(state.transferred for state in decisive),
        units,
    )


def _units(states: Sequence[LandState]) -> tuple[tuple[str, LoweredStatus | None], ...]:
    """Returns what each unit stands as over all claims: the worst, open where any leaves it so."""
    found: dict[str, LoweredStatus | None] = {}
    for state in states:
        for unit_id, status in state.units:
            before = found.get(unit_id, status)
            found[unit_id] = None if before is None or status is None else _worse(before, status)
    return tuple(found.items())


def _worse(one: LoweredStatus, other: LoweredStatus) -> LoweredStatus:
    return one if _BADNESS[one] > _BADNESS[other] else other


def _corrected_at(claims: Sequence[Claim], at_us: int) -> bool:
    """Returns whether only a boundary correction happened on the face at that time."""
    kinds = {item.kind for claim in claims for item in claim.raises if item.valid_at_us == at_us}
    drops = {item.kind for claim in claims for item in claim.lowers if item.valid_at_us == at_us}
    return kinds <= {"extended"} and ("dropped" in drops or "extended" in kinds)
