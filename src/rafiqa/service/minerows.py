"""Rows among the mines that a store says were found, and where their next places are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import SiteFrame
from rafiqa.land import Recorded, RecordWithdrawn, WorkReported
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


def ask_rows(office: Office, as_of: AsOf = NOW) -> RowsFound:
    """Returns the rows among finds as of two times. It orders where to look, and lowers no ground.

    Args:
        office: the open store.
        as_of: the two times asked about.

    Raises:
        InvalidInput: more finds than are looked at together.
    """
    valid_us = as_of.valid_us(office)
    facts = office.facts(as_of.known_at_us)
    return office.judged(
        ("rows", *risk_key(office, as_of)), lambda: _rows(facts, office.frame, valid_us)
    )


def _rows(facts: Sequence[Recorded], frame: SiteFrame, valid_at_us: int) -> RowsFound:
    gone = {each.fact.entry_id for each in facts if isinstance(each.fact, RecordWithdrawn)}
    works = {
        each.fact.work_id: each.fact
        for each in facts
        if isinstance(each.fact, WorkReported)
        and each.valid_at_us <= valid_at_us
        and each.entry_id not in gone
    }
    finds = [(work, at) for work in works.values() for at in range(len(work.finds))]
    laid = [(work, at) for work, at in finds if work.finds[at].category in OF_ROWS]
    if len(laid) > FINDS_MOST:
        params: dict[str, str | int] = {"n": len(laid), "most": FINDS_MOST}
        raise InvalidInput(Fault("risk.rows.too-many", "--rows", params=params))
    spots = [work.finds[at].spot for work, at in laid]
    places = np.array([frame.spot_mm(spot) for spot in spots]).reshape(-1, 2) / _MM
    names = tuple(find_id(work.work_id, at + 1) for work, at in laid)
    found = mine_rows(places, _Worked(works.values()).at)
    return RowsFound(names, places, len(finds) - len(laid), found)


class _Worked:
    """Ground that was cleared by work which told all its finds: a find there would be a miss."""

    def __init__(self, works: Iterable[WorkReported]) -> None:
        self.shapes: list[BaseGeometry] = [
            part.shape.geometry
            for work in works
            if work.finds_complete
            for part in work.parts
            if part.outcome == "cleared" and part.unit_id is None
        ]
        self._tree = shapely.STRtree(self.shapes)

    def at(self, places_m: Floats) -> Bools:
        """Returns ``(n,)`` whether places in metres lie in such ground."""
        inside = np.zeros(len(places_m), dtype=np.bool_)
        points = shapely.points(np.asarray(places_m) * _MM)
        inside[self._tree.query(points, predicate="intersects")[0]] = True
        return inside
