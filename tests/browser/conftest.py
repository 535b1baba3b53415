"""A demo store, the real server over it, and Debian's Chromium in front of it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
SHOTS = ROOT / "build" / "screenshots"
START_S = 60
MAP_MS = 90_000


@dataclass(frozen=True)
class Served:
    address: str
    logins: dict[str, str]


@dataclass
class Watched:
    """A page, what it asked other hosts for, and what it complained about."""

    page: Page
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_healthy(address: str, process: subprocess.Popen[str]) -> dict[str, object]:
    for _ in range(START_S * 10):
        assert process.poll() is None, "the server ended before it was ready"
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2) as answer:  # noqa: S310
                return dict(json.load(answer))
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not answer /health")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if not Path(CHROMIUM).exists():
        pytest.skip("Debian's chromium is not installed: apt-get install chromium")
    if not (ROOT / "src/rafiqa/api/static/index.html").exists():
        pytest.fail("the desk's pages are not built: run make setup")
    store = tmp_path_factory.mktemp("served") / "demo.rafiqa"
    rafiqa = [sys.executable, "-m", "rafiqa"]
    made = subprocess.run(
        [*rafiqa, "demo", str(store), "--buildings", "1500", "--json"],
        check=True,
        capture_output=True,
        text=True,
    )
    logins = {item["login"]: item["password"] for item in json.loads(made.stdout)["logins"]}
    port = free_port()
    process = subprocess.Popen(
        [*rafiqa, "serve", str(store), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        assert wait_healthy(address, process)["status"] == "ok"
        yield Served(address, logins)
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--use-angle=swiftshader",
                "--enable-unsafe-swiftshader",
                "--no-sandbox",
                "--disable-background-networking",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    # The axe script is put into the page by the test; our own policy would forbid it.
    made = chromium.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    yield made
    made.close()


def watch(context: BrowserContext, address: str) -> Watched:
    page = context.new_page()
    watched = Watched(page)

    def asked(url: str) -> None:
        if not url.startswith((address, "blob:", "data:")):
            watched.foreign.append(url)

    page.on("request", lambda request: asked(request.url))
    page.on(
        "console",
        lambda message: (
            watched.complaints.append(message.text) if message.type == "error" else None
        ),
    )
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    return watched


def open_desk(watched: Watched, served: Served, query: str = "lang=en") -> Page:
    watched.page.goto(f"{served.address}/?{query}")
    watched.page.wait_for_selector('html[data-ready="map"]', timeout=MAP_MS)
    return watched.page
