"""The road network: reference lines and squares cut into short pieces that meet at nodes.

Roads are joined where they cross or meet on the ground, in the plane: a road that passes over
another counts as meeting it, as reference layers seldom say which does. That can only show a
turn that does not exist; the ground of every piece is asked about all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.recovery.joined import joined

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]

_AREAL = frozenset({3, 6})
IMPASSABLE = frozenset({"destroyed", "removed"})
"""States of a road or bridge, as the dictionary names them, over which nobody drives."""


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """What a country sets about ways in.

    Attributes:
        half_width_mm: from the middle of a road to its edge, where the layer states no width.
        distance_mm: how far a hazard must lie from a road's edge, tested as a distance.
        piece_mm: the longest piece of a road that is judged as one: a hazard that touches a piece
            closes all of it.
        snap_mm: roads that end so near to another are taken as joined: less than half a road.
        service_mm: how far from a building its road may lie.
        most_areas: how many areas at once are looked at as what a way in waits for.
    """

    half_width_mm: int = 2_500
    distance_mm: int = 0
    piece_mm: int = 50_000
    snap_mm: int = 1_000
    service_mm: int = 100_000
    most_areas: int = 2


@dataclass(frozen=True, slots=True, eq=False)
class RoadRows:
    """Rows of road layers: ids, shapes in mm, and what is known of each.

    ``columns`` are the dictionary's: ``width_m``, ``state``, ``is_entry``.
    """

    ids: Sequence[str]
    shapes_mm: Shapes
    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def values(self, name: str) -> Sequence[Any]:
        """Returns a column, or nothing known for each road where there is none."""
        known = self.columns.get(name)
        return [None] * len(self.ids) if known is None else known


@dataclass(frozen=True, slots=True, eq=False)
class RoadNetwork:
    """Roads in pieces, and the nodes at which pieces meet.

    Attributes:
        ids: ids of the roads.
        road: ``(n,)`` int64: which road each piece is of.
        shapes: ``(n,)`` pieces: lines, or the whole square of a road drawn as one.
        half_mm: ``(n,)`` float64: from a piece's line to the road's edge; 0 of squares.
        length_mm: ``(n,)`` float64.
        broken: ``(n,)`` bool: whether the layer says that nobody can drive over it.
        doubted: ``(n,)`` bool: whether a bridge there may be damaged: no way over it is open.
        entry_of: ``(n,)`` int64: the guess that a piece is part of, -1 where it is part of none.
            Pieces of one guess: by at least one of them the network is entered from outside.
        entries_named: whether the layer names its entries; else the outermost ends stand in.
        piece, node: ``(m,)`` int64: the piece and the node of each place where they meet.
        n_nodes: how many nodes there are.
        left_out: ids of roads whose shape is missing or crosses itself: no way leads over them.
        tree: a spatial index over the pieces.
    """

    ids: Sequence[str]
    road: Ints
    shapes: Shapes
    half_mm: Floats
    length_mm: Floats
    broken: Bools
    doubted: Bools
    entry_of: Ints
    entries_named: bool
    piece: Ints
    node: Ints
    n_nodes: int
    left_out: tuple[str, ...]
    tree: shapely.STRtree

    def __len__(self) -> int:
        return len(self.road)

    @property
    def entry(self) -> Bools:
        """Whether the network may be entered from outside by each piece."""
        may: Bools = self.entry_of >= 0
        return may

    def touching(self, shape: shapely.Geometry) -> Ints:
        """Returns the pieces on whose road a shape lies, in order."""
        return self.within(shape, 0)

    def within(self, shape: shapely.Geometry, distance_mm: float) -> Ints:
        """Returns the pieces whose road lies within a distance of a shape, in order."""
        if not len(self):
            return np.zeros(0, dtype=np.int64)
        most_mm = float(self.half_mm.max()) + distance_mm
        found = np.sort(self.tree.query(shape, predicate="dwithin", distance=most_mm))
        away_mm = shapely.distance(self.shapes[found], shape)
        return found[away_mm <= self.half_mm[found] + distance_mm]

    def names(self, pieces: Sequence[int]) -> tuple[str, ...]:
        """Returns the ids of the roads that pieces are of, each once, in order of mention."""
        return tuple(dict.fromkeys(self.ids[int(self.road[piece])] for piece in pieces))


def road_network(
    rows: RoadRows,
    policy: AccessPolicy | None = None,
    *,
    broken_mm: Sequence[Any] = (),
    doubted_mm: Sequence[Any] = (),
) -> RoadNetwork:
    """Returns the network of road rows.

    Args:
        rows: the roads of all layers together.
        policy: the country's figures; the defaults where None.
        broken_mm: the ground of bridges that are destroyed: a piece that crosses one is broken.
        doubted_mm: the ground of bridges and roads that may be damaged.
    """
    policy = policy or AccessPolicy()
    flat = shapely.transform(shapely.force_2d(rows.shapes_mm), np.rint)
    known = ~shapely.is_missing(flat) & ~shapely.is_empty(flat) & shapely.is_valid(flat)
    left_out = tuple(rows.ids[at] for at in np.flatnonzero(~known).tolist())
    flat[~known] = None
    parts, of = shapely.get_parts(flat, return_index=True)
    areal = np.isin(shapely.get_type_id(parts), list(_AREAL))
    linear = ~areal & (shapely.get_dimensions(parts) == 1) & (shapely.length(parts) > 0)
    half_mm = _half_widths(rows, policy)
    lines, line_of = parts[linear], of[linear]
    cut, cut_of, ends, alias = _cut(lines, policy)
    squares, square_of = parts[areal], of[areal]
    shapes = np.concatenate([cut, squares]).astype(object)
    road = np.concatenate([line_of[cut_of], square_of]).astype(np.int64)
    half = np.concatenate([half_mm[line_of[cut_of]], np.zeros(len(squares))])
    nodes, n_line_nodes = _nodes(ends, alias)
    piece, node, n_nodes = _meetings(shapes, nodes, len(cut), n_line_nodes)
    named = np.array([value is True for value in rows.values("is_entry")], dtype=np.bool_)
    state = [str(value) in IMPASSABLE for value in rows.values("state")]
    tree = shapely.STRtree(shapes)
    broken = np.array(state, dtype=np.bool_)[road] | _crossing(tree, broken_mm, len(shapes))
    entry_of = _entries(shapes, road, (piece, node, n_nodes), named)
    return RoadNetwork(
        rows.ids,
        road,
        shapes,
        half,
        np.asarray(shapely.length(shapes), dtype=np.float64),
        broken,
        _crossing(tree, doubted_mm, len(shapes)),
        entry_of,
        bool(named.any()),
        piece,
        node,
        n_nodes,
        left_out,
        tree,
    )


def _half_widths(rows: RoadRows, policy: AccessPolicy) -> Floats:
    """Returns half of each road's width: as stated, where that is wider than nothing."""
    stated = [float(value or 0) * 500.0 for value in rows.values("width_m")]
    known = np.array(stated, dtype=np.float64)
    return np.where(known > 0, known, float(policy.half_width_mm))


