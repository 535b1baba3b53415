"""As true at and as known at: the same question, asked of the past."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import pytest
from starlette.applications import Starlette

from rafiqa.geo import GridShape
from rafiqa.land import EvidenceRecorded, LandReopened
from rafiqa.service import Office, Stamp, record_evidence, reopen_land
from rafiqa.wire.instant import instant_us, iso
from tests.city import DAY_US, FIRST, START_US, Clock, spot
from tests.unit.api.client import Client


def day(number: float) -> str:
    return iso(START_US + round(number * DAY_US))


def state(client: Client, city: Office, place_m: tuple[float, float], **times: str) -> Any:
    place = spot(city, *place_m)
    query = "".join(f"&{name}={at}" for name, at in times.items())
    return client.get(f"/api/at?lon={place.lon_deg}&lat={place.lat_deg}{query}").json()["state"]


def test_the_past_is_as_it_was(city: Office, anybody: Client) -> None:
    here = (10, 50)
    assert state(anybody, city, here, valid_at=day(-1)) == "unrecorded"
    assert state(anybody, city, here, valid_at=day(15)) == "cha"
    assert state(anybody, city, here, valid_at=day(30)) == "cleared"
    assert state(anybody, city, here, valid_at=day(30), known_at=day(15)) == "cha"
    assert state(anybody, city, here, known_at=day(-1)) == "unrecorded"


@pytest.mark.parametrize("path", ["hazards", "parts", "projects"])
def test_layers_follow_both_times(path: str, anybody: Client) -> None:
    def count(query: str) -> int:
        return len(anybody.get(f"/api/map/{path}?{query}").json()["features"])

    assert count(f"valid_at={day(-1)}") == 0
    assert count(f"known_at={day(-1)}") == 0
    assert count("") > 0


def test_a_bare_day_is_its_end(city: Office, anybody: Client) -> None:
    assert state(anybody, city, (10, 50), valid_at="2026-01-22") == "cleared"
    assert state(anybody, city, (10, 50), valid_at="2026-01-22T00:00:00Z") == "cha"


def test_a_late_entry_changes_what_is_true_but_not_what_was_known(
    own_city: Office, own_app: Starlette, clock: Clock
) -> None:
    client = Client(own_app)
    here = (10, 50)
    before = iso(own_city.now_us())
    assert state(client, own_city, here, valid_at=day(30)) == "cleared"
    tile = client.get("/tiles/buildings/14/9967/6436.mvt").content
    clock.sleep_days(1)
    back = LandReopened("late", GridShape.box(0, 0, 50_000, 100_000), "missed_item")
    assert reopen_land(own_city, FIRST, back, Stamp(valid_at_us=START_US + 25 * DAY_US)).done
    assert state(client, own_city, here, valid_at=day(30)) == "cha"
    assert state(client, own_city, here, valid_at=day(30), known_at=before) == "cleared"
    assert client.get("/tiles/buildings/14/9967/6436.mvt").content != tile
    assert client.get(f"/tiles/buildings/14/9967/6436.mvt?known_at={before}").content == tile
    projects = {each["project_id"]: each for each in client.get("/api/projects").json()["projects"]}
    assert projects["J-open"]["outcome"] == "closed"


def test_a_sign_on_released_ground_changes_the_gates_on_the_map(
    own_city: Office, own_app: Starlette, clock: Clock
) -> None:
    client = Client(own_app)

    def gates() -> dict[str, str]:
        tile = mapbox_vector_tile.decode(client.get("/tiles/buildings/14/9967/6436.mvt").content)
        shown = [item["properties"] for item in tile["buildings"]["features"]]
        return {each["asset_id"]: each["gate"] for each in shown}

    before = gates()
    clock.sleep_days(1)
    crater = EvidenceRecorded("E-late", "crater", "visual", spot(own_city, 24, 14))
    assert record_evidence(own_city, FIRST, crater).done
    changed = {key: gate for key, gate in gates().items() if before[key] != gate}
    # All that stands on the same released part, not the nearest alone.
    assert {(before[key], gate) for key, gate in changed.items()} == {("open", "conditions")}


def test_an_area_is_shown_as_of_then(anybody: Client) -> None:
    then = anybody.get(f"/api/areas/H3?valid_at={day(36)}").json()
    now = anybody.get("/api/areas/H3").json()
    assert (then["class"], now["class"]) == ("cleared", "cha")
    assert [part["outcome"] for part in then["parts"]] == ["cleared"]
    assert len(then["history"]) < len(now["history"])
    assert anybody.get(f"/api/areas/H3?valid_at={day(1)}").status_code == 404


def test_a_decision_of_later_is_still_open_then(staff: Client) -> None:
    areas = [
        staff.get(f"/api/areas/H1?valid_at={at}").json()
        for at in (iso(accepted(staff) - 1), day(60))
    ]
    states = [{each["release_id"]: each["state"] for each in area["releases"]} for area in areas]
    assert states[0]["R1"] == "proposed"
    assert states[1]["R1"] == "accepted"


def accepted(client: Client) -> int:
    history = client.get("/api/areas/H1").json()["history"]
    at = next(item["valid_at"] for item in history if item["kind"] == "release.accepted")

    return instant_us(at)
