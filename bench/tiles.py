"""Vector tiles made from memory, beside PostGIS and mapbox-vector-tile on the same shapes."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import mapbox_vector_tile
import numpy as np
import numpy.typing as npt
import shapely

from bench.table import Table
from bench.timing import Timing, each, milliseconds, share
from bench.towns import FRAME, REACH_MM, buildings_mm, polygons_mm
from rafiqa.api.packing import packed
from rafiqa.wire.tile import BUFFER, EXTENT, Column, TileSource, to_world
from tests.postgis import cluster, missing

BUILDINGS, QUICK_BUILDINGS = 120_000, 6_000
AREAS, QUICK_AREAS = 20_000, 1_000
TOWNS = 4
REPEATS = 5
ZOOMS = {12: (10, 1), 14: (60, 6), 16: (200, 30)}
"""Of each zoom how many tiles are asked of PostGIS and us, and of the pure-Python peer."""
PACKED_AT = 5
ROUGH_UNITS = 0.5
"""How far outlines may move, as with `ST_AsMVTGeom`. The desk does so for roads and buildings, and
never for land."""
_SEED = 20_240_901
_GATES = ("open", "conditions", "closed")
_KINDS = ("house", "school", "clinic", "shop", "mosque")
_SQUARE = "ST_TileEnvelope(%(z)s, %(x)s, %(y)s)"
_EARTH_M = 6_378_137.0
_HEADER = (
    *("layer", "zoom", "tiles", "features in a tile", "ours at first, tiles/s"),
    *("ours, tiles/s", "ours p99, ms"),
    *("with gzip p99, ms", "PostGIS, tiles/s", "ours ÷ PostGIS", "mapbox-vector-tile, tiles/s"),
    *("ours ÷ mapbox-vector-tile", "gzip, ours ÷ PostGIS", "features that differ"),
)
_NOTES = (
    "One connection or thread each; PostGIS has the shapes stored in EPSG:3857 with a GiST index",
    "and is asked `ST_AsMVT` over a socket of its own cluster, ours and its tiles in turn; the",
    "pure-Python peer clips and encodes what the same index finds. Tiles are those of shapes drawn",
    "by chance, so where most stands most is asked. Medians of the repeats; p99 over all tiles and",
    "repeats; ours are packed as the server does it, a long one in pieces side by side. Both move",
    "outlines by half a unit at most, to have fewer corners. `at first`: each tile asked once of",
    "a source that has not drawn that zoom before, so that what it keeps of a zoom, and at tiles'",
    "edges, is made in that time too. `features that differ`: in only one of the two, or with",
    "other attributes, of all; an area smaller than a unit of the tile may round to nothing in",
    "the one and not in the other.",
)
Shapes = npt.NDArray[np.object_]
Zxy = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Layer:
    """Shapes in degrees with attributes."""

    name: str
    lonlat: Shapes
    told: dict[str, list[Any]]

    @property
    def source(self) -> tuple[TileSource, list[Column]]:
        """The same ready for our tiles."""
        columns = [Column.of(name, values) for name, values in self.told.items()]
        return TileSource.of(self.lonlat), columns


def layers(n_buildings: int, n_areas: int) -> list[Layer]:
    """Returns buildings, areas, roads and points of the same towns."""
    draw = np.random.default_rng(_SEED)
    rings = buildings_mm(n_buildings, TOWNS)
    buildings = np.concatenate([shapely.polygons(each) for each in rings])
    areas = polygons_mm(n_areas, TOWNS)
    starts = shapely.get_coordinates(shapely.centroid(areas))
    steps = np.cumsum(draw.normal(0, 60_000, (len(starts), 12, 2)), axis=1)
    walks = np.clip(starts[:, None] + steps, -REACH_MM, REACH_MM)
    points = shapely.points(starts)

    def layer(name: str, shapes_mm: Any, **more: list[Any]) -> Layer:
        n = len(shapes_mm)
        ids = [f"{name}-{row}" for row in range(n)]
        return Layer(name, FRAME.shapes_to_lonlat(shapes_mm), {"id": ids, **more})

    def drawn(names: Sequence[Any], n: int) -> list[Any]:
        return [names[at] for at in draw.integers(0, len(names), n)]

    n = len(buildings)
    return [
        layer(
            "buildings",
            buildings,
            kind=drawn(_KINDS, n),
            storeys=drawn(range(1, 9), n),
            gate=drawn(_GATES, n),
        ),
        layer("areas", areas, status=drawn(("sha", "cha", "indication"), len(areas))),
        layer("roads", shapely.linestrings(walks), kind=drawn(("lane", "primary"), len(areas))),
        layer("points", points, kind=drawn(("accident", "report"), len(areas))),
    ]


def tiles_of(layer: Layer, zoom: int, n: int) -> list[Zxy]:
    """Returns tiles with something in them, drawn by what stands there."""
    draw = np.random.default_rng(_SEED + zoom)
    xy = shapely.get_coordinates(shapely.centroid(to_world(layer.lonlat)))
    some = np.floor(draw.permutation(xy)[: 20 * n] * (1 << zoom)).astype(int)
    return [(zoom, int(x), int(y)) for x, y in dict.fromkeys(map(tuple, some.tolist()))][:n]


def load(link: Any, layer: Layer) -> None:
    """Puts a layer into PostGIS, projected and indexed."""
    names = ", ".join(f"{name} text" if name != "storeys" else "storeys int" for name in layer.told)
    link.execute(f"CREATE TABLE {layer.name} ({names}, geom geometry(Geometry, 3857))")
    half = np.pi * _EARTH_M
    world = to_world(layer.lonlat)
    metres = shapely.transform(
        world, lambda xy: np.column_stack([xy[:, 0] - 0.5, 0.5 - xy[:, 1]]) * 2 * half
    )
    hexes = shapely.to_wkb(shapely.set_srid(metres, 3857), hex=True, include_srid=True)
    with link.cursor().copy(f"COPY {layer.name} FROM STDIN") as copy:
        for row in zip(*layer.told.values(), hexes, strict=True):
            copy.write_row(row)
    link.execute(f"CREATE INDEX ON {layer.name} USING gist (geom)")
    link.execute(f"VACUUM ANALYZE {layer.name}")


def postgis_tile(link: Any, layer: Layer) -> Callable[[Zxy], bytes]:
    """Returns what asks PostGIS for a tile."""
    names = ", ".join(layer.told)
    # Names of our own alone are put together here.
    shown = f"{names}, ST_AsMVTGeom(geom, {_SQUARE}, {EXTENT}, {BUFFER}, true) AS g"
    near = f"ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => {BUFFER / EXTENT})"
    inner = f"SELECT {shown} FROM {layer.name} WHERE geom && {near}"  # noqa: S608
    sql = f"SELECT ST_AsMVT(t, '{layer.name}', {EXTENT}, 'g') FROM ({inner}) t WHERE g IS NOT NULL"  # noqa: S608

    def ask(zxy: Zxy) -> bytes:
        z, x, y = zxy
        found = link.execute(sql, {"z": z, "x": x, "y": y}, prepare=True, binary=True).fetchone()
        return bytes(found[0])

    return ask


def plain_tile(layer: Layer) -> Callable[[Zxy], bytes]:
    """Returns what makes a tile with mapbox-vector-tile and a shapely index."""
    world = to_world(layer.lonlat)
    tree = shapely.STRtree(world)
    names = list(layer.told)

    def make(zxy: Zxy) -> bytes:
        z, x, y = zxy
        side, reach = 1 / (1 << z), BUFFER / EXTENT / (1 << z)
        west, north = x * side, y * side
        box = (west - reach, north - reach, west + side + reach, north + side + reach)
        rows = tree.query(shapely.box(*box))
        clipped = shapely.clip_by_rect(world[rows], *box)
        features = [
            {"geometry": shape, "properties": {name: layer.told[name][row] for name in names}}
            for row, shape in zip(rows.tolist(), clipped, strict=True)
            if not shape.is_empty
        ]
        bounds = (west, north, west + side, north + side)
        options = {"quantize_bounds": bounds, "extents": EXTENT, "y_coord_down": True}
        told = {"name": layer.name, "features": features}
        return bytes(mapbox_vector_tile.encode(told, default_options=options))

    return make


def differing(mine: bytes, other: bytes) -> tuple[int, int]:
    """Returns in how many features two tiles differ, and how many there are in either."""
    one, two = features(mine), features(other)
    ids = one.keys() | two.keys()
    return sum(one.get(each) != two.get(each) for each in ids), len(ids)


def features(tile: bytes) -> dict[str, Any]:
    """Returns the attributes and the kind of shape of a tile's features by id."""
    found = mapbox_vector_tile.decode(tile) if tile else {}
    return {
        item["properties"]["id"]: (
            item["properties"],
            item["geometry"]["type"].removeprefix("Multi"),
        )
        for layer in found.values()
        for item in layer["features"]
    }


