"""What decides a footprint's gate at one time, in columns: faces, signs, reports.

Made once of a land book and a time, then asked by every block of footprints. Threads may share
it: each borrows prepared copies of the faces.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.bulk.boxjoin import BoxJoin, Floats, Ints, box_join
from rafiqa.bulk.cells import FaceCells, face_cells
from rafiqa.land import Face, LandBook, LandState, Witness, quarantines
from rafiqa.recovery import InDoubt, ReportPlace, bombed, is_undug

NEVER = np.iinfo(np.int64).min
_SLACK_MM = 1.0
"""A shape that rounding would bend stands up to half a millimetre off its rounded box."""


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """Places of unanswered evidence and accidents, of reports that wait, and of chance finds.

    Attributes:
        places: ``(s,)`` points, mm.
        reach_mm: ``(s,)`` how far off a footprint counts as one it may lie on.
        seen: ``(s, 2)`` when in truth, and after which place on record, it was seen.
        is_report: ``(s,)`` whether it is a resident's report.
        is_find: ``(s,)`` whether it is a chance find, which closes what it lies on.
        is_bombing: ``(s,)`` whether it says that another may lie deep.
    """

    places: npt.NDArray[np.object_]
    reach_mm: Floats
    seen: Ints
    is_report: npt.NDArray[np.bool_]
    is_find: npt.NDArray[np.bool_]
    is_bombing: npt.NDArray[np.bool_]

    def of(self, which: Ints) -> Signs:
        """Returns some of the signs."""
        return Signs(*(getattr(self, column.name)[which] for column in fields(self)))


@dataclass(frozen=True, eq=False)
class Ground:
    """The faces on record at one time, and the signs then.

    Attributes:
        shapes: ``(k,)`` polygons and multipolygons, mm.
        faces: ``(k,)`` the number of each among the book's faces.
        rank: ``(k,)`` of those that close, greater where it is told before others; else 0.
        released: ``(k,)`` whether it stands released.
        worth: ``(k,)`` of released faces, greater where less is proven of it.
        certified_cm: ``(k,)`` the depth it is cleared to; -1 where it is released without one.
        cleared: ``(k,)`` whether it is cleared, and not only cancelled or reduced.
        undug: ``(k,)`` whether its depth does not hold beneath a surface left as it was.
        in_doubt: ``(k,)`` whether it stands released and that is in doubt.
        since: ``(k, 2)`` when, in truth and on record, the work began that it stands released by.
        signs: signs and reports.
        distance_mm: how far a hazard or a sign must lie off.
        in_cells: whether ``cells`` are to be asked before GEOS.
    """

    shapes: npt.NDArray[np.object_]
    faces: Ints
    rank: Ints
    released: npt.NDArray[np.bool_]
    worth: Ints
    certified_cm: Ints
    cleared: npt.NDArray[np.bool_]
    undug: npt.NDArray[np.bool_]
    in_doubt: npt.NDArray[np.bool_]
    since: Ints
    signs: Signs
    distance_mm: int = 0
    in_cells: bool = True
    _copies: list[Prepared] = field(default_factory=list, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def __len__(self) -> int:
        return len(self.shapes)

    @cached_property
    def boxes(self) -> Floats:
        """``(k + s, 4)`` boxes of faces, then of signs, grown by how far they count; mm."""
        signs = self.signs
        reach = np.full(len(self.shapes), float(self.distance_mm))
        bounds = np.concatenate([shapely.bounds(self.shapes), shapely.bounds(signs.places)])
        grow = np.concatenate([reach, signs.reach_mm]) + _SLACK_MM
        grown: Floats = bounds.reshape(-1, 4) + grow[:, None] * np.array([-1, -1, 1, 1])
        return grown

    @cached_property
    def join(self) -> BoxJoin:
        """A grid over ``boxes``."""
        return box_join(self.boxes)

    @cached_property
    def cells(self) -> FaceCells:
        """The faces in cells."""
        return face_cells(self.shapes)

    @contextmanager
    def prepared(self) -> Iterator[Prepared]:
        """Yields prepared copies of the faces that nobody else asks meanwhile."""
        try:
            own = self._copies.pop()
        except IndexError:
            own = Prepared(self)
        yield own
        self._copies.append(own)

    @property
    def parts(self) -> npt.NDArray[np.object_]:
        """The parts of all released ground joined, for footprints that lie on several faces."""
        with self._lock:
            return self._parts

    @cached_property
    def _parts(self) -> npt.NDArray[np.object_]:
        if not self.released.any():
            return np.empty(0, dtype=object)
        whole = shapely.disjoint_subset_union_all(self.shapes[self.released])
        return np.asarray(shapely.get_parts(whole), dtype=object)

    @cached_property
    def _parts_join(self) -> BoxJoin:
        return box_join(shapely.bounds(self.parts).reshape(-1, 4))

    @property
    def parts_join(self) -> BoxJoin:
        """A grid over the boxes of ``parts``."""
        with self._lock:
            return self._parts_join

    def near(self, box_mm: Floats) -> tuple[Ground, Ints]:
        """Returns what of the ground counts within a box, and the rows of it that are kept.

        Whatever lies in the box is ruled on by it as by the whole: faces keep their order, and a
        face or a sign beyond is left out only where it lies farther off than it counts. Its faces
        are numbered anew, from 0 on.

        Args:
            box_mm: ``(4,)`` west, south, east, north; may be infinite.
        """
        met = np.arange(len(self.boxes), dtype=np.int64)
        if np.isfinite(box_mm).all():
            # By the grid over the boxes: of a country's faces a tile has few.
            blocks = [what for _, what in self.join.pairs(box_mm[None])]
            met = np.sort(np.concatenate([np.empty(0, dtype=np.int64), *blocks]))
        kept, signs = met[met < len(self)], met[met >= len(self)] - len(self)
        hazard, closes = self.rank[kept] > len(self), self.rank[kept] > 0
        order = np.arange(len(kept), dtype=np.int64)
        part = replace(
            self,
            shapes=self.shapes[kept],
            faces=order,
            rank=np.where(closes, order + 1 + hazard * len(kept), 0),
            released=self.released[kept],
            worth=self.worth[kept],
            certified_cm=self.certified_cm[kept],
            cleared=self.cleared[kept],
            undug=self.undug[kept],
            in_doubt=self.in_doubt[kept],
            since=self.since[kept] if len(self.since) else self.since,
            signs=self.signs.of(signs),
            _copies=[],
            _lock=threading.RLock(),
        )
        return part, kept

    def ready(self) -> Ground:
        """Returns itself with everything made that all threads share."""
        with ThreadPoolExecutor(1) as beside:
            # GEOS joins the parts while numpy fills the cells.
            joined = beside.submit(lambda: self.parts_join)
            _ = self.boxes, self.join, self.in_cells and self.cells
            joined.result()
        return self


class Prepared:
    """Prepared copies of a ground's faces for one thread at a time.

    GEOS's prepared shapes are not to be shared by threads; what was prepared once is used again.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    @cached_property
    def shapes(self) -> npt.NDArray[np.object_]:
        """The faces."""
        return prepared_copies(self._ground.shapes)

    @cached_property
    def parts(self) -> npt.NDArray[np.object_]:
        """The parts of all released ground."""
        return prepared_copies(self._ground.parts)


