"""Agreement: how many documents tell of the same without one having it from the other.

Copies count once, and so do the documents of one publisher: both are one voice. What agrees raises
where a candidate stands in the queue of who looks, never what it counts for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rafiqa.ledger import ClaimPlaced, ClaimReviewed
from rafiqa.service.deskbook import DeskBook, DocumentStory

_EARTH_KM = 6371.0088
"""Mean radius of the earth (IUGG); distances here are of kilometres and decide no ground."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who else tells of what a document tells of.

    Attributes:
        n_independent: other voices that an accepted candidate agrees with.
        document_ids: their documents, one for each voice.
    """

    n_independent: int
    document_ids: tuple[str, ...]


def agreement_on(book: DeskBook, story: DocumentStory, told: ClaimReviewed) -> Agreement:
    """Returns who else tells of the same event at the same place and time.

    A time that nobody told agrees with any; a place that nobody told with none.

    Args:
        book: the documents.
        story: the document of what was told.
        told: what was told, as it was accepted or would be.
    """
    own = _voices(book, story)
    groups: list[tuple[set[str], str]] = []
    for other, review in book.accepted():
        voices = _voices(book, other)
        if voices & own or not _agree(told, review):
            continue
        joined = [group for group in groups if group[0] & voices]
        for group in joined:
            groups.remove(group)
            voices |= group[0]
        first = joined[0][1] if joined else other.fact.document_id
        groups.append((voices, first))
    ids = tuple(sorted(document_id for _, document_id in groups))
    return Agreement(len(ids), ids)


def _voices(book: DeskBook, story: DocumentStory) -> set[str]:
    """By what a document is one voice with another: what it is a copy of, and who published it."""
    found = {f"copy:{book.copies.first(story.fact.document_id)}"}
    if story.fact.source:
        found.add(f"source:{' '.join(story.fact.source.casefold().split())}")
    return found


def _agree(one: ClaimReviewed, other: ClaimReviewed) -> bool:
    same_event = one.event_type == other.event_type
    return same_event and _near(one.placed, other.placed) and _overlap(one, other)


def _near(one: ClaimPlaced | None, other: ClaimPlaced | None) -> bool:
    if one is None or other is None:
        return False
    if one.place_id is not None and one.place_id == other.place_id:
        return True
    reach_km = float(max(one.radius_m, other.radius_m)) / 1_000
    return _apart_km(one, other) <= reach_km


def _apart_km(one: ClaimPlaced, other: ClaimPlaced) -> float:
    """How far two places lie apart on a sphere (haversine)."""
    lat, lat2 = math.radians(one.spot.lat_deg), math.radians(other.spot.lat_deg)
    lon = math.radians(other.spot.lon_deg - one.spot.lon_deg)
    a = math.sin((lat2 - lat) / 2) ** 2
    a += math.cos(lat) * math.cos(lat2) * math.sin(lon / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(a)))


def _overlap(one: ClaimReviewed, other: ClaimReviewed) -> bool:
    """Whether two times may be one; days are ISO 8601, so that their text sorts as they do."""
    starts = [each.from_on or "" for each in (one, other)]
    ends = [each.until_on or each.from_on or "9999" for each in (one, other)]
    return starts[0] <= ends[1] and starts[1] <= ends[0]
