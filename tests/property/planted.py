"""Bugs to plant in the land book: each turns one rule off, and the land machine must see it.

A bug is a name, and what it puts in place of what. Names that a module imported from another
are replaced where they are used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from rafiqa.geo import GridShape, faces
from rafiqa.land import (
    Actor,
    AssessmentMoved,
    LandHandedOver,
    LotInspected,
    LotReviewed,
    NonconformityClosed,
    ReleaseCase,
    Ruling,
    effect,
    footprint,
    ground,
    quality_effect,
    quality_rule,
    register,
    timeline,
)
from rafiqa.land.timeline import Claim, LandState

# The room gives out functions under these two names; the bugs go into the modules.
account: Any = import_module("rafiqa.land.account")
face: Any = import_module("rafiqa.land.face")
rule: Any = import_module("rafiqa.land.rule")
unit_standing: Any = import_module("rafiqa.land.unitstanding")
standing: Any = import_module("rafiqa.land.standing")
gate: Any = import_module("rafiqa.recovery.gate")

Change = tuple[Any, str, Any]


@dataclass(frozen=True)
class Planted:
    """One wrong program: what is replaced, where, and what is then wrong."""

    name: str
    changes: tuple[Change, ...]

    def __str__(self) -> str:
        return self.name


def _plant(name: str, *changes: Change) -> Planted:
    return Planted(name, changes)


def _without(code: str, generator: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """The same rule without one of its reasons."""

    def weaker(*args: Any) -> Iterator[Any]:
        return (reason for reason in generator(*args) if reason.code != code)

    return weaker


def _best(states: Sequence[tuple[Claim, LandState | None]]) -> LandState | None:
    known = [state for _, state in states if state is not None]
    return min(known, key=lambda state: timeline._BADNESS[state.status], default=None)


_worst = timeline._worst


def _deepest(states: Sequence[tuple[Claim, LandState | None]]) -> LandState | None:
    worst = _worst(states)
    if worst is None or worst.depth_cm is None:
        return worst
    depths = [state.depth_cm for _, state in states if state and state.depth_cm is not None]
    return replace(worst, depth_cm=max(depths))


def _no_slivers(shapes: Sequence[GridShape], _: int = 1) -> list[tuple[GridShape, tuple[int, ...]]]:
    return [item for item in faces(shapes) if item[0].area2_mm2 > 2_000_000]


def _first_label_only(
    shapes: Sequence[GridShape], _: int = 1
) -> list[tuple[GridShape, tuple[int, ...]]]:
    return [(shape, covering[:1]) for shape, covering in faces(shapes)]


def _unmerged(shapes: Sequence[GridShape], _: int = 1) -> list[tuple[GridShape, tuple[int, ...]]]:
    """Every outline as a face of its own: overlaps are counted as often as they lie."""
    return [(shape, (index,)) for index, shape in enumerate(shapes) if not shape.is_empty]


_book = account._book


def _twice(result: Any, before: Any, step: Any, size: int) -> None:
    _book(result, before, step, size)
    if before is not None and before.is_hazard and step.state and not step.state.is_hazard:
        _book(result, before, step, size)


def _forgets_reopened(result: Any, before: Any, step: Any, size: int) -> None:
    if before is None or before.is_hazard:
        _book(result, before, step, size)


_clipped = account._clipped


def _one_more(faces: Any, boundary: GridShape | None) -> Any:
    for face, size in _clipped(faces, boundary):
        yield face, size + 1


def _own_area(self: register.Lower, area_id: str) -> bool:
    return self.area_id == area_id


def _last_wins(found: Any, recorded: Any, fact: Any) -> None:
    found.works[fact.work_id] = recorded
    for part in fact.parts:
        found.parts.setdefault(part.part_id, (part, recorded))


def _no_failed(found: Any, recorded: Any, fact: Any) -> None:
    found.note(effect._area_of_work(found, fact.work_id), recorded)


def _stale_key(raises: Any, *_: Any) -> Any:
    return tuple(raises)


def _accepted_at(lower: Any) -> register.Moment:
    return register.Moment(lower.valid_at_us, lower.seq)


_accepts = rule.acceptance_ruling


def _one_person(case: ReleaseCase, accepter: Actor) -> Ruling:
    reasons = _accepts(case, accepter).reasons
    rest = tuple(item for item in reasons if item.code != "land.release.same-person")
    return Ruling(allowed=not rest, reasons=rest)


def _sound(fact: Any) -> bool:
    return not fact.passed


def _by_date(one: Any, act: Any) -> bool:
    return act is None or bool(one.valid_at_us < act.valid_at_us)


_takes_effect = effect._take_effect


def _lowered_by(kind: type) -> Callable[[Any, Any], None]:
    """A fact that only says something takes its ground, or its area's, off hazard."""

    def wrong(found: Any, recorded: Any) -> None:
        _takes_effect(found, recorded)
        fact = recorded.fact
        if not isinstance(fact, kind):
            return
        at = (recorded.valid_at_us, recorded.seq)
        for area_id, area in found.areas.items():
            shape = getattr(fact, "shape", area.outline)
            if getattr(fact, "area_id", getattr(fact, "subject_id", area_id)) == area_id:
                found.lowers.append(register.Lower(*at, "cancelled", area_id, shape, "said"))

    return wrong


