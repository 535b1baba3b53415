"""The first ten minutes at the desk, as docs/tutorial/first-ten-minutes.md tells them, followed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from rafiqa.locale import texts
from tests.browser.conftest import ROOT, Desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PAGE = (ROOT / "docs/tutorial/first-ten-minutes.md").read_text("utf-8")
WAIT_MS = 60_000


def test_every_word_in_bold_stands_on_the_desk() -> None:
    said = {*texts("en").values(), *texts("ar").values()}
    bold = {" ".join(word.split()) for word in re.findall(r"\*\*(.+?)\*\*", PAGE, re.DOTALL)}
    assert len(bold) > 20
    assert {word for word in bold if word not in said} == set()


def look(desk: Desk) -> None:
    page = desk.page
    fold = page.locator(".key-fold")
    if fold.get_attribute("aria-expanded") == "false":
        fold.click()
    expect(page.locator(".key .unrecorded")).to_be_visible()
    row = page.locator(".key-row").first.locator("input")
    row.click()
    expect(page.locator(".notice.warn")).to_be_visible()
    assert "hide=cha" in page.url
    row.click()


def find(desk: Desk) -> None:
    page = desk.page
    box, hits = page.get_by_role("searchbox"), page.locator("#found li")
    for name, script in (("الريحان", "Rihan"), ("rihan", "Rihan"), ("h0001", "h0001")):
        assert f"`{name}`" in PAGE
        box.fill(name)
        expect(hits.first).to_have_text(re.compile(script), timeout=WAIT_MS)
    expect(hits.first).to_contain_text("Hazardous area")
    page.keyboard.press("ArrowDown")
    expect(hits.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator(".sheet .area h2")).to_be_visible(timeout=WAIT_MS)
    assert "selected=area:h0001" in page.url


def ask_why(desk: Desk) -> None:
    page = desk.page
    expect(page.locator(".sheet .axes dd")).to_have_count(3)
    expect(page.locator(".sheet .reasons li").first).to_be_visible()
    expect(page.locator(".sheet .history li").first).to_be_visible()
    assert "selected=area:" in page.url


def go_back(desk: Desk) -> None:
    page = desk.page
    page.locator(".sheet").get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Event before").click()
    expect(page.locator(".not-now")).to_contain_text("Not the picture of now.")
    expect(page.locator(".not-now")).to_contain_text("as known now")
    page.get_by_role("button", name="Show now").click()
    expect(page.locator(".not-now")).to_have_count(0)
    page.get_by_role("button", name="Play what happened").click()
    expect(page.locator(".not-now")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Show now").click()
    expect(page.locator(".not-now")).to_have_count(0)


def read_gate(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("tab", name="Projects").click()
    page.locator(".rows button", has_text="Closed").first.click()
    expect(page.locator(".sheet .verdict b")).to_have_text("Closed", timeout=WAIT_MS)
    expect(page.locator(".gate-lines li").first).to_be_visible()


def turn(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("combobox", name="Language").select_option("ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl", timeout=WAIT_MS)
    page.get_by_role("combobox", name="اللغة").select_option("en")
    expect(page.locator("html")).to_have_attribute("dir", "ltr", timeout=WAIT_MS)


def sign_in(desk: Desk) -> None:
    page = desk.page
    desk.sign_in("authority1")
    page.get_by_role("button", name="Work", exact=True).click()
    expect(page.get_by_role("button", name="Draw an area")).to_be_visible()


def draw(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("button", name="Draw an area").click()
    page.get_by_role("button", name="List of places").click(timeout=WAIT_MS)
    lines = re.findall(r"`(34\.\d+, 38\.\d+)`", PAGE)
    assert len(lines) == 3
    page.locator(".dock-list textarea").fill("\n".join(lines))
    page.get_by_role("button", name="Draw these").click()
    expect(page.locator(".dock .lies-over")).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Redo").click()


def hand_on(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("button", name="Take this").click()
    expect(page.locator(".sheet.draw .lies-over")).to_be_visible(timeout=WAIT_MS)
    assert "drawn=38." in page.url
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator(".sheet.draw .lies-over")).to_have_count(0)


def read_account(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("button", name="Account", exact=True).click()
    expect(page.locator("dialog.account tfoot td").first).to_contain_text("0", timeout=WAIT_MS)
    expect(page.get_by_role("button", name="Only within a boundary")).to_be_visible()


STEPS: dict[str, Callable[[Desk], None]] = {
    "Look at the map": look,
    "Find a place": find,
    "Ask why": ask_why,
    "Go back in time": go_back,
    "Read a gate": read_gate,
    "Change the language": turn,
    "Sign in": sign_in,
    "Draw an area": draw,
    "Leave it, or hand it on": hand_on,
    "Read the account": read_account,
}


@pytest.mark.slow
def test_the_first_ten_minutes_go_as_told(desk: Desk) -> None:
    told = re.findall(r"^## \d+\. (.+)$", PAGE, re.MULTILINE)
    assert told == list(STEPS)
    before = desk.served.ask("/health")["entries"]
    desk.open()
    for step in STEPS.values():
        step(desk)
    assert desk.served.ask("/health")["entries"] == before, "nothing was to be changed"
