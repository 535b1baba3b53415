"""How likely contamination is: figures, a picture to lay over the map, one place and why."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from rafiqa.api import riskshape
from rafiqa.api.ask import Ask
from rafiqa.api.problem import Unknown
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import Spot
from rafiqa.service import ask_risk
from rafiqa.wire.riskjson import map_json, place_json, risk_summary, turns_json
from rafiqa.wire.riskpicture import STEPS, picture, risk_classes, risk_corners

PNG = "image/png"


def show_risk(ask: Ask) -> Reply:
    """Returns the map's figures, its classes, and of one place the sum and what would turn it.

    Raises:
        Unknown: nobody of the staff is signed in.
        InvalidInput: half a place, or too many cells.
    """
    view = _staff(ask)
    office = view.desk.office
    found = ask_risk(office, view.moment.as_of, shelf=view.desk.shelf)
    answer = map_json(found, view.lang)
    answer |= {
        "summary": risk_summary(answer, view.lang),
        "corners": risk_corners(found, office.frame),
        "classes": {shown: risk_classes(found, shown) for shown in STEPS},
        "place": None,
    }
    if "lon" in ask.query or "lat" in ask.query:
        spot = Spot.of(ask.number("lon"), ask.number("lat"))
        row = None
        if office.frame.placeable(np.array([spot.lon_deg]), np.array([spot.lat_deg]))[0]:
            row = found.row_at(*office.frame.spot_mm(spot))
        place: dict[str, Any] = {"low": None, "high": None, "prior_only": None}
        place |= place_json(found, row, view.lang)
        place["turns"] = [] if row is None else turns_json(float(found.p[row]), view.lang)
        place.pop("log_odds", None)
        answer["place"] = place
    return reply(msgspec.convert(answer, riskshape.Risk), {"Cache-Control": "no-store"})


def show_risk_picture(ask: Ask) -> Reply:
    """Returns the picture: of the probability, or of how wide its interval is.

    Raises:
        Unknown: nobody of the staff is signed in.
        InvalidInput: there is no such picture.
    """
    view = _staff(ask)
    shown = ask.query.get("shown", "p")
    if shown not in STEPS:
        params: dict[str, str | int] = {
            "name": "shown",
            "value": shown[:40],
            "known": ", ".join(STEPS),
        }
        raise InvalidInput(Fault("api.query.choice", "shown", params=params))
    found = ask_risk(view.desk.office, view.moment.as_of, shelf=view.desk.shelf)
    made = picture(found, shown)
    return Reply(made, PNG, headers={"Cache-Control": "no-store"})


def _staff(ask: Ask) -> View:
    if not ask.staff:
        raise Unknown(Fault("api.session.needed"))
    return View.of_works(ask)
