"""What stands behind a "passed": how much was looked at, and what could have been overlooked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal

from rafiqa.land.fact import Recorded, WorkedPart, WorkInspected, WorkReported
from rafiqa.land.quality import LotInspected
from rafiqa.land.quality_rule import lot_fails
from rafiqa.land.records import Records
from rafiqa.land.rule import unsound
from rafiqa.land.ruling import Reason

MISSED = (1, 2, 5)
"""Missed items for which the chance to pass is told."""


def accept_probability(missed: int, share: float, detection: float) -> float:
    """Returns the chance that a lot with so many missed items passes: (1 - f q)^K.

    Items are taken to lie independently of one another. What more there is to say of samples stands
    in ``rafiqa.risk.acceptance``.

    Args:
        missed: items left in the lot, K.
        share: of the lot that was inspected, f.
        detection: chance to find an item in ground that was inspected, q.
    """
    return (1.0 - share * detection) ** missed


def proofs(register: Records, part_ids: Iterable[str], valid_at_us: int) -> Iterator[Reason]:
    """Yields, for each inspection that passed parts of worked land by a time, what it proves.

    Args:
        register: everything known.
        part_ids: the parts; those taken over from another record have no inspection here.
        valid_at_us: microseconds since 1970 UTC.
    """
    found: dict[str, Reason] = {}
    for part_id in part_ids:
        part, owner = register.parts.get(part_id, (None, None))
        if not isinstance(part, WorkedPart) or owner is None or part.outcome == "cancelled":
            continue
        for record in _passed(register, part_id, owner):
            if record.valid_at_us <= valid_at_us:
                told = proof_of(record.fact)
                found.setdefault(told.subjects[0], told)
    yield from found.values()


def _passed(register: Records, part_id: str, work: Recorded) -> Iterator[Recorded]:
    """Yields the inspections and lots that passed a part."""
    assert isinstance(work.fact, WorkReported)  # noqa: S101 - callers pass works only
    for record in register.inspections.get(work.fact.work_id, ()):
        if isinstance(record.fact, WorkInspected) and not unsound(record.fact):
            yield record
    for record in register.lots_on(work, [part_id]):
        if isinstance(record.fact, LotInspected) and not lot_fails(record.fact):
            yield record


def proof_of(look: object) -> Reason:
    """Returns what an inspection that passed proves, in whole percent, never more than it does.

    Without a stated detection it is what the best detection there could be would prove.
    """
    assert isinstance(look, WorkInspected | LotInspected)  # noqa: S101 - callers pass these only
    look_id = look.lot_id if isinstance(look, LotInspected) else look.inspection_id
    detection = look.detection if isinstance(look, LotInspected) else None
    params: dict[str, str | int] = {"inspection": look_id}
    if look.inspected_share is None:
        return Reason("land.point.passed-unstated", params, (look_id,))
    params["share_percent"] = _floor_percent(look.inspected_share)
    share, chance = float(look.inspected_share), 1.0 if detection is None else float(detection)
    for missed in MISSED:
        params[f"accept{missed}_percent"] = _ceil_percent(accept_probability(missed, share, chance))
    if detection is None:
        return Reason("land.point.passed-at-best", params, (look_id,))
    params["detection_percent"] = _floor_percent(detection)
    return Reason("land.point.passed-proves", params, (look_id,))


def _floor_percent(share: Decimal) -> int:
    return math.floor(share * 100)


def _ceil_percent(chance: float) -> int:
    # However unlikely, it is not nothing: 0 % is said of what cannot be alone.
    return 0 if chance <= 0 else max(math.ceil(round(chance * 100, 6)), 1)