def measure(quick: bool) -> list[Table]:
    """Returns the table of tiles by layer and zoom."""
    why = missing()
    if why is not None:
        raise SystemExit(why)
    sizes = (QUICK_BUILDINGS, QUICK_AREAS) if quick else (BUILDINGS, AREAS)
    rows = []
    with cluster(["jit=off", "shared_buffers=512MB"]) as link:
        for layer in layers(*sizes):
            load(link, layer)
            source, columns = layer.source

            def ours(zxy: Zxy, name: str = layer.name, of: Any = (source, columns)) -> bytes:
                made: bytes = of[0].tile(name, of[1], zxy, rough_units=ROUGH_UNITS)
                return made

            peers = (postgis_tile(link, layer), plain_tile(layer))
            for zoom, counts in ZOOMS.items():
                n = tuple(max(1, count // 5) for count in counts) if quick else counts
                rows.append(_row(layer, zoom, n, ours, peers))
                print(" | ".join(rows[-1]), flush=True)
    title = f"{sizes[0]:,} buildings and {sizes[1]:,} areas, roads and points"
    return [Table(f"Vector tiles of {title}", _NOTES, _HEADER, rows)]


def _row(
    layer: Layer,
    zoom: int,
    counts: tuple[int, ...],
    ours: Callable[[Zxy], bytes],
    peers: Sequence[Callable[[Zxy], bytes]],
) -> tuple[str, ...]:
    asked = tiles_of(layer, zoom, counts[0])
    few = asked[: counts[1]]
    postgis, plain = peers
    first_s = sum(each([partial(ours, zxy) for zxy in asked]).seconds)
    mine, theirs = [ours(zxy) for zxy in asked], [postgis(zxy) for zxy in asked]
    differ = [differing(*pair) for pair in zip(mine, theirs, strict=True)]
    zipped = [
        sum(len(packed(tile, PACKED_AT)) for tile in mine),
        sum(len(gzip.compress(tile, PACKED_AT)) for tile in theirs),
    ]
    runs: list[list[Timing]] = [[], [], [], []]
    works = (
        [partial(ours, zxy) for zxy in asked],
        [partial(postgis, zxy) for zxy in asked],
        [partial(_packed, ours, zxy) for zxy in asked],
        [partial(ours, zxy) for zxy in few],
    )
    for _ in range(REPEATS):
        for run, work in zip(runs, works, strict=True):
            run.append(each(work))
    plainly = [each([partial(plain, zxy) for zxy in few]) for _ in range(2)]
    my_s, their_s, few_s = (_median_s(run) for run in (runs[0], runs[1], runs[3]))
    plain_s = _median_s(plainly)
    whole = Timing(tuple(s for run in runs[0] for s in run.seconds))
    with_gzip = Timing(tuple(s for run in runs[2] for s in run.seconds))
    n_found = sum(n for _, n in differ)
    return (
        layer.name,
        str(zoom),
        f"{len(asked)}",
        f"{n_found / len(asked):,.0f}",
        f"{len(asked) / first_s:,.1f}",
        f"{len(asked) / my_s:,.1f}",
        milliseconds(whole.quantile_s(0.99)),
        milliseconds(with_gzip.quantile_s(0.99)),
        f"{len(asked) / their_s:,.1f}",
        share(their_s, my_s),
        f"{len(few) / plain_s:,.2f}",
        share(plain_s, few_s),
        share(zipped[0], zipped[1]),
        f"{sum(n for n, _ in differ)} of {n_found:,}",
    )


def _packed(make: Callable[[Zxy], bytes], zxy: Zxy) -> bytes:
    return packed(make(zxy), PACKED_AT)


def _median_s(runs: Sequence[Timing]) -> float:
    """Returns the median over repeats of the seconds that all tiles took."""
    return float(np.median([sum(run.seconds) for run in runs]))
