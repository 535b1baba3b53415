"""Contraction: the road network and its ground, made into the small graph of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rafiqa.plan.policy import SERVICES
from rafiqa.plan.terrain import ENTRY, NEVER, OPEN, OUTSIDE, Home, Terrain
from rafiqa.recovery.areaset import AreaSets
from rafiqa.recovery.joined import joined
from rafiqa.recovery.roadground import CLOSED, RoadGround
from rafiqa.recovery.roadnet import RoadNetwork

Ints = npt.NDArray[np.int64]
Waits = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """People, or a service, by the road that they are come to over.

    Attributes:
        pieces: the pieces of road by which it is come to; none where no road is near.
        n_people: by service, how many people are worse off without it; of a service none.
        has: bits of the services that it gives.
        waits: what its own ground waits for.
        district: where it lies, where that is known.
    """

    pieces: tuple[int, ...]
    n_people: tuple[float, ...] = (0.0,) * len(SERVICES)
    has: int = 0
    waits: AreaSets = (frozenset(),)
    district: str | None = None


@dataclass(frozen=True, slots=True)
class Approach:
    """By which pieces of road an area is come to where it closes none itself.

    Without any the area is taken as come to over the ground, and the plan says so.
    """

    pieces: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def contracted(
    network: RoadNetwork,
    ground: RoadGround,
    area_ids: Sequence[str],
    settled: Sequence[Settled] = (),
    approach: Approach | None = None,
) -> Terrain:
    """Returns the small graph of a network.

    Pieces that nothing closes and that roads join are one vertex; so are closed pieces that hang
    together and wait for the same areas. Whoever is settled on a piece is settled on its vertex;
    a service whose own ground waits for a release is a vertex of its own beside it.

    Args:
        network: the roads.
        ground: what closes them.
        area_ids: the sites, in order; what waits for any other area is opened by none of them.
        settled: people and services.
        approach: how areas beside the roads are come to.
    """
    row = {area: at for at, area in enumerate(area_ids)}
    piece_vertex, waits = _vertices(network, ground, row)
    near = _near(network, piece_vertex, len(waits))
    has = [0] * len(waits)
    has[OUTSIDE] = ENTRY
    homes: list[Home] = []
    for each in settled:
        if not each.pieces:
            continue
        vertex = int(piece_vertex[each.pieces[0]])
        if each.has and each.waits != (frozenset(),):
            own = len(waits)
            waits.append(_translated(each.waits, row))
            near.append({int(piece_vertex[piece]) for piece in each.pieces})
            for other in near[own]:
                near[other].add(own)
            has.append(each.has)
        else:
            has[vertex] |= each.has
        if any(each.n_people):
            homes.append(Home(vertex, each.n_people, each.district))
    doors, bare = _doors(area_ids, waits, near, piece_vertex, approach or Approach())
    nobody = (0.0,) * len(SERVICES)
    return Terrain(
        tuple(waits),
        tuple(tuple(sorted(others)) for others in near),
        (nobody,) * len(waits),
        tuple(has),
        doors,
        tuple(homes),
        bare,
    )


def roadless(area_ids: Sequence[str]) -> Terrain:
    """Returns the terrain where no roads are on record.

    Teams come to every area over the ground, and nobody is reconnected: nothing is known of it.
    """
    nobody = (0.0,) * len(SERVICES)
    doors = tuple((OUTSIDE,) for _ in area_ids)
    bare = frozenset(range(len(area_ids)))
    return Terrain((OPEN,), ((),), (nobody,), (ENTRY,), doors, (), bare)


def _vertices(
    network: RoadNetwork, ground: RoadGround, row: Mapping[str, int]
) -> tuple[Ints, list[Waits]]:
    """Returns the vertex of every piece, and what each vertex waits for; vertex 0 is outside."""
    n_pieces = len(network)
    kinds: dict[Waits, int] = {OPEN: 0}
    kind = np.zeros(n_pieces, dtype=np.int64)
    for piece in np.flatnonzero(ground.level == CLOSED).tolist():
        sets = NEVER if ground.barred[piece] else _translated(ground.waits[piece], row)
        kind[piece] = kinds.setdefault(sets, len(kinds))
    # A node apart for each kind: pieces of one kind hang together where they meet.
    key = network.node * len(kinds) + kind[network.piece]
    _, at = np.unique(key, return_inverse=True)
    n_nodes = int(at.max()) + 1 if len(at) else 0
    label = joined(network.piece, at.reshape(-1) + n_pieces, n_pieces + n_nodes)[:n_pieces]
    _, first, number = np.unique(label, return_index=True, return_inverse=True)
    by_kind = list(kinds)
    waits: list[Waits] = [OPEN, *(by_kind[int(kind[piece])] for piece in first.tolist())]
    return number.reshape(-1).astype(np.int64) + 1, waits


def _translated(sets: AreaSets, row: Mapping[str, int]) -> Waits:
    known = [areas for areas in sets if all(area in row for area in areas)]
    return tuple(sorted(tuple(sorted(row[area] for area in areas)) for areas in known))


def _near(network: RoadNetwork, vertex: Ints, n_vertices: int) -> list[set[int]]:
    near: list[set[int]] = [set() for _ in range(n_vertices)]
    pairs = np.unique(np.stack([network.node, vertex[network.piece]], axis=1), axis=0)
    starts = [*np.flatnonzero(np.diff(pairs[:, 0], prepend=-1)).tolist(), len(pairs)]
    for begin, end in pairwise(starts):
        meeting = pairs[begin:end, 1].tolist()
        if len(meeting) > 1:
            for one in meeting:
                near[one].update(other for other in meeting if other != one)
    for entry in np.unique(vertex[network.entry]).tolist():
        near[OUTSIDE].add(entry)
        near[entry].add(OUTSIDE)
    return near


def _doors(
    area_ids: Sequence[str],
    waits: Sequence[Waits],
    near: Sequence[set[int]],
    piece_vertex: Ints,
    approach: Approach,
) -> tuple[tuple[tuple[int, ...], ...], frozenset[int]]:
    """Returns per site the vertices from which a team can begin on it, and those near no road.

    Of an area that closes roads: what lies at either end of them, and they themselves once they
    are open; of another one the road beside it; of one with no road near, outside.
    """
    doors: list[set[int]] = [set() for _ in area_ids]
    for vertex, sets in enumerate(waits):
        for site in {site for one in sets for site in one}:
            doors[site] |= {vertex, *near[vertex]}
    for site, area in enumerate(area_ids):
        beside = {int(piece_vertex[piece]) for piece in approach.pieces.get(area, ())}
        doors[site] |= beside
    bare = frozenset(site for site, found in enumerate(doors) if not found)
    for site in bare:
        doors[site] = {OUTSIDE}
    return tuple(tuple(sorted(found)) for found in doors), bare
