"""The public pages as people meet them: narrow, four languages, by keyboard, offline, by stick."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from rafiqa.land import Actor
from rafiqa.recovery import AreaNoticeWritten, PublicDecided
from rafiqa.service import AssetShelf, decide_public, open_office, write_notice
from tests.browser.conftest import RAFIQA, ROOT, Served, make_demo, need_browser, serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
LANGS = ("en", "ar", "ckb", "kmr")
NARROW: ViewportSize = {"width": 360, "height": 740}
TEXT = "High water by the mill."
_DAY_US = 86_400_000_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    """A demo city with a notice in force, served, and its store."""
    need_browser()
    store = tmp_path_factory.mktemp("public") / "demo.rafiqa"
    logins = make_demo(store, 500)
    office = open_office(
        str(store), now_us=lambda: time.time_ns() // 1_000, entropy=secrets.token_bytes
    )
    now_us = office.now_us()
    places = AssetShelf()
    fact = AreaNoticeWritten(
        "A1", "recontamination", "cell:3490:3854", now_us - _DAY_US, now_us + 5 * _DAY_US, TEXT
    )
    for acted in (
        write_notice(office, Actor("p1", "office", "authority"), fact, places),
        decide_public(office, Actor("p2", "office", "authority"), PublicDecided("A1", "approved")),
    ):
        assert acted.done, acted.reasons
    office.store.close()
    with serving(store, logins) as running:
        yield running, store


@contextmanager
def reader(chromium: Browser, **more: object) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport=NARROW, **({"locale": "en"} | more))  # type: ignore[arg-type]
    yield made
    made.close()


def begun(context: BrowserContext, address: str, path: str = "/public?lang=en") -> Page:
    page = context.new_page()
    page.goto(address + path)
    page.wait_for_selector("html[data-ready]")
    return page


@pytest.mark.parametrize(
    "lang",
    [pytest.param(lang, marks=() if lang in {"ar", "kmr"} else pytest.mark.slow) for lang in LANGS],
)
def test_narrow_in_every_language_and_axe_clean(
    chromium: Browser, site: tuple[Served, Path], lang: str
) -> None:
    with reader(chromium, bypass_csp=True) as context:
        page = begun(context, site[0].address, f"/public?lang={lang}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.evaluate("document.documentElement.dir") == (
            "rtl" if lang in {"ar", "ckb"} else "ltr"
        )
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("axe.run().then((told) => told.violations)")
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        # The map is the first picture, whole, and every class has its pattern in the legend.
        drawn = page.locator("figure img")
        assert drawn.evaluate("(each) => each.complete && each.naturalWidth > 0")
        assert page.locator(".keys li").count() == 7


def test_without_a_script_all_that_matters_is_there(
    chromium: Browser, site: tuple[Served, Path]
) -> None:
    with reader(chromium, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site[0].address}/public?lang=en")
        expect(page.get_by_text("Ground with no record is to be treated as hazard")).to_be_visible()
        expect(page.get_by_text(TEXT)).to_be_visible()
        page.locator("details.place summary").first.click()
        expect(page.locator(".row").first).to_be_visible()
        expect(page.get_by_text("Go back the way you came")).to_be_visible()
        page.locator("nav a[lang=ar]").click()
        assert page.locator("html").get_attribute("lang") == "ar"
        assert page.locator(".search").is_hidden()


def test_by_keyboard_to_the_list_and_by_name_to_a_neighbourhood(
    chromium: Browser, site: tuple[Served, Path]
) -> None:
    with reader(chromium) as context:
        page = begun(context, site[0].address)
        page.keyboard.press("Tab")
        assert "skip" in (page.evaluate("document.activeElement.className") or "")
        page.locator("#search").focus()
        name = page.locator("details.place[id^=danger] summary b").first.inner_text()
        assert "°" not in name, "the city has names for its neighbourhoods"
        page.keyboard.type(name)
        expect(page.locator("details.place[id^=danger]:visible")).to_have_count(1)
        page.locator("#search").fill("no such place")
        expect(page.locator("#found")).to_contain_text("treat it as hazard")
        page.locator("#search").fill("")
        page.locator("details.place summary").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".row").first).to_be_visible()
        href = page.locator("details.place a").first.get_attribute("href") or ""
        answer = context.request.get(f"{site[0].address}/public/{href}")
        assert answer.headers["content-type"] == "application/pdf"


@pytest.mark.slow
def test_a_language_once_chosen_is_kept(chromium: Browser, site: tuple[Served, Path]) -> None:
    with reader(chromium) as context:
        page = begun(context, site[0].address)
        page.locator("nav a[lang=ckb]").click()
        page.wait_for_selector("html[lang=ckb][data-ready]")
        again = begun(context, site[0].address, "/public")
        again.wait_for_selector("html[lang=ckb][data-ready]")


@pytest.mark.slow
def test_offline_the_last_state_is_shown_with_its_age(
    chromium: Browser, site: tuple[Served, Path]
) -> None:
    with reader(chromium) as context:
        page = begun(context, site[0].address)
        page.wait_for_selector("html[data-offline]")
        context.set_offline(True)
        page.reload()
        page.wait_for_selector("html[data-ready]")
        expect(page.locator(".days")).to_contain_text("Without a connection")
        expect(page.get_by_text(TEXT)).to_be_visible()
        page.locator("nav a[lang=ar]").click()
        page.wait_for_selector("html[lang=ar][data-ready]")
        assert page.locator("figure img").evaluate("(each) => each.naturalWidth > 0")
        # What has ended by itself is not shown from what was kept either.
        page.clock.set_system_time(time.time_ns() / 1e9 + 20 * 86_400)
        page.reload()
        page.wait_for_selector("html[data-ready]")
        expect(page.locator(".notice")).to_be_hidden()
        assert page.locator(".age.stale").count() == 1


@pytest.mark.slow
def test_the_large_map_is_drawn_from_what_is_published(
    chromium: Browser, site: tuple[Served, Path]
) -> None:
    with reader(chromium) as context:
        page = begun(context, site[0].address)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.get_by_role("button", name="Open the large map").click()
        page.wait_for_selector(".large[data-state=ready]", timeout=60_000)
        assert page.locator(".large canvas").count() == 1
        page.wait_for_timeout(1_000)
        assert not [url for url in asked if "/api/" in url or "/tiles/" in url]


def test_the_residents_page_shows_the_notice(chromium: Browser, site: tuple[Served, Path]) -> None:
    with reader(chromium) as context:
        page = begun(context, site[0].address, "/report?lang=ar")
        expect(page.get_by_text("احتمال تلوث جديد").first).to_be_visible()


@pytest.mark.slow
def test_a_folder_on_a_stick_is_the_same_page(
    chromium: Browser, site: tuple[Served, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "stick"
    command = [*RAFIQA, "publish", str(site[1]), str(folder), "--call", "115", "--no-sheets"]
    subprocess.run(command, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "-d"]
    with subprocess.Popen([*server, str(folder)], stderr=subprocess.DEVNULL) as process:
        try:
            with reader(chromium) as context:
                for _ in range(50):
                    try:
                        socket.create_connection(("127.0.0.1", port), 1).close()
                        break
                    except OSError:
                        time.sleep(0.1)
                page = begun(context, f"http://127.0.0.1:{port}", "/ar.html")
                expect(page.get_by_text("115")).to_be_visible()
                assert page.locator("a[href^='/report']").count() == 0
                page.wait_for_selector("html[data-offline]")
                page.get_by_role("button", name="افتح الخريطة الكبيرة").click()
                page.wait_for_selector(".large[data-state=ready]", timeout=60_000)
        finally:
            process.terminate()


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "approve"), [("en", "Approve, as a second"), ("ar", "وافق")])
def test_the_desk_writes_approves_and_withdraws(
    chromium: Browser, site: tuple[Served, Path], lang: str, approve: str
) -> None:
    """Four eyes on the desk: what one wrote another approves, narrow and axe clean."""
    served, _ = site
    with reader(chromium, bypass_csp=True) as context:
        for login in ("authority1", "authority2"):
            headers, asked = {"X-Rafiqa": "desk"}, f"{served.address}/api/session"
            body = {"login": login, "password": served.logins[login]}
            assert context.request.post(asked, headers=headers, data=body).ok
            page = context.new_page()
            page.goto(f"{served.address}/?lang={lang}&work=told")
            page.wait_for_selector(".sheet.told .cards li")
            if login == "authority1":
                page.locator(".opening button").first.click()
                page.add_script_tag(path=str(AXE))
                found = page.evaluate("axe.run('.sheet.told').then((told) => told.violations)")
                assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
                page.select_option("[name=kind]", "works")
                page.fill("[name=from]", "2026-01-01T08:00")
                page.fill("[name=until]", "2026-06-01T08:00")
                page.fill("[name=text]", "Ask Mr Haddad")
                page.locator(".act-form button[type=submit]").click()
                page.locator(".act-form button.strong:visible").click()
                # Refused with every reason, and nothing that was typed is lost.
                expect(page.locator(".act-form [role=alert]")).to_contain_text(
                    "service.notice.over"
                )
                expect(page.locator(".act-form [role=alert]")).to_contain_text("Mr Haddad")
                assert page.input_value("[name=text]") == "Ask Mr Haddad"
                year = page.evaluate("new Date().getFullYear()")
                page.fill("[name=from]", f"{year}-01-02T08:00")
                page.evaluate(
                    """() => {
                      const ends = new Date(Date.now() + 2 * 86400000).toISOString().slice(0, 16);
                      const begins = new Date(Date.now() - 86400000).toISOString().slice(0, 16);
                      document.querySelector("[name=until]").value = ends;
                      document.querySelector("[name=from]").value = begins;
                    }"""
                )
                page.fill("[name=text]", f"Follow the flags ({lang}).")
                page.locator(".act-form button[type=submit]").click()
                page.locator(".act-form button.strong:visible").click()
                expect(page.get_by_text(f"Follow the flags ({lang}).")).to_be_visible()
                assert page.get_by_role("button", name=approve).count() == 0
            else:
                page.get_by_role("button", name=approve).first.click()
                expect(page.get_by_role("button", name=approve)).to_have_count(0, timeout=20_000)
            page.close()
        rows = context.request.get(f"{served.address}/api/area-notices").json()["notices"]
        assert f"Follow the flags ({lang})." in {each["text"] for each in rows}
