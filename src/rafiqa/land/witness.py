"""Witnesses: what was seen, told or suffered at a place, and whether a release answered it.

A witness draws no area and changes no state. It is told of wherever it may lie, until the
ground at its own place was released on work newer than it, in truth and on record; a
resident's report until somebody answers it. Contrary evidence is no witness.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import SiteFrame, Spot
from rafiqa.land.evidence import evidence_class
from rafiqa.land.fact import (
    AccidentRecorded,
    EvidenceRecorded,
    Recorded,
    ResidentReported,
    SiteOpened,
)
from rafiqa.land.register import Lower, Register
from rafiqa.land.rule import supports
from rafiqa.land.timeline import LandState

if TYPE_CHECKING:
    from rafiqa.land.book import LandBook

WitnessKind = Literal["evidence", "accident", "report"]

NEAR_MM = 100_000
"""100 m: how far from a place every witness is told of, however exact its own is stated.

Positions read off a map, told by somebody or taken by a phone among walls are commonly off by
tens of metres, and most sources state no accuracy; nor does ordnance come singly.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Witness:
    """One record that raises suspicion of a place, in mm of the site's frame."""

    kind: WitnessKind
    witness_id: str
    valid_at_us: int
    seq: int
    place: BaseGeometry
    accuracy_mm: int = 0


@dataclass(frozen=True, slots=True)
class Sign:
    """An unanswered witness near some ground, and how far its place is from it."""

    witness: Witness
    distance_mm: float


class Witnesses:
    """Every witness of a land book, found by place.

    Args:
        book: the land book as known at one time.
    """

    def __init__(self, book: LandBook) -> None:
        self._book = book
        self.all = tuple(_witnesses(book.register))
        self.places: npt.NDArray[np.object_] = np.array(
            [item.place for item in self.all], dtype=object
        )
        self.accuracy_mm = np.array([item.accuracy_mm for item in self.all], dtype=np.int64)
        # Boxes only find who may be meant; who is, is decided by the distance.
        boxes = shapely.bounds(self.places).reshape(-1, 4)
        reach = self.accuracy_mm[:, None] * np.array([-1, -1, 1, 1])
        self._tree = shapely.STRtree(shapely.box(*(boxes + reach).T))
        self._within: dict[tuple[int, tuple[int, ...]], bool] = {}

    def near(self, ground: BaseGeometry, valid_at_us: int, *, least_mm: int = 0) -> list[Sign]:
        """Returns the unanswered witnesses that may lie on some ground, each once, nearest first.

        Args:
            ground: a place or a shape, in mm of the site's frame.
            valid_at_us: the time the answer is to be true at.
            least_mm: how far off a witness counts at least; further where it is less exact.
        """
        west, south, east, north = shapely.bounds(ground).tolist()
        asked = shapely.box(west - least_mm, south - least_mm, east + least_mm, north + least_mm)
        found = self._tree.query(asked)
        away_mm = shapely.distance(self.places[found], ground)
        meant = away_mm <= np.maximum(self.accuracy_mm[found], least_mm)
        signs: dict[tuple[str, str], Sign] = {}
        for distance_mm, index in sorted(
            zip(away_mm[meant].tolist(), found[meant].tolist(), strict=True)
        ):
            item = self.all[index]
            if self._speaks(index, valid_at_us):
                signs.setdefault((item.kind, item.witness_id), Sign(item, distance_mm))
        return list(signs.values())

    def unanswered(self, valid_at_us: int) -> list[int]:
        """Returns the indices of evidence and accidents that nothing has answered at a time."""
        return [
            index
            for index, item in enumerate(self.all)
            if item.kind != "report" and self._speaks(index, valid_at_us)
        ]

    def _speaks(self, index: int, valid_at_us: int) -> bool:
        item = self.all[index]
        if item.valid_at_us > valid_at_us:
            return False
        if item.kind == "report":
            answers = self._book.register.answers.get(item.witness_id, ())
            return all(answer.valid_at_us > valid_at_us for answer in answers)
        return not self._released_since(index, valid_at_us)

    def _released_since(self, index: int, valid_at_us: int) -> bool:
        """Returns whether all the ground of a witness stands released by acts newer than it.

        As for any point, the outer edge of released land is not released.
        """
        standing = []
        for face in self._faces_of.get(index, ()):
            state = self._book.faces[face].timeline.at(valid_at_us)
            if state is None:
                continue
            acts = self.acts_behind(state, valid_at_us)
            if not acts or not all(supports(self.all[index], act.begun) for act in acts):
                return False
            standing.append(face)
        return bool(standing) and self._inside(index, tuple(standing))

    def acts_behind(self, state: LandState, valid_at_us: int) -> tuple[Lower, ...]:
        """Returns the newest act that ground stands released by; under a structure, of each unit.

        None where it is hazard. An act that begins beneath the surface answers nothing that was
        seen or told of above.
        """
        if state.is_hazard:
            return ()
        newest: dict[str | None, Lower] = {}
        for act in (act for part_id in state.part_ids for act in self._acts.get(part_id, ())):
            true = act.subject in state.subjects and act.valid_at_us <= valid_at_us
            if true and not act.depth_from_cm:
                other = newest.get(act.unit_id, act)
                key = (act.valid_at_us, act.seq) >= (other.valid_at_us, other.seq)
                newest[act.unit_id] = act if key else other
        return tuple(newest.values())

    def _inside(self, index: int, faces: tuple[int, ...]) -> bool:
        known = self._within.get((index, faces))
        if known is None:
            ground = shapely.union_all([self._book.faces[face].shape.geometry for face in faces])
            known = bool(shapely.contains_properly(ground, self.places[index]))
            self._within[index, faces] = known
        return known

    @cached_property
    def _faces_of(self) -> dict[int, list[int]]:
        """The faces that each witness touches; most witnesses touch none."""
        found: dict[int, list[int]] = {}
        pairs = self._book.tree.query(self.places, predicate="intersects")
        for index, face in pairs.T.tolist():
            found.setdefault(index, []).append(face)
        return found

    @cached_property
    def _acts(self) -> dict[str, list[Lower]]:
        """The acts that ever lowered each part."""
        found: dict[str, list[Lower]] = {}
        for item in self._book.register.lowers:
            if item.part_id is not None:
                found.setdefault(item.part_id, []).append(item)
        return found


