"""Towns to plan in: a real road network, or a lattice of streets, with hazards from a seed."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely

from rafiqa.geo import SiteFrame
from rafiqa.plan.contraction import Settled, contracted
from rafiqa.plan.problem import Problem
from rafiqa.plan.site import Site
from rafiqa.plan.team import Team
from rafiqa.recovery.areaset import FREE, AreaSets
from rafiqa.recovery.roadground import RoadGround
from rafiqa.recovery.roadnet import RoadNetwork, RoadRows, road_network

DATA = Path(
    os.environ.get("RAFIQA_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared/data")
)
EXTRACT = DATA / "osm-neubrandenburg" / "neubrandenburg.nouser.osm.pbf"
_DRIVEN = {
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "motorway_link", "trunk_link", "primary_link", "secondary_link",
    "tertiary_link", "road",
}  # fmt: skip
_SPREAD_MM, _RADIUS_MM = 400_000, 45_000
_HOMES, _SERVICES = 400, 4
WEIGHTS = (1.0, 0.5, 0.5, 0.5)


@cache
def real_network() -> RoadNetwork:
    """Returns the streets of Neubrandenburg that cars drive on."""
    _, _, blobs, (kinds,) = pyogrio.raw.read(EXTRACT, layer="lines", columns=["highway"])
    lines = shapely.from_wkb(blobs[[kind in _DRIVEN for kind in kinds]])
    lon_deg, lat_deg = shapely.get_coordinates(lines).mean(axis=0).tolist()
    return _network(SiteFrame(lon_deg, lat_deg).shapes_to_mm(lines))


def lattice(side: int) -> RoadNetwork:
    """Returns the streets of an invented town, so many blocks on a side."""
    at = np.arange(side) * 200_000
    lines = [((x, 0), (x, at[-1])) for x in at] + [((0, y), (at[-1], y)) for y in at]
    ways = [((-200_000, 0), (0, 0)), *lines]
    return _network(np.array([shapely.LineString(line) for line in ways], dtype=object))


def _network(shapes_mm: npt.NDArray[np.object_]) -> RoadNetwork:
    ids = [f"r{row}" for row in range(len(shapes_mm))]
    return road_network(RoadRows(ids, shapes_mm))


def problem(
    network: RoadNetwork, n_sites: int, n_teams: int, seed: int, *, n_homes: int = _HOMES
) -> Problem:
    """Returns a town with hazards in clusters: a third of them need what half of the teams have.

    The days planned are as many as all of it takes, so that every order ends within them.
    """
    rng = np.random.default_rng(seed)
    middles = shapely.get_coordinates(shapely.line_interpolate_point(network.shapes, 0.5, True))
    centres = middles[rng.integers(len(middles), size=max(3, n_sites // 12))]
    spots = centres[rng.integers(len(centres), size=n_sites)]
    spots = spots + rng.normal(0, _SPREAD_MM, (n_sites, 2))
    spots = middles[network.tree.nearest(shapely.points(spots))]
    radius_mm = rng.lognormal(np.log(_RADIUS_MM), 0.5, n_sites)
    shapes = shapely.buffer(shapely.points(spots), radius_mm)
    area_ids = [f"H{at}" for at in range(n_sites)]
    terrain = contracted(
        network, _ground(network, shapes), area_ids, list(_settled(rng, len(network), n_homes))
    )
    sites = [
        Site(
            area_id,
            float(shapes[at].area / 1e6),
            needs=frozenset({"mechanical"}) if rng.random() < 0.3 else frozenset(),
            recorded_us=int(rng.integers(10**9)),
        )
        for at, area_id in enumerate(area_ids)
    ]
    teams = [
        Team(
            f"T{at}",
            frozenset({"manual", "mechanical"} if at % 2 == 0 else {"manual"}),
            float(rng.uniform(300, 900)),
        )
        for at in range(n_teams)
    ]
    rate = rng.lognormal(2, 1, n_sites).tolist()
    pace = sum(team.m2_per_day for team in teams)
    n_days = int(6 * sum(site.area_m2 for site in sites) / pace) + 60
    return Problem(sites, teams, terrain.peopled(WEIGHTS), 738_000, n_days, rate)


def _settled(rng: np.random.Generator, n_pieces: int, n_homes: int) -> Any:
    for piece in rng.integers(n_pieces, size=n_homes).tolist():
        people = float(rng.integers(20, 300))
        yield Settled((piece,), (people,) * 4)
    for bit in (1, 2, 3):
        for piece in rng.integers(n_pieces, size=_SERVICES).tolist():
            yield Settled((piece,), has=1 << bit)


def _ground(network: RoadNetwork, shapes: npt.NDArray[np.object_]) -> RoadGround:
    """Returns the ground: a piece of road waits for every hazard that touches it."""
    hazard, piece = network.tree.query(shapes, predicate="intersects")
    areas: list[frozenset[str]] = [frozenset() for _ in range(len(network))]
    for at, on in zip(hazard.tolist(), piece.tolist(), strict=True):
        areas[on] |= {f"H{at}"}
    waits: list[AreaSets] = [(found,) if found else FREE for found in areas]
    level = np.where([bool(found) for found in areas], 2, 1).astype(np.uint8)
    none = np.zeros(len(network), dtype=np.bool_)
    return RoadGround(level, areas, waits, none, none)
