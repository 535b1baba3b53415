"""Survey: record evidence, declare an area from it, decide its class, correct its outline."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import shapely

from rafiqa.geo import LAND_REACH_M, GridShape
from rafiqa.land import (
    Actor,
    AreaRecord,
    AreaRecorded,
    BoundaryCorrected,
    ClassDecided,
    EvidenceRecorded,
    HazardClass,
    Reason,
    area_ruling,
    class_faults,
    outranks,
    rule,
)
from rafiqa.service.act import NOW, Meant, Stamp, by_the_newest, carry_out, carry_out_together
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted

SMALL_MM2 = 1_000_000
"""An area smaller than 1 m² is taken, and told of: a hazard that small is most often a slip."""


def record_evidence(
    office: Office, actor: Actor, fact: EvidenceRecorded, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of recording one item of evidence; it can raise suspicion, never lower."""
    return carry_out_together(office, actor, [evidence_meant(fact, stamp)])


def evidence_meant(fact: EvidenceRecorded, stamp: Stamp = NOW) -> Meant:
    """Returns the act of recording one item of evidence, to be carried out with others."""
    return Meant("record_evidence", fact.evidence_id, fact, stamp)


def declare_area(office: Office, actor: Actor, fact: AreaRecorded, stamp: Stamp = NOW) -> Acted:
    """Returns the act of putting a hazardous area on record, its class no higher than evidence."""
    return carry_out_together(office, actor, [area_meant(office, fact, stamp)])


def area_meant(
    office: Office,
    fact: AreaRecorded,
    stamp: Stamp = NOW,
    beside: Sequence[EvidenceRecorded] = (),
) -> Meant:
    """Returns the act of declaring an area with what is against it, to be done with others.

    Args:
        office: the open store.
        fact: the area.
        stamp: when it was true, and its entry's id.
        beside: evidence that is recorded with it and is not on record yet.
    """
    named = [item for item in beside if item.evidence_id in fact.evidence_ids]
    evidence = [*_evidence(office, fact.evidence_ids), *named]
    against = list(area_ruling(fact, evidence).reasons)
    known = office.register().areas.get(fact.area_id)
    if known is not None and known.recorded.entry_id != stamp.entry_id:
        against.append(Reason("land.area.id-twice", {"area": fact.area_id}))
    against += far_faults(fact.shape)
    warnings = tuple(small_warnings(fact.area_id, fact.shape))
    return Meant("declare_area", fact.area_id, fact, stamp, rule(against), warnings)


def far_faults(shape: GridShape) -> Iterator[Reason]:
    """Yields that land lies further from the site's origin than its frame measures.

    There it is another site's, and lies in that site's frame; land across two is recorded in
    each, as far as it goes there.
    """
    if shape.is_empty:
        return
    reach_mm = float(np.hypot(*shapely.get_coordinates(shape.geometry).T).max())
    if reach_mm > LAND_REACH_M * 1_000:
        away_km = math.ceil(reach_mm / 1_000_000)
        params: dict[str, str | int] = {"away_km": away_km, "limit_km": LAND_REACH_M // 1_000}
        yield Reason("land.area.too-far", params)


def small_warnings(area_id: str, shape: GridShape) -> Iterator[Reason]:
    """Yields that an area is under a square metre: taken as it is, and likely a drawing fault."""
    if 0 < shape.area2_mm2 < SMALL_MM2 * 2:
        cm2 = shape.area2_mm2 // 200
        yield Reason("land.area.small", {"area": area_id, "area_cm2": cm2})


@by_the_newest
def decide_class(office: Office, actor: Actor, fact: ClassDecided, stamp: Stamp = NOW) -> Acted:
    """Returns the authority's decision on an area's class.

    Raising asks for evidence; lowering the class of what stays hazard asks for a written
    justification. Nothing leaves hazard by a decision on class.
    """
    area = office.register().areas.get(fact.area_id)
    against: list[Reason] = []
    if area is None:
        against.append(Reason("land.area.unknown", {"area": fact.area_id}))
    else:
        ids = (*fact.evidence_ids, *office.register().evidence_raising(fact.area_id))
        in_force = _classes_in_force(office, area)
        raises = all(outranks(fact.class_, each) for each in (area.fact.class_, *in_force))
        if raises:
            against += class_faults(fact.class_, _evidence(office, ids))
        if not fact.justification and not all(outranks(fact.class_, each) for each in in_force):
            against.append(Reason("land.class.justification-missing", {"area": fact.area_id}))
    return carry_out(
        office, actor, "decide_class", fact.area_id, fact, stamp=stamp, ruling=rule(against)
    )


def _classes_in_force(office: Office, area: AreaRecord) -> list[HazardClass]:
    """Returns the class last decided or recorded of an area, and any reopened on it since."""
    decided = [
        item
        for item in office.register().joined("area", area.area_id).reclasses
        if item.area_id == area.area_id
    ]
    newest = max(decided, key=lambda item: (item.valid_at_us, item.seq), default=None)
    since = (newest.valid_at_us, newest.seq) if newest else (area.recorded.valid_at_us, 0)
    on_it = office.book().raises_near(area.outline.geometry)
    reopened = [
        item.class_
        for item in on_it
        if item.kind == "reopened" and (item.valid_at_us, item.seq) > since
    ]
    return [newest.class_ if newest else area.fact.class_, *reopened]


def correct_boundary(
    office: Office, actor: Actor, fact: BoundaryCorrected, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of correcting an outline; dropping ground takes a second person."""
    area = office.register().areas.get(fact.area_id)
    against: list[Reason] = []
    if area is None:
        against.append(Reason("land.area.unknown", {"area": fact.area_id}))
    elif fact.shape.is_empty:
        against.append(Reason("land.area.empty", {"area": fact.area_id}))
    elif not area.outline.difference(fact.shape).is_empty:
        against += _confirmation_faults(actor, fact.confirmed_by, fact.area_id)
    if not fact.justification:
        against.append(Reason("land.class.justification-missing", {"area": fact.area_id}))
    return carry_out(
        office, actor, "correct_boundary", fact.area_id, fact, stamp=stamp, ruling=rule(against)
    )


def _confirmation_faults(actor: Actor, second: Actor | None, area_id: str) -> Iterable[Reason]:
    if second is None or second.role != "authority":
        yield Reason("land.boundary.unconfirmed", {"area": area_id})
    elif second.is_one_with(actor):
        yield Reason("land.release.same-person", {"part_played": "confirmer"})


def _evidence(office: Office, ids: Iterable[str]) -> list[EvidenceRecorded]:
    known = office.register().evidence
    facts = [known[item].fact for item in dict.fromkeys(ids) if item in known]
    return [fact for fact in facts if isinstance(fact, EvidenceRecorded)]
