"""Who sees and may do what: nobody, an engineer, a quality officer, the authority."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.unmapped]
STAFF_ROWS = ("Resident reports", "Evidence", "Tasks")
AREA = "area:h0004"


def test_nobody_sees_evidence_reports_or_acts(desk: Desk) -> None:
    page = desk.open(selected=AREA)
    page.wait_for_selector(".sheet .history")
    assert page.locator(".acts").count() == 0
    page.locator(".sheet-top .icon-button").click()
    keys = page.locator(".key-row .name").all_inner_texts()
    assert "Accidents" in keys
    assert not {"Evidence", "Reports of residents", "Work ordered"} & set(keys)


@pytest.mark.parametrize(
    ("login", "may"),
    [
        ("authority1", True),
        pytest.param("inspector1", False, marks=pytest.mark.slow),
        ("engineer1", False),
    ],
)
def test_an_act_is_offered_or_the_reason_why_not(desk: Desk, login: str, may: bool) -> None:
    page = desk.open(selected=AREA)
    page.wait_for_selector(".sheet .history")
    before = page.locator(".key-row").count()
    desk.sign_in(login)
    act = page.locator(".acts button").first
    expect(act).to_be_visible(timeout=20_000)
    assert page.locator(".key-row").count() >= before
    assert (
        page.evaluate("fetch('/api/session').then(answer => answer.json())")["actor"]["login"]
        == login
    )
    if may:
        expect(act).to_be_enabled()
        act.click()
        expect(page.locator(".act-form select").first).to_be_visible()
    else:
        expect(act).to_be_disabled()
        expect(page.locator(".why-not").first).to_contain_text("may not do this")
    page.locator(".signed button:not(.who)").click()
    expect(page.locator(".acts")).to_have_count(0, timeout=20_000)


def test_a_wrong_password_is_said_and_nobody_is_signed_in(desk: Desk) -> None:
    page = desk.open(lang="ar")
    page.locator(".person").first.click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input").nth(0).fill("authority1")
    dialog.locator("input[type=password]").fill("wrong")
    dialog.locator("button[type=submit]").click()
    expect(dialog.get_by_role("alert")).to_be_visible(timeout=20_000)
    assert page.evaluate("fetch('/api/session').then(answer => answer.json())")["actor"] is None
    assert all("401" in said for said in desk.complaints)
    desk.complaints.clear()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_acts_are_closed_while_another_time_is_looked_at(desk: Desk) -> None:
    page = desk.open(selected=AREA, valid_at="2026-01-01T00:00:00Z")
    page.wait_for_selector(".sheet .history")
    desk.sign_in("authority1")
    expect(page.locator(".acts button").first).to_be_disabled(timeout=20_000)
