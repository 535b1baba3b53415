"""The desk without a network: what was seen is read with its age, by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import MAP_MS, QUICK, Desk, Served, open_desk
from tests.browser.place import unrecorded

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AREA = "area:h0004"
WAIT_MS = 20_000
KEPT = """async path => {
  for (const name of (await caches.keys()).filter(name => name.startsWith("rafiqa-desk-copy-"))) {
    if (await (await caches.open(name)).match(path)) return true;
  }
  return false;
}"""
SHOW = """address => {
  history.pushState(null, "", address);
  dispatchEvent(new PopStateEvent("popstate"));
}"""
"""Goes to an address as the browser's own buttons do, without loading and drawing all anew."""
COPIES = "caches.keys().then(names => names.filter(name => name.startsWith('rafiqa-desk-copy-')))"
RESPONSES = """() => caches.keys().then(names => Promise.all(
  names.filter(name => name.startsWith("rafiqa-desk-copy-"))
    .map(async name => (await (await caches.open(name)).keys()).map(each => each.url)))
).then(all => all.flat())"""


@pytest.fixture
def keeping(chromium: Browser, served: Served) -> Iterator[Desk]:
    """A desk whose browser keeps a copy; without a network it may complain."""
    context = chromium.new_context(
        **QUICK, viewport={"width": 1280, "height": 800}, service_workers="allow"
    )
    opened = open_desk(context, served)
    yield opened
    context.set_offline(False)
    context.close()
    assert opened.foreign == []


