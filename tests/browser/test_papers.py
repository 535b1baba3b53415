"""Reports to print: chosen, drawn up, read for what is missing, and fetched as files."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.mark.parametrize(
    ("lang", "title", "missing"),
    [
        ("en", "Completion report", "Documents and pictures"),
        ("ar", "تقرير إنجاز", "الوثائق والصور"),
    ],
)
def test_a_report_is_drawn_up_and_fetched(
    desk: Desk, lang: str, title: str, missing: str, tmp_path: Path
) -> None:
    page = desk.open(lang=lang)
    desk.sign_in("authority1")
    page.goto(f"{desk.served.address}/?lang={lang}&work=papers")
    sheet = page.locator(".sheet.work.papers")
    sheet.locator("select[name=kind]").select_option("completion", timeout=20_000)
    sheet.locator("select[name=area]").select_option("h0001")
    sheet.locator("button[type=submit]").click()
    expect(sheet).to_contain_text(missing, timeout=30_000)
    expect(sheet.locator("h3", has_text=title)).to_have_count(1)
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document.querySelector('.sheet.work'))")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    for at, (suffix, magic) in enumerate((("pdf", b"%PDF-"), ("xlsx", b"PK"))):
        with page.expect_download(timeout=30_000) as fetched:
            sheet.locator(".paper-files a").nth(at).click()
        assert fetched.value.suggested_filename == f"completion-en.{suffix}"
        kept = tmp_path / suffix
        fetched.value.save_as(kept)
        assert kept.read_bytes().startswith(magic)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_cannot_be_drawn_up_says_why(desk: Desk) -> None:
    page = desk.open()
    desk.sign_in("authority1")
    page.goto(f"{desk.served.address}/?lang=en&work=papers")
    sheet = page.locator(".sheet.work.papers")
    sheet.locator("input[name=from]").fill("2026-03-01", timeout=20_000)
    sheet.locator("input[name=to]").fill("2026-02-01")
    sheet.locator("button[type=submit]").click()
    expect(sheet.locator(".paper-files")).to_have_count(0)
    expect(sheet).to_contain_text("period", ignore_case=True, timeout=20_000)
    desk.complaints.clear()
