"""More contrast where it is asked for; forced colours leave what is chosen and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import QUICK, Desk, Served, open_desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.unmapped]
LUMINANCE = """name => {
  const told = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const part = (at) => parseInt(told.slice(at, at + 2), 16) / 255;
  const line = (x) => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  return 0.2126 * line(part(1)) + 0.7152 * line(part(3)) + 0.0722 * line(part(5));
}"""
"""Relative luminance of a colour of the page (WCAG 2.2, "relative luminance")."""
WORDS = ("--ink", "--quiet", "--accent", "--open", "--conditions", "--closed")


def asked(chromium: Browser, **more: Any) -> Iterator[BrowserContext]:
    made = chromium.new_context(
        viewport={"width": 1280, "height": 800},
        **QUICK,
        service_workers="block",
        bypass_csp=True,
        **more,
    )
    yield made
    made.close()


@pytest.fixture
def more_contrast(chromium: Browser, town: Served) -> Iterator[Desk]:
    for context in asked(chromium, contrast="more"):
        yield open_desk(context, town, mapped=False)


@pytest.fixture
def forced(chromium: Browser, town: Served) -> Iterator[Desk]:
    for context in asked(chromium, forced_colors="active"):
        yield open_desk(context, town, mapped=False)


def ratio(desk: Desk, name: str, ground: str = "--paper") -> float:
    """Contrast of two colours of the page, 1 to 21 (WCAG 2.2, 1.4.6)."""
    bright, dark = (desk.page.evaluate(LUMINANCE, each) for each in (ground, name))
    return float((bright + 0.05) / (dark + 0.05))


def test_who_asks_for_more_contrast_gets_seven_to_one_and_lines(more_contrast: Desk) -> None:
    more_contrast.open()
    assert {name: ratio(more_contrast, name) >= 7 for name in WORDS} == dict.fromkeys(WORDS, True)
    # What parts one thing from the next is a line to be seen (1.4.11 asks for 3).
    assert ratio(more_contrast, "--line") >= 7
    assert more_contrast.complaints == []


def test_without_it_lines_are_quiet(town_desk: Desk) -> None:
    town_desk.open()
    assert ratio(town_desk, "--line") < 3


def test_what_is_chosen_and_what_it_means_survive_forced_colours(forced: Desk) -> None:
    page = forced.open(selected="project:J-open")
    row = page.locator(".rows button[aria-current]").first
    row.wait_for()
    style = row.evaluate(
        "e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth]"
    )
    assert style == ["solid", "3px"]
    kept = page.evaluate(
        "[...document.querySelectorAll('.swatch, .mark')].map("
        "e => getComputedStyle(e).forcedColorAdjust)"
    )
    assert kept
    assert set(kept) == {"none"}
    assert forced.complaints == []
