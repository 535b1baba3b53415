"""Permits from the page: issued with an override, ended, a stop acknowledged; by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, Desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.unmapped]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
WAIT_MS = 20_000


def passes_axe(page: Page) -> None:
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run(document.querySelector('.sheet'))")["violations"]
    assert [fault["id"] for fault in found] == []


def fits(page: Page) -> None:
    """Nothing in the sheet is wider than its place."""
    wide = page.evaluate(
        "[...document.querySelectorAll('.sheet .act-form *')]"
        ".filter(each => each.scrollWidth > each.clientWidth + 1 && each.clientWidth)"
        ".map(each => each.outerHTML.slice(0, 80))"
    )
    assert wide == []


def press(page: Page, button: Locator) -> None:
    button.focus()
    page.keyboard.press("Enter")


def closed_project(desk: Desk) -> str:
    projects = desk.served.ask("/api/projects")["projects"]
    return str(next(one["project_id"] for one in projects if one["outcome"] == "closed"))


def opened(desk: Desk, login: str, project_id: str, lang: str) -> Page:
    """The project's page of somebody signed in; nothing here waits for the map."""
    page, served = desk.page, desk.served
    page.set_viewport_size({"width": 420, "height": 800})
    signed = page.request.post(
        f"{served.address}/api/session",
        data={"login": login, "password": served.logins[login]},
        headers={"X-Rafiqa": "desk"},
    )
    assert signed.ok
    page.goto(f"{served.address}/?lang={lang}&selected=project:{project_id}")
    page.wait_for_selector(".sheet .permits", state="attached", timeout=WAIT_MS)
    return page


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_an_override_is_refused_with_every_reason_then_issued_then_ended(
    desk: Desk, lang: str
) -> None:
    page = opened(desk, "authority2", closed_project(desk), lang)
    before = page.locator(".permits > li").count()
    press(page, page.locator(".opening > button").last)
    form = page.locator(".act-form form")
    expect(form.locator("select").first).to_be_focused()
    form.locator("input[name=organisation]").fill("Builders")
    form.locator("input[type=date]").fill("2031-05-01")
    passes_axe(page)
    fits(page)
    submit = form.locator("button[type=submit]")
    press(page, submit)
    confirm = page.locator(".act-form [role=group]")
    expect(confirm).to_be_focused()
    expect(confirm).to_contain_text("Builders")
    passes_axe(page)
    # The gate is closed: refused with every reason, in the reader's language, nothing typed lost.
    press(page, confirm.locator("button.strong"))
    refused = form.locator("[role=alert]")
    expect(refused).to_contain_text("gate.permit.closed", timeout=WAIT_MS)
    expect(refused).to_be_focused()
    assert len(refused.locator("li").all()) > 1
    if lang == "ar":
        assert "مغلقة" in refused.inner_text()
    assert form.locator("input[name=organisation]").input_value() == "Builders"

    form.locator("input[type=checkbox]").first.check()
    form.locator("textarea[name=override]").fill("the pumps must run")
    form.locator("input[name=authority]").fill("Governor")
    for gate in form.locator("input[name=covers]").all():
        gate.check()
    fits(page)
    press(page, submit)
    expect(confirm).to_be_focused()
    expect(confirm).to_contain_text("Governor")
    press(page, confirm.locator("button.strong"))
    issued = page.locator('.permits > li[data-state="in_force"]').last
    expect(page.locator(".permits > li")).to_have_count(before + 1, timeout=WAIT_MS)
    expect(issued).to_contain_text("the pumps must run")
    permit_id = issued.get_attribute("data-permit")
    paper = page.request.get(f"{desk.served.address}/api/permits/{permit_id}/paper")
    assert paper.body().startswith(b"%PDF-")

    mine = page.locator(f'[data-permit="{permit_id}"]')
    press(page, mine.locator(".opening > button"))
    mine.locator("textarea").fill("given back")
    press(page, mine.locator("button[type=submit]"))
    expect(mine.locator(".act-form [role=group]")).to_be_focused()
    press(page, mine.locator("button.strong").last)
    expect(page.locator(f'[data-permit="{permit_id}"][data-state="ended"]')).to_be_visible(
        timeout=WAIT_MS
    )
    desk.complaints[:] = [each for each in desk.complaints if "422" not in each]


def test_a_quality_officer_is_offered_no_permit_but_may_acknowledge(desk: Desk) -> None:
    page = opened(desk, "inspector1", "demo-school", "en")
    assert page.locator(".stop-notices .opening").count() == 1
    assert page.locator(".permits .opening").count() == 0
    press(page, page.locator(".stop-notices .opening > button"))
    expect(page.locator(".act-form textarea")).to_be_focused()
    press(page, page.locator(".act-form button[type=submit]"))
    expect(page.locator(".act-form [role=group]")).to_be_focused()
    # Stepping back loses nothing and does nothing.
    press(page, page.locator(".act-form [role=group] button").last)
    expect(page.locator(".act-form textarea")).to_be_focused()
    press(page, page.locator(".act-form form .buttons button").last)
    expect(page.locator(".act-form")).to_have_count(0)
    expect(page.locator(".stop-notices .opening > button")).to_be_focused()


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_works_are_asked_for_on_a_building_and_the_gate_answers(desk: Desk, lang: str) -> None:
    page, served = desk.page, desk.served
    found = served.ask("/api/search?q=school")["results"]
    school = next(each["id"] for each in found if each["kind"] == "asset")
    opened(desk, "engineer1", closed_project(desk), lang)
    page.goto(f"{served.address}/?lang={lang}&selected=asset:{school}")
    # Damage and a tag are offered before.
    opening = page.locator(".sheet .opening > button").last
    opening.wait_for(timeout=WAIT_MS)
    press(page, opening)
    form = page.locator(".act-form form")
    expect(form.locator("input[name=name]")).to_be_focused()
    form.locator("input[name=name]").fill("Clinic")
    form.locator("select[name=kind]").select_option("health")
    form.locator("input[name=depth_cm]").fill("40")
    passes_axe(page)
    fits(page)
    press(page, form.locator("button[type=submit]"))
    expect(page.locator(".act-form [role=group]")).to_be_focused()
    press(page, page.locator(".act-form [role=group] button.strong"))
    # Nothing is open by being asked for: the sheet of the works says what speaks against them.
    page.wait_for_url("**selected=project*", timeout=WAIT_MS)
    expect(page.locator(".sheet h2").first).to_contain_text("Clinic", timeout=WAIT_MS)
    assert page.locator(".sheet code", has_text="gate.").count() > 0
