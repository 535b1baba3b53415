"""The real thing: the demo is made, served, asked whether it is well, drawn, and stopped."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import STOP_S, make_demo, open_desk, serving
from tests.browser.pixels import middle_of_map
from tests.browser.place import CLUTTER, features, inside, view

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def screen_px() -> float:
    """The pixels are what is looked at here."""
    return 1


def test_the_demo_is_served_drawn_and_stopped(chromium: Browser, tmp_path: Path) -> None:
    store = tmp_path / "demo.rafiqa"
    logins = make_demo(store, 100)
    with serving(store, logins) as served:
        health = served.ask("/health")
        # Nobody has backed up a demo, and it says so.
        assert health["status"] == "attention"
        assert health["writable"] is True
        context = chromium.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
        desk = open_desk(context, served)
        hazard = features(served, "hazards", **{"class": "cha"})[0]
        desk.open(view=view(inside(hazard)), hide=CLUTTER)
        assert middle_of_map(desk.page).share("#b9512f") > 0.12, "no hazard is drawn"
        assert (desk.foreign, desk.complaints) == ([], [])
        context.close()
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(timeout=STOP_S) == 0
