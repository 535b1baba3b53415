"""The pictures of the pages: each has a maker, is not too heavy, and `make docs` makes it anew."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.conftest import MAP_MS, ROOT, Desk, Served, open_desk
from tests.browser.palette import beside, lighter

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
IMAGES = ROOT / "docs" / "images"
BYTES_MAX = 400_000
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
WAIT_MS = 30_000
SHOWN = re.compile(r"!\[[^\]]*\]\((?:\.\./|docs/)*images/([\w.-]+)\)")
"""A picture of ours in a page: `![words](docs/images/name.png)`."""


@dataclass(frozen=True)
class Chromed:
    """A browser and a served city; each view gets a window of its own."""

    browser: Browser
    served: Served

    def window(self, size: ViewportSize, login: str | None) -> BrowserContext:
        context = self.browser.new_context(
            viewport=size, bypass_csp=True, service_workers="block", reduced_motion="reduce"
        )
        if login:
            answer = context.request.post(
                f"{self.served.address}/api/session",
                headers={"X-Rafiqa": "desk"},
                data={"login": login, "password": self.served.logins[login]},
            )
            assert answer.ok
        return context

    def desk(
        self,
        size: ViewportSize,
        login: str | None,
        awaited: str,
        folded: bool | None = None,
        **query: str,
    ) -> bytes:
        """A picture of the desk, once what is awaited is in sight; its key folded or not."""
        context = self.window(size, login)
        desk: Desk = open_desk(context, self.served)
        page = desk.open(**query)
        expect(page.locator(awaited).first).to_be_visible(timeout=WAIT_MS)
        fold = page.locator(".key-fold")
        if folded is not None and (fold.get_attribute("aria-expanded") == "true") == folded:
            fold.click()
        return self._taken(page, context, desk.complaints)

    def page(self, path: str) -> bytes:
        """A picture of a page that needs no account, on a phone."""
        context = self.window(PHONE, None)
        desk = open_desk(context, self.served)
        desk.page.goto(f"{self.served.address}{path}")
        desk.page.wait_for_load_state("networkidle", timeout=MAP_MS)
        return self._taken(desk.page, context, desk.complaints)

    def _taken(self, page: Page, context: BrowserContext, complaints: list[str]) -> bytes:
        page.wait_for_load_state("networkidle", timeout=MAP_MS)
        page.wait_for_timeout(1_500)  # until the map has drawn its last names
        png = page.screenshot()
        context.close()
        assert complaints == []
        return png

    def project(self, *but: str) -> str:
        """A project that may not be worked on."""
        projects = self.served.ask("/api/projects")["projects"]
        closed: list[str] = [each["project_id"] for each in projects if each["outcome"] == "closed"]
        return next(each for each in closed if each not in but)


def phones(city: Chromed) -> bytes:
    """The public map, a resident's report and a closed gate in Arabic; the triage in English."""
    closed = f"project:{city.project('demo-school')}"
    pictures = [
        city.page("/public?lang=ar"),
        city.page("/report?lang=ar"),
        city.desk(PHONE, "engineer1", ".sheet .gates, .sheet", lang="ar", selected=closed),
        city.desk(PHONE, "authority1", ".sheet.work .cards > li", lang="en", work="reports"),
    ]
    context = city.window(PHONE, None)
    try:
        return beside(context.new_page(), pictures)
    finally:
        context.close()


MAKERS: dict[str, Callable[[Chromed], bytes]] = {
    "desk-en.png": lambda city: city.desk(WIDE, None, ".rows li", folded=False, lang="en"),
    "desk-ar.png": lambda city: city.desk(
        WIDE, "engineer1", ".sheet .id", False, lang="ar", selected="project:demo-school"
    ),
    "release-en.png": lambda city: city.desk(
        WIDE, "authority2", ".decision button", lang="en", work="inbox", of="release:w0001-r1"
    ),
    "figures-ar.png": lambda city: city.desk(
        WIDE, "authority1", ".chart svg", lang="ar", work="figures"
    ),
    "phones.png": phones,
}
"""What makes each picture, in a city that is made anew: who looks, at what, in which language."""
QUICK = "desk-ar.png"


@pytest.fixture(scope="module")
def city(chromium: Browser, served: Served) -> Chromed:
    return Chromed(chromium, served)


@pytest.mark.parametrize(
    "name",
    [each if each == QUICK else pytest.param(each, marks=pytest.mark.slow) for each in MAKERS],
)
def test_a_picture_is_made_and_not_too_heavy(city: Chromed, name: str) -> None:
    taken = MAKERS[name](city)
    context = city.window(PHONE, None)
    picture = lighter(context.new_page(), taken)
    context.close()
    assert 20_000 < len(picture) < BYTES_MAX, len(picture)
    if os.environ.get("RAFIQA_PICTURES"):
        IMAGES.mkdir(parents=True, exist_ok=True)
        (IMAGES / name).write_bytes(picture)


def shown_in_pages() -> set[str]:
    """The pictures of ours that README and the pages of docs show."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    return {name for page in pages for name in SHOWN.findall(page.read_text("utf-8"))}


def test_every_picture_shown_has_a_maker_and_every_maker_a_page() -> None:
    assert shown_in_pages() == set(MAKERS)
    assert {each.name for each in IMAGES.iterdir()} == set(MAKERS)


def test_a_picture_of_another_kind_would_be_seen() -> None:
    words = "![old](docs/images/old-en.png) ![x](../images/other.png) ![far](https://a.b/c.png)"
    assert SHOWN.findall(words) == ["old-en.png", "other.png"]


@pytest.mark.parametrize("name", MAKERS)
def test_the_picture_kept_is_a_picture(name: str) -> None:
    kept = (IMAGES / name).read_bytes()
    assert kept.startswith(b"\x89PNG\r\n\x1a\n")
    assert 20_000 < len(kept) < BYTES_MAX
