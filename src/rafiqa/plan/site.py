"""A site: one hazardous area as work to be planned, and who is exposed to it meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rafiqa.plan.contamination import Contamination, of_class
from rafiqa.plan.range import Range

EXPOSED = ("residents", "returnees", "children", "traffic", "farm", "rubble")
"""By whom and by what work an area is met: the criteria of harm, in the order they are told."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a community beside a hazard tells of its impact.

    Attributes:
        community: what it is called.
        on: the day it was asked, ISO 8601.
        points: as of the Landmine Impact Surveys.
        band: of them, as it may be told: few victims are told as four.
    """

    community: str
    on: str
    points: int
    band: str


@dataclass(frozen=True, slots=True)
class Site:
    """One area that is hazard, as the plan sees it.

    Attributes:
        area_id: the area.
        area_m2: how much of it is hazard now.
        name: as on record.
        class_: the worst class on it.
        contamination: how likely it holds ordnance.
        hours: by criterion, the person-hours a day that people spend where it lies.
        needs: methods that a team must have, all of them; of none where it is empty.
        methods: methods of which a team must have one; any team may where it is empty.
        recorded_us: since when it is on record, microseconds since 1970 UTC.
        place_m: ``(x, y)`` of a point in it, metres of the site's plane.
        district: where it lies, None where no district is on record.
        n_requests: requests of residents there that nobody has answered.
        n_victims: recent victims of accidents on it.
        blocked: what it keeps people from, by the dictionary's names.
        n_projects: projects that wait for it.
        told: by the community that tells of the most impact beside it; None where none tells.
    """

    area_id: str
    area_m2: float
    name: str | None = None
    class_: str | None = None
    contamination: Contamination = field(default_factory=lambda: of_class(None))
    hours: Mapping[str, Range] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    recorded_us: int = 0
    place_m: tuple[float, float] = (0.0, 0.0)
    district: str | None = None
    n_requests: int = 0
    n_victims: int = 0
    blocked: frozenset[str] = frozenset()
    n_projects: int = 0
    told: Told | None = None
