"""Assets: one building with the gate of its own ground and what is known of that ground."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.api import assetshape, gateshape, shape
from rafiqa.api.ask import Ask
from rafiqa.api.assetoffer import asset_offers
from rafiqa.api.damage import damage_told, event_told, step_told, tag_told
from rafiqa.api.ground import outline_json
from rafiqa.api.reason import gates, point_at, point_state
from rafiqa.api.reply import Reply, reply
from rafiqa.api.tiles import asset_layers, kinds
from rafiqa.api.view import View, named
from rafiqa.errors import Fault, NotFound
from rafiqa.geo import GridShape
from rafiqa.locale import text
from rafiqa.recovery import ASSET_POLICY, ProjectRegistered, SitePapers
from rafiqa.service import AssetLayer, asset_record, gate_of
from rafiqa.service.assets import DEPTH
from rafiqa.service.worksfolder import WorksFolders

_KIND_OF = {"buildings": "building", "roads": "road", "bridges": "bridge"}
"""What a row of a layer is where it does not say."""


def show_asset(ask: Ask) -> Reply:
    """Returns one asset with its gate, its damage by source, its tag and its epochs.

    The gate is asked at its own footprint, and at the depth that it will be dug to where its
    layer says so, else at the surface.

    Raises:
        NotFound: no layer holds an asset of that id, or it has no place on the site's grid.
    """
    view = View.of_works(ask)
    asset_id = ask.path["asset_id"]
    found = located(view, asset_id)
    if found is None:
        params: dict[str, str | int] = {"asset": asset_id[:80]}
        raise NotFound(Fault("api.asset.unknown", "asset_id", params=params))
    layer, row = found
    if layer.table.shapes_mm[row] is None:
        raise NotFound(Fault("api.asset.nowhere", "asset_id", params={"asset": asset_id[:80]}))
    told = brief(view, layer, row)
    ground = layer.table.shapes_mm[row]
    depth_cm = math.ceil(layer.table.values(DEPTH)[row] or 0)
    name = told.name or asset_id
    stand_in = ProjectRegistered(asset_id, name, told.kind, _on_grid(ground), depth_cm)
    # Of the ground alone, as all buildings are asked at once: papers belong to works, but what
    # was found on a place closes it, whoever's works it was found at.
    moment, office = view.moment, view.desk.office
    finds = WorksFolders.of(office, moment.valid_us, moment.known_us).finds
    gate = gate_of(
        office,
        stand_in,
        moment.as_of,
        ASSET_POLICY,
        papers=SitePapers(finds=finds),
        by_road=False,
    )
    inner = shapely.point_on_surface(ground)
    at_mm = (round(inner.x), round(inner.y))
    answer = point_at(view, *at_mm)
    on_record = asset_record(view.moment.recovery, asset_id, view.moment.valid_us, found)
    events = [event for hit in on_record.events if (event := event_told(view, hit)) is not None]
    hurt = bool(on_record.damage or on_record.events)
    return reply(
        assetshape.Asset(
            asset_id,
            told.kind,
            told.name,
            told.storeys,
            gates(view, gate),
            point_state(view, answer, at_mm),
            layer.fact.layer_id,
            [damage_told(view, item) for item in on_record.damage],
            tag_told(view, on_record.tag),
            events,
            [step_told(view, step) for step in on_record.line.steps],
            text("asset.nothing-left", {}, view.lang) if hurt else None,
            list(_works(view, asset_id)),
            _acts(ask, view, layer, (asset_id, _on_grid(ground), events)),
            outline_json(view, _on_grid(ground)) if view.staff else None,
        )
    )


def _works(view: View, asset_id: str) -> Iterator[gateshape.ProjectBrief]:
    """Yields the works that name an asset, under any of the ids that it had."""
    same = {asset_id, *view.moment.recovery.epochs.line(asset_id).same_ids}
    for project, gate in view.gates().values():
        if same & {*project.asset_ids}:
            yield gateshape.ProjectBrief(
                project.project_id,
                named(project.name, project.name_ar, view.lang),
                project.kind,
                gate.outcome,
                project.depth_cm,
            )


def _acts(
    ask: Ask, view: View, layer: AssetLayer, told: tuple[str, GridShape, list[assetshape.Event]]
) -> list[shape.Act]:
    """Returns what the asker may do about an asset now, whatever moment is looked at."""
    if ask.actor is None or not view.staff:
        return []
    asset_id, ground, events = told
    return asset_offers(view, ask.actor, asset_id, layer.fact.kind, ground, events)


def located(view: View, asset_id: str) -> tuple[AssetLayer, int] | None:
    """Returns the layer and row of an asset, or None where no layer holds it."""
    for layer in asset_layers(view):
        row = layer.row_of.get(asset_id)
        if row is not None:
            return layer, row
    return None


def brief(view: View, layer: AssetLayer, row: int) -> shape.AssetBrief:
    """Returns an asset by id, kind and name."""
    table = layer.table
    storeys: Any = table.values("storeys")[row]
    name = named(table.values("name")[row], table.values("name_ar")[row], view.lang)
    return shape.AssetBrief(
        table.ids[row],
        kinds(layer)[row] or _KIND_OF.get(layer.fact.kind, "other"),
        name,
        None if storeys is None else int(storeys),
    )


def assets_at(view: View, x_mm: int, y_mm: int) -> list[shape.AssetBrief]:
    """Returns the assets that stand on a point."""
    here = shapely.Point(x_mm, y_mm)
    return [
        brief(view, layer, int(row))
        for layer in asset_layers(view)
        for row in np.sort(layer.tree.query(here, predicate="intersects"))
    ]


def _on_grid(ground: BaseGeometry) -> GridShape:
    """Returns the asset's ground as land; the shelf has put it on the grid, but for a few."""
    return GridShape.of(shapely.set_precision(ground, 1.0))
