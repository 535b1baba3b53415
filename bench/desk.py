"""How quick the desk is: first paint on a slow machine, and the time slider over a country."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Literal

import numpy as np
import shapely

from bench.site import AUTHORITY, folder, fresh_office, now_us
from bench.table import Table
from bench.towns import FRAME, buildings_mm
from rafiqa.geo import GridShape, Spot
from rafiqa.land import (
    AccreditationGranted,
    Actor,
    AreaRecorded,
    ReleaseAccepted,
    ReleaseProposed,
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.recovery import LayerRegistered
from rafiqa.service import Office, register_layer
from rafiqa.service.office import Saying

DEMO_BUILDINGS, QUICK_DEMO_BUILDINGS = 5_000, 600
AREAS, QUICK_AREAS = 20_000, 500
BUILDINGS, QUICK_BUILDINGS = 120_000, 2_000
TOWNS = 4
REPEATS, QUICK_REPEATS = 5, 1
SLOWER = 4
"""How many times the browser's processor is slowed down."""
SLIDE_S, STEP_MS = 6.0, 50
PLAY_MS = 450
"""The pace at which the desk itself plays time."""
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
_DAY_US = 86_400_000_000
_APART_MM, _SIDE_MM = 400_000, 200_000
_DAYS = 1_000
_TOLD = ("paint", "page", "press", "map", "task", "taken", "all")
_GL = (
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # As a browser on a machine without a graphics card does: only the map goes through WebGL.
    "--disable-gpu-rasterization",
    "--disable-gpu-compositing",
    "--no-sandbox",
)
_WATCH = """
  window.marks = {};
  window.tasks = [];
  // What was set is on the screen after the frame: a timer of that frame comes after it.
  const mark = name => requestAnimationFrame(() => setTimeout(() => {
    marks[name] ??= performance.now();
  }));
  new MutationObserver(() => {
    const ready = document.documentElement.dataset.ready;
    if (ready) mark(ready);
    if (ready === "page") {
      const seen = new MutationObserver(() => {
        if (document.querySelector(".sheet")) { seen.disconnect(); mark("press"); }
      });
      seen.observe(document.body, {subtree: true, childList: true});
    }
  }).observe(document, {subtree: true, attributes: true, attributeFilter: ["data-ready"]});
  new PerformanceObserver(list => list.getEntries().forEach(e => tasks.push(e.duration)))
    .observe({type: "longtask", buffered: true});
"""
_ROW = """
  (() => {
    const box = document.querySelector(".rows button").getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  })()
"""
_POLL_S, _PAINT_WITHIN_S = 0.01, 300.0
_SLIDE = """
  async ([forMs, stepMs]) => {
    const slider = document.getElementById("true-at");
    const last = Number(slider.max), gaps = [];
    let drawn = 0, shown;
    let at = Math.floor(last * 0.3), before = performance.now(), on = true;
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
    const frame = now => {
      gaps.push(now - before); before = now;
      const place = document.querySelector("canvas.moment:not([hidden])")?.dataset.place;
      if (place !== shown) { drawn += place === undefined ? 0 : 1; shown = place; }
      if (on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(now => { before = now; requestAnimationFrame(frame); });
    const step = () => {
      at = at >= last - 1 ? 1 : at + 1;
      set.call(slider, String(at));
      slider.dispatchEvent(new Event("input", {bubbles: true}));
    };
    const timer = setInterval(step, stepMs);
    await new Promise(done => setTimeout(done, forMs));
    clearInterval(timer); on = false;
    return {gaps, drawn};
  }
"""
_SET = """
  day => {
    const slider = document.getElementById("true-at");
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
    set.call(slider, String(day));
    slider.dispatchEvent(new Event("input", {bubbles: true}));
  }
"""
_PAINT_NOTES = (
    "Chromium without a screen, its processor slowed down four times (DevTools,",
    "`Emulation.setCPUThrottlingRate`), an empty cache each time, the server on the same machine.",
    "`useful`: the lists of projects and areas are on the screen. `answers`: a row of them was",
    "pressed as soon as they were there, and its sheet is on the screen. `map`: the map is drawn,",
    "in software, for there is no graphics card; all else is drawn by the processor, as a browser",
    f"without a graphics card draws it: `{' '.join(_GL)}`.",
    "No other desk does the same work, so the peer is the same page in the same browser not slowed",
    "down. The browser is watched through its own protocol, with nothing put into the page that",
    "the slowed processor would have to read.",
)
_SLIDE_NOTES = (
    "The time slider moved by one day at a time while every frame is counted",
    "(`requestAnimationFrame`), the processor not slowed down. `still`: not moved at all, which is",
    "what this machine can draw. `drag`: a step every 50 ms, faster than answers can come; `play`:",
    "a step every 450 ms, as the desk plays time itself, so that each is asked of the server and",
    "drawn. `tiles`: as a large site is drawn. The peer, `shapes`: the same page told that the",
    "site is small, so that every step sends every shape, as before. Processor time is that of the",
    "page's main thread alone (`Performance.getMetrics`), which other programs do not lengthen.",
)