_Placed = tuple[WitnessKind, str, Recorded, int, Spot]


def _witnesses(register: Register) -> Iterator[Witness]:
    """Yields every witness that has a place on the site's grid."""
    spots: list[_Placed] = []
    for evidence_id, said in register.evidence_said.items():
        for record in said:
            fact = record.fact
            if not isinstance(fact, EvidenceRecorded):
                continue
            if evidence_class(fact) not in {"direct", "indirect"}:
                continue
            accuracy_mm = _whole_mm(fact.accuracy_m)
            if fact.shape is not None and not fact.shape.is_empty:
                place = fact.shape.geometry
                yield _witness("evidence", evidence_id, record, place, accuracy_mm)
            elif fact.spot is not None:
                spots.append(("evidence", evidence_id, record, accuracy_mm, fact.spot))
    for accident_id, record in register.accidents.items():
        if isinstance(record.fact, AccidentRecorded) and record.fact.spot is not None:
            spots.append(("accident", accident_id, record, 0, record.fact.spot))
    for report_id, record in register.reports.items():
        if isinstance(record.fact, ResidentReported):
            spots.append(("report", report_id, record, 0, record.fact.spot))
    yield from _placed(register.site, spots)


def _placed(site: Recorded | None, spots: list[_Placed]) -> Iterator[Witness]:
    """Yields witnesses at spots; off the site's grid (500 km) no ground of the site is near."""
    if site is None or not isinstance(site.fact, SiteOpened) or not spots:
        return
    frame = SiteFrame(site.fact.origin.lon_deg, site.fact.origin.lat_deg)
    lon_deg = np.array([item[-1].lon_deg for item in spots], dtype=np.float64)
    lat_deg = np.array([item[-1].lat_deg for item in spots], dtype=np.float64)
    kept = frame.placeable(lon_deg, lat_deg)
    places_mm = frame.to_grid_points(lon_deg[kept], lat_deg[kept]).astype(np.float64)
    points: list[BaseGeometry] = [shapely.Point(place) for place in places_mm]
    for which, place in zip(np.flatnonzero(kept).tolist(), points, strict=True):
        kind, witness_id, record, accuracy_mm, _ = spots[which]
        yield _witness(kind, witness_id, record, place, accuracy_mm)


def _witness(
    kind: WitnessKind, witness_id: str, record: Recorded, place: BaseGeometry, accuracy_mm: int
) -> Witness:
    return Witness(kind, witness_id, record.valid_at_us, record.seq, place, accuracy_mm)


def _whole_mm(accuracy_m: Decimal | None) -> int:
    """Returns a stated accuracy in mm, rounded up; nothing stated is nothing added."""
    if accuracy_m is None or not accuracy_m.is_finite():
        return 0
    return max(0, int((accuracy_m * 1_000).to_integral_value(ROUND_CEILING)))