def _any(*_: Any) -> bool:
    return True


def _never(*_: Any) -> bool:
    return False


def _found_sound(*_: Any) -> None:
    return None


def _nothing(*_: Any) -> Iterator[Any]:
    return iter(())


def _no_reason(name: str, code: str) -> Change:
    return rule, name, _without(code, getattr(rule, name))


def _seq_only(lower: Any, other: Any) -> bool:
    return bool(other.seq < lower.seq)


def _valid_only(lower: Any, other: Any) -> bool:
    return bool(other.valid_at_us <= lower.valid_at_us)


def _plain_counts(holding: Any, units: Any) -> Any:
    """A part that names no unit lowers each of them."""
    return {
        unit_id: unit_standing.standing([i for i in holding if i.unit_id in {None, unit_id}])
        for unit_id in units.by_id
    }


def _no_units(_: Any, at_us: int) -> Any:
    return unit_standing.units_there((), at_us)


def _best_unit(each: Any, _: Any) -> Any:
    known = [item for item in each.values() if item is not None]
    return min(known, key=lambda i: unit_standing.LOWERED_BY.index(i.status), default=None)


def _without_ground(each: Any, ground_ids: Any) -> Any:
    above = {key: one for key, one in each.items() if key not in ground_ids}
    return _together(above, frozenset(above)) if above else _together(each, ground_ids)


_together = unit_standing.together


def _any_depth(cleared: Any) -> int | None:
    return max((item.depth_cm for item in cleared if item.depth_cm is not None), default=None)


_reach: Any = unit_standing._reach_cm


def _from_anywhere(cleared: Any) -> Any:
    """What lies above the first clearance is taken as cleared too."""
    first = min((item.depth_from_cm or 0 for item in cleared), default=0)
    return _reach([replace(i, depth_from_cm=(i.depth_from_cm or 0) - first) for i in cleared])


_left = timeline._left_out


def _unit_left_forgotten(left: Any, lower: Any) -> bool:
    return not left.unit_ids and _left(left, lower)


def _implied_never(fact: Any, **_: Any) -> Any:
    return fact.units


_covers = quality_rule._covers


def _never_ended(grants: Any, known: Any, period_us: Any) -> bool:
    del known
    return _covers(grants, (), period_us)


def _first_day_only(grants: Any, known: Any, period_us: Any) -> bool:
    return _covers(grants, known, (period_us[0], period_us[0]))


def _anybody_closes(closing: Any, raised: Any, work: Any) -> bool:
    del raised, work
    return isinstance(closing.fact, NonconformityClosed)


def _one_reviews(review: Any, lot: Any, work: Any, act: Any) -> bool:
    del work
    older = rule.supports
    return isinstance(review.fact, LotReviewed) and older(lot, review) and older(review, act)


_inspector = rule._inspector_faults


def _own_lots(case: Any, record: Any, look: Any, approvers: Any = ()) -> Iterator[Any]:
    return iter(()) if isinstance(look, LotInspected) else _inspector(case, record, look, approvers)


def _whole_work(case: Any, work: Any, part_id: Any, approvers: Any) -> Any:
    looks = list(rule._looks(case))
    return [] if looks else _part_inspected(case, work, part_id, approvers)


_part_inspected = rule._part_inspection_faults


def _lots_of_the_work(self: Any, work: Any, part_ids: Any, act: Any = None) -> Iterator[Any]:
    del part_ids
    every = dict.fromkeys(record for records in self.lots.values() for record in records)
    return (r for r in every if rule.supports(work, r) and rule.supports(r, act))


_UNCHECKED: Change = (face, "cut_fault", _found_sound)

