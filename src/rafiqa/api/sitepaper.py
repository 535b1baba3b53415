"""Papers of works through this door: rights, rating, utilities, crew, lifts, finds, closing."""

from __future__ import annotations

from rafiqa.api import gateshape
from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.reply import Reply
from rafiqa.service import put_on_record, site_fact


def put(ask: Ask) -> Reply:
    """Returns the entry that puts a paper of a project or rubble lot on record.

    Raises:
        InvalidInput: no such kind of paper, or fields that the dictionary refuses.
        Forbidden: the actor's role may not do this.
        Refused: a rule forbids it; every reason is listed.
    """
    actor, asked = actor_of(ask), ask.taken(gateshape.SitePaper)
    fact = site_fact(ask.path["kind"], asked.fields)
    return done(put_on_record(ask.desk.office, actor, fact, ask.stamp))
