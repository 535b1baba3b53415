"""What another body's survey says of ground that is on record already, and says differently.

Sources that differ are the rule in this field. Here another survey drew a smaller outline inside
a confirmed area and only suspects it; both stand side by side, and the ground is the worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import shapely
from shapely import affinity

from rafiqa import service
from rafiqa.demo import cast
from rafiqa.demo.plan import Decided, Declared, Plan, PlannedArea
from rafiqa.demo.structure import Said
from rafiqa.geo import GridShape
from rafiqa.land import AreaRecorded, EvidenceRecorded

SOURCE = "Province survey, sketch map · مسح المحافظة، مخطط يدوي"
_MOST = 2
_LATER_DAYS = 45
_SCALE = 0.7


def other_survey(plan: Plan, on_grid: Callable[[shapely.Polygon], GridShape]) -> tuple[Said, ...]:
    """Returns the acts that put another body's outlines on record, in order of days.

    Args:
        plan: outlines are put inside confirmed areas on which nobody works.
        on_grid: puts a shape of the plan on the site's grid.
    """
    areas = [planned for planned in plan.areas if _confirmed(planned) and not _worked(planned)]
    chosen = enumerate(areas[:_MOST], 1)
    return tuple(act for number, planned in chosen for act in _acts(number, planned, on_grid))


def _worked(planned: PlannedArea) -> bool:
    return planned.fate not in {"never_worked", "tasked"}


def _confirmed(planned: PlannedArea) -> bool:
    classes = [step.class_ for step in planned.steps if isinstance(step, Declared | Decided)]
    return bool(classes) and classes[-1] == "cha"


def _acts(
    number: int, planned: PlannedArea, on_grid: Callable[[shapely.Polygon], GridShape]
) -> Iterator[Said]:
    declared = next(step for step in planned.steps if isinstance(step, Declared))
    day, area_id = declared.day + _LATER_DAYS, f"xs{number:03d}"
    shape = on_grid(affinity.scale(planned.shape, _SCALE, _SCALE, origin=planned.shape.centroid))
    shape = shape.intersection(on_grid(planned.shape))
    told = EvidenceRecorded(f"{area_id}-e1", "statement", "verbal", area_id=area_id)
    name = f"{planned.name.en} · {planned.name.ar}"
    fact = AreaRecorded(area_id, "sha", shape, name, (told.evidence_id,), source=SOURCE)
    yield Said(day, service.record_evidence, cast.SURVEYOR, told)
    yield Said(day + 1, service.declare_area, cast.SURVEYOR, fact)
