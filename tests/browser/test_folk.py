"""People harmed and warned at the desk: a first report, a survey; by keyboard, in two languages."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pyrage
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, ViewportSize, expect

from rafiqa.land import AccidentRecorded
from rafiqa.service import record_accident
from rafiqa.service.vaultdoor import vault_place
from rafiqa.service.vaulting import identity_content, keep_identity, look_at_identity
from rafiqa.store.vault import make_vault
from tests.browser.conftest import Desk, Served, need_browser, open_desk, serving
from tests.browser.test_copy import RESPONSES, until, wait_kept
from tests.browser.test_work import faults, opened, picture
from tests.city import FIRST, LOGINS, PASSWORD, small_city

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WAIT_MS = 20_000
PHONE: ViewportSize = {"width": 360, "height": 740}
TABLET: ViewportSize = {"width": 1024, "height": 768}
ACCIDENT = {"killed": "0", "injured": "6", "harmed_men": "6"}
SURVEY = {"community": "Mill quarter", "victims": "3", "residents": "900"}


@pytest.fixture(scope="module")
def folk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    need_browser()
    folder = tmp_path_factory.mktemp("folk")
    small_city(folder).store.close()
    with serving(folder / "small.rafiqa", dict.fromkeys(LOGINS, PASSWORD)) as running:
        yield running


def typed(desk: Desk, form: Locator, told: dict[str, str]) -> None:
    """Types into each field as by hand, having come to it by keyboard alone."""
    for name, text in told.items():
        field = form.locator(f"[name={name}]")
        field.focus()
        desk.page.keyboard.type(text)
        expect(field).to_have_value(text)


def put(desk: Desk, form: Locator, does: str, go_on: str) -> None:
    """Goes on, reads once more, and puts it on record; without a mouse."""
    form.get_by_role("button", name=go_on).focus()
    desk.page.keyboard.press("Enter")
    button = form.get_by_role("button", name=does)
    button.focus(timeout=WAIT_MS)
    desk.page.keyboard.press("Enter")
    expect(form).to_have_count(0, timeout=WAIT_MS)


def opening(desk: Desk, title: str) -> Locator:
    button = desk.page.locator(".sheet.work .opening > button").filter(has_text=title).first
    button.focus(timeout=WAIT_MS)
    desk.page.keyboard.press("Enter")
    return desk.page.locator(".sheet.work .opening .act-form")


def accidents(desk: Desk) -> int:
    told = desk.page.evaluate("fetch('/api/people').then(answer => answer.json())")
    return len(json.loads(json.dumps(told))["accidents"])


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("People harmed and warned", "Accident", "Community impact", "Put it on record")),
        ("ar", ("المتضررون والمتوعّون", "حادث", "الأثر على المجتمع", "سجّله")),
    ],
)
def test_an_accident_and_a_survey_go_on_record_by_keyboard(
    folk: Served, context: BrowserContext, lang: str, words: tuple[str, str, str, str]
) -> None:
    page_name, accident, survey, does = words
    go_on = {"en": "Go on", "ar": "متابعة"}[lang]
    desk = open_desk(context, folk, mapped=False)
    page = desk.open()
    desk.sign_in("first")
    page.locator("nav.tools select").select_option(lang)
    expect(page.locator("html")).to_have_attribute("lang", lang, timeout=WAIT_MS)
    opened(desk, page_name)
    form = opening(desk, accident)
    known = accidents(desk)
    form.locator("[name=kind]").select_option(index=1)
    form.locator("[name=happened_on]").fill("2026-02-01")
    typed(desk, form, {"area_id": "H1", **ACCIDENT})
    form.locator("[name=geometry]").fill("nowhere at all")
    faults(desk, ".sheet.work")
    page.set_viewport_size(PHONE)
    picture(desk, f"accident-{lang}-360")
    page.set_viewport_size(TABLET)
    picture(desk, f"accident-{lang}-1024")
    form.get_by_role("button", name=go_on).click()
    form.get_by_role("button", name=does).click()
    expect(form.get_by_role("alert")).to_contain_text("36.19, 44.01", timeout=WAIT_MS)
    form.locator("[name=geometry]").fill("")
    put(desk, form, does, go_on)
    assert accidents(desk) == known + 1

    form = opening(desk, survey)
    form.locator("[name=surveyed_on]").fill("2026-02-03")
    form.locator("[name=contaminated]").select_option("yes")
    typed(desk, form, SURVEY)
    form.locator("input[name=blockages][value=housing]").focus()
    page.keyboard.press("Space")
    picture(desk, f"survey-form-{lang}-1024")
    faults(desk, ".sheet.work")
    put(desk, form, does, go_on)
    told = page.locator(".sheet.work li", has_text="Mill quarter").first
    expect(told.locator(".callout")).to_be_visible(timeout=WAIT_MS)
    told.scroll_into_view_if_needed()
    picture(desk, f"communities-{lang}-1024")
    page.set_viewport_size(PHONE)
    told.scroll_into_view_if_needed()
    picture(desk, f"communities-{lang}-360")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    faults(desk, ".sheet.work")
    assert desk.foreign == []


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, tuple[str, ...]]]:
    """A small city with a vault, one person looked at in it; and what no browser may ever hold."""
    need_browser()
    folder = tmp_path_factory.mktemp("safe")
    office = small_city(folder)
    secret = pyrage.x25519.Identity.generate()
    place = vault_place(folder / "small.rafiqa")
    office.vault = make_vault(place, str(secret.to_public()), os.urandom, office.now_us)
    harmed = AccidentRecorded("hit-1", "ordnance", None, injured=1)
    assert record_accident(office, FIRST, harmed).done
    content = identity_content("victim_identity", {"full_name": "Qanary Person"})
    acted, name = keep_identity(office, FIRST, "hit-1", "victim_assistance", content)
    assert acted.done
    assert name is not None
    assert look_at_identity(office, FIRST, name, "referral", secret).content
    office.vault.close()
    office.store.close()
    with serving(folder / "small.rafiqa", dict.fromkeys(LOGINS, PASSWORD)) as running:
        yield running, (name, "Qanary")


_HELD = """async () => {
  const held = [location.href, document.title, document.documentElement.outerHTML];
  held.push(JSON.stringify(history.state));
  held.push(JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage}));
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const asked of await cache.keys()) {
      held.push(asked.url, await (await cache.match(asked)).text());
    }
  }
  held.push(JSON.stringify(await indexedDB.databases()));
  held.push(JSON.stringify(performance.getEntries().map((entry) => entry.name)));
  return held;
}"""
"""All that a page of this origin can leave behind in a browser."""


@pytest.mark.parametrize(
    ("lang", "title", "reason"),
    [("en", "The vault of names", "To refer the person"), ("ar", "خزانة الأسماء", "إحالة الشخص")],
)
def test_the_vault_stands_at_the_desk_and_nobody_in_it_is_named(
    safe: tuple[Served, tuple[str, ...]],
    context: BrowserContext,
    lang: str,
    title: str,
    reason: str,
) -> None:
    desk = open_desk(context, safe[0])
    page = desk.open()
    desk.sign_in("first")
    page.locator("nav.tools select").select_option(lang)
    expect(page.locator("html")).to_have_attribute("lang", lang, timeout=WAIT_MS)
    opened(desk, title)
    sheet = page.locator(".sheet.work.vault")
    expect(sheet.locator("[data-state=open]")).to_be_visible(timeout=WAIT_MS)
    expect(sheet.locator("[data-count=kept]")).to_have_text("1")
    expect(sheet).to_contain_text(reason)
    expect(sheet).to_contain_text("rafiqa vault show STORE PSEUDONYM")
    # By keyboard alone: the codes are opened, and the page is left to where it was opened from.
    summary = sheet.locator("details > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(sheet.locator("details").first).to_have_attribute("open", "")
    expect(sheet).to_contain_text("call_back")
    for size, width in ((TABLET, 1024), (PHONE, 360)):
        page.set_viewport_size(size)
        picture(desk, f"vault-{lang}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        faults(desk, ".sheet.work")
    page.set_viewport_size(TABLET)
    summary.focus()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(page.locator(".work-menu > button")).to_be_focused()
    assert desk.foreign == []


def test_no_browser_holds_who_is_in_the_vault_nor_the_page_for_reading(
    safe: tuple[Served, tuple[str, ...]], chromium: Browser
) -> None:
    served, secrets = safe
    context = chromium.new_context(viewport=TABLET, service_workers="allow")
    desk = open_desk(context, served)
    page = desk.open(lang="en")
    until(page, "navigator.serviceWorker.controller !== null")
    desk.sign_in("first")
    desk.open(lang="en", work="vault")
    sheet = page.locator(".sheet.work.vault")
    expect(sheet.locator("[data-state=open]")).to_be_visible(timeout=WAIT_MS)
    wait_kept(page, "/api/map/hazards?lang=en")
    held = page.evaluate(_HELD)
    for control in ("hit-1", "/api/map/hazards", "/api/vault"):
        assert any(control in each for each in held), control
    assert not [word for word in secrets for each in held if word in each]
    kept = page.evaluate(RESPONSES)
    assert any("/api/map/hazards" in url for url in kept)
    assert not [url for url in kept if "/api/vault" in url]
    context.close()
    assert desk.foreign == []
