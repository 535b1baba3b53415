"""A demo store, the real server over it, and Debian's Chromium in front of it."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from playwright.sync_api import TimeoutError as Late

from rafiqa.land import EvidenceRecorded
from rafiqa.service import record_evidence
from tests.city import DAY_US, FIRST, LOGINS, PASSWORD, Clock, small_city, spot

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
RAFIQA = [sys.executable, "-m", "rafiqa"]
DRAWING = [
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # Only the map needs WebGL. All else drawn through it in software costs a third as much again.
    "--disable-gpu-rasterization",
    "--disable-gpu-compositing",
    "--no-sandbox",
    "--disable-background-networking",
]
COARSE_PX = 0.5
"""Pixels of the screen to one of the page where no picture is judged: a quarter of the drawing."""
QUICK: dict[str, Any] = {"device_scale_factor": COARSE_PX, "reduced_motion": "reduce"}
"""Of a context where neither pictures nor motion are judged."""
MAP_MS = 90_000
SETTLED_MS = 5_000
STOP_S = 20
KEPT: dict[str, Path] = {}


@dataclass(frozen=True)
class Served:
    """A served store: where, who may sign in, and the process that serves it."""

    address: str
    logins: dict[str, str]
    process: subprocess.Popen[str]

    def ask(self, path: str) -> Any:
        with urllib.request.urlopen(self.address + path, timeout=30) as answer:  # noqa: S310
            return json.load(answer)


@dataclass
class Desk:
    """A page on the desk, what it asked other hosts for, and what it complained about."""

    served: Served
    page: Page
    mapped: bool = True
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, **query: str) -> Page:
        """The page once the map is drawn; where no map comes, once all else has been answered."""
        asked = "&".join(f"{name}={value}" for name, value in ({"lang": "en"} | query).items())
        self.page.goto(f"{self.served.address}/?{asked}")
        if self.mapped:
            self.page.wait_for_selector('html[data-ready="map"]', timeout=MAP_MS)
        else:
            self.page.wait_for_selector("html[data-ready]", timeout=MAP_MS)
            # An answer asked for ahead that nobody takes leaves the network busy for good.
            with suppress(Late):
                self.page.wait_for_load_state("networkidle", timeout=SETTLED_MS)
        return self.page

    def sign_in(self, login: str) -> None:
        self.page.locator(".person").first.click()
        dialog = self.page.get_by_role("dialog")
        dialog.locator("input").nth(0).fill(login)
        dialog.locator("input[type=password]").fill(self.served.logins[login])
        dialog.locator("button[type=submit]").click()
        dialog.wait_for(state="detached", timeout=20_000)


@pytest.fixture(scope="session", autouse=True)
def kept_demos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where demos are kept during a run: each size is made once, by whichever worker is first."""
    base = tmp_path_factory.getbasetemp()
    beside = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(KEPT, "folder", beside / "demos")
        yield


def make_demo(store: Path, buildings: int) -> dict[str, str]:
    """The logins of a demo store of one's own, copied from the one that this run has made."""
    assert store.name == "demo.rafiqa", "the copy keeps its name"
    kept = KEPT["folder"] / str(buildings)
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        answer = kept / "answer.json"
        if not answer.exists():
            command = [*RAFIQA, "demo", str(kept / "made" / "demo.rafiqa")]
            (kept / "made").mkdir(exist_ok=True)
            command += ["--buildings", str(buildings), "--json"]
            made = subprocess.run(command, check=True, capture_output=True, text=True)
            answer.write_text(made.stdout, encoding="utf-8")
    shutil.copytree(kept / "made", store.parent, dirs_exist_ok=True)
    told = json.loads(answer.read_text(encoding="utf-8"))
    return {item["login"]: item["password"] for item in told["logins"]}


