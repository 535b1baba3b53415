"""The account on the desk: figures that balance, what changed and which fact did it, and whence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from rafiqa.locale import text
from tests.browser.conftest import ROOT, Desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.unmapped]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
SIZES = {"wide": (1280, 800), "narrow": (360, 740)}
TITLES = {"en": "The land account", "ar": "حساب الأراضي"}
BUTTONS = {"en": "Account", "ar": "الحساب"}


def opened(desk: Desk, lang: str = "en", size: str = "wide") -> Locator:
    width, height = SIZES[size]
    desk.page.set_viewport_size({"width": width, "height": height})
    page = desk.open(lang=lang)
    page.get_by_role("button", name=BUTTONS[lang], exact=True).click()
    dialog = page.get_by_role("dialog", name=TITLES[lang])
    expect(dialog.locator("table").first).to_be_visible()
    return dialog


@pytest.mark.parametrize(
    ("lang", "size"),
    [
        ("en", "wide"),
        ("ar", "narrow"),
        pytest.param("ar", "wide", marks=pytest.mark.slow),
        pytest.param("en", "narrow", marks=pytest.mark.slow),
    ],
)
def test_the_account_fits_and_says_where_it_comes_from(desk: Desk, lang: str, size: str) -> None:
    dialog = opened(desk, lang, size)
    root = desk.served.ask("/api/account")["statement"]["ledger"]["root"]
    expect(dialog.locator(".statement code")).to_have_text(root[:12])
    expect(dialog.locator('tr[data-row="closing_m2"]')).to_be_visible()
    over = dialog.evaluate("it => it.scrollWidth - it.clientWidth")
    assert over <= 0, over
    expect(dialog).to_contain_text(text("account.methods.several", {}, lang))
    missing = dialog.evaluate("it => it.textContent.match(/account\\.[a-z_.]+/g)")
    assert missing is None
    folder = os.environ.get("RAFIQA_SHOTS")
    if folder:
        dialog.locator('input[name="compare"]').fill("2026-01-01")
        expect(dialog.locator(".causes > li").first).to_be_visible()
        desk.page.screenshot(path=Path(folder) / f"account-{lang}-{size}.png")
        dialog.evaluate("it => it.scrollTo(0, it.scrollHeight / 2.2)")
        desk.page.screenshot(path=Path(folder) / f"account-{lang}-{size}-2.png")
        dialog.evaluate("it => it.scrollTo(0, it.scrollHeight)")
        desk.page.screenshot(path=Path(folder) / f"account-{lang}-{size}-3.png")


def test_what_changed_is_told_with_the_fact_that_did_it(desk: Desk) -> None:
    dialog = opened(desk)
    expect(dialog.locator(".causes")).to_have_count(0)
    dialog.locator('input[name="compare"]').fill("2026-01-01")
    causes = dialog.locator(".causes > li")
    expect(causes.first).to_be_visible()
    told = desk.served.ask("/api/account?compare_known_at=2026-01-01")["difference"]
    expect(causes).to_have_count(len(told["facts"]) + len(told["together"]))
    expect(causes.first).to_contain_text(told["facts"][0]["title"])


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_floors_and_sources_that_differ_stand_beside_the_account(desk: Desk, lang: str) -> None:
    dialog = opened(desk, lang)
    told = desk.served.ask("/api/account?show=disagreements")
    states = [state for state, figure in told["floor"]["states"].items() if figure["units"]]
    assert states, "nothing to show"
    for state in states:
        n_units = told["floor"]["states"][state]["units"]
        row = dialog.locator(f'.floor li[data-state="{state}"]')
        expect(row).to_contain_text(text("account.floor.units", {"n": n_units}, lang))
    assert told["disagreements"], "nothing to show"
    expect(dialog.locator(".disagreements > li")).to_have_count(len(told["disagreements"]))
    first = dialog.locator(".disagreements > li").first
    for said in told["disagreements"][0]["said"]:
        expect(first).to_contain_text(said["source"])
    if folder := os.environ.get("RAFIQA_SHOTS"):
        for name in ("floor", "disagreements"):
            dialog.locator(f".{name}").scroll_into_view_if_needed()
            desk.page.screenshot(path=Path(folder) / f"{name}-{lang}.png")


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_beside_released_ground_stands_what_its_inspections_prove(desk: Desk, lang: str) -> None:
    areas = [each["area_id"] for each in desk.served.ask("/api/areas")["areas"]]
    told = next(
        area
        for area in (desk.served.ask(f"/api/areas/{area_id}?lang={lang}") for area_id in areas)
        if any(release["proves"] for release in area["releases"])
    )
    page = desk.open(lang=lang, selected=f"area:{told['area_id']}")
    page.wait_for_selector(".parts")
    shown = page.locator(".parts .why").all_inner_texts()
    for release in told["releases"]:
        assert {each["text"] for each in release["proves"]} <= set(shown)


def test_escape_closes_it_and_the_desk_is_as_it_was(desk: Desk) -> None:
    dialog = opened(desk)
    desk.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(desk.page.get_by_role("button", name="Account", exact=True)).to_be_focused()


def test_axe_finds_nothing(desk: Desk) -> None:
    opened(desk)
    desk.page.add_script_tag(path=AXE)
    found = desk.page.evaluate("axe.run(document.querySelector('dialog'))")
    assert [each["id"] for each in found["violations"]] == []
