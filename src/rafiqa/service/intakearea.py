"""Areas of an import held against one another and against what is on record, by name.

The defects that checkers of older systems list: the same polygon under another id, points of
a ring given twice, areas that overlap. Only the first is refused, and only where nothing is
lost by it: all of that ground must be on record as hazard, of no lower class, and since no
later a day. Otherwise the row is taken, and counts where it says more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault
from rafiqa.geo import GridShape
from rafiqa.land import SLIVER_MM2, AreaRecorded, outranks
from rafiqa.service.office import Office

WARNED_MAX = 200
"""Overlaps told by name in one import; a file with more is told that many and no more."""
SMALL_MM2 = 1_000_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """An area as a row or a record draws it."""

    area_id: str
    shape: GridShape
    class_: str
    valid_at_us: int
    number: int | None = None


@dataclass(slots=True, eq=False)
class AreaShelf:
    """The areas of one import beside those on record when it began."""

    office: Office
    known: list[Drawn] = field(default_factory=list)
    taken: list[Drawn] = field(default_factory=list)
    _by_shape: dict[GridShape, list[Drawn]] = field(default_factory=dict)
    _ids: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        areas = self.office.register().areas
        self._ids = frozenset(areas)
        for area_id, record in areas.items():
            fact = record.fact
            self._keep(
                self.known, Drawn(area_id, fact.shape, fact.class_, record.recorded.valid_at_us)
            )

    def _keep(self, where: list[Drawn], drawn: Drawn) -> None:
        where.append(drawn)
        self._by_shape.setdefault(drawn.shape, []).append(drawn)

    def twin(self, fact: AreaRecorded, valid_at_us: int) -> str | None:
        """Returns the id of an area that makes a row needless; None where the row says more."""
        for other in self._by_shape.get(fact.shape, ()):
            if (
                other.area_id != fact.area_id
                and other.valid_at_us <= valid_at_us
                and not outranks(fact.class_, other.class_)  # type: ignore[arg-type]
                and (other.number is not None or self._all_hazard(fact, valid_at_us))
            ):
                return other.area_id
        return None

    def _all_hazard(self, fact: AreaRecorded, valid_at_us: int) -> bool:
        """Returns whether all ground of a row has been hazard, of no lower class, since its day."""
        left2 = fact.shape.area2_mm2
        for face in self.office.book().near(fact.shape):
            since = [step.state for step in face.timeline.steps if step.at_us > valid_at_us]
            states = [face.timeline.at(valid_at_us), *since]
            if all(
                state is not None
                and state.is_hazard
                and not outranks(fact.class_, state.raised_class)
                for state in states
            ):
                left2 -= face.shape.intersection(fact.shape).area2_mm2
        return left2 <= 0

    def take(self, fact: AreaRecorded, valid_at_us: int, number: int) -> None:
        """Keeps an accepted row, to hold later ones against."""
        drawn = Drawn(fact.area_id, fact.shape, fact.class_, valid_at_us, number)
        if fact.area_id in self._ids:
            # Its id is on record: with other content the ledger will not take it, so no other
            # row may be spared for it.
            self.taken.append(drawn)
        else:
            self._keep(self.taken, drawn)

    def overlaps(self) -> Iterator[Fault]:
        """Yields each pair of areas that overlap by more than drawing noise, with how much."""
        every = [*self.known, *self.taken]
        if not self.taken:
            return
        tree = shapely.STRtree([item.shape.geometry for item in every])
        mine = np.array([item.shape.geometry for item in self.taken], dtype=object)
        told = 0
        for left, right in sorted(tree.query(mine, predicate="intersects").T.tolist()):
            one, other = self.taken[left], every[right]
            if other.area_id == one.area_id or right >= len(self.known) + left:
                continue
            over2 = one.shape.intersection(other.shape).area2_mm2
            if over2 > 2 * SLIVER_MM2 and told < WARNED_MAX:
                told += 1
                params: dict[str, str | int] = {
                    "area": one.area_id,
                    "other": other.area_id,
                    "area_m2": -(-over2 // 2_000_000),
                }
                yield Fault("land.area.overlap", "geometry", one.number, params)


def area_warnings(area_id: str, shape: GridShape, number: int) -> Iterator[Fault]:
    """Yields that an area is under a square metre: taken as it is, and likely a slip."""
    if 0 < shape.area2_mm2 < 2 * SMALL_MM2:
        params: dict[str, str | int] = {"area": area_id, "area_cm2": shape.area2_mm2 // 200}
        yield Fault("land.area.small", "geometry", number, params)


def ring_warnings(geometry: BaseGeometry | None, number: int) -> Iterator[Fault]:
    """Yields that points of a ring repeat the one before them: the outline is the same."""
    n_repeated = sum(_repeated(ring) for ring in _rings(geometry))
    if n_repeated:
        yield Fault("service.import.points-twice", "geometry", number, {"n": n_repeated})


def _rings(geometry: BaseGeometry | None) -> Sequence[BaseGeometry]:
    if geometry is None or geometry.geom_type not in {"Polygon", "MultiPolygon"}:
        return ()
    rings: Sequence[BaseGeometry] = list(shapely.get_rings(shapely.get_parts(geometry)))
    return rings


def _repeated(ring: BaseGeometry) -> int:
    points = shapely.get_coordinates(ring)
    return int((points[1:] == points[:-1]).all(axis=1).sum())
