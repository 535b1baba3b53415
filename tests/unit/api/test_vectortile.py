"""Every layer of the map as tiles: the same things, the same access, and no way to break in."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write
from starlette.applications import Starlette

from rafiqa.api import make_app
from rafiqa.api.problem import MEDIA_TYPE
from rafiqa.api.site import base_map_of
from rafiqa.api.tilelayer import TILE_LAYERS
from rafiqa.geo import GridShape
from rafiqa.land import LandReopened, LotInspected
from rafiqa.service import Office, Stamp, inspect_lot, reopen_land
from rafiqa.wire.instant import iso
from rafiqa.wire.pmtiles import TileArchive
from tests.city import DAY_US, FIRST, INSPECTOR, START_US, Clock, Draws
from tests.unit.api.client import Client

HERE = (14, 9967, 6436)
SHARED = ("hazards", "parts", "notcleared", "projects", "accidents", "rubble")
STAFF = ("tasks", "evidence", "reports")


def path(layer: str, zoom: int = 14) -> str:
    z, x, y = HERE
    return f"/tiles/{layer}/{zoom}/{x >> z - zoom}/{y >> z - zoom}.mvt"


def features(client: Client, address: str) -> list[dict[str, Any]]:
    answer = client.get(address)
    assert answer.status_code == 200
    layers = mapbox_vector_tile.decode(answer.content)
    return [item for layer in layers.values() for item in layer["features"]]


@pytest.mark.parametrize("layer", [*SHARED, *STAFF])
@pytest.mark.parametrize("who", ["anybody", "staff"])
def test_a_tile_holds_what_the_map_layer_holds(
    layer: str, who: str, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(who)
    on_map = client.get(f"/api/map/{layer}").json()["features"]

    def said(properties: dict[str, Any]) -> str:
        told = {
            key: json.dumps(value, separators=(",", ":"), ensure_ascii=False)
            if isinstance(value, list)
            else value
            for key, value in properties.items()
            if value is not None
        }
        return json.dumps(told, sort_keys=True, default=str)

    in_tile = features(client, path(layer))
    wanted = sorted(said(item["properties"]) for item in on_map)
    assert sorted(said(item["properties"]) for item in in_tile) == wanted
    assert bool(wanted) == (who == "staff" or layer not in STAFF)


@pytest.mark.parametrize("layer", STAFF)
def test_what_is_for_staff_is_not_told_to_others_by_bounds_either(
    layer: str, anybody: Client, staff: Client
) -> None:
    assert "bounds" not in anybody.get(f"/tiles/{layer}.json").json()
    assert "bounds" in staff.get(f"/tiles/{layer}.json").json()
    assert anybody.get(path(layer)).content == b""


def test_hazard_is_on_every_zoom(anybody: Client) -> None:
    classes = {item["properties"]["class"] for item in features(anybody, path("hazards"))}
    for zoom in range(15):
        shown = features(anybody, path("hazards", zoom))
        assert {item["properties"]["class"] for item in shown} == classes, zoom
        for item in shown:
            ring = item["geometry"]["coordinates"]
            while isinstance(ring[0][0], list):
                ring = ring[0]
            for axis in (0, 1):
                values = [place[axis] for place in ring]
                assert max(values) - min(values) >= 8


def test_areas_are_whole_and_of_their_worst(anybody: Client) -> None:
    listed = {each["area_id"]: each for each in anybody.get("/api/areas").json()["areas"]}
    shown = {item["properties"]["area_id"]: item for item in features(anybody, path("areas"))}
    assert shown.keys() == listed.keys()
    for area_id, item in shown.items():
        assert item["properties"]["class"] == listed[area_id]["class"]


def test_ground_in_doubt_after_a_failed_lot_is_drawn_nowhere_as_released(
    own_app: Starlette, own_city: Office
) -> None:
    client = Client(own_app)

    def areas_drawn() -> set[tuple[str, ...]]:
        on_map = client.get("/api/map/parts").json()["features"]
        told = [item["properties"] for item in on_map]
        tiles = [item["properties"] for item in features(client, path("parts"))]
        assert {each["area_id"] for each in told} == {each["area_id"] for each in tiles}
        return {tuple(each["area_ids"]) for each in told}

    before = areas_drawn()
    assert ("H1",) in before
    # The same hands left something in H3.
    lot = LotInspected(
        "L9",
        "quality",
        False,
        START_US,
        own_city.now_us(),
        ("P4",),
        ("W3",),
        inspected_id="deminers",
    )
    assert inspect_lot(own_city, INSPECTOR, lot).done
    assert ("H1",) not in areas_drawn()


def test_assets_are_of_every_kind_with_their_gate(anybody: Client) -> None:
    shown = [item["properties"] for item in features(anybody, path("assets"))]
    assert {"buildings", "roads"} <= {each["layer"] for each in shown}
    for each in shown:
        ruled = anybody.get(f"/api/assets/{each['asset_id']}").json()["gate"]["outcome"]
        assert each["gate"] == ruled


@pytest.mark.parametrize("layer", TILE_LAYERS)
def test_a_layer_says_what_its_tiles_hold(layer: str, anybody: Client, staff: Client) -> None:
    for client in (anybody, staff):
        told = client.get(f"/tiles/{layer}.json?valid_at=2026-02-20&lang=ar").json()
        assert told["tilejson"] == "3.0.0"
        address = f"http://desk.test/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt"
        assert told["tiles"] == [f"{address}?valid_at=2026-02-20&lang=ar"]
        (inside,) = told["vector_layers"]
        assert inside["id"] == layer
        for item in features(client, path(layer)):
            assert item["properties"].keys() <= inside["fields"].keys()
        if "bounds" in told:
            west, south, east, north = told["bounds"]
            assert 38.9 < west <= east < 39.1
            assert 35.9 < south <= north < 36


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/tiles/hazards/a/1/1.mvt", 404),
        ("/tiles/hazards/-1/0/0.mvt", 404),
        ("/tiles/hazards/3/8/0.mvt", 404),
        ("/tiles/hazards/3/0/8.mvt", 404),
        ("/tiles/hazards/19/0/0.mvt", 404),
        ("/tiles/hazards/1e1/0/0.mvt", 404),
        ("/tiles/hazards/٣/0/0.mvt", 404),
        ("/tiles/hazards/3/1.5/0.mvt", 404),
        (f"/tiles/hazards/{'9' * 5_000}/0/0.mvt", 404),
        (f"/tiles/buildings/14/{'9' * 5_000}/0.mvt", 404),
        ("/tiles/hazards/14/%00/1.mvt", 404),
        ("/tiles/hazards/14/1/.mvt", 404),
        ("/tiles/hazards/14/1/1.png", 404),
        ("/tiles/nothing/14/1/1.mvt", 404),
        ("/tiles/base/14/1/1.mvt", 404),
        ("/tiles/%ff/14/1/1.mvt", 404),
        ("/tiles/..%2f..%2fetc.json", 404),
        ("/tiles/nothing.json", 404),
        ("/tiles/base.json", 404),
        (f"{path('hazards')}?valid_at=yesterday", 400),
        (f"{path('hazards')}?validat=2026-01-01", 400),
        (f"{path('hazards')}?valid_at=2026-01-01&valid_at=2026-01-02", 400),
        ("/tiles/hazards.json?known_at=9999-01-01", 400),
    ],
)
def test_an_address_that_is_none_is_a_problem(address: str, status: int, anybody: Client) -> None:
    answer = anybody.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json()["status"] == status


def test_a_host_that_is_none_is_not_written_down(anybody: Client) -> None:
    told = anybody.get("/tiles/hazards.json", Host='x"><script>').json()
    assert told["tiles"] == ["/tiles/hazards/{z}/{x}/{y}.mvt"]


def test_a_tile_that_is_still_so_is_not_sent_again(anybody: Client, staff: Client) -> None:
    answer = anybody.get(path("hazards"))
    assert answer.headers["cache-control"] == "public, no-cache"
    assert "Accept-Encoding" in answer.headers["vary"]
    again = anybody.get(path("hazards"), **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "public, no-cache"
    assert staff.get(path("hazards")).headers["cache-control"] == "private, no-cache"
    past = anybody.get(path("hazards") + "?valid_at=2026-01-20&known_at=2026-01-20")
    assert past.headers["cache-control"] == "public, max-age=86400"
    open_end = anybody.get(path("hazards") + "?valid_at=2026-01-20")
    assert open_end.headers["cache-control"] == "public, no-cache"


def test_a_tile_is_as_true_and_as_known_at_any_two_times(
    own_city: Office, own_app: Starlette, clock: Clock
) -> None:
    client = Client(own_app)
    before = iso(own_city.now_us())

    def released(query: str = "") -> int:
        return len(features(client, path("parts") + query))

    n = released()
    assert n > released("?valid_at=2026-01-03") == 0
    clock.sleep_days(1)
    back = LandReopened("late", GridShape.box(0, 0, 50_000, 100_000), "missed_item")
    assert reopen_land(own_city, FIRST, back, Stamp(valid_at_us=START_US + 25 * DAY_US)).done
    assert released() < n
    assert released(f"?known_at={before}") == n
    shown = [item["properties"] for item in features(client, path("hazards"))]
    assert sum(each["reopened"] for each in shown) > 0


@pytest.fixture
def base(tmp_path: Path) -> Path:
    file = tmp_path / "base.pmtiles"
    tile = mapbox_vector_tile.encode(
        [{"name": "roads", "features": [{"geometry": "POINT(5 5)", "properties": {"kind": "x"}}]}]
    )
    with write(str(file)) as writer:
        writer.write_tile(zxy_to_tileid(*HERE), gzip.compress(tile, mtime=0))
        header = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": 390_000_000,
            "min_lat_e7": 359_000_000,
            "max_lon_e7": 391_000_000,
            "max_lat_e7": 360_000_000,
            "center_zoom": 14,
            "center_lon_e7": 390_500_000,
            "center_lat_e7": 359_500_000,
        }
        layers = [{"id": "roads", "fields": {"kind": "String"}}]
        writer.finalize(header, {"name": "Base", "vector_layers": layers})
    return file


def test_a_file_of_tiles_is_served_beside(city: Office, base: Path) -> None:
    archive = TileArchive.open(base)
    client = Client(make_app(city, now_us=city.now_us, entropy=Draws(), base=archive))
    try:
        (feature,) = features(client, path("base"))
        assert feature["properties"] == {"kind": "x"}
        assert client.get("/tiles/base/14/0/0.mvt").content == b""
        assert client.get("/tiles/base/13/0/0.mvt").status_code == 404
        told = client.get("/tiles/base.json").json()
        assert told["bounds"] == [39, 35.9, 39.1, 36]
        assert told["vector_layers"][0]["id"] == "roads"
    finally:
        archive.close()


def test_the_desk_and_the_public_page_are_told_of_the_base_map(city: Office, base: Path) -> None:
    without = Client(make_app(city, now_us=city.now_us, entropy=Draws()))
    assert without.get("/api/site").json()["base"] is None
    assert "rafiqa-base" not in without.get("/public").text
    archive = TileArchive.open(base)
    client = Client(make_app(city, now_us=city.now_us, entropy=Draws(), base=archive))
    try:
        told = client.get("/api/site").json()["base"]
        assert told == {"first_zoom": 14, "last_zoom": 14, "layers": ["roads"]}
        for page in ("/public", "/public/ar.html"):
            assert '<meta name="rafiqa-base" content="14 14 roads">' in client.get(page).text
        # Whatever a stranger's archive says of itself, the desk opens.
        for about in ("x", 3, [1, {"id": "a b"}, {"id": None}, {}]):
            archive.about = {"vector_layers": about}
            told = base_map_of(archive)
            assert told.layers == []
    finally:
        archive.close()
