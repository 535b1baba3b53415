"""What is judged to be left in an area's cleared ground, for staff."""

from __future__ import annotations

import msgspec

from rafiqa.api import residualshape
from rafiqa.api.act import actor_of
from rafiqa.api.ask import Ask
from rafiqa.api.ground import ground
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.service.residual import ask_residual
from rafiqa.wire.residualjson import residual_json


def show_residual(ask: Ask) -> Reply:
    """Returns what is judged to be left of an area, part by part; it releases nothing.

    Raises:
        Unknown: nobody is signed in.
        NotFound: no such area was on record by then.
    """
    actor_of(ask)
    view = View.of(ask)
    area_id = ground(view, ask.path["area_id"]).claim_id

    def make() -> Reply:
        found = ask_residual(view.desk.office, area_id, view.moment.as_of)
        return reply(msgspec.convert(residual_json(found, view.lang), residualshape.Residual))

    return view.kept(("residual", area_id), make)
