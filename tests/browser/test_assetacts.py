"""Acts on a building from its sheet: what a role may do is offered, done, and seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.unmapped]
WORDS = {
    "en": ("Record damage…", "Grade in that scale", "As the source writes it", "Go on"),
    "ar": ("تسجيل ضرر…", "الدرجة في هذا المقياس", "كما كتبها المصدر", "متابعة"),
}
DO = {"en": "Record the damage", "ar": "تسجيل الضرر"}


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_damage_is_recorded_from_the_sheet_and_stands_there(town_desk: Desk, lang: str) -> None:
    """By keyboard alone from the button on."""
    record, grade, written, on = WORDS[lang]
    page = town_desk.open(lang=lang, selected="asset:b24")
    page.wait_for_selector(".sheet .verdict")
    assert page.locator(".sheet .acts").count() == 0
    town_desk.sign_in("first")
    button = page.get_by_role("button", name=record)
    button.wait_for(timeout=20_000)
    button.press("Enter")
    page.get_by_label(grade).focus()
    page.keyboard.press("ArrowDown")
    page.get_by_label(written).focus()
    page.keyboard.insert_text(f"cracked {lang}")
    page.get_by_role("button", name=on, exact=True).press("Enter")
    expect(page.locator(".act-form")).to_contain_text("EMS-98")
    page.get_by_role("button", name=DO[lang], exact=True).press("Enter")
    expect(page.locator(".damage")).to_contain_text(f"cracked {lang}", timeout=30_000)


@pytest.mark.slow
def test_units_and_works_are_put_on_record_and_each_role_sees_its_own(town_desk: Desk) -> None:
    page = town_desk.open(selected="asset:b26")
    page.wait_for_selector(".sheet .verdict")
    town_desk.sign_in("first")
    acts = page.locator(".sheet .acts")
    expect(acts).to_contain_text("Put its units on record…", timeout=20_000)
    expect(acts).not_to_contain_text("Tag the structure…")
    page.get_by_role("button", name="Put its units on record…").click()
    page.get_by_label("Roof", exact=True).check()
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page.locator(".act-form")).to_contain_text("units: 3")
    page.get_by_role("button", name="Put the units on record", exact=True).click()
    expect(acts).not_to_contain_text("Put its units on record…", timeout=30_000)
    page.get_by_role("button", name="Ask for works here…").click()
    page.get_by_label("Name of the works").fill("New stairs")
    page.locator(".act-form select[name=kind]").select_option("new_building")
    page.get_by_label("Deepest excavation").fill("40")
    page.get_by_role("button", name="Go on", exact=True).click()
    page.get_by_role("button", name="Register the works", exact=True).click()
    expect(page.locator(".sheet h2")).to_have_text("New stairs", timeout=30_000)
    page.go_back()
    works = page.locator(".sheet .links").filter(has_text="New stairs")
    expect(works).to_be_visible(timeout=30_000)
    works.get_by_role("button").click()
    expect(page.locator(".sheet")).to_contain_text("Permit", timeout=20_000)
    page.go_back()
    page.locator(".signed button:not(.who)").click()
    town_desk.sign_in("planner")
    expect(page.locator(".signed")).to_be_visible(timeout=20_000)
    expect(page.locator(".sheet .acts")).to_have_count(0)
