"""How likely the ground of a plan holds ordnance, from the map of evidence; by class elsewhere.

It orders work. No figure here lowers, cancels or releases ground, and none is asked by what does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rafiqa.errors import InvalidInput
from rafiqa.land import Reason
from rafiqa.plan.contamination import Contamination
from rafiqa.plan.range import Range
from rafiqa.risk import AreaRisk, area_risks
from rafiqa.service.assets import AssetShelf
from rafiqa.service.office import Office
from rafiqa.service.planground import Ground
from rafiqa.service.question import AsOf
from rafiqa.service.risk import ask_risk, risk_key
from rafiqa.wire.riskjson import level_reason


@dataclass(frozen=True, slots=True)
class MapSays:
    """What the map of evidence says of areas, and what has to be known of it."""

    contamination: Mapping[str, Contamination]
    notes: tuple[Reason, ...]


def contamination_by_map(office: Office, shelf: AssetShelf, ground: Ground, as_of: AsOf) -> MapSays:
    """Returns what the map of evidence says of the hazard of each area.

    An area has no entry where it is smaller than a few of the map's cells: what was said of it is
    spread there over ground that is not its own. None has where the map is refused.

    Args:
        office: the open store.
        shelf: layers kept ready.
        ground: the hazard of each area.
        as_of: the two times asked about.
    """
    areas = list(ground.claims)
    if not areas:
        return MapSays({}, ())
    try:
        found = ask_risk(office, as_of, shelf=shelf)
    except InvalidInput as refused:
        why = [Reason(fault.code, fault.params) for fault in refused.faults]
        return MapSays({}, (Reason("plan.note.no-map"), *why))
    key = ("area-risks", *risk_key(office, as_of), tuple(areas))
    told = office.made(key, lambda: area_risks(found, [ground.shape(area) for area in areas]))
    says = {
        area: _contamination(each)
        for area, each in zip(areas, told, strict=True)
        if each is not None
    }
    notes = [Reason("plan.note.by-map", {"n": len(says), "of": len(areas)}), level_reason(found)]
    if len(says) < len(areas):
        cell_m = found.grid.size_mm // 1_000
        notes.append(
            Reason("plan.note.small-areas", {"n": len(areas) - len(says), "cell_m": cell_m})
        )
    return MapSays(says, tuple(notes))


def _contamination(told: AreaRisk) -> Contamination:
    p, m2 = told.p_contaminated, told.contaminated_m2
    return Contamination(Range(p.low, p.mean, p.high), "model", Range(m2.low, m2.mean, m2.high))
