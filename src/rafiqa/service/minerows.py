"""Rows among the mines that a store says were found, and where their next places are.

Looked at are the finds of works that stand, as far as whoever asks may see single items; what lies
far outside the site is counted and left out.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import LAND_REACH_M
from rafiqa.land import (
    LandBook,
    OrdnanceFound,
    Recorded,
    WorkReported,
    inspection_failed,
    standing_works,
)
from rafiqa.risk import RowsFound, find_id, mine_rows
from rafiqa.service.office import Office
from rafiqa.service.question import NOW, AsOf
from rafiqa.service.risk import risk_key

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
OF_ROWS = frozenset({"ap_mine", "av_mine", "mine", "improvised_mine", "unknown"})
"""Kinds of ordnance that are laid in rows, and items of which nobody could tell the kind."""
FINDS_MOST = 10_000
_MM = 1_000


def ask_rows(office: Office, as_of: AsOf = NOW, areas: frozenset[str] | None = None) -> RowsFound:
    """Returns the rows among finds as of two times. It orders where to look, and lowers no ground.

    Args:
        office: the open store.
        as_of: the two times asked about.
        areas: those whose single items whoever asks may see; every one where None.

    Raises:
        InvalidInput: more finds than are looked at together.
    """
    valid_us = as_of.valid_us(office)
    facts = office.facts(as_of.known_at_us)
    # Facts recorded while rows are looked for are not to slip in.
    times = AsOf(valid_us, facts[-1].recorded_at_us if facts else as_of.known_at_us)
    book = office.book(times.known_at_us)
    return office.judged(
        ("rows", *risk_key(office, times), areas), lambda: _rows(office, book, valid_us, areas)
    )


def _rows(
    office: Office, book: LandBook, valid_at_us: int, areas: frozenset[str] | None
) -> RowsFound:
    works = [
        (record, fact)
        for record, fact in standing_works(book.register, valid_at_us)
        if areas is None or fact.area_id in areas
    ]
    finds = [
        (find_id(fact.work_id, number), find)
        for _, fact in works
        for number, find in enumerate(fact.finds, 1)
    ]
    laid = [(name, find) for name, find in finds if find.category in OF_ROWS]
    places = _places_m(office, [find for _, find in laid])
    # What has no place at all is not near.
    near: Bools = np.all(np.abs(places) <= LAND_REACH_M, axis=1)
    names = tuple(name for (name, _), inside in zip(laid, near.tolist(), strict=True) if inside)
    if len(names) > FINDS_MOST:
        params: dict[str, str | int] = {"n": len(names), "most": FINDS_MOST}
        raise InvalidInput(Fault("risk.rows.too-many", "--rows", params=params))
    found = mine_rows(places[near], _Worked(book, works, valid_at_us).at)
    outside = len(laid) - len(names)
    return RowsFound(
        names, places[near], len(finds) - len(laid), found, outside, whole=areas is None
    )


def _places_m(office: Office, finds: Iterable[OrdnanceFound]) -> Floats:
    """Where finds lie in the site's plane; not a number where no plane has them."""
    spots = [(find.spot.lon_deg, find.spot.lat_deg) for find in finds]
    out: Floats = office.frame.places_mm(np.array(spots, dtype=float).reshape(-1, 2)) / _MM
    return out


class _Worked:
    """Ground that was searched by work which told all its finds: a find there would be a miss.

    No inspection of that work failed, it began at the surface, and its ground was not put back to
    hazard since.
    """

    def __init__(
        self, book: LandBook, works: Iterable[tuple[Recorded, WorkReported]], valid_at_us: int
    ) -> None:
        self.shapes: list[BaseGeometry] = [
            part.shape.geometry
            for record, fact in works
            if fact.finds_complete
            for part in fact.parts
            if part.outcome == "cleared" and part.unit_id is None and not part.depth_from_cm
            if not inspection_failed(book.register, record, fact.work_id, part.part_id, valid_at_us)
        ]
        self._tree = shapely.STRtree(self.shapes)
        states = book.states(valid_at_us)
        back = [face.shape.geometry for face, state in states if state.is_hazard and state.reopened]
        self._back = shapely.STRtree(back)

    def at(self, places_m: Floats) -> Bools:
        """Returns ``(n,)`` whether places in metres lie in such ground."""
        inside = np.zeros(len(places_m), dtype=np.bool_)
        points = shapely.points(np.asarray(places_m) * _MM)
        inside[self._tree.query(points, predicate="intersects")[0]] = True
        inside[self._back.query(points, predicate="intersects")[0]] = False
        return inside
