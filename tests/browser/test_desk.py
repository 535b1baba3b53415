"""The desk as a person uses it: reasons and history, time, languages, keyboard, small screens."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Desk
from tests.browser.place import features, inside, unrecorded, view

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
SIZES = {"narrow": (360, 740), "middle": (1024, 768), "wide": (1920, 1080)}
BY_SIZE = [pytest.param(name, marks=pytest.mark.slow if name == "middle" else ()) for name in SIZES]
SELECTED = {"nothing": {}, "project": {"selected": "project:demo-school"}}
ARABIC = re.compile(r"[\u0600-\u06FF]")


@pytest.mark.parametrize("size", BY_SIZE)
@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_the_page_fits_and_reads_in_its_direction(desk: Desk, lang: str, size: str) -> None:
    width, height = SIZES[size]
    desk.page.set_viewport_size({"width": width, "height": height})
    page = desk.open(lang=lang, selected="area:h0001")
    page.wait_for_selector(".sheet .reasons")
    assert page.locator("html").get_attribute("dir") == ("rtl" if lang == "ar" else "ltr")
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0, "the page scrolls sideways"
    cut = page.evaluate(
        "[...document.querySelectorAll('.sheet h2, .axes dd, .figures td, .tabs button, .gate')]"
        ".filter(node => node.scrollWidth > node.clientWidth + 1).map(node => node.textContent)"
    )
    assert cut == [], "words are cut off"


@pytest.mark.parametrize("selected", SELECTED)
@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_axe_finds_nothing(desk: Desk, lang: str, selected: str) -> None:
    assert AXE.exists(), "run make setup"
    page = desk.open(lang=lang, **SELECTED[selected])
    if SELECTED[selected]:
        page.wait_for_selector(".gate-lines")
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    told = [
        (item["id"], item["impact"], [node["target"] for node in item["nodes"]][:3])
        for item in found["violations"]
    ]
    assert told == []


@pytest.mark.unmapped
@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_only_words_are_shown_and_none_of_them_promises(desk: Desk, lang: str) -> None:
    for selected in ("project:demo-school", "area:h0001"):
        page = desk.open(lang=lang, selected=selected)
        page.wait_for_selector(".history")
        words = page.locator("body").inner_text()
        assert not re.findall(r"\b(?:desk|state|fact)\.[a-z]+(?:[.-][a-z]+)*", words)
        assert not re.search(r"\bsafe", words, re.IGNORECASE)
        assert "آمن" not in words
        if lang == "en":
            told = page.locator(".sheet").inner_text()
            assert not ARABIC.search(told), "two languages in one sentence"
        else:
            assert not re.search(r"\b\d+ cm\b", words)


@pytest.mark.unmapped
def test_the_language_is_switched_where_one_stands(desk: Desk) -> None:
    page = desk.open(selected="project:demo-school")
    expect(page.locator(".verdict b")).to_have_text("Closed", timeout=30_000)
    page.get_by_role("combobox", name="Language").select_option("ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator(".verdict b")).to_have_text("مغلقة", timeout=30_000)
    assert "selected=project:demo-school" in page.url
    page.get_by_role("combobox", name="اللغة").select_option("en")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")


def test_a_click_on_hazard_says_why_and_how_it_came_so(desk: Desk) -> None:
    hazard = features(desk.served, "hazards", **{"class": "cha"})[0]
    area_id = hazard["properties"]["area_id"]
    page = click_at(desk, inside(hazard))
    told = desk.served.ask(f"/api/areas/{area_id}")
    expect(page.locator(".point h2")).to_contain_text("azard", timeout=15_000)
    expect(page.locator(".point .reasons li").first).to_be_visible()
    expect(page.locator(f'.area:has-text("{area_id}") .history li').first).to_be_visible()
    assert told["history"]


def test_a_click_on_released_land_says_how_deep_and_promises_nothing(desk: Desk) -> None:
    part = features(desk.served, "parts", outcome="cleared")[0]
    page = click_at(desk, inside(part))
    depth = part["properties"]["depth_cm"]
    expect(page.locator(".point h2")).to_contain_text(f"{depth} cm", timeout=15_000)
    codes = page.locator(".point .reasons code").all_inner_texts()
    assert "land.point.not-a-promise" in codes


def test_a_click_on_ground_not_on_record_is_told_as_hazard(desk: Desk) -> None:
    page = click_at(desk, unrecorded(desk.served))
    expect(page.locator(".point .callout")).to_contain_text("treat as hazard", timeout=15_000)
    assert (
        page.locator(".point .reasons code").first.inner_text().startswith("land.point.unrecorded")
    )


@pytest.mark.slow
def test_a_click_on_a_project_shows_its_gate(desk: Desk) -> None:
    school = features(desk.served, "projects", project_id="demo-school")[0]
    page = click_at(desk, inside(school))
    expect(page.locator(".project .verdict")).to_have_attribute(
        "data-outcome", "closed", timeout=15_000
    )


def click_at(desk: Desk, spot: tuple[float, float]) -> Page:
    page = desk.open(view=view(spot))
    box = page.locator(".maplibregl-canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    return page


@pytest.mark.unmapped
def test_the_reopened_school_is_stopped_and_says_why(desk: Desk) -> None:
    school = desk.served.ask("/api/projects/demo-school")
    codes = [line["code"] for line in school["gate"]["gates"] if line["outcome"] == "closed"]
    assert "gate.reopening.reopened" in codes
    page = desk.open()
    page.get_by_role("searchbox").fill(school["name"])
    page.locator(".hits li", has_text=school["name"]).first.click()
    expect(page.locator(".verdict")).to_have_attribute("data-outcome", "closed", timeout=30_000)
    lines = page.locator(".gate-lines li")
    assert lines.count() == len(school["gate"]["gates"])
    for line in school["gate"]["gates"]:
        shown = lines.filter(has_text=line["detail"]).first
        expect(shown).to_be_visible()
        if line["next"]:
            expect(shown).to_contain_text(line["next"])


@pytest.mark.unmapped
def test_time_travel_opens_and_closes_the_gate(desk: Desk) -> None:
    marks = desk.served.ask("/api/site")["marks"]
    reopened = next(mark for mark in marks if mark["kind"] == "reopening")
    before = reopened["at"][:10] + "T00:00:00Z"
    then = desk.served.ask(f"/api/projects/demo-school?valid_at={before}")
    assert then["gate"]["outcome"] != "closed"
    page = desk.open(selected="project:demo-school", valid_at=before)
    verdict = page.locator(".verdict")
    expect(verdict).to_have_attribute("data-outcome", then["gate"]["outcome"], timeout=30_000)
    page.get_by_role("button", name="now").first.click()
    expect(verdict).to_have_attribute("data-outcome", "closed", timeout=30_000)


@pytest.mark.unmapped
def test_the_time_slider_changes_what_is_shown(desk: Desk) -> None:
    page = desk.open()
    cleared = page.locator(".key-row", has_text="Cleared, with depth").locator("label .count")
    assert int(cleared.inner_text()) > 0
    slider = page.get_by_role("slider").first
    slider.focus()
    slider.press("Home")
    expect(cleared).to_have_text("0", timeout=20_000)
    expect(page.locator(".time")).to_have_attribute("data-past", "true")
    assert "valid_at=" in page.url
    slider.press("End")
    expect(cleared).not_to_have_text("0", timeout=20_000)
    expect(page.locator(".time")).to_have_attribute("data-past", "false")


@pytest.mark.unmapped
def test_what_was_known_then_is_asked_for(desk: Desk) -> None:
    first = desk.served.ask("/api/site")["first_known_at"]
    page = desk.open(valid_at=first, known_at="then")
    expect(page.get_by_role("switch")).to_be_checked()
    entries = int(page.locator(".foot span").first.inner_text().split()[0].replace(",", ""))
    assert entries < desk.served.ask("/health")["entries"]


@pytest.mark.unmapped
def test_everything_can_be_reached_by_keyboard(desk: Desk) -> None:
    page = desk.open()
    press = page.keyboard.press
    press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    press("Enter")
    expect(page.locator("#lists")).to_be_focused()
    press("Tab")
    expect(page.locator("#tab-projects")).to_be_focused()
    press("ArrowRight")
    expect(page.locator("#tab-areas")).to_be_focused()
    press("Tab")
    press("Tab")
    name = page.locator(":focus .title").inner_text()
    press("Enter")
    expect(page.locator(".sheet h2").first).to_have_text(name, timeout=15_000)
    assert page.evaluate("document.querySelector('.sheet').contains(document.activeElement)")
    press("Escape")
    expect(page.locator(".sheet")).to_have_count(0)
    expect(page.locator("#tab-areas")).to_be_focused()


def test_the_map_answers_the_keyboard(desk: Desk) -> None:
    page = desk.open(view=view(unrecorded(desk.served)))
    canvas = page.locator(".maplibregl-canvas")
    canvas.focus()
    assert page.locator(".crosshair").is_visible()
    canvas.press("Enter")
    expect(page.locator(".sheet .point")).to_be_visible(timeout=15_000)
    expect(page.locator(".hidden-text[role=status]")).to_contain_text("Nothing is on record")
    expect(canvas).to_be_focused()


@pytest.mark.parametrize("size", BY_SIZE)
def test_ground_not_on_record_is_said_beside_the_map_at_every_size(desk: Desk, size: str) -> None:
    width, height = SIZES[size]
    desk.page.set_viewport_size({"width": width, "height": height})
    page = desk.open(view="38.55,34.9,11")
    said = page.locator(".stage .unrecorded")
    expect(said).to_be_visible()
    expect(said).to_contain_text("treat as hazard")


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_on_a_small_screen_the_map_has_the_room(desk: Desk, lang: str) -> None:
    desk.page.set_viewport_size({"width": 360, "height": 740})
    page = desk.open(lang=lang)
    stage = page.locator(".stage").bounding_box()
    assert stage is not None
    assert stage["height"] > 370, "half of the screen is the map's"
    page.locator("#tab-key").click()
    expect(page.locator(".lists .unrecorded")).to_be_visible()
    page.locator("#tab-projects").click()
    page.locator(".rows button").first.click()
    expect(page.locator(".sheet .verdict")).to_be_visible(timeout=15_000)
    for button in page.locator(".sheet-top button, .tabs button, .map-buttons button").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, "too small for a finger"
    page.locator(".sheet-top .icon-button").click()
    page.locator(".fold-time").click()
    expect(page.get_by_role("slider").first).to_be_visible()
