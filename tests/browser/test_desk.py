"""The desk as a person uses it: real server, real browser, English and Arabic."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import ROOT, SHOTS, Served, open_desk, watch

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
SIZES = {"wide": (1280, 800), "narrow": (360, 740)}


def ask(served: Served, path: str) -> Any:
    with urllib.request.urlopen(served.address + path, timeout=30) as answer:  # noqa: S310
        return json.load(answer)


def pixels_differ(page: Page) -> int:
    """How many different colours the drawn map has, sampled from its screenshot."""
    picture = page.locator(".maplibregl-canvas").screenshot()
    return len(set(picture[200::97]))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_map_is_drawn(context: BrowserContext, served: Served, lang: str, size: str) -> None:
    width, height = SIZES[size]
    watched = watch(context, served.address)
    watched.page.set_viewport_size({"width": width, "height": height})
    page = open_desk(watched, served, f"lang={lang}")
    page.wait_for_timeout(500)
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"desk-{lang}{'' if size == 'wide' else '-narrow'}.png")
    assert pixels_differ(page) > 20, "the map is blank"
    assert page.locator("html").get_attribute("dir") == ("rtl" if lang == "ar" else "ltr")
    assert watched.foreign == []
    assert watched.complaints == []
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0, "the page scrolls sideways"


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_axe_finds_nothing(context: BrowserContext, served: Served, lang: str) -> None:
    assert AXE.exists(), "run make setup"
    page = open_desk(watch(context, served.address), served, f"lang={lang}")
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    told = [
        (item["id"], item["impact"], [node["target"] for node in item["nodes"]][:3])
        for item in found["violations"]
    ]
    assert told == []


def test_no_code_is_shown_instead_of_words(context: BrowserContext, served: Served) -> None:
    for lang in ("en", "ar"):
        page = open_desk(
            watch(context, served.address), served, f"lang={lang}&selected=project:demo-school"
        )
        page.wait_for_selector(".gate-lines")
        words = page.locator("body").inner_text()
        assert not re.findall(r"\b(?:desk|state|fact)\.[a-z]+(?:[.-][a-z]+)*", words)
        assert not re.search(r"\bsafe", words, re.IGNORECASE)
        assert "آمن" not in words


def test_the_reopened_school_is_stopped_and_says_why(
    context: BrowserContext, served: Served
) -> None:
    page = open_desk(watch(context, served.address), served)
    page.get_by_role("searchbox").or_(page.get_by_role("combobox")).first.fill("Nah")
    school = ask(served, "/api/projects/demo-school")
    assert school["gate"]["outcome"] == "closed"
    page.goto(f"{served.address}/?lang=en&selected=project:demo-school")
    verdict = page.locator(".verdict")
    expect(verdict).to_have_attribute("data-outcome", "closed", timeout=30_000)
    lines = page.locator(".gate-lines li")
    codes = [line["code"] for line in school["gate"]["gates"] if line["outcome"] == "closed"]
    assert "gate.reopening.reopened" in codes
    for line in school["gate"]["gates"]:
        expect(lines.filter(has_text=line["detail"]).first).to_be_visible()


def test_time_travel_opens_and_closes_the_gate(context: BrowserContext, served: Served) -> None:
    site = ask(served, "/api/site")
    reopened = next(mark for mark in site["marks"] if mark["kind"] == "reopening")
    before = reopened["at"][:10] + "T00:00:00Z"
    then = ask(served, f"/api/projects/demo-school?valid_at={before}")
    assert then["gate"]["outcome"] != "closed"
    page = open_desk(
        watch(context, served.address),
        served,
        f"lang=en&selected=project:demo-school&valid_at={before}",
    )
    verdict = page.locator(".verdict")
    expect(verdict).to_have_attribute("data-outcome", then["gate"]["outcome"], timeout=30_000)


def test_the_time_slider_works_by_keyboard(context: BrowserContext, served: Served) -> None:
    page = open_desk(watch(context, served.address), served)
    slider = page.get_by_role("slider").first
    slider.focus()
    told_before = slider.get_attribute("aria-valuetext")
    for _ in range(5):
        slider.press("ArrowLeft")
    expect(slider).not_to_have_attribute("aria-valuetext", told_before or "")


def test_a_click_says_what_is_known(context: BrowserContext, served: Served) -> None:
    page = open_desk(watch(context, served.address), served)
    box = page.locator(".maplibregl-canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    sheet = page.locator("aside, [aria-label='Details']").last
    expect(sheet).to_be_visible(timeout=15_000)


def test_signing_in_shows_what_may_be_done(context: BrowserContext, served: Served) -> None:
    page = open_desk(watch(context, served.address), served)
    page.get_by_role("button", name=re.compile("sign in", re.IGNORECASE)).first.click()
    dialog = page.get_by_role("dialog")
    login = "authority2"
    dialog.locator("input").nth(0).fill(login)
    dialog.locator("input[type=password]").fill(served.logins[login])
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden(timeout=20_000)
    assert ask_as(page, "/api/session")["actor"]["login"] == login


def ask_as(page: Page, path: str) -> Any:
    return page.evaluate("path => fetch(path).then(answer => answer.json())", path)


def test_the_screenshot_of_the_readme_is_made_here() -> None:
    assert Path(ROOT / "docs/images/desk-en.png").exists(), "run make docs"
