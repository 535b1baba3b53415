"""Witnesses: what was seen, told or suffered at a place, and whether a release answered it.

A witness draws no area and changes no state. It is told of wherever it may lie, until the
ground at its own place was released on work newer than it, in truth and on record; a
resident's report until an answer puts it to rest. Contrary evidence is no witness.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.land.answered import settled
from rafiqa.land.face import Face
from rafiqa.land.register import Lower
from rafiqa.land.rule import supports
from rafiqa.land.sighting import Sightings, Witness
from rafiqa.land.timeline import LandState

if TYPE_CHECKING:
    from rafiqa.land.book import LandBook

NEAR_MM = 100_000
"""100 m: how far from a place every witness is told of, however exact its own is stated.

Positions read off a map, told by somebody or taken by a phone among walls are commonly off by
tens of metres, and most sources state no accuracy; nor does ordnance come singly.
"""


@dataclass(frozen=True, slots=True)
class Sign:
    """An unanswered witness near some ground, and how far its place is from it."""

    witness: Witness
    distance_mm: float


class Witnesses:
    """Every witness of a land book, found by place.

    Args:
        book: the land book as known at one place in the ledger.
        sightings: every witness so far, later ones too.
    """

    def __init__(self, book: LandBook, sightings: Sightings) -> None:
        self._book = book
        self._sightings = sightings
        self.all: Sequence[Witness] = sightings.all
        self._n = len(sightings.all)
        self._within: dict[tuple[int, tuple[int, ...]], bool] = {}
        self._acts: dict[str, tuple[Lower, ...]] = {}
        self._by_index: dict[int, list[Face]] | None = None

    @cached_property
    def places(self) -> npt.NDArray[np.object_]:
        """The place of each witness."""
        return np.array([item.place for item in self.all[: self._n]], dtype=object)

    @cached_property
    def accuracy_mm(self) -> npt.NDArray[np.int64]:
        """How inexact the place of each witness is."""
        return np.array([item.accuracy_mm for item in self.all[: self._n]], dtype=np.int64)

    def near(self, ground: BaseGeometry, valid_at_us: int, *, least_mm: int = 0) -> list[Sign]:
        """Returns the unanswered witnesses that may lie on some ground, each once, nearest first.

        One that was recorded several times is told of by the nearest of its places.

        Args:
            ground: a place or a shape, in mm of the site's frame.
            valid_at_us: the time the answer is to be true at.
            least_mm: how far off a witness counts at least; further where it is less exact.
        """
        signs: dict[tuple[str, str], Sign] = {}
        for sign in self.each_near(ground, valid_at_us, least_mm=least_mm):
            signs.setdefault((sign.witness.kind, sign.witness.witness_id), sign)
        return list(signs.values())

    def each_near(self, ground: BaseGeometry, valid_at_us: int, *, least_mm: int = 0) -> list[Sign]:
        """Returns every record of an unanswered witness that may lie on some ground, nearest first.

        Args:
            ground: as for ``near``.
            valid_at_us: as for ``near``.
            least_mm: as for ``near``.
        """
        found = self._in_reach(ground, least_mm)
        places = np.array([self.all[index].place for index in found], dtype=object)
        away_mm = shapely.distance(places, ground).tolist()
        meant = [
            (distance_mm, index)
            for distance_mm, index in zip(away_mm, found, strict=True)
            if distance_mm <= max(self.all[index].accuracy_mm, least_mm)
        ]
        return [
            Sign(self.all[index], distance_mm)
            for distance_mm, index in sorted(meant)
            if self._speaks(index, valid_at_us)
        ]

    def inexact_at(self, ground: BaseGeometry, *, least_mm: int = 0) -> list[Witness]:
        """Returns the evidence and accidents at some ground that may lie farther off.

        What becomes of that ground may answer them, or let them speak again, far beside it.

        Args:
            ground: a place or a shape, in mm of the site's frame.
            least_mm: those that are no less exact than this are left out.
        """
        found = self._sightings.near(shapely.box(*shapely.bounds(ground)), self._book.seq)
        items = [self.all[index] for index in found]
        return [
            item
            for item in items
            if item.kind != "report"
            and item.accuracy_mm > least_mm
            and shapely.intersects(item.place, ground)
        ]

    def unanswered(self, valid_at_us: int) -> list[int]:
        """Returns the indices of evidence and accidents that nothing has answered at a time."""
        self._faces_of_all()
        return [
            index
            for index, item in enumerate(self.all[: self._n])
            if item.kind != "report"
            and item.known_seq <= self._book.seq
            and self._speaks(index, valid_at_us)
        ]

    def contradicted(self, valid_at_us: int) -> frozenset[int]:
        """Returns which released faces a witness speaks against, by their place among the faces.

        A report counts as evidence and accidents do: it lies on the face, or no further from it
        than it is inexact and in no hazard on record; and the face does not stand released by
        work newer than it.
        """
        places = self.places
        if not len(places):
            return frozenset()
        reach_mm = self.accuracy_mm.astype(np.float64)
        pairs = self._book.tree.query(places, predicate="dwithin", distance=reach_mm).T.tolist()
        found: set[int] = set()
        for index, number in pairs:
            face = self._book.faces[number]
            if number not in found and self._contradicts(index, face, valid_at_us):
                found.add(number)
        return frozenset(found)

    def contradicted_by(self, index: int, valid_at_us: int) -> list[Face]:
        """Returns the released faces that one witness speaks against: ``contradicted`` by it alone.

        Args:
            index: its place among ``all``.
            valid_at_us: the time the answer is to be true at.
        """
        item = self.all[index]
        near = self._book.touching(item.place, item.accuracy_mm)
        return [face for face in near if self._contradicts(index, face, valid_at_us)]

    def about(self, ground: BaseGeometry, valid_at_us: int, *, least_mm: int = 0) -> list[int]:
        """Returns every witness true by a time whose reach meets the box of some ground.

        Those of ``each_near`` are among them, answered or not.

        Args:
            ground: as for ``near``.
            valid_at_us: as for ``near``.
            least_mm: as for ``near``.
        """
        found = self._in_reach(ground, least_mm)
        return sorted(at for at in found if self.all[at].valid_at_us <= valid_at_us)

    def _in_reach(self, ground: BaseGeometry, least_mm: int) -> list[int]:
        """Returns every witness whose reach meets the box of some ground, by place among all."""
        west, south, east, north = shapely.bounds(ground).tolist()
        asked = shapely.box(west - least_mm, south - least_mm, east + least_mm, north + least_mm)
        return self._sightings.near(asked, self._book.seq)

    def speak_against(self, face: Face, valid_at_us: int) -> bool:
        """Returns whether a witness speaks against a released face: ``contradicted`` of it alone.

        Args:
            face: one of the book's.
            valid_at_us: the time the answer is to be true at.
        """
        ground = face.shape.geometry
        found = self._sightings.near(shapely.box(*shapely.bounds(ground)), self._book.seq)
        return any(
            self.all[index].place.dwithin(ground, float(self.all[index].accuracy_mm))
            and self._contradicts(index, face, valid_at_us)
            for index in found
        )

    def _contradicts(self, index: int, face: Face, valid_at_us: int) -> bool:
        state, item = face.timeline.at(valid_at_us), self.all[index]
        if state is None or state.is_hazard or item.known_seq > self._book.seq:
            return False
        if not self._speaks(index, valid_at_us):
            return False
        acts = self.acts_behind(state, valid_at_us)
        if acts and all(supports(item, act.begun) for act in acts):
            return False
        return face.shape.geometry.intersects(item.place) or not self._in_hazard(index, valid_at_us)

    def _in_hazard(self, index: int, valid_at_us: int) -> bool:
        """Returns whether a witness's own place is hazard on record, which stands for it."""
        states = (face.timeline.at(valid_at_us) for face in self._faces(index))
        return any(state is not None and state.is_hazard for state in states)

    def _speaks(self, index: int, valid_at_us: int) -> bool:
        item = self.all[index]
        if item.valid_at_us > valid_at_us:
            return False
        if item.kind == "report":
            answers = self._book.register.answers.get(item.witness_id, ())
            return not settled(answers, valid_at_us)
        if (item.kind, item.witness_id) in self._sightings.doubted and self._taken_back(item):
            return False
        return not self._released_since(index, valid_at_us)

    def _taken_back(self, item: Witness) -> bool:
        """Returns whether a witness is of a record that was taken back, as known by then.

        Only what is plainly off the register is: whatever else was said of it leaves it speaking.
        """
        register = self._book.register
        if item.kind == "evidence":
            said = register.evidence_said.get(item.witness_id, ())
            return not any(record.seq == item.seq for record in said)
        known = register.accidents.get(item.witness_id)
        return known is None or known.seq != item.seq

    def _released_since(self, index: int, valid_at_us: int) -> bool:
        """Returns whether all the ground of a witness stands released by acts newer than it.

        As for any point, the outer edge of released land is not released.
        """
        standing = []
        for face in self._faces(index):
            state = face.timeline.at(valid_at_us)
            if state is None:
                continue
            acts = self.acts_behind(state, valid_at_us)
            if not acts or not all(supports(self.all[index], act.begun) for act in acts):
                return False
            standing.append(face)
        return bool(standing) and self._inside(index, standing)

    def acts_behind(self, state: LandState, valid_at_us: int) -> tuple[Lower, ...]:
        """Returns the newest act that ground stands released by; under a structure, of each unit.

        None where it is hazard. An act that begins beneath the surface answers nothing that was
        seen or told of above.
        """
        if state.is_hazard:
            return ()
        newest: dict[str | None, Lower] = {}
        for act in (act for part_id in state.part_ids for act in self._acts_on(part_id)):
            true = act.subject in state.subjects and act.valid_at_us <= valid_at_us
            if true and not act.depth_from_cm:
                other = newest.get(act.unit_id, act)
                key = (act.valid_at_us, act.seq) >= (other.valid_at_us, other.seq)
                newest[act.unit_id] = act if key else other
        return tuple(newest.values())

    def _acts_on(self, part_id: str) -> tuple[Lower, ...]:
        """Returns the acts that ever lowered a part."""
        if part_id not in self._acts:
            self._acts[part_id] = self._book.register.lowers_of(part_id)
        return self._acts[part_id]

    def _inside(self, index: int, standing: Sequence[Face]) -> bool:
        key = (index, tuple(map(id, standing)))
        known = self._within.get(key)
        if known is None:
            ground = shapely.union_all([face.shape.geometry for face in standing])
            known = bool(shapely.contains_properly(ground, self.all[index].place))
            self._within[key] = known
        return known

    def _faces(self, index: int) -> Sequence[Face]:
        """Returns the faces that a witness touches; most touch none."""
        if self._by_index is not None:
            return self._by_index.get(index, ())
        return self._book.touching(self.all[index].place)

    def _faces_of_all(self) -> None:
        """Finds the faces that every witness touches at once."""
        if self._by_index is None:
            found: dict[int, list[Face]] = {}
            pairs = self._book.tree.query(self.places, predicate="intersects")
            for index, face in pairs.T.tolist():
                found.setdefault(index, []).append(self._book.faces[face])
            self._by_index = found
