"""While time moves over a large site the land is drawn on a sheet, and no older than the ledger."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from rafiqa.locale import text
from tests.browser.conftest import Served, need_browser, open_desk, serving
from tests.browser.place import features, inside, view
from tests.city import DAY_US, LOGINS, PASSWORD, Clock, small_city

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Pixel = tuple[int, int, int]

MANY = "localStorage.setItem('rafiqa.many-areas', '1')"
"""On this device a site with two areas is large."""
PIXEL = """it => {
  const [x, y] = [it.width / 2, it.height / 2];
  return it.hidden ? null : [...it.getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)
}"""


@pytest.fixture
def grown(tmp_path: Path) -> Iterator[Served]:
    """A small site of its own, to write into: what is on record was so a hundred days ago."""
    need_browser()
    clock = Clock()
    clock.at_us = time.time_ns() // 1_000 - 100 * DAY_US
    small_city(tmp_path, clock).store.close()
    with serving(tmp_path / "small.rafiqa", dict.fromkeys(LOGINS, PASSWORD)) as running:
        yield running


def pixel(page: Page) -> Pixel | None:
    """The colour in the middle of the sheet, which is that of the middle of the map."""
    found = page.locator("canvas.moment").evaluate_all(
        f"all => all.length ? ({PIXEL})(all[0]) : null"
    )
    return None if found is None else (found[0], found[1], found[2])


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("RAFIQA_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def tab_to(page: Page, selector: str) -> None:
    """Goes to a control by the keyboard alone."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("it => document.activeElement?.matches(it)", selector):
            return
    raise AssertionError(f"no way to {selector} by the keyboard")


class Hands:
    """Moves time by the keyboard or by the mouse."""

    def __init__(self, page: Page, how: str) -> None:
        self.page, self.how = page, how
        self.rtl = page.evaluate("document.documentElement.dir") == "rtl"

    def to(self, share: float) -> None:
        """Moves "true at" to a share of its range."""
        slider = self.page.locator("#true-at")
        if self.how == "keyboard":
            if not slider.evaluate("it => it === document.activeElement"):
                tab_to(self.page, "#true-at")
            self.page.keyboard.press("End" if share > 0.5 else "Home")
            if share not in (0, 1):
                self.page.keyboard.press("ArrowUp" if share < 0.5 else "ArrowDown")
            return
        box = slider.bounding_box()
        assert box is not None
        at = float(slider.evaluate("it => it.value / it.max"))
        ends = [box["x"] + 12, box["x"] + box["width"] - 12]
        first, last = reversed(ends) if self.rtl else ends
        y = box["y"] + box["height"] / 2
        self.page.mouse.move(first + (last - first) * at, y)
        self.page.mouse.down()
        self.page.mouse.move(first + (last - first) * share, y, steps=6)
        if share in (0, 1):
            self.page.mouse.move(first + (last - first) * (2 * share - 0.5), y, steps=2)
        self.page.mouse.up()

    def press(self, label: str) -> None:
        button = self.page.get_by_role("button", name=label, exact=True).first
        if self.how == "mouse":
            button.click()
            return
        tab_to(self.page, f'button[aria-label="{label}"]')
        self.page.keyboard.press("Enter")


def settled(page: Page) -> None:
    """Waits until the map itself is of the moment asked."""
    expect(page.locator("canvas.moment")).to_be_hidden(timeout=40_000)
    expect(page.locator(".stage")).to_have_attribute("aria-busy", "false", timeout=40_000)


@pytest.mark.parametrize(
    ("lang", "how"),
    [
        ("en", "mouse"),
        pytest.param("en", "keyboard", marks=pytest.mark.slow),
        pytest.param("ar", "mouse", marks=pytest.mark.slow),
        ("ar", "keyboard"),
    ],
)
def test_time_moves_on_a_sheet_that_goes_as_soon_as_the_ledger_grows(
    grown: Served, context: BrowserContext, lang: str, how: str
) -> None:
    context.add_init_script(MANY)
    desk = open_desk(context, grown)
    (released,) = features(grown, "parts", area_id="H1", outcome="cleared")[:1]
    page = desk.page
    with page.expect_response("**/api/course*", timeout=90_000) as course:
        desk.open(lang=lang, view=view(inside(released)))
    assert course.value.json()["told"]
    desk.sign_in("first")
    settled(page)
    page.wait_for_timeout(2_000)  # signing in loads anew, the course too
    hands = Hands(page, how)
    says = page.locator(".moving-says")

    hands.to(0.9)
    expect(says).to_have_text(text("desk.moving", {}, lang))
    blue = pixel(page)
    assert blue is not None
    assert blue[2] > blue[0] + 20, f"released ground is drawn in its blue: {blue}"
    shoot(page, f"moment-{lang}-{how}")
    settled(page)

    hands.to(0)
    expect(says).to_be_visible()
    before = pixel(page)
    assert before is not None
    assert before != blue, "on its first day the ground was not released"
    settled(page)

    hands.press(text("desk.play.valid", {}, lang))
    expect(
        page.get_by_role("button", name=text("desk.pause", {}, lang), exact=True)
    ).to_be_visible()
    expect(page.locator("canvas.moment")).to_be_visible(timeout=20_000)
    end = page.locator("#true-at").evaluate("it => it.max")
    expect(page.locator("#true-at")).to_have_value(str(end), timeout=60_000)
    settled(page)

    hands.to(0.9)
    settled(page)
    grow(page)
    sites: list[Route] = []
    held = True

    def hold(route: Route) -> None:
        if held:
            sites.append(route)
        else:
            route.continue_()

    page.route("**/api/site?*", hold)
    hands.to(1)
    expect(says).to_have_text(text("desk.moving.withheld", {}, lang), timeout=20_000)
    blank = pixel(page)
    assert blank is not None
    assert blank != blue, "released ground is not shown from before the new entry"
    shoot(page, f"moment-withheld-{lang}-{how}")
    held = False
    for each in sites:
        each.continue_()
    settled(page)
    (told, *_) = features(grown, "hazards", area_id="H1")
    assert told["properties"]["reopened"]
    hands.to(0.9)
    expect(says).to_be_visible()
    assert pixel(page) is not None
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert desk.complaints == []
    assert desk.foreign == []


def grow(page: Page) -> None:
    """A new entry through the API, of which the page is not told: the ground is hazard again."""
    done = page.evaluate(
        """async () => {
          const headers = {'Content-Type': 'application/json', 'X-Rafiqa': 'desk',
                           'Idempotency-Key': crypto.randomUUID()};
          const body = JSON.stringify({cause: 'flood', class: 'cha', note: 'water'});
          const answer = await fetch('/api/areas/H1/reopenings', {method: 'POST', headers, body});
          return [answer.status, await answer.text()];
        }"""
    )
    assert done[0] in (200, 201), done