def measure(quick: bool) -> list[Table]:
    """Returns the tables of paints and of frames."""
    from playwright.sync_api import sync_playwright

    if not Path(CHROMIUM).exists():
        raise SystemExit("Debian's chromium is not installed: apt-get install chromium")
    with folder() as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_GL))
        try:
            return [_paints(place, browser, quick), _slides(place, browser, quick)]
        finally:
            browser.close()


def _paints(place: Path, browser: Any, quick: bool) -> Table:
    store = place / "demo.rafiqa"
    n = QUICK_DEMO_BUILDINGS if quick else DEMO_BUILDINGS
    command = [sys.executable, "-m", "rafiqa", "demo", str(store), "--buildings", str(n), "--json"]
    subprocess.run(command, check=True, capture_output=True)
    repeats = QUICK_REPEATS if quick else REPEATS
    rows = []
    with serving(store) as address:
        paint(browser, address, 1)  # what the server makes once is made
        for lang in ("en", "ar"):
            for slower in (SLOWER, 1):
                runs = [paint(browser, f"{address}/?lang={lang}", slower) for _ in range(repeats)]
                told = [f"{median(run[name] for run in runs) / 1e3:.2f}" for name in runs[0]]
                rows.append(
                    (f"demo city, {n:,} buildings, {lang}", f"{slower}×", str(repeats), *told)
                )
    header = (
        *("store", "slowed", "runs", "first paint, s", "useful, s", "answers, s", "map, s"),
        "longest task, s",
        *("main thread until useful, s of processor", "until the map, s of processor"),
    )
    return Table("First paint of the desk", _PAINT_NOTES, header, rows)


def paint(browser: Any, address: str, slower: int) -> dict[str, float]:
    """Returns after how many ms a fresh page paints, is useful, answers and has its map."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        page.add_init_script(_WATCH)
        link = context.new_cdp_session(page)
        link.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        link.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(address, wait_until="commit")
        _until(link, "marks.page !== undefined")
        useful_ms = _taken_ms(link)
        x, y = _value(link, _ROW)
        for kind in ("mousePressed", "mouseReleased"):
            press = {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}
            link.send("Input.dispatchMouseEvent", press)
        _until(link, "marks.press !== undefined && marks.map !== undefined")
        told = _value(
            link,
            "({paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,"
            " ...marks, task: Math.max(0, ...tasks)})",
        )
        told |= {"taken": useful_ms, "all": _taken_ms(link)}
    finally:
        context.close()
    return {name: float(told[name]) for name in _TOLD}


def _value(link: Any, expression: str) -> Any:
    asked = {"expression": expression, "returnByValue": True}
    return link.send("Runtime.evaluate", asked)["result"].get("value")


def _until(link: Any, expression: str) -> None:
    """Waits without Playwright's own script, which takes a slowed page longer than its lists."""
    last_s = time.monotonic() + _PAINT_WITHIN_S
    while not _value(link, f"globalThis.marks !== undefined && {expression}"):
        if time.monotonic() > last_s:
            raise SystemExit(
                f"the desk did not come to this within {_PAINT_WITHIN_S} s: {expression}"
            )
        time.sleep(_POLL_S)


