"""Voices: what residents ask to be surveyed or cleared and nobody has answered, by area.

They rank and move nothing. One phone is one voice and so is one place, and of many only so many
are counted: whoever sends a thousand is heard once. How residents feel is not counted here: of
few answers it would say who gave them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rafiqa.land import Recorded
from rafiqa.recovery.resident import ResidentAsked, ResidentBook

ASKING: Final = frozenset({"survey", "clearance"})
COUNTED_MOST: Final = 20
LOOKED_AT_MOST: Final = 2_000
NEAR_MM: Final = 100_000
"""A request counts for the hazard within 100 m: people ask for their house, not for the field."""
FAR_MM: Final = 500_000
"""However inexact its place, it counts no further than this: the reach of a report on works."""
_SAME_DEG: Final = 1e-4
"""About 10 m: two readings of one place by one receiver."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How many ask for a clearance and wait for an answer.

    Attributes:
        n: how many, at most ``COUNTED_MOST``.
        more: whether there are more.
        oldest_us: since when the first of them waits.
    """

    n: int = 0
    more: bool = False
    oldest_us: int | None = None


NOBODY: Final = Asked()
ByArea = Mapping[str, Sequence[Recorded]]
"""The voices that ask for each area, oldest first."""


def voices(book: ResidentBook) -> Iterator[Recorded]:
    """Yields the requests that wait, each place once, oldest first; of one phone only so many.

    Those without a place ask for no area and are left out; so are those beyond
    ``LOOKED_AT_MOST``.
    """
    places: set[tuple[int, int]] = set()
    n_by_phone: Counter[str] = Counter()
    for request_id, record in book.requests.items():
        fact = record.fact
        if not isinstance(fact, ResidentAsked) or fact.kind not in ASKING or fact.spot is None:
            continue
        spot = fact.spot
        place = round(spot.lon_deg / _SAME_DEG), round(spot.lat_deg / _SAME_DEG)
        phone = fact.code_digest or request_id
        if book.answers.get(request_id) or place in places or n_by_phone[phone] >= COUNTED_MOST:
            continue
        places.add(place)
        n_by_phone[phone] += 1
        yield record
        if len(places) >= LOOKED_AT_MOST:
            return


def reach_mm(fact: ResidentAsked) -> int:
    """Returns how far around its place a request counts, in mm."""
    return max(NEAR_MM, min((fact.accuracy_m or 0) * 1_000, FAR_MM))


def asked_for(area_ids: Iterable[str], by_area: ByArea) -> Asked:
    """Returns how many ask for any of some areas, each phone once."""
    found: dict[str, Recorded] = {}
    for area_id in area_ids:
        for record in by_area.get(area_id, ()):
            phone = getattr(record.fact, "code_digest", None) or record.entry_id
            known = found.get(phone)
            if known is None or record.seq < known.seq:
                found[phone] = record
    if not found:
        return NOBODY
    oldest_us = min(record.recorded_at_us for record in found.values())
    return Asked(min(len(found), COUNTED_MOST), len(found) > COUNTED_MOST, oldest_us)
