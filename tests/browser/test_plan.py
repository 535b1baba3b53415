"""The plan on the desk: bars by team, ranks on the map, reasons in words; for who plans alone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rafiqa.locale import text
from tests.browser.conftest import ROOT, Desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
TEAMS = ROOT / "examples" / "teams.json"


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "ar"])
def test_a_plan_is_made_and_told_in_words(desk: Desk, lang: str, tmp_path: Path) -> None:
    page = desk.open(lang=lang)
    desk.sign_in("authority1")
    page.locator(".work-menu > button").click()
    page.get_by_role("button", name=text("desk.work.plan", {}, lang), exact=True).click()
    sheet = page.get_by_role("complementary", name=text("desk.plan.title", {}, lang))
    bad = tmp_path / "teams.json"
    bad.write_text(json.dumps({"teams": [{"id": "A", "skills": [], "m2_per_day": 1}]}))
    sheet.locator('input[name="teams"]').set_input_files(bad)
    make = sheet.get_by_role("button", name=text("desk.plan.make", {}, lang), exact=True)
    make.click()
    refused = text("wire.teams.no-skills", {"team": "A"}, lang)
    expect(sheet.get_by_role("alert")).to_contain_text(refused, timeout=30_000)
    # The browser itself complains of a refusal: it is the one that was asked for.
    assert [each for each in desk.complaints if "400" not in each] == []
    desk.complaints.clear()
    sheet.locator('input[name="teams"]').set_input_files(TEAMS)
    make.click()
    bars = sheet.locator(".gantt-bar")
    expect(bars.first).to_be_visible(timeout=60_000)
    expect(sheet.get_by_role("alert")).to_have_count(0)
    tasks = sheet.locator(".plan-tasks > li")
    assert bars.count() == tasks.count() > 3
    expect(sheet).to_contain_text(text("plan.note.orders-only", {}, lang))
    assert all(reasons.strip() for reasons in sheet.locator(".plan-reasons").all_inner_texts())
    rank = bars.nth(2).inner_text()
    bars.nth(2).press("Enter")
    expect(sheet.locator(f'.plan-tasks > li[data-rank="{rank}"]')).to_be_focused()
    assert sheet.evaluate("it => it.textContent.match(/(desk|plan)\\.[a-z_.]+/g)") is None
    over = sheet.evaluate("it => it.scrollWidth - it.clientWidth")
    assert over <= 0, over
    page.add_script_tag(path=AXE)
    found = page.evaluate("async () => (await axe.run('.sheet.plan')).violations.map(v => v.id)")
    assert found == []
    if folder := os.environ.get("RAFIQA_SHOTS"):
        page.screenshot(path=Path(folder) / f"plan-{lang}.png")
