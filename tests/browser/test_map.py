"""The map as it is seen: hazards are painted, released land is told apart, nothing looks clear."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Desk
from tests.browser.pixels import middle_of_map
from tests.browser.place import CLUTTER, features, inside, unrecorded, view

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
STROKES = {"cha": "#b9512f", "sha": "#c08031"}
"""The strokes of the hatchings over their tints."""
CLEARED = "#d1e1eb"
RECORDED = "#fbfaf7"
PAPER = "#f1efe8"
SIGN = "#d6cfc1"


@pytest.fixture
def screen_px() -> float:
    """The pixels are what is looked at here."""
    return 1


@pytest.mark.parametrize("hazard", STROKES)
def test_a_hazard_is_painted_in_the_hatching_of_its_class(desk: Desk, hazard: str) -> None:
    spot = inside(features(desk.served, "hazards", **{"class": hazard})[0])
    desk.open(view=view(spot), hide=CLUTTER)
    drawn = middle_of_map(desk.page)
    assert drawn.share(STROKES[hazard]) > 0.12, "the hazard is not to be seen"
    assert drawn.share(PAPER, within=6) < 0.02
    desk.open(view=view(spot), hide=f"{CLUTTER},{hazard}")
    assert middle_of_map(desk.page).share(STROKES[hazard]) == 0
    assert desk.page.locator(".notice.warn").is_visible(), "hidden hazards must be said aloud"


def test_a_small_hazard_keeps_a_mark_when_the_whole_city_is_shown(desk: Desk) -> None:
    smallest = features(desk.served, "hazards", **{"class": "cha"})[-1]
    desk.open(view=view(inside(smallest), 13), hide=CLUTTER)
    assert middle_of_map(desk.page, 12).share("#a82c02") > 0.2


def test_released_land_is_of_another_colour_and_has_no_hazard(desk: Desk) -> None:
    spot = inside(features(desk.served, "parts", outcome="cleared")[0])
    desk.open(view=view(spot), hide=CLUTTER)
    drawn = middle_of_map(desk.page)
    assert drawn.share(CLEARED, within=12) > 0.6
    assert all(drawn.share(stroke) == 0 for stroke in STROKES.values())


def test_ground_not_on_record_does_not_look_clear(desk: Desk) -> None:
    desk.open(view=view(unrecorded(desk.served)), hide=CLUTTER)
    drawn = middle_of_map(desk.page, 120)
    assert drawn.share(SIGN, within=12) > 0.005, "the sheet is empty: it would look all clear"
    assert drawn.share(CLEARED, within=6) == 0
    assert drawn.share(RECORDED, within=3) == 0
    assert desk.page.locator(".unrecorded").is_visible(), "the key must say what the sign means"


def test_before_the_clearance_the_same_ground_is_not_painted_as_cleared(desk: Desk) -> None:
    part = features(desk.served, "parts", outcome="cleared")[0]
    at = f"{part['properties']['since'][:4]}-01-01T00:00:00Z"
    first = desk.served.ask("/api/site")["first_valid_at"]
    desk.open(view=view(inside(part)), hide=CLUTTER, valid_at=min(at, first))
    assert middle_of_map(desk.page).share(CLEARED, within=12) == 0
    assert desk.page.locator('.time[data-past="true"]').is_visible()


def test_the_scale_bar_is_as_long_as_it_says(desk: Desk) -> None:
    page = desk.open(view="0,0,16")
    bar = page.locator(".scale")
    metres_per_px = 40_075_016.686 / 512 / 2**16
    width_px = bar.evaluate("bar => parseFloat(getComputedStyle(bar).inlineSize)")
    said_m = float(bar.inner_text().split()[0])
    assert said_m == pytest.approx(width_px * metres_per_px, rel=0.02)