def prepared_copies(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Returns copies of shapes, prepared for whoever asked, who is to be the only one to use them.

    The shapes themselves stay as they are: those of the book are shared by threads.
    """
    own = np.asarray(shapely.force_2d(shapes), dtype=object)
    shapely.prepare(own)
    return own


def ground_of(
    book: LandBook,
    valid_at_us: int,
    *,
    distance_mm: int = 0,
    reports_mm: Sequence[ReportPlace] = (),
    finds_mm: Sequence[tuple[int, int]] = (),
    in_doubt: InDoubt | None = None,
) -> Ground:
    """Returns the ground of a land book at a time.

    Args:
        book: the land book as known at the time asked about.
        valid_at_us: the time the answer is to be true at.
        distance_mm: how far a hazard or a report must lie off.
        reports_mm: places of residents' reports not yet answered, and how far off each may lie.
        finds_mm: places of chance finds that no ordnance team has answered.
        in_doubt: of which released faces the release is in doubt; of none where not given.
    """
    unanswered = [book.witnesses.all[at] for at in book.witnesses.unanswered(valid_at_us)]
    signs = _signs(book, unanswered, reports_mm, finds_mm, distance_mm)
    return _ground(book, book.faces, valid_at_us, signs, distance_mm, in_doubt)


def ground_near(
    book: LandBook,
    valid_at_us: int,
    around: BaseGeometry,
    *,
    distance_mm: int = 0,
    reports_mm: Sequence[ReportPlace] = (),
    finds_mm: Sequence[tuple[int, int]] = (),
) -> tuple[Ground, Sequence[Face]]:
    """Returns the ground that touches a place, or lies within the distance, and its faces.

    Args:
        book: as for ``ground_of``.
        valid_at_us: as for ``ground_of``.
        around: the place, mm.
        distance_mm: as for ``ground_of``.
        reports_mm: as for ``ground_of``.
        finds_mm: as for ``ground_of``.
    """
    faces = book.touching(around, distance_mm)
    near = book.witnesses.each_near(around, valid_at_us, least_mm=distance_mm)
    unanswered = [sign.witness for sign in near if sign.witness.kind != "report"]
    signs = _signs(book, unanswered, reports_mm, finds_mm, distance_mm)
    # Few faces are asked of GEOS at once: their cells would take longer to fill.
    return replace(_ground(book, faces, valid_at_us, signs, distance_mm), in_cells=False), faces


def _ground(
    book: LandBook,
    faces: Sequence[Face],
    valid_at_us: int,
    signs: Signs,
    distance_mm: int,
    in_doubt: InDoubt | None = None,
) -> Ground:
    on_record = [
        (number, face, state)
        for number, face in enumerate(faces)
        if (state := face.timeline.at(valid_at_us)) is not None
    ]
    states = [state for _, _, state in on_record]
    witness = ~signs.is_report & ~signs.is_find
    wide = bool((witness & (signs.reach_mm > distance_mm)).any())
    return Ground(
        np.array([face.shape.geometry for _, face, _ in on_record], dtype=object),
        np.array([number for number, _, _ in on_record], dtype=np.int64),
        _ranks(on_record, book, valid_at_us),
        np.array([not state.is_hazard for state in states], dtype=np.bool_),
        np.array([_worth(state) for state in states], dtype=np.int64),
        np.array([-1 if state.depth_cm is None else state.depth_cm for state in states], np.int64),
        np.array([state.status == "cleared" for state in states], dtype=np.bool_),
        np.array([is_undug(state, book.register) for state in states], dtype=np.bool_),
        np.array([in_doubt is not None and in_doubt(*each[1:]) for each in on_record], np.bool_),
        _since(on_record, book, valid_at_us) if wide else np.empty((0, 2), dtype=np.int64),
        signs,
        distance_mm,
    )


def _worth(state: LandState) -> int:
    """Returns how little is proven of released ground: cancelled, reduced, then by its depth."""
    order = {"cancelled": 2_000_000, "reduced": 1_000_000, "cleared": 100_000}
    depth_cm = state.depth_cm or 0
    return order.get(state.status, 0) - min(depth_cm, 99_999) if not state.is_hazard else 0


def _ranks(
    on_record: Sequence[tuple[int, Face, LandState]], book: LandBook, valid_at_us: int
) -> Ints:
    """Returns whether each closes, and which of several is told: hazard before stopped ground."""
    rank = np.zeros(len(on_record), dtype=np.int64)
    for at, (_, _, state) in enumerate(on_record):
        if state.is_hazard:
            rank[at] = len(on_record) + at + 1
        elif quarantines(book.register, state, valid_at_us):
            rank[at] = at + 1
    return rank


def _since(
    on_record: Sequence[tuple[int, Face, LandState]], book: LandBook, valid_at_us: int
) -> Ints:
    moments = []
    for _, _, state in on_record:
        works = [act.begun for act in book.witnesses.acts_behind(state, valid_at_us)]
        true_us = min((work.valid_at_us for work in works), default=int(NEVER))
        moments.append((true_us, min((work.seq for work in works), default=int(NEVER))))
    return np.array(moments, dtype=np.int64).reshape(-1, 2)


def _signs(
    book: LandBook,
    unanswered: Sequence[Witness],
    reports_mm: Sequence[ReportPlace],
    finds_mm: Sequence[tuple[int, int]],
    distance_mm: int,
) -> Signs:
    places = [item.place for item in unanswered]
    places += [shapely.Point(x_mm, y_mm) for x_mm, y_mm, _ in reports_mm]
    places += [shapely.Point(place_mm) for place_mm in finds_mm]
    reach_mm = [float(max(item.accuracy_mm, distance_mm)) for item in unanswered]
    reach_mm += [float(distance_mm + further_mm) for _, _, further_mm in reports_mm]
    reach_mm += [float(distance_mm)] * len(finds_mm)
    seen = [(item.valid_at_us, item.seq + 1) for item in unanswered]
    seen += [(0, 0)] * (len(places) - len(unanswered))
    deep = set(bombed(book, [item.witness_id for item in unanswered]))
    at_deep = [at for at, item in enumerate(unanswered) if item.witness_id in deep]
    number, n_before_finds = np.arange(len(places)), len(places) - len(finds_mm)
    return Signs(
        np.array(places, dtype=object),
        np.array(reach_mm, dtype=np.float64),
        np.array(seen, dtype=np.int64).reshape(-1, 2),
        (number >= len(unanswered)) & (number < n_before_finds),
        number >= n_before_finds,
        np.isin(number, at_deep),
    )