def until(page: Page, script: str) -> None:
    """Until something is so; the page's own policy lets nothing be evaluated from within it."""
    for _ in range(WAIT_MS // 100):
        if page.evaluate(script):
            return
        page.wait_for_timeout(100)
    raise AssertionError(script)


def wait_kept(page: Page, *paths: str) -> None:
    """Until answers are in the copy, and the copy has an owner."""
    for path in paths:
        until(page, f"({KEPT})({path!r})")


def opened_with(desk: Desk, lang: str, login: str | None = "authority1") -> Page:
    """A page that has shown the map, an area and the queue, and has all of it in the copy."""
    page = desk.open(lang=lang, selected=AREA)
    until(page, "navigator.serviceWorker.controller !== null")
    if login:
        desk.sign_in(login)
        expect(page.locator(".foot")).to_contain_text("network" if lang == "en" else "شبكة")
        page.wait_for_selector(".acts button")
        desk.open(lang=lang, work="inbox")
        page.wait_for_selector(".queue > li", timeout=WAIT_MS)
        wait_kept(page, f"/api/queue?lang={lang}")
        page.evaluate(SHOW, f"/?lang={lang}&selected={AREA}")
        page.wait_for_selector(".acts button", timeout=WAIT_MS)
    page.wait_for_selector(".sheet .history", timeout=WAIT_MS)
    wait_kept(page, f"/api/map/hazards?lang={lang}", f"/api/areas/h0004?lang={lang}", "/health")
    return page


def cut(page: Page) -> None:
    """No network from here on: neither for the page nor for what keeps it."""
    page.context.set_offline(True)


def reopened(desk: Desk, **query: str) -> Page:
    """The desk opened anew, its map drawn from the copy."""
    return desk.open(**query)


SAYS = {
    "en": (
        "this is the copy on this device, as of",
        "Treat ground that is not in the copy as hazard",
        "Nothing can be sent",
    ),
    "ar": (
        "النسخة المحفوظة على هذا الجهاز",
        "تعامَلْ مع كل أرض ليست في النسخة على أنها خطرة",
        "لا يمكن إرسال شيء",
    ),
}


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_what_was_seen_is_read_without_a_network_with_its_age(keeping: Desk, lang: str) -> None:
    page = opened_with(keeping, lang)
    entries = keeping.served.ask("/health")["entries"]
    cut(page)
    reopened(keeping, lang=lang, selected=AREA)
    said = page.locator(".notice.copy")
    expect(said).to_be_visible(timeout=WAIT_MS)
    for words in SAYS[lang]:
        expect(said).to_contain_text(words)
    assert page.evaluate("document.documentElement.dir") == ("rtl" if lang == "ar" else "ltr")
    assert page.locator(".stage").get_attribute("data-stale") == "true"
    # The dossier that was opened, and the queue.
    expect(page.locator(".sheet .history")).to_be_visible(timeout=WAIT_MS)
    expect(page.locator(".unrecorded").first).to_be_visible()
    # An act is refused here, and nobody hears of it later.
    page.locator(".acts button").first.click()
    form = page.locator(".act-form")
    form.locator("select").first.select_option(index=1)
    for field in form.locator("textarea, input[type=text], input:not([type])").all():
        field.fill("x")
    form.locator("button[type=submit]").click()
    expect(page.locator(".act-form [role=alert], .sheet [role=alert]").first).to_contain_text(
        SAYS[lang][2], timeout=WAIT_MS
    )
    reopened(keeping, lang=lang, work="inbox")
    expect(page.locator(".queue > li").first).to_be_visible(timeout=WAIT_MS)
    page.context.set_offline(False)
    expect(said).to_have_count(0, timeout=WAIT_MS)
    assert keeping.served.ask("/health")["entries"] == entries


def test_what_is_not_in_the_copy_is_told_as_hazard(keeping: Desk, served: Served) -> None:
    page = opened_with(keeping, "en", None)
    lon, lat = unrecorded(served)
    cut(page)
    reopened(keeping, selected=f"spot:{lon:.6f},{lat:.6f}")
    expect(page.locator(".sheet [role=alert]")).to_contain_text(
        "This is not in the copy", timeout=WAIT_MS
    )
    expect(page.locator(".sheet [role=alert]")).to_contain_text("hazard")
    # Another day was never kept: nothing of it is shown, and no older day in its place unsaid.
    page.goto(f"{served.address}/?lang=en&valid_at=2026-01-01T00:00:00Z")
    expect(page.locator(".notices")).to_contain_text("Treat all ground as hazard", timeout=MAP_MS)
    assert page.locator(".lists li").count() == 0


def test_who_signs_out_without_a_network_leaves_nothing_to_read(keeping: Desk) -> None:
    page = opened_with(keeping, "en")
    cut(page)
    reopened(keeping, selected=AREA)
    expect(page.locator(".notice.copy")).to_be_visible(timeout=WAIT_MS)
    page.locator(".signed button:not(.who)").click()
    expect(page.locator(".notices")).to_contain_text("You are signed out here", timeout=WAIT_MS)
    assert page.evaluate(COPIES) == []
    expect(page.locator(".sheet")).to_have_count(0)
    page.goto(f"{keeping.served.address}/?lang=en&selected={AREA}&work=inbox")
    expect(page.locator(".notices [role=alert]").first).to_contain_text(
        "Treat all ground as hazard", timeout=MAP_MS
    )
    assert page.locator(".queue > li, .sheet .history, .acts, .signed").count() == 0
    # The session ends before anything else is asked.
    page.context.set_offline(False)
    page.reload()
    page.wait_for_selector('html[data-ready="map"]', timeout=MAP_MS)
    expect(page.locator(".person").first).to_contain_text("Sign in")
    told = page.evaluate("fetch('/api/session').then(answer => answer.json())")
    assert told["actor"] is None


def test_who_comes_after_reads_nothing_of_whoever_was_there(keeping: Desk) -> None:
    page = opened_with(keeping, "en")
    page.locator(".signed button:not(.who)").click()
    expect(page.locator(".signed")).to_have_count(0, timeout=WAIT_MS)
    keeping.sign_in("engineer1")
    wait_kept(page, "/api/map/hazards?lang=en")
    kept: list[str] = page.evaluate(RESPONSES)
    assert not any("/api/queue" in url for url in kept)
    cut(page)
    page.goto(f"{keeping.served.address}/?lang=en&work=inbox")
    page.wait_for_selector('html[data-ready="map"]', timeout=MAP_MS)
    expect(page.locator(".sheet [role=alert]")).to_contain_text(
        "This is not in the copy", timeout=WAIT_MS
    )
    assert page.locator(".queue > li").count() == 0


def test_the_copy_of_somebody_signed_in_ends_with_the_time_of_a_session(keeping: Desk) -> None:
    page = opened_with(keeping, "en")
    owner: dict[str, Any] = {"login": "authority1", "saidAtMs": 0}
    page.evaluate(
        """async owner => (await caches.open("rafiqa-desk-copy-owner"))
          .put("/api/session", new Response(JSON.stringify(owner)))""",
        {**owner, "saidAtMs": page.evaluate("Date.now()") - 12 * 3_600_000 - 1},
    )
    cut(page)
    page.goto(f"{keeping.served.address}/?lang=en&selected={AREA}")
    expect(page.locator(".notices [role=alert]").first).to_contain_text(
        "Treat all ground as hazard", timeout=MAP_MS
    )
    assert page.evaluate(COPIES) == []


def test_other_windows_begin_anew_when_somebody_signs_out(keeping: Desk) -> None:
    page = opened_with(keeping, "en")
    other = page.context.new_page()
    other.goto(f"{keeping.served.address}/?lang=en&work=inbox")
    other.wait_for_selector(".queue > li", timeout=MAP_MS)
    page.locator(".signed button:not(.who)").click()
    expect(other.locator(".queue > li")).to_have_count(0, timeout=WAIT_MS)
    expect(other.locator(".signed")).to_have_count(0)


def test_no_residents_words_and_no_papers_are_kept(keeping: Desk) -> None:
    page = opened_with(keeping, "en")
    keeping.open(work="reports")
    page.wait_for_selector(".sheet.work li", timeout=WAIT_MS)
    page.wait_for_timeout(500)
    kept: list[str] = page.evaluate(RESPONSES)
    assert kept
    assert not any("/api/reports" in url or "/documents" in url for url in kept)
