"""The base map: its tiles are asked for and drawn, and its Arabic names are shaped as Arabic."""

from __future__ import annotations

import base64
import math
import subprocess
import urllib.request
from collections.abc import Iterator
from typing import Any

import mapbox_vector_tile
import numpy as np
import numpy.typing as npt
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from playwright.sync_api import Browser, Page

from tests.browser.conftest import MAP_MS, RAFIQA, Served, make_demo, need_browser, serving
from tests.browser.pixels import DECODE, middle_of_map

Picture = npt.NDArray[np.float64]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
BUILDING, ROAD = "#e3e1dc", "#fbfaf8"
OTHERS = (
    "cha,sha,indication,not_cleared,doubt,reopened,cleared,reduced,cancelled,projects,buildings,"
    "services,structures,accidents,rubble,water,roads,bridges"
)
"""Every row of the key but the base map's."""
ZOOM, EXTENT = 15, 4096
SHARP = 2
"""Pixels of the screen to one of the page: a letter has enough of them to be known by."""
NEAR_PX = 50
NON_JOINER = "\u200c"
PEN = """async ([text, size]) => {
  await document.fonts.load(`${size}px "Rafiqa Label"`, text);
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  pen.font = `${size}px "Rafiqa Label"`;
  canvas.width = Math.ceil(pen.measureText(text).width) + 4;
  canvas.height = Math.ceil(size * 1.9);
  pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#000"; pen.font = `${size}px "Rafiqa Label"`;
  pen.textBaseline = "middle"; pen.fillText(text, 2, canvas.height / 2);
  return canvas.toDataURL("image/png").split(",")[1];
}"""
SIZE = """async data => {
  const picture = new Image();
  picture.src = "data:image/png;base64," + data;
  await picture.decode();
  return [picture.height, picture.width];
}"""


@pytest.fixture
def screen_px() -> float:
    """The pixels are what is looked at here."""
    return 1


