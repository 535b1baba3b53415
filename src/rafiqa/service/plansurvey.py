"""What communities tell, for the plan: beside which hazard it weighs, and how much.

It orders work. A survey is no search: it makes no ground count for less, and one that tells of
nothing weighs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.land import CommunitySurveyed, impact_points
from rafiqa.plan.site import Told
from rafiqa.service.assets import AssetShelf
from rafiqa.service.community import community_name, newest_surveys, told_band
from rafiqa.service.neighbourhood import Neighbourhoods
from rafiqa.service.office import Office
from rafiqa.service.question import AsOf
from rafiqa.service.spot import point_mm
from rafiqa.wire.instant import iso_date

REACH_M: Final = 1_000
"""How far from the place of a community hazard is taken to be what it tells of: an assumption."""


@dataclass(frozen=True, slots=True)
class PlanSurveys:
    """What communities tell, each with the ground it may be of, in mm of the site's frame."""

    told: tuple[tuple[BaseGeometry, Told], ...] = ()
    n_on_record: int = 0

    def beside(self, shape: BaseGeometry) -> Told | None:
        """Returns what the community beside a hazard tells that tells of the most; None of none."""
        near = (told for ground, told in self.told if ground.intersects(shape))
        return max(near, key=lambda each: (each.points, each.on), default=None)

    def n_beside(self, shapes: Sequence[BaseGeometry]) -> int:
        """Returns how many of them lie beside any of these hazards."""
        return sum(any(ground.intersects(each) for each in shapes) for ground, _ in self.told)


def surveys_told(office: Office, shelf: AssetShelf, as_of: AsOf) -> PlanSurveys:
    """Returns what communities told last, by then; of one whose place nobody knows nothing weighs.

    Args:
        office: the open store.
        shelf: layers kept ready; places by name are looked for in theirs.
        as_of: the two times asked about.
    """
    found = newest_surveys(office, as_of.known_at_us, as_of.valid_us(office))
    if not found:
        return PlanSurveys()
    places = Neighbourhoods(office, shelf, as_of)
    told = []
    for record, fact in found:
        points = impact_points(fact)
        ground = shapely.union_all(list(_grounds(office, places, fact)))
        if points and not ground.is_empty:
            on = iso_date(record.valid_at_us)
            told.append((ground, Told(community_name(fact), on, points, told_band(fact))))
    return PlanSurveys(tuple(told), len(found))


def _grounds(
    office: Office, places: Neighbourhoods, fact: CommunitySurveyed
) -> Iterator[BaseGeometry]:
    """Yields the ground that a community may speak of: around its spot, and its place by name."""
    point = None if fact.spot is None else point_mm(office, fact.spot)
    if point is not None:
        yield point.buffer(1_000 * max(REACH_M, fact.accuracy_m or 0))
    said = {
        each.casefold().strip() for each in (fact.neighbourhood, fact.community) if each is not None
    }
    for place in (each for _, each in places.known):
        names = {place.name, *(name for _, name in place.others)}
        if place.place_id == fact.place_id or said & {name.casefold() for name in names}:
            drawn = np.array([place.shape_lonlat], dtype=object)
            if office.frame.shapes_placeable(drawn)[0]:
                ground: BaseGeometry = office.frame.shapes_to_mm(drawn)[0]
                yield ground if ground.area else ground.buffer(1_000 * REACH_M)
