"""Survey, clear or watch: what to do next in each area with open ground, for staff."""

from __future__ import annotations

import msgspec

from rafiqa.api import residualshape
from rafiqa.api.act import actor_of
from rafiqa.api.ask import Ask
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.risk.worth import DEFAULT_POWER
from rafiqa.service.worth import ask_worth, costs_of
from rafiqa.wire.worthjson import worth_json

COSTS = ("clear", "survey", "leave")


def show_worth(ask: Ask) -> Reply:
    """Returns what to do next in each area, what saves most first; it releases nothing.

    Raises:
        Unknown: nobody is signed in.
        InvalidInput: a cost is missing or cannot be used.
    """
    actor_of(ask)
    view = View.of(ask)
    given = {
        **{name: ask.number(name) for name in COSTS},
        "sensitivity": DEFAULT_POWER.sensitivity,
        "specificity": DEFAULT_POWER.specificity,
        **{name: ask.number(name) for name in ("sensitivity", "specificity") if name in ask.query},
    }
    costs, power = costs_of(given)
    visits = ask_worth(view.desk.office, costs, power, as_of=view.moment.as_of)
    answer = worth_json(visits, costs, power, view.lang)
    return reply(msgspec.convert(answer, residualshape.NextVisits))