def _crossing(tree: shapely.STRtree, broken_mm: Sequence[Any], n_pieces: int) -> Bools:
    found = np.zeros(n_pieces, dtype=np.bool_)
    if len(broken_mm):
        shapes = np.array(list(broken_mm), dtype=object)
        found[tree.query(shapes, predicate="intersects")[1]] = True
    return found


# --- cutting lines where they meet


def _cut(lines: Shapes, policy: AccessPolicy) -> tuple[Shapes, Ints, Floats, Floats]:
    """Returns pieces, the line of each, ``(n, 2, 2)`` ends, and ``(k, 2, 2)`` places that are one.

    Lines are cut where they cross, where another ends on them, and into lengths.
    """
    which, places, alias = _meeting_places(lines, policy.snap_mm)
    at_mm = shapely.line_locate_point(lines[which], shapely.points(places))
    order = np.lexsort((at_mm, which))
    which, places, at_mm = which[order], places[order], at_mm[order]
    first = np.searchsorted(which, np.arange(len(lines) + 1))
    pieces: list[Any] = []
    of: list[int] = []
    for row, line in enumerate(lines):
        mine = slice(first[row], first[row + 1])
        drawn = _pieces(shapely.get_coordinates(line), at_mm[mine], places[mine], policy.piece_mm)
        pieces += drawn
        of += [row] * len(drawn)
    ends = np.array([(piece[0], piece[-1]) for piece in pieces], dtype=np.float64)
    cut = np.array([shapely.LineString(piece) for piece in pieces], dtype=object)
    return cut, np.array(of, dtype=np.int64), ends.reshape(-1, 2, 2), alias


def _meeting_places(lines: Shapes, snap_mm: int) -> tuple[Ints, Floats, Floats]:
    """Returns the line and place of each cut, and pairs of places that count as one."""
    tree = shapely.STRtree(lines)
    one, other = tree.query(lines, predicate="intersects")
    one, other = one[one < other], other[one < other]
    crossed = shapely.intersection(lines[one], lines[other])
    parts, pair = shapely.get_parts(crossed, return_index=True)
    points, part = _ends(parts)
    pair = pair[part]
    which = [one[pair], other[pair]]
    places = [np.rint(points), np.rint(points)]
    tips, tip_of = _ends(lines)
    tip, near = tree.query(shapely.points(tips), predicate="dwithin", distance=float(snap_mm))
    tip, near = tip[tip_of[tip] != near], near[tip_of[tip] != near]
    along_mm = shapely.line_locate_point(lines[near], shapely.points(tips[tip]))
    beside = np.rint(shapely.get_coordinates(shapely.line_interpolate_point(lines[near], along_mm)))
    which.append(near)
    places.append(beside.reshape(-1, 2))
    alias = np.stack([tips[tip], beside.reshape(-1, 2)], axis=1)
    return np.concatenate(which).astype(np.int64), np.concatenate(places), alias


