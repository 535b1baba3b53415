"""What was found on the ground of drawn parts: ordnance of works before, and finds by chance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rafiqa.api.history import label
from rafiqa.api.partshape import FoundHere
from rafiqa.api.view import View
from rafiqa.geo import Spot
from rafiqa.land import OrdnanceFound, WorkReported
from rafiqa.service import Office
from rafiqa.service.findlog import find_log
from rafiqa.service.partdrawing import PartsMeasured
from rafiqa.wire.instant import iso


def found_here(office: Office, view: View, area_id: str, told: PartsMeasured) -> list[FoundHere]:
    """Returns what was found in work on an area, and by chance on the ground, oldest first.

    A find of work on the area is told wherever it lay; one by chance where the ground covers its
    place. Which parts cover it is told of each; on the line between two it is in both.
    """
    found = [*_of_works(view, area_id, told), *_by_chance(office, view, told)]
    return sorted(found, key=lambda each: (each.at, each.subject))


def _of_works(view: View, area_id: str, told: PartsMeasured) -> Iterator[FoundHere]:
    for record in view.register.joined("area", area_id).works.values():
        fact = record.fact
        if not isinstance(fact, WorkReported) or fact.area_id != area_id or not view.true(record):
            continue
        for find in fact.finds:
            yield FoundHere(
                fact.work_id,
                label("ordnance_category", find.category, view.lang),
                find.count,
                find.depth_cm,
                iso(record.valid_at_us),
                find.spot.lon_deg,
                find.spot.lat_deg,
                _parts_at(view, find, told),
                open=False,
            )


def _by_chance(office: Office, view: View, told: PartsMeasured) -> Iterator[FoundHere]:
    for row in find_log(office, view.lang):
        spot = _spot_of(row)
        if spot is None or not _placeable(view, spot):
            continue
        if told.ground.covers_mm(*view.frame.spot_mm(spot)):
            yield FoundHere(
                row["find_id"],
                row["category_text"],
                1,
                None,
                row["at"],
                spot.lon_deg,
                spot.lat_deg,
                _covering(view, spot, told),
                open=row["open"],
            )


def _spot_of(row: dict[str, Any]) -> Spot | None:
    if row["lon_deg"] is None or row["lat_deg"] is None:
        return None
    return Spot.of(row["lon_deg"], row["lat_deg"])


def _parts_at(view: View, find: OrdnanceFound, told: PartsMeasured) -> list[str]:
    return _covering(view, find.spot, told) if _placeable(view, find.spot) else []


def _covering(view: View, spot: Spot, told: PartsMeasured) -> list[str]:
    x_mm, y_mm = view.frame.spot_mm(spot)
    return [part.part_id for part in told.parts if part.shape.covers_mm(x_mm, y_mm)]


def _placeable(view: View, spot: Spot) -> bool:
    return bool(view.frame.placeable(np.array([spot.lon_deg]), np.array([spot.lat_deg]))[0])
