"""Released ground that a failed lot has put in doubt: which work it rests on, and which lot.

The ground stays what it is in the account: nobody has found anything there. But the same hands
left something elsewhere, so no project starts on it until the authority has reviewed the lot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rafiqa.land.fact import Recorded, WorkedPart, WorkReported
from rafiqa.land.precedence import supports
from rafiqa.land.quality import LotInspected
from rafiqa.land.records import Records
from rafiqa.land.register import Moment
from rafiqa.land.timeline import LandState

_LAST = 1 << 63


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A work that released ground rests on, and the failed lot that stops it."""

    work_id: str
    lot_id: str


def quarantines(register: Records, state: LandState, valid_at_us: int) -> tuple[Quarantine, ...]:
    """Returns what puts released ground in doubt at a time; nothing of ground that is hazard.

    Ground that other work has cleared since a lot failed no longer rests on what it stopped.

    Args:
        register: everything known.
        state: what the ground is at that time.
        valid_at_us: microseconds since 1970 UTC.
    """
    if state.is_hazard:
        return ()
    works = list(_works_under(register, state))
    then = Moment(valid_at_us, _LAST)
    found = [
        Quarantine(_work(work).work_id, lot.fact.lot_id)
        for work, part in works
        for lot in register.stops_on(work, then)
        if isinstance(lot.fact, LotInspected)
        and lot.valid_at_us <= valid_at_us
        and not any(
            _clears_again(other, part)
            and supports(lot, record)
            and not any(register.stops_on(record, then))
            for record, other in works
        )
    ]
    return tuple(dict.fromkeys(found))


def _works_under(register: Records, state: LandState) -> Iterator[tuple[Recorded, WorkedPart]]:
    """Yields each work that the state rests on, with the part."""
    for part_id in state.part_ids:
        part, owner = register.parts[part_id]
        if isinstance(part, WorkedPart):
            yield owner, part


def _clears_again(other: WorkedPart, part: WorkedPart) -> bool:
    """Returns whether a part clears what another speaks of: its unit, from the surface down."""
    same = other.unit_id == part.unit_id
    return same and other.outcome == "cleared" and not other.depth_from_cm


def _work(record: Recorded) -> WorkReported:
    assert isinstance(record.fact, WorkReported)  # noqa: S101 - from _works_under
    return record.fact
