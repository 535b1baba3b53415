"""Ways in: from where the road network is entered to each project and service, and what opens them.

Exact, not sampled: for every place the smallest sets of hazardous areas are kept whose release
together would let a way through. A set of one is a single clearance that opens it. Pure; it
ranks, and releases nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Literal

import numpy as np
import numpy.typing as npt

from rafiqa.recovery.areaset import FREE, AreaSets, least
from rafiqa.recovery.joined import joined, least_ways
from rafiqa.recovery.roadground import CLOSED, CONDITIONS, OPEN, RoadGround
from rafiqa.recovery.roadnet import AccessPolicy, RoadNetwork
from rafiqa.recovery.voice import NOBODY, Asked, ByArea, asked_for

WayState = Literal[
    "open", "conditions", "signed", "entry-unknown", "closed", "barred", "unjoined", "no-road"
]
Ints = npt.NDArray[np.int64]
_UNRECORDED_WEIGHT = 1e3
_SIGNED_WEIGHT = 1e10
_CLOSED_WEIGHT = 1e12
_ENTRIES_KEPT = 32


@dataclass(frozen=True, slots=True)
class Way:
    """A way in, or why there is none.

    Attributes:
        state: ``open`` on released ground all along; ``conditions`` where some of it is off the
            record; ``signed`` where a sign of ordnance, or a bridge in doubt, lies on every way;
            ``entry-unknown`` where it is closed from one end by which people may come
            and not from another; ``closed`` by hazardous areas; ``barred`` by what no release
            lifts; ``unjoined`` where the roads are not joined; ``no-road`` where no road is
            touched.
        waits_for: the smallest sets of areas that would let a way through; of no more areas
            than the policy looks at. Where no road is on record no area is waited for.
        roads: the roads along the way that are not released, in order from the entry.
        area_ids: the areas that close them.
        off_record_mm: length of the way that is off the record.
    """

    state: WayState
    waits_for: AreaSets = ()
    roads: tuple[str, ...] = ()
    area_ids: tuple[str, ...] = ()
    off_record_mm: int = 0


class Ways:
    """Every way into a network at one time.

    Args:
        network: the roads.
        ground: what their ground is then.
        policy: the country's figures; the defaults where None.
    """

    def __init__(
        self, network: RoadNetwork, ground: RoadGround, policy: AccessPolicy | None = None
    ) -> None:
        self.network = network
        self.ground = ground
        self.policy = policy or AccessPolicy()
        self._open = joined_pieces(network, ground.level == OPEN)
        self._passable = joined_pieces(network, ground.level != CLOSED)
        self._unsigned = joined_pieces(network, (ground.level != CLOSED) & ~ground.signed)
        self._liftable = joined_pieces(network, ~ground.barred)
        self._joined = joined_pieces(network, np.ones(len(network), dtype=np.bool_))
        self._sets = piece_sets(network, ground, self.policy.most_areas)
        self._paths = _Paths(network, ground)
        self._by_entries: dict[bytes, Ways] = {}

    def way_to(self, pieces: Iterable[int]) -> Way:
        """Returns the best way in to any of the pieces that a place touches.

        Nobody comes to a place by an entry that the place itself lies on: where only such a one
        is known, from where people come is not.
        """
        touched = np.array(list(pieces), dtype=np.int64)
        if not len(touched):
            return Way("no-road", FREE)
        if self.network.entry[touched].any():
            own = np.isin(np.arange(len(self.network)), touched)
            return self._entered_by(~own).way_to(touched)
        joined_to = self._guesses(self._joined, touched)
        if not len(joined_to):
            return self._from_nowhere(touched)
        if self._surely(self._open, touched):
            return Way("open", FREE)
        if self._surely(self._passable, touched):
            if self._surely(self._unsigned, touched):
                return self.along("conditions", FREE, touched)
            return self._past_signs(touched)
        passed = self._guesses(self._passable, touched)
        if len(passed):
            shut = np.isin(np.arange(len(self.network)), np.setdiff1d(joined_to, passed))
            way = self._entered_by(shut).way_to(touched)
            return Way("entry-unknown", FREE, way.roads, way.area_ids)
        state: WayState = "closed" if len(self._guesses(self._liftable, touched)) else "barred"
        waits_for = least(found for at in touched.tolist() for found in self._sets[at])
        return self.along(state, waits_for, touched)

    def _past_signs(self, touched: Ints) -> Way:
        """Returns the way in from where people may come and cannot but pass a sign."""
        come, passed = (
            self._guesses(self._unsigned, touched),
            self._guesses(self._passable, touched),
        )
        if not len(come):
            return self.along("signed", FREE, touched)
        left = np.isin(np.arange(len(self.network)), np.setdiff1d(passed, come))
        return self._entered_by(left).along("signed", FREE, touched)

    def _from_nowhere(self, touched: Ints) -> Way:
        """Returns the way in where nobody knows from where people come.

        Where all the road at the place is closed, it is closed from wherever they come.
        """
        if not (self.ground.level[touched] == CLOSED).all():
            return Way("unjoined", FREE)
        at = touched.tolist()
        liftable = not self.ground.barred[touched].all()
        waits = least(found for piece in at for found in self.ground.waits[piece])
        areas = sorted({area for piece in at for area in self.ground.areas[piece]})
        names = self.network.names(at)
        return Way("closed" if liftable else "barred", waits, names, tuple(areas))

    def _guesses(self, label: Ints, touched: Ints) -> Ints:
        """Returns the pieces by which people may come that are joined to any of some pieces."""
        here = np.unique(label[touched])
        found: Ints = np.flatnonzero(self.network.entry & np.isin(label, here[here >= 0]))
        return found

    def _surely(self, label: Ints, touched: Ints) -> bool:
        """Returns whether one comes to any of some pieces from wherever a guess is right."""
        guess = self.network.entry_of
        asked, come = self._guesses(self._joined, touched), self._guesses(label, touched)
        missed = guess[np.setdiff1d(asked, come)]
        return bool(np.setdiff1d(guess[come], missed).size)

    def _entered_by(self, kept: npt.NDArray[np.bool_]) -> Ways:
        """Returns the ways in where people come by some of the pieces alone."""
        entry_of = np.where(kept, self.network.entry_of, -1)
        key = entry_of.tobytes()
        if key not in self._by_entries:
            if len(self._by_entries) >= _ENTRIES_KEPT:
                self._by_entries.clear()
            network = replace(self.network, entry_of=entry_of)
            self._by_entries[key] = Ways(network, self.ground, self.policy)
        return self._by_entries[key]

    def along(self, state: WayState, waits_for: AreaSets, touched: npt.NDArray[np.int64]) -> Way:
        """Returns the way to some pieces that is closed least, in a state."""
        path = self._paths.to(touched)
        level, length_mm = self.ground.level[path], self.network.length_mm[path]
        worst = CONDITIONS if state in {"conditions", "signed"} else CLOSED
        told = self.ground.signed[path] if state == "signed" else level == worst
        areas = sorted({area for at in path.tolist() for area in self.ground.areas[at]})
        return Way(
            state,
            waits_for,
            self.network.names(path[told].tolist()),
            tuple(areas),
            round(float(length_mm[level == CONDITIONS].sum())),
        )


def reached(network: RoadNetwork, passable: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Returns which pieces can be come to from an entry over passable pieces, themselves among."""
    label = joined_pieces(network, passable)
    found: npt.NDArray[np.bool_] = np.isin(label, label[network.entry & passable]) & passable
    return found


