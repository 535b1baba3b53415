"""The clients that people have read /ogc: GDAL by pyogrio, ogrinfo and ogr2ogr, OWSLib, QGIS."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyogrio
import pytest
import shapely

from rafiqa.wire.featurecrs import CRS84, systems
from tests.city import ORIGIN, PASSWORD, small_city
from tests.unit.cli.test_serve import serving

UTM = systems(ORIGIN.lon_deg, ORIGIN.lat_deg)[3]
QGIS_PYTHON = "/usr/bin/python3"
pytestmark = pytest.mark.slow
needs_gdal = pytest.mark.skipif(
    shutil.which("ogr2ogr") is None,
    reason="GDAL's commands are not here (apt-get install gdal-bin)",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("ogc")
    small_city(folder).store.close()
    with serving(folder / "small.rafiqa") as (server, port):
        assert server.stdout is not None
        server.stdout.readline()
        yield f"http://127.0.0.1:{port}/ogc"


@pytest.fixture(scope="module")
def key(address: str) -> str:
    """A session's token, as a client sends it that cannot keep a cookie."""
    body = {"email": "first", "password": PASSWORD}
    answer = httpx.post(f"{address.removesuffix('/ogc')}/v1/sessions", json=body)
    token: str = answer.json()["token"]
    return token


def own(address: str, collection: str, **query: str) -> dict[str, Any]:
    """Our own list: every feature by id."""
    path = f"{address}/collections/{collection}/items"
    answer = httpx.get(path, params={"limit": "10000", "f": "json", **query})
    assert answer.status_code == 200, answer.text
    return {each["id"]: each for each in answer.json()["features"]}


def shape(feature: dict[str, Any]) -> Any:
    told = feature["geometry"]
    return None if told is None else shapely.from_geojson(json.dumps(told))


def same(read: dict[str, Any], expected: dict[str, Any], within: float) -> None:
    """The same ids, and of each the same place."""
    assert set(read) == set(expected)
    assert expected
    for feature_id, other in read.items():
        place = shape(expected[feature_id])
        if place is None:
            assert other is None
        else:
            assert shapely.hausdorff_distance(shapely.normalize(other), place) < within, feature_id


def frame(address: str, layer: str, **options: Any) -> dict[str, Any]:
    """What pyogrio reads, by id; pages of five, so that it turns many."""
    meta, _, shapes, columns = pyogrio.raw.read(f"OAPIF:{address}", layer=layer, **options)
    ids = columns[list(meta["fields"]).index("id")]
    return dict(zip(ids.tolist(), shapely.from_wkb(shapes), strict=True))


@pytest.mark.parametrize("layer", ["areas", "parts", "assets", "projects"])
def test_pyogrio_turns_the_pages(address: str, layer: str) -> None:
    same(frame(address, layer, PAGE_SIZE="5"), own(address, layer), 1e-7)


def test_pyogrio_lists_what_everybody_may_see(address: str) -> None:
    listed = pyogrio.list_layers(f"OAPIF:{address}")
    assert sorted(listed[:, 0].tolist()) == ["areas", "assets", "parts", "projects"]


def test_pyogrio_reads_a_box_and_a_property(address: str) -> None:
    box = (39.009, 35.949, 39.0115, 35.951)
    inside = own(address, "assets", bbox=",".join(map(str, box)))
    assert 0 < len(inside) < len(own(address, "assets"))
    same(frame(address, "assets", bbox=box, PAGE_SIZE="3"), inside, 1e-7)
    houses = own(address, "assets", filter="kind = 'house'")
    assert set(frame(address, "assets", where="kind = 'house'", PAGE_SIZE="7")) == set(houses)


@pytest.mark.parametrize("crs", [UTM.code, "EPSG:3857"])
def test_pyogrio_turns_the_pages_in_metres_with_a_filter(address: str, crs: str) -> None:
    uri = f"http://www.opengis.net/def/crs/EPSG/0/{crs.removeprefix('EPSG:')}"
    read = frame(address, "assets", CRS=crs, PAGE_SIZE="9", where="kind = 'house'")
    expected = own(address, "assets", crs=uri, filter="kind = 'house'")
    assert all(abs(place.centroid.y) > 1_000 for place in read.values())
    same(read, expected, 2e-3)


def test_pyogrio_reads_latitude_first_as_it_is_meant(address: str) -> None:
    read = frame(address, "areas", CRS="EPSG:4326")
    same(read, own(address, "areas"), 1e-7)


def test_pyogrio_shows_a_session(address: str, key: str) -> None:
    pyogrio.set_gdal_config_options({"GDAL_HTTP_COOKIE": f"rafiqa_session={key}"})
    try:
        assert set(frame(address, "evidence")) == {"E1", "E2", "E3"}
    finally:
        pyogrio.set_gdal_config_options({"GDAL_HTTP_COOKIE": None})


