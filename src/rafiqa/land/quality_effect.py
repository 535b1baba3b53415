"""What facts of quality do to the register: a lot that failed raises the ground of its parts.

Everything is found by the ids that stand in the fact. What only bars a release, such as an open
nonconformity, does nothing here: it is asked about when a release is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rafiqa.land.fact import (
    HazardClass,
    Recorded,
    ReleaseProposed,
    ReleaseTransferred,
    WorkedPart,
    WorkReported,
)
from rafiqa.land.precedence import supports
from rafiqa.land.quality import (
    LotInspected,
    LotReviewed,
    NonconformityAnswered,
    NonconformityClosed,
    NonconformityRaised,
    QaVisited,
)
from rafiqa.land.quality_rule import lot_fails
from rafiqa.land.register import Raise, Register


def class_of(register: Register, area_id: str | None) -> HazardClass:
    """Returns the class an area was recorded with; suspected where it is not on record."""
    area = register.areas.get(area_id or "")
    return area.fact.class_ if area else "sha"


def quality_effect(register: Register, recorded: Recorded) -> None:
    """Takes the effect of a fact of quality; facts of other kinds are passed by."""
    if isinstance(recorded.fact, LotInspected) and lot_fails(recorded.fact):
        _fail(register, recorded, recorded.fact)
    for area_id in dict.fromkeys(_areas_of(register, recorded.fact)):
        register.note(area_id, recorded)


def _fail(register: Register, recorded: Recorded, lot: LotInspected) -> None:
    """Raises what a failed lot names: something was found on it, whoever released it."""
    at = (recorded.valid_at_us, recorded.seq)
    for part, owner in _parts_of(register, lot):
        if part.outcome == "not_cleared":
            continue
        class_ = class_of(register, getattr(owner.fact, "area_id", None))
        if _released(register, part, owner, recorded):
            # What was released in good faith and fails afterwards is hazard again at once.
            register.failed[lot.lot_id] = recorded
            again = Raise(*at, "reopened", None, part.shape, class_, lot.lot_id)
            register.put_to_hazard(again)
        register.put_to_hazard(Raise(*at, "failed", None, part.shape, class_, lot.lot_id))


def _parts_of(
    register: Register, lot: LotInspected
) -> Iterator[tuple[WorkedPart | ReleaseTransferred, Recorded]]:
    for part_id in dict.fromkeys(lot.part_ids):
        if part_id in register.parts:
            yield register.parts[part_id]
    if lot.part_ids:
        return
    for work_id in dict.fromkeys(lot.work_ids):
        work = register.works.get(work_id)
        if work is not None and isinstance(work.fact, WorkReported):
            yield from ((part, work) for part in work.fact.parts)


def _released(
    register: Register,
    part: WorkedPart | ReleaseTransferred,
    owner: Recorded,
    lot: Recorded,
) -> bool:
    if isinstance(owner.fact, ReleaseTransferred):
        return supports(owner, lot)
    work_id = getattr(owner.fact, "work_id", "")
    return any(
        release.state == "accepted"
        and isinstance(release.proposal.fact, ReleaseProposed)
        and part.part_id in release.proposal.fact.part_ids
        for release in register.releases_of.get(work_id, ())
    )


def _areas_of(register: Register, fact: object) -> Iterator[str]:
    """Yields the areas in whose story a fact of quality stands."""
    match fact:
        case LotInspected():
            yield from _areas(register, work_ids=fact.work_ids, part_ids=fact.part_ids)
        case LotReviewed():
            for record in register.lots_said.get(fact.lot_id, ()):
                yield from _areas_of(register, record.fact)
        case QaVisited() | NonconformityRaised():
            part_ids = fact.part_ids if isinstance(fact, NonconformityRaised) else ()
            yield from _areas(register, [fact.work_id], part_ids, fact.task_id)
        case NonconformityAnswered() | NonconformityClosed():
            for record in register.nonconformity_acts.get(fact.nonconformity_id, ()):
                if isinstance(record.fact, NonconformityRaised):
                    yield from _areas_of(register, record.fact)


def _areas(
    register: Register,
    work_ids: Iterable[str | None],
    part_ids: Iterable[str],
    task_id: str | None = None,
) -> Iterator[str]:
    owners = [register.works.get(work_id or "") for work_id in work_ids]
    owners += [register.parts[part_id][1] for part_id in part_ids if part_id in register.parts]
    owners += register.tasks.get(task_id or "", ())[:1]
    for owner in owners:
        area_id = getattr(owner.fact, "area_id", None) if owner is not None else None
        if area_id is not None:
            yield area_id
