"""Tile layers: what each shows of the land, to whom, with which fields and at which zooms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rafiqa.api import maplayer
from rafiqa.api.ground import areas, stage
from rafiqa.api.tileready import Ready, ready_of
from rafiqa.api.tiles import BUILDINGS, assets_ready
from rafiqa.api.view import View, named
from rafiqa.geo import GridShape, Spot
from rafiqa.locale import direction
from rafiqa.service import ASSET_KINDS
from rafiqa.wire.tile import PIXEL_UNITS, Column, TileSource

WHOLE_FROM_ZOOM = 14
"""From this zoom on every building is in its tile; below, those under two pixels are not."""
NAMED_FROM_ZOOM = 12
"""Below, what is drawn as a box of a pixel or two is not named: there are too many to read."""
ROUGH_UNITS = 0.5
"""How far outlines of buildings, roads and water may move: a sixteenth of a pixel."""
LAND_LAST_ZOOM = 18
"""Here a unit of a tile is under 4 cm of ground."""
Shown = Iterable[tuple[GridShape | Spot, dict[str, Any]]]
_STYLE = ("class", "reopened")
OF_LAND = frozenset({"areas", "hazards", "parts", "doubt", "notcleared", "tasks"})
"""Layers in which nothing is told of what was seen but by doubt."""


@dataclass(frozen=True, slots=True)
class TileLayer:
    """One layer of tiles.

    Attributes:
        name: in the address, and of the layer inside the tile.
        about: what it shows, in one line.
        fields: each attribute with its meaning.
        make: gives the layer of a view, ready for tiles.
        first_zoom: there are no tiles below.
        last_zoom: nor above; a map draws these larger.
        kept: whether nothing in it ever vanishes or is drawn narrower than a pixel.
        alike: fields that decide the look; many on one pixel that agree in them become one.
        staff: whether it is empty for who is not staff.
        thins: whether areas under two pixels are left out below the zoom that has all.
        rough_units: how far outlines may move so that they have fewer corners; of land none does.
    """

    name: str
    about: str
    fields: Mapping[str, str]
    make: Callable[[View], Ready]
    first_zoom: int = 0
    last_zoom: int = LAND_LAST_ZOOM
    kept: bool = True
    alike: tuple[str, ...] | None = None
    staff: bool = False
    thins: bool = False
    rough_units: float = 0

    def least_units(self, zoom: int) -> int:
        """Returns below which size areas are left out at a zoom; 0 where none is."""
        return 2 * PIXEL_UNITS if self.thins and zoom < WHOLE_FROM_ZOOM else 0

    def tile(self, ready: Ready, zxy: tuple[int, int, int]) -> bytes:
        """Returns one tile of the layer, which may be empty."""
        alike = None
        if self.alike is not None:
            alike = [column for column in ready.columns if column.name in self.alike]
        return ready.source.tile(
            self.name,
            ready.columns,
            zxy,
            least_units=self.least_units(zxy[0]),
            rough_units=self.rough_units,
            kept=self.kept,
            alike=alike,
            lean=zxy[0] < NAMED_FROM_ZOOM,
        )


def _shown(name: str, fields: Mapping[str, str]) -> Callable[[View], Ready]:
    """Returns the maker of a layer that the map has too: same things, same access."""

    def make(view: View) -> Ready:
        moment = view.moment
        at = moment.land_key if name in OF_LAND else moment.key
        key = ("tiles", name, at, view.lang, view.reach)
        if name in maplayer.STAFF and not (view.staff or view.own):
            return _EMPTY
        maker = {**maplayer.PUBLIC, **maplayer.STAFF, "areas": _areas}[name]
        kept: Ready = view.desk.tiles.get(key, lambda: ready_of(view, maker(view), fields, key))
        return kept

    return make


def _areas(view: View) -> Iterator[tuple[GridShape, dict[str, Any]]]:
    """Yields every area on record whole, with the worst that any of its ground is.

    Released ground in doubt is worse than any other that is no hazard.
    """
    doubts = view.doubts()
    for on in areas(view):
        if not on.outline.is_empty:
            doubted = on.in_doubt2_mm2(doubts) > 0
            properties = {
                "area_id": on.claim_id,
                "name": on.name,
                "class": "doubt" if doubted and not on.hazard_m2 else on.status,
                "reopened": on.reopened,
                "stage": stage(view, on),
                "open_m2": on.hazard_m2,
            }
            yield on.outline, properties


def _reference(name: str) -> Callable[[View], Ready]:
    def make(view: View) -> Ready:
        moment = view.moment
        layers = view.desk.shelf.layers(view.desk.office, name, moment.valid_us, moment.known_us)
        key = ("tiles", name, tuple(layer.fact.sha256 for layer in layers), direction(view.lang))

        def ready() -> Ready:
            rows = [row for layer in layers for row in maplayer.reference_rows(layer)]
            shapes = maplayer.shape_array([shape for shape, _ in rows])
            columns = [
                Column.of("name", [named(*names, view.lang) for _, (names, _) in rows]),
                Column.of("kind", [kind for _, (_, kind) in rows]),
            ]
            return Ready(TileSource.of(shapes), columns, key)

        kept: Ready = view.desk.tiles.get(key, ready)
        return kept

    return make


_EMPTY = Ready(TileSource.of(maplayer.shape_array([])), (), "empty")
_AREA = {
    "area_id": "Id of the area",
    "name": "Its name",
    "class": "indication, sha or cha",
    "reopened": "Whether ground of it was put back to hazard",
    "stage": "Where the work on it stands; open for everybody but staff while teams are there",
}
_ASSET = {
    "asset_id": "Id of the asset",
    "kind": "What it is",
    "name": "Its name",
    "storeys": "Floors above ground",
    "gate": "open, conditions or closed: whether its own ground may be built on",
    "damage": "light, unknown, heavy or destroyed: the worst that any source says",
    "units": "left or none: whether a unit of it on record is not released",
}
_NAMED = {"name": "Its name", "kind": "What it is"}
BUILDINGS_LAYER = TileLayer(
    BUILDINGS,
    "Buildings, each with the gate of its own ground",
    _ASSET,
    lambda view: assets_ready(view, (BUILDINGS,)),
    12,
    16,
    kept=False,
    thins=True,
    rough_units=ROUGH_UNITS,
)


def _land(name: str, about: str, fields: Mapping[str, str], **more: Any) -> TileLayer:
    return TileLayer(name, about, fields, _shown(name, fields), **more)


def _quiet(name: str, about: str) -> TileLayer:
    maker = _reference(name)
    return TileLayer(name, about, _NAMED, maker, 6, 16, kept=False, rough_units=ROUGH_UNITS)


TILE_LAYERS: Mapping[str, TileLayer] = {
    layer.name: layer
    for layer in (
        BUILDINGS_LAYER,
        TileLayer(
            "assets",
            "Buildings, roads, bridges and works, each with the gate of its own ground",
            {**_ASSET, "layer": "buildings, roads, bridges or works"},
            lambda view: assets_ready(view, ASSET_KINDS),
            12,
            16,
            kept=False,
            thins=True,
            rough_units=ROUGH_UNITS,
        ),
        _land(
            "areas",
            "Areas on record whole, by the worst that any ground in them is",
            {
                **_AREA,
                "class": "The worst of its ground: cha, sha, indication, doubt, or as released",
                "open_m2": "How much of it is still hazard, m²",
            },
            alike=_STYLE,
        ),
        _land(
            "hazards",
            "Ground that is hazard, by class",
            {**_AREA, "area_ids": "All areas that claim it, as JSON", "area_m2": "Its size, m²"},
            alike=_STYLE,
        ),
        _land(
            "parts",
            "Released ground, by outcome",
            {
                "area_id": "Id of the area",
                "area_ids": "All areas that claim it, as JSON",
                "part_id": "Id of the part that released it",
                "part_ids": "All of them, as JSON",
                "outcome": "cancelled, reduced or cleared",
                "depth_cm": "To which depth it was cleared, cm",
                "since": "Since when it is so",
                "area_m2": "Its size, m²",
            },
            kept=False,
        ),
        _land(
            "doubt",
            "Released ground whose release is in doubt: keep off it as off hazard",
            {
                "area_id": "Id of the area",
                "area_ids": "All areas that claim it, as JSON",
                "name": "Its name",
                "class": "What it had been raised to before it was released",
                "status": "in_doubt",
                "part_ids": "The parts that released it, as JSON",
                "area_m2": "Its size, m²",
            },
            alike=("status",),
        ),
        _land(
            "notcleared",
            "What work left, and is hazard",
            {"area_id": "Id of the area", "part_id": "Id of the part", "reason": "Why"},
        ),
        _land(
            "projects",
            "Projects with the outcome of their gates",
            {
                "project_id": "Id of the project",
                "name": "Its name",
                "kind": "What it is",
                "outcome": "open, conditions or closed",
                "depth_cm": "How deep it will dig, cm",
                "codes": "Why not open, as JSON",
            },
        ),
        _land(
            "accidents",
            "Accidents that have a place",
            {
                "accident_id": "Id of the accident",
                "kind": "What it was",
                "on": "The day",
                "killed": "How many, for staff",
                "injured": "How many, for staff",
            },
        ),
        _land(
            "rubble",
            "Rubble lots and where the work on each stands",
            {"lot_id": "Id of the lot", "name": "Its name", "state": "Where the work stands"},
        ),
        _land(
            "tasks",
            "Ground of tasks ordered, for staff",
            {
                "task_id": "Id of the task",
                "area_id": "Id of the area",
                "stage": "Where it stands",
                "organisation": "Who has it",
                "teams": "Teams that worked on it, as JSON",
            },
            staff=True,
        ),
        _land(
            "evidence",
            "Items of evidence that have a place, for staff",
            {"evidence_id": "Id of the item", "kind": "What it is", "class": "direct or indirect"},
            staff=True,
        ),
        _land(
            "reports",
            "Residents' reports that have a place, for staff",
            {"report_id": "Id of the report", "triage": "How urgent", "state": "What became of it"},
            staff=True,
        ),
        _quiet("roads", "Roads"),
        _quiet("water", "Water"),
        TileLayer("bridges", "Bridges", _NAMED, _reference("bridges"), 6, 16),
    )
}
