"""The ground of roads at one time: which pieces are released, off the record, or closed by what.

A hazard within reach of a piece closes it and is named; a piece is released only where released
ground reaches over its whole width; everything else is off the record, which is no all-clear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.land import Face, LandBook, LandState, quarantines
from rafiqa.recovery.areaset import FREE, AreaSets, lifted_by
from rafiqa.recovery.asset import InDoubt
from rafiqa.recovery.reportplace import ReportPlace
from rafiqa.recovery.roadnet import AccessPolicy, RoadNetwork

OPEN, CONDITIONS, CLOSED = 0, 1, 2
_GRID_MM = 1.0
"""Cutting a road on the grid moves its line by less than this: hazards count from so much further
off, and released ground must reach so much beyond."""


@dataclass(frozen=True, slots=True, eq=False)
class RoadGround:
    """What the ground of every piece of a network is at one time.

    Attributes:
        level: ``(n,)`` uint8: 0 released, 1 off the record, in doubt or with a sign of ordnance, 2
            closed.
        areas: per piece the hazardous areas that close it.
        waits: per piece the smallest sets of areas whose release frees it.
        barred: ``(n,)`` bool: closed by what no release of an area lifts.
        signed: ``(n,)`` bool: on it a sign of ordnance may lie, or a bridge in doubt: that is more
            than nothing on record.
    """

    level: npt.NDArray[np.uint8]
    areas: Sequence[frozenset[str]]
    waits: Sequence[AreaSets]
    barred: npt.NDArray[np.bool_]
    signed: npt.NDArray[np.bool_]


def road_ground(
    network: RoadNetwork,
    book: LandBook,
    valid_at_us: int,
    *,
    policy: AccessPolicy | None = None,
    reports_mm: Sequence[ReportPlace] = (),
    finds_mm: Sequence[tuple[int, int]] = (),
    in_doubt: InDoubt | None = None,
) -> RoadGround:
    """Returns the ground of every piece of a network.

    Args:
        network: the roads.
        book: the land book as known at the time asked about.
        valid_at_us: the time the answer is to be true at.
        policy: the country's figures; the defaults where None.
        reports_mm: places of residents' reports not yet answered, and how far off each may lie.
        finds_mm: places of chance finds that no ordnance team has answered: they close the road.
        in_doubt: of which released faces the release is in doubt: a road over them is under
            conditions, as off the record; of none where not given.
    """
    policy = policy or AccessPolicy()
    barred = network.broken.copy()
    released: list[Face] = []
    hazards: list[tuple[Face, LandState]] = []
    for face, state in book.states(valid_at_us):
        if state.is_hazard:
            hazards.append((face, state))
            continue
        if in_doubt is None or not in_doubt(face, state):
            released.append(face)
        if quarantines(book.register, state, valid_at_us):
            barred[_beside(network, [face.shape.geometry], policy.distance_mm)[1]] = True
    found = [shapely.Point(place_mm) for place_mm in finds_mm]
    barred[_beside(network, found, policy.distance_mm)[1]] = True
    shut, areas, waits = _hazards(network, hazards, policy)
    level = np.full(len(network), CONDITIONS, dtype=np.uint8)
    level[_covered(network, released)] = OPEN
    signed = _signed(network, book, valid_at_us, policy, reports_mm) | network.doubted
    level[signed] = CONDITIONS
    barred |= shut & np.array([not found for found in areas], dtype=np.bool_)
    level[shut | barred] = CLOSED
    kept = [() if bar else found for bar, found in zip(barred.tolist(), waits, strict=True)]
    return RoadGround(level, areas, kept, barred, signed)


def _hazards(
    network: RoadNetwork, hazards: Sequence[tuple[Face, LandState]], policy: AccessPolicy
) -> tuple[npt.NDArray[np.bool_], list[frozenset[str]], list[AreaSets]]:
    """Returns which pieces hazards close, the areas of these, and what would free each piece."""
    shut = np.zeros(len(network), dtype=np.bool_)
    areas = [frozenset[str]()] * len(network)
    waits = [FREE] * len(network)
    shapes = [face.shape.geometry for face, _ in hazards]
    which, piece = _beside(network, shapes, policy.distance_mm)
    shut[piece] = True
    claims: dict[int, set[frozenset[str]]] = {}
    for at, on in zip(which.tolist(), piece.tolist(), strict=True):
        claims.setdefault(on, set()).add(frozenset(hazards[at][1].claims))
    for on, claimed in claims.items():
        areas[on] = frozenset[str]().union(*claimed)
        waits[on] = lifted_by(claimed, policy.most_areas)
    return shut, areas, waits


def _beside(
    network: RoadNetwork, shapes: Sequence[shapely.Geometry], distance_mm: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Returns pairs of shape and piece, the shape on the road or within a distance of its edge."""
    none = np.zeros(0, dtype=np.int64)
    if not shapes or not len(network):
        return none, none
    asked = np.array(shapes, dtype=object)
    most_mm = float(network.half_mm.max()) + distance_mm + _GRID_MM
    shape, piece = network.tree.query(asked, predicate="dwithin", distance=most_mm)
    away_mm = shapely.distance(asked[shape], network.shapes[piece])
    near = away_mm <= network.half_mm[piece] + distance_mm + _GRID_MM
    return shape[near], piece[near]


def _covered(network: RoadNetwork, released: Sequence[Face]) -> npt.NDArray[np.int64]:
    """Returns the pieces that released ground covers over their whole width."""
    if not released or not len(network):
        return np.zeros(0, dtype=np.int64)
    ground = shapely.get_parts(
        shapely.disjoint_subset_union_all(
            np.array([face.shape.geometry for face in released], dtype=object)
        )
    )
    part, piece = network.tree.query(ground, predicate="covers")
    # To the edge of the released ground as a distance: a widened line would be a buffer.
    left_mm = shapely.distance(shapely.boundary(ground)[part], network.shapes[piece])
    squares = network.half_mm[piece] == 0
    found: npt.NDArray[np.int64] = piece[squares | (left_mm >= network.half_mm[piece] + _GRID_MM)]
    return found


def _signed(
    network: RoadNetwork,
    book: LandBook,
    valid_at_us: int,
    policy: AccessPolicy,
    reports_mm: Sequence[ReportPlace],
) -> npt.NDArray[np.bool_]:
    """Returns the pieces on which a sign of ordnance may lie that nothing has answered."""
    found = np.zeros(len(network), dtype=np.bool_)
    for x_mm, y_mm, reach_mm in reports_mm:
        place = shapely.Point(x_mm, y_mm)
        found[_beside(network, [place], policy.distance_mm + reach_mm)[1]] = True
    witnesses = book.witnesses
    for index in witnesses.unanswered(valid_at_us):
        reach_mm = max(policy.distance_mm, int(witnesses.accuracy_mm[index]))
        found[_beside(network, [witnesses.places[index]], reach_mm)[1]] = True
    return found
