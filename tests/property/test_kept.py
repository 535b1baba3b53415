"""Kept answers: after any entries what is kept is what would be made anew, and never of before.

A stale one could show released ground that was reopened: whatever is not sure is worked out again.
"""

from __future__ import annotations

import json
from itertools import count
from math import asinh, floor, pi, radians, tan
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from rafiqa.api import make_app
from rafiqa.geo import Spot
from rafiqa.land import (
    EvidenceRecorded,
    LandReopened,
    ReleaseAccepted,
    ReportAnswered,
    ResidentReported,
)
from rafiqa.ledger import SubmissionReceived
from rafiqa.recovery import ProjectRegistered
from rafiqa.service import (
    Office,
    accept_release,
    answer_report,
    record_evidence,
    register_project,
    reopen_land,
    report_hazard,
)
from rafiqa.service.stillbook import StillBook
from rafiqa.service.submission import submit
from tests.city import FIRST, OPERATOR, RESIDENT, SECOND, Clock, Draws, box, small_city, spot
from tests.unit.api.client import Client

PLACES_M = ((20, 50), (80, 50), (320, 20), (30, 230), (700, 700), (12, 12))
_NUMBERS = count(1)
ZOOM = 15
ASKED = (
    "/api/areas/H1",
    "/api/areas/H2",
    "/ogc/collections/parts/items?limit=50",
    "/ogc/collections/projects/items?limit=50",
    "/api/projects",
    "/api/projects/J-open",
    "/api/projects/J-deep",
    "/api/projects/L1",
    "/api/areas",
    "/api/map/hazards",
    "/ogc/collections/areas/items?limit=50",
)
LAYERS = ("hazards", "parts", "doubt", "areas", "buildings", "projects")
ACTS = ("report", "answer", "evidence", "evidence of an area", "form", "reopen", "accept", "works")


def act(office: Office, name: str, at: Spot, place: tuple[int, int]) -> None:
    number = next(_NUMBERS)
    x, y = place
    if name == "report":
        report_hazard(office, RESIDENT, ResidentReported(f"K{number}", at, "eo_seen"))
    elif name == "answer":
        for report_id in list(office.register().reports):
            answer = ReportAnswered(report_id, "nothing_found", "")
            answer_report(office, FIRST, answer)
    elif name == "evidence":
        record_evidence(
            office, FIRST, EvidenceRecorded(f"EK{number}", "eo_seen", "visual", at, text="x")
        )
    elif name == "evidence of an area":
        record_evidence(
            office, FIRST, EvidenceRecorded(f"EK{number}", "eo_seen", "visual", at, area_id="H1")
        )
    elif name == "form":
        fact = SubmissionReceived(f"uuid:{number}", "f", "<data/>", "text/xml", "00" * 32)
        submit(office, OPERATOR, fact)
    elif name == "reopen":
        shape = box(x - 5, y - 5, x + 5, y + 5)
        reopen_land(office, FIRST, LandReopened(f"OK{number}", shape, "new_evidence"))
    elif name == "accept":
        accept_release(office, SECOND, ReleaseAccepted("R2"))
    else:
        works = ProjectRegistered(f"JK{number}", "W", "road", box(x, y, x + 3, y + 3), 0)
        register_project(office, FIRST, works)


def told(client: Client, tile: tuple[int, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in ASKED:
        answer = client.get(path)
        assert answer.status_code == 200, path
        body = answer.json()
        body.pop("timeStamp", None)
        found[path] = body
    manifest = client.get("/public/manifest.json").json()
    for row in manifest["files"]:
        if row["name"].startswith(("data/danger", "data/released")):
            kind = row["name"][5:11]
            content = json.loads(client.get(f"/public/{row['name']}").content)
            found[kind] = {k: v for k, v in content.items() if k != "about"}
    assert {"danger", "releas"} <= found.keys()
    for layer in LAYERS:
        answer = client.get(f"/tiles/{layer}/{ZOOM}/{tile[0]}/{tile[1]}.mvt")
        assert answer.status_code == 200, layer
        found[layer] = answer.content
    return found


def tile_of(office: Office) -> tuple[int, int]:
    origin = office.site.origin
    x = floor((origin.lon_deg + 180) / 360 * 2**ZOOM)
    return x, floor((1 - asinh(tan(radians(origin.lat_deg))) / pi) / 2 * 2**ZOOM)


@pytest.mark.slow
@settings(
    max_examples=5,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(
    acts=st.lists(
        st.tuples(st.sampled_from(ACTS), st.sampled_from(PLACES_M)), min_size=3, max_size=7
    )
)
def test_what_is_kept_is_what_is_made_anew(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, tuple[int, int]]]
) -> None:
    assert differs(tmp_path_factory.mktemp("kept"), acts) is None


STORM: list[tuple[str, tuple[int, int]]] = [
    *[("form", (20, 50)), ("report", (700, 700)), ("report", (20, 50)), ("evidence", (320, 20))],
    *[("answer", (20, 50)), ("evidence of an area", (12, 12)), ("evidence", (30, 230))],
    *[("reopen", (80, 50)), ("accept", (20, 50)), ("report", (12, 12)), ("works", (20, 50))],
]


def test_a_storm_changes_kept_answers_where_it_must(tmp_path: Path) -> None:
    assert differs(tmp_path, STORM) is None


@pytest.mark.parametrize(
    ("left_out", "acts"),
    [
        (LandReopened, [("reopen", (80, 50))]),
        (ReportAnswered, [("report", (20, 50)), ("answer", (20, 50))]),
    ],
)
def test_control_an_answer_kept_over_what_changes_it_is_seen(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    left_out: type,
    acts: list[tuple[str, tuple[int, int]]],
) -> None:
    honest = StillBook._is_still
    monkeypatch.setattr(
        StillBook,
        "_is_still",
        lambda self, fact: isinstance(fact, left_out) or honest(self, fact),
    )
    assert differs(tmp_path, acts) is not None


def test_control_a_doubt_that_is_not_looked_at_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StillBook, "contradicted", lambda *_: frozenset())
    monkeypatch.setattr(StillBook, "n_reaching", lambda *_: (0, 0))
    assert differs(tmp_path, [("report", (20, 50)), ("report", (80, 50))]) is not None


def differs(folder: Path, acts: list[tuple[str, tuple[int, int]]]) -> str | None:
    """The first answer that is not what one without anything kept gives; None where none is."""
    clock = Clock()
    office = small_city(folder, clock)
    clock.tick_us = 0
    tile = tile_of(office)
    kept = Client(make_app(office, now_us=clock.now_us, entropy=Draws()))
    assert kept.sign_in("first").status_code == 200
    told(kept, tile)
    try:
        for name, place in acts:
            clock.at_us += 1_000_000
            act(office, name, spot(office, *place), place)
            anew_office = Office(office.store, office.now_us, office.new_id)
            anew = Client(make_app(anew_office, now_us=clock.now_us, entropy=Draws()))
            anew.cookies = kept.cookies
            ours, theirs = told(kept, tile), told(anew, tile)
            for path, answer in theirs.items():
                if ours[path] != answer:
                    return f"{path} after {name} at {place}"
    finally:
        office.store.close()
    return None
