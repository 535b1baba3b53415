"""Pages of work on the desk: doubtful matches, what came from the field, residents, imports."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, expect

from rafiqa.recovery import LayerRegistered
from rafiqa.service import register_layer
from rafiqa.service.reportcode import check_digit
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
    desk = open_desk(context, matched, mapped=False)
    page = desk.open()
    assert page.locator(".work-menu li", has_text="Doubtful matches").count() == 0
    desk.sign_in("planner")
    expect(page.locator(".signed")).to_be_visible(timeout=20_000)
    assert page.locator(".work-menu li", has_text="Doubtful matches").count() == 0
    the_other_pages(desk)
    page.locator(".signed button:not(.who)").click()
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
    page.locator("nav.tools select").select_option("ar")
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


@pytest.mark.slow
def test_what_comes_from_outside_is_looked_at_answered_and_taken_in(
    matched: Served, context: BrowserContext, tmp_path: Path
) -> None:
    send(matched, "submissions/uuid:from-a-phone", SUBMISSION)
    send(matched, "reports/R-0123456789abcdef", REPORT)
    desk = open_desk(context, matched)
    page = desk.open()
    desk.sign_in("first")
    opened(desk, "Submissions from the field")
    sheet = page.locator(".sheet.work")
    sheet.locator(".cards button").click(timeout=20_000)
    expect(sheet.locator(".said-answers")).to_contain_text("Yes", timeout=20_000)
    expect(sheet).to_contain_text("waits for an answer")
    faults(desk, ".sheet.work")
    sheet.get_by_role("button", name="Send back").click()
    expect(sheet.get_by_role("alert")).to_contain_text("service.submission.note-missing")
    sheet.locator("textarea[name=note]").fill("which side of the wall?")
    sheet.get_by_role("button", name="Send back").click()
    expect(sheet.locator(".answers")).to_contain_text("which side of the wall?", timeout=20_000)
    assert sheet.get_by_role("button", name="Accept").count() == 1
    opened(desk, "Residents' reports")
    expect(sheet.locator(".cards > li").first).to_contain_text("Immediate danger", timeout=20_000)
    assert sheet.locator('.cards > li[data-urgent="true"]').count() == 1
    faults(desk, ".sheet.work")
    sheet.locator(".cards button").first.click()
    sheet.locator("select[name=outcome]").select_option("marked", timeout=20_000)
    sheet.locator("textarea[name=text]").fill("A team put signs up.")
    sheet.locator("form .strong").click()
    expect(sheet.locator("blockquote").last).to_have_text("A team put signs up.", timeout=20_000)
    sheet.locator("select[name=channel]").select_option("phone")
    sheet.get_by_role("button", name="Record that they were told").click()
    expect(sheet).to_contain_text("Told back on", timeout=20_000)
    opened(desk, "Imports")
    file = tmp_path / "areas.csv"
    file.write_text(AREAS, "utf-8")
    sheet.locator("input[type=file]").set_input_files(file)
    sheet.locator("input[list]").fill("EPSG:4326")
    sheet.locator("select").first.select_option("hazard-areas")
    look = sheet.locator("button.strong").first
    expect(look).to_be_enabled(timeout=20_000)
    look.click()
    expect(sheet.locator(".callout")).to_contain_text("Nothing is kept yet.", timeout=60_000)
    expect(sheet.locator(".against")).to_contain_text("dictionary.code.unknown")
    faults(desk, ".sheet.work")
    page.locator("nav.tools select").select_option("ar")
    page.set_viewport_size({"width": 360, "height": 740})
    sheet.locator(".act-form .strong").click(timeout=20_000)
    expect(sheet.locator(".callout")).to_contain_text("أُخذ", timeout=60_000)
    sheet.locator("[role=tab][aria-selected=true]").focus()
    page.keyboard.press("ArrowLeft")
    expect(sheet.locator(".cards")).to_contain_text("areas.csv", timeout=20_000)
    faults(desk, ".sheet.work")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    # The refusal of the first try is told by the browser as well; it is no fault of the page.
    assert [said for said in desk.complaints if "422" not in said] == []
    assert desk.foreign == []


SUBMISSION = {
    "form_id": "rafiqa_resident_visit",
    "values": {
        "children_near": "yes",
        "geometry": {"type": "Point", "coordinates": [39.0102, 35.9502]},
    },
}
REPORT = {
    "kind": "hazard",
    "code": "20000000001" + check_digit("20000000001"),
    "seen": "shell",
    "lon_deg": 39.0101,
    "lat_deg": 35.9501,
    "geo_precision": "exact",
    "children_near": "yes",
}
AREAS = """id,class,name,wkt
n-1,sha,North,"POLYGON((39.02 35.96,39.021 35.96,39.021 35.961,39.02 35.96))"
n-2,maybe,Lost,"POLYGON((39.03 35.96,39.031 35.96,39.031 35.961,39.03 35.96))"
"""


def send(served: Served, path: str, body: dict[str, Any]) -> None:
    """Sends as whoever needs no account does."""
    headers = {"X-Rafiqa": "desk", "Content-Type": "application/json"}
    asked = urllib.request.Request(  # noqa: S310 - our own server
        f"{served.address}/api/{path}", json.dumps(body).encode(), headers, method="PUT"
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
        assert answer.status == 201


def opened(desk: Desk, name: str) -> None:
    desk.page.locator(".work-menu > button").click()
    desk.page.locator(".work-menu li button", has_text=name).last.click(timeout=20_000)


def the_other_pages(desk: Desk) -> None:
    """Ways in, follow-up, finds and reports: opened by keyboard, read by axe, left again."""
    page = desk.page
    menu = page.locator(".work-menu > button")
    for name, told in (
        ("Ways in", "releases nothing"),
        ("Follow-up by quarter", "Projects, by their gates"),
        ("Log of chance finds", "On record: 0"),
        ("Reports to print", "Draw up"),
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