def _slides(place: Path, browser: Any, quick: bool) -> Table:
    store = place / "country.rafiqa"
    sizes = (QUICK_AREAS, QUICK_BUILDINGS) if quick else (AREAS, BUILDINGS)
    big_store(store, *sizes)
    rows = []
    with serving(store) as address:
        for view in ("", f"&view={FRAME.lon_deg},{FRAME.lat_deg},13"):
            for drawn in ("tiles", "shapes"):
                with _opened(browser, f"{address}/?lang=en{view}", drawn) as (page, link):
                    named = f"{'a town' if view else 'the whole'}, {drawn}"
                    rows.append((named, *_moved(page, link, quick)))
                    print(" | ".join(rows[-1]), flush=True)
    title = f"The time slider over {sizes[0]:,} areas and {sizes[1]:,} buildings"
    header = (
        *("view", "still, frames/s", "drag, frames/s", "drag, moments drawn/s", "play, frames/s"),
        "play, longest frame, ms",
        *("main thread, ms of processor for a step dragged", "played", "and drawn whole"),
    )
    return Table(title, _SLIDE_NOTES, header, rows)


@contextmanager
def _opened(browser: Any, address: str, drawn: str) -> Iterator[tuple[Any, Any]]:
    """Yields the desk's page once all is drawn, and a way to ask what its main thread took."""
    # What keeps the desk would ask past the answer that a page is given below.
    page = browser.new_page(viewport={"width": 1280, "height": 800}, service_workers="block")
    try:
        if drawn == "shapes":
            page.route("**/api/site*", _told_small)
        link = page.context.new_cdp_session(page)
        link.send("Performance.enable", {"timeDomain": "threadTicks"})
        if drawn == "tiles":
            # It comes last, and from then on time moves without asking.
            with page.expect_response("**/api/course*", timeout=300_000):
                page.goto(address)
        else:
            page.goto(address)
        page.wait_for_selector('html[data-ready="map"]', timeout=300_000)
        _settled(page)
        yield page, link
    finally:
        page.close()


def _told_small(route: Any) -> None:
    """Answers as the site does, but for the number of its areas."""
    answer = route.fetch(timeout=300_000)
    told = answer.json()
    told["counts"]["areas"] = 0
    route.fulfill(response=answer, json=told)


def _moved(page: Any, link: Any, quick: bool) -> tuple[str, ...]:
    for_ms = 1_000 * (SLIDE_S / 3 if quick else SLIDE_S)
    rates, costs, longest, drawn = [], [], 0.0, []
    for step_ms in (10**6, STEP_MS, PLAY_MS):
        before, n_runs = _taken_ms(link), 1 if quick else 3
        runs = [slide(page, for_ms, step_ms) for _ in range(n_runs)]
        costs.append((_taken_ms(link) - before) / n_runs / max(for_ms / step_ms, 1))
        rates.append(median(1e3 * len(gaps) / sum(gaps) for gaps, _ in runs))
        drawn.append(median(1e3 * n / for_ms for _, n in runs))
        longest = max(max(gaps) for gaps, _ in runs)
        _settled(page)
    before = _taken_ms(link)
    for step in range(3):
        page.evaluate(_SET, 400 + step)
        page.wait_for_timeout(300)
        _settled(page)
    whole = (_taken_ms(link) - before) / 3
    shown = [f"{cost:.1f}" for cost in (*costs[1:], whole)]
    told = (f"{rates[0]:.0f}", f"{rates[1]:.0f}", f"{drawn[1]:.0f}", f"{rates[2]:.0f}")
    return (*told, f"{longest:.0f}", *shown)


def _settled(page: Any) -> None:
    page.wait_for_selector('.stage[aria-busy="false"]', timeout=300_000)
    page.wait_for_timeout(1_000)


def _taken_ms(link: Any) -> float:
    """Returns how much of the processor the page's main thread has taken, ms."""
    metrics = link.send("Performance.getMetrics")["metrics"]
    return float(next(1e3 * each["value"] for each in metrics if each["name"] == "TaskDuration"))


def slide(page: Any, for_ms: float, step_ms: int) -> tuple[list[float], int]:
    """Returns the ms between frames while the slider moves, and how many moments were drawn."""
    told = page.evaluate(_SLIDE, [for_ms, step_ms])
    # A page that draws nothing at all in this time has one frame, as long as it.
    return told["gaps"] or [for_ms], told["drawn"]


