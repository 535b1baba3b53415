"""The pictures of the README: they are there, not too heavy, and `make docs` makes them anew."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, Desk
from tests.browser.palette import lighter

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
IMAGES = ROOT / "docs" / "images"
BYTES_MAX = 400_000


@pytest.fixture
def screen_px() -> float:
    """A picture of the README has every pixel."""
    return 1


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_the_desk_is_pictured(desk: Desk, lang: str) -> None:
    desk.page.set_viewport_size({"width": 1440, "height": 900})
    page = desk.open(lang=lang)
    expect(page.locator('.key-card[data-open="true"]')).to_be_visible()
    page.wait_for_timeout(1_000)
    picture = lighter(page, page.screenshot())
    assert len(picture) < BYTES_MAX, len(picture)
    if os.environ.get("RAFIQA_PICTURES"):
        IMAGES.mkdir(parents=True, exist_ok=True)
        (IMAGES / f"desk-{lang}.png").write_bytes(picture)


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_picture_kept_is_a_picture(lang: str) -> None:
    kept = (IMAGES / f"desk-{lang}.png").read_bytes()
    assert kept.startswith(b"\x89PNG\r\n\x1a\n")
    assert 20_000 < len(kept) < BYTES_MAX
