"""Documents in the browser: quotes in place, decided on by keyboard alone, in both directions."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from rafiqa.cli.machine import entropy, now_us
from rafiqa.land import Actor
from rafiqa.service import open_office
from rafiqa.service.deskstudy import Provenance, document_id_of, keep_document, propose_claims
from rafiqa.wire.documentworker import read
from tests.browser.conftest import Served, make_demo, need_browser, serving
from tests.browser.test_queue import at
from tests.browser.test_work import faults, picture
from tests.unit.service.study import (
    FAR_ORCHARD,
    INTERVIEW,
    ORCHARD,
    claim_in,
    claims_of,
    studied,
    with_places,
)
from tests.unit.wire.documents import pdf_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WAIT_MS = 30_000
OF_THE_CITY = 2
"""Documents that the demo city has of its own, each with candidates that wait."""


@pytest.fixture(scope="module")
def read_store(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], str]:
    """A store with an interview and a PDF; its logins, and the interview's id."""
    need_browser()
    store = tmp_path_factory.mktemp("study") / "demo.rafiqa"
    logins = make_demo(store, 100)
    office = open_office(str(store), now_us=now_us, entropy=entropy)
    actor = Actor("authority1", office.site.authority_id, "authority")
    origin = office.site.origin
    near = replace(ORCHARD, lon_deg=origin.lon_deg + 0.002, lat_deg=origin.lat_deg)
    far = replace(FAR_ORCHARD, lon_deg=origin.lon_deg + 0.05, lat_deg=origin.lat_deg)
    claims = claims_of(INTERVIEW)
    claims[0] = with_places(claims[0], near, far)
    claims[3] = with_places(claims[3], near)
    document_id, _ = studied(office, claims=claims, actor=actor)
    content = pdf_of(("وجد الفلاحون الألغام في الحقل قرب النهر.", "وعاد السكان."))
    document = read(content, "never")
    told = Provenance("report.pdf", "2024-10-22", "Municipality", "b")
    assert keep_document(office, actor, document, content, told).done
    claim = claim_in(document.text, "الألغام في الحقل")
    assert propose_claims(office, actor, document_id_of(document), [claim], "by-hand").done
    office.store.close()
    return store, logins, document_id


@pytest.fixture
def study(
    read_store: tuple[Path, dict[str, str], str], tmp_path: Path
) -> Iterator[tuple[Served, str]]:
    """The store copied and served: what is decided there no other test sees."""
    store, logins, document_id = read_store
    shutil.copytree(store.parent, tmp_path / "copy")
    with serving(tmp_path / "copy" / store.name, logins) as running:
        yield running, document_id


def card(page: Page) -> str:
    return page.locator(".claim blockquote").inner_text()


def test_candidates_are_decided_on_by_keyboard_alone(
    study: tuple[Served, str], context: BrowserContext
) -> None:
    served, document_id = study
    desk = at(served, context, "information1", work="inbox", of=f"document:{document_id}")
    page, sheet = desk.page, desk.page.locator(".sheet.work")
    expect(sheet.locator(".claim blockquote")).to_contain_text("الألغام ما زالت", timeout=WAIT_MS)
    expect(sheet.locator("mark")).to_have_count(4)
    assert sheet.locator("mark[data-here=true]").inner_text() == card(page)
    faults(desk, ".sheet.work")
    picture(desk, "study-en")
    # The name may mean two places: the key leads to where one is chosen.
    page.keyboard.press("a")
    expect(sheet.locator("select[name=place]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    sheet.locator(".sheet-top").focus()
    page.keyboard.press("a")
    expect(sheet.locator(".claim blockquote")).to_contain_text("ونفت البلدية", timeout=WAIT_MS)
    # To reject asks why; once that is written, the key does it.
    page.keyboard.press("x")
    expect(sheet.locator("textarea")).to_be_focused()
    page.keyboard.type("denied by who is asked")
    sheet.locator(".sheet-top").focus()
    page.keyboard.press("x")
    expect(sheet.locator(".claim blockquote")).to_contain_text("وتمت عملية", timeout=WAIT_MS)
    page.keyboard.press("c")
    page.keyboard.type("no place is said")
    sheet.locator(".sheet-top").focus()
    page.keyboard.press("c")
    expect(sheet.locator(".claim blockquote")).to_contain_text("وقع انفجار", timeout=WAIT_MS)
    page.keyboard.press("e")
    expect(sheet.locator("select[name=event]")).to_be_focused()
    faults(desk, ".sheet.work")
    sheet.locator("input[name=until_on]").fill("2024-03-04")
    sheet.locator("textarea").fill("the night after")
    sheet.locator(".sheet-top").focus()
    page.keyboard.press("a")
    expect(sheet.locator(".claim .answers li")).to_contain_text("the night after", timeout=WAIT_MS)
    expect(page.locator(".sheet.work [aria-busy=true]")).to_have_count(0)
    page.keyboard.press("p")
    expect(sheet.locator(".claim blockquote")).to_contain_text("وتمت عملية")
    page.keyboard.press("u")
    waiting = page.locator('.queue > li[data-kind="document"]')
    expect(waiting).to_have_count(1 + OF_THE_CITY, timeout=WAIT_MS)
    assert desk.foreign == []
    assert desk.complaints == []


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.slow)])
def test_a_document_reads_from_the_right_at_any_width(
    study: tuple[Served, str], context: BrowserContext, width: int
) -> None:
    served, _ = study
    desk = at(served, context, "information1", lang="ar", work="documents")
    page, sheet = desk.page, desk.page.locator(".sheet.work")
    page.set_viewport_size({"width": width, "height": 800})
    expect(sheet.locator(".cards > li")).to_have_count(2 + OF_THE_CITY, timeout=WAIT_MS)
    faults(desk, ".sheet.work")
    sheet.get_by_text("interview.txt").click()
    text = sheet.locator(".study-text")
    expect(text).to_be_visible(timeout=WAIT_MS)
    assert text.locator("> div").get_attribute("dir") == "rtl"
    box = text.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    faults(desk, ".sheet.work")
    picture(desk, f"study-ar-{width}")
    # A mark further to the left comes later: the line runs from right to left.
    first, last = (text.locator("mark").nth(n) for n in (0, 3))
    line = first.evaluate("mark => mark.parentElement.getBoundingClientRect().right")
    assert abs(first.bounding_box()["x"] - line) > 40  # type: ignore[index]
    assert last.bounding_box() is not None


