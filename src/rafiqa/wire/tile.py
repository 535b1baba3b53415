"""Vector tiles: polygons, lines and points with attributes, encoded whole layers at a time.

After the Mapbox Vector Tile specification 2.1. What lies whole in a tile is drawn from a grid of
its zoom, on which every part is rounded and encoded once (``tiledrawn``); only what the tile's edge
cuts is made anew. A feature keeps only the parts of its own dimension; rings and lines that shrink
to nothing on the grid are left out, unless the layer is of hazard: then nothing vanishes, and
nothing is narrower than a pixel.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.wire.tilecolumn import Column
from rafiqa.wire.tilecut import Box, cut_lines, cut_rings
from rafiqa.wire.tiledrawn import Cuts, Drawn, Grid
from rafiqa.wire.tilepart import LINE, POLYGON, Floats, Geometries, Parts, Rings
from rafiqa.wire.tilestream import EXTENT, layer_bytes
from rafiqa.wire.varint import Words

__all__ = ["BUFFER", "EXTENT", "PIXEL_UNITS", "Column", "TileSource", "to_world"]

BUFFER = 64
"""Units kept beyond each side, so that outlines do not show at the seams."""
PIXEL_UNITS = 8
"""A CSS pixel of a tile drawn 512 wide, in units."""
MAX_LAT_DEG = 85.051_128_779_806_59
"""Where the square of the web map ends, north and south."""
GRIDS_KEPT = 8
"""Of how many zooms a source keeps what it encoded; about 50 bytes for a building at each."""
_CORNERS = np.array([(0, 1), (2, 1), (2, 3), (0, 3)])
"""A box's corners, clockwise on the screen, as places in ``(west, north, east, south)``."""


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
class TileSource:
    """Shapes made ready for any tile: projected and laid flat once, with an index.

    Attributes:
        parts: every part of every shape, in the web map's unit square.
        bounds: ``(n, 4)`` the shapes' boxes there; NaN for one that is empty or missing.
        tree: index over the parts.
        widths: ``(p,)`` about how wide each area is: twice its area by its outline.
    """

    parts: Parts
    bounds: Floats
    tree: shapely.STRtree
    widths: Floats
    _grids: OrderedDict[tuple[int, float, bool], Grid]
    _cuts: Cuts

    @classmethod
    def of(cls, shapes_lonlat: Geometries) -> Self:
        """Returns the source of shapes in degrees; empty and missing shapes never appear."""
        return cls.placed(to_world(shapes_lonlat))

    @classmethod
    def placed(cls, world: Geometries) -> Self:
        """Returns the source of shapes in the web map's unit square."""
        parts = Parts(world)
        outline = shapely.length(parts.pieces)
        widths = 2 * shapely.area(parts.pieces) / np.where(outline > 0, outline, 1)
        bounds = shapely.bounds(world).reshape(-1, 4)
        return cls(parts, bounds, shapely.STRtree(parts.pieces), widths, OrderedDict(), Cuts())

    @property
    def bounds_lonlat(self) -> tuple[float, float, float, float] | None:
        """West, south, east and north of all shapes in degrees; None where there are none."""
        if not len(self.parts):
            return None
        west, north = self.parts.bounds[:, :2].min(axis=0).tolist()
        east, south = self.parts.bounds[:, 2:].max(axis=0).tolist()
        return (*_degrees(west, south), *_degrees(east, north))

    def tile(
        self,
        name: str,
        columns: Sequence[Column],
        zxy: tuple[int, int, int],
        *,
        least_units: float = 0,
        rough_units: float = 0,
        kept: bool = False,
        alike: Sequence[Column] | None = None,
        lean: bool = False,
    ) -> bytes:
        """Returns one layer of a tile as a Tile message; empty where nothing lies in it.

        Args:
            name: the layer's name.
            columns: attributes of all shapes.
            zxy: zoom, column and row of the tile.
            least_units: polygons whose box is smaller than this both ways are left out.
            rough_units: how far outlines may move before they are rounded, so that they have fewer
                corners; of what is kept none does.
            kept: whether every shape is to be seen: an area narrower than a pixel is drawn
                wider, never left out; and nothing is drawn smaller than it is.
            alike: where many shapes fall on one pixel, those with the same values of these
                columns become one feature, which has those values alone; None keeps them apart.
            lean: whether small shapes have the values of those columns alone in any case.
        """
        n_tiles, x, y = 1 << zxy[0], zxy[1], zxy[2]
        scale = float(n_tiles * EXTENT)
        reach = (BUFFER + (PIXEL_UNITS if kept else 0)) / scale
        west, north = x / n_tiles - reach, y / n_tiles - reach
        box = (west, north, (x + 1) / n_tiles + reach, (y + 1) / n_tiles + reach)
        place = _Place(scale, np.array([x, y], dtype=np.int64) * EXTENT, box)
        bare = None
        grid = self._grid(zxy[0], scale, 0 if kept else rough_units, kept=kept)
        if kept:
            found, made, bare = self._hazards(place, least_units, alike, lean=lean)
            whole, cut = self._split(found, place, grid, kept=True)
            made += cut
        else:
            whole, made = self._cuts.of(
                (*zxy, least_units, rough_units),
                lambda: self._split(self._found(place, least_units), place, grid),
            )
        if len(whole):
            made = [grid.drawn(whole, place.origin), *made]
        shared = frozenset(column.name for column in alike or ())
        return layer_bytes(name, columns, made, bare=bare, shared=shared)

    def _found(self, place: _Place, least_units: float) -> Words:
        """Returns the parts near a tile, areas first."""
        found = np.sort(self.tree.query(shapely.box(*place.box)))
        return found[self._large(found, least_units / place.scale)] if least_units else found

    def _hazards(
        self,
        place: _Place,
        least_units: float,
        alike: Sequence[Column] | None,
        *,
        lean: bool,
    ) -> tuple[Words, list[Drawn], Words | None]:
        """Returns parts to draw as they are, those drawn larger, and who stands for many."""
        found = self._found(place, least_units)
        small = self._small(found, place.scale)
        boxes, bare = self._boxes(found[small], place, alike, lean=lean)
        narrow = ~small & (self.widths[found] * place.scale < PIXEL_UNITS)
        narrow &= self.parts.kind[found] == POLYGON
        runs = [boxes, *self._widened(found[narrow], place)]
        return found[~small & ~narrow], _drawn(runs, kept=True), bare

    def _split(
        self, found: Words, place: _Place, grid: Grid, *, kept: bool = False
    ) -> tuple[Words, list[Drawn]]:
        """Returns parts that lie whole in a tile, and what of the others does."""
        if not self.parts.spread:
            return found, []
        inside = self._inside(found, place.box)
        if inside.all():
            return found, []
        return found[inside], _drawn(place.cut(self.parts, found[~inside], grid), kept=kept)

    def _grid(self, zoom: int, scale: float, rough_units: float, *, kept: bool) -> Grid:
        """Returns a zoom's grid, on which every part is encoded once; the last few are kept."""
        key = (zoom, rough_units, kept)
        grid = self._grids.get(key)
        if grid is None:
            made = Grid(self.parts, scale, kept=kept, rough_units=rough_units)
            grid = self._grids.setdefault(key, made)
            while len(self._grids) > GRIDS_KEPT:
                self._grids.popitem(last=False)
        return grid

    def _inside(self, found: Words, box: Box) -> npt.NDArray[np.bool_]:
        """Returns which parts no side of a box cuts."""
        west, north, east, south = self.parts.bounds[found].T
        inside = (west >= box[0]) & (north >= box[1]) & (east <= box[2]) & (south <= box[3])
        return np.asarray(inside)

    def _large(self, found: Words, least: float) -> npt.NDArray[np.bool_]:
        boxes = self.bounds[self.parts.shape[found]]
        wide = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) >= least
        return np.asarray(wide | (self.parts.kind[found] != POLYGON))

    def _small(self, found: Words, scale: float) -> npt.NDArray[np.bool_]:
        """Returns which areas are at most two pixels either way, and are drawn as their boxes."""
        boxes = self.parts.bounds[found]
        size = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) * scale
        return np.asarray((size < 2 * PIXEL_UNITS) & (self.parts.kind[found] == POLYGON))

    def _boxes(
        self, small: Words, place: _Place, alike: Sequence[Column] | None, *, lean: bool
    ) -> tuple[Rings, Words | None]:
        """Returns small areas as boxes round them, at least a pixel wide, and who stands for many.

        Areas that are alike and lie in one pixel become one box round them all.
        """
        boxes = self.parts.bounds[small] * place.scale - np.tile(place.origin, 2)
        boxes = np.hstack([np.floor(boxes[:, :2]), np.ceil(boxes[:, 2:])])
        shape, bare = self.parts.shape[small], None
        if alike is not None and len(small):
            single = np.bincount(self.parts.shape, minlength=len(self.bounds))[shape] == 1
            cell = np.floor((boxes[:, :2] + boxes[:, 2:]) / (2 * PIXEL_UNITS)).astype(np.int64)
            looks = [column.codes[shape] for column in alike]
            # A shape of several parts stays itself, or it would be in two features.
            key = _together([cell[:, 0], cell[:, 1], *looks, np.where(single, -1, shape)])
            _, first, group = np.unique(key, return_index=True, return_inverse=True)
            order = np.argsort(group, kind="stable")
            starts = np.searchsorted(group[order], np.arange(len(first)))
            boxes = np.hstack(
                [
                    np.minimum.reduceat(boxes[order, :2], starts, axis=0),
                    np.maximum.reduceat(boxes[order, 2:], starts, axis=0),
                ]
            )
            stands = (np.bincount(group) > 1) | lean
            bare = shape[first[stands & single[first]]]
            shape = shape[first]
        boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + PIXEL_UNITS)
        order = np.argsort(shape, kind="stable")
        shape, boxes = shape[order], boxes[order]
        corners = boxes[:, _CORNERS].reshape(-1, 2)
        return _runs(corners, np.full(len(shape), 4, dtype=np.int64), shape, POLYGON), bare

    def _widened(self, narrow: Words, place: _Place) -> list[Rings]:
        """Returns areas longer than a pixel but narrower, half a pixel wider on every side."""
        if not len(narrow):
            return []
        # What is left out of an outline lies within a unit of it, so the wider one covers it still.
        rough = shapely.simplify(self.parts.pieces[narrow], 1 / place.scale)
        wide = shapely.buffer(rough, (PIXEL_UNITS / 2 + 1.5) / place.scale, quad_segs=2)
        return place.overlaid(wide, self.parts, narrow)


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """A tile's own measure: its scale, its corner in units, and its box in the unit square."""

    scale: float
    origin: Words
    box: Box

    def units(self, rings: Rings) -> Rings:
        """Returns runs of the unit square in units of the tile."""
        xy = rings.xy * self.scale - self.origin
        return Rings(xy, rings.n_points, rings.shape, rings.kind, rings.outer)

    def cut(self, parts: Parts, rows: Words, grid: Grid) -> list[Rings]:
        """Returns what lies in the box of some parts that its sides cut."""
        kind = parts.kind[rows]
        lines, areal = rows[kind == LINE], rows[kind == POLYGON]
        simple = parts.n_rings[areal] == 1
        rings, left = areal[simple], areal[~simple]
        made: list[Rings] = []
        if len(rings):
            runs = grid.rings(rings)
            cut = cut_rings(runs.xy - self.origin, runs.n_points, self._reach)
            xy, n_points, row, hard = cut
            made.append(_runs(xy, n_points, parts.shape[runs.shape[row]], POLYGON))
            left = np.sort(np.concatenate([left, rings[hard]]))
        if len(left):
            made += self.overlaid(grid.pieces(left), parts, left)
        if len(lines):
            runs = grid.rings(lines)
            xy, n_points, row = cut_lines(runs.xy - self.origin, runs.n_points, self._reach)
            made.append(_runs(xy, n_points, parts.shape[runs.shape[row]], LINE))
        return made

    @property
    def _reach(self) -> Box:
        """The box in units of the tile."""
        west, north = np.array(self.box[:2]) * self.scale - self.origin
        east, south = np.array(self.box[2:]) * self.scale - self.origin
        return float(west), float(north), float(east), float(south)

    def overlaid(self, pieces: Geometries, parts: Parts, rows: Words) -> list[Rings]:
        """Returns what lies in the box of pieces that came from some parts, by overlay."""
        clipped = within(pieces, self.box)
        clipped, row = shapely.get_parts(clipped, return_index=True)
        kind, shape = parts.kind[rows[row]], parts.shape[rows[row]]
        own = (shapely.get_dimensions(clipped) == kind) & ~shapely.is_empty(clipped)
        return [
            self.units(Rings.of(clipped[mine], shape[mine], each))
            for each in (POLYGON, LINE)
            if (mine := own & (kind == each)).any()
        ]


