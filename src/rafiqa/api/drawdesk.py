"""Outlines drawn at the desk: measured, put on record as an area, or as an area's new outline."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rafiqa.api import drawshape
from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.ground import areas, ground, outline_json
from rafiqa.api.history import label
from rafiqa.api.offer import offer, permit
from rafiqa.api.reply import Reply, reply
from rafiqa.api.session import second_person, stamp_with
from rafiqa.api.view import View
from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import GridShape, Leg, Walk
from rafiqa.land import AreaRecorded, BoundaryCorrected, EvidenceRecorded, evidence_class
from rafiqa.locale import text
from rafiqa.service.drawing import (
    Drawn,
    Under,
    declare_drawn,
    drawn_outline,
    evidence_under,
    lies_over,
)
from rafiqa.service.survey import correct_boundary


def measure_outline(ask: Ask) -> Reply:
    """Returns what a drawn outline measures and lies over; it is written nowhere.

    Raises:
        Unknown: nobody is signed in.
        InvalidInput: it is no outline on the site; every fault is listed.
    """
    actor = actor_of(ask)
    view, asked = View.of(ask), ask.taken(drawshape.OutlineDrawn)
    drawn = _drawn(ask, asked)
    shape, led = drawn.shape, drawn.walked
    over = lies_over(view.doubts(), shape)
    names = {on.claim_id: on.name for on in areas(view)}
    return reply(
        drawshape.Measured(
            shape.area_m2,
            shape.length_mm / 1_000,
            outline_json(view, shape),
            None if led is None else led.length_m,
            None if led is None else led.misclosure_m,
            None if led is None else led.limit_m,
            [
                drawshape.UnderIt(
                    list(each.area_ids),
                    next((names[area] for area in each.area_ids if names.get(area)), None),
                    each.status,
                    each.reopened,
                    each.in_doubt,
                    each.depth_cm,
                    each.area2_mm2 / 2e6,
                    _told(view, each),
                )
                for each in over.under
            ],
            over.unrecorded2_mm2 / 2e6,
            list(_items(view, shape)) if view.staff else [],
            offer(view, "declare_area", "", permit(view.desk.office, actor, "declare_area")),
            _choices(view.lang),
        ),
        {"Cache-Control": "no-store"},
    )


def declare(ask: Ask) -> Reply:
    """Returns the entry that puts a drawn area on record, with the evidence given for it.

    Raises:
        InvalidInput: it is no outline on the site; every fault is listed.
        Forbidden: the actor's role may not do this.
        Refused: a rule forbids it; every reason is listed.
    """
    actor, asked = actor_of(ask), ask.taken(drawshape.AreaDrawn)
    office = ask.desk.office
    drawn = _drawn(ask, asked.outline)
    fact = AreaRecorded(
        asked.area_id,
        asked.class_,
        drawn.shape,
        asked.name.strip() or None,
        asked.evidence_ids,
        None,
        drawn.grid_difference_mm2,
        note=asked.note.strip() or None,
        extra=_walk_said(asked.outline),
    )
    seen = [] if asked.evidence is None else [_item(asked, asked.evidence, drawn)]
    return done(declare_drawn(office, actor, fact, seen, ask.stamp))


def correct(ask: Ask) -> Reply:
    """Returns the entry that gives an area a new outline; to leave ground out takes two persons.

    Raises:
        TooMany: the second person's login was tried too often.
        Unknown: nobody is signed in, or the second person's login or password is wrong.
        NotFound: no such area.
        InvalidInput: it is no outline on the site; every fault is listed.
        Forbidden: the actor's role may not do this.
        Refused: a rule forbids it; every reason is listed.
    """
    actor, asked = actor_of(ask), ask.taken(drawshape.BoundaryDrawn)
    on = ground(View.of(ask), ask.path["area_id"])
    drawn = _drawn(ask, asked.outline)
    second = None if asked.second is None else second_person(ask, asked.second)
    by = None if second is None else second.actor
    fact = BoundaryCorrected(on.claim_id, drawn.shape, asked.justification.strip(), by)
    return done(correct_boundary(ask.desk.office, actor, fact, stamp_with(ask, second)))


def _drawn(ask: Ask, asked: drawshape.OutlineDrawn) -> Drawn:
    return drawn_outline(ask.desk.office, asked.geometry, _walk(asked.walk))


def _walk(told: drawshape.WalkTold | None) -> Walk | None:
    if told is None:
        return None
    magnetic = told.bearing_reference == "magnetic"
    if magnetic and told.declination_deg is None:
        # A compass without its declination is off by whole degrees, and nobody would see it.
        raise InvalidInput(Fault("geo.walk.declination-missing", "declination_deg"))
    legs = tuple(Leg(each.bearing_deg, each.distance_m) for each in told.legs)
    declination_deg = (told.declination_deg or 0.0) if magnetic else 0.0
    return Walk(told.lon_deg, told.lat_deg, legs, declination_deg, told.returns)


def _walk_said(asked: drawshape.OutlineDrawn) -> str | None:
    """Returns a walk as it was told, to be kept beside the outline that came of it."""
    told = asked.walk
    if told is None:
        return None
    said = {
        "walk_bearing_reference": told.bearing_reference,
        "walk_declination_deg": told.declination_deg,
        "walk_legs": [[each.bearing_deg, each.distance_m] for each in told.legs],
        "walk_returns": told.returns,
        "walk_start_lonlat": [told.lon_deg, told.lat_deg],
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def _item(asked: drawshape.AreaDrawn, seen: drawshape.ItemSeen, drawn: Drawn) -> EvidenceRecorded:
    """Returns what an area rests on as evidence; it reaches over all that was drawn."""
    return EvidenceRecorded(
        f"{asked.area_id}.e1",
        seen.kind,
        seen.source_kind,
        shape=drawn.shape,
        text=seen.text.strip(),
        area_id=asked.area_id,
    )


def _choices(lang: str) -> dict[str, dict[str, str]]:
    """Returns the codes and words of what an area may rest on."""
    lists = dictionary().lists
    named = {"kind": lists["evidence_kind"], "source_kind": lists["evidence_source"]}
    return {
        field: {code: codes.label(code, lang) for code in codes.names}
        for field, codes in named.items()
    }


def _items(view: View, shape: GridShape) -> Iterator[drawshape.ItemUnder]:
    for fact in evidence_under(view.desk.office, view.moment.book, shape):
        kind = label("evidence_kind", fact.kind, view.lang)
        yield drawshape.ItemUnder(fact.evidence_id, fact.kind, kind, evidence_class(fact))


def _told(view: View, under: Under) -> str:
    said = text(f"class.{under.status}", {}, view.lang)
    if under.depth_cm is not None:
        said += f" · {text('desk.depth.to', {'n': under.depth_cm}, view.lang)}"
    if under.in_doubt:
        said += f" · {label('hazard_status', 'in_doubt', view.lang)}"
    return f"{said} · {text('desk.reopened', {}, view.lang)}" if under.reopened else said
