"""From asking to rebuild to stop-work, in a real browser: the whole story, step by step.

Every answer given on the way is asked again at the end, as true and known then, and must come
out the same. Which permits were stopped is held against shapely alone.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from playwright.sync_api import BrowserContext, Page, expect

from rafiqa.cli.machine import entropy, now_us
from rafiqa.geo import GridShape
from rafiqa.land import (
    Actor,
    AreaRecorded,
    EvidenceRecorded,
    LandReopened,
    ReleaseTransferred,
)
from rafiqa.recovery import Party, PermitIssued, ProjectRegistered
from rafiqa.service import (
    AssetShelf,
    Office,
    declare_area,
    gate_of,
    issue_permit,
    open_office,
    permits_of,
    record_evidence,
    register_project,
    reopen_land,
    transfer_release,
)
from rafiqa.service.accounts import put_account
from rafiqa.wire.instant import iso
from tests.browser.conftest import ROOT, Desk, Served, make_demo, need_browser, open_desk, serving
from tests.real.door import City
from tests.real.opendata import open_data

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
EXTRACT = "osm-neubrandenburg/neubrandenburg.nouser.osm.pbf"
ENGINEER = Actor("engineer-1", "municipality", "engineer")
FIRST = Actor("authority-1", "mine-action-office", "authority")
TOLD = (Party("crew_lead", "builders"), Party("owner", "school board"))
WAIT_MS = 20_000


@dataclass
class Town:
    """A served store, the office over the same store, and the answers given so far."""

    served: Served
    office: Office
    answers: list[tuple[str, str, Any]] = field(default_factory=list)

    def remember(self, page: Page, *paths: str) -> None:
        """Keeps what the desk answers now, to be asked for again later."""
        time.sleep(0.01)
        at = iso(now_us())
        for path in paths:
            self.answers.append((path, at, asked(page, path, at)))
        time.sleep(0.01)


def asked(page: Page, path: str, at: str | None = None) -> Any:
    times = f"?valid_at={at}&known_at={at}&lang=en" if at else "?lang=en"
    answer = page.evaluate("path => fetch(path).then(answer => answer.json())", path + times)
    assert "status" not in answer, answer
    return answer


def opened(store: Path) -> Office:
    return open_office(str(store), now_us=now_us, entropy=entropy)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    need_browser()
    store = tmp_path / "demo.rafiqa"
    logins = make_demo(store, 100)
    office = opened(store)
    with serving(store, logins) as served:
        yield Town(served, office)
    office.store.close()


@pytest.fixture
def page_of(context: BrowserContext, town: Town) -> Iterator[Desk]:
    desk = open_desk(context, town.served)
    yield desk
    assert desk.foreign == []
    assert desk.complaints == []


def metres(x_m: float, y_m: float, wide_m: float, high_m: float) -> GridShape:
    box = (x_m, y_m, x_m + wide_m, y_m + high_m)
    return GridShape.box(*(round(each * 1_000) for each in box))


def plan(office: Office, x_m: float, y_m: float) -> None:
    """A hazard area on which nothing may be built yet, and nine plots of works on it.

    The middle one reaches a little beyond its edge, where nothing is on record.
    """
    spot = office.frame.mm_spot(round((x_m + 50) * 1_000), round((y_m + 50) * 1_000))
    seen = EvidenceRecorded("story-e", "eo_seen", "visual", spot, area_id="story")
    assert record_evidence(office, FIRST, seen).done
    ground = metres(x_m, y_m, 120, 120)
    area = AreaRecorded("story", "cha", ground, "Mill quarter", ("story-e",))
    assert declare_area(office, FIRST, area).done
    for number in range(9):
        left_m, low_m = x_m + 40 * (number % 3), y_m + 40 * (number // 3)
        high_m = 60 if number == 7 else 20
        shape = metres(left_m + 10, low_m + 10, 20, high_m)
        works = ProjectRegistered(f"story-{number}", f"House {number}", "new_building", shape, 20)
        assert register_project(office, ENGINEER, works).done


def release(office: Office, area_id: str, ground: GridShape) -> None:
    part = ReleaseTransferred("story-1", "cleared", ground, "ministry", "their map", area_id, 50)
    assert transfer_release(office, FIRST, part).done


def permit_everything(office: Office) -> None:
    """Permits all works of the town whose gate is not closed."""
    for works in office.recovery().works_facts():
        if gate_of(office, works).outcome != "closed":
            fact = PermitIssued(f"M-{works.project_id}", works.project_id, "", "office", TOLD)
            acted = issue_permit(office, FIRST, fact)
            assert acted.done, acted.reasons


def stopped(office: Office) -> set[str]:
    shown = permits_of(office)
    return {each.case.fact.permit_id for each in shown if each.standing.state == "stopped"}


def touched(office: Office, found: GridShape) -> set[str]:
    """By shapely alone: the permits whose footprint or way in touches ground."""
    works = [each.case for each in permits_of(office)]
    return {
        case.fact.permit_id
        for case in works
        if case.works is not None
        and any(
            shape is not None and shapely.intersects(shape.geometry, found.geometry)
            for shape in (case.works.shape, case.works.access)
        )
    }


def verdict(page: Page) -> str:
    return page.locator(".project .gates .verdict").get_attribute("data-outcome") or ""


@dataclass(frozen=True)
class Plot:
    """Works in the middle of a story: on which area, what of it is released, what is found."""

    project_id: str
    area_id: str
    released: GridShape
    found: GridShape

    @property
    def permit(self) -> str:
        return f'[data-permit="M-{self.project_id}"]'


def circle(x_m: float, y_m: float, reach_m: float) -> GridShape:
    reach = shapely.Point(x_m * 1_000, y_m * 1_000).buffer(reach_m * 1_000, 8)
    return GridShape.of(shapely.transform(reach, np.rint))


def story(town: Town, desk: Desk, plot: Plot) -> set[str]:
    """Walks the story through the desk; returns the permits that the find stopped."""
    office, about = town.office, f"/api/projects/{plot.project_id}"
    # The demo city has a stop of its own, which has nothing to do with this story.
    before = stopped(office)
    page = desk.open(selected=f"project:{plot.project_id}")
    desk.sign_in("engineer1")
    expect(page.locator(".project .gate-lines li").first).to_be_visible(timeout=WAIT_MS)
    assert verdict(page) == "closed"
    expect(page.locator(".gate-lines")).to_contain_text("gate.area.hazard")
    town.remember(page, about, "/api/permits")

    release(office, plot.area_id, plot.released)
    page.reload()
    page.wait_for_selector('.project .gates .verdict[data-outcome="conditions"]', timeout=WAIT_MS)
    expect(page.locator(".gate-lines")).to_contain_text("gate.area.unrecorded")
    town.remember(page, about, "/api/permits")

    permit_everything(office)
    page.reload()
    page.wait_for_selector(f'{plot.permit}[data-state="in_force"]', timeout=WAIT_MS)
    assert stopped(office) == before
    town.remember(page, about, "/api/permits")

    reopening = LandReopened("story-o", plot.found, "missed_item")
    assert reopen_land(office, FIRST, reopening).done
    must = touched(office, plot.found)
    assert 0 < len(must) < len(permits_of(office))
    assert stopped(office) == must | before
    assert not must & before
    page.reload()
    page.wait_for_selector(f'{plot.permit}[data-state="stopped"]', timeout=WAIT_MS)
    notices = asked(page, "/api/notices")["notices"]
    assert {notice["permit_id"] for notice in notices} == must | before
    told = asked(page, "/api/permits")["permits"]
    assert {each["permit_id"] for each in told if each["state"] == "stopped"} == must | before
    town.remember(page, about, "/api/permits", "/api/notices")

    steps = (".opening > button", ".act-form button[type=submit]", "[role=group] button.strong")
    for step in steps:
        page.locator(f".stop-notices {step}").first.focus()
        page.keyboard.press("Enter")
    expect(page.locator(".stop-notices .opening")).to_have_count(1, timeout=WAIT_MS)
    town.remember(page, about, "/api/notices")
    page.add_script_tag(path=str(AXE))
    found_faults = page.evaluate("axe.run(document.querySelector('.sheet'))")["violations"]
    assert [fault["id"] for fault in found_faults] == []
    return must


def the_past_is_as_it_was(town: Town, page: Page) -> None:
    for path, at, answer in town.answers:
        assert asked(page, path, at) == answer, (path, at)


@pytest.mark.slow
def test_the_demo_city_from_asking_to_stop_work(town: Town, page_of: Desk) -> None:
    west_m = max(face.shape.geometry.bounds[2] for face in town.office.book().faces) / 1_000 + 50
    plan(town.office, west_m, 0)
    # On the edge of house 3: the works of 3, 4, 6 and 7 lie within its reach.
    released, found = metres(west_m, 0, 120, 120), circle(west_m + 42, 72, 24)
    must = story(town, page_of, Plot("story-7", "story", released, found))
    assert must == {"M-story-3", "M-story-4", "M-story-6", "M-story-7"}
    the_past_is_as_it_was(town, page_of.page)
    page = page_of.open(selected="project:story-7", lang="ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator('[data-permit="M-story-7"]')).to_contain_text("موقوف", timeout=WAIT_MS)
    expect(page.locator(".stop-notices")).to_contain_text("أُوقف الترخيص")


@pytest.fixture
def real_town(tmp_path: Path) -> Iterator[Town]:
    """Neubrandenburg as mapped, with a hazard imported over a quarter of its old town."""
    need_browser()
    city = City.new(tmp_path / "real.rafiqa", 13.26, 53.557)
    assert city.take(open_data(EXTRACT), "buildings").counts == (15_332, 0)
    area = {
        "type": "Feature",
        "properties": {"id": "SHA-1", "class": "sha"},
        "geometry": json.loads(shapely.to_geojson(shapely.box(13.255, 53.553, 13.262, 53.557))),
    }
    file = tmp_path / "hazard.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [area]}))
    assert city.take(file, "hazard-areas").counts == (1, 0)
    office = opened(city.store)
    put_account(office.store, "engineer1", "rebuild-it-now", ENGINEER, "Municipality", entropy)
    with serving(city.store, {"engineer1": "rebuild-it-now"}) as served:
        yield Town(served, office)
    office.store.close()


def plan_buildings(office: Office) -> dict[str, GridShape]:
    """Registers every third building in and around the hazard as works of its own footprint."""
    (layer,) = AssetShelf().layers(office, "buildings")
    hazard = office.book().faces[0].shape.geometry
    near = np.flatnonzero(shapely.dwithin(layer.table.shapes_mm, hazard, 150_000)).tolist()[::3]
    works = {}
    for row in near:
        shape = GridShape.of(shapely.transform(layer.table.shapes_mm[row], np.rint))
        name = f"B{row}"
        works[name] = shape
        fact = ProjectRegistered(name, name, "new_building", shape, 20)
        assert register_project(office, ENGINEER, fact).done
    return works


@pytest.mark.slow
@pytest.mark.shared
def test_neubrandenburg_from_asking_to_stop_work(context: BrowserContext, real_town: Town) -> None:
    office = real_town.office
    works = plan_buildings(office)
    assert len(works) > 60
    hazard = office.book().faces[0].shape
    west, south, east, north = hazard.geometry.bounds
    # The western half is released; what is built there across its edge keeps a condition.
    middle_x = round((west + east) / 2)
    half = GridShape.box(round(west) - 1, round(south) - 1, middle_x, round(north) + 1)
    released = hazard.intersection(half)
    left = shapely.difference(hazard.geometry, released.geometry)
    across = [
        name
        for name, shape in works.items()
        if shapely.overlaps(shape.geometry, released.geometry)
        and not shapely.intersects(shape.geometry, left)
    ]
    middle = works[across[0]].geometry.centroid
    plot = Plot(across[0], "SHA-1", released, circle(middle.x / 1_000, middle.y / 1_000, 60))
    desk = open_desk(context, real_town.served)
    must = story(real_town, desk, plot)
    assert f"M-{across[0]}" in must
    the_past_is_as_it_was(real_town, desk.page)
    assert (desk.foreign, desk.complaints) == ([], [])
