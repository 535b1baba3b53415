"""Parts drawn at completion: by mouse, by keyboard alone, and what is against each beside it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Page, expect

from tests.browser.conftest import Desk
from tests.browser.test_desk import AXE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WORDS = {
    "en": {
        "draw": "Draw a part",
        "close": "Close the outline",
        "take": "Take this",
        "rest": "All that is left as a part",
        "outcome": "Outcome",
        "depth": "Depth cleared (cm)",
        "why": "Why it was not cleared",
        "report": "Report work by parts…",
        "go on": "Go on",
        "do": "Report this work",
        "several": "Counted in several parts",
    },
    "ar": {
        "draw": "رسم جزء",
        "close": "إغلاق الحدود",
        "take": "اعتماد هذا",
        "rest": "كل الباقي جزءاً",
        "outcome": "النتيجة",
        "depth": "عمق التطهير (سم)",
        "why": "سبب عدم التطهير",
        "report": "الإبلاغ عن عمل بالأجزاء…",
        "go on": "متابعة",
        "do": "الإبلاغ عن هذا العمل",
        "several": "محسوبة في عدة أجزاء",
    },
}


def open_parts(desk: Desk, lang: str = "en") -> Page:
    page = desk.open(lang=lang)
    desk.sign_in("operator")
    page.goto(f"{desk.served.address}/?lang={lang}&work=parts&of=task:T-1")
    page.wait_for_selector('html[data-ready="map"]', timeout=90_000)
    expect(page.locator(".parts-sum")).to_be_visible(timeout=30_000)
    expect(page.locator(".parts-sum .total")).to_contain_text(re.compile("10.?000"))
    settled(page)
    return page


def settled(page: Page) -> None:
    """Waits until the map has moved to the ground: the address follows once it rests."""
    page.wait_for_function("new URLSearchParams(location.search).get('view')", timeout=30_000)
    before = ""
    while page.url != before:
        before = page.url
        page.wait_for_timeout(1_000)


def steady_box(page: Page) -> FloatRect:
    """Where the map is, once the dock under it has come up."""
    canvas, before = page.locator(".maplibregl-canvas"), None
    while True:
        page.wait_for_timeout(700)
        box = canvas.bounding_box()
        if box is not None and box == before:
            return box
        before = box


def press_corners(page: Page, words: dict[str, str], west: int, east: int) -> None:
    """Draws a part with the mouse, in pixels from the middle of the map."""
    page.get_by_role("button", name=words["draw"], exact=True).click()
    page.wait_for_selector(".dock-live")
    box = steady_box(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for count, (dx, dy) in enumerate(((west, -40), (east, -40), (east, 40), (west, 40)), 1):
        page.mouse.move(x + dx, y + dy)
        page.wait_for_timeout(300)
        page.mouse.click(x + dx, y + dy)
        page.wait_for_timeout(300)
        expect(page.locator(".dock-live")).to_contain_text(str(count), timeout=20_000)
    page.get_by_role("button", name=words["close"], exact=True).click()


def sums(page: Page) -> tuple[int, int]:
    """What the lines of the sum come to as they are read, and the ground."""
    expect(page.locator('.parts-sum[aria-busy="false"]')).to_be_visible(timeout=20_000)
    told = []
    for words in page.locator(".parts-sum td").all_inner_texts():
        plain = re.sub(r"[\u2066-\u2069,٬\s]", "", words).replace("−", "-")
        found = re.match(r"-?\d+", plain)
        assert found, words
        told.append(int(found[0]))
    return sum(told[:-1]), told[-1]


def works_of(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        "fetch('/api/tasks/T-1').then(answer => answer.json()).then(told => told.works)"
    )
    return found


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_parts_are_drawn_add_up_and_are_reported_and_nothing_is_released(
    town_desk: Desk, lang: str
) -> None:
    words = WORDS[lang]
    before = town_desk.served.ask("/api/areas/H1")["figures"]
    page = open_parts(town_desk, lang)
    reported = len(works_of(page))
    press_corners(page, words, 20, 90)
    expect(page.locator(".parts-live")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name=words["take"], exact=True).click()
    press_corners(page, words, 60, 120)
    # What lies twice is told while the outline is still in hand.
    expect(page.locator(".parts-live .bad").first).to_contain_text("1", timeout=20_000)
    page.get_by_role("button", name=words["take"], exact=True).click()
    expect(page.locator(".parts-sum")).to_contain_text(words["several"], timeout=20_000)
    told, ground = sums(page)
    assert told == ground == 10_000
    cards = page.locator(".part-cards > li")
    cards.nth(1).get_by_role("button").last.click()
    expect(cards).to_have_count(1)
    page.get_by_role("button", name=words["rest"], exact=True).click()
    expect(cards).to_have_count(2)
    assert sums(page) == (10_000, 10_000)
    cards.nth(0).get_by_label(words["outcome"]).select_option("cleared")
    expect(cards.nth(0).locator(".part-faults")).to_be_visible(timeout=20_000)
    cards.nth(0).get_by_label(words["depth"]).fill("30")
    expect(cards.nth(0).locator(".part-faults")).to_have_count(0, timeout=20_000)
    page.get_by_role("button", name=words["report"], exact=True).click()
    page.get_by_role("button", name=words["go on"], exact=True).click()
    page.get_by_role("button", name=words["do"], exact=True).click()
    # Of the second part it is not said why it was left: the refusal says so there, too.
    expect(page.locator(".act-form .notice.bad")).to_be_visible(timeout=20_000)
    expect(cards.nth(1).locator(".part-faults li")).to_have_count(1)
    expect(cards.nth(0).locator(".part-faults")).to_have_count(0)
    assert len(works_of(page)) == reported
    assert all("422" in said for said in town_desk.complaints)
    town_desk.complaints.clear()
    cards.nth(1).get_by_label(words["why"]).select_option("under_slab")
    page.get_by_role("button", name=words["go on"], exact=True).click()
    page.get_by_role("button", name=words["do"], exact=True).click()
    expect(page.locator(".sheet.dossier")).to_be_visible(timeout=30_000)
    works = works_of(page)
    assert len(works) == reported + 1
    parts = {part["outcome"]: part for work in works for part in work["parts"]}
    assert {"cleared", "not_cleared"} <= set(parts)
    after = town_desk.served.ask("/api/areas/H1")["figures"]
    released = [name for name in before if name.startswith(("cleared", "reduced", "cancelled"))]
    assert {name: after[name] for name in released} == {name: before[name] for name in released}


@pytest.mark.slow
def test_parts_are_drawn_and_cut_by_keyboard_alone(town_desk: Desk) -> None:
    page = open_parts(town_desk)
    page.get_by_role("button", name="Draw a part").press("Enter")
    page.wait_for_selector(".dock-live")
    steady_box(page)
    page.locator(".maplibregl-canvas").focus()
    for steps in ("", "ArrowRight", "ArrowDown"):
        if steps:
            before = page.url
            page.keyboard.press(steps)
            page.wait_for_function("before => location.href !== before", arg=before)
        page.keyboard.press("Enter")
    expect(page.locator(".dock-live")).to_contain_text("corners: 3")
    page.get_by_role("button", name="Close the outline").press("Enter")
    expect(page.locator(".parts-live")).to_contain_text("Left after it", timeout=20_000)
    page.get_by_role("button", name="Take this").press("Enter")
    cards = page.locator(".part-cards > li")
    expect(cards).to_have_count(1)
    cards.first.get_by_role("button", name="Remove").press("Enter")
    expect(cards).to_have_count(0)
    cut = page.get_by_role("button", name="Cut by a line")
    expect(cut).to_be_enabled(timeout=20_000)
    cut.press("Enter")
    page.wait_for_selector(".dock-live")
    page.get_by_role("button", name="List of places").press("Enter")
    lon, lat = 39.01, 35.95  # of the town's origin: H1 reaches 100 m east and north of it
    typed = page.locator(".dock-list textarea")
    typed.focus()
    page.keyboard.insert_text(f"{lat + 0.00045}, {lon - 0.0005}\n{lat + 0.0005}, {lon + 0.0020}")
    page.get_by_role("button", name="Draw these").press("Enter")
    page.get_by_role("button", name="Take this").press("Enter")
    expect(cards).to_have_count(2, timeout=20_000)
    assert sums(page) == (10_000, 10_000)
    expect(page.locator('.parts-sum tr[data-line="left"]')).to_contain_text("0")
    # The draft is there again after a change of language.
    page.goto(page.url.replace("lang=en", "lang=ar"))
    expect(cards).to_have_count(2, timeout=60_000)
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run('.sheet', {resultTypes: ['violations']})")
    assert [(item["id"], item["nodes"][0]["target"]) for item in found["violations"]] == []


@pytest.mark.slow
def test_who_reports_no_work_is_offered_no_parts(town_desk: Desk) -> None:
    page = town_desk.open(selected="area:H1")
    town_desk.sign_in("first")
    expect(page.locator(".acts")).to_be_visible(timeout=20_000)
    expect(page.locator(".acts")).not_to_contain_text("Report work")
    page.locator(".work-menu > button").click()
    expect(page.locator("#work-menu")).not_to_contain_text("Report work")
    page.locator(".signed button:not(.who)").click()
    expect(page.locator(".acts")).to_have_count(0, timeout=20_000)
    town_desk.sign_in("operator")
    page.get_by_role("button", name="Report work by parts…").click(timeout=20_000)
    expect(page.locator(".parts-sum")).to_be_visible(timeout=30_000)
    assert "work=parts" in page.url
