"""Where a filled form speaks of, and the sign that stands there until somebody has answered it.

Unknown is hazard: a form that nobody knows, or that is wrong in every other way, puts a sign on
the map as soon as it names a place. A sign raises suspicion; no submission takes any away.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.dictionary import dictionary
from rafiqa.geo import LonLat, Registered, Spot
from rafiqa.land import Actor, EvidenceRecorded, ResidentReported
from rafiqa.ledger import FormPublished
from rafiqa.service.community import tells_hazard
from rafiqa.service.office import Office
from rafiqa.service.permit import allow
from rafiqa.service.spot import point_mm
from rafiqa.wire.fieldplace import accuracy_of, looks_placed, told_places
from rafiqa.wire.filled import Filled

HAZARD_RECORDS = frozenset({"evidence", "hazard_area", "accident", "resident_report"})
"""Records of the dictionary whose forms report danger."""
SURVEYS = "community_impact"
"""Record of what a community tells: it reports danger unless it says that there is none."""
PLACES_LIMIT = 50
ITEM = "ordnance_item"
"""Record of single items; forms of work tell of them, and of what was done with each."""
GONE = frozenset({"destroyed_in_place", "removed"})
REACH_LIMIT_M = 10_000


@dataclass(frozen=True, slots=True)
class Placed:
    """One place that a filled form names, in degrees.

    ``accuracy_m`` is what the phone states of it. ``left_item`` says that an item of ordnance
    is there, as far as the form tells.
    """

    geometry: BaseGeometry
    accuracy_m: float = 0.0
    left_item: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """The places that a filled form names, and the codes of what is wrong with any."""

    found: tuple[Placed, ...]
    faults: tuple[str, ...]

    def dangerous(self, *, hazard: bool) -> tuple[Placed, ...]:
        """Returns where danger is told of: everywhere in a form about hazards, else at items."""
        return tuple(place for place in self.found if hazard or place.left_item)


def reports_danger(form: FormPublished | None, filled: Filled) -> bool:
    """Returns whether all of a filled form is about hazards: also one that nobody knows.

    A community's survey is, unless it says in so many words that there is nothing.
    """
    if form is None or form.record is None or form.record in HAZARD_RECORDS:
        return True
    return form.record == SURVEYS and tells_hazard(filled.answers())


def places_in(filled: Filled, declared: frozenset[str]) -> Places:
    """Returns the places of a filled form, in order.

    Args:
        filled: what it says.
        declared: paths of the answers that its form declares as places; what reads as one is
            taken too.
    """
    found: list[Placed] = []
    faults: list[str] = []
    gone = _gone(filled)
    for names, row, text in filled.placed():
        if not text or not ("/".join(names) in declared or looks_placed(text)):
            continue
        told = told_places(text)
        faults += [fault.code for fault in told.faults]
        for place in told.places:
            if place.is_empty or (not shapely.get_coordinates(place).any()):
                # Null island: a phone that had no fix.
                faults.append("service.submission.no-fix")
            else:
                item = _of_item(names) and (names[:-1], row) not in gone
                found.append(Placed(place, accuracy_of(text), item))
    return Places(tuple(found), tuple(dict.fromkeys(faults)))


def _of_item(names: Sequence[str]) -> bool:
    return any(name.startswith(ITEM) for name in names[-2:])


def _gone(filled: Filled) -> set[tuple[tuple[str, ...], tuple[int, ...]]]:
    """Returns the items, by their group and its number, that are there no longer."""
    return {
        (names[:-1], row)
        for names, row, text in filled.placed()
        if _of_item(names) and names[-1].removeprefix(f"{ITEM}_") == "action" and text in GONE
    }


def signs(
    office: Office, actor: Actor, sign_id: str, filled: Filled, places: Sequence[Placed]
) -> Iterator[ResidentReported | EvidenceRecorded]:
    """Yields what stands on the map for a submission until it is answered.

    One report for every place, reaching over all of what was drawn and as far as the phone may
    be off; the last one over all places beyond the limit. For ground that was drawn by somebody
    who may record evidence, its outline too.
    """
    answers = filled.answers()
    for number, placed in enumerate(_bounded(places)):
        place = placed.geometry
        name = sign_id if number == 0 else f"{sign_id}-{number}"
        spot = spot_of(place)
        yield ResidentReported(
            name,
            spot,
            _code("report_seen", answers.get("seen"), "other"),
            _code("geo_precision", answers.get("geo_precision"), "exact"),
            _code("report_triage", answers.get("triage"), "untriaged"),
            accuracy_m=reach_m(office, place, spot, placed.accuracy_m),
        )
        if place.geom_type == "Polygon" and allow(actor, "record_evidence").allowed:
            registered = office.frame.to_grid(LonLat(place))
            if isinstance(registered, Registered):
                yield EvidenceRecorded(
                    f"{name}-ground",
                    "statement",
                    "verbal",
                    spot,
                    registered.shape,
                    source=actor.organisation_id,
                )


def _bounded(places: Sequence[Placed]) -> Sequence[Placed]:
    if len(places) <= PLACES_LIMIT:
        return places
    rest = places[PLACES_LIMIT - 1 :]
    whole = shapely.MultiPoint(np.vstack([shapely.get_coordinates(each.geometry) for each in rest]))
    return (*places[: PLACES_LIMIT - 1], Placed(whole, max(each.accuracy_m for each in rest)))


def reach_m(office: Office, place: BaseGeometry, spot: Spot, accuracy_m: float) -> int | None:
    """Returns how far from its spot a place may reach, in metres; None where no further.

    Args:
        office: the open store.
        place: all that was drawn, in degrees.
        spot: the one place that stands for it.
        accuracy_m: what is stated of it.
    """
    frame, drawn = office.frame, shapely.get_coordinates(place)
    far_m = accuracy_m
    near = frame.placeable(drawn[:, 0], drawn[:, 1])
    if len(drawn) > 1 and near.all() and point_mm(office, spot) is not None:
        corners_mm = np.asarray(frame.to_grid_points(drawn[:, 0], drawn[:, 1]), dtype=float)
        away_mm = np.hypot(*(corners_mm - np.asarray(frame.spot_mm(spot))).T)
        far_m += float(away_mm.max()) / 1_000
    # A stated accuracy of hundreds of digits is infinite: it counts as the most that is drawn.
    return math.ceil(min(REACH_LIMIT_M, far_m)) or None


def spot_of(place: BaseGeometry) -> Spot:
    """Returns the one place at which the sign of a drawn place stands."""
    inner = shapely.point_on_surface(place) if place.is_valid else place
    lon_deg, lat_deg = shapely.get_coordinates(inner)[0].tolist()
    return Spot.of(lon_deg, lat_deg)


def _code(list_name: str, given: str | None, otherwise: str) -> str:
    return given if given in dictionary().lists[list_name].names else otherwise