def joined_pieces(network: RoadNetwork, passable: npt.NDArray[np.bool_]) -> Ints:
    """Returns one number for all passable pieces that are joined over such; -1 of all others."""
    n_pieces = len(network)
    used = passable[network.piece]
    piece, node = network.piece[used], network.node[used] + n_pieces
    label = joined(piece, node, n_pieces + network.n_nodes)
    return np.where(passable, label[:n_pieces], -1)


def piece_sets(network: RoadNetwork, ground: RoadGround, most_areas: int) -> list[AreaSets]:
    """Returns for each piece the smallest sets of areas whose release lets one come to it.

    None where no set of so few areas does. Pieces that nothing closes are taken together
    as far as they are joined; from the entries on, each place gets every set that leads
    to it and holds no other that does, the smaller ones first.
    """
    free = ground.level != CLOSED
    stretch = _stretches(network, free)
    of_stretch = _meeting(stretch, network.piece)
    at_piece = _meeting(network.piece, stretch)
    found: list[list[frozenset[str]]] = [[] for _ in range(len(network))]
    known: dict[int, list[frozenset[str]]] = {}
    queue: list[tuple[int, list[str], int, bool]] = []
    for piece in np.flatnonzero(network.entry).tolist():
        _spread(queue, ground, piece, frozenset(), most_areas)
    while queue:
        _, names, place, is_piece = heappop(queue)
        areas = frozenset(names)
        held = found[place] if is_piece else known.setdefault(place, [])
        if any(other <= areas for other in held):
            continue
        held.append(areas)
        if is_piece:
            for beyond in at_piece.get(place, ()):
                heappush(queue, (len(areas), names, beyond, False))
        else:
            for piece in of_stretch.get(place, ()):
                _spread(queue, ground, piece, areas, most_areas)
    return [tuple(sets) for sets in found]


def _spread(
    queue: list[tuple[int, list[str], int, bool]],
    ground: RoadGround,
    piece: int,
    areas: frozenset[str],
    most_areas: int,
) -> None:
    for waits in ground.waits[piece]:
        together = areas | waits
        if len(together) <= most_areas:
            heappush(queue, (len(together), sorted(together), piece, True))


