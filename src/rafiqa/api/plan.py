"""Plans through this door: asked by who plans, written nowhere."""

from __future__ import annotations

from functools import partial

import msgspec

from rafiqa.api import planshape
from rafiqa.api.act import actor_of
from rafiqa.api.ask import Ask
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.errors import Fault, Forbidden
from rafiqa.service import allow
from rafiqa.service.planning import PlanAsked, ask_plan, place_of
from rafiqa.wire.pinfile import decisions_of
from rafiqa.wire.planjson import plan_json
from rafiqa.wire.teamfile import teams_of


def show_plan(ask: Ask) -> Reply:
    """Returns the plan of the hazard on record for the teams and decisions sent.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role does not plan.
        InvalidInput: teams or decisions at fault; every fault is listed.
    """
    ruling = allow(actor_of(ask), "see_plan")
    if not ruling.allowed:
        faults = [Fault(reason.code, "", None, reason.params) for reason in ruling.reasons]
        raise Forbidden(faults)
    view, told = View.of_works(ask), ask.taken(planshape.PlanQuestion)
    office = view.desk.office
    teams = teams_of({"teams": told.teams}, partial(place_of, office))
    pins, policy = decisions_of({"pins": told.pins, "policy": told.policy})
    asked = PlanAsked(teams, told.days, pins, policy)
    shown = ask_plan(office, view.desk.shelf, asked, view.moment.as_of)
    answer = plan_json(shown.answer, view.lang, shown.notes, shown.what_ifs)
    return reply(msgspec.convert(answer, planshape.Plan))
