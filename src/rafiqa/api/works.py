"""Works asked for through this door: what the file of a project says, said at the desk."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from rafiqa.api import gateshape
from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.problem import told_fault
from rafiqa.api.reply import Reply
from rafiqa.dictionary import dictionary
from rafiqa.service import WayDrawn, ask_for_works, works_asked

CHOICES = {"kind": "project_kind", "works_method": "works_method", "protected": "protected_kind"}
"""The fields of works whose codes a form offers, and the lists that these are of."""


def ask_for(ask: Ask) -> Reply:
    """Returns the entry that registers works; what they lack closes their gate, not this.

    Raises:
        InvalidInput: fields or shapes that are refused; every fault is listed.
        Forbidden: the actor's role may not do this.
        Refused: a rule forbids it; every reason is listed.
    """
    actor, asked = actor_of(ask), ask.taken(gateshape.WorksAsked)
    desk, drawn = ask.desk, asked.way_in
    way_in = None if drawn is None else WayDrawn(drawn.points, drawn.width_m)
    works = works_asked(desk.office, desk.shelf, asked.fields, way_in)
    acted = ask_for_works(desk.office, actor, works, ask.stamp)
    answer = done(acted)
    warnings = [told_fault(fault, ask.lang) for fault in works.warnings]
    body = gateshape.PaperDone(acted.entry_ids[0], warnings)
    return replace(answer, body=msgspec.json.encode(body))


def works_choices(lang: str) -> dict[str, dict[str, str]]:
    """Returns the codes and words that a form for works offers."""
    lists = dictionary().lists
    return {
        field: {code: lists[name].label(code, lang) for code in lists[name].names}
        for field, name in CHOICES.items()
    }
