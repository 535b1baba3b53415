"""Drawing at the desk: by mouse, by keyboard, by places, by bearing and distance; on record."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk
from tests.browser.test_desk import AXE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
RING = "38.549,34.899;38.552,34.899;38.552,34.901"
WORDS = {
    "en": {"close": "Close the outline", "undo": "Undo", "redo": "Redo", "take": "Take this"},
    "ar": {"close": "إغلاق الحدود", "undo": "تراجع", "redo": "إعادة", "take": "اعتماد هذا"},
}


def figure(page: Page) -> float:
    told = page.locator(".dock-area").inner_text()
    return float(re.sub(r"[^\d.]", "", told.replace("m²", "").replace("م²", "")) or 0)


def begin(desk: Desk, lang: str = "en", **query: str) -> Page:
    page = desk.open(lang=lang, view="38.55,34.9,16")
    desk.sign_in("authority1")
    page.goto(
        page.url + "&work=draw" + "".join(f"&{name}={value}" for name, value in query.items())
    )
    page.wait_for_selector('html[data-ready="map"]', timeout=90_000)
    return page


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_an_outline_is_drawn_by_mouse_measured_as_it_grows_and_taken_back(
    desk: Desk, lang: str
) -> None:
    words = WORDS[lang]
    page = begin(desk, lang)
    page.wait_for_selector(".dock")
    box = page.locator(".maplibregl-canvas").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for dx, dy in ((-60, -60), (60, -60), (60, 60)):
        page.mouse.move(x + dx, y + dy)
        page.mouse.click(x + dx, y + dy)
    page.mouse.move(x - 60, y + 60)
    expect(page.locator(".dock-live")).to_contain_text("4")
    grown = figure(page)
    assert grown > 0
    page.mouse.click(x - 60, y + 60)
    page.get_by_role("button", name=words["undo"], exact=True).click()
    assert figure(page) < grown
    page.get_by_role("button", name=words["redo"], exact=True).click()
    page.get_by_role("button", name=words["close"], exact=True).click()
    expect(page.locator(".lies-over")).to_be_visible(timeout=20_000)
    # The server measures the same outline to within a square metre or a hundred-thousandth.
    assert abs(figure(page) - grown) <= max(1.0, grown * 0.01)
    page.get_by_role("button", name=words["take"], exact=True).click()
    expect(page.locator(".sheet.draw .lies-over")).to_be_visible(timeout=20_000)
    assert re.search(r"drawn=38\.\d+,34\.\d+;", page.url)


@pytest.mark.slow
def test_corners_are_set_by_keyboard_alone(desk: Desk) -> None:
    page = begin(desk)
    page.wait_for_selector(".dock")
    page.locator(".maplibregl-canvas").focus()
    for steps in ("", "ArrowRight", "ArrowDown"):
        if steps:
            before = page.url
            page.keyboard.press(steps)
            # The address follows once the map has come to rest.
            page.wait_for_function("before => location.href !== before", arg=before)
        page.keyboard.press("Enter")
    expect(page.locator(".dock-live")).to_contain_text("corners: 3")
    page.keyboard.press("Backspace")
    expect(page.locator(".dock-live")).to_contain_text("corners: 2")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Close the outline").press("Enter")
    expect(page.locator(".dock-live")).to_contain_text("measured by the server", timeout=20_000)
    page.locator(".dock").press("Control+z")
    expect(page.locator(".dock-live")).to_contain_text("corners: 0")
    page.locator(".dock").press("Control+y")
    expect(page.locator(".dock-live")).to_contain_text("corners: 3")


@pytest.mark.slow
def test_places_and_bearings_are_typed_and_a_slip_is_told(desk: Desk) -> None:
    page = begin(desk)
    page.get_by_role("button", name="List of places").click()
    page.locator(".dock-list textarea").fill("34.9, 38.55\nthe old mill")
    expect(page.get_by_role("alert")).to_contain_text("the old mill")
    page.locator(".dock-list textarea").fill(
        "34.9, 38.55\n34°54'3.6\"N 38°33'0\"E\n34.901, 38.552\n34.9, 38.552"
    )
    page.get_by_role("button", name="Draw these").click()
    expect(page.locator(".dock-live")).to_contain_text("measured by the server", timeout=20_000)
    drawn = figure(page)
    assert 18_000 < drawn < 22_000
    page.get_by_role("button", name="Bearing and distance").click()
    for row, (bearing, distance) in enumerate(((0, 100), (90, 100), (180, 100), (91, 100)), 1):
        page.get_by_label(f"Bearing, degrees {row}").fill(str(bearing))
        page.get_by_label(f"Distance, m {row}").fill(str(distance))
    put = page.get_by_role("button", name="Draw this walk")
    expect(page.locator(".dock-walk")).to_contain_text("need the declination")
    expect(put).to_be_disabled()
    page.get_by_label("Declination").fill("5.2")
    expect(page.get_by_role("alert")).to_contain_text("misses the start by 199.99 m")
    expect(put).to_be_disabled()
    page.get_by_label("Bearing, degrees 4").fill("271")
    put.click()
    expect(page.locator(".dock-live")).to_contain_text("measured by the server", timeout=20_000)
    assert abs(figure(page) - 10_000) < 2


@pytest.mark.slow
def test_an_area_goes_on_record_with_what_it_rests_on(desk: Desk) -> None:
    before = len(desk.served.ask("/api/areas")["areas"])
    page = begin(desk, drawn=RING)
    form = page.locator(".sheet.draw")
    form.get_by_label("Name").fill("Behind the mill")
    form.get_by_label("In words").fill("two shells lie in the ditch")
    form.get_by_role("button", name="Go on").click()
    expect(form).to_contain_text("Behind the mill")
    form.get_by_role("button", name="Put it on record").click()
    expect(page.locator(".sheet .area h2")).to_have_text("Behind the mill", timeout=30_000)
    assert len(desk.served.ask("/api/areas")["areas"]) == before + 1
    expect(page.locator(".acts")).to_contain_text("Change the outline")
    # Its outline is changed by hand from its own sheet, and the address says which area it is.
    page.get_by_role("button", name="Change the outline").click()
    page.wait_for_selector(".dock", timeout=20_000)
    expect(page.locator(".dock-live")).to_contain_text("corners: 3", timeout=20_000)
    assert "drawn_for=A-" in page.url
    page.go_back()
    expect(page.locator(".sheet .area h2")).to_have_text("Behind the mill", timeout=30_000)


@pytest.mark.slow
def test_the_account_keeps_to_a_boundary_that_is_drawn(desk: Desk) -> None:
    ring = "38.50,34.86;38.60,34.86;38.60,34.94;38.50,34.94"
    page = desk.open(account="open", boundary=ring)
    expect(page.locator("dialog.account tfoot")).to_be_visible(timeout=30_000)
    expect(page.locator(".statement")).to_contain_text("drawn")
    page.get_by_role("button", name="Everything again").click()
    expect(page.locator(".statement")).not_to_contain_text("drawn", timeout=30_000)
    page.get_by_role("button", name="Only within a boundary").click()
    expect(page.locator(".dock")).to_be_visible(timeout=20_000)
    page.locator(".dock").get_by_role("button", name="Cancel").click()
    expect(page.locator("dialog.account")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_axe_finds_nothing_while_somebody_draws(desk: Desk, lang: str) -> None:
    page = begin(desk, lang, drawn=RING)
    page.wait_for_selector(".sheet.draw form")
    page.locator(".sheet.draw .buttons button").first.click()
    page.wait_for_selector(".dock .lies-over")
    page.locator(".dock-ways button").nth(2).click()
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    told = [
        (item["id"], item["impact"], [node["target"] for node in item["nodes"]][:3])
        for item in found["violations"]
    ]
    assert told == []


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1024, 1920])
def test_the_dock_fits_beside_the_map(desk: Desk, width: int) -> None:
    desk.page.set_viewport_size({"width": width, "height": 740})
    page = begin(desk, "ar", drawn=RING)
    page.locator(".sheet.draw .buttons button").first.click()
    page.wait_for_selector(".dock .lies-over")
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0
    box = page.locator(".maplibregl-canvas").bounding_box()
    assert box
    assert box["height"] > 150, "no map is left to draw on"
    expect(page.locator(".dock-foot .strong")).to_be_in_viewport()