def _ends(shapes: Shapes) -> tuple[Floats, Ints]:
    """Returns the first and last positions of lines, or the positions of points, and whose."""
    coords, of = shapely.get_coordinates(shapes, return_index=True)
    if not len(coords):
        return np.zeros((0, 2)), np.zeros(0, dtype=np.int64)
    edge = np.flatnonzero(np.diff(of)) + 1
    picks = np.unique(np.concatenate([[0], edge - 1, edge, [len(of) - 1]]))
    return coords[picks], of[picks].astype(np.int64)


def _pieces(coords: Floats, cuts_mm: Floats, places: Floats, piece_mm: int) -> list[Floats]:
    """Returns the coordinates of a line's pieces, from its first end to its last."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(coords, axis=0).T))])
    length_mm = float(along[-1])
    inner = (cuts_mm > 0.5) & (cuts_mm < length_mm - 0.5)
    known = np.concatenate([[0.0], cuts_mm[inner], [length_mm]])
    at = np.concatenate([coords[:1], places[inner], coords[-1:]])
    counts = np.maximum(1, np.ceil(np.diff(known) / piece_mm)).astype(np.int64)
    pieces = []
    for index, count in enumerate(counts.tolist()):
        from_mm, to_mm = known[index], known[index + 1]
        if to_mm - from_mm <= 0.5 and np.array_equal(at[index], at[index + 1]):
            continue
        steps = np.linspace(from_mm, to_mm, count + 1)
        between = [np.interp(steps[1:-1], along, coords[:, axis]) for axis in (0, 1)]
        stops = np.concatenate([at[index : index + 1], np.rint(np.column_stack(between)),
                                at[index + 1 : index + 2]])  # fmt: skip
        for step in range(count):
            bends = coords[(along > steps[step] + 0.5) & (along < steps[step + 1] - 0.5)]
            pieces.append(
                np.concatenate([stops[step : step + 1], bends, stops[step + 1 : step + 2]])
            )
    return pieces


# --- nodes


def _nodes(ends: Floats, alias: Floats) -> tuple[Ints, int]:
    """Returns ``(n, 2)`` nodes of pieces' ends, and how many there are; near places are one."""
    places = np.concatenate([ends.reshape(-1, 2), alias.reshape(-1, 2)])
    if not len(places):
        return np.zeros((0, 2), dtype=np.int64), 0
    _, number = np.unique(places, axis=0, return_inverse=True)
    number = number.reshape(-1)
    n_ends = ends.shape[0] * 2
    pairs = number[n_ends:].reshape(-1, 2)
    label = joined(pairs[:, 0], pairs[:, 1], int(number.max()) + 1)
    return label[number[:n_ends]].reshape(-1, 2), int(label.max()) + 1


def _meetings(
    shapes: Shapes, nodes: Ints, n_lines: int, n_line_nodes: int
) -> tuple[Ints, Ints, int]:
    """Returns the pieces and nodes that meet; a square meets each road that touches it apart.

    A node for all of them would let a way pass from one road to another and not over the square.
    """
    lines = np.repeat(np.arange(n_lines), 2)
    if n_lines == len(shapes):
        return lines, nodes.reshape(-1), n_line_nodes
    square, other = shapely.STRtree(shapes).query(shapes[n_lines:], predicate="intersects")
    square = square + n_lines
    square, other = square[square != other], other[square != other]
    met = np.arange(len(square)) + n_line_nodes
    return (
        np.concatenate([lines, square, other]).astype(np.int64),
        np.concatenate([nodes.reshape(-1), met, met]).astype(np.int64),
        n_line_nodes + len(square),
    )


def _entries(shapes: Shapes, road: Ints, met: tuple[Ints, Ints, int], named: Bools) -> Ints:
    """Returns of which guess at an entry each piece is part, -1 of those that are of none.

    Each road that is named as an entry is a guess of its own: its dead end, of several those on
    the outline of the whole network, all of it where it has none. Where no road is named, all
    dead ends on the outline are one guess, else all that touches it: an end that leads nowhere
    looks like one by which people come.
    """
    piece, node, n_nodes = met
    guess = np.full(len(shapes), -1, dtype=np.int64)
    if not len(shapes):
        return guess
    meeting = np.bincount(node, minlength=n_nodes)
    dead = np.zeros(len(shapes), dtype=np.bool_)
    dead[piece[meeting[node] == 1]] = True
    outline = shapely.boundary(shapely.convex_hull(shapely.geometrycollections(shapes)))
    outer = shapely.dwithin(shapes, outline, 1.0)
    if not named.any():
        guess[outer & dead if (outer & dead).any() else outer] = 0
        return guess
    for row in np.unique(road[named[road]]).tolist():
        mine = road == row
        for likely in (mine & dead & outer, mine & dead, mine):
            if likely.any():
                guess[likely] = row
                break
    return guess
