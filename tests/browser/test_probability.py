"""How likely contamination is, on the desk: classes on the map, their width, why, what turns it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from rafiqa.locale import text
from tests.browser.conftest import ROOT, Served, need_browser, open_desk, serving
from tests.browser.place import features, inside, view
from tests.city import LOGINS, PASSWORD, small_city

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A small site: its map is made in a moment, also where much else runs."""
    need_browser()
    folder = tmp_path_factory.mktemp("probability")
    small_city(folder).store.close()
    with serving(folder / "small.rafiqa", dict.fromkeys(LOGINS, PASSWORD)) as running:
        yield running


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_probability_and_its_width_are_on_the_map_with_what_would_change_them(
    small: Served, context: BrowserContext, lang: str
) -> None:
    desk = open_desk(context, small)
    spot = inside(features(desk.served, "hazards")[0])
    page = desk.open(lang=lang, view=view(spot))
    desk.sign_in("first")
    with page.expect_response("**/api/risk/picture?*shown=p*", timeout=60_000) as drawn:
        page.locator(".work-menu > button").click()
        page.get_by_role("button", name=text("desk.work.risk", {}, lang), exact=True).click()
    assert drawn.value.status == 200
    sheet = page.get_by_role("complementary", name=text("desk.work.risk", {}, lang))
    expect(sheet).to_contain_text(text("risk.map.limits", {}, lang), timeout=20_000)
    classes = sheet.locator(".risk-classes > li")
    likely = classes.all_inner_texts()
    assert len(likely) > 3
    expect(classes.last).to_contain_text(text("desk.risk.prior-only", {}, lang))
    with page.expect_response("**/api/risk/picture?*shown=width*", timeout=60_000) as drawn:
        sheet.get_by_label(text("desk.risk.shown.width", {}, lang), exact=True).check()
    assert drawn.value.status == 200
    expect(classes.first).not_to_have_text(likely[0])
    box = page.locator(".maplibregl-canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    turns = sheet.locator("section, div").filter(has_text=text("desk.risk.turns", {}, lang)).last
    expect(turns).to_be_visible(timeout=20_000)
    for kind in ("eo_seen", "contrary_ts"):
        expect(sheet).to_contain_text(text(f"risk.turn.{kind}", {}, lang))
    terms = sheet.locator(".figures th").all_inner_texts()
    assert text("risk.term.level", {}, lang) in terms
    assert sheet.evaluate("it => it.textContent.match(/(desk|risk)\\.[a-z_.]+/g)") is None
    assert sheet.evaluate("it => it.scrollWidth - it.clientWidth") <= 0
    page.add_script_tag(path=AXE)
    found = page.evaluate("async () => (await axe.run('.sheet.risk')).violations.map(v => v.id)")
    assert found == []
    assert desk.complaints == []
    assert desk.foreign == []
    if folder := os.environ.get("RAFIQA_SHOTS"):
        page.screenshot(path=Path(folder) / f"risk-{lang}.png")