def test_the_page_of_a_pdf_is_shown_with_a_box_round_the_quote(
    study: tuple[Served, str], context: BrowserContext
) -> None:
    served, _ = study
    desk = at(served, context, "authority1", work="documents")
    page, sheet = desk.page, desk.page.locator(".sheet.work")
    sheet.get_by_text("report.pdf").click()
    sheet.locator(".study-page summary").click()
    shown = sheet.locator(".page-frame img")
    expect(shown).to_be_visible(timeout=WAIT_MS)
    page.wait_for_function("document.querySelector('.page-frame img').naturalWidth > 100")
    expect(sheet.locator(".page-frame rect")).to_have_count(1)
    faults(desk, ".sheet.work")
    picture(desk, "study-pdf")


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "width"), [("ar", 360), ("en", 1280)])
def test_a_document_is_brought_accepted_and_taken_back_by_two(
    study: tuple[Served, str], context: BrowserContext, tmp_path: Path, lang: str, width: int
) -> None:
    served, _ = study
    path = tmp_path / "bulletin.txt"
    path.write_text("وجد الفلاحون ألغاماً في الرقة يوم 3 آذار 2025.\n", encoding="utf-8")
    desk = at(served, context, "authority1", lang=lang, work="documents")
    page, sheet = desk.page, desk.page.locator(".sheet.work")
    page.set_viewport_size({"width": width, "height": 800})
    expect(sheet.locator(".cards > li")).to_have_count(2 + OF_THE_CITY, timeout=WAIT_MS)
    sheet.locator(".bring summary").click()
    sheet.locator(".bring input[type=file]").set_input_files(path)
    sheet.locator(".bring input[name=source]").fill("Farmers' Union")
    sheet.locator(".bring input[name=published_on]").fill("2025-03-04")
    faults(desk, ".sheet.work")
    picture(desk, f"study-bring-{lang}-{width}")
    sheet.locator(".bring button.strong").click()
    expect(sheet.locator(".bring [role=status] .callout")).to_be_visible(timeout=2 * WAIT_MS)
    expect(sheet.locator(".cards > li")).to_have_count(3 + OF_THE_CITY, timeout=WAIT_MS)
    picture(desk, f"study-brought-{lang}-{width}")
    sheet.locator(".bring [role=status] button").click()
    expect(sheet.locator(".claim blockquote")).to_contain_text("ألغاما", timeout=WAIT_MS)
    # The name means a town or the governorate around it: nobody guesses.
    sheet.locator(".claim select[name=place]").select_option("0")
    sheet.locator(".claim button[value=accepted]").click()
    undo = sheet.locator(".claim button[value=undone]")
    expect(undo).to_be_visible(timeout=WAIT_MS)
    sheet.locator("textarea[name=note]").fill("another Raqqa")
    second = sheet.locator(".claim fieldset")
    second.locator("input[name=login]").fill("authority2")
    second.locator("input[name=password]").fill(served.logins["authority2"])
    faults(desk, ".sheet.work")
    picture(desk, f"study-undo-{lang}-{width}")
    undo.click()
    expect(sheet.locator(".claim button[value=accepted]")).to_be_visible(timeout=WAIT_MS)
    expect(sheet.locator(".claim .answers li")).to_have_count(2)
    assert desk.complaints == []
