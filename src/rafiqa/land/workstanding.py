"""Whether what a work reported counts: its report stands, and no inspection of its parts failed.

Of the judgement only: whether ground is released is ruled on by ``rule`` and by nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rafiqa.land.approval import standing
from rafiqa.land.fact import Recorded, WorkInspected, WorkReported
from rafiqa.land.quality import LotInspected
from rafiqa.land.quality_rule import lot_fails
from rafiqa.land.records import Records
from rafiqa.land.rule import unsound

_NO_LONGER: Final = frozenset({"rejected", "superseded"})
"""A report that was refused, or whose place a later one has taken: nothing of it counts."""


def standing_works(register: Records, valid_at_us: int) -> Iterator[tuple[Recorded, WorkReported]]:
    """Yields the works reported by a time whose report was neither refused nor superseded."""
    for record in register.works.values():
        fact = record.fact
        if not isinstance(fact, WorkReported) or record.valid_at_us > valid_at_us:
            continue
        moves = register.approvals.get(record.entry_id, ())
        by_then = [move for move in moves if move.valid_at_us <= valid_at_us]
        if standing(record, by_then).state not in _NO_LONGER:
            yield record, fact


def inspection_failed(
    register: Records, work: Recorded, work_id: str, part_id: str, valid_at_us: int
) -> bool:
    """Returns whether an inspection of a part, or of a lot with it, failed by a time."""
    checks = (*register.inspections.get(work_id, ()), *register.lots_on(work, [part_id]))
    by_then = [check.fact for check in checks if check.valid_at_us <= valid_at_us]
    return any(
        (isinstance(check, WorkInspected) and unsound(check))
        or (isinstance(check, LotInspected) and lot_fails(check))
        for check in by_then
    )
