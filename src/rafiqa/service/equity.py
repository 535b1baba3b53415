"""Equity: of each district, the hazard that its people live beside, and how long they have waited.

Every square metre of hazard counts in one district: that of the people who live nearest to a point
within its face. So the districts add up to the land account, to the half mm². People are those
that the population layer counts, else the occupants of buildings; where nobody is counted there
is no figure for each of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median
from typing import Final

import numpy as np
import shapely

from rafiqa.land import AreaRecorded, Statement
from rafiqa.land.account import CLASSES
from rafiqa.land.indicator import DAY_US, UNDATED_US
from rafiqa.service.assets import AssetShelf
from rafiqa.service.doubt import Doubts
from rafiqa.service.office import Office
from rafiqa.service.planground import population
from rafiqa.service.progress import statement_of
from rafiqa.service.question import AsOf

METHOD: Final = (
    "each face of hazard in the district of the people who live nearest to a point within it;"
    " people as the newest population layer counts them; waiting since the area was first on"
    " record as hazardous"
)


@dataclass(slots=True)
class District:
    """One district; areas are twice mm², waits in microseconds.

    Attributes:
        name: as the population layer writes it; None for ground of no named district.
        residents: who lives there.
        hazard2: suspected and confirmed hazard.
        indication2: ground that is only indicated, which is in no class.
        released2: ground released and not hazard since.
        in_doubt2: so much of it as something newer speaks against.
        area_ids: areas with hazard left there.
        waited_us: how long each of those has been on record.
    """

    name: str | None
    residents: float = 0.0
    hazard2: int = 0
    indication2: int = 0
    released2: int = 0
    in_doubt2: int = 0
    area_ids: dict[str, None] = field(default_factory=dict)
    waited_us: list[int] = field(default_factory=list)

    @property
    def per_resident_m2(self) -> float | None:
        """Hazard for each resident, in m²; None where nobody is counted."""
        return self.hazard2 / 2e6 / self.residents if self.residents else None

    @property
    def median_days(self) -> Fraction | None:
        """The median age of what is open, in days; None where nothing dated is open."""
        return Fraction(median(self.waited_us)) / DAY_US if self.waited_us else None

    @property
    def longest_days(self) -> int | None:
        """The age of what has been open longest, in whole days."""
        return max(self.waited_us, default=0) // DAY_US if self.waited_us else None


@dataclass(frozen=True, slots=True)
class Equity:
    """Every district by name, that of nobody last, and where the figures come from."""

    statement: Statement
    districts: tuple[District, ...]


def ask_equity(office: Office, shelf: AssetShelf, as_of: AsOf) -> Equity:
    """Returns the figures of every district as true at one time and known at another."""
    valid_us = as_of.valid_us(office)
    doubts = Doubts.asked(office, valid_us, as_of.known_at_us)
    book = doubts.book
    cells = population(office, shelf, as_of)
    found: dict[str | None, District] = {}
    for cell in cells:
        found.setdefault(cell.district, District(cell.district)).residents += cell.residents
    states = list(book.states(valid_us))
    nearest = _nearest([face.inner for face, _ in states], [cell.shape for cell in cells])
    claimed: dict[str | None, dict[str, None]] = {}
    for (face, state), cell_at in zip(states, nearest, strict=True):
        name = None if cell_at is None else cells[cell_at].district
        district = found.setdefault(name, District(name))
        size2 = face.shape.area2_mm2
        if state.status in CLASSES:
            district.hazard2 += size2
            claimed.setdefault(name, {}).update(dict.fromkeys(state.claims))
        elif state.is_hazard:
            district.indication2 += size2
        else:
            district.released2 += size2
            district.in_doubt2 += size2 if doubts.on(face, state) else 0
    for name, area_ids in claimed.items():
        found[name].area_ids = area_ids
        for area_id in area_ids:
            area = book.register.areas.get(area_id)
            if area is None:
                continue
            said = [each for each in area.facts if isinstance(each.fact, AreaRecorded)]
            since_us = min((each.valid_at_us for each in said), default=area.recorded.valid_at_us)
            if since_us > UNDATED_US:
                found[name].waited_us.append(max(0, valid_us - since_us))
    first_us = min((fact.valid_at_us for fact in office.facts(as_of.known_at_us)), default=valid_us)
    statement = statement_of(office, METHOD, min(first_us, valid_us), valid_us, as_of.known_at_us)
    ordered = sorted(found.values(), key=lambda each: (each.name is None, each.name or ""))
    return Equity(statement, tuple(ordered))


def _nearest(points: list[shapely.Point], cells: list[shapely.Geometry]) -> list[int | None]:
    """Returns which cell is nearest to each point; None where there is none at all."""
    if not cells or not points:
        return [None] * len(points)
    found = shapely.STRtree(cells).nearest(np.array(points, dtype=object))
    return [int(at) for at in found]
