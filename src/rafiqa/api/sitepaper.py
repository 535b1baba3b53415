"""Papers of works through this door: rights, rating, utilities, crew, lifts, finds, closing."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import msgspec

from rafiqa.api import gateshape
from rafiqa.api.act import actor_of, done, refuse_other_name
from rafiqa.api.ask import Ask
from rafiqa.api.problem import Unknown, faults_of, told_fault
from rafiqa.api.reply import Reply, reply
from rafiqa.errors import Fault
from rafiqa.recovery import RubbleLotMoved
from rafiqa.service import AsOf, move_rubble_lot, put_on_record, told_paper
from rafiqa.service.findlog import find_log

OF_ITS_AUTHOR: Final = frozenset({"bomb_search", "protection_consent"})
"""Papers whose organisation is the one that says so; of the others it is one that is spoken of."""


def put(ask: Ask) -> Reply:
    """Returns the entry that puts a paper of a project or rubble lot on record.

    Of a find, what could not be read is told beside it.

    Raises:
        InvalidInput: no such kind of paper, or fields that the dictionary refuses.
        Forbidden: the actor's role may not do this.
        Refused: a rule forbids it; every reason is listed.
    """
    actor, asked = actor_of(ask), ask.taken(gateshape.SitePaper)
    if ask.path["kind"] in OF_ITS_AUTHOR:
        refuse_other_name(actor, asked.fields.get("organisation_id"))
    told = told_paper(ask.path["kind"], asked.fields)
    acted = put_on_record(ask.desk.office, actor, told.fact, ask.stamp)
    answer = done(acted)
    faults = (*told.unread, *faults_of(acted.warnings))
    warnings = [told_fault(fault, ask.lang) for fault in faults]
    body = gateshape.PaperDone(acted.entry_ids[0], warnings)
    return replace(answer, body=msgspec.json.encode(body))


def move_lot(ask: Ask) -> Reply:
    """Returns the entry that says where the work on a rubble lot stands.

    Raises:
        Forbidden: the actor's role may not do this.
        Refused: no such lot, or no such state.
    """
    actor, asked = actor_of(ask), ask.taken(gateshape.LotMoved)
    fact = RubbleLotMoved(ask.path["lot_id"], asked.state, asked.note or None)
    return done(move_rubble_lot(ask.desk.office, actor, fact, ask.stamp))


def show_finds(ask: Ask) -> Reply:
    """Returns the log of chance finds, for staff.

    Raises:
        Unknown: nobody of the staff is signed in.
    """
    if not ask.staff:
        raise Unknown(Fault("api.session.needed"))
    as_of = AsOf(ask.time_us("valid_at"), ask.time_us("known_at"))
    rows = find_log(ask.desk.office, ask.lang, as_of)
    return reply(msgspec.convert({"finds": rows}, gateshape.Finds), {"Cache-Control": "no-store"})
