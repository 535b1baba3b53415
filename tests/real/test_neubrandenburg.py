"""A whole city of OpenStreetMap: buildings, roads and bridges, and what a hazard closes."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.service import AssetShelf
from tests.real.door import City
from tests.real.opendata import geodesic_m2, ogr, open_data

pytestmark = pytest.mark.shared

EXTRACT = "osm-neubrandenburg/neubrandenburg.nouser.osm.pbf"
GONE = {"no", "demolished", "razed", "proposed"}
NO_ROAD = GONE | {"construction", "planned"}
HAZARD = shapely.box(13.255, 53.553, 13.262, 53.557)  # a quarter of the old town
N_ROADS = 7_902
"""Roads that are taken in; each has a gate on the ground that it lies on."""


def buildings() -> dict[str, BaseGeometry]:
    """Every standing building by its id, counted by GDAL alone."""
    shapes, columns = ogr(EXTRACT, "multipolygons")
    return {
        f"relation/{relation}" if way is None else f"way/{way}": shape
        for shape, building, relation, way in zip(
            shapes, columns["building"], columns["osm_id"], columns["osm_way_id"], strict=True
        )
        if building is not None and building not in GONE
    }


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    made = City.new(tmp_path_factory.mktemp("osm") / "city.rafiqa", 13.26, 53.557)
    assert made.take(open_data(EXTRACT), "buildings").counts == (15_332, 0)
    assert made.take(open_data(EXTRACT), "roads").counts == (7_902, 0)
    return made


def test_every_building_is_taken_with_its_outline(city: City) -> None:
    wanted = buildings()
    assert len(wanted) == 15_332
    (layer,) = AssetShelf().layers(city.office(), "buildings")
    assert set(layer.table.ids) == set(wanted)
    for row in range(0, len(layer.table.ids), 500):
        name, shape_mm = layer.table.ids[row], layer.table.shapes_mm[row]
        assert shape_mm.area / 1e6 == pytest.approx(geodesic_m2(wanted[name]), rel=1e-3)


def test_every_road_is_taken_and_every_bridge_is_one(city: City) -> None:
    _, columns = ogr(EXTRACT, "lines")
    tags = zip(columns["osm_id"], columns["highway"], columns["other_tags"], strict=True)
    mapped = {f"way/{way}": (highway, text or "") for way, highway, text in tags if highway}
    assert Counter(highway for highway, _ in mapped.values() if highway in NO_ROAD) == {
        "proposed": 24,
        "construction": 4,
    }
    ways = {way: text for way, (highway, text) in mapped.items() if highway not in NO_ROAD}
    bridges = {way for way, text in ways.items() if re.search(r'"bridge"=>"(?!no")', text)}
    (layer,) = AssetShelf().layers(city.office(), "roads")
    assert set(ways) <= set(layer.table.ids)
    assert not (set(mapped) - set(ways)) & set(layer.table.ids)
    assert len(layer.table.ids) - len(ways) == 30  # squares, mapped as areas
    flags = layer.table.values("is_bridge")
    assert {name for name, over in zip(layer.table.ids, flags, strict=True) if over} == bridges
    assert len(bridges) == 133  # one more is proposed


def test_a_hazard_closes_the_buildings_it_touches_and_no_other(city: City, tmp_path: Path) -> None:
    before = city.gate("--all")
    n_assets = 15_332 + N_ROADS
    assert (before["n"], before["conditions"], before["closed"]) == (n_assets, n_assets, 0)
    area = {
        "type": "Feature",
        "properties": {"id": "SHA-1", "class": "sha"},
        "geometry": json.loads(shapely.to_geojson(HAZARD)),
    }
    file = tmp_path / "hazard.geojson"
    collection = {"type": "FeatureCollection", "features": [area]}
    file.write_text(json.dumps(collection), encoding="utf-8")
    assert city.take(file, "hazard-areas").counts == (1, 0)
    outlines = buildings()
    names, shapes = list(outlines), np.array(list(outlines.values()), dtype=object)
    touched = {names[i] for i in np.flatnonzero(shapely.intersects(shapes, HAZARD))}
    after = city.gate("--all", "--out", tmp_path / "gates.parquet")
    assert after["n"] == after["closed"] + after["conditions"] == n_assets
    table = pq.read_table(tmp_path / "gates.parquet").to_pydict()
    rows = list(zip(table["kind"], table["id"], table["outcome"], strict=True))
    closed = {(kind, name) for kind, name, outcome in rows if outcome == "closed"}
    assert {name for kind, name in closed if kind == "buildings"} == touched
    assert sum(kind == "roads" for kind, _, _ in rows) == N_ROADS
    assert any(kind == "roads" for kind, _ in closed)
    assert len(touched) > 100
    assert city.account()["classes"]["sha"]["closing_m2"] == pytest.approx(
        geodesic_m2(HAZARD), rel=1e-3
    )