BUGS = [
    _plant("accreditation is not asked", (rule, "accreditation_faults", _nothing)),
    _plant("an accreditation never ends", (quality_rule, "_covers", _never_ended)),
    _plant("accredited on the first day alone", (quality_rule, "_covers", _first_day_only)),
    _plant("an accreditation written later carries", (standing, "supports", _any)),
    _plant("what is adverse to quality is late", (standing, "counts_against", rule.supports)),
    _plant("an open nonconformity bars nothing", (standing, "bars_release", _never)),
    _plant("the operator closes its own nonconformity", (quality_rule, "_closes", _anybody_closes)),
    _plant("a failed lot raises nothing", (quality_effect, "_fail", lambda *_: None)),
    _plant("a failed lot does not bar its parts", (standing, "lot_fails", _never)),
    _plant("a failed lot stops nobody", (standing, "stops_work", _never)),
    _plant("one person reviews a failed lot", (standing, "lifts_stop", _one_reviews)),
    _plant("the operator inspects its own lot", (rule, "_inspector_faults", _own_lots)),
    _plant(
        "a lot covers what it does not name",
        (standing.Standing, "lots_on", _lots_of_the_work),
        (rule, "_part_inspection_faults", _whole_work),
    ),
    _plant(
        "the inspector approves",
        _no_reason("_inspector_faults", "land.release.inspector-approves"),
    ),
    _plant("stopped ground is built on", (gate, "quarantines", lambda *_: ())),
    _plant("a late record of an early hazard", (timeline, "_holds_against", _valid_only)),
    _plant("a hazard dated after the release", (timeline, "_holds_against", _seq_only)),
    _plant("a hazard between work and release", (register.Lower, "begun", property(_accepted_at))),
    _plant("a release holds against everything", (timeline, "_holds_against", _any)),
    _plant("what was not cleared is released", (timeline, "_left_out", _never)),
    _plant("the best of all claims", (timeline, "_worst", _best)),
    _plant("the deepest of all claims", (timeline, "_worst", _deepest)),
    _plant("cancelling one area cancels its neighbour", (register.Lower, "speaks_of", _any)),
    _plant("clearing counts for one area alone", (register.Lower, "speaks_of", _own_area)),
    _plant("one person corrects an outline inwards", (effect, "_confirmed", _any)),
    _plant("a failed inspection after the release", (effect, "_inspection", _no_failed)),
    _plant("a second report takes the first one's place", (effect, "_enter_work", _last_wins)),
    _plant(
        "what comes later carries a release",
        (rule, "supports", _any),
        (effect, "supports", _any),
        (register, "supports", _any),
    ),
    _plant("what is adverse counts by date alone", (register, "counts_against", _by_date)),
    _plant("a rejection is forgotten", (effect, "counts_against", _never)),
    _plant(
        "a critical finding does not fail",
        (rule, "unsound", _sound),
        (effect, "unsound", _sound),
        (register, "unsound", _sound),
    ),
    _plant("evidence unanswered", (register.Register, "evidence_raising", lambda *_: ())),
    _plant("the proposer accepts", (effect, "acceptance_ruling", _one_person)),
    _plant("anybody releases", _no_reason("_independence_faults", "land.release.not-authority")),
    _plant(
        "the operator's organisation releases",
        _no_reason("_independence_faults", "land.release.own-organisation"),
    ),
    _plant("who did it releases it", _no_reason("_independence_faults", "land.release.own-work")),
    _plant("nothing is inspected", (rule, "_inspection_faults", _nothing)),
    _plant("the operator inspects its own work", (rule, "_inspector_faults", _nothing)),
    _plant("cleared without a depth", _no_reason("_part_faults", "land.part.depth-missing")),
    _plant("a part outside its area", _no_reason("_part_faults", "land.part.outside-area")),
    _plant("a survey clears", _no_reason("_part_faults", "land.part.survey-does-not-clear")),
    _plant("handed over is no hazard", (effect, "_take_effect", _lowered_by(LandHandedOver))),
    _plant("assessed is no hazard", (effect, "_take_effect", _lowered_by(AssessmentMoved))),
    _plant("a spot task lowers ground", _no_reason("_part_faults", "land.part.spot-has-no-area")),
    _plant("faces made before are used again", (ground, "act_key", _stale_key)),
    # A wrong cut would be seen by its check and made anew, so the check is turned off with it.
    _plant("faces under a square metre are lost", (face, "faces", _no_slivers), _UNCHECKED),
    _plant(
        "only the first outline on a face counts", (face, "faces", _first_label_only), _UNCHECKED
    ),
    _plant("overlapping outlines count twice", (face, "faces", _unmerged), _UNCHECKED),
    _plant("every cut fails its check", (face, "cut_fault", lambda *_: True)),
    _plant("a strip that a survey can measure is joined", (face, "SLIVER_WIDTH_MM", 200)),
    _plant(
        "what is joined may become better",
        (face, "SLIVER_WIDTH_MM", 200),
        (face, "never_better", _any),
    ),
    _plant("what was lowered is booked twice", (account, "_book", _twice)),
    _plant("what was reopened is not booked", (account, "_book", _forgets_reopened)),
    _plant("the boundary adds half a mm²", (account, "_clipped", _one_more)),
    _plant("units are passed by", (timeline, "units_there", _no_units)),
    _plant("a plain part counts inside a structure", (timeline, "unit_standings", _plain_counts)),
    _plant("only the best unit counts", (timeline, "together", _best_unit)),
    _plant("the footprint counts before the ground", (timeline, "together", _without_ground)),
    _plant("the ground beneath is no unit", (footprint, "with_ground", _implied_never)),
    _plant("a gap in depth is passed over", (unit_standing, "_reach_cm", _any_depth)),
    _plant("depth is counted from anywhere", (unit_standing, "_reach_cm", _from_anywhere)),
    _plant(
        "a unit that was not cleared is released", (timeline, "_left_out", _unit_left_forgotten)
    ),
    _plant("a unit named after the work counts", (unit_standing.UnitsThere, "knew", _any)),
]

SHY: frozenset[str] = frozenset({"what is adverse counts by date alone"})
"""Bugs that need a longer hunt than every run can afford."""
LONG: frozenset[str] = frozenset({"assessed is no hazard", "what was reopened is not booked"})
"""Bugs that the hunt of every run sees only after half a minute: the long run hunts them."""
