"""Triage: how soon a report wants somebody, and which reports may be about one thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rafiqa.land import Recorded, ResidentReported
from rafiqa.service.waitingreport import PlacedReport

ORDER: Final = ("immediate", "untriaged", "soon", "routine")
"""As the desk lists them: what nobody could judge comes before what can wait."""
ITEMS: Final = frozenset(
    {"shell", "rocket", "bomb", "grenade", "mine", "small_bomblet", "wire", "box", "metal"}
)
_SIGNS: Final = frozenset({"hole", "sign", "dead_animal"})
NEAR_MM: Final = 150_000
NEAR_US: Final = 30 * 86_400_000_000


@dataclass(frozen=True, slots=True)
class Danger:
    """What a person answered on which the urgency of their report rests."""

    seen: str
    children_near: str | None = None
    moved: str | None = None
    urgent: bool = False


def triage_of(danger: Danger) -> str:
    """Returns the urgency of a report; what was not answered never makes it less urgent."""
    handled = "yes" in {danger.children_near, danger.moved}
    if danger.urgent or handled or danger.seen == "blast":
        return "immediate"
    if danger.seen in ITEMS:
        return "soon"
    return "routine" if danger.seen in _SIGNS else "untriaged"


def rank(triage: str) -> int:
    """Returns the place of an urgency in the desk's order; one that is not known comes second."""
    return ORDER.index(triage) if triage in ORDER else ORDER.index("untriaged")


def likely_same(report: PlacedReport, others: Iterable[PlacedReport]) -> list[str]:
    """Returns the ids of reports that may be about the same thing; proposed, never merged.

    Near in place, by as much more as either was told inexactly, near in time, and of a kind that
    does not speak against it.
    """
    record, place_mm = report
    fact = record.fact
    found: list[str] = []
    for other, other_mm in others:
        about = other.fact
        if not (isinstance(fact, ResidentReported) and isinstance(about, ResidentReported)):
            continue
        if about.report_id == fact.report_id or not _kinds_agree(fact.seen, about.seen):
            continue
        near = _within(place_mm, other_mm, reach_mm(record) + reach_mm(other))
        if near and abs(record.valid_at_us - other.valid_at_us) <= NEAR_US:
            found.append(about.report_id)
    return found


def reach_mm(record: Recorded) -> int:
    """Returns how far a report reaches towards others: half of what is near, and how inexact it is.

    Whole millimetres; two reports are near where they are no further apart than both reach.
    """
    accuracy_m = getattr(record.fact, "accuracy_m", None) or 0
    return NEAR_MM // 2 + 1_000 * int(accuracy_m)


def _kinds_agree(one: str, other: str) -> bool:
    loose = {"other", "metal", "hole", "sign", "blast"}
    return one == other or not {one, other}.isdisjoint(loose)


def _within(one_mm: tuple[int, int], other_mm: tuple[int, int], reach_mm: int) -> bool:
    across, up = one_mm[0] - other_mm[0], one_mm[1] - other_mm[1]
    return across * across + up * up <= reach_mm * reach_mm


def in_order(records: Sequence[Recorded]) -> list[Recorded]:
    """Returns reports as the desk works through them: by urgency, the oldest first."""
    return sorted(records, key=lambda each: (rank(getattr(each.fact, "triage", "")), each.seq))
