"""The residents' page as a person uses it: without a line, across a restart, told back by code."""

from __future__ import annotations

import io
import json
import re
import secrets
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Geolocation,
    Page,
    Route,
    ViewportSize,
    expect,
)

from rafiqa.land import Actor
from rafiqa.service import open_office
from rafiqa.service.accounts import put_account
from tests.browser.conftest import RAFIQA, ROOT, Served, need_browser, serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
LANGS = ("en", "ar", "ckb", "kmr")
PASSWORD = "four words of rubble"  # noqa: S105 - of a test's own store
NARROW: ViewportSize = {"width": 360, "height": 740}
HERE: Geolocation = {"latitude": 34.9, "longitude": 38.55, "accuracy": 12}


class Desk:
    """A member of the staff at the server's door."""

    def __init__(self, address: str) -> None:
        self._address = address
        handler = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(handler)
        self.ask("/api/session", {"login": "first", "password": PASSWORD})

    def ask(self, path: str, body: Any = None) -> Any:
        headers = {"X-Rafiqa": "desk", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._address + path, data, headers)  # noqa: S310
        with self._opener.open(request, timeout=30) as answer:
            return json.load(answer)

    def picture(self, item: dict[str, Any]) -> bytes:
        path = f"/api/reports/{item['report_id']}/pictures/{item['pictures'][0]}"
        with self._opener.open(self._address + path, timeout=30) as answer:
            content: bytes = answer.read()
            return content


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    need_browser()
    store = tmp_path_factory.mktemp("report") / "demo.rafiqa"
    place = ["--name", "Marjana", "--lon", "38.55", "--lat", "34.9"]
    subprocess.run([*RAFIQA, "new", str(store), *place], check=True, capture_output=True)
    opened = open_office(
        str(store), now_us=lambda: time.time_ns() // 1_000, entropy=secrets.token_bytes
    )
    actor = Actor("p-first", "office", "authority")
    put_account(opened.store, "first", PASSWORD, actor, "Office", secrets.token_bytes)
    opened.store.close()
    with serving(store, {}) as running:
        yield running


def photograph() -> bytes:
    """A picture that says where and with what it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "canary device"
    exif.get_ifd(0x8825)[0x1D] = "canary place"
    out = io.BytesIO()
    Image.effect_noise((900, 700), 80).convert("RGB").save(out, "JPEG", exif=exif, quality=95)
    return out.getvalue()


@contextmanager
def phone(chromium: Browser, profile: Path, **more: Any) -> Iterator[BrowserContext]:
    """A phone's browser with a profile that outlives it."""
    made = chromium.browser_type.launch_persistent_context(
        str(profile),
        executable_path="/usr/bin/chromium",
        args=["--no-sandbox", "--disable-background-networking"],
        viewport=NARROW,
        **({"locale": "en"} | more),
    )
    yield made
    made.close()


def mines(desk: Desk) -> list[dict[str, Any]]:
    """The reports of this test; others may have sent theirs before."""
    return [each for each in desk.ask("/api/reports")["reports"] if each["seen"] == "mine"]


def begun(context: BrowserContext, address: str, query: str = "") -> Page:
    page = context.new_page()
    page.goto(f"{address}/report{query}")
    page.wait_for_selector("html[data-ready]")
    return page


def test_without_a_line_across_a_restart_then_received_once_and_told_back(
    chromium: Browser, office: Served, tmp_path: Path
) -> None:
    desk = Desk(office.address)
    away = {"geolocation": HERE, "permissions": ["geolocation"]}
    with phone(chromium, tmp_path, **away) as context:
        begun(context, office.address).wait_for_selector("html[data-offline]")
    # Nothing answers at this proxy: playing at being without a line ends before the browser does.
    nowhere = {"server": "http://127.0.0.1:9", "bypass": "<-loopback>"}
    with phone(chromium, tmp_path, **away, proxy=nowhere) as context:
        context.set_offline(True)
        page = begun(context, office.address)
        page.get_by_role("button", name="I saw something dangerous").click()
        page.locator('input[value="mine"]').check()
        page.get_by_role("button", name="Use the place where I stand").click()
        page.fill("#far", "٤٠")
        page.select_option("#towards", "n")
        page.locator('input[name="children_near"][value="yes"]').check()
        page.fill("#text", "Beside the well.")
        original = photograph()
        assert b"canary" in original
        page.set_input_files(
            "#photo", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": original}
        )
        expect(page.get_by_text("The photograph is ready")).to_be_visible()
        page.get_by_role("button", name="Keep it and send it").click()
        code = page.locator(".big").inner_text()
        page.get_by_role("button", name="Done, send it now").click()
        expect(page.locator(".kept li")).to_have_attribute("data-state", "waiting")
        assert mines(desk) == []
    assert mines(desk) == []
    sent: list[bytes] = []
    with phone(chromium, tmp_path, **away) as context:
        # A gateway that says 200 to everything is not the office.
        context.route(
            "**/api/reports/**",
            lambda route: route.fulfill(status=200, content_type="text/html", body="<p>Log in</p>"),
        )
        page = begun(context, office.address)
        page.wait_for_timeout(500)
        expect(page.locator(".kept li")).to_have_attribute("data-state", "waiting")
        context.unroute("**/api/reports/**")

        def twice(route: Route) -> None:
            sent.append(route.request.post_data_buffer or b"")
            if len(sent) == 1:
                route.fetch()
                # The office has it, and its answer is lost on the way.
                route.abort()
            else:
                route.continue_()

        context.route("**/api/reports/*", twice)
        page.get_by_role("button", name="Send now").click()
        page.wait_for_function("() => document.querySelector('.kept li').dataset.state")
        page.wait_for_timeout(300)
        page.get_by_role("button", name="Send now").click()
        expect(page.locator(".kept li")).to_have_attribute("data-state", "received")
        expect(page.get_by_text("still on its way")).to_have_count(0)
        assert len(sent) == 2
        assert sent[0] == sent[1]
        reports = mines(desk)
        assert len(reports) == 1
        assert (reports[0]["triage"], reports[0]["seen"]) == ("immediate", "mine")
        assert abs(reports[0]["lat_deg"] - 34.9 - 40 / 111_195) < 1e-5
        kept = desk.picture(reports[0])
        assert Image.open(io.BytesIO(kept)).size == (900, 700)
        assert b"canary" not in kept
        assert len(Image.open(io.BytesIO(kept)).getexif()) == 0
        page.get_by_role("button", name="What became of my report?").click()
        page.fill("#code", code)
        page.get_by_role("button", name="Look").click()
        expect(page.get_by_text("Nobody has answered it yet")).to_be_visible()
        answer = {"outcome": "item_removed", "text": "Thank you.", "note": "canary"}
        desk.ask(f"/api/reports/{reports[0]['report_id']}/answer", answer)
        digits = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
        page.fill("#code", code.translate(digits))
        page.get_by_role("button", name="Look").click()
        expect(page.locator(".became")).to_contain_text("Thank you.")
        expect(page.locator(".became")).not_to_contain_text("canary")
    assert mines(desk)[0]["told_at"] is not None


