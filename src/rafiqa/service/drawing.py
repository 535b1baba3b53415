"""Outlines drawn at the desk: read, measured on the site's grid, and what they lie over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import shapely

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import GridShape, LonLat, Registered, Walk, Walked, traversed, union_of
from rafiqa.land import (
    Actor,
    AreaRecorded,
    EvidenceRecorded,
    LandBook,
)
from rafiqa.service.act import NOW, Stamp, carry_out_together
from rafiqa.service.doubt import Doubts
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.survey import area_meant, evidence_meant
from rafiqa.wire.drawnshape import drawn_shape, refuse_corners

CORNERS_LEAST = 3


@dataclass(frozen=True, slots=True)
class Drawn:
    """An outline as the site's grid has it.

    Attributes:
        shape: the land.
        grid_difference_mm2: what the grid did to its area, in mm².
        walked: where a walk led, for an outline told by bearing and distance.
    """

    shape: GridShape
    grid_difference_mm2: int
    walked: Walked | None = None


@dataclass(frozen=True, slots=True)
class Under:
    """Ground on record that an outline lies over, all of one state.

    Attributes:
        area_ids: the areas that it belongs to.
        status: what it is.
        reopened: whether it was put back to hazard.
        in_doubt: whether it was released and its release is in doubt: a lot failed, a newer sign
            speaks against it, or it could not be cut soundly.
        depth_cm: to which depth it was cleared, or None.
        area2_mm2: twice its area under the outline, in mm².
    """

    area_ids: tuple[str, ...]
    status: str
    reopened: bool
    in_doubt: bool
    depth_cm: int | None
    area2_mm2: int


@dataclass(frozen=True, slots=True)
class LiesOver:
    """What an outline lies over, the worst first, and twice the area of which nothing is known."""

    under: tuple[Under, ...]
    unrecorded2_mm2: int


_WORST_FIRST = ("cha", "sha", "indication", "cancelled", "reduced", "cleared")
_DOUBTED = 3
"""Released ground in doubt comes after hazard and before every other released ground."""


def drawn_outline(
    office: Office, geometry: Mapping[str, Any] | None, walk: Walk | None = None
) -> Drawn:
    """Returns an outline as land on the site's grid; its corners are worked out here, not taken.

    Args:
        office: the open store.
        geometry: a GeoJSON polygon (RFC 7946), where it was drawn or typed.
        walk: start and legs, where it was told by bearing and distance.

    Raises:
        InvalidInput: neither or both are given, the walk cannot be taken, or the outline is no
            valid polygon on the site; every fault is listed.
    """
    if (geometry is None) == (walk is None):
        raise InvalidInput(Fault("service.drawing.one-way", "outline"))
    led = None if walk is None else traversed(office.frame, walk)
    outline = _polygon(geometry) if led is None else _ring(led)
    registered = office.frame.to_grid(LonLat(outline))
    if isinstance(registered, Registered):
        return Drawn(registered.shape, registered.grid_difference_mm2, led)
    raise InvalidInput([fault.to_fault("outline") for fault in registered])


def ring_outline(office: Office, ring: str) -> GridShape:
    """Returns an outline written in an address: ``lon,lat`` of each corner, with ``;`` between.

    Raises:
        InvalidInput: it is not written so, or is no valid polygon on the site.
    """
    refuse_corners(ring.count(";"), "boundary")
    try:
        pairs = [tuple(map(float, each.split(","))) for each in ring.split(";") if each]
        outline = shapely.Polygon([(lon_deg, lat_deg) for lon_deg, lat_deg in pairs])
    except (ValueError, shapely.errors.ShapelyError) as error:
        raise InvalidInput(Fault("service.drawing.ring", "boundary")) from error
    registered = office.frame.to_grid(LonLat(outline))
    if isinstance(registered, Registered):
        return registered.shape
    raise InvalidInput([fault.to_fault("boundary") for fault in registered])


def _polygon(geometry: Mapping[str, Any] | None) -> shapely.Polygon | shapely.MultiPolygon:
    outline = drawn_shape(geometry, "outline", "service.drawing.geometry")
    if isinstance(outline, shapely.Polygon | shapely.MultiPolygon):
        return outline
    raise InvalidInput(Fault("service.drawing.geometry", "outline"))


def _ring(led: Walked) -> shapely.Polygon:
    corners = led.corners_lonlat
    if len(set(corners)) < CORNERS_LEAST:
        params: dict[str, str | int] = {"n": len(set(corners))}
        raise InvalidInput(Fault("geo.walk.corners", "legs", None, params))
    return shapely.Polygon(corners)


def lies_over(doubts: Doubts, shape: GridShape) -> LiesOver:
    """Returns what is on record of the ground under an outline, in doubt where it is."""
    sums: dict[Under, int] = {}
    pieces: list[GridShape] = []
    for face in doubts.book.near(shape):
        state = face.timeline.at(doubts.valid_us)
        piece = face.shape.intersection(shape)
        if state is None or piece.is_empty:
            continue
        pieces.append(piece)
        depth_cm = None if state.is_hazard else state.depth_cm
        in_doubt = doubts.on(face, state)
        of = Under(state.claims, state.status, state.reopened, in_doubt, depth_cm, 0)
        sums[of] = sums.get(of, 0) + piece.area2_mm2
    found = [replace(of, area2_mm2=area2) for of, area2 in sums.items()]
    found.sort(key=_worst_first)
    left = shape.difference(union_of(pieces)) if pieces else shape
    return LiesOver(tuple(found), left.area2_mm2)


def _worst_first(under: Under) -> tuple[int, int, int, tuple[str, ...]]:
    rank = _WORST_FIRST.index(under.status)
    return (min(rank, _DOUBTED) if under.in_doubt else rank, rank, -under.area2_mm2, under.area_ids)


def evidence_under(office: Office, book: LandBook, shape: GridShape) -> list[EvidenceRecorded]:
    """Returns the items of evidence on record whose place lies on an outline, by their id."""
    items = (record.fact for record in book.register.evidence.values())
    found = [
        fact for fact in items if isinstance(fact, EvidenceRecorded) and _on(office, fact, shape)
    ]
    return sorted(found, key=lambda fact: fact.evidence_id)


def _on(office: Office, fact: EvidenceRecorded, shape: GridShape) -> bool:
    if fact.spot is not None:
        return shape.covers_mm(*office.frame.spot_mm(fact.spot))
    return fact.shape is not None and fact.shape.intersects(shape)


def declare_drawn(
    office: Office,
    actor: Actor,
    fact: AreaRecorded,
    evidence: Sequence[EvidenceRecorded] = (),
    stamp: Stamp = NOW,
) -> Acted:
    """Returns the act of putting a drawn area on record with the evidence given for it, or none.

    The area stands under the first of the entries.
    """
    named = replace(
        fact,
        evidence_ids=tuple(
            dict.fromkeys([*fact.evidence_ids, *(each.evidence_id for each in evidence)])
        ),
    )
    area_stamp = stamp if stamp.entry_id is not None else replace(stamp, entry_id=office.new_id())
    meant = [
        evidence_meant(each, replace(area_stamp, entry_id=f"{area_stamp.entry_id}.{number}"))
        for number, each in enumerate(evidence, 1)
    ]
    acted = carry_out_together(
        office, actor, [*meant, area_meant(office, named, area_stamp, evidence)]
    )
    if not acted.done:
        return acted
    return replace(acted, entry_ids=(acted.entry_ids[-1], *acted.entry_ids[:-1]))
