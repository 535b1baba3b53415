"""The land book: every square metre on record in exactly one state, as known at one time.

All outlines on record are laid over one another on the site's 1 mm grid; the pieces between
their lines are faces, and each face carries its own timeline (``rafiqa.land.ground``). A book
is a view of the land's history at one place in the ledger: it makes what it is asked for, and
never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import GridShape
from rafiqa.land.effect import raised_since
from rafiqa.land.face import Face, Sliver
from rafiqa.land.fact import Recorded, WorkInspected, WorkReported
from rafiqa.land.ground import GroundVersion
from rafiqa.land.history import LandHistory
from rafiqa.land.records import Records
from rafiqa.land.register import Lower, Raise, Register
from rafiqa.land.rule import ReleaseCase, unsound
from rafiqa.land.ruling import Reason
from rafiqa.land.timeline import LandState
from rafiqa.land.witness import Witnesses


class LandBook:
    """The fold of a ledger's land facts, as known at one place in the ledger.

    Args:
        history: the land's facts; later ones than ``seq`` are not known to the book.
        seq: the place in the ledger.
    """

    def __init__(self, history: LandHistory, seq: int) -> None:
        self.history = history
        self.seq = seq
        self.register = Records(history, seq)

    @cached_property
    def faces(self) -> Sequence[Face]:
        """Every face on record; disjoint, and together all ground ever put on record."""
        rows = self.history.rows(self.seq)
        return [face for row in rows for face in self.history.version(row).faces]

    @cached_property
    def tree(self) -> shapely.STRtree:
        """A spatial index over ``faces``, in mm of the site's frame."""
        return shapely.STRtree([face.shape.geometry for face in self.faces])

    @property
    def slivers(self) -> tuple[Sliver, ...]:
        """Every sliver that was joined to its neighbour, in the order of the faces."""
        return tuple(item for face in self.faces for item in face.slivers)

    @property
    def unproven(self) -> tuple[Face, ...]:
        """The faces of ground that could not be cut soundly, and so is hazard."""
        return tuple(face for face in self.faces if _unproven(face))

    def near(self, shape: GridShape, distance_mm: int = 0) -> list[Face]:
        """Returns the faces that touch a shape, or lie within a distance of it."""
        return [] if shape.is_empty else self.touching(shape.geometry, distance_mm)

    def at_mm(self, x_mm: int, y_mm: int) -> list[Face]:
        """Returns every face that covers a point or has it on its edge."""
        return self.touching(shapely.Point(x_mm, y_mm))

    def touching(self, place: BaseGeometry, distance_mm: int = 0) -> list[Face]:
        """Returns the faces that touch a place, or lie within a distance of it."""
        found = [face for item in self._near(place, distance_mm) for face in item.faces]
        shapes = np.array([face.shape.geometry for face in found], dtype=object)
        if distance_mm:
            hit = shapely.dwithin(shapes, place, distance_mm)
        else:
            hit = shapely.intersects(shapes, place)
        return [found[index] for index in np.flatnonzero(hit)]

    def raises_near(self, place: BaseGeometry) -> list[Raise]:
        """Returns what was put to hazard on ground that touches a place, oldest first."""
        found = [item for version in self._near(place) for item in version.raises]
        return [item for item in found if shapely.intersects(item.shape.geometry, place)]

    def lowers_near(self, place: BaseGeometry, distance_mm: int = 0) -> list[Lower]:
        """Returns what was taken off hazard on ground within a distance of a place."""
        found = [item for version in self._near(place, distance_mm) for item in version.lowers]
        return [item for item in found if shapely.dwithin(item.shape.geometry, place, distance_mm)]

    def _near(self, place: BaseGeometry, distance_mm: int = 0) -> list[GroundVersion]:
        rows = self.history.rows_near(place, distance_mm, self.seq)
        return [self.history.version(row) for row in rows]

    def raised_since(self, case: ReleaseCase) -> list[Reason]:
        """Returns what was put to hazard on a case's parts after its work, part by part."""
        work = case.work_fact()
        if work is None:
            return []
        near = [item for part in case.parts() for item in self.raises_near(part.shape.geometry)]
        once = list(dict.fromkeys(near))
        return list(raised_since(once, self.register.joined("work", work.work_id), case))

    def story(self, area_id: str) -> list[Recorded]:
        """Returns an area's own facts and the reopenings on its ground, true when then sequence."""
        area = self.register.areas[area_id]
        facts = {record.seq: record for record in area.facts}
        if not area.outline.is_empty:
            for item in self.raises_near(area.outline.geometry):
                record = self.register.reopenings.get(item.subject)
                if record is not None:
                    facts[record.seq] = record
        return sorted(facts.values(), key=lambda record: (record.valid_at_us, record.seq))

    def not_cleared_at_mm(self, x_mm: int, y_mm: int) -> list[str]:
        """Returns the ids of the parts reported as not cleared that cover a point, in order."""
        place = shapely.Point(x_mm, y_mm)
        return [
            part_id
            for register in self.registers_near(place)
            for part_id, (part, _) in register.parts.items()
            if part.outcome == "not_cleared" and part.shape.covers_mm(x_mm, y_mm)
        ]

    def failed_work_at_mm(self, x_mm: int, y_mm: int) -> list[str]:
        """Returns the ids of works with a part on a point that an inspection ever refused."""
        found = []
        for register in self.registers_near(shapely.Point(x_mm, y_mm)):
            for work_id, inspections in register.inspections.items():
                facts = [item.fact for item in inspections]
                work = register.works.get(work_id)
                if (
                    work is not None
                    and isinstance(work.fact, WorkReported)
                    and any(isinstance(fact, WorkInspected) and unsound(fact) for fact in facts)
                    and any(part.shape.covers_mm(x_mm, y_mm) for part in work.fact.parts)
                ):
                    found.append(work_id)
        return found

    def failed_lots_at_mm(self, x_mm: int, y_mm: int) -> list[Raise]:
        """Returns what lots that failed have raised at a point, in the order of the walk."""
        near = self.raises_near(shapely.Point(x_mm, y_mm))
        lots = self.register.lots_said
        return [item for item in near if item.kind == "failed" and item.subject in lots]

    def registers_near(self, place: BaseGeometry) -> list[Register]:
        """Returns the registers of the dockets that speak of ground touching a place."""
        dockets = self.history.dockets_near(place, self.seq)
        return [docket.register(self.seq) for docket in dockets]

    @cached_property
    def witnesses(self) -> Witnesses:
        """Every sign of explosive ordnance on record, found by place."""
        return Witnesses(self, self.history.sightings)

    def states(self, valid_at_us: int) -> Iterator[tuple[Face, LandState]]:
        """Yields each face on record at a time with its state then."""
        for face in self.faces:
            state = face.timeline.at(valid_at_us)
            if state is not None:
                yield face, state


def _unproven(face: Face) -> bool:
    return any(step.state is not None and step.state.unproven for step in face.timeline.steps)


def fold(facts: Iterable[Recorded]) -> LandBook:
    """Returns the land book of the facts given, in whatever order they come.

    Args:
        facts: what is known; leave out what was not yet known at the time asked about.
    """
    history = LandHistory()
    history.take(sorted(facts, key=lambda item: item.seq))
    return LandBook(history, history.seq)
