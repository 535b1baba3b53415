"""People harmed and warned at the desk: a first report, a survey; by keyboard, in two languages."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, ViewportSize, expect

from tests.browser.conftest import Desk, Served, need_browser, open_desk, serving
from tests.browser.test_work import faults, opened, picture
from tests.city import LOGINS, PASSWORD, small_city

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
