"""A release in doubt: a look of its own on map, key, list and sheet, that never looks released."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk
from tests.browser.test_desk import AXE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.unmapped]
WORDS = {
    "en": ("Release in doubt", "Release in doubt: keep off"),
    "ar": ("الإفراج عنها موضع شك", "الإفراج عنها موضع شك: ابتعد عنها"),
    "ckb": ("ئازادکردنی جێی گومانە", "ئازادکردنی جێی گومانە: لێی دوور بکەوەرەوە"),
    "kmr": ("Berdan bi guman e", "Berdan bi guman e: jê dûr bikeve"),
}


def open_key(page: Page) -> None:
    fold = page.locator(".key-fold")
    if fold.get_attribute("aria-expanded") == "false":
        fold.click()


@pytest.mark.parametrize(
    "lang", ["ar", *(pytest.param(each, marks=pytest.mark.slow) for each in ("en", "ckb", "kmr"))]
)
def test_key_list_and_sheet_agree_that_a_release_is_in_doubt(town_desk: Desk, lang: str) -> None:
    said, keep_off = WORDS[lang]
    page = town_desk.open(lang=lang, selected="area:H1")
    page.wait_for_selector(".sheet .reasons")
    open_key(page)
    key = page.locator(".key-row").filter(has_text=keep_off)
    expect(key.locator(".count")).to_have_text("1")
    sheet = page.locator(".sheet")
    expect(sheet.locator(".parts")).to_contain_text(said)
    # No outcome of released land is drawn beside a part that is in doubt.
    doubted = sheet.locator(".parts li").filter(has_text=said)
    expect(doubted.locator("rect[fill='url(#hatch-doubt)']")).to_have_count(1)
    expect(sheet.locator(".bar i[data-look='doubt']")).to_have_count(1)
    expect(sheet.locator(".bar i[data-look='cleared']")).to_have_count(0)
    page.locator("#tab-areas").click()
    row = page.locator(".rows li").filter(has=page.locator("[aria-current]"))
    expect(row).to_contain_text(said)


@pytest.mark.slow
def test_hiding_it_is_said_aloud_and_the_map_draws_it_with_its_own_strokes(town_desk: Desk) -> None:
    page = town_desk.open(view="39.0103,35.9506,18", hide="evidence,reports")
    layers = page.evaluate("fetch('/api/map/parts').then(answer => answer.json())")
    assert "H1" not in {each["properties"]["area_id"] for each in layers["features"]}
    open_key(page)
    page.locator(".key-row").filter(has_text=WORDS["en"][1]).locator("input").uncheck()
    expect(page.locator(".notice.warn")).to_contain_text(WORDS["en"][1])
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    assert [item["id"] for item in found["violations"]] == []


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_place_in_doubt_is_told_as_one_to_keep_off(town_desk: Desk, lang: str) -> None:
    page = town_desk.open(lang=lang, selected="spot:39.0103,35.9505")
    headline = page.locator(".sheet .headline")
    expect(headline).to_contain_text(WORDS[lang][0])
    expect(headline.locator("rect[fill='url(#hatch-doubt)']")).to_have_count(1)
    expect(headline.locator("rect[fill*='cleared']")).to_have_count(0)
