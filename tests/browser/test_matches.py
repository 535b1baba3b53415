"""Doubtful matches on the desk: both shapes, y, n and s, who decided; English and Arabic."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, expect

from rafiqa.recovery import LayerRegistered
from rafiqa.service import register_layer
from tests.browser.conftest import ROOT, Desk, Served, need_browser, open_desk, serving
from tests.city import FIRST, LOGINS, PASSWORD, box, small_city

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
AT_M = {"1": (120, 120), "2": (160, 120), "3": (120, 160)}
EPOCHS = {
    "old": {f"o{n}": box(x, y, x + 10, y + 10) for n, (x, y) in AT_M.items()},
    "new": {f"n{n}": box(x + 6, y, x + 16, y + 10) for n, (x, y) in AT_M.items()},
}


@pytest.fixture(scope="module")
def matched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A small site with two epochs of three buildings that nobody can match by ground alone."""
    need_browser()
    folder = tmp_path_factory.mktemp("matches")
    office = small_city(folder)
    for name, shapes in EPOCHS.items():
        lonlat = np.array(
            [office.frame.to_lonlat(each).geometry for each in shapes.values()], dtype=object
        )
        fact = LayerRegistered(name, "buildings", "", 0)
        assert register_layer(office, FIRST, fact, (list(shapes), lonlat, {})).done
    office.store.close()
    with serving(folder / "small.rafiqa", dict.fromkeys(LOGINS, PASSWORD)) as running:
        yield running


def test_a_person_goes_through_the_queue_by_keyboard(
    matched: Served, context: BrowserContext
) -> None:
    desk = open_desk(context, matched)
    page = desk.open()
    assert page.locator(".work-menu li", has_text="Doubtful matches").count() == 0
    desk.sign_in("planner")
    expect(page.locator(".signed")).to_be_visible(timeout=20_000)
    assert page.locator(".work-menu li", has_text="Doubtful matches").count() == 0
    the_other_pages(desk)
    page.locator(".signed button").click()
    desk.sign_in("first")
    opened(desk, "Doubtful matches")
    review = page.locator(".matches")
    choose(desk)
    expect(review.locator(".pairing")).to_be_focused(timeout=20_000)
    expect(review.get_by_role("status")).to_contain_text("Waiting for a person: 3")
    expect(review.locator(".match-side code")).to_have_text(["o1", "n1"])
    picture(desk, "matches-en")
    faults(desk)
    page.keyboard.press("s")
    expect(review.locator(".match-side code")).not_to_have_text(["o1", "n1"])
    expect(review.locator(".pairing")).to_be_focused()
    page.keyboard.press("y")
    expect(review.get_by_role("status")).to_contain_text("Waiting for a person: 2", timeout=20_000)
    expect(review.locator(".damage li")).to_have_count(1)
    expect(review.locator(".damage li")).to_contain_text("office")
    expect(review.locator(".pairing")).to_be_focused()
    page.keyboard.press("n")
    expect(review.locator(".damage li")).to_have_count(2, timeout=20_000)
    expect(review.locator(".callout")).to_contain_text("skipped")
    desk.page.locator("html[lang=en]").wait_for()
    page.locator("nav.tools button[lang=ar]").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    review.get_by_role("button", name="انظر").click()
    expect(review.locator(".pairing")).to_be_visible()
    picture(desk, "matches-ar")
    faults(desk)
    page.set_viewport_size({"width": 360, "height": 740})
    picture(desk, "matches-ar-360")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    page.keyboard.press("Escape")
    expect(review).to_have_count(0)
    assert desk.complaints == []
    assert desk.foreign == []


def opened(desk: Desk, name: str) -> None:
    desk.page.locator(".work-menu > button").click()
    desk.page.locator(".work-menu li button", has_text=name).click(timeout=20_000)


def the_other_pages(desk: Desk) -> None:
    """Ways in, follow-up and finds: opened by keyboard, read by axe, left again."""
    page = desk.page
    menu = page.locator(".work-menu > button")
    for name, told in (
        ("Ways in", "releases nothing"),
        ("Follow-up by quarter", "Projects, by their gates"),
        ("Log of chance finds", "On record: 0"),
    ):
        menu.focus()
        page.keyboard.press("Enter")
        page.locator(".work-menu li button", has_text=name).focus()
        page.keyboard.press("Enter")
        sheet = page.locator(".sheet.work")
        expect(sheet).to_contain_text(told, timeout=20_000)
        assert page.locator(".work-menu > ul").is_hidden()
        faults(desk, ".sheet.work")
        page.keyboard.press("Escape")
        expect(sheet).to_have_count(0)
        expect(menu).to_be_focused()


def choose(desk: Desk) -> None:
    selects = desk.page.locator(".matches select")
    expect(selects.nth(0).locator("option")).to_have_count(5, timeout=20_000)
    for at, layer in enumerate(EPOCHS):
        label = selects.nth(at).locator("option", has_text=layer).inner_text()
        selects.nth(at).select_option(label=label)


def faults(desk: Desk, of: str = ".matches") -> None:
    desk.page.add_script_tag(path=AXE)
    found = desk.page.evaluate(f"axe.run(document.querySelector('{of}'))")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []


def picture(desk: Desk, name: str) -> None:
    """Keeps what is seen where somebody asked to look at it."""
    folder = os.environ.get("RAFIQA_LOOK")
    if folder:
        desk.page.wait_for_timeout(1_500)
        desk.page.screenshot(path=Path(folder) / f"{name}.png")
