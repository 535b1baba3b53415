"""Attempts from outside: a phone's form, a map given out and edited, a folder changed.

As in test_false_release.py no square metre of hazard is missing afterwards.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pyogrio
import pytest
import shapely
from starlette.applications import Starlette

from rafiqa.api import make_app
from rafiqa.cli import main
from rafiqa.land import WorkReported
from rafiqa.ledger import DeviceEnrolled
from rafiqa.service import Office, enrol_device, token_sha256
from tests.city import DAY_US, FIRST, OPERATOR, Clock, Draws, box, small_city
from tests.unit.api.client import Client
from tests.unit.api.test_false_release import hazard_mm2, signed
from tests.unit.service.fieldforms import drawn, filled, give_out

TOKEN = "k" * 64
AT = ("--valid-at", "2030-01-01", "--known-at", "2090-01-01")
WORKED = {"started_on": "2026-02-01", "ended_on": "2026-02-03", "task_id": "T-1"}
GROUND = box(60, 10, 90, 90)
"""Of H1, where nothing was cleared."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Its land is as before after each attempt."""
    clock = Clock()
    # Commands go by the machine's clock: what is on record was so before.
    clock.at_us = time.time_ns() // 1_000 - 120 * DAY_US
    made = small_city(tmp_path, clock)
    before = hazard_mm2(made)
    yield made
    assert hazard_mm2(made) == before
    assert made.register().releases["R2"].state == "proposed"
    made.store.close()


@pytest.fixture
def app(office: Office) -> Starlette:
    give_out(office, "completion")
    device = DeviceEnrolled(
        "phone-9", token_sha256(TOKEN), OPERATOR.person_id, OPERATOR.organisation_id, "operator"
    )
    assert enrol_device(office, FIRST, device).done
    return make_app(office, now_us=office.now_us, entropy=Draws())


def by_openrosa(phone: Client, office: Office) -> str:
    part = {"id": "P-new", "outcome": "cleared", "depth_cm": 100, "method": "manual"}
    told = {"land_part": [{**part, "geometry": drawn(office, GROUND)}], "ordnance_item": []}
    content = filled("completion", "uuid:cleared", {"id": "W-new", **WORKED}, told)
    files = [("xml_submission_file", ("submission.xml", content, "text/xml"))]
    headers = {"X-OpenRosa-Version": "1.0", "Date": "Thu, 26 Nov 2026 07:59:59 GMT"}
    path = f"/openrosa/key/{TOKEN}/submission?deviceID=collect:abc"
    assert phone.send("POST", path, files=files, headers=headers).status_code == 201
    return "uuid:cleared"


def by_put(phone: Client, office: Office) -> str:
    ground = json.loads(shapely.to_geojson(office.frame.to_lonlat(GROUND).geometry))
    part = {"id": "P-new", "outcome": "cleared", "depth_cm": 100, "geometry": ground}
    values = {"id": "W-new", "method": "manual", **WORKED, "land_part": [part]}
    body = {"form_id": "rafiqa_completion", "values": values}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    path = "/api/submissions/uuid:cleared"
    assert phone.send("PUT", path, json=body, headers=headers).status_code == 201
    return "uuid:cleared"


@pytest.mark.parametrize("sends", [by_openrosa, by_put])
def test_a_phone_s_form_says_that_it_is_cleared_and_one_person_reviews_it(
    sends: Any, app: Starlette, office: Office
) -> None:
    """What the review of one person makes of it is work done, which nobody has looked at yet."""
    before = hazard_mm2(office)
    said = {"state": "accepted"}
    path = f"/api/submissions/{sends(Client(app), office)}/review"
    assert signed(app, "operator").post(path, said).status_code >= 400, "not by who sent it"
    answer = signed(app, "first").post(path, said)
    assert answer.status_code == 201, answer.text
    fact = office.register().works["W-new"].fact
    assert isinstance(fact, WorkReported)
    assert fact.parts[0].outcome == "cleared"
    assert hazard_mm2(office) == before
    # The same person goes on to release it: nobody inspected it, and one proposes, another accepts.
    first = signed(app, "first")
    proposed = first.post("/api/releases", {"work_id": "W-new", "part_ids": ["P-new"]})
    assert proposed.status_code >= 400, proposed.text
    assert hazard_mm2(office) == before


def test_a_mirror_is_edited_in_qgis(office: Office, tmp_path: Path) -> None:
    """QGIS writes into the file as into any; nothing reads it back, the next one replaces it."""
    path, store = tmp_path / "city.gpkg", tmp_path / "small.rafiqa"
    assert main(["mirror", str(store), str(path), "--json"]) == 0
    head = office.store.head()
    whole = pyogrio.read_arrow(path, layer="hazards")[1].num_rows
    assert whole > 0
    edited = apsw.Connection(str(path))
    for (trigger,) in edited.execute(
        "SELECT name FROM sqlite_master WHERE type='trigger'"
    ).fetchall():
        edited.execute(f'DROP TRIGGER "{trigger}"')
    edited.execute("DELETE FROM hazards")
    edited.execute("UPDATE land_parts SET outcome='cleared', released_on='2026-02-01'")
    edited.close()
    assert pyogrio.read_arrow(path, layer="hazards")[1].num_rows == 0
    assert office.store.head() == head
    assert main(["mirror", str(store), str(path), "--json"]) == 0
    assert pyogrio.read_arrow(path, layer="hazards")[1].num_rows == whole


def test_a_published_folder_is_altered(office: Office, tmp_path: Path) -> None:
    """What somebody wrote there is told apart by its name, and is gone with the next publishing."""
    folder, store = tmp_path / "public", tmp_path / "small.rafiqa"
    # At one moment, so that files of the same names lie there already when it is made anew.
    asked = ["publish", str(store), str(folder), "--call", "115, office", "--no-sheets", *AT]
    assert main(asked) == 0
    head = office.store.head()
    (danger,) = folder.glob("data/danger-*.json")
    (released,) = folder.glob("data/released-*.json")
    genuine, cleared = danger.read_bytes(), released.read_bytes()
    danger.write_bytes(b"[]")
    released.write_bytes(genuine)
    (folder / "en.html").write_text("all is released")
    assert office.store.head() == head
    assert main(asked) == 0
    (danger,) = folder.glob("data/danger-*.json")
    (released,) = folder.glob("data/released-*.json")
    assert danger.read_bytes() == genuine
    assert released.read_bytes() == cleared
    assert "all is released" not in (folder / "en.html").read_text("utf-8")
