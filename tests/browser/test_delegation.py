"""Acting for who is away, in Chromium: handed on by keyboard, seen over every page, ended."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect

from rafiqa.land import Actor
from rafiqa.service.accounts import put_account
from tests.browser.conftest import RAFIQA, Desk, Served, need_browser, open_desk, serving
from tests.browser.test_work import faults, picture
from tests.city import LOGINS, PASSWORD, SECOND, Draws, small_city

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WAIT_MS = 20_000
PHONE: ViewportSize = {"width": 360, "height": 740}
TABLET: ViewportSize = {"width": 1024, "height": 768}
DATA = Actor("person-data", SECOND.organisation_id, "information")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A small city in which a password is enough to approve, with an information officer."""
    need_browser()
    folder = tmp_path_factory.mktemp("delegation")
    made = small_city(folder)
    put_account(made.store, "data", PASSWORD, DATA, "Office", Draws())
    made.store.close()
    store = folder / "small.rafiqa"
    command = [*RAFIQA, "people", "policy", str(store), "--approving", "password"]
    subprocess.run(command, check=True, capture_output=True)
    logins = dict.fromkeys([*LOGINS, "data"], PASSWORD)
    with serving(store, logins) as running:
        yield running


def signed(context: BrowserContext, served: Served, login: str, lang: str) -> Desk:
    desk: Desk = open_desk(context, served, mapped=False)
    desk.open(lang=lang)
    desk.sign_in(login)
    desk.page.locator(".who").click()
    expect(desk.page.locator("[data-part=delegation]")).to_be_visible(timeout=WAIT_MS)
    return desk


def in_days(desk: Desk, n: int) -> str:
    """A day by the clock of the browser, which is the server's."""
    said = desk.page.evaluate("n => new Date(Date.now() + n * 864e5).toISOString().slice(0, 10)", n)
    return str(said)


def fits(desk: Desk) -> bool:
    return bool(
        desk.page.evaluate("document.documentElement.scrollWidth <= document.body.clientWidth")
    )


def test_a_role_is_handed_on_acted_by_and_given_back(office: Served, chromium: Browser) -> None:
    away = chromium.new_context(viewport=TABLET, bypass_csp=True, service_workers="block")
    giver = signed(away, office, "second", "en")
    part = giver.page.locator("[data-part=delegation]")
    part.locator("summary").focus()
    giver.page.keyboard.press("Enter")
    form = part.locator("[data-form=delegation]")
    offered = form.locator("select[name=login] option").all_text_contents()
    assert offered == ["data", "first"]
    form.locator("select[name=login]").select_option("data")
    form.locator("input[name=until]").fill(in_days(giver, 20))
    give = form.locator("[data-act=give-delegation]")
    expect(give).to_be_disabled()
    form.locator("input[value=accept_release]").focus()
    giver.page.keyboard.press("Space")
    faults(giver, "[data-part=delegation]")
    picture(giver, "delegation-en-form")
    give.focus()
    giver.page.keyboard.press("Enter")
    card = part.locator("[data-delegation]")
    expect(card).to_have_count(1, timeout=WAIT_MS)
    faults(giver, "[data-part=delegation]")
    picture(giver, "delegation-en-given")

    here = chromium.new_context(viewport=PHONE, bypass_csp=True, service_workers="block")
    taker = signed(here, office, "data", "ar")
    notice = taker.page.locator("[data-notice=acting-for]")
    expect(notice).to_have_count(0)
    taker.page.locator("[data-act=act-for]").click()
    expect(notice).to_be_visible(timeout=WAIT_MS)
    expect(notice).to_contain_text(SECOND.person_id)
    assert fits(taker)
    faults(taker, "[data-part=delegation]")
    faults(taker, "[data-notice=acting-for]")
    picture(taker, "delegation-ar-acting")
    taker.page.locator("[data-notice=acting-for] button").click()
    expect(notice).to_have_count(0)

    card.locator("[data-act=end-delegation]").click()
    expect(card.locator("[data-act=end-delegation]")).to_have_count(0, timeout=WAIT_MS)
    assert giver.complaints == []
    assert taker.complaints == []
    away.close()
    here.close()


def test_a_delegation_that_ended_lets_nothing_be_done(office: Served, chromium: Browser) -> None:
    """The page still says for whom it acts; the server is asked anew, and refuses."""
    away = chromium.new_context(viewport=TABLET, bypass_csp=True, service_workers="block")
    giver = signed(away, office, "first", "en")
    part = giver.page.locator("[data-part=delegation]")
    part.locator("summary").click()
    form = part.locator("[data-form=delegation]")
    form.locator("select[name=login]").select_option("data")
    form.locator("input[name=until]").fill(in_days(giver, 5))
    form.locator("input[value=accept_release]").check()
    form.locator("[data-act=give-delegation]").click()
    card = part.locator("[data-delegation]").first
    expect(card.locator("[data-act=end-delegation]")).to_be_visible(timeout=WAIT_MS)

    here = chromium.new_context(viewport=TABLET, bypass_csp=True, service_workers="block")
    taker = signed(here, office, "data", "en")
    taker.page.locator("[data-act=act-for]").first.click()
    expect(taker.page.locator("[data-notice=acting-for]")).to_be_visible(timeout=WAIT_MS)
    name = taker.page.locator("[data-delegation]").first.get_attribute("data-delegation")
    card.locator("[data-act=end-delegation]").click()
    expect(card.locator("[data-act=end-delegation]")).to_have_count(0, timeout=WAIT_MS)
    status = taker.page.evaluate(
        """name => fetch("/api/releases/R2/acceptance", {
            method: "POST", body: "{}",
            headers: {"X-Rafiqa": "desk", "Content-Type": "application/json",
                      "Rafiqa-Acting-For": name}}).then(answer => answer.status)""",
        name,
    )
    assert status == 403
    away.close()
    here.close()