@pytest.fixture(scope="module")
def based(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A small demo city served with its reference layers as a base map."""
    need_browser()
    folder = tmp_path_factory.mktemp("based")
    store, base = folder / "demo.rafiqa", folder / "base.pmtiles"
    logins = make_demo(store, 300)
    subprocess.run([*RAFIQA, "tiles", str(store), "--out", str(base)], check=True)
    with serving(store, logins, "--base", str(base)) as running:
        yield running


@pytest.fixture
def sharp(chromium: Browser) -> Iterator[Page]:
    """A page on a screen of twice as many pixels."""
    context = chromium.new_context(
        viewport={"width": 1000, "height": 700},
        device_scale_factor=SHARP,
        bypass_csp=True,
        service_workers="block",
    )
    yield context.new_page()
    context.close()


def test_the_base_map_is_asked_for_and_drawn(based: Served, sharp: Page) -> None:
    tiles: list[bytes] = []
    asked: list[tuple[str, int]] = []

    def heard(answer: Any) -> None:
        if "/tiles/base/" in answer.url:
            asked.append((answer.url, answer.status))
            tiles.append(answer.body() if answer.status == 200 else b"")

    sharp.on("response", heard)
    spot, _ = named_places(based)[0]
    shown(sharp, based, spot, "en")
    assert asked, "no tile of the base map was asked for"
    assert {status for _, status in asked} <= {200, 204}
    assert any(tiles), "every tile is empty"
    drawn = middle_of_map(sharp, 200)
    assert drawn.share(BUILDING, within=6) > 0.02, "no building of the base map is to be seen"
    assert drawn.share(ROAD, within=4) > 0.02, "no road of the base map is to be seen"
    shown(sharp, based, spot, "en", hide="base")
    assert middle_of_map(sharp, 200).share(BUILDING, within=2) < 0.005


def test_an_arabic_name_is_joined_and_runs_from_right_to_left(based: Served, sharp: Page) -> None:
    for spot, names in named_places(based)[:3]:
        name = names["name_ar"]
        shown(sharp, based, spot, "ar")
        ground = darkness(sharp, around(sharp))
        right = likeness(ground, lettered(sharp, name))
        apart = likeness(ground, lettered(sharp, NON_JOINER.join(name)))
        turned = likeness(ground, lettered(sharp, name[::-1]))
        assert right > 0.7, (name, right)
        assert right > max(apart, turned) + 0.1, (name, right, apart, turned)


def named_places(served: Served) -> list[tuple[tuple[float, float], dict[str, str]]]:
    """Where the base map names a neighbourhood, with its names; the first stands most alone."""
    west, south, east, north = served.ask("/tiles/base.json")["bounds"]
    n = 2**ZOOM
    x = int(((west + east) / 2 + 180) / 360 * n)
    lat = math.radians((south + north) / 2)
    y = int((1 - math.asinh(math.tan(lat)) / math.pi) / 2 * n)
    address = f"{served.address}/tiles/base/{ZOOM}/{x}/{y}.mvt"
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310
        tile = mapbox_vector_tile.decode(answer.read(), default_options={"y_coord_down": True})
    found = []
    for feature in tile["places"]["features"]:
        across, down = feature["geometry"]["coordinates"]
        if feature["properties"]["kind"] == "neighbourhood" and 0 < min(across, down) < EXTENT:
            found.append(((across, down), feature["properties"]))
    spots = [np.array(spot) for spot, _ in found]
    alone = [sorted(float(np.hypot(*(a - b))) for b in spots)[1] for a in spots]
    order = sorted(range(len(found)), key=lambda at: -alone[at])
    return [(lonlat(x, y, found[at][0]), found[at][1]) for at in order]


def lonlat(x: int, y: int, spot: tuple[int, int]) -> tuple[float, float]:
    n = 2**ZOOM
    across, down = x + spot[0] / EXTENT, y + spot[1] / EXTENT
    return across / n * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down / n))))


def shown(page: Page, served: Served, spot: tuple[float, float], lang: str, hide: str = "") -> None:
    """The base map alone round a place, or everything hidden."""
    rows = f"{OTHERS},{hide}" if hide else OTHERS
    page.goto(f"{served.address}/?lang={lang}&view={spot[0]:.6f},{spot[1]:.6f},16.5&hide={rows}")
    page.wait_for_selector('html[data-ready="map"]', timeout=MAP_MS)
    page.wait_for_load_state("networkidle", timeout=MAP_MS)


def around(page: Page) -> bytes:
    """A picture of the map round its middle, wide enough for one name."""
    page.wait_for_timeout(800)
    box = page.locator(".maplibregl-canvas").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return page.screenshot(
        clip={
            "x": middle[0] - 2 * NEAR_PX,
            "y": middle[1] - NEAR_PX,
            "width": 4 * NEAR_PX,
            "height": 2 * NEAR_PX,
        }
    )


def lettered(page: Page, text: str) -> Picture:
    """The darkness of a name as the browser itself shapes it, in the map's letters and size."""
    drawn = page.evaluate(PEN, [text, 12.5 * SHARP])
    ink = darkness(page, base64.b64decode(drawn))
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.3), np.flatnonzero(ink.max(axis=0) > 0.3)
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def darkness(page: Page, png: bytes) -> Picture:
    data = base64.b64encode(png).decode()
    height, width = page.evaluate(SIZE, data)
    flat = np.array(page.evaluate(DECODE, data), float).reshape(height, width, 4)
    dark: Picture = 1 - flat[..., :3].mean(axis=2) / 255
    return dark


def likeness(ground: Picture, name: Picture) -> float:
    """How like a name the likest piece of the ground is: a correlation, 1 for the same."""
    pieces = sliding_window_view(ground, name.shape)
    wanted = (name - name.mean()) / name.std()
    against = np.einsum("ijkl,kl->ij", pieces, wanted) / name.size
    spread = pieces.std(axis=(2, 3))
    return float((against / np.maximum(spread, 1e-6)).max())
