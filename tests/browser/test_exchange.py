"""Other authorities at the desk: their hazard counts at once, their release opens nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, ViewportSize, expect

from rafiqa.service.peers import enrol_peer, fingerprint_of
from tests.browser.conftest import Desk, Served, need_browser, open_desk, serving
from tests.browser.test_work import faults, opened
from tests.city import FIRST, LOGINS, PASSWORD, box, small_city
from tests.unit.service.exchange import SIGNER, Peer
from tests.unit.service.ground import AUTHORITY

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WAIT_MS = 30_000
PHONE: ViewportSize = {"width": 360, "height": 740}
TABLET: ViewportSize = {"width": 1024, "height": 768}
WORDS = {
    "en": ("Other authorities", "Take it in", "Hazards 1 · released 1 · accidents 0"),
    "ar": ("سلطات أخرى", "خذها", "أخطار 1 · مُفرج عنها 1 · حوادث 0"),
}


@pytest.fixture(scope="module")
def neighbours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, list[Path]]]:
    """A small city that has pinned a neighbour's key, and a bundle of theirs for each language."""
    need_browser()
    folder = tmp_path_factory.mktemp("exchange")
    office = small_city(folder)
    key = SIGNER.public_key
    acted = enrol_peer(office, FIRST, "south", AUTHORITY, key, fingerprint_of(key))
    assert acted.done, acted.reasons
    bundles = []
    for at, lang in enumerate(WORDS):
        peer = Peer(f"to-{lang}")
        peer.frame = office.frame
        x = 600 + 200 * at
        items = (
            peer.hazard(f"H-{lang}", box(x, 0, x + 50, 50)),
            peer.release(f"P-{lang}", box(x, 100, x + 50, 150)),
        )
        bundles.append(folder / f"{lang}.rfqx")
        bundles[-1].write_bytes(peer.bundle(*items))
    office.store.close()
    with serving(folder / "small.rafiqa", dict.fromkeys(LOGINS, PASSWORD)) as running:
        yield running, bundles


def hazards(desk: Desk) -> int:
    return len(desk.served.ask("/api/map/hazards")["features"])


@pytest.mark.parametrize("lang", WORDS)
def test_a_bundle_is_taken_in_by_keyboard_and_told_for_what_it_is(
    neighbours: tuple[Served, list[Path]], context: BrowserContext, lang: str
) -> None:
    served, bundles = neighbours
    name, does, told = WORDS[lang]
    desk = open_desk(context, served)
    page = desk.open(lang=lang)
    desk.sign_in("first")
    opened(desk, name)
    sheet = page.locator(".sheet.work")
    expect(sheet.locator("h4").filter(has_text="south").first).to_be_visible(timeout=WAIT_MS)
    expect(sheet).not_to_contain_text(f"to-{lang}")
    faults(desk, ".sheet.work")
    before = hazards(desk)
    fold = sheet.locator("details.bring > summary")
    fold.focus()
    page.keyboard.press("Enter")
    file = next(each for each in bundles if each.stem == lang)
    sheet.locator("input[type=file]").set_input_files(file)
    send = sheet.get_by_role("button", name=does)
    send.focus()
    page.keyboard.press("Enter")
    stream = sheet.locator("section, li").filter(has_text=f"to-{lang}").first
    expect(stream).to_contain_text(told, timeout=WAIT_MS)
    # Their hazard is hazard here at once; what they call released waits for two persons here.
    assert hazards(desk) == before + 1
    assert f"P-{lang}" not in str(served.ask("/api/map/parts"))
    for size in (PHONE, TABLET):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        faults(desk, ".sheet.work")
    assert desk.complaints == []
    assert desk.foreign == []
