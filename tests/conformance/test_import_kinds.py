"""Every format comes in as every kind that it can hold, through the command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.service.importing import IMPORT_KINDS
from rafiqa.store import open_store
from rafiqa.wire.assetlayer import layer_from
from tests.conformance.extract import Way, write_extract
from tests.conformance.keeper import LAT_DEG, LON_DEG, Keeper
from tests.conformance.table import Cell, Table
from tests.unit.wire.files import write_text

FORMATS = ("geojson", "gpkg", "shp", "zip", "kml", "csv", "xlsx", "parquet")
N_ROWS = 3
BOXES = [
    shapely.box(LON_DEG + i / 100, LAT_DEG, LON_DEG + i / 100 + 0.001, LAT_DEG + 0.001)
    for i in range(N_ROWS)
]
POINTS = [box.centroid for box in BOXES]
LINES = [shapely.LineString([box.bounds[:2], box.bounds[2:]]) for box in BOXES]


def rows(shapes: Sequence[BaseGeometry], **columns: Cell) -> Table:
    names: dict[str, list[Cell]] = {
        "id": [f"r{i}" for i in range(N_ROWS)],
        "name": [f"حيّ {i}" for i in range(N_ROWS)],
    }
    return Table({**names, **{key: [value] * N_ROWS for key, value in columns.items()}}, shapes)


TABLES = {
    "hazard-areas": rows(BOXES, **{"class": "sha"}),
    "imsma": Table(
        {
            "hazard_localid": ["H-1", "H-2", "H-3"],
            "hazardname": ["a", "b", "c"],
            "hazardtype": ["Minefield", "SHA", "Suspected Hazardous Area"],
            "dateofinfo": ["03/02/2024"] * 3,
            "areasize": ["100.5"] * 3,
        },
        BOXES,
    ),
    "evidence": rows(POINTS, kind="crater", observed_on="2024-03-02"),
    "land-parts": rows(
        BOXES, outcome="cleared", depth_cm=30, released_by="Authority", released_on="2024-03-02"
    ),
    "accidents": rows(POINTS, kind="ordnance", killed=1, year=2020),
    "buildings": rows(BOXES, kind="house", storeys=2),
    "roads": rows(LINES, kind="road", road_class="residential"),
    "works": rows(LINES, kind="pipeline", width_m=2.5),
    "bridges": rows(LINES, kind="bridge"),
    "water": rows(BOXES, kind="other"),
    "protected-sites": rows(BOXES, protected="memorial", organisation_id="heritage-office"),
    "population": rows(BOXES, residents=420, year=2024),
    "damage": rows(
        POINTS, scale="ems98", as_written="Grade 3", ems98="grade_3", observed_on="2024-03-02"
    ),
    "projects": rows(BOXES, kind="school", depth_cm=80),
    "rubble-lots": rows(BOXES, volume_m3=40, state="registered"),
    "places": rows(POINTS, kind="community"),
}
WKT_SYSTEM = 'crs = "EPSG:4326"\n'


def test_every_kind_is_tried() -> None:
    assert set(TABLES) == set(IMPORT_KINDS)


PAIRS = [(kind, format_name) for kind in IMPORT_KINDS for format_name in FORMATS]
# Every kind and every format at least once in each run, all pairs where there is time.
QUICK = {
    (kind, FORMATS[(place + turn) % len(FORMATS)])
    for place, kind in enumerate(IMPORT_KINDS)
    for turn in (0, 3)
}


@pytest.mark.parametrize(
    ("kind", "format_name"),
    [pytest.param(*pair, marks=[] if pair in QUICK else [pytest.mark.slow]) for pair in PAIRS],
)
def test_a_kind_comes_in_by_every_format(kind: str, format_name: str, tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    file = TABLES[kind].write(tmp_path / f"rows.{format_name}")
    more: tuple[object, ...] = ()
    if kind != "imsma" and "wkt" in TABLES[kind].cells()[0] and format_name in {"csv", "xlsx"}:
        more = ("--map", write_text(tmp_path / "system.toml", WKT_SYSTEM))
    taken = keeper.take(file, kind, *more)
    assert (taken.status, taken.answer["accepted"]) == (0, N_ROWS), taken.answer
    assert taken.answer["refused"] == []
    assert taken.after.quarantine == ()
    assert keeper.intact() > 1
    again = keeper.take(file, kind, *more)
    assert (again.status, again.answer["accepted"], again.answer["already"]) == (0, N_ROWS, N_ROWS)
    assert again.after == taken.after


def test_a_depth_comes_with_a_layer_and_what_is_far_off_is_put_aside(tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    far = shapely.box(60, 20, 60.001, 20.001)
    table = rows([*BOXES[:2], far], kind="house", excavation_depth=120)
    taken = keeper.take(table.write(tmp_path / "rows.geojson"), "buildings")
    assert taken.named == [("wire.place.outside", 3, "geometry")]
    assert (taken.answer["accepted"], len(taken.after.quarantine)) == (2, 1)
    store = open_store(keeper.store, entropy=bytes, now_us=lambda: 0)
    contents = [store.blob(layer["sha256"]) for layer in keeper.layers()]
    store.close()
    assert [layer_from(content or b"")[2]["depth_cm"] for content in contents] == [[120, 120]]


# --- formats that hold only some kinds -------------------------------------------------------


def way(number: int, box: shapely.Polygon, **tags: str) -> Way:
    return Way(number, [(x, y) for x, y in box.exterior.coords], tags)


def town(path: Path) -> Path:
    street = Way(9, [(LON_DEG, LAT_DEG), (LON_DEG + 0.01, LAT_DEG)], {"highway": "residential"})
    span = Way(
        10,
        [(LON_DEG + 0.01, LAT_DEG), (LON_DEG + 0.02, LAT_DEG)],
        {"highway": "primary", "bridge": "yes"},
    )
    homes = [way(i + 1, box, building="house") for i, box in enumerate(BOXES)]
    return write_extract(path, [*homes, street, span])


@pytest.mark.parametrize(("kind", "count"), [("buildings", N_ROWS), ("roads", 2)])
def test_an_extract_holds_buildings_and_roads(kind: str, count: int, tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    taken = keeper.take(town(tmp_path / "town.osm.pbf"), kind)
    assert (taken.status, taken.answer["accepted"], taken.answer["refused"]) == (0, count, [])
    assert keeper.intact() == 2


def test_what_is_mapped_and_does_not_stand_is_left_out_and_counted(tmp_path: Path) -> None:
    street = [(LON_DEG, LAT_DEG), (LON_DEG + 0.01, LAT_DEG)]
    tags = ("residential", "proposed", "construction", "construction", "planned", "razed")
    ways = [Way(i + 1, street, {"highway": tag}) for i, tag in enumerate(tags)]
    homes = [
        way(i + 20, box, building=tag)
        for i, (box, tag) in enumerate(
            zip(BOXES, ("construction", "demolished", "no"), strict=True)
        )
    ]
    file = write_extract(tmp_path / "town.osm.pbf", [*ways, *homes])
    keeper = Keeper.new(tmp_path)
    for kind, count, left_out in (
        ("roads", 5, "highway=construction, highway=planned, highway=proposed, highway=razed"),
        ("buildings", 2, "building=demolished, building=no"),
    ):
        taken = keeper.take(file, kind)
        assert (taken.status, taken.answer["accepted"], taken.answer["refused"]) == (0, 1, [])
        (warning,) = taken.answer["warnings"]
        assert warning["code"] == "wire.osm.not-standing"
        assert warning["detail"].startswith(f"{count} things")
        assert left_out in warning["detail"]


@pytest.mark.parametrize("kind", sorted(set(IMPORT_KINDS) - {"buildings", "roads", "imsma"}))
def test_an_extract_holds_nothing_else(kind: str, tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    taken = keeper.refuse(town(tmp_path / "town.osm.pbf"), kind)
    assert taken.named == [("wire.osm.kind", None, None)]


CONSTANTS = {
    "evidence": '[constants]\nkind = "crater"\n',
    "accidents": '[constants]\nkind = "ordnance"\n',
    "places": '[constants]\nkind = "community"\n',
    "population": "[constants]\nresidents = 10\n",
    "damage": '[constants]\nscale = "ems98"\nas_written = "3"\nobserved_on = "2024-03-02"\n',
    "roads": '[constants]\nkind = "road"\n',
}


@pytest.mark.parametrize("kind", sorted(CONSTANTS))
def test_gpx_brings_points_and_tracks(kind: str, tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    table = rows(LINES if kind == "roads" else POINTS)
    mapping = write_text(tmp_path / "constant.toml", CONSTANTS[kind])
    taken = keeper.take(table.write(tmp_path / "walk.gpx"), kind, "--map", mapping)
    assert (taken.status, taken.answer["accepted"]) == (0, N_ROWS), taken.answer
    assert keeper.intact() > 1


@pytest.mark.parametrize("kind", ["hazard-areas", "land-parts", "projects", "buildings"])
def test_gpx_holds_no_outlines(kind: str, tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    taken = keeper.refuse(rows(POINTS).write(tmp_path / "walk.gpx"), kind)
    assert taken.codes == {"geo.shape.type"}
    assert [row for _, row, _ in taken.named] == [1, 2, 3]


def test_a_table_that_is_not_of_imsma_is_asked_about(tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    file = rows(BOXES, **{"class": "sha"}).write(tmp_path / "other.geojson")
    taken = keeper.refuse(file, "imsma")
    assert taken.named == [("wire.mapping.column", None, "hazardtype")]


def test_imsma_and_its_mapping_are_one_way_in(tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    file = TABLES["imsma"].write(tmp_path / "hazards.gpkg")
    first = keeper.take(file, "imsma")
    again = keeper.take(file, "hazard-areas", "--map", "imsma-hazards")
    assert (again.answer["accepted"], again.answer["already"]) == (N_ROWS, N_ROWS)
    # Nothing but that another import told of the same rows.
    assert again.after.head[0] == first.after.head[0] + 1
    assert replace(again.after, head=first.after.head) == first.after