def look(page: Page, lang: str) -> None:
    """The page stands in its language, fits, and axe finds nothing."""
    html = page.locator("html")
    expect(html).to_have_attribute("dir", "rtl" if lang in {"ar", "ckb"} else "ltr")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    words = page.locator("body").inner_text()
    assert not re.search(r"\b(?:form|where|kept|home|list|kind|yes)\.[a-z]", words)
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    assert [
        (item["id"], [node["target"] for node in item["nodes"]]) for item in found["violations"]
    ] == []


@pytest.mark.parametrize(
    "lang", ["ar", *(pytest.param(lang, marks=pytest.mark.slow) for lang in ("en", "ckb", "kmr"))]
)
def test_every_screen_reads_at_360_and_passes_axe(
    chromium: Browser, office: Served, lang: str, tmp_path: Path
) -> None:
    context = chromium.new_context(viewport=NARROW, bypass_csp=True, service_workers="block")
    page = begun(context, office.address, f"?lang={lang}")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    look(page, lang)
    page.screenshot(path=tmp_path / f"home-{lang}.png", full_page=True)
    for number, name in enumerate(("hazard", "request", "answer")):
        page.locator(".choices button").nth(number).click()
        look(page, lang)
        page.screenshot(path=tmp_path / f"{name}-{lang}.png", full_page=True)
        page.locator("button").last.click()
    assert complaints == []
    context.close()


@pytest.mark.slow
def test_a_place_is_taken_from_the_map_and_told_no_more_exactly_than_was_chosen(
    chromium: Browser, office: Served
) -> None:
    context = chromium.new_context(
        viewport=NARROW, locale="en", geolocation=HERE, permissions=["geolocation"]
    )
    page = begun(context, office.address)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.get_by_role("button", name="I saw something dangerous").click()
    page.locator('input[value="shell"]').check()
    page.get_by_role("button", name="Use the place where I stand").click()
    expect(page.locator(".placed")).to_contain_text("12")
    page.get_by_role("button", name="Show it on a map").click()
    expect(page.locator('.map[data-state="ready"]')).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Take the place under the cross").click()
    expect(page.locator(".placed")).to_contain_text("20")
    page.locator('input[value="block"]').check()
    page.get_by_role("button", name="Keep it and send it").click()
    page.get_by_role("button", name="Done, send it now").click()
    expect(page.locator(".kept li")).to_have_attribute("data-state", "received")
    blurred = [
        each
        for each in Desk(office.address).ask("/api/reports")["reports"]
        if each["geo_precision"] == "block"
    ]
    assert len(blurred) == 1
    assert blurred[0]["accuracy_m"] == 380
    step = 500 / 111_195
    assert abs(blurred[0]["lat_deg"] - (int(34.9 / step) + 0.5) * step) < 1e-5
    assert complaints == []
    context.close()


def test_without_javascript_it_says_what_to_do(chromium: Browser, office: Served) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{office.address}/report")
    # Playwright reads no text of a noscript, but its markup, and where it is drawn.
    assert "do not touch it" in page.locator("noscript").inner_html()
    told = page.locator("noscript p")
    expect(told).to_have_count(len(LANGS))
    for each in told.all():
        box = each.bounding_box()
        assert box is not None
        assert box["height"] > 40
    context.close()
