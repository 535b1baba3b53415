"""The queue, dossiers, dashboards and news in the browser: by keyboard alone, in both languages."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Download, Page, expect

from tests.browser.conftest import Desk, Served, make_demo, need_browser, open_desk, serving
from tests.browser.test_work import faults, opened, picture

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WAIT_MS = 30_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A folder with a demo store that is only copied, and its logins."""
    need_browser()
    folder = tmp_path_factory.mktemp("waiting")
    return folder, make_demo(folder / "demo.rafiqa", 100)


@contextmanager
def copied(made: tuple[Path, dict[str, str]], to: Path) -> Iterator[Served]:
    """The demo store copied and served: what is done there no other test sees, in any order."""
    folder, logins = made
    shutil.copytree(folder, to)
    with serving(to / "demo.rafiqa", logins) as running:
        yield running


@pytest.fixture(scope="module")
def waiting(
    made: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A store in which no test decides anything."""
    with copied(made, tmp_path_factory.mktemp("read") / "copy") as running:
        yield running


@pytest.fixture
def decided(made: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[Served]:
    """A store of one test that accepts or sends back."""
    with copied(made, tmp_path / "copy") as running:
        yield running


def at(served: Served, context: BrowserContext, login: str, **query: str) -> Desk:
    """A desk of somebody who is signed in."""
    desk = open_desk(context, served, mapped=False)
    body = {"login": login, "password": served.logins[login]}
    headers = {"X-Rafiqa": "desk", "Content-Type": "application/json"}
    answer = context.request.post(
        f"{served.address}/api/session", headers=headers, data=json.dumps(body)
    )
    assert answer.ok
    desk.open(**query)
    return desk


def go_to(page: Page, kind: str) -> None:
    """Goes down the queue by key until one of a kind has the focus."""
    for _ in range(30):
        row = page.locator(".queue > li:focus-within").first
        if row.get_attribute("data-kind") == kind:
            return
        page.keyboard.press("j")
    raise AssertionError(kind)


def test_a_release_is_accepted_by_keyboard_alone_after_it_was_read(
    decided: Served, context: BrowserContext
) -> None:
    desk = at(decided, context, "authority2", work="inbox")
    page, sheet = desk.page, desk.page.locator(".sheet.work")
    first = sheet.locator(".row-open").first
    expect(first).to_be_focused(timeout=WAIT_MS)
    assert sheet.locator(".queue > li").first.get_attribute("data-urgent") == "true"
    expect(sheet.locator(".others li")).to_have_count(1)
    faults(desk, ".sheet.work")
    picture(desk, "inbox-en")
    page.keyboard.press("?")
    expect(sheet.locator(".key-help")).to_be_focused()
    faults(desk, ".sheet.work")
    page.keyboard.press("?")
    expect(sheet.locator(".key-help")).to_have_count(0)
    page.keyboard.press("a")
    expect(sheet.locator(".decision")).to_have_count(0)
    page.keyboard.press("End")
    page.keyboard.press("Home")
    expect(first).to_be_focused()
    go_to(page, "release")
    page.keyboard.press("Enter")
    expect(sheet.locator(".verdict")).to_contain_text("to 20 cm", timeout=WAIT_MS)
    assert "of=release%3Aw0001-r1" in page.url or "of=release:w0001-r1" in page.url
    expect(sheet).to_contain_text("Not cleared")
    faults(desk, ".sheet.work")
    picture(desk, "release-en")
    page.keyboard.press("a")
    read = sheet.locator("input[type=checkbox]")
    expect(read).to_be_focused()
    confirm = sheet.locator(".decision .act-form button[type=submit]")
    expect(confirm).to_be_disabled()
    page.keyboard.press("Space")
    expect(confirm).to_be_enabled()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(confirm).to_be_focused()
    page.keyboard.press("Enter")
    expect(sheet.locator(".callout")).to_contain_text("Accepted", timeout=WAIT_MS)
    page.keyboard.press("u")
    expect(sheet.locator('.queue > li[data-kind="release"]')).to_have_count(1, timeout=WAIT_MS)
    expect(sheet.locator(".queue > li:focus-within")).to_have_count(1)
    assert desk.complaints == []
    assert desk.foreign == []


def test_sending_back_asks_for_the_reason_and_the_proposer_reads_it_as_news(
    decided: Served, context: BrowserContext
) -> None:
    desk = at(decided, context, "authority1", work="inbox", of="release:w0002-r1", lang="ar")
    page, sheet = desk.page, desk.page.locator(".sheet.work")
    expect(sheet.locator(".verdict")).to_be_visible(timeout=WAIT_MS)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    faults(desk, ".sheet.work")
    picture(desk, "release-ar")
    # By the place of the key: on an Arabic keyboard it gives another letter.
    page.keyboard.press("KeyB")
    expect(sheet.locator("textarea[name=note]")).to_be_focused()
    page.keyboard.type("أين المخطط؟")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(sheet.locator(".callout").last).to_contain_text("أين المخطط؟", timeout=WAIT_MS)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    picture(desk, "release-ar-360")
    assert desk.complaints == []
    # Left open, it would go on asking, and be told that nobody is signed in.
    page.close()
    context.clear_cookies()
    other = at(decided, context, "authority2", work="news")
    news = other.page.locator(".sheet.work")
    expect(news.locator("li", has_text="sent back")).to_be_visible(timeout=WAIT_MS)
    badge = other.page.locator(".work-menu > button .unread")
    expect(badge).to_be_visible(timeout=WAIT_MS)
    faults(other, ".sheet.work")
    news.get_by_role("button", name="I have seen all of this").press("Enter")
    expect(badge).to_have_count(0, timeout=WAIT_MS)
    expect(news.get_by_role("status")).to_contain_text("Not seen yet: 0")
    assert other.complaints == []


def test_what_no_act_settles_is_set_aside_and_a_submission_asks_for_its_reason(
    waiting: Served, context: BrowserContext
) -> None:
    desk = at(waiting, context, "information1", work="inbox")
    page, sheet = desk.page, desk.page.locator(".sheet.work")
    expect(sheet.locator(".row-open").first).to_be_focused(timeout=WAIT_MS)
    before = sheet.locator(".queue > li").count()
    go_to(page, "quarantine")
    page.keyboard.press("s")
    expect(sheet.locator(".queue > li")).to_have_count(before - 1, timeout=WAIT_MS)
    page.keyboard.press("Home")
    page.keyboard.press("s")
    expect(sheet.locator("[role=status]").first).to_contain_text("settled by an act only")
    go_to(page, "submission")
    page.keyboard.press("Enter")
    expect(sheet.locator(".said-answers").first).to_be_visible(timeout=WAIT_MS)
    page.keyboard.press("b")
    expect(sheet.locator("textarea[name=note]")).to_be_focused()
    page.keyboard.type("which side?")
    assert sheet.locator("textarea[name=note]").input_value() == "which side?"
    faults(desk, ".sheet.work")
    page.keyboard.press("Escape")
    expect(sheet.locator(".queue")).to_be_visible(timeout=WAIT_MS)
    assert desk.complaints == []


@pytest.mark.parametrize(
    ("lang", "width"), [pytest.param("en", 1280, marks=pytest.mark.slow), ("ar", 360)]
)
def test_dashboards_are_read_as_drawing_and_table_and_taken_along(
    waiting: Served, context: BrowserContext, tmp_path: Path, lang: str, width: int
) -> None:
    desk = at(waiting, context, "inspector1", work="figures", lang=lang)
    page, sheet = desk.page, desk.page.locator(".sheet.work")
    page.set_viewport_size({"width": width, "height": 800})
    closing = waiting.ask("/api/account")["classes"]["cha"]["closing_m2"]
    for section in ("account", "progress", "quality", "waits", "equity"):
        sheet.locator(f"#figures-{section}").focus()
        page.keyboard.press("Enter")
        chart = sheet.locator("figure.chart").first
        expect(chart).to_be_visible(timeout=WAIT_MS)
        assert chart.locator("tbody tr").count() > 0
        assert chart.locator("svg title").text_content()
        faults(desk, ".sheet.work")
        picture(desk, f"figures-{section}-{lang}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    sheet.locator("#figures-account").click()
    chart = sheet.locator("figure.chart").last
    expect(chart).to_be_visible(timeout=WAIT_MS)
    csv = taken(page, chart.get_by_role("button", name="CSV"), tmp_path).decode("utf-8-sig")
    assert float(csv.split("\r\n\r\n")[0].splitlines()[-1].split(",")[1]) == pytest.approx(closing)
    svg = taken(page, chart.get_by_role("button", name="SVG"), tmp_path)
    assert svg.startswith(b"<svg")
    png = taken(page, chart.get_by_role("button", name="PNG"), tmp_path)
    assert png.startswith(b"\x89PNG")
    assert desk.complaints == []
    assert desk.foreign == []


def taken(page: Page, button: object, folder: Path) -> bytes:
    """The bytes of what a press of a button gives."""
    with page.expect_download(timeout=WAIT_MS) as waited:
        button.press("Enter")  # type: ignore[attr-defined]
    given: Download = waited.value
    given.save_as(folder / given.suggested_filename)
    return (folder / given.suggested_filename).read_bytes()


def test_a_dossier_is_one_page_with_an_address_and_prints_alone(
    waiting: Served, context: BrowserContext
) -> None:
    desk = at(waiting, context, "planner1")
    page, sheet = desk.page, desk.page.locator(".sheet.work")
    opened(desk, "Tasks")
    sheet.locator(".cards button", has_text="Field by the east well").click(timeout=WAIT_MS)
    expect(sheet.locator(".map-extract svg")).to_be_visible(timeout=WAIT_MS)
    assert "work=tasks&of=w0001-t1" in page.url
    expect(sheet).to_contain_text("op-heron")
    expect(sheet).to_contain_text("In force")
    faults(desk, ".sheet.work")
    page.emulate_media(media="print")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator(".middle")).to_be_hidden()
    expect(sheet.locator(".map-extract svg")).to_be_visible()
    # Paper says what the screen says; no part of ground still on record as hazard looks released.
    expect(page.locator(".foot")).to_contain_text("Not on record: treat as hazard")
    expect(sheet.locator(".map-extract")).to_contain_text("no part is drawn as released")
    assert sheet.locator('.map-extract path[fill="#bcd6ea"]').count() == 0
    expect(sheet.get_by_role("button", name="Print")).to_be_hidden()
    page.emulate_media(media="screen")
    page.keyboard.press("Escape")
    expect(sheet.locator(".cards")).to_be_visible()
    page.go_back()
    expect(sheet.locator(".map-extract svg")).to_be_visible(timeout=WAIT_MS)
    assert desk.complaints == []
