"""Parts, finds and evidence of reported work in words, with their places: for staff alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import shapely

from rafiqa.api.history import label
from rafiqa.api.queueshape import AnsweredHow, EvidenceTold, Find, ReleasePart
from rafiqa.api.reason import reasons
from rafiqa.api.view import View
from rafiqa.geo import GridShape
from rafiqa.land import EvidenceRecorded, OrdnanceFound, Reason, WorkedPart, proofs
from rafiqa.wire.instant import iso


def worked_part(view: View, part: WorkedPart) -> ReleasePart:
    """Returns a part as its operator reported it, and what each inspection of it proves."""
    answered = {answer.evidence_id: answer.how for answer in part.answers or ()}
    lang = view.lang
    # A look that passed proves nothing of ground that was left.
    passed = [part.part_id] if part.outcome != "not_cleared" else []
    doubted = view.doubts().of_part(part.part_id)
    doubt = [Reason("api.part.in-doubt", {"part": part.part_id}, (part.part_id,))] * doubted
    return ReleasePart(
        part.part_id,
        part.outcome,
        label("outcome", part.outcome, lang),
        label("method", part.method, lang),
        part.depth_cm,
        part.depth_from_cm,
        label("surface", part.surface, lang) if part.surface else None,
        label("not_cleared_reason", part.reason, lang) if part.reason else None,
        part.shape.area2_mm2 / 2e6,
        None if part.area_reported_m2 is None else float(part.area_reported_m2),
        part.unit_id,
        [AnsweredHow(each, answered.get(each, "")) for each in part.evidence_answered],
        reasons(view, [*doubt, *proofs(view.register, passed, view.moment.valid_us)]),
        place_json(view, part.shape),
    )


def place_json(view: View, shape: GridShape) -> dict[str, Any]:
    """Returns a shape of land as GeoJSON, in degrees."""
    found: dict[str, Any] = json.loads(shapely.to_geojson(view.frame.to_lonlat(shape).geometry))
    return found


def finds_told(view: View, finds: Iterable[OrdnanceFound]) -> list[Find]:
    """Returns what was found, in words."""
    return [
        Find(
            label("ordnance_category", find.category, view.lang),
            find.count,
            find.depth_cm,
            label("disposal_action", find.action, view.lang) if find.action else None,
            find.spot.lon_deg,
            find.spot.lat_deg,
        )
        for find in finds
    ]


def evidence_of(view: View, area_id: str) -> Iterator[EvidenceTold]:
    """Yields the evidence of an area that was true by then, oldest first."""
    joined = view.register.joined("area", area_id)
    known = sorted(joined.evidence.values(), key=lambda record: (record.valid_at_us, record.seq))
    named = {evidence_id for _, evidence_id in joined.evidence_links.get(area_id, ())}
    for record in known:
        fact = record.fact
        if not isinstance(fact, EvidenceRecorded) or not view.true(record):
            continue
        if fact.area_id == area_id or fact.evidence_id in named:
            yield EvidenceTold(
                fact.evidence_id,
                label("evidence_kind", fact.kind, view.lang),
                iso(record.valid_at_us),
                fact.text,
                label("evidence_source", fact.source_kind, view.lang),
            )
