"""Where a filled form speaks of, and the sign that stands there until somebody has answered it.

Unknown is hazard: a form that nobody knows, or that is wrong in every other way, puts a sign on
the map as soon as it names a place. A sign raises suspicion; no submission takes any away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.dictionary import dictionary
from rafiqa.errors import InvalidInput
from rafiqa.geo import LonLat, Registered, Spot
from rafiqa.land import Actor, AreaRecorded, EvidenceRecorded, ResidentReported
from rafiqa.service.incident import point_mm
from rafiqa.service.office import Office
from rafiqa.service.permit import allow
from rafiqa.wire.fieldplace import looks_placed, place_from
from rafiqa.wire.filled import Filled

HAZARD_RECORDS = frozenset({"evidence", "hazard_area", "accident", "resident_report"})
"""Records of the dictionary whose forms report danger."""
PLACES_LIMIT = 50
SAME_MM = 1_000
"""How far apart two readings of one place come out: degrees are rounded on the way."""


@dataclass(frozen=True, slots=True)
class Places:
    """The places that a filled form names, in degrees, and the codes of what is wrong with any."""

    found: tuple[BaseGeometry, ...]
    faults: tuple[str, ...]


def places_in(filled: Filled, declared: frozenset[str]) -> Places:
    """Returns the places of a filled form, in order.

    Args:
        filled: what it says.
        declared: paths of the answers that its form declares as places; what reads as one is
            taken too.
    """
    found: list[BaseGeometry] = []
    faults: list[str] = []
    for path, text in filled.leaves:
        if not text or not (path in declared or looks_placed(text)):
            continue
        try:
            place = place_from(text)
        except InvalidInput as error:
            faults += [fault.code for fault in error.faults]
            continue
        if place.is_empty or (not shapely.get_coordinates(place).any()):
            # Null island: a phone that had no fix.
            faults.append("service.submission.no-fix")
        elif len(found) < PLACES_LIMIT:
            found.append(place)
    return Places(tuple(found), tuple(dict.fromkeys(faults)))


def signs(
    office: Office, actor: Actor, sign_id: str, filled: Filled, places: Sequence[BaseGeometry]
) -> Iterator[ResidentReported | EvidenceRecorded]:
    """Yields what stands on the map for a submission until it is answered.

    One report for every place, and for ground that was drawn by somebody who may record evidence
    the whole of it: a report is a point, and the middle of a field says little of its edge.
    """
    answers = filled.answers()
    for number, place in enumerate(places):
        name = sign_id if number == 0 else f"{sign_id}-{number}"
        yield ResidentReported(
            name,
            _spot(place),
            _code("report_seen", answers.get("seen"), "other"),
            _code("geo_precision", answers.get("geo_precision"), "exact"),
            _code("report_triage", answers.get("triage"), "untriaged"),
        )
        if place.geom_type == "Polygon" and allow(actor, "record_evidence").allowed:
            registered = office.frame.to_grid(LonLat(place))
            if isinstance(registered, Registered):
                yield EvidenceRecorded(
                    f"{name}-ground",
                    "statement",
                    "verbal",
                    _spot(place),
                    registered.shape,
                    source=actor.organisation_id,
                )


def stands_at(
    office: Office, fact: EvidenceRecorded | AreaRecorded, sign: ResidentReported
) -> bool:
    """Returns whether a fact lies where a sign stands, so that it keeps people away from there."""
    point = None if sign.spot is None else point_mm(office, sign.spot)
    if fact.shape is not None and not fact.shape.is_empty:
        place: BaseGeometry | None = fact.shape.geometry
    else:
        spot = fact.spot if isinstance(fact, EvidenceRecorded) else None
        place = None if spot is None else point_mm(office, spot)
    if point is None or place is None:
        return False
    return bool(shapely.dwithin(place, point, SAME_MM))


def _spot(place: BaseGeometry) -> Spot:
    inner = shapely.point_on_surface(place) if place.is_valid else place
    lon_deg, lat_deg = shapely.get_coordinates(inner)[0].tolist()
    return Spot.of(lon_deg, lat_deg)


def _code(list_name: str, given: str | None, otherwise: str) -> str:
    return given if given in dictionary().lists[list_name].names else otherwise
