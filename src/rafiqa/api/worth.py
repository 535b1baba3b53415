"""Survey, clear or watch: what to do next in each area with open ground, for staff."""

from __future__ import annotations

import msgspec

from rafiqa.api import residualshape
from rafiqa.api.act import actor_of
from rafiqa.api.ask import Ask
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.errors import Fault, InvalidInput
from rafiqa.risk.worth import DEFAULT_POWER
from rafiqa.service.worth import ask_worth, costs_of
from rafiqa.wire.worthjson import worth_json

COSTS = ("clear", "survey", "leave")
CHANCES = ("sensitivity", "specificity")


def show_worth(ask: Ask) -> Reply:
    """Returns what to do next in each area, what saves most first; it releases nothing.

    Raises:
        Unknown: nobody is signed in.
        InvalidInput: a cost is missing or cannot be used.
    """
    actor_of(ask)
    view = View.of_works(ask)
    given = {
        "sensitivity": DEFAULT_POWER.sensitivity,
        "specificity": DEFAULT_POWER.specificity,
        **_numbers(ask, [*COSTS, *(name for name in CHANCES if name in ask.query)]),
    }
    costs, power = costs_of(given)
    visits = ask_worth(view.desk.office, costs, power, as_of=view.moment.as_of)
    answer = worth_json(visits, costs, power, view.lang)
    return reply(msgspec.convert(answer, residualshape.NextVisits))


def _numbers(ask: Ask, names: list[str]) -> dict[str, float]:
    """Returns numbers of the query by name.

    Raises:
        InvalidInput: every one that is missing or no number.
    """
    found: dict[str, float] = {}
    faults: list[Fault] = []
    for name in names:
        try:
            found[name] = ask.number(name)
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput(faults)
    return found
