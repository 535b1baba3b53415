"""Acts through this door: reopen land, register a structure, propose and decide a release."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from rafiqa.api import shape
from rafiqa.api.ask import Ask
from rafiqa.api.ground import ground
from rafiqa.api.problem import Unknown, faults_of
from rafiqa.api.releaseseen import refuse_unseen
from rafiqa.api.reply import JSON, Reply
from rafiqa.api.view import View
from rafiqa.errors import Fault, Forbidden, Refused
from rafiqa.land import (
    Actor,
    LandReopened,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    StructureRegistered,
    Unit,
)
from rafiqa.service import (
    Acted,
    accept_release,
    footprint_of,
    propose_release,
    register_structure,
    reject_release,
    reopen_land,
)


def reopen(ask: Ask) -> Reply:
    """Returns the entry that puts an area's whole ground back to hazard.

    Raises:
        NotFound: no such area.
        Forbidden: the actor's role may not do this.
        Refused: a rule forbids it; every reason is listed.
    """
    actor, asked = actor_of(ask), ask.taken(shape.Reopening)
    office = ask.desk.office
    on = ground(View.of(ask), ask.path["area_id"])
    fact = LandReopened(
        office.new_id(),
        on.outline,
        asked.cause,
        asked.class_,
        on.claim_id if on.record else None,
        asked.note or None,
    )
    return done(reopen_land(office, actor, fact, ask.stamp))


def register(ask: Ask) -> Reply:
    """Returns the entry that puts a structure and its units on record.

    Raises:
        InvalidInput: its outline is no polygon on the site.
        Forbidden: the actor's role may not do this.
        Refused: a rule forbids it; every reason is listed.
    """
    actor, asked = actor_of(ask), ask.taken(shape.Structure)
    office = ask.desk.office
    fact = StructureRegistered(
        asked.structure_id,
        asked.kind,
        footprint_of(office, asked.geometry),
        tuple(_unit(unit) for unit in asked.units),
        asked.name or None,
        asked.area_id,
    )
    return done(register_structure(office, actor, fact, ask.stamp))


def _unit(asked: shape.Unit) -> Unit:
    stated_m2 = asked.floor_area_m2
    # The text of a number is what its sender wrote; its float is not.
    floor_m2 = None if stated_m2 is None else Decimal(str(stated_m2))
    return Unit(asked.unit_id, asked.kind, asked.level, floor_m2, asked.note or None)


def propose(ask: Ask) -> Reply:
    """Returns the entry that proposes parts of reported work for release.

    Raises:
        Forbidden: the actor's role may not do this.
        Refused: a rule forbids it; every reason is listed.
    """
    actor, asked = actor_of(ask), ask.taken(shape.Proposal)
    office = ask.desk.office
    fact = ReleaseProposed(office.new_id(), asked.work_id, tuple(dict.fromkeys(asked.part_ids)))
    return done(propose_release(office, actor, fact, ask.stamp))


def accept(ask: Ask) -> Reply:
    """Returns the entry by which a second person releases land.

    Raises:
        Forbidden: the actor's role may not do this.
        Refused: a rule forbids it; every reason is listed.
        Conflict: what was shown of it, where that is named, is no longer so.
    """
    actor, asked = actor_of(ask), ask.taken(shape.Acceptance)
    refuse_unseen(ask.desk.office, actor, ask.path["release_id"], asked.seen)
    fact = ReleaseAccepted(ask.path["release_id"], asked.note or None)
    return done(accept_release(ask.desk.office, actor, fact, ask.stamp))


def reject(ask: Ask) -> Reply:
    """Returns the entry that turns a proposal down.

    Raises:
        Forbidden: the actor's role may not do this.
        Refused: a rule forbids it; every reason is listed.
    """
    actor, asked = actor_of(ask), ask.taken(shape.Rejection)
    fact = ReleaseRejected(ask.path["release_id"], asked.note.strip())
    return done(reject_release(ask.desk.office, actor, fact, ask.stamp))


def actor_of(ask: Ask) -> Actor:
    """Returns who acts.

    Raises:
        Unknown: nobody is signed in.
    """
    if ask.actor is None:
        raise Unknown(Fault("api.session.needed"))
    return ask.actor


def refuse_other_name(actor: Actor, named: object) -> None:
    """Nothing, where a record names no organisation as its author, or that of who acts.

    Raises:
        Forbidden: it names another: nobody writes in another organisation's name.
    """
    if named in (None, "", actor.organisation_id):
        return
    params: dict[str, str | int] = {"own": actor.organisation_id, "other": str(named)[:60]}
    raise Forbidden(Fault("service.permit.other-name", "organisation_id", params=params))


def done(acted: Acted) -> Reply:
    """Returns the answer to an act, 201 where new and 200 where it had been done before.

    Raises:
        Forbidden: the actor's role may not do this.
        Refused: a rule forbids it; every reason is listed.
    """
    if not acted.done:
        faults = faults_of(acted.reasons)
        denied = any(fault.code.startswith("service.permit.") for fault in faults)
        raise (Forbidden if denied else Refused)(faults)
    body = msgspec.json.encode(shape.Done(acted.entry_ids[0]))
    status = 200 if acted.already else 201
    return Reply(body, JSON, status, {"Cache-Control": "no-store"})