def _drawn(several: Sequence[Rings], *, kept: bool) -> list[Drawn]:
    """Returns runs in units of a tile, rounded and encoded."""
    return [Drawn.of(each, kept=kept) for each in several if len(each.n_points)]


def _runs(xy: Floats, n_points: Words, shape: Words, kind: int) -> Rings:
    """Returns runs of one kind, none of them a hole."""
    n = len(n_points)
    outer = np.ones(n, dtype=bool)
    return Rings(xy, n_points, shape, np.full(n, kind, dtype=np.int64), outer)


def within(pieces: Geometries, box: Box) -> Geometries:
    """Returns what of pieces lies in a box; a piece that cannot be cut stays whole.

    GEOS has a shorter way (``clip_by_rect``), which refuses some shapes, and loses ground or
    fills holes of others whose corners lie on the box.
    """
    window = shapely.box(*box)
    try:
        found: Geometries = shapely.intersection(pieces, window)
    except shapely.GEOSException:
        if len(pieces) == 1:
            return pieces
        found = np.concatenate([within(pieces[at : at + 1], box) for at in range(len(pieces))])
    return found


def _together(columns: Sequence[Words]) -> Words:
    """Returns one number for each row of several columns: equal where the rows are."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        low = int(column.min())
        key = key * (int(column.max()) - low + 1) + (column - low)
    return key


def _degrees(x: float, y: float) -> tuple[float, float]:
    """Returns a place of the unit square in degrees: the projection's inverse."""
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y))))
    return (x - 0.5) * 360, float(lat)
