"""Every view in every language: no English left, nothing off the screen, nothing cut short."""

from __future__ import annotations

import ast
import contextlib
import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Response

from tests.browser.conftest import MAP_MS, ROOT, Desk, Served, open_desk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
WORK = (
    "inbox", "news", "tasks", "figures", "submissions", "reports", "imports", "matches", "draw",
    "risk", "plan", "waysin", "followup", "finds", "told", "papers", "documents", "parts",
    "people", "vault", "federation", "person",
)  # fmt: skip
VIEWS = (
    "", "account=open", "selected=area:h0004", "selected=area:w0001", "selected=spot:38.55,34.9",
    *(f"work={page}" for page in WORK),
    "work=inbox&of=release:w0001-r1", "work=tasks&of=w0001-t1",
)  # fmt: skip
OPEN_PAGES = ("/public", "/report", "/verify")
WIDTHS = (360, 1024, 1920)
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
UNITS = (
    "cm", "mm", "km", "kg", "ha", "UTC", "CSV", "SVG", "PNG", "PDF", "XLSX", "GeoJSON", "GEOJSON",
    "JSON", "ZIP", "GPX", "GPKG", "KML", "WKT", "EPSG", "CRS", "WGS", "UTM", "MGRS", "IMAS", "QR",
    "Rafiqa", "English", "Kurmancî", "MapLibre", "ISO", "SHA", "Esc", "Enter",
    "Backspace", "MiB", "rafiqa access", "rafiqa federation share",
    "https", "localhost",
)  # fmt: skip
"""Words that are the same in every language: units, formats, names of standards and of programs."""
ENGLISH = (
    r"\b(?:the|and|of|is|are|was|were|not|with|for|by|from|has|have|this|that|ago|its|which|who|"
    r"what|when|where|nothing|everything|since|until|waits|none|yes|area|areas|task|map|work|"
    r"Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept|Oct|Nov|Dec)\b"
)
"""Words by which English is known among texts of another language in Latin letters."""
TEXTS = """() => {
  const shown = (element) => element.checkVisibility({visibilityProperty: true});
  const told = (element) => element.closest(
    "code, bdi, [translate=no], [lang]:not(html), option, .maplibregl-ctrl, pre, blockquote");
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (parent && !parent.closest("script, style, template") && shown(parent) && !told(parent))
      found.push(walk.currentNode.textContent.trim());
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
    if (shown(element) && !told(element))
      for (const name of ["aria-label", "title", "placeholder", "alt"])
        found.push(element.getAttribute(name) ?? "");
  return [...new Set(found)].filter(Boolean);
}"""
OUT = """() => {
  const found = [], wide = innerWidth;
  const scrolls = (element) => /auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX);
  for (const element of document.querySelectorAll(
    "button, h1, h2, h3, p, td, th, a, label, select, input, summary, dt, dd, li")) {
    if (!element.checkVisibility({visibilityProperty: true})) continue;
    const not = ".hidden-text, .skip, [aria-hidden=true], [role=progressbar], svg";
    if (element.closest(not)) continue;
    const box = element.getBoundingClientRect(), told = (element.innerText ?? "").slice(0, 50);
    if (box.width < 2) continue;
    let around = element.parentElement;
    while (around && !scrolls(around)) around = around.parentElement;
    const free = !around || around === document.documentElement || around === document.body;
    if (free && (box.right > wide + 1 || box.left < -1)) found.push(["off", element.tagName, told]);
    const style = getComputedStyle(element), cut = style.overflowX === "hidden";
    if (cut && style.textOverflow !== "ellipsis" && element.scrollWidth > element.clientWidth + 2)
      found.push(["cut", element.tagName, told]);
  }
  return found;
}"""
SMALL = """() => innerWidth > 719 ? [] : [...document.querySelectorAll(
  "button, select, textarea, summary, input:not([type=range])")].filter((element) =>
    element.checkVisibility({visibilityProperty: true}) && !element.closest(".hidden-text, .skip")
  ).map((element) => {
    const box = (element.matches("[type=checkbox], [type=radio], .row-open")
      && element.closest("label, li") || element).getBoundingClientRect();
    return [element.className, (element.innerText || element.name || "").slice(0, 30),
      Math.round(box.width), Math.round(box.height)];
  }).filter(([, , wide, high]) => wide > 1 && (wide < 43.5 || high < 43.5))"""
"""What a finger in a glove misses: less than 44 px wide or high on a small screen."""
GO = """address => {
  history.pushState(null, "", address);
  dispatchEvent(new PopStateEvent("popstate"));
}"""
"""Goes on as "back" does, so that the map is not drawn anew for every view."""
THERE = """loading => !document.querySelector(".sheet[aria-busy=true], .map[aria-busy=true]")
  && ![...document.querySelectorAll(".quiet")].some(each => each.textContent === loading)"""
"""Nothing that is shown is still being asked for."""
CODES = r"""() => [...new Set(document.body.innerText.match(
  /\b(?:desk|class|outcome|stage|kind|cause|account|gate|plan|risk|field|api|service)(?:\.[a-z_-]+)+\b|\bundefined\b|\bNaN\b|\[object|\{[a-z_]+\}|\d{4}-\d\d-\d\dT\d\d:\d\d/g
) ?? [])]"""


