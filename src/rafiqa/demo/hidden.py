"""What lies in the ground: items and their depths by kind of area, known to no one yet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.random import Generator
from shapely import Polygon

from rafiqa.demo.plan import HiddenItem


class Load(NamedTuple):
    """What one kind of area holds: categories, usual number of items, depth span in cm."""

    categories: tuple[str, ...]
    items: float
    depth_cm: tuple[int, int]


LOADS = {
    "front_line": Load(("ap_mine", "ap_mine", "av_mine", "improvised_mine"), 9.0, (0, 18)),
    "old_town": Load(("booby_trap", "ied", "improvised_mine", "uxo"), 4.0, (0, 12)),
    "ruined": Load(("uxo", "uxo", "booby_trap", "axo"), 5.0, (0, 45)),
    "farmland": Load(("av_mine", "av_mine", "uxo"), 5.0, (5, 30)),
    "cluster_strike": Load(("submunition",), 8.0, (0, 15)),
    "checkpoint": Load(("improvised_mine", "ied", "av_mine"), 2.5, (0, 25)),
    "river_bank": Load(("ap_mine", "uxo"), 4.0, (0, 22)),
    "school_yard": Load(("uxo", "ied"), 2.0, (0, 30)),
    "air_strike": Load(("uxo",), 1.0, (120, 420)),
}
"""Typical contents by kind of area; invented, of the order seen in urban clearance."""


def hidden_items(
    rng: Generator, area_id: str, kind: str, shape: Polygon, *, none: bool
) -> tuple[HiddenItem, ...]:
    """Returns the items in an area, placed to the millimetre inside it.

    Args:
        rng: the generator.
        area_id: items are named after it.
        kind: of the area.
        shape: the area in metres.
        none: True where the suspicion is unfounded and nothing lies there.
    """
    load = LOADS[kind]
    wanted = 0 if none else 1 + int(rng.poisson(load.items - 1.0))
    x0, y0, x1, y1 = shape.bounds
    spots = rng.uniform((x0, y0), (x1, y1), (40 * wanted, 2)).round(3)
    inside = spots[shapely.contains_xy(shape.buffer(-0.3), spots[:, 0], spots[:, 1])][:wanted]
    low, high = load.depth_cm
    depths = rng.integers(low, high + 1, len(inside))
    chosen = rng.integers(0, len(load.categories), len(inside))
    return tuple(
        HiddenItem(
            f"{area_id}-i{index + 1}", float(x), float(y), int(depth), load.categories[category]
        )
        for index, ((x, y), depth, category) in enumerate(
            zip(inside.tolist(), depths.tolist(), np.asarray(chosen).tolist(), strict=True)
        )
    )