@contextmanager
def serving(store: Path, logins: dict[str, str], *more: str) -> Iterator[Served]:
    """A store served by the command, at the address that it prints, until it is told to stop."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with subprocess.Popen(
        [*RAFIQA, "serve", str(store), "--port", str(port), *more],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "RAFIQA_LANG": "en"},
    ) as process:
        assert process.stdout is not None
        try:
            printed = process.stdout.readline()
            found = re.search(r"http://\S+", printed)
            assert found, f"the server printed no address: {printed!r}"
            yield Served(found[0].rstrip("/"), logins, process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(timeout=STOP_S)


def need_browser() -> None:
    """Ends the test here where the machine lacks the browser, and fails it without the pages."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Debian's chromium is not installed: apt-get install chromium")
    if not (ROOT / "src/rafiqa/api/static/index.html").exists():
        pytest.fail("the desk's pages are not built: run make setup")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    need_browser()
    store = tmp_path_factory.mktemp("served") / "demo.rafiqa"
    with serving(store, make_demo(store, 1_500)) as running:
        yield running


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A few areas of plain shape, a sign on land that was released, and who may act on them.

    What is reported of them moves no land, so that no test hangs on what another has reported.
    """
    need_browser()
    clock = Clock()
    # The server goes by the real clock: what is on record was so before.
    clock.at_us = time.time_ns() // 1_000 - 120 * DAY_US
    folder = tmp_path_factory.mktemp("town")
    office = small_city(folder, clock)
    seen = EvidenceRecorded("E9", "eo_seen", "visual", spot(office, 20, 90))
    assert record_evidence(office, FIRST, seen).done
    office.store.close()
    with serving(folder / "small.rafiqa", dict.fromkeys(LOGINS, PASSWORD)) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    need_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=DRAWING,
        )
        yield browser
        browser.close()


@pytest.fixture
def screen_px() -> float:
    """Pixels of the screen to one of the page; a file that judges pictures says its own."""
    return 1 if os.environ.get("RAFIQA_SHOTS") else COARSE_PX


@pytest.fixture
def context(
    request: pytest.FixtureRequest, chromium: Browser, screen_px: float
) -> Iterator[BrowserContext]:
    # The axe script is put into the page by the test; our own policy would forbid it.
    # What keeps the desk would answer before a test's own routes; `test_copy.py` allows it.
    # Motion is many pictures, each drawn in software: the tests of the long run look at it.
    moves = request.node.get_closest_marker("slow") is not None
    made = chromium.new_context(
        viewport={"width": 1280, "height": 800},
        bypass_csp=True,
        service_workers="block",
        reduced_motion="no-preference" if moves else "reduce",
        device_scale_factor=1 if moves else screen_px,
    )
    yield made
    made.close()


@pytest.fixture
def mapped(request: pytest.FixtureRequest) -> bool:
    """Whether the desk draws its map; most of what opening a desk costs is the map.

    The tests of the long run draw it always.
    """
    marked = request.node.get_closest_marker
    return marked("unmapped") is None or marked("slow") is not None


@pytest.fixture
def desk(context: BrowserContext, served: Served, mapped: bool) -> Iterator[Desk]:
    """A desk that has no network but its own server, and at the end asked for none."""
    opened = open_desk(context, served, mapped=mapped)
    yield opened
    assert opened.foreign == []
    assert opened.complaints == []


@pytest.fixture
def town_desk(context: BrowserContext, town: Served, mapped: bool) -> Iterator[Desk]:
    """A desk of the town, under the same conditions."""
    opened = open_desk(context, town, mapped=mapped)
    yield opened
    assert opened.foreign == []
    assert opened.complaints == []


def open_desk(context: BrowserContext, served: Served, *, mapped: bool = True) -> Desk:
    opened = Desk(served, context.new_page(), mapped)

    def own_host_only(route: Route) -> None:
        if route.request.url.startswith((served.address, "blob:", "data:")):
            route.continue_()
        else:
            opened.foreign.append(route.request.url)
            route.abort()

    context.route("**/*", own_host_only)
    if not mapped:
        context.route("**/map.js", no_map)
    opened.page.on(
        "console",
        lambda said: opened.complaints.append(said.text) if said.type == "error" else None,
    )
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    return opened


def no_map(route: Route) -> None:
    """Answers the map's script with one that never comes to its end: the desk waits for its map."""
    route.fulfill(content_type="text/javascript", body="await new Promise(() => {});")
