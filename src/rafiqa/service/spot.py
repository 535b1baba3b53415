"""Spot: where something was told to be, in millimetres of the site's frame."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import Spot
from rafiqa.land import AccidentRecorded, ground_of
from rafiqa.service.office import Office


def place_mm(office: Office, fact: object) -> BaseGeometry | None:
    """Returns where an accident or a find was, in mm of the site's frame: all that was drawn of it.

    None where nobody said it, or where it lies off the grid.
    """
    ground = ground_of(fact, office.frame) if isinstance(fact, AccidentRecorded) else None
    if ground is not None:
        return ground.geometry
    spot = getattr(fact, "spot", None)
    return None if spot is None else point_mm(office, spot)


def point_mm(office: Office, spot: Spot) -> shapely.Point | None:
    """Returns a spot in mm of the site's frame; None off its grid, where no land is on record."""
    frame = office.frame
    if not frame.placeable(np.array([spot.lon_deg]), np.array([spot.lat_deg]))[0]:
        return None
    return shapely.Point(frame.spot_mm(spot))
