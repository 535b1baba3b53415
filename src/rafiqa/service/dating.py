"""Is an act dated after now? Asked of every act, before it is recorded.

No fact is true later than the clock says, but a clock may be wrong: a phone that was off for
months, or set by hand, often runs a day or two ahead. What is dated up to 48 hours ahead is
taken as it is. Beyond, an act is refused; but what raises suspicion is never refused for its
date: it counts from now, and the date that it gave is told.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from rafiqa.land import (
    AccidentRecorded,
    EvidenceRecorded,
    LandReopened,
    Reason,
    ResidentReported,
)
from rafiqa.recovery import ChanceFound, DamageAssessed
from rafiqa.wire.instant import iso

AHEAD_H = 48
"""Hours that a fact may be dated after the clock (decision 16)."""
AHEAD_US = AHEAD_H * 3_600_000_000
RAISING = (
    EvidenceRecorded,
    AccidentRecorded,
    ResidentReported,
    LandReopened,
    ChanceFound,
    DamageAssessed,
)
"""Facts that are never refused for their date."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A fact with the date at which it is recorded, and what is said of the date it gave."""

    fact: Any
    valid_at_us: int
    against: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()


def dated(fact: Any, valid_at_us: int | None, now_us: int) -> Dated:
    """Returns a fact with its date judged; now where it gave none.

    Args:
        fact: what is to be recorded.
        valid_at_us: when it says it was true.
        now_us: the clock.
    """
    if valid_at_us is None:
        return Dated(fact, now_us)
    if valid_at_us <= now_us + AHEAD_US:
        return Dated(fact, valid_at_us)
    params: dict[str, str | int] = {"date": iso(valid_at_us), "limit_h": AHEAD_H}
    if isinstance(fact, RAISING):
        warning = Reason("service.date.set-aside", params)
        return Dated(_with_date_told(fact, iso(valid_at_us)), now_us, (), (warning,))
    return Dated(fact, valid_at_us, (Reason("service.date.future", params),))


def _with_date_told(fact: Any, told: str) -> Any:
    """Returns the fact with the date it gave kept beside it, where it has room for it."""
    names = {item.name for item in fields(fact)}
    room = next((name for name in ("note", "text") if name in names), None)
    if room is None:
        return fact
    said = getattr(fact, room)
    line = f"[valid_at={told}]"
    return replace(fact, **{room: f"{said} {line}" if said else line})