def ogr2ogr(address: str, layer: str, out: Path, *more: str) -> dict[str, Any]:
    subprocess.run(
        ["ogr2ogr", "-f", "GPKG", str(out), f"OAPIF:{address}", layer, *more],
        check=True,
        capture_output=True,
        timeout=120,
    )
    meta, _, shapes, columns = pyogrio.raw.read(out, layer=layer)
    ids = columns[list(meta["fields"]).index("id")]
    return dict(zip(ids.tolist(), shapely.from_wkb(shapes), strict=True))


@needs_gdal
def test_debians_ogrinfo_reads_fields_and_types(address: str) -> None:
    told = subprocess.run(
        ["ogrinfo", "-so", f"OAPIF:{address}", "areas"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout
    for line in ("class: String", "observed_on: Date", "area_m2: Real", "Feature Count: 3"):
        assert line in told


@needs_gdal
@pytest.mark.parametrize("more", [(), ("-where", "kind = 'house'")], ids=["all", "filter"])
def test_debians_ogr2ogr_turns_the_pages(
    address: str, more: tuple[str, ...], tmp_path: Path
) -> None:
    read = ogr2ogr(address, "assets", tmp_path / "a.gpkg", *more, "-oo", "PAGE_SIZE=9")
    query = {"filter": "kind = 'house'"} if more else {}
    same(read, own(address, "assets", **query), 1e-7)


def test_owslib_reads_collections_queryables_and_pages(address: str) -> None:
    features = pytest.importorskip("owslib.ogcapi.features").Features(address)
    assert sorted(features.feature_collections()) == ["areas", "assets", "parts", "projects"]
    assert (
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
        in (features.conformance()["conformsTo"])
    )
    assert set(features.collection_queryables("areas")["properties"]) >= {"class", "geometry"}
    assert features.api()["openapi"].startswith("3.0")
    for crs in (CRS84, UTM):
        read: dict[str, Any] = {}
        for offset in range(0, 100, 20):
            page = features.collection_items(
                "assets", limit=20, offset=offset, crs=crs.uri, filter="kind = 'house'"
            )
            assert page["numberMatched"] == 59
            read |= {each["id"]: shape(each) for each in page["features"]}
        within = 1e-7 if crs is CRS84 else 2e-3
        same(read, own(address, "assets", crs=crs.uri, filter="kind = 'house'"), within)
    assert features.collection_item("areas", "H1")["properties"]["class"] == "cha"


QGIS = """
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
found = {}
for name, more in json.loads(sys.argv[2]):
    uri = f"url='{sys.argv[1]}' typename='{name}' {more}"
    layer = QgsVectorLayer(uri, name, "OAPIF")
    assert layer.isValid(), (name, layer.error().message())
    features = list(layer.getFeatures())
    found[name + more] = {
        "crs": layer.crs().authid(),
        "fields": [field.name() for field in layer.fields()],
        "wkt": {f["id"]: f.geometry().asWkt(9) for f in features},
    }
print("FOUND" + json.dumps(found))
app.exitQgis()
"""


def test_qgis_reads_layers_with_a_filter(address: str, tmp_path: Path) -> None:
    there = subprocess.run(
        [QGIS_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False
    )
    if there.returncode:
        pytest.skip("QGIS is not installed (apt-get install python3-qgis)")
    script = tmp_path / "read.py"
    script.write_text(QGIS)
    asked = [("areas", ""), ("assets", "pageSize='11'"), ("parts", ""), ("projects", "")]
    done = subprocess.run(
        [QGIS_PYTHON, str(script), address, json.dumps(asked)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    line = next((each for each in done.stdout.splitlines() if each.startswith("FOUND")), None)
    assert line is not None, done.stdout[-2_000:] + done.stderr[-2_000:]
    found = json.loads(line.removeprefix("FOUND"))
    for name, more in asked:
        told = found[name + more]
        assert told["crs"] in {"OGC:CRS84", "EPSG:4326"}
        assert "id" in told["fields"]
        read = {
            feature_id: None if not wkt else shapely.from_wkt(wkt)
            for feature_id, wkt in told["wkt"].items()
        }
        same(read, own(address, name), 1e-7)


def test_projected_pages_are_the_same_ground(address: str) -> None:
    """A client that asks for metres gets, page by page, the ground that degrees give."""
    degrees = own(address, "assets", filter="kind = 'house'")
    shapes = np.array([shape(each) for each in degrees.values()], dtype=object)
    expected = dict(zip(degrees, UTM.of_lonlat(shapes), strict=True))
    url: str | None = (
        f"{address}/collections/assets/items?limit=13&crs={UTM.uri}&filter=kind%20%3D%20%27house%27"
    )
    read: dict[str, Any] = {}
    while url:
        page = httpx.get(url)
        assert page.headers["content-crs"] == f"<{UTM.uri}>"
        read |= {each["id"]: shape(each) for each in page.json()["features"]}
        url = next((each["href"] for each in page.json()["links"] if each["rel"] == "next"), None)
    assert set(read) == set(expected)
    for feature_id, place in read.items():
        assert shapely.hausdorff_distance(place, expected[feature_id]) < 3e-3
