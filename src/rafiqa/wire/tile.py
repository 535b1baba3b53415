"""Vector tiles: polygons, lines and points with attributes, encoded whole layers at a time.

After the Mapbox Vector Tile specification 2.1. Every number of a layer's features is a
varint, so all features of a tile are one stream of whole numbers, laid out with numpy and
turned into bytes in one step. A feature keeps only the parts of its own dimension; rings
and lines that shrink to nothing on the tile's grid are left out.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.wire.varint import Words, varint, varint_sizes, varints, zigzag

EXTENT = 4_096
"""Units along a tile's side; at 512 CSS pixels a tile, 8 units are a pixel."""
BUFFER = 64
"""Units kept beyond each side, so that outlines do not show at the seams."""
MAX_LAT_DEG = 85.051_128_779_806_59
"""Where the square of the web map ends, north and south."""
POINT, LINE, POLYGON = 0, 1, 2
Value = str | int | float | bool | None
Geometries = npt.NDArray[np.object_]


def to_world(shapes_lonlat: Geometries) -> Geometries:
    """Returns shapes in the web map's unit square, x east and y south, both 0 … 1.

    x = λ/2π + 1/2, y = 1/2 - asinh(tan φ)/2π: spherical Mercator, EPSG method 1024
    (IOGP Guidance Note 7-2), scaled to one; latitudes beyond the square are put on its edge.
    """

    def project(lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        lat = np.radians(np.clip(lonlat[:, 1], -MAX_LAT_DEG, MAX_LAT_DEG))
        y = 0.5 - np.arcsinh(np.tan(lat)) / (2 * np.pi)
        return np.column_stack([lonlat[:, 0] / 360 + 0.5, y])

    world: Geometries = shapely.transform(shapely.force_2d(shapes_lonlat), project)
    return world


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One attribute of every feature: its distinct values, encoded, and which each one has.

    Attributes:
        name: the attribute's key.
        values: distinct values as Value messages.
        codes: ``(n,)`` index into ``values``; -1 where the feature lacks the attribute.
    """

    name: str
    values: Sequence[bytes]
    codes: npt.NDArray[np.int64]

    @classmethod
    def of(cls, name: str, items: Sequence[Value]) -> Self:
        """Returns the column of a sequence of values; None and NaN mean nothing known."""
        # True == 1 == 1.0 in Python, so the type is part of what makes a value distinct.
        seen: dict[tuple[type, Value], int] = {}
        codes = np.fromiter(
            (
                -1 if _is_nothing(item) else seen.setdefault((type(item), item), len(seen))
                for item in items
            ),
            dtype=np.int64,
            count=len(items),
        )
        return cls(name, [_value(item) for _, item in seen], codes)


def _is_nothing(item: Value) -> bool:
    return item is None or (isinstance(item, float) and math.isnan(item))


def _value(item: Value) -> bytes:
    if isinstance(item, bool):
        message = b"\x38" + varint(int(item))
    elif isinstance(item, int):
        message = b"\x30" + varint(item << 1 if item >= 0 else (-item << 1) - 1)
    elif isinstance(item, float):
        message = b"\x19" + struct.pack("<d", item)
    else:
        message = _field(0x0A, str(item).encode())
    return _field(0x22, message)


def _field(key: int, content: bytes) -> bytes:
    return varint(key) + varint(len(content)) + content


@dataclass(frozen=True, slots=True, eq=False)
class TileSource:
    """Shapes made ready for any tile: projected once, with an index.

    Attributes:
        world: ``(n,)`` shapes in the web map's unit square.
        bounds: ``(n, 4)`` their boxes.
        tree: index over ``world``.
    """

    world: Geometries
    bounds: npt.NDArray[np.float64]
    tree: shapely.STRtree

    @classmethod
    def of(cls, shapes_lonlat: Geometries) -> Self:
        """Returns the source of shapes in degrees; empty and missing shapes never appear."""
        world = to_world(shapes_lonlat)
        return cls(world, shapely.bounds(world), shapely.STRtree(world))

    def tile(
        self,
        name: str,
        columns: Sequence[Column],
        zxy: tuple[int, int, int],
        *,
        least_units: float = 0,
    ) -> bytes:
        """Returns one layer of a tile as a Tile message; empty where nothing lies in it.

        Args:
            name: the layer's name.
            columns: attributes of all shapes.
            zxy: zoom, column and row of the tile.
            least_units: polygons whose box is smaller than this both ways are left out.
        """
        n_tiles, x, y = 1 << zxy[0], zxy[1], zxy[2]
        scale = float(n_tiles * EXTENT)
        origin = np.array([x, y], dtype=np.float64) * EXTENT
        reach = BUFFER / scale
        west, north = x / n_tiles - reach, y / n_tiles - reach
        box = (west, north, (x + 1) / n_tiles + reach, (y + 1) / n_tiles + reach)
        rows = np.sort(self.tree.query(shapely.box(*box)))
        rows = rows[self._large(rows, least_units / scale)]
        clipped = self._clipped(rows, box)
        dimensions = shapely.get_dimensions(self.world[rows]).astype(np.int64)
        return _Stream(clipped, dimensions, scale, origin).layer(name, columns, rows)

    def _large(self, rows: npt.NDArray[np.int64], least: float) -> npt.NDArray[np.bool_]:
        if not least:
            return np.ones(len(rows), dtype=bool)
        boxes = self.bounds[rows]
        wide = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) >= least
        return np.asarray(wide | (shapely.get_dimensions(self.world[rows]) != POLYGON))

    def _clipped(
        self, rows: npt.NDArray[np.int64], box: tuple[float, float, float, float]
    ) -> Geometries:
        """Returns the shapes of rows, cut at the box where they cross it."""
        shapes = self.world[rows]
        boxes = self.bounds[rows]
        inside = (boxes[:, :2] >= box[:2]).all(axis=1) & (boxes[:, 2:] <= box[2:]).all(axis=1)
        shapes[~inside] = shapely.clip_by_rect(shapes[~inside], *box)
        return shapes


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Features of one dimension as commands: their words, and how many each feature has."""

    kind: int
    features: npt.NDArray[np.int64]
    words: Words
    n_words: Words


class _Stream:
    """The features of one tile's layer, as numbers to be written."""

    def __init__(
        self,
        shapes: Geometries,
        dimensions: npt.NDArray[np.int64],
        scale: float,
        origin: npt.NDArray[np.float64],
    ) -> None:
        parts, feature = shapely.get_parts(shapes, return_index=True)
        kinds = shapely.get_dimensions(parts)
        own = (kinds == dimensions[feature]) & ~shapely.is_empty(parts)
        self._place = (scale, origin)
        self._blocks = [
            self._block(kind, parts[own & (kinds == kind)], feature[own & (kinds == kind)])
            for kind in (POLYGON, LINE, POINT)
            if (own & (kinds == kind)).any()
        ]

    def _block(self, kind: int, parts: Geometries, feature: npt.NDArray[np.int64]) -> _Block:
        outer = np.ones(len(parts), dtype=bool)
        if kind == POLYGON:
            parts, polygon = shapely.get_rings(parts, return_index=True)
            outer = np.diff(polygon, prepend=-1) != 0
            feature = feature[polygon]
        coords, part = shapely.get_coordinates(parts, return_index=True)
        scale, origin = self._place
        xy = np.rint(coords * scale - origin).astype(np.int64)
        if kind == POINT:
            # All points of a feature are one command.
            part = feature[part]
            feature, part = np.unique(part, return_inverse=True)
        else:
            xy, part = _without_repeats(xy, part)
        if kind == POLYGON:
            xy, part = _rings(xy, part, outer)
        elif kind == LINE:
            long_enough = np.bincount(part, minlength=len(feature)) >= 2
            xy, part = xy[long_enough[part]], part[long_enough[part]]
        return _commands(kind, xy, part, feature)

    def layer(self, name: str, columns: Sequence[Column], rows: npt.NDArray[np.int64]) -> bytes:
        """Returns the layer with the attributes that its features have."""
        blocks = [block for block in self._blocks if len(block.features)]
        if not blocks:
            return b""
        shown = rows[np.concatenate([block.features for block in blocks])]
        values, tags, n_tags = _tags(columns, shown)
        kinds = np.concatenate([np.full(len(each.features), each.kind + 1) for each in blocks])
        geometry = np.concatenate([block.words for block in blocks])
        n_words = np.concatenate([block.n_words for block in blocks])
        features = _features(kinds, (tags, n_tags), (geometry, n_words))
        keys = b"".join(_field(0x1A, column.name.encode()) for column in columns)
        head = b"\x78\x02" + _field(0x0A, name.encode())
        return _field(0x1A, head + features + keys + values + b"\x28" + varint(EXTENT))


def _without_repeats(xy: Words, part: Words) -> tuple[Words, Words]:
    kept = np.ones(len(xy), dtype=bool)
    kept[1:] = (np.diff(part) != 0) | (np.diff(xy, axis=0) != 0).any(axis=1)
    return xy[kept], part[kept]


def _rings(xy: Words, part: Words, outer: npt.NDArray[np.bool_]) -> tuple[Words, Words]:
    """Returns rings without their closing point, shells clockwise on the screen, holes not.

    Args:
        xy: ``(m, 2)`` points, y down.
        part: ``(m,)`` ring of each point.
        outer: ``(r,)`` whether a ring is a shell; its holes follow it.
    """
    n_rings = len(outer)
    last = np.diff(part, append=-1) != 0
    following = np.arange(1, len(xy) + 1)
    starts = np.flatnonzero(np.diff(part, prepend=-1))
    following[last] = starts
    cross = xy[:, 0] * xy[following, 1] - xy[following, 0] * xy[:, 1]
    # The closing point repeats the first, so its own term is nothing.
    area2 = np.zeros(n_rings, dtype=np.int64)
    np.add.at(area2, part, cross)
    shell = np.maximum.accumulate(np.where(outer, np.arange(n_rings), 0))
    kept = (area2 != 0) & (area2[shell] != 0)
    backward = (area2 > 0) != outer
    taken = ~last & kept[part]
    xy, part = xy[taken], part[taken]
    starts = np.searchsorted(part, part, side="left")
    ends = np.searchsorted(part, part, side="right")
    index = np.arange(len(xy))
    order = np.where(backward[part], starts + ends - 1 - index, index)
    return xy[order], part


def _commands(kind: int, xy: Words, part: Words, feature: npt.NDArray[np.int64]) -> _Block:
    """Returns MoveTo, LineTo and ClosePath with their steps (specification 4.3)."""
    if not len(xy):
        nothing = np.zeros(0, dtype=np.int64)
        return _Block(kind, nothing, nothing, nothing)
    present, part = np.unique(part, return_inverse=True)
    feature = feature[present]
    n_points = np.bincount(part)
    size = 2 * n_points + {POINT: 1, LINE: 2, POLYGON: 3}[kind]
    base = np.cumsum(size) - size
    first = np.cumsum(n_points) - n_points
    step = np.diff(xy, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    new_feature = first[np.diff(feature, prepend=-1) != 0]
    step[new_feature] = xy[new_feature]
    words = np.zeros(int(size.sum()), dtype=np.int64)
    number = np.arange(len(xy)) - first[part]
    place = base[part] + 1 + 2 * number + ((number > 0) & (kind != POINT))
    words[place], words[place + 1] = zigzag(step[:, 0]), zigzag(step[:, 1])
    words[base] = (n_points << 3 | 1) if kind == POINT else 9
    if kind != POINT:
        words[base + 3] = (n_points - 1) << 3 | 2
    if kind == POLYGON:
        words[base + size - 1] = 15
    features, index = np.unique(feature, return_inverse=True)
    n_words = np.bincount(index, weights=size).astype(np.int64)
    return _Block(kind, features, words, n_words)


def _tags(
    columns: Sequence[Column], rows: npt.NDArray[np.int64]
) -> tuple[bytes, Words, npt.NDArray[np.int64]]:
    """Returns the values in use, and key and value numbers feature by feature."""
    values: list[bytes] = []
    n_values = 0
    pairs = np.full((len(rows), len(columns), 2), -1, dtype=np.int64)
    for key, column in enumerate(columns):
        used, local = np.unique(column.codes[rows], return_inverse=True)
        has_gap = int(len(used) > 0 and used[0] < 0)
        pairs[:, key, 0] = key
        pairs[:, key, 1] = np.where(column.codes[rows] < 0, -1, local - has_gap + n_values)
        values += map(column.values.__getitem__, used[has_gap:].tolist())
        n_values += len(used) - has_gap
    known = pairs[:, :, 1] >= 0
    return b"".join(values), pairs[known].ravel(), 2 * known.sum(axis=1)


def _features(kinds: Words, tags: tuple[Words, Words], geometry: tuple[Words, Words]) -> bytes:
    """Returns every feature: tags, type, geometry, each with its length before it."""
    tag_words, n_tags = tags
    geometry_words, n_geometry = geometry
    tag_bytes = _sums(varint_sizes(tag_words), n_tags)
    geometry_bytes = _sums(varint_sizes(geometry_words), n_geometry)
    lengths = 4 + varint_sizes(tag_bytes) + varint_sizes(geometry_bytes)
    lengths += tag_bytes + geometry_bytes
    size = 8 + n_tags + n_geometry
    base = np.cumsum(size) - size
    words = np.zeros(int(size.sum()), dtype=np.int64)
    words[base], words[base + 1] = 0x12, lengths
    words[base + 2], words[base + 3] = 0x12, tag_bytes
    words[_places(base + 4, n_tags)] = tag_words
    after = base + 4 + n_tags
    words[after], words[after + 1] = 0x18, kinds
    words[after + 2], words[after + 3] = 0x22, geometry_bytes
    words[_places(after + 4, n_geometry)] = geometry_words
    return varints(words)


def _sums(sizes: Words, counts: Words) -> Words:
    total = np.concatenate([[0], np.cumsum(sizes)])
    ends = np.cumsum(counts)
    return np.asarray(total[ends] - total[ends - counts])


def _places(starts: Words, counts: Words) -> Words:
    first = np.cumsum(counts) - counts
    return np.asarray(np.repeat(starts - first, counts) + np.arange(int(counts.sum())))
