"""Everything on record of one asset: damage by source, tag, epochs, and what may have hit it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.dictionary import dictionary
from rafiqa.geo import GridShape
from rafiqa.land import Recorded
from rafiqa.locale import text, texts
from rafiqa.recovery import (
    ASSET_POLICY,
    DamageAssessed,
    GradeSpan,
    Hit,
    Line,
    ProjectRegistered,
    RecoveryRegister,
    Step,
    StructureTagged,
    TagStanding,
    hits_on,
    is_hint,
    span_of,
    tag_of,
)
from rafiqa.service.assets import AssetLayer, AssetShelf, asset_at
from rafiqa.service.damage import grade_words
from rafiqa.service.office import Office
from rafiqa.service.question import AsOf, gate_of
from rafiqa.wire.instant import iso


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment with the view of its grade; never merged with another.

    ``span`` is None where nobody knows what its grade means; ``hint`` says that it was read
    from above, or cannot be read.
    """

    record: Recorded
    fact: DamageAssessed
    span: GradeSpan | None
    hint: bool
    how: str


@dataclass(frozen=True, slots=True)
class AssetRecord:
    """What is on record of an asset: in its own words, each thing by itself."""

    asset_id: str
    line: Line
    damage: tuple[Assessment, ...]
    events: tuple[Hit, ...]
    tag: TagStanding | None


def asset_record(
    register: RecoveryRegister,
    asset_id: str,
    valid_at_us: int,
    located: tuple[AssetLayer, int] | None,
) -> AssetRecord:
    """Returns what is on record of an asset at a time.

    Args:
        register: what is known of rebuilding, true by then.
        asset_id: the asset.
        valid_at_us: the time the answer is to be true at.
        located: the layer and row that hold it, if any does.
    """
    line = register.epochs.line(asset_id)
    hits = hits_on(register, line.all_ids, list(_grounds(register, line, located)))
    damage = [_assessment(hit) for hit in hits if hit.happening.kind == "assessment"]
    events = [hit for hit in hits if hit.happening.kind != "assessment"]
    tag = tag_of(asset_id, register, valid_at_us)
    return AssetRecord(asset_id, line, tuple(damage), tuple(events), tag)


def _assessment(hit: Hit) -> Assessment:
    record = hit.happening.record
    fact = record.fact
    assert isinstance(fact, DamageAssessed)  # noqa: S101 - of an assessment
    return Assessment(record, fact, span_of(fact), is_hint(fact), hit.how)


def _grounds(
    register: RecoveryRegister, line: Line, located: tuple[AssetLayer, int] | None
) -> Iterator[BaseGeometry]:
    """Yields the ground that the asset stands on, and that it stood on when it was tagged."""
    if located is not None:
        layer, row = located
        yield layer.table.shapes_mm[row]
    for same_id in line.same_ids:
        for record in register.tags.get(same_id, ()):
            if isinstance(record.fact, StructureTagged) and record.fact.shape is not None:
                yield record.fact.shape.geometry


def asset_answer(
    office: Office, shelf: AssetShelf, asset_id: str, as_of: AsOf, lang: str
) -> dict[str, Any] | None:
    """Returns all that is on record of an asset as one JSON document; None where nothing is."""
    valid_us = as_of.valid_us(office)
    register = office.recovery(valid_us, as_of.known_at_us)
    located = asset_at(office, shelf, asset_id, valid_us, as_of.known_at_us)
    on_record = asset_record(register, asset_id, valid_us, located)
    if located is None and not (on_record.damage or on_record.tag or on_record.line.steps):
        return None
    layer, row = located if located is not None else (None, 0)
    outcome, kind = None, None
    if layer is not None:
        ground = GridShape.of(shapely.set_precision(layer.table.shapes_mm[row], 1.0))
        kind = layer.table.values("kind")[row]
        about = ProjectRegistered(asset_id, asset_id, str(kind or layer.fact.kind), ground, 0)
        outcome = gate_of(office, about, as_of, ASSET_POLICY).outcome
    return {
        "asset": asset_id,
        "kind": kind,
        "layer": None if layer is None else layer.fact.layer_id,
        "gate": outcome,
        "tag": _tag_json(on_record.tag, lang),
        "damage": [_damage_json(item, lang) for item in on_record.damage],
        "events": [_event_json(hit) for hit in on_record.events],
        "epochs": [_step_json(step) for step in on_record.line.steps],
    }


def _tag_json(standing: TagStanding | None, lang: str) -> dict[str, Any] | None:
    if standing is None:
        return None
    fact, reason = standing.fact, standing.reason
    next_ = texts(lang).get(f"{reason.code}.next")
    return {
        "tag": fact.tag,
        "label": dictionary().lists["structural_tag"].label(fact.tag, lang),
        "engineer": fact.engineer,
        "at": iso(standing.record.valid_at_us),
        "until": None if fact.until_us is None else iso(fact.until_us),
        "stands": standing.stands,
        "code": reason.code,
        "detail": text(reason.code, reason.params, lang),
        "next": next_,
        "by": standing.by,
    }


def _damage_json(item: Assessment, lang: str) -> dict[str, Any]:
    fact, span = item.fact, item.span
    return {
        "assessment": fact.assessment_id,
        "at": iso(item.record.valid_at_us),
        "scale": fact.scale,
        "as_written": fact.as_written,
        "code": fact.code,
        "least": None if span is None else span.least,
        "most": None if span is None else span.most,
        "grade_text": grade_words(span, lang),
        "hint": item.hint,
        "how": item.how,
        "sensor": fact.sensor,
        "reader": fact.reader,
        "source": fact.source,
    }


def _event_json(hit: Hit) -> dict[str, Any]:
    item = hit.happening
    return {
        "event": item.subject,
        "kind": item.kind,
        "at": iso(item.record.valid_at_us),
        "how": hit.how,
        "distance_m": hit.distance_mm / 1_000,
    }


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "old_ids": list(step.old_ids),
        "new_ids": list(step.new_ids),
        "kind": step.kind,
        "by_person": step.by_person,
        "common_permille": step.iou_permille,
    }
