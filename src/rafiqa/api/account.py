"""The land account over a period, with where every figure comes from."""

from __future__ import annotations

import msgspec

from rafiqa.api import shape
from rafiqa.api.ask import Ask
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.service import ask_account, ask_floor
from rafiqa.wire.answer import account_json
from rafiqa.wire.instant import iso


def show_account(ask: Ask) -> Reply:
    """Returns the account of a period, of everything on record.

    Raises:
        InvalidInput: the period ends before it begins.
    """
    view = View.of(ask)
    from_us = ask.time_us("from", last=False)
    until_us = ask.time_us("to")
    until_us = view.moment.valid_us if until_us is None else until_us
    if from_us is not None and from_us > until_us:
        raise InvalidInput(Fault("api.query.period", "from"))
    office, moment = view.desk.office, view.moment
    found = ask_account(office, from_us=from_us, until_us=until_us, known_at_us=moment.known_us)
    source = f"{office.site.name}; ledger 1–{moment.n_known}, {moment.root}"
    boundary = text("api.account.everything", {}, view.lang)
    floor = ask_floor(office, until_us=until_us, known_at_us=moment.known_us)
    told = account_json(
        found, floor=floor, known_at_us=moment.known_us, source=source, boundary=boundary
    )
    told["as_of"] = iso(until_us)
    return reply(msgspec.convert(told, shape.Account))
