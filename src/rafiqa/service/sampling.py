"""Sampling: quadrats drawn on ground that an operator reported as cleared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.geo import union_of
from rafiqa.land import LandBook, Recorded, WorkedPart
from rafiqa.risk.judgement import happened_on, hit_since
from rafiqa.risk.quadrat import MOST_UNITS, Grid, drawn, grid_of, n_squares
from rafiqa.service.exporting import lonlat_of
from rafiqa.service.office import Office
from rafiqa.service.question import NOW, AsOf
from rafiqa.wire.exporttable import ExportTable
from rafiqa.wire.instant import iso_date

LEAST_SIDE_M, MOST_SIDE_M = 0.1, 100.0
"""Sides of quadrats that can be asked for."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Ground to draw on.

    Attributes:
        part_ids: the parts that it is made of.
        grid: its quadrats.
    """

    part_ids: tuple[str, ...]
    grid: Grid


def lot_of(
    office: Office,
    *,
    side_m: float,
    part_id: str | None = None,
    area_id: str | None = None,
    as_of: AsOf = NOW,
) -> Lot:
    """Returns the quadrats of a part, or of every part of an area that was reported as cleared.

    Units of buildings and heaps are left out: their floors do not lie in the plane. So are parts
    that were put back to hazard, or on which somebody was hurt, since they were worked: nobody is
    sent there to inspect.

    Args:
        office: of the store.
        side_m: of a quadrat.
        part_id: the part, or
        area_id: the area; one of both.
        as_of: as true and known when.

    Raises:
        NotFound: no such part or area, or nothing of it was reported as cleared, or all of that is
            hazard again.
        InvalidInput: the side is none, or there would be too many quadrats.
    """
    if not LEAST_SIDE_M <= side_m <= MOST_SIDE_M:
        side: dict[str, str | int] = {"value": str(side_m)}
        raise InvalidInput(Fault("service.sampling.side", "--quadrat-m", params=side))
    book = office.book(as_of.known_at_us)
    valid_us = as_of.valid_us(office)
    cleared = _cleared(book, valid_us, part_id, area_id)
    since = [each for each in happened_on(book, office.frame) if each[0].valid_at_us <= valid_us]
    found = {part.part_id: part.shape for part, work in cleared if not hit_since(part, work, since)}
    place = "--area" if part_id is None else "--part"
    named: dict[str, str | int] = {"id": str(area_id if part_id is None else part_id)}
    if cleared and not found:
        raise NotFound(Fault("service.sampling.hazard-since", place, params=named))
    if not found:
        raise NotFound(Fault("service.sampling.nothing-cleared", place, params=named))
    ground, side_mm = union_of(list(found.values())), round(side_m * 1_000)
    many = n_squares(ground, side_mm)
    if many > MOST_UNITS:
        params: dict[str, str | int] = {"n": many, "most": MOST_UNITS}
        raise InvalidInput(Fault("service.sampling.too-many", "--quadrat-m", params=params))
    grid = grid_of(ground, side_mm)
    if not len(grid):
        raise NotFound(Fault("service.sampling.nothing-cleared", place, params=named))
    return Lot(tuple(sorted(found)), grid)


def _cleared(
    book: LandBook, valid_us: int, part_id: str | None, area_id: str | None
) -> list[tuple[WorkedPart, Recorded]]:
    if part_id is not None:
        pairs = [book.register.parts[part_id]] if part_id in book.register.parts else []
    else:
        works = book.register.joined("area", area_id or "").works if area_id else {}
        pairs = [
            (part, work)
            for work in works.values()
            for part in getattr(work.fact, "parts", ())
            if getattr(work.fact, "area_id", None) == area_id
            # An id belongs to whoever recorded it first, as with --part.
            and (first := book.register.parts.get(part.part_id)) is not None
            and first[1].seq == work.seq
        ]
    return [
        (part, owner)
        for part, owner in pairs
        if isinstance(part, WorkedPart)
        and part.outcome == "cleared"
        and part.unit_id is None
        and owner.valid_at_us <= valid_us
    ]


def plan_of(office: Office, lot: Lot, n: int, seed: str, as_of: AsOf = NOW) -> ExportTable:
    """Returns the quadrats drawn, as rows of the dictionary's ``quadrat``, in the drawing's order.

    Args:
        office: of the store.
        lot: what is drawn from.
        n: how many, at most all of them.
        seed: written down before anybody knows the results.
        as_of: whose day the rows carry.
    """
    chosen = drawn(lot.grid, n, seed)
    columns: dict[str, Sequence[Any]] = {
        "id": [f"q{each.number}" for each in chosen],
        "quadrat_no": [each.number for each in chosen],
        "quadrat_area_m2": [each.shape.area_m2 for each in chosen],
    }
    shapes = np.array([lonlat_of(office, each.shape) for each in chosen], dtype=object)
    record = dictionary().records["quadrat"]
    return ExportTable("quadrats", record, columns, shapes, iso_date(as_of.valid_us(office)))
