"""Papers of works through this door: rights, rating, utilities, crew, lifts, finds, closing."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from rafiqa.api import gateshape
from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.problem import faults_of, told_fault
from rafiqa.api.reply import Reply
from rafiqa.service import put_on_record, told_paper


def put(ask: Ask) -> Reply:
    """Returns the entry that puts a paper of a project or rubble lot on record.

    Of a find, what could not be read is told beside it.

    Raises:
        InvalidInput: no such kind of paper, or fields that the dictionary refuses.
        Forbidden: the actor's role may not do this.
        Refused: a rule forbids it; every reason is listed.
    """
    actor, asked = actor_of(ask), ask.taken(gateshape.SitePaper)
    told = told_paper(ask.path["kind"], asked.fields)
    acted = put_on_record(ask.desk.office, actor, told.fact, ask.stamp)
    answer = done(acted)
    faults = (*told.unread, *faults_of(acted.warnings))
    warnings = [told_fault(fault, ask.lang) for fault in faults]
    body = gateshape.PaperDone(acted.entry_ids[0], warnings)
    return replace(answer, body=msgspec.json.encode(body))
