"""Unknown is hazard, to the eye: layers that are blank, failed or old never look released."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import pytest
import shapely
from playwright.sync_api import Route, expect
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from tests.browser.conftest import MAP_MS, Desk, Served
from tests.browser.pixels import Pixels, middle_of_map, pixels
from tests.browser.place import features, inside, view

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WAIT_MS = 20_000
ZOOM, SIDE_PX, VIEW_PX, SPOT_PX = 16.0, 300, 340, 40
CLEAR_DEG = 0.0006
"""From land on record, at the zoom of these tests 55 pixels: its words reach as far."""
HIDE = "accidents,projects,services,reopened,buildings,roads,bridges,rubble,water,evidence,tasks"
"""Rows of the key that could lie over the land looked at."""
RELEASED = {"cleared": "#d1e1eb", "reduced": "#e4eff3", "cancelled": "#edeeed"}
"""Tints of released land over the clean sheet of ground on record."""
CLEAN = {"white": "#ffffff", "clean sheet": "#fbfaf7"}
SIGN = "#d6cfc1"
CHA = "#b9512f"
GO = """address => {
  history.pushState(null, "", address);
  dispatchEvent(new PopStateEvent("popstate"));
}"""
Spot = tuple[float, float]


@pytest.fixture
def screen_px() -> float:
    """The pixels are what is looked at here."""
    return 1


def hang(_: Route) -> None:
    """Never answers: the layer stays blank."""


def fail(route: Route) -> None:
    route.fulfill(status=500, content_type="application/problem+json", body="{}")


def withhold(route: Route) -> None:
    route.fulfill(status=404, content_type="application/problem+json", body="{}")


WAYS: dict[str, tuple[str, Callable[[Route], None]]] = {
    "blank": ("**/api/map/**", hang),
    "failed": ("**/api/map/**", fail),
    # A layer that is not given out may be left out only where it shows no hazard.
    "hazard withheld": ("**/api/map/hazards**", withhold),
    "not cleared withheld": ("**/api/map/notcleared**", withhold),
    "in doubt withheld": ("**/api/map/doubt**", withhold),
    "site failed": ("**/api/site**", fail),
}
"""How layers stay away: which addresses, and what becomes of the question."""
QUICK = {("ar", "blank"), ("en", "failed"), ("ar", "hazard withheld")}
SHOWN = [
    pytest.param(
        lang, way, id=f"{lang}-{way}", marks=[] if (lang, way) in QUICK else pytest.mark.slow
    )
    for lang in ("en", "ar")
    for way in WAYS
]


def looks_released(seen: Pixels, *but: str) -> dict[str, float]:
    """What of a piece of the map would be taken for an all-clear, and how much of it."""
    told = {name: seen.share(colour, within=3) for name, colour in (RELEASED | CLEAN).items()}
    greens = sum(g > r + 12 and g > b + 12 for r, g, b in seen.colours)
    told["green"] = greens / len(seen.colours)
    return {name: share for name, share in told.items() if share and name not in but}


def released(served: Served) -> Spot:
    return inside(features(served, "parts", outcome="cleared")[0])


def query(spot: Spot, lang: str, **more: str) -> dict[str, Any]:
    return {"lang": lang, "view": view(spot, ZOOM), "hide": HIDE} | more


@pytest.mark.parametrize(("lang", "way"), SHOWN)
def test_layers_that_did_not_come_look_like_ground_of_which_nothing_is_known(
    town_desk: Desk, lang: str, way: str
) -> None:
    page = town_desk.page
    spot = released(town_desk.served)
    page.route(*WAYS[way])
    asked = "&".join(f"{name}={value}" for name, value in query(spot, lang).items())
    page.goto(f"{town_desk.served.address}/?{asked}")
    if way == "site failed":  # where the map would be, nothing is drawn at all
        stage = page.locator(".stage .map")
        stage.wait_for(timeout=MAP_MS)
        expect(page.get_by_role("alert").first).to_be_visible(timeout=WAIT_MS)
        box = stage.bounding_box()
        assert box is not None
        clip = {
            "x": box["x"] + box["width"] / 2 - 60,
            "y": box["y"] + 200,
            "width": 120,
            "height": 200,
        }
        assert looks_released(pixels(page, page.screenshot(clip=clip))) == {}  # type: ignore[arg-type]
    else:
        page.wait_for_selector(".maplibregl-canvas", timeout=MAP_MS)
        if way != "blank":
            expect(page.locator(".notice.bad").first).to_be_visible(timeout=WAIT_MS)
        page.wait_for_timeout(2_000)
        seen = middle_of_map(page, SIDE_PX)
        assert looks_released(seen) == {}
        assert seen.share(SIGN, within=12) > 0.003, "an empty sheet would look all clear"
    expect(page.locator(".unrecorded").first).to_be_visible(timeout=WAIT_MS)
    # What was kept away is complained of by the browser; it is no fault of the page.
    town_desk.complaints.clear()


def on_record(served: Served) -> BaseGeometry:
    """All land on record, in degrees."""
    layers = ("hazards", "parts", "doubt", "notcleared")
    found = [each for name in layers for each in served.ask(f"/api/map/{name}")["features"]]
    return shapely.union_all([shape(each["geometry"]) for each in found])


def at(middle: Spot, away_px: tuple[float, float]) -> Spot:
    """The place so many pixels right of and below the middle of the map."""
    degrees = 360 / (512 * 2**ZOOM)
    squeeze = math.cos(math.radians(middle[1]))
    return middle[0] + away_px[0] * degrees, middle[1] - away_px[1] * degrees * squeeze


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_an_old_picture_says_that_it_is_old_and_its_unknown_ground_stays_unknown(
    town_desk: Desk, lang: str
) -> None:
    served = town_desk.served
    spot = released(served)
    hazard = inside(features(served, "hazards", **{"class": "cha"})[0])
    middle = (spot[0] + hazard[0]) / 2, (spot[1] + hazard[1]) / 2
    page = town_desk.open(**query(middle, lang))
    before = middle_of_map(page, VIEW_PX)
    assert before.share(RELEASED["cleared"], within=3) > 0.003, "the measure sees released land"
    assert before.share(CHA) > 0.003
    page.route("**/api/**", lambda route: route.abort())
    # Another day is asked, and nobody answers: the picture of before stays.
    first = served.ask("/api/site")["first_valid_at"]
    asked = "&".join(f"{k}={v}" for k, v in query(middle, lang, valid_at=first).items())
    page.evaluate(GO, f"/?{asked}")
    expect(page.locator('.stage[data-stale="true"]')).to_be_visible(timeout=WAIT_MS)
    expect(page.locator(".notice.bad").first).to_be_visible()
    after = middle_of_map(page, VIEW_PX)
    assert after.share(CHA) >= 0.9 * before.share(CHA), "what was hazard does not go"
    land = on_record(served)
    unknown = [
        offset
        for offset in itertools.product(range(-140, 141, 70), range(-220, 221, 55))
        if land.distance(shapely.Point(at(middle, offset))) > CLEAR_DEG
    ]
    assert unknown, "no unknown ground in sight"
    wrong = {each: looks_released(middle_of_map(page, SPOT_PX, each)) for each in unknown[:4]}
    assert not any(wrong.values()), wrong
    frame = page.locator(".stage").evaluate("e => getComputedStyle(e, '::before').borderTopColor")
    assert frame == "rgb(156, 31, 63)", "old is seen at a glance"
    town_desk.complaints.clear()
