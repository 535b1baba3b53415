"""Sightings: every record that raises suspicion of a place, found by place, in a growing list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import GridShape, ShapeIndex, SiteFrame, Spot
from rafiqa.land.accidentground import ground_of
from rafiqa.land.evidence import evidence_class
from rafiqa.land.fact import (
    AccidentRecorded,
    EvidenceRecorded,
    Recorded,
    ResidentReported,
    SiteOpened,
)
from rafiqa.land.withdrawal import RecordWithdrawn

WitnessKind = Literal["evidence", "accident", "report"]


@dataclass(frozen=True, slots=True, eq=False)
class Witness:
    """One record that raises suspicion of a place, in mm of the site's frame.

    ``known_seq`` is the place in the ledger from which on its place on the grid is known: its
    own, or that of the site's opening where this came later.
    """

    kind: WitnessKind
    witness_id: str
    valid_at_us: int
    seq: int
    place: BaseGeometry
    accuracy_mm: int = 0
    known_seq: int = 0


_Waiting = tuple[WitnessKind, str, Recorded, int, Spot | GridShape]


class Sightings:
    """Every witness so far, in the order in which they came to have a place on the grid."""

    def __init__(self) -> None:
        self.all: list[Witness] = []
        self.doubted: set[tuple[str, str]] = set()
        """Kind and id of every witness that a withdrawal ever spoke of, with effect or without."""
        self._reach = ShapeIndex()
        self._frame: SiteFrame | None = None
        self._waiting: list[_Waiting] = []
        self._once: set[tuple[str, str]] = set()

    def take(self, facts: Sequence[Recorded]) -> None:
        """Takes in what further facts say of places; facts of other kinds are passed by."""
        for recorded in facts:
            if isinstance(recorded.fact, SiteOpened) and self._frame is None:
                origin = recorded.fact.origin
                self._frame = SiteFrame(origin.lon_deg, origin.lat_deg)
                self._place(recorded.seq)
            self._waiting += self._said(recorded)
        self._place(0)

    def near(self, box: BaseGeometry, seq: int) -> list[int]:
        """Returns the numbers of the witnesses whose reach meets a box, as known at a place."""
        return [item for item in self._reach.query(box) if self.all[item].known_seq <= seq]

    def _said(self, recorded: Recorded) -> Iterator[_Waiting]:
        match recorded.fact:
            case EvidenceRecorded() as fact:
                if evidence_class(fact) in {"direct", "indirect"}:
                    accuracy_mm = _whole_mm(fact.accuracy_m)
                    place = fact.ground or fact.spot
                    if place is not None:
                        yield "evidence", fact.evidence_id, recorded, accuracy_mm, place
            case AccidentRecorded() as fact:
                # On older records what was drawn becomes ground only where the site lies.
                place = fact.ground or fact.spot
                if self._first("accident", fact.accident_id) and place is not None:
                    yield "accident", fact.accident_id, recorded, 0, place
            case RecordWithdrawn() as fact:
                self.doubted.add((fact.subject_kind, fact.subject_id))
                # The id is free again, for the corrected record of what was taken back.
                self._once.discard((fact.subject_kind, fact.subject_id))
            case ResidentReported() as fact:
                if self._first("report", fact.report_id) and fact.spot is not None:
                    accuracy_mm = max(0, fact.accuracy_m or 0) * 1_000
                    yield "report", fact.report_id, recorded, accuracy_mm, fact.spot

    def _first(self, kind: str, id_: str) -> bool:
        """Returns whether an id is new: it belongs to whoever recorded it first."""
        new = (kind, id_) not in self._once
        self._once.add((kind, id_))
        return new

    def _place(self, site_seq: int) -> None:
        """Puts what waits on the grid; off it (500 km) no ground of the site is near."""
        spots = [item for item in self._waiting if isinstance(item[-1], Spot)]
        placed = dict(zip(map(id, spots), self._points(spots), strict=True))
        left = []
        for item in self._waiting:
            kind, witness_id, recorded, accuracy_mm, place = item
            if isinstance(place, Spot):
                if self._frame is None:
                    left.append(item)
                    continue
                place_mm = self._ground(recorded) or placed[id(item)]
                if place_mm is None:
                    continue
            else:
                place_mm = place.geometry
            at = recorded.valid_at_us, recorded.seq
            known_seq = max(recorded.seq, site_seq)
            self._add(Witness(kind, witness_id, *at, place_mm, accuracy_mm, known_seq))
        self._waiting = left

    def _ground(self, recorded: Recorded) -> BaseGeometry | None:
        """Returns the ground of an accident of which the fact itself has only a spot."""
        fact = recorded.fact
        if self._frame is None or not isinstance(fact, AccidentRecorded):
            return None
        ground = ground_of(fact, self._frame)
        return None if ground is None else ground.geometry

    def _points(self, spots: Sequence[_Waiting]) -> list[BaseGeometry | None]:
        if self._frame is None or not spots:
            return [None] * len(spots)
        places = [item[-1] for item in spots if isinstance(item[-1], Spot)]
        lon_deg = np.array([spot.lon_deg for spot in places], dtype=np.float64)
        lat_deg = np.array([spot.lat_deg for spot in places], dtype=np.float64)
        kept = self._frame.placeable(lon_deg, lat_deg)
        points: list[BaseGeometry | None] = [None] * len(spots)
        if kept.any():
            places_mm = self._frame.to_grid_points(lon_deg[kept], lat_deg[kept])
            for which, place in zip(np.flatnonzero(kept), places_mm.astype(float), strict=True):
                points[which] = shapely.Point(place)
        return points

    def _add(self, witness: Witness) -> None:
        # Boxes only find who may be meant; who is, is decided by the distance.
        west, south, east, north = witness.place.bounds
        reach = witness.accuracy_mm
        self._reach.add(shapely.box(west - reach, south - reach, east + reach, north + reach))
        self.all.append(witness)


def _whole_mm(accuracy_m: Decimal | None) -> int:
    """Returns a stated accuracy in mm, rounded up; nothing stated is nothing added."""
    if accuracy_m is None or not accuracy_m.is_finite():
        return 0
    return max(0, int((accuracy_m * 1_000).to_integral_value(ROUND_CEILING)))
