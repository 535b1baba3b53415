"""A point of ground: what is known of it, and what stands or is planned there."""

from __future__ import annotations

import msgspec

from rafiqa.api import shape
from rafiqa.api.ask import Ask
from rafiqa.api.asset import assets_at
from rafiqa.api.reason import point_at, point_state
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.api.whereabouts import neighbourhood_at
from rafiqa.geo import Spot


def show_point(ask: Ask) -> Reply:
    """Returns what is known of a point, with reasons.

    Raises:
        InvalidInput: the position is missing, no position, or over 500 km from the site.
    """
    view = View.of(ask)
    spot = Spot.of(ask.number("lon"), ask.number("lat"))
    x_mm, y_mm = view.frame.spot_mm(spot)
    answer = point_at(view, x_mm, y_mm)
    projects = [
        project.project_id
        for project in view.moment.recovery.project_facts()
        if project.shape is not None and project.shape.covers_mm(x_mm, y_mm)
    ]
    told = point_state(view, answer, (x_mm, y_mm))
    known = {name: getattr(told, name) for name in msgspec.structs.asdict(told)}
    assets = assets_at(view, x_mm, y_mm)
    name = neighbourhood_at(view, spot.lon_deg, spot.lat_deg)
    told_of = shape.Point(**known, assets=assets, projects=projects, neighbourhood=name)
    return reply(told_of)
