"""Follow-up: what came of it, quarter by quarter, for staff."""

from __future__ import annotations

import msgspec

from rafiqa.api import figureshape
from rafiqa.api.act import actor_of
from rafiqa.api.ask import Ask
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.service.followup import ask_followup
from rafiqa.wire.followupjson import followup_json


def show_followup(ask: Ask) -> Reply:
    """Returns every quarter of a period, in the shape of ``rafiqa followup --json``.

    Raises:
        Unknown: nobody is signed in.
        InvalidInput: the period ends before it begins, or holds too many quarters.
    """
    actor_of(ask)
    view = View.of_works(ask)
    until_us = ask.time_us("to")
    found = ask_followup(
        view.desk.office,
        view.desk.shelf,
        from_us=ask.time_us("from", last=False),
        until_us=view.moment.valid_us if until_us is None else until_us,
        known_at_us=ask.time_us("known_at"),
    )
    return reply(msgspec.convert(followup_json(found), figureshape.FollowUp))
