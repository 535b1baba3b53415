"""Aftermath: what happened on ground after the day for which a file says that it was released.

The register of releases may come in years after the accident. The accident has put nothing to
hazard then, for the ground was none of anybody's release; so the release reopens it as it comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.land import (
    AccidentRecorded,
    EvidenceRecorded,
    LandReopened,
    Recorded,
    ReleaseTransferred,
)
from rafiqa.recovery import ChanceFound
from rafiqa.service.federationbook import federation_book
from rafiqa.service.office import Office
from rafiqa.service.question import BEGINNING_US
from rafiqa.service.spot import place_mm

NAMED_MAX = 20


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a release of a file met: the reopening, since when, and of whom it is."""

    reopening: LandReopened
    since_us: int
    names: tuple[str, ...]


@dataclass(slots=True, eq=False)
class IncidentShelf:
    """Accidents and finds on record with a place, held against releases that come in.

    Also accidents of which other authorities told: whichever comes first, they reopen as our own.
    """

    office: Office
    _known: list[Recorded] = field(default_factory=list)
    _tree: shapely.STRtree = field(default_factory=lambda: shapely.STRtree([]))

    def __post_init__(self) -> None:
        places: list[BaseGeometry] = []
        for recorded in (*incidents(self.office, 0), *_told_by_others(self.office)):
            place = place_mm(self.office, recorded.fact)
            if place is not None:
                self._known.append(recorded)
                places.append(place)
        self._tree = shapely.STRtree(places)

    def after(self, fact: ReleaseTransferred, valid_us: int, *, undated: bool) -> Aftermath | None:
        """Returns what happened on the ground of a release after its day; None where nothing did.

        Args:
            fact: the release.
            valid_us: its day.
            undated: whether it gave none: then nobody knows that it is the later one.
        """
        if fact.outcome == "not_cleared" or fact.shape.is_empty:
            return None
        found = self._tree.query(fact.shape.geometry, predicate="intersects")
        hit = [self._known[number] for number in sorted(found.tolist())]
        unsure = [one for one in hit if undated or one.valid_at_us <= BEGINNING_US]
        later = [one for one in hit if one not in unsure and one.valid_at_us >= valid_us]
        if not (unsure or later):
            return None
        since_us = min(
            (one.valid_at_us for one in later), default=max(self.office.now_us(), valid_us)
        )
        names = tuple(_name(one) for one in (*later, *unsure))
        accident = any(not isinstance(one.fact, ChanceFound) for one in (*later, *unsure))
        note = ", ".join(names[:NAMED_MAX])
        cause = "accident" if accident else "missed_item"
        opened = LandReopened(
            f"{fact.part_id}-aftermath", fact.shape, cause, "cha", fact.area_id, note
        )
        return Aftermath(opened, since_us, names)


def incidents(office: Office, after_seq: int) -> Iterator[Recorded]:
    """Yields accidents, and finds in or on the ground, that came on record since then."""
    for recorded in office.facts()[after_seq:]:
        fact = recorded.fact
        if isinstance(fact, AccidentRecorded) or (
            isinstance(fact, ChanceFound) and fact.lay_in != "rubble"
        ):
            yield recorded


def _told_by_others(office: Office) -> Iterator[Recorded]:
    """Yields accidents of which other authorities told."""
    book = federation_book(office)
    for evidence_id, recorded in office.register().evidence.items():
        if isinstance(recorded.fact, EvidenceRecorded) and book.is_foreign(evidence_id):
            yield recorded


def _name(recorded: Recorded) -> str:
    fact = recorded.fact
    if isinstance(fact, AccidentRecorded):
        return fact.accident_id
    if isinstance(fact, EvidenceRecorded):
        return fact.evidence_id
    return str(getattr(fact, "find_id", ""))
