"""The verifier as a person uses it: served or as a file, in four languages, by all ways in."""

from __future__ import annotations

import io
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page, expect

from rafiqa.ledger.certificate import issued
from rafiqa.ledger.claims import DEMONSTRATION
from rafiqa.ledger.qrtext import STATUS_LIST, TRUST_LIST, qr_texts, text_of
from rafiqa.ledger.trustlist import trust_list_bytes
from rafiqa.service.certifying import STATUS_SETTING, TRUST_SETTING
from rafiqa.store import open_store
from tests.browser.conftest import RAFIQA, ROOT, need_browser, serving
from tests.browser.verifier import opened
from tests.papers import (
    CANCELLATION,
    COMPLETION,
    HANDOVER,
    ISSUER,
    NOW_S,
    RELEASE,
    TRUST,
    full_log,
    signer,
    status_list,
    texts_of,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
PAGE = ROOT / "src/rafiqa/api/static/verify.html"
ROOTS = (signer("root-a"), signer("root-b"))
TRUST_TEXT = text_of(TRUST_LIST, trust_list_bytes(TRUST, ROOTS))
IN_FORCE = text_of(STATUS_LIST, status_list())
SUSPENDED = text_of(STATUS_LIST, status_list({RELEASE.number: "suspended"}, version=10))
LOGGED = texts_of(RELEASE, full_log())
MIDDLE = {"latitude": 34.902, "longitude": 38.552}


def test_a_page_that_asks_or_complains_would_be_noticed(chromium: Browser, with_lists: str) -> None:
    """The control of what every other test here ends with."""
    with (
        pytest.raises(AssertionError, match="elsewhere"),
        opened(chromium, with_lists, bypass_csp=True) as verifier,
    ):
        verifier.page.evaluate("fetch('https://elsewhere.example/').catch(() => 0)")
    with (
        pytest.raises(AssertionError, match="Content Security Policy"),
        opened(chromium, with_lists) as verifier,
    ):
        verifier.page.evaluate("fetch('https://elsewhere.example/').catch(() => 0)")


def saved(folder: Path, **given: str) -> str:
    """The address of a saved copy of the page with these lists in it."""
    need_browser()
    text = PAGE.read_text(encoding="utf-8")
    filled = text.replace('id="given">{}', 'id="given">' + json.dumps(given))
    assert (filled != text) is bool(given)
    file = folder / "verify.html"
    file.write_text(filled, encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def with_lists(tmp_path: Path) -> str:
    return saved(tmp_path, trust=TRUST_TEXT, status=IN_FORCE)


@pytest.fixture
def bare(tmp_path: Path) -> str:
    return saved(tmp_path)


def picture(*texts: str, scale: int = 4) -> bytes:
    """A photograph of codes, one below the other: not quite sharp, on grey paper."""
    tiles = []
    for text in texts:
        out = io.BytesIO()
        segno.make(text, error="m", mode="alphanumeric").save(out, kind="png", scale=scale)
        tiles.append(Image.open(io.BytesIO(out.getvalue())).convert("L"))
    width = max(tile.width for tile in tiles) + 80
    sheet = Image.new("L", (width, sum(tile.height + 60 for tile in tiles) + 20), 225)
    top = 40
    for tile in tiles:
        sheet.paste(tile.point(lambda value: 40 + value * 185 // 255), (40, top))
        top += tile.height + 60
    out = io.BytesIO()
    sheet.filter(ImageFilter.GaussianBlur(0.8)).save(out, "PNG")
    return out.getvalue()


def give(page: Page, selector: str, name: str, media_type: str, data: bytes) -> None:
    page.set_input_files(selector, {"name": name, "mimeType": media_type, "buffer": data})


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a served verifier whose office gives both lists."""
    need_browser()
    store = tmp_path_factory.mktemp("verify") / "demo.rafiqa"
    place = ["--name", "Marjana", "--lon", "38.55", "--lat", "34.9"]
    subprocess.run([*RAFIQA, "new", str(store), *place], check=True, capture_output=True)
    kept = open_store(store, now_us=lambda: NOW_S * 1_000_000, entropy=bytes)
    kept.put_setting(TRUST_SETTING, trust_list_bytes(TRUST, ROOTS))
    kept.put_setting(STATUS_SETTING, status_list())
    kept.close()
    with serving(store, {}) as running:
        yield f"{running.address}/verify"


def test_the_served_page_judges_under_its_own_policy(chromium: Browser, office: str) -> None:
    with opened(chromium, office) as verifier:
        verifier.judge(*LOGGED)
        verifier.expect("authentic-status-known", "in-force")
        expect(verifier.page.locator('[data-field="number"]')).to_contain_text(RELEASE.number)
        expect(verifier.page.locator('[data-field="log"]')).to_contain_text("witnesses")
        assert verifier.page.evaluate("typeof crypto.subtle") == "object"
        # The policy holds: a script that is put in is not run, and nobody can be asked.
        verifier.page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'),"
            "{textContent: 'window.broken = true'}))"
        )
        assert verifier.page.evaluate("window.broken") is None
        refused = verifier.page.evaluate("fetch('/health').then(() => false, () => true)")
        assert refused is True
        assert len(verifier.complaints) >= 2
        verifier.complaints.clear()


@pytest.mark.parametrize(
    ("lang", "size"),
    [
        ("ar", "narrow"),
        ("kmr", "narrow"),
        ("ckb", "wide"),
        pytest.param("en", "wide", marks=pytest.mark.slow),
        pytest.param("en", "narrow", marks=pytest.mark.slow),
        pytest.param("ckb", "narrow", marks=pytest.mark.slow),
    ],
)
def test_every_language_fits_reads_and_passes_axe(
    chromium: Browser, with_lists: str, lang: str, size: str
) -> None:
    with opened(chromium, with_lists, lang, size, bypass_csp=True) as verifier:
        page = verifier.page
        verifier.judge(*LOGGED)
        verifier.expect("authentic-status-known", "in-force")
        html = page.locator("html")
        expect(html).to_have_attribute("dir", "rtl" if lang in {"ar", "ckb"} else "ltr")
        expect(html).to_have_attribute("lang", lang)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        words = page.locator("body").inner_text()
        assert not re.search(r"\b(?:reason|status|list|field|part|notice)\.[a-z]", words)
        assert "{" not in words
        assert not re.search(r"\bsafe", words, re.IGNORECASE)
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        assert [
            (item["id"], [node["target"] for node in item["nodes"]]) for item in found["violations"]
        ] == []


@pytest.mark.parametrize(
    ("locale", "lang"),
    [("ar-SY", "ar"), ("ku", "kmr"), ("ckb-IQ", "ckb"), ("ku-IQ", "ckb"), ("fr-FR", "en")],
)
def test_the_browser_s_language_is_taken_first(
    chromium: Browser, bare: str, locale: str, lang: str
) -> None:
    with opened(chromium, bare, "", locale=locale) as verifier:
        expect(verifier.page.locator("html")).to_have_attribute("lang", lang)
        verifier.page.get_by_role("button", name="Kurmancî").click()
        expect(verifier.page.locator("html")).to_have_attribute("lang", "kmr")
        verifier.reload()
        expect(verifier.page.locator("html")).to_have_attribute("lang", "kmr")


def test_without_a_trust_list_the_page_says_that_it_knows_no_office(
    chromium: Browser, bare: str
) -> None:
    with opened(chromium, bare) as verifier:
        page = verifier.page
        verifier.judge(*LOGGED)
        verifier.expect("not-authentic", "none", "no-trust")
        assert RELEASE.number not in page.locator("main").inner_text()
        # A list that comes with the paper is the forger's; one brought on its own is taken.
        verifier.judge(*LOGGED, TRUST_TEXT)
        verifier.expect("not-authentic", "none", "no-trust")
        expect(page.locator(".code-notice")).to_contain_text("forger")
        page.fill("#list-text", f"{TRUST_TEXT}\n{IN_FORCE}")
        page.get_by_role("button", name="Load", exact=True).click()
        expect(page.locator(".answer")).to_have_attribute("data-status", "in-force")
        expect(page.locator(".answer .warning")).to_contain_text("fingerprint")
        verifier.reload()
        verifier.judge(LOGGED[0])
        verifier.expect("authentic-status-known", "in-force")
        page.get_by_role("button", name="Forget").click()
        expect(page.locator(".answer")).to_have_attribute("data-answer", "not-authentic")


def test_a_newer_status_list_takes_the_certificate_out_of_force(
    chromium: Browser, with_lists: str
) -> None:
    with opened(chromium, with_lists) as verifier:
        page = verifier.page
        verifier.judge(LOGGED[0])
        verifier.expect("authentic-status-known", "in-force")
        blue = page.locator(".answer").evaluate("node => getComputedStyle(node).borderColor")
        give(page, "#list-file", "list.txt", "text/plain", SUSPENDED.encode())
        expect(page.locator(".answer")).to_have_attribute("data-look", "stopped")
        verifier.expect("authentic-status-known", "suspended", "suspended")
        assert blue != page.locator(".answer").evaluate(
            "node => getComputedStyle(node).borderColor"
        )
        expect(page.locator(".paper .stopped")).to_contain_text("SUSPENDED")
        expect(page.locator(".where.stopped")).to_be_visible()
        # The old list does not bring it back, not even with a new visit.
        page.fill("#list-text", IN_FORCE)
        page.get_by_role("button", name="Load", exact=True).click()
        expect(page.locator(".lists .notice")).to_contain_text("older")
        verifier.reload()
        verifier.judge(LOGGED[0])
        verifier.expect("authentic-status-known", "suspended", "suspended")


def test_three_verdicts_differ_in_shape_word_and_colour(chromium: Browser, tmp_path: Path) -> None:
    looks = []
    with opened(chromium, saved(tmp_path, trust=TRUST_TEXT)) as verifier:
        page = verifier.page

        def look() -> tuple[str, str, str]:
            mark = page.locator(".answer .mark .body")
            colour = mark.evaluate("node => getComputedStyle(node).fill")
            shape = mark.evaluate("node => node.outerHTML")
            return shape, page.locator(".answer h2").inner_text(), colour

        verifier.judge(LOGGED[0])
        verifier.expect("authentic-status-unknown", "none", "no-list")
        looks.append(look())
        verifier.judge(IN_FORCE)
        verifier.expect("authentic-status-known", "in-force")
        looks.append(look())
        verifier.judge(qr_texts(issued(replace(RELEASE, place="Elsewhere"), signer("thief")))[0])
        verifier.expect("not-authentic", "none", "issuer-unknown")
        looks.append(look())
        assert "Elsewhere" not in page.locator("main").inner_text()
    assert [len(set(each)) for each in zip(*looks, strict=True)] == [3, 3, 3]
    for _, _, colour in looks:
        red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
        assert green < max(red, blue), "green would be read as an all-clear"


def test_codes_are_read_off_a_picture_and_one_after_the_other(
    chromium: Browser, with_lists: str
) -> None:
    with opened(chromium, with_lists) as verifier:
        page = verifier.page
        certificate, proof = (
            page.locator(f'.chips [data-code="{n}"]') for n in ("certificate", "proof")
        )
        give(page, "#code-file", "proof.png", "image/png", picture(LOGGED[1]))
        expect(proof).to_have_attribute("data-has", "true", timeout=20_000)
        expect(certificate).to_have_attribute("data-has", "false")
        verifier.expect("not-authentic", "none", "no-certificate")
        give(page, "#code-file", "paper.png", "image/png", picture(LOGGED[0]))
        expect(certificate).to_have_attribute("data-has", "true", timeout=20_000)
        verifier.expect("authentic-status-known", "in-force")
        expect(page.locator('[data-field="log"]')).to_contain_text("witnesses")
        page.get_by_role("button", name="Start again").click()
        give(page, "#code-file", "both.png", "image/png", picture(*LOGGED))
        expect(certificate).to_have_attribute("data-has", "true", timeout=20_000)
        expect(proof).to_have_attribute("data-has", "true")
        give(page, "#code-file", "wall.png", "image/png", picture("HTTPS://MARJANA.EXAMPLE"))
        expect(page.locator(".code-notice")).to_contain_text("No code could be read")
        give(page, "#code-file", "broken.png", "image/png", b"no picture")
        expect(page.locator(".code-notice")).to_contain_text("No code could be read")
        page.get_by_role("button", name="Start again").click()
        give(page, "#code-file", "saved.txt", "text/plain", "\n".join(LOGGED).encode())
        verifier.page.wait_for_selector(".answer")
        verifier.expect("authentic-status-known", "in-force")


def test_the_camera_reads_the_code_held_before_it(chromium: Browser, with_lists: str) -> None:
    """The camera is one that shows a canvas; what is read off it goes the way of real frames."""
    with opened(chromium, with_lists) as verifier:
        page = verifier.page
        sheets = [list(picture(text, scale=5)) for text in LOGGED]
        page.evaluate(
            """async sheets => {
              const canvas = document.createElement("canvas");
              Object.assign(canvas, {width: 1280, height: 960});
              const pen = canvas.getContext("2d");
              const pictures = await Promise.all(
                sheets.map(bytes => createImageBitmap(new Blob([new Uint8Array(bytes)]))));
              window.held = 0;
              setInterval(() => {
                pen.fillStyle = "#777"; pen.fillRect(0, 0, 1280, 960);
                pen.drawImage(pictures[window.held], 100, 20);
              }, 50);
              window.film = canvas.captureStream(10);
              const media = {getUserMedia: async () => window.film};
              Object.defineProperty(navigator, "mediaDevices", {value: media});
            }""",
            sheets,
        )
        page.get_by_role("button", name="Use the camera").click()
        expect(page.locator('[data-code="certificate"]')).to_have_attribute(
            "data-has", "true", timeout=30_000
        )
        expect(page.locator('[data-code="proof"]')).to_have_attribute("data-has", "false")
        page.evaluate("window.held = 1")
        expect(page.locator('[data-code="proof"]')).to_have_attribute(
            "data-has", "true", timeout=30_000
        )
        verifier.expect("authentic-status-known", "in-force")
        expect(page.locator("video")).to_have_count(0)
        assert page.evaluate("film.getTracks().every(track => track.readyState === 'ended')")


def test_without_a_camera_the_page_says_what_else_to_do(chromium: Browser, bare: str) -> None:
    with opened(chromium, bare) as verifier:
        verifier.page.get_by_role("button", name="Use the camera").click()
        expect(verifier.page.locator(".code-notice")).to_contain_text("paste the text")


@pytest.mark.parametrize(
    ("spot", "place"),
    [
        ({**MIDDLE, "accuracy": 20}, "inside"),
        ({"latitude": 34.902, "longitude": 38.5543, "accuracy": 30}, "edge"),
        ({"latitude": 34.91, "longitude": 38.57, "accuracy": 20}, "outside"),
        ({"latitude": 34.90015, "longitude": 38.55025, "accuracy": 2}, "left"),
        ({**MIDDLE, "accuracy": 900}, "unknown"),
        (None, "none"),
    ],
)
def test_the_reader_s_place_is_told_with_its_error(
    chromium: Browser, with_lists: str, spot: dict[str, float] | None, place: str
) -> None:
    given: dict[str, Any] = {"geolocation": spot, "permissions": ["geolocation"]} if spot else {}
    with opened(chromium, with_lists, **given) as verifier:
        page = verifier.page
        verifier.judge(LOGGED[0])
        assert page.locator(".you").count() == 0, "nobody is asked for a position unasked"
        page.get_by_role("button", name="Show where I stand").click()
        told = page.locator(".place")
        expect(told).to_have_attribute("data-place", place)
        if spot is None:
            expect(told).to_contain_text("gives no position")
            expect(told).to_contain_text("cannot be told")
        else:
            expect(told).to_contain_text(f"{spot['accuracy']}")


def test_each_kind_says_what_it_is_not(chromium: Browser, with_lists: str) -> None:
    with opened(chromium, with_lists) as verifier:
        page = verifier.page
        verifier.judge(*texts_of(CANCELLATION))
        paper = page.locator(".paper")
        expect(paper).to_have_attribute("data-kind", "cancellation")
        assert paper.evaluate("node => getComputedStyle(node).borderStyle") == "dashed"
        told = page.locator("main").inner_text()
        assert "No clearance was done" in told
        shown = paper.inner_text() + page.locator(".where").inner_text()
        assert not re.search(r"\bcleared\b(?! inside)", re.sub(r"NOT cleared", "", shown))
        assert page.locator(".drawing .part.cleared").count() == 0
        verifier.judge(*texts_of(HANDOVER))
        expect(paper).to_contain_text("Handover is not title")
        expect(page.locator('[data-field="received"]')).to_contain_text("Water Board")
        verifier.judge(*texts_of(COMPLETION))
        expect(paper).to_contain_text("not a release")
        verifier.judge(*texts_of(RELEASE))
        expect(paper).to_contain_text("Cleared down to 60 cm")
        expect(paper).to_contain_text("NOT dug")
        expect(page.locator(".parts .left")).to_contain_text("ground")
        expect(page.locator(".advice")).to_contain_text("before digging deeper")
        expect(page.locator(".advice")).to_contain_text("do not touch it")
        assert page.locator(".drawing .part.left").count() == 1
        assert "hatch" in page.locator(".drawing .part.left").evaluate(
            "node => getComputedStyle(node).fill"
        )


def test_the_keyboard_reaches_everything(chromium: Browser, with_lists: str) -> None:
    with opened(chromium, with_lists) as verifier:
        page = verifier.page
        page.keyboard.press("Tab")
        reached = []
        for _ in range(40):
            at = page.evaluate(
                "(document.activeElement.id || document.activeElement.textContent).slice(0, 30)"
            )
            if at in reached or page.evaluate("document.activeElement === document.body"):
                break
            reached.append(at)
            if at == "code-text":
                page.keyboard.insert_text(LOGGED[0])
            ring = page.evaluate(
                "(() => { const n = document.activeElement; const of = n.closest('.button') || n;"
                "return getComputedStyle(of).outlineStyle })()"
            )
            assert ring != "none", at
            page.keyboard.press("Tab")
        controls = page.locator("button, textarea, input").count()
        assert len(reached) >= controls
        page.locator("#code-text").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector(".answer")
        expect(page.locator("#answer-title")).to_be_focused()
        verifier.expect("authentic-status-known", "in-force")


def test_the_page_prints_the_verdict_and_not_the_ways_in(
    chromium: Browser, with_lists: str
) -> None:
    with opened(chromium, with_lists) as verifier:
        page = verifier.page
        verifier.judge(LOGGED[0])
        page.emulate_media(media="print")
        expect(page.locator(".answer")).to_be_visible()
        expect(page.locator(".drawing")).to_be_visible()
        expect(page.locator(".advice")).to_be_visible()
        for hidden in ("nav", "#code-text", ".lists"):
            expect(page.locator(hidden)).to_be_hidden()
        assert len(page.pdf()) > 10_000


def test_without_webcrypto_the_page_answers_the_same(chromium: Browser, with_lists: str) -> None:
    """As where a page is served without https, or by an older browser."""
    with opened(chromium, with_lists) as verifier:
        page = verifier.page
        page.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined})")
        verifier.reload()
        assert page.evaluate("crypto.subtle") is None
        verifier.judge(*LOGGED)
        verifier.expect("authentic-status-known", "in-force")
        expect(page.locator('[data-field="log"]')).to_contain_text("witnesses")
        verifier.judge(qr_texts(issued(RELEASE, signer("thief")))[0])
        verifier.expect("not-authentic", "none", "issuer-unknown")


def test_a_paper_of_the_demonstration_says_that_anybody_can_sign_it(
    chromium: Browser, tmp_path: Path
) -> None:
    trust = trust_list_bytes(replace(TRUST, authority=DEMONSTRATION), ROOTS)
    demo = qr_texts(issued(replace(RELEASE, authority=DEMONSTRATION), ISSUER))
    with opened(chromium, saved(tmp_path, trust=text_of(TRUST_LIST, trust))) as verifier:
        verifier.judge(*demo)
        expect(verifier.page.locator(".demonstration")).to_be_visible()
    with opened(chromium, saved(tmp_path, trust=TRUST_TEXT)) as verifier:
        verifier.judge(*LOGGED)
        expect(verifier.page.locator(".demonstration")).to_have_count(0)