def _stretches(network: RoadNetwork, free: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Returns for each meeting of piece and node the stretch of free road that the node is on."""
    n_pieces = len(network)
    used = free[network.piece]
    piece, node = network.piece[used], network.node[used] + n_pieces
    stretch: npt.NDArray[np.int64] = joined(piece, node, n_pieces + network.n_nodes)[
        network.node + n_pieces
    ]
    return stretch


def _meeting(key: npt.NDArray[np.int64], value: npt.NDArray[np.int64]) -> dict[int, list[int]]:
    """Returns the values that meet each key, each once."""
    found: dict[int, list[int]] = {}
    if len(key):
        for one, other in np.unique(np.stack([key, value], axis=1), axis=0).tolist():
            found.setdefault(one, []).append(other)
    return found


class _Paths:
    """The way from an entry to every piece that is closed least, then least off the record."""

    def __init__(self, network: RoadNetwork, ground: RoadGround) -> None:
        self._n_pieces = len(network)
        weight = network.length_mm * np.where(ground.level == CONDITIONS, _UNRECORDED_WEIGHT, 1.0)
        weight += np.where(ground.signed, _SIGNED_WEIGHT, 0.0)
        weight += np.where(ground.level == CLOSED, _CLOSED_WEIGHT, 0.0)
        weight += np.where(ground.barred, _CLOSED_WEIGHT * 1e3, 0.0) + 1.0
        # Entering a piece costs all of it; leaving it to a node costs next to nothing.
        root = self._n_pieces + network.n_nodes
        node = network.node + self._n_pieces
        entries = np.flatnonzero(network.entry)
        tail = np.concatenate([node, network.piece, np.full(len(entries), root)])
        head = np.concatenate([network.piece, node, entries])
        cost = np.concatenate([weight[network.piece], np.full(len(node), 1e-3), weight[entries]])
        # A closed ring meets its node twice; what is given twice would be added up.
        _, once = np.unique(np.stack([tail, head], axis=1), axis=0, return_index=True)
        self._away, self._before = least_ways(tail[once], head[once], cost[once], root)
        self._root = root

    def to(self, pieces: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Returns the pieces from the entry to the best of some, or none where there is no way."""
        best = int(pieces[np.argmin(self._away[pieces])])
        if not np.isfinite(self._away[best]):
            return np.zeros(0, dtype=np.int64)
        path = []
        at = best
        while at != self._root:
            if at < self._n_pieces:
                path.append(at)
            at = int(self._before[at])
        return np.array(path[::-1], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Place:
    """A project or service that people must come to, and what its own ground waits for.

    Attributes:
        place_id: of the project or asset.
        kind: ``project`` or the asset's kind.
        name: as on record.
        way: its way in.
        ground: what its own ground and drawn access wait for; ``FREE`` where no hazard is there.
        waits_for: what must be released for both.
        name_ar: its name in Arabic letters; None where none is on record.
    """

    place_id: str
    kind: str
    name: str
    way: Way
    ground: AreaSets
    waits_for: AreaSets
    name_ar: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """What the release of one area, or of two together, would open that is closed now.

    Of two areas only what neither opens alone is told. ``asked`` is how many residents ask for
    them and wait.
    """

    area_ids: tuple[str, ...]
    projects: tuple[str, ...]
    services: tuple[str, ...]
    asked: Asked = NOBODY

    @property
    def n(self) -> int:
        """How many projects and services it opens."""
        return len(self.projects) + len(self.services)


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """Every project and service with its way in, and what opens the most.

    Attributes:
        places: projects by id, then services by id.
        openings: single areas first, the most first, then what most ask for; then pairs.
        n_pieces: how many pieces of road were asked about; None where no roads are on record.
        entries_named: whether the roads say where the network is entered.
        left_out: roads over which no way is looked for, as their shape cannot be read.
    """

    places: tuple[Place, ...] = ()
    openings: tuple[Opening, ...] = ()
    n_pieces: int | None = None
    entries_named: bool = False
    left_out: tuple[str, ...] = ()


def openings(places: Sequence[Place], by_area: ByArea | None = None) -> list[Opening]:
    """Returns every single area and every pair that opens something, the most first.

    Of those that open as many the one comes first that more residents ask for.

    Args:
        places: who must be come to.
        by_area: what residents ask for and wait for; nothing where None.
    """
    found: dict[tuple[str, ...], list[Place]] = {}
    for place in places:
        for areas in place.waits_for:
            if areas:
                found.setdefault(tuple(sorted(areas)), []).append(place)
    listed = [
        Opening(areas, *_sorted_by_kind(opened), asked_for(areas, by_area or {}))
        for areas, opened in found.items()
    ]
    return sorted(listed, key=_first)


def _first(item: Opening) -> tuple[int, int, int, tuple[str, ...]]:
    return len(item.area_ids), -item.n, -item.asked.n, item.area_ids


def _sorted_by_kind(places: Sequence[Place]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    projects = tuple(sorted(place.place_id for place in places if place.kind == "project"))
    services = tuple(sorted(place.place_id for place in places if place.kind != "project"))
    return projects, services
