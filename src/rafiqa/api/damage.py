"""Damage of an asset in words, and the acts of recording it, tagging, and linking an event."""

from __future__ import annotations

from dataclasses import replace

from rafiqa.api import assetshape
from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.history import label
from rafiqa.api.name import told
from rafiqa.api.reply import Reply
from rafiqa.api.view import View
from rafiqa.locale import text, texts
from rafiqa.recovery import (
    SCALE_LISTS,
    DamageAssessed,
    DamageLinked,
    Hit,
    Step,
    StructureTagged,
    TagStanding,
)
from rafiqa.service import Assessment, assess_damage, link_damage, tag_structure
from rafiqa.service.damage import grade_words
from rafiqa.wire.instant import end_us, instant_us, iso

OPEN_EVENTS = frozenset({"accident"})
"""Kinds of events that everybody may be told of; who saw what is for staff alone."""


def assess(ask: Ask) -> Reply:
    """Returns the entry that records damage to an asset.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role may not do this.
        Refused: its scale has no such code.
    """
    actor, asked = actor_of(ask), ask.taken(assetshape.Assessing)
    stamp = ask.stamp
    if asked.observed_at is not None:
        at_us = instant_us(asked.observed_at, "observed_at")
        stamp = replace(stamp, valid_at_us=at_us)
    fact = DamageAssessed(
        asked.assessment_id,
        asked.scale,
        asked.as_written,
        asked.code,
        ask.path["asset_id"],
        sensor=asked.sensor or None,
        reader=actor.organisation_id,
        source=asked.source or None,
        note=asked.note or None,
    )
    return done(assess_damage(ask.desk.office, actor, fact, stamp))


def tag(ask: Ask) -> Reply:
    """Returns the entry by which an engineer tags a structure.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor is no engineer.
        Refused: the ground of the asset is not known, or the tag would end before it begins.
    """
    actor, asked = actor_of(ask), ask.taken(assetshape.Tagging)
    until_us = None if asked.until is None else end_us(asked.until, "until")
    fact = StructureTagged(
        ask.path["asset_id"], asked.tag, actor.organisation_id, until_us, asked.note or None
    )
    return done(tag_structure(ask.desk.office, actor, fact, ask.desk.shelf, ask.stamp))


def link(ask: Ask) -> Reply:
    """Returns the entry that says that an event damaged an asset.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role may not do this.
        Refused: no such event is on record.
    """
    actor, asked = actor_of(ask), ask.taken(assetshape.Linking)
    fact = DamageLinked(ask.path["asset_id"], asked.event_id, asked.note or None)
    return done(link_damage(ask.desk.office, actor, fact, ask.stamp))


def damage_told(view: View, item: Assessment) -> assetshape.Damage:
    """Returns an assessment in the words of its scale, and beside it what it may mean."""
    fact, lang = item.fact, view.lang
    listed = SCALE_LISTS.get(fact.scale)
    span = item.span
    return assetshape.Damage(
        fact.assessment_id,
        iso(item.record.valid_at_us),
        fact.scale,
        label("damage_scale", fact.scale, lang),
        fact.as_written,
        fact.code,
        None if listed is None or fact.code is None else label(listed, fact.code, lang),
        None if span is None else assetshape.Grade(span.least, span.most),
        grade_words(span, lang),
        item.hint,
        item.how,  # type: ignore[arg-type]
        fact.sensor,
        fact.reader if view.staff else None,
        fact.source,
    )


def tag_told(view: View, standing: TagStanding | None) -> assetshape.Tag | None:
    """Returns where a tag stands, in words; what ended it by name for staff alone."""
    if standing is None:
        return None
    fact, lang = standing.fact, view.lang
    params = dict(standing.params)
    if not view.staff and "by" in params:
        params["by"] = label("damage_event", str(params["kind"]), lang)
    next_ = f"{standing.code}.next"
    return assetshape.Tag(
        fact.tag,
        label("structural_tag", fact.tag, lang),
        fact.engineer,
        iso(standing.record.valid_at_us),
        None if fact.until_us is None else iso(fact.until_us),
        standing.stands,
        standing.code,
        told(standing.code, params, lang),
        text(next_, {}, lang) if next_ in texts(lang) else None,
        None if standing.ended_at_us is None else iso(standing.ended_at_us),
    )


def event_told(view: View, hit: Hit) -> assetshape.Event | None:
    """Returns what may have hit an asset; None where the asker may not know of it."""
    item = hit.happening
    if not view.staff and item.kind not in OPEN_EVENTS:
        return None
    return assetshape.Event(
        item.subject,
        item.kind,
        label("damage_event", item.kind, view.lang),
        iso(item.record.valid_at_us),
        hit.how,
        hit.distance_mm / 1_000,
    )


def step_told(view: View, step: Step) -> assetshape.Step:
    """Returns one step of an asset between two epochs."""
    return assetshape.Step(
        list(step.old_ids),
        list(step.new_ids),
        step.kind,
        label("match_kind", step.kind, view.lang),
        step.by_person,
        step.iou_permille,
    )
