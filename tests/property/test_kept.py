"""Kept answers: after any entries what is kept is what would be made anew, and never of before.

A stale one could show released ground that was reopened: whatever is not sure is worked out again.
"""

from __future__ import annotations

import json
from itertools import count
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
from rafiqa.service.submission import submit
from tests.city import FIRST, OPERATOR, RESIDENT, SECOND, Clock, Draws, box, small_city, spot
from tests.unit.api.client import Client

PLACES_M = ((20, 50), (80, 50), (320, 20), (30, 230), (700, 700), (12, 12))
_NUMBERS = count(1)
ASKED = (
    "/api/projects",
    "/api/projects/J-open",
    "/api/projects/J-deep",
    "/api/projects/L1",
    "/api/areas",
    "/api/map/hazards",
    "/ogc/collections/areas/items?limit=50",
)
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


def told(client: Client) -> dict[str, Any]:
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
    return found


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
    folder: Path = tmp_path_factory.mktemp("kept")
    clock = Clock()
    office = small_city(folder, clock)
    clock.tick_us = 0
    kept = Client(make_app(office, now_us=clock.now_us, entropy=Draws()))
    assert kept.sign_in("first").status_code == 200
    told(kept)
    for name, place in acts:
        clock.at_us += 1_000_000
        act(office, name, spot(office, *place), place)
        anew_office = Office(office.store, office.now_us, office.new_id)
        anew = Client(make_app(anew_office, now_us=clock.now_us, entropy=Draws()))
        anew.cookies = kept.cookies
        assert told(kept) == told(anew), (name, place)
    office.store.close()
