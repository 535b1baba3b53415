"""Happenings: what may have damaged an asset, where it was, and which assets it may have hit.

Read out of facts of the land and of damage. A link draws no area and changes no state: that
something went off says nothing of what else lies there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import SiteFrame, Spot
from rafiqa.land import AccidentRecorded, EvidenceRecorded, Recorded, WorkReported, ground_of
from rafiqa.recovery.damage import DamageAssessed

HappeningKind = Literal["assessment", "accident", "detonation", "demolition", "damage_seen"]
How = Literal["stated", "on", "near"]
EVENT_REACH_MM = 10_000
"""10 m: how far from its place an event may damage what stands there, beside the inexactness
that is stated for its place. What a satellite shows of one roof says nothing of the next."""
_OF_EVIDENCE: dict[str, HappeningKind] = {
    "detonation": "detonation",
    "accident": "accident",
    "damaged_infrastructure": "damage_seen",
}
DESTROYED_IN_PLACE = "destroyed_in_place"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing on record that may have damaged something: an event, or damage assessed.

    ``asset_id`` is the asset that its source names; it is then about that one alone.
    """

    kind: HappeningKind
    subject: str
    record: Recorded
    spot: Spot | None = None
    drawn: BaseGeometry | None = None
    accuracy_mm: int = 0
    asset_id: str | None = None

    @property
    def reach_mm(self) -> int:
        """How far from its place it may have damaged something."""
        return self.accuracy_mm + (0 if self.kind == "assessment" else EVENT_REACH_MM)


@dataclass(frozen=True, slots=True)
class Hit:
    """A happening that may have damaged an asset: by whose word, or how far from it."""

    happening: Happening
    how: How
    distance_mm: int = 0


def happenings(recorded: Recorded) -> Iterator[Happening]:
    """Yields what a fact tells of damage; nothing of facts of other kinds."""
    match recorded.fact:
        case DamageAssessed() as fact:
            drawn = None if fact.shape is None else fact.shape.geometry
            accuracy_mm = _whole_mm(fact.accuracy_m)
            yield Happening(
                "assessment",
                fact.assessment_id,
                recorded,
                fact.spot,
                drawn,
                accuracy_mm,
                fact.asset_id,
            )
        case AccidentRecorded() as fact:
            drawn = None if fact.ground is None else fact.ground.geometry
            yield Happening("accident", fact.accident_id, recorded, fact.spot, drawn)
        case EvidenceRecorded() as fact if fact.kind in _OF_EVIDENCE:
            drawn = None if fact.ground is None else fact.ground.geometry
            kind, accuracy_mm = _OF_EVIDENCE[fact.kind], _whole_mm(fact.accuracy_m)
            yield Happening(kind, fact.evidence_id, recorded, fact.spot, drawn, accuracy_mm)
        case WorkReported() as fact:
            for number, find in enumerate(fact.finds, 1):
                if find.action == DESTROYED_IN_PLACE:
                    yield Happening("demolition", f"{fact.work_id}#{number}", recorded, find.spot)


def tells_of_damage(fact: object) -> bool:
    """Returns whether a fact may tell of damage; of most evidence and most work it is not so."""
    if isinstance(fact, EvidenceRecorded):
        return fact.kind in _OF_EVIDENCE
    if isinstance(fact, WorkReported):
        return any(find.action == DESTROYED_IN_PLACE for find in fact.finds)
    return isinstance(fact, DamageAssessed | AccidentRecorded)


class HappeningMap:
    """Happenings found by the place or the asset that they are about.

    Args:
        items: every happening of a moment.
        frame: the plane of the site; None where it is not known yet: then nothing has a place.
    """

    def __init__(self, items: Iterable[Happening], frame: SiteFrame | None) -> None:
        self.by_id: dict[str, list[Happening]] = {}
        self._stated: dict[str, list[Happening]] = {}
        self._placed: list[Happening] = []
        places: list[BaseGeometry] = []
        free: list[Happening] = []
        for item in items:
            self.by_id.setdefault(item.subject, []).append(item)
            if item.asset_id is not None:
                self._stated.setdefault(item.asset_id, []).append(item)
            else:
                free.append(item)
        for item, place in zip(free, _places(free, frame), strict=True):
            if place is not None:
                self._placed.append(item)
                places.append(place)
        self._places = np.array(places, dtype=object)
        self._tree = shapely.STRtree(self._places)
        self._reach_mm = max((item.reach_mm for item in self._placed), default=0)

    def stated_of(self, asset_ids: Iterable[str]) -> list[Happening]:
        """Returns what names one of some assets."""
        return [item for asset_id in asset_ids for item in self._stated.get(asset_id, ())]

    def hits(self, ground: BaseGeometry) -> list[Hit]:
        """Returns what may have damaged whatever stands on some ground, in mm of the frame."""
        if not self._placed:
            return []
        rows = self._tree.query(ground, predicate="dwithin", distance=self._reach_mm).tolist()
        found = []
        for row in sorted(rows):
            item, place = self._placed[row], self._places[row]
            away_mm = float(shapely.distance(place, ground))
            if away_mm > item.reach_mm or (away_mm == 0 and _only_touches(item, place, ground)):
                continue
            found.append(Hit(item, "near" if away_mm else "on", round(away_mm)))
        return found


def _only_touches(item: Happening, place: BaseGeometry, ground: BaseGeometry) -> bool:
    """Returns whether a roof assessed only shares a wall with some ground: it is the next one."""
    drawn = item.kind == "assessment" and shapely.get_dimensions(place) == 2
    return bool(drawn and shapely.area(shapely.intersection(place, ground)) == 0)


def _places(items: Sequence[Happening], frame: SiteFrame | None) -> Iterator[BaseGeometry | None]:
    """Yields the place of each on the grid; None where it has none, or one off the site's grid."""
    spots = [item.spot for item in items if item.drawn is None and item.spot is not None]
    placed: dict[Spot, BaseGeometry] = {}
    if frame is not None and spots:
        lon_deg = np.array([spot.lon_deg for spot in spots], dtype=np.float64)
        lat_deg = np.array([spot.lat_deg for spot in spots], dtype=np.float64)
        near = frame.placeable(lon_deg, lat_deg)
        places = frame.to_grid_points(lon_deg[near], lat_deg[near]).tolist()
        kept = (spot for spot, here in zip(spots, near.tolist(), strict=True) if here)
        placed = {spot: shapely.Point(place) for spot, place in zip(kept, places, strict=True)}
    for item in items:
        drawn = item.drawn
        if drawn is None and frame is not None and isinstance(item.record.fact, AccidentRecorded):
            ground = ground_of(item.record.fact, frame)
            drawn = None if ground is None else ground.geometry
        if drawn is not None:
            yield drawn
        else:
            yield None if item.spot is None else placed.get(item.spot)


def _whole_mm(accuracy_m: Decimal | None) -> int:
    """Returns a stated accuracy in mm, rounded up; nothing stated is nothing added."""
    if accuracy_m is None or not accuracy_m.is_finite():
        return 0
    return max(0, int((accuracy_m * 1_000).to_integral_value(ROUND_CEILING)))
