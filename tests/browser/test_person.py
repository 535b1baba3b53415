"""The own account in Chromium: a passkey enrolled and used, in four languages, by keyboard, axe."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.conftest import (
    QUICK,
    RAFIQA,
    ROOT,
    Desk,
    Served,
    make_demo,
    need_browser,
    serving,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
LANGS = ("en", "ar", "ckb", "kmr")


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo that asks for a passkey of who approves, at a name to which browsers give keys."""
    need_browser()
    store = tmp_path_factory.mktemp("person") / "demo.rafiqa"
    logins = make_demo(store, 100)
    command = [*RAFIQA, "people", "policy", str(store), "--approving", "passkey"]
    subprocess.run(command, check=True, capture_output=True)
    for login in ("authority1", "authority2"):
        given = [*RAFIQA, "people", "ticket", str(store), login, "--json"]
        made = subprocess.run(given, check=True, capture_output=True, text=True)
        logins[f"{login} ticket"] = made.stdout.split('"ticket": "')[1].split('"')[0]
    with serving(store, logins) as running:
        yield replace(running, address=running.address.replace("127.0.0.1", "localhost"))


def key_of(page: Page, *, verifies: bool = True) -> CDPSession:
    """A virtual authenticator in the browser, by the DevTools protocol."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def session_of(page: Page) -> Any:
    return page.evaluate("fetch('/api/session').then(answer => answer.json())")


def test_a_passkey_is_enrolled_with_a_ticket_and_approves(
    asking: Served, chromium: Browser
) -> None:
    context = chromium.new_context(**QUICK, viewport={"width": 1024, "height": 768}, locale="en")
    page = context.new_page()
    desk = Desk(asking, page)
    key_of(page)
    desk.open()
    page.locator(".person").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="I have a ticket").click()
    dialog.get_by_label("Login").fill("authority1")
    dialog.get_by_label("Ticket").fill(asking.logins["authority1 ticket"])
    expect(dialog.get_by_label("New password")).to_have_attribute("type", "password")
    dialog.get_by_label("New password").fill("words of my own")
    dialog.locator("button[type=submit]").click()
    dialog.wait_for(state="detached", timeout=20_000)
    assert session_of(page)["strong"] is False
    page.locator(".who").click()
    part = page.locator("[data-part=passkeys]")
    part.get_by_label("What you call this device").fill("blue laptop")
    part.locator("[data-act=add-passkey]").click()
    expect(part.get_by_text("blue laptop").first).to_be_visible(timeout=20_000)
    # What was enrolled is no sign-in: the session is still of a ticket.
    page.locator(".signed button:not(.who)").click()
    page.locator("button.person").click()
    page.get_by_role("dialog").locator("[data-way=passkey]").click()
    page.get_by_role("dialog").wait_for(state="detached", timeout=20_000)
    told = session_of(page)
    assert (told["actor"]["login"], told["strong"]) == ("authority1", True)
    page.locator(".who").click()
    expect(page.locator("[data-part=standing]")).to_contain_text("This is enough to approve.")
    context.close()


def test_a_key_that_asks_its_holder_for_nothing_is_none(asking: Served, chromium: Browser) -> None:
    context = chromium.new_context(**QUICK, locale="en")
    page = context.new_page()
    key_of(page, verifies=False)
    Desk(asking, page).open()
    page.locator(".person").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="I have a ticket").click()
    dialog.get_by_label("Login").fill("authority2")
    dialog.get_by_label("Ticket").fill(asking.logins["authority2 ticket"])
    dialog.get_by_label("New password").fill("words of my own")
    dialog.locator("button[type=submit]").click()
    dialog.wait_for(state="detached", timeout=20_000)
    page.locator(".who").click()
    part = page.locator("[data-part=passkeys]")
    part.locator("[data-act=add-passkey]").click()
    expect(part.get_by_role("alert")).to_be_visible(timeout=20_000)
    expect(part.locator(".cards > li")).to_have_count(0)
    context.close()


def test_who_signed_in_by_password_is_told_to_sign_in_once_more(
    asking: Served, chromium: Browser
) -> None:
    context = chromium.new_context(**QUICK, locale="en")
    page = context.new_page()
    desk = Desk(asking, page)
    desk.open()
    desk.sign_in("inspector1")
    page.locator(".who").click()
    # A quality officer reviews no lot and signs no paper: nothing is asked of them.
    expect(page.locator("[data-part=standing]")).to_be_visible(timeout=20_000)
    assert page.locator("[data-part=standing] .notice").count() == 0
    page.locator(".signed button:not(.who)").click()
    expect(page.locator(".signed")).to_have_count(0)
    desk.sign_in("engineer1")
    page.locator(".who").click()
    standing = page.locator("[data-part=standing]")
    expect(standing.locator(".notice.bad")).to_contain_text("passkey", timeout=20_000)
    standing.locator(".notice button").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    context.close()


@pytest.mark.parametrize(
    "lang", [pytest.param(each, marks=() if each == "ar" else pytest.mark.slow) for each in LANGS]
)
def test_the_page_at_the_width_of_a_phone(asking: Served, chromium: Browser, lang: str) -> None:
    context = chromium.new_context(
        **QUICK, viewport={"width": 360, "height": 740}, locale=lang, bypass_csp=True
    )
    page = context.new_page()
    desk = Desk(asking, page)
    desk.open(lang=lang)
    page.locator(".person").first.click()
    page.get_by_role("dialog").wait_for()
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document.querySelector('dialog'))")
    assert [each["id"] for each in found["violations"]] == []
    page.keyboard.press("Escape")
    desk.sign_in("inspector1")
    # By keyboard alone: the own name opens the page, Escape closes it.
    page.locator(".who").focus()
    page.keyboard.press("Enter")
    sheet = page.locator(".sheet.own-account")
    expect(sheet.locator("[data-part=sessions] li").first).to_be_visible(timeout=20_000)
    found = page.evaluate("axe.run(document.querySelector('.sheet'))")
    assert [each["id"] for each in found["violations"]] == []
    width = page.evaluate("document.querySelector('.sheet-body').scrollWidth")
    assert width <= page.evaluate("document.querySelector('.sheet-body').clientWidth") + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert "desk.person" not in sheet.inner_text()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    context.close()


def test_nothing_of_an_account_is_told_to_who_is_not_signed_in(asking: Served) -> None:
    told = asking.ask("/api/session")
    assert told == {"actor": None, "approving": "passkey", "strong": False, "vouched_by": None}