def names_of(told: Any, found: set[str], key: str = "") -> None:
    """Collects what in an answer is data and not the page's own words: names, notes, ids."""
    if isinstance(told, dict):
        for name, value in told.items():
            names_of(value, found, str(name))
    elif isinstance(told, list):
        for value in told:
            names_of(value, found, key)
    elif isinstance(told, str) and (key in NAMED or key.endswith(("_id", "_ids"))):
        found.update({told, *told.split(" · ")})


NAMED = {
    "name", "name_en", "name_ar", "note", "notes", "organisation", "operator", "person",
    "login", "actor", "teams", "team", "donor", "site", "site_name", "file", "reference",
    "lines",
}  # fmt: skip


def english(texts: list[str], names: set[str], lang: str) -> list[str]:
    """The texts that hold English: any Latin word in Arabic script, known words in Kurmanji."""
    found = []
    long = sorted((name for name in names if len(name) > 2), key=len, reverse=True)
    for text in texts:
        rest = text
        for name in long:
            rest = rest.replace(name, " ")
        for word in UNITS:
            rest = re.sub(rf"(?<![A-Za-z]){word}(?![A-Za-z])", " ", rest)
        # An id, a code or an address has figures or marks in it, or is a single letter.
        rest = re.sub(r"\S*[A-Za-z]\S*[\d/_@:.\-]\S*|\S*[\d/_@:#\-]\S*[A-Za-z]\S*", " ", rest)
        pattern = ENGLISH if lang == "kmr" else r"[A-Za-z]{2,}"
        if re.search(pattern, rest):
            found.append(text[:90])
    return found


@pytest.fixture
def signed(context: BrowserContext, served: Served) -> Desk:
    """A desk on which the authority is signed in."""
    login = {"login": "authority1", "password": served.logins["authority1"]}
    answer = context.request.post(
        f"{served.address}/api/session", headers={"X-Rafiqa": "desk"}, data=login
    )
    assert answer.ok
    return open_desk(context, served)


AXED = """async () => (await axe.run({resultTypes: ["violations"]})).violations
  .filter((found) => ["serious", "critical"].includes(found.impact))
  .map((found) => [found.id, found.nodes[0].html.slice(0, 120)])"""
"""What a reader of screens, or eyes that tell few colours apart, would stumble over."""


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_axe_finds_nothing_on_any_view(signed: Desk, lang: str) -> None:
    wrong: dict[str, Any] = {}
    loading = signed.served.ask(f"/api/catalogue/{lang}.json")["texts"]["desk.loading"]
    signed.open(lang=lang)
    signed.page.add_script_tag(path=str(AXE))
    for view in VIEWS:
        signed.page.evaluate(GO, f"/?lang={lang}&{view}")
        signed.page.wait_for_timeout(200)  # until it is asked for
        signed.page.wait_for_function(THERE, arg=loading, timeout=MAP_MS)
        settled(signed.page)
        if found := signed.page.evaluate(AXED):
            wrong[view or "map"] = found
    assert wrong == {}


@pytest.mark.parametrize("lang", ["en", "ar", "ckb", "kmr"])
def test_every_view_is_whole_and_in_its_language(signed: Desk, lang: str) -> None:
    names = demo_texts() | {"Demo city (invented)"}
    signed.page.on("response", lambda answer: gathered(answer, names))
    wrong: dict[str, Any] = {}
    loading = signed.served.ask(f"/api/catalogue/{lang}.json")["texts"]["desk.loading"]
    signed.page.set_viewport_size({"width": WIDTHS[0], "height": 740})
    signed.open(lang=lang)
    for view in VIEWS:
        signed.page.evaluate(GO, f"/?lang={lang}&{view}")
        signed.page.wait_for_timeout(200)  # until it is asked for
        signed.page.wait_for_function(THERE, arg=loading, timeout=MAP_MS)
        settled(signed.page)
        for width in WIDTHS:
            signed.page.set_viewport_size({"width": width, "height": 768})
            faults = looked(signed.page, names, lang)
            if faults:
                wrong[f"{view or 'map'} at {width}"] = faults
    for path in OPEN_PAGES:
        signed.page.goto(f"{signed.served.address}{path}?lang={lang}")
        settled(signed.page)
        faults = looked(signed.page, names, lang)
        if faults:
            wrong[path] = faults
    assert wrong == {}


def demo_texts() -> set[str]:
    """What people of the demo city wrote, which no page translates."""
    found: set[str] = set()
    for file in (ROOT / "src/rafiqa/demo").rglob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                # A reader is shown their own side of what was written in two languages.
                found.update({node.value, *node.value.split(" · ")})
    return found


def gathered(answer: Response, names: set[str]) -> None:
    if "/api/" in answer.url and "json" in (answer.headers.get("content-type") or ""):
        # A page may have gone on before its answer was read.
        with contextlib.suppress(Error, ValueError):
            names_of(answer.json(), names)


def settled(page: Page) -> None:
    page.wait_for_load_state("networkidle", timeout=MAP_MS)
    page.wait_for_timeout(300)


def looked(page: Page, names: set[str], lang: str) -> dict[str, Any]:
    """What is wrong with the view shown; nothing where it is whole."""
    told = {
        "wide": max(0, page.evaluate("document.documentElement.scrollWidth - innerWidth")),
        "out": page.evaluate(OUT),
        "small": page.evaluate(SMALL),
        "codes": page.evaluate(CODES),
        "english": [] if lang == "en" else english(page.evaluate(TEXTS), names, lang),
    }
    return {name: value for name, value in told.items() if value}
