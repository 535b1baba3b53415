"""What somebody who is not signed in may see: a scan of every answer for planted canaries."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rafiqa.api.reason import gates
from rafiqa.api.view import View
from rafiqa.recovery import Gate, GateAnswer
from rafiqa.service import Office
from tests.city import (
    EVIDENCE_SPOTS_M,
    EVIDENCE_TEXT,
    INSPECTION_TEXT,
    LOGINS,
    REPORT_SPOT_M,
    REPORT_TEXT,
    spot,
)
from tests.unit.api.client import Client
from tests.unit.api.test_table import ASKED

PATHS = [path for _, path in ASKED if not path.startswith(("/api/openapi", "/static", "/api/cat"))]
EVIDENCE_IDS = re.compile(r'"E[123]"')


def near(number: float, other: float) -> bool:
    return abs(number - other) < 2e-7


def positions(node: Any) -> list[tuple[float, float]]:
    """Every pair of numbers in an answer that could be a place."""
    found = []
    if isinstance(node, dict):
        for value in node.values():
            found += positions(value)
    elif isinstance(node, list):
        if len(node) == 2 and all(isinstance(each, int | float) for each in node):
            found.append((node[0], node[1]))
        for value in node:
            found += positions(value)
    return found


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_no_canary_reaches_everybody(path: str, lang: str, city: Office, anybody: Client) -> None:
    path += f"{'&' if '?' in path else '?'}lang={lang}" if "lang=" not in path else ""
    answer = anybody.get(path)
    canaries = [actor.person_id for actor in LOGINS.values()]
    canaries += ["canary", EVIDENCE_TEXT, REPORT_TEXT, INSPECTION_TEXT]
    for canary in canaries:
        assert canary.encode() not in answer.content, (path, canary)
    if "json" not in answer.headers["content-type"]:
        return
    assert not EVIDENCE_IDS.search(answer.text), path
    hidden = [spot(city, *place) for place in (*EVIDENCE_SPOTS_M, REPORT_SPOT_M)]
    for lon_deg, lat_deg in positions(answer.json()):
        for place in hidden:
            assert not (near(lon_deg, place.lon_deg) and near(lat_deg, place.lat_deg)), path


def test_the_scan_would_find_them(city: Office, staff: Client) -> None:
    """The same answers to staff hold what the scan looks for, so its silence means something."""
    together = " ".join(staff.get(path).text for path in PATHS)
    for canary in ("canary-person-first", EVIDENCE_TEXT, INSPECTION_TEXT):
        assert canary in together
    assert EVIDENCE_IDS.search(together)
    places = positions(staff.get("/api/map/evidence").json())
    hidden = [spot(city, *place) for place in EVIDENCE_SPOTS_M]
    for place in hidden:
        assert any(near(lon, place.lon_deg) and near(lat, place.lat_deg) for lon, lat in places)


@pytest.mark.parametrize("layer", ["tasks", "evidence", "reports"])
def test_layers_for_staff_are_empty_for_everybody(
    layer: str, anybody: Client, staff: Client
) -> None:
    assert anybody.get(f"/api/map/{layer}").json()["features"] == []
    assert staff.get(f"/api/map/{layer}").json()["features"]


def test_how_many_were_hurt_is_for_staff(anybody: Client, staff: Client) -> None:
    shown = [
        client.get("/api/map/accidents").json()["features"][0]["properties"]
        for client in (anybody, staff)
    ]
    assert (shown[0]["killed"], shown[0]["injured"]) == (None, None)
    assert (shown[1]["killed"], shown[1]["injured"]) == (1, 2)


def test_that_a_report_waits_is_told_but_not_which(anybody: Client, staff: Client) -> None:
    for client, told in ((anybody, False), (staff, True)):
        gate = client.get("/api/projects/J-off").json()["gate"]
        waiting = [
            each for each in gate["gates"] if each["code"] == "gate.reopening.report-waiting"
        ]
        assert gate["outcome"] == "conditions"
        assert len(waiting) == 1
        assert ("S2" in str(waiting)) is told


def test_signs_near_a_point_are_counted_for_everybody_and_placed_for_staff(
    city: Office, anybody: Client, staff: Client
) -> None:
    """From points of their own choosing nobody can find the place of a sign."""
    x_m, y_m = REPORT_SPOT_M
    asked = [(x_m + 17, y_m), (x_m - 8, y_m + 22), (x_m - 8, y_m - 10)]
    answers: list[list[Any]] = []
    for client in (anybody, staff):
        places = [spot(city, *place) for place in asked]
        told = [
            client.get(f"/api/at?lon={each.lon_deg}&lat={each.lat_deg}").json() for each in places
        ]
        assert {answer["state"] for answer in told} == {"unrecorded"}
        answers.append([{key: answer[key] for key in ("headline", "reasons")} for answer in told])
    public, own = answers
    assert public[0] == public[1] == public[2]
    codes = [reason["code"] for reason in public[0]["reasons"]]
    assert codes[0] == "land.point.unrecorded-signs"
    assert "api.point.near-reports" in codes
    assert [reason["subject"] for reason in public[0]["reasons"]] == [None] * len(codes)
    texts = {reason["text"] for answer in own for reason in answer["reasons"]}
    assert sum("waits" in text or "wait for" in text for text in texts) == 3


@pytest.mark.parametrize(("is_staff", "shown"), [(False, "1 (…)"), (True, "1 (E7)")])
def test_that_a_sign_lies_on_works_is_told_but_not_which(*, is_staff: bool, shown: str) -> None:
    code = "gate.reopening.witness-unanswered"
    gate = Gate("G10", "conditions", code, {"n": 1, "witnesses": "E7"})
    asker = cast("View", SimpleNamespace(staff=is_staff, lang="en"))
    (told,) = gates(asker, GateAnswer("conditions", (gate,))).gates
    assert shown in told.detail
    assert ("E7" in str(told)) is is_staff


def test_where_teams_work_is_for_staff(anybody: Client, staff: Client) -> None:
    stages = [
        {area["area_id"]: area["stage"] for area in client.get("/api/areas").json()["areas"]}
        for client in (anybody, staff)
    ]
    assert stages[0]["H2"] == "open"
    assert stages[1]["H2"] == "rework"


def test_what_is_only_reported_is_for_staff(anybody: Client, staff: Client) -> None:
    parts = [
        {part["part_id"]: part for part in client.get("/api/areas/H1").json()["parts"]}
        for client in (anybody, staff)
    ]
    assert set(parts[0]) == {"P1", "P2"}
    assert set(parts[1]) == {"P1", "P2", "P3"}
    assert parts[1]["P3"]["outcome"] == "reported"
    assert parts[1]["P3"]["depth_cm"] is None


def test_acts_are_offered_to_whoever_is_signed_in(anybody: Client, staff: Client) -> None:
    assert anybody.get("/api/areas/H1").json()["acts"] == []
    assert staff.get("/api/areas/H1").json()["acts"]
