"""Duplicates and the quarantine at the desk: what may be one thing, and what was refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from typing import Any

import msgspec
import shapely

from rafiqa.api.accessshape import Told
from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.filename import attachment
from rafiqa.api.importshape import Difference, PairAsked, Pairs, PairTold, Quarantine, Refused
from rafiqa.api.problem import told_fault
from rafiqa.api.reply import RAW, Reply, reply
from rafiqa.api.view import View
from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, Forbidden, InvalidInput, NotFound
from rafiqa.geo import Planar
from rafiqa.land import Actor
from rafiqa.ledger import PairDecided
from rafiqa.service import allow
from rafiqa.service.duplicates import Pair, decide_pair, decided_of, proposed_pairs
from rafiqa.service.duplicates import Told as TellsOf
from rafiqa.service.intakekept import kept_items, told_original
from rafiqa.service.scope import refused_seen
from rafiqa.store import Quarantined
from rafiqa.wire.answer import reason_json
from rafiqa.wire.instant import iso

SHOWN = 50
NO_STORE = {"Cache-Control": "no-store"}


def show_pairs(ask: Ask) -> Reply:
    """Returns pairs of records that may be of one thing and wait for a person.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role sees no such records.
    """
    actor = actor_of(ask)
    if not ask.staff:
        raise Forbidden(Fault("service.permit.denied", params=_denied(actor, "see_restricted")))
    if not View.of(ask).staff:
        raise Forbidden(Fault("service.permit.organisation", params=_denied(actor, "see_exact")))
    pairs = proposed_pairs(ask.desk.office, every=ask.query.get("every") == "true")
    told = [_pair(ask, pair) for pair in pairs[:SHOWN]]
    return reply(Pairs(told, len(pairs), allow(actor, "decide_pair").allowed), NO_STORE)


def _denied(actor: Actor, act: str) -> dict[str, str | int]:
    return {"role": actor.role, "act": act}


def _pair(ask: Ask, pair: Pair) -> PairTold:
    one, other = pair.one.plain, pair.other.plain
    differences = [
        Difference(name, _words(name, one[name], ask.lang), _words(name, other[name], ask.lang))
        for name in pair.differences
        if name not in {"source", "local_ids"}
    ]
    return PairTold(
        pair.one.kind,
        pair.one.id,
        pair.other.id,
        pair.one.source,
        pair.other.source,
        [msgspec.convert(reason_json(reason, ask.lang), Told) for reason in pair.reasons],
        differences,
        _place(ask, pair.one),
        _place(ask, pair.other),
        None if pair.decided is None else decided_of(pair.decided).decision,
    )


def _words(name: str, value: Any, lang: str) -> str | None:
    if value is None:
        return None
    if name == "class":
        return dictionary().lists["class"].label(str(value), lang)
    return str(value)


def _place(ask: Ask, told: TellsOf) -> dict[str, Any]:
    frame = ask.desk.office.frame
    metres = shapely.transform(told.place, lambda mm: mm / 1_000)
    shape: dict[str, Any] = json.loads(shapely.to_geojson(frame.to_lonlat(Planar(metres)).geometry))
    return shape


def decide_on_pair(ask: Ask) -> Reply:
    """Returns the entry that says whether two records are of one thing; both stay on record.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role may not do this.
        Refused: one of them is not on record.
    """
    actor, asked = actor_of(ask), ask.taken(PairAsked)
    fact = PairDecided(asked.one, asked.other, asked.decision, asked.note.strip() or None)
    return done(decide_pair(ask.desk.office, actor, fact, ask.standing))


def show_quarantine(ask: Ask) -> Reply:
    """Returns what was refused and kept, the newest first, with every fault.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role may not see it.
        InvalidInput: a page that is no number.
    """
    is_seen = _may_see(ask)
    given = ask.query.get("skip", "0")
    if not (given.isdecimal() and len(given) < 10):
        raise InvalidInput(Fault("api.query.number", "skip", params={"name": "skip"}))
    items = [
        Refused(
            item.quarantine_id,
            iso(item.at_us),
            item.file_name or None,
            item.row,
            len(item.original),
            [told_fault(fault, ask.lang) for fault in item.faults],
        )
        for item in filter(is_seen, ask.desk.office.store.quarantined())
    ]
    start = int(given)
    return reply(Quarantine(items[::-1][start : start + SHOWN], len(items)), NO_STORE)


def _may_see(ask: Ask) -> Callable[[Quarantined], bool]:
    actor = actor_of(ask)
    is_seen = refused_seen(ask.desk.office, actor)
    if is_seen is None:
        raise Forbidden(Fault("service.permit.denied", params=_denied(actor, "see_quarantine")))
    return is_seen


def show_original(ask: Ask) -> Reply:
    """Returns the bytes of something in the quarantine as they came, only to be taken along.

    Of another organisation's submission, what names persons is left out.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role may not see it.
        NotFound: nothing there has that id.
    """
    is_seen, reader = _may_see(ask), actor_of(ask).organisation_id
    wanted = ask.path["quarantine_id"]
    found = (
        kept
        for kept in kept_items(ask.desk.office)
        if kept.item.quarantine_id == wanted and is_seen(kept.item)
    )
    for kept in islice(found, 1):
        name, content = told_original(ask.desk.office, kept, reader)
        return Reply(content, RAW, headers={**NO_STORE, **attachment(name)})
    raise NotFound(Fault("api.quarantine.unknown", params={"id": wanted[:80]}))
