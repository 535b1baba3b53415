"""Damage: record what was assessed, tag a structure, link an event to what it damaged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.dictionary import dictionary
from rafiqa.geo import GridShape
from rafiqa.land import Actor, Reason, rule
from rafiqa.locale import text
from rafiqa.recovery import (
    SCALE_LISTS,
    DamageAssessed,
    DamageLinked,
    GradeSpan,
    StructureTagged,
)
from rafiqa.service.act import NOW, Stamp, carry_out
from rafiqa.service.assets import AssetShelf, asset_at
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.wire.factcode import fact_bytes

TAGS = ("green", "yellow", "red")


def assess_damage(office: Office, actor: Actor, fact: DamageAssessed, stamp: Stamp = NOW) -> Acted:
    """Returns the act of recording one assessment of damage, in the code of its own scale."""
    ruling = rule(list(assessment_faults(fact)))
    return carry_out(
        office, actor, "assess_damage", fact.assessment_id, fact, stamp=stamp, ruling=ruling
    )


def assessment_faults(fact: DamageAssessed) -> Iterator[Reason]:
    """Yields why an assessment says nothing that can be kept: no code of its scale, or no asset."""
    listed = SCALE_LISTS.get(fact.scale)
    if listed is not None:
        known = dictionary().lists[listed].names
        if fact.code not in known:
            params: dict[str, str | int] = {
                "scale": fact.scale,
                "value": (fact.code or fact.as_written)[:60],
                "known": " ".join(known),
            }
            yield Reason("service.damage.code-unknown", params)
    if fact.asset_id is None and fact.spot is None and fact.shape is None:
        yield Reason("service.damage.of-nothing")


def tag_structure(
    office: Office, actor: Actor, fact: StructureTagged, shelf: AssetShelf, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of tagging a structure; the ground it stands on is kept with the tag.

    A green or yellow tag on an asset whose ground is not known is refused: nothing that
    happens there could end it. A red one is taken.
    """
    # What is kept with the tag follows from the layers of the day; the message is what was sent.
    digest = stamp.request_digest or sha256(fact_bytes(fact)).digest()
    stamp = replace(stamp, request_digest=digest)
    fact = replace(fact, engineer=fact.engineer or actor.organisation_id)
    reasons: list[Reason] = []
    warnings: list[Reason] = []
    known = asset_at(office, shelf, fact.asset_id, stamp.valid_at_us)
    if known is not None:
        layer, row = known
        fact = replace(fact, shape=_on_grid(layer.table.shapes_mm[row]))
    elif fact.shape is None:
        told = reasons if fact.tag != "red" else warnings
        told.append(Reason("service.asset.unknown", {"asset": fact.asset_id[:80]}))
    if fact.tag not in TAGS:
        params: dict[str, str | int] = {"tag": fact.tag[:60], "known": " ".join(TAGS)}
        reasons.append(Reason("service.tag.none", params))
    since_us = office.now_us() if stamp.valid_at_us is None else stamp.valid_at_us
    if fact.until_us is not None and fact.until_us <= since_us:
        reasons.append(Reason("service.tag.ends-before", {"asset": fact.asset_id[:80]}))
    return carry_out(
        office,
        actor,
        "tag_structure",
        fact.asset_id,
        fact,
        stamp=stamp,
        ruling=rule(reasons),
        warnings=tuple(warnings),
    )


def link_damage(office: Office, actor: Actor, fact: DamageLinked, stamp: Stamp = NOW) -> Acted:
    """Returns the act of saying that an event on record damaged an asset."""
    known = office.recovery().happenings.by_id
    against = [] if fact.event_id in known else [_unknown_event(fact)]
    return carry_out(
        office, actor, "link_damage", fact.asset_id, fact, stamp=stamp, ruling=rule(against)
    )


def _unknown_event(fact: DamageLinked) -> Reason:
    return Reason("service.damage.event-unknown", {"event": fact.event_id[:80]})


def _on_grid(ground: BaseGeometry) -> GridShape:
    """Returns an asset's ground as land; the shelf has put it on the grid, but for a few."""
    return GridShape.of(shapely.set_precision(ground, 1.0))


def grade_words(span: GradeSpan | None, lang: str) -> str:
    """Returns in words which of our grades an assessment may mean."""
    if span is None:
        return text("asset.damage.unread", {}, lang)
    grades = dictionary().lists["damage_grade"]
    params = {"least": grades.label(span.least, lang), "most": grades.label(span.most, lang)}
    code = "asset.damage.grade-one" if span.least == span.most else "asset.damage.grade"
    return text(code, params, lang)