@contextmanager
def serving(store: Path) -> Iterator[str]:
    """Yields the address of a store served by the command."""
    command = [sys.executable, "-m", "rafiqa", "serve", str(store), "--port", "8397", "--json"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        address = "http://127.0.0.1:8397"
        try:
            for _ in range(3_000):
                try:
                    with urllib.request.urlopen(f"{address}/health", timeout=600) as answer:  # noqa: S310
                        json.load(answer)
                        break
                except OSError:
                    time.sleep(0.1)
            yield address
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)


def big_store(path: Path, n_areas: int, n_buildings: int) -> None:
    """Makes a store of many areas over about three years, a quarter half cleared, and buildings."""
    with fresh_office(path, Spot.of(FRAME.lon_deg, FRAME.lat_deg)) as office:
        first_us = now_us() - (_DAYS + 10) * _DAY_US
        granted = AccreditationGranted("bench-team", "operator", ("manual",), first_us)
        office.say(AUTHORITY, [Saying("bench-team", "operator", first_us, granted)])
        stories = [_story(number, n_areas, first_us) for number in range(n_areas)]
        # A release is written after its work: step by step, the stories side by side.
        for step in range(max(map(len, stories))):
            told = [story[step] for story in stories if len(story) > step]
            for start in range(0, len(told), 5_000):
                sayings = [saying for _, saying in told[start : start + 5_000]]
                office.say(told[0][0], sayings)
        _register_buildings(office, n_buildings)


_TEAM, _QUALITY = Actor("p3", "operator", "operator"), Actor("p4", "quality", "quality")
_SECOND = Actor("p2", "authority", "authority")


def _story(number: int, n_areas: int, first_us: int) -> list[tuple[Actor, Saying]]:
    side = int(np.ceil(np.sqrt(n_areas)))
    x = (number % side - side // 2) * _APART_MM
    y = (number // side - side // 2) * _APART_MM
    area, work, part = f"A{number}", f"W{number}", f"P{number}"
    day = number * 7_919 % (_DAYS - 500)
    shape = GridShape.box(x, y, x + _SIDE_MM, y + _SIDE_MM)
    class_: Literal["sha", "cha"] = "cha" if number % 3 else "sha"
    told: list[tuple[Actor, str, int, object]] = [
        (AUTHORITY, area, day, AreaRecorded(area, class_, shape, name=f"Field {number}"))
    ]
    if number % 4 == 0:
        half = GridShape.box(x, y, x + _SIDE_MM // 2, y + _SIDE_MM)
        cleared = WorkedPart(part, "cleared", half, "manual", 20, "soil")
        told += [
            (_TEAM, work, day + 200, WorkReported(work, area, "operator", (cleared,))),
            (_QUALITY, work, day + 210, WorkInspected(f"I{number}", work, "quality", passed=True)),
            (AUTHORITY, work, day + 220, ReleaseProposed(f"R{number}", work, (part,))),
            (_SECOND, work, day + 230, ReleaseAccepted(f"R{number}")),
        ]
    return [
        (actor, Saying(f"bench-{number}-{step}", subject, first_us + at * _DAY_US, fact))
        for step, (actor, subject, at, fact) in enumerate(told)
    ]


def _register_buildings(office: Office, n: int) -> None:
    shapes = np.concatenate([shapely.polygons(each) for each in buildings_mm(n, TOWNS)])
    lonlat = office.frame.shapes_to_lonlat(shapes)
    ids = [f"b{row}" for row in range(n)]
    columns: dict[str, Sequence[Any]] = {
        "name": [None] * n,
        "name_ar": [None] * n,
        "kind": ["residential"] * n,
        "storeys": [1 + row % 5 for row in range(n)],
    }
    fact = LayerRegistered("bench-buildings", "buildings", "", 0, "generated")
    acted = register_layer(office, AUTHORITY, fact, (ids, lonlat, columns))
    if not acted.done:
        raise SystemExit(str(acted.reasons))


if __name__ == "__main__":
    big_store(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    os._exit(0)
