"""Where works found ordnance that no ordnance team has answered, on the site's grid."""

from __future__ import annotations

import numpy as np

from rafiqa.recovery import ChanceFound, Paper, PlacedFind, RecoveryRegister
from rafiqa.service.office import Office


def placed_finds(office: Office, register: RecoveryRegister) -> list[PlacedFind]:
    """Returns every find that no ordnance team has answered, with its place on the site's grid."""
    finds = [find for each in register.folders.values() for find in each.open_finds()]
    return [(find, _place_mm(office, find)) for find in finds]


def _place_mm(office: Office, find: Paper[ChanceFound]) -> tuple[int, int] | None:
    """Returns where a find lies in mm of the site's frame; None where it names no place on it."""
    spot = find.fact.spot
    if spot is None:
        return None
    if not office.frame.placeable(np.array([spot.lon_deg]), np.array([spot.lat_deg]))[0]:
        return None
    x_mm, y_mm = office.frame.spot_mm(spot)
    return x_mm, y_mm
