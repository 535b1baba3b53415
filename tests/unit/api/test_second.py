"""The second person at the desk: whoever signs in beside another does so by their own account."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette

from rafiqa.api.table import ENDPOINTS
from rafiqa.land import Actor
from rafiqa.service import Office
from rafiqa.service.accounts import put_account
from tests.city import PASSWORD, Draws
from tests.unit.api.client import Client

SECOND = {"login": "limited", "password": PASSWORD}
FILE = b"part_id,outcome,released_by,depth_cm,geometry\n"
RING = [[39.01, 35.95], [39.011, 35.95], [39.011, 35.951], [39.01, 35.95]]
OUTLINE = {"geometry": {"type": "Polygon", "coordinates": [RING]}}
BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "/api/areas/{area_id}/boundary": (
        "/api/areas/H1/boundary",
        {"outline": OUTLINE, "justification": "drawn anew"},
    ),
    "/api/lots/{lot_id}/review": ("/api/lots/L1/review", {"note": "logs checked"}),
    "/api/imports/{import_id}/undo": (
        "/api/imports/none/undo",
        {"note": "the wrong file", "dry_run": False},
    ),
    "/api/imports": (
        "/api/imports",
        {
            "sha256": sha256(FILE).hexdigest(),
            "file_name": "released.csv",
            "kind": "land-parts",
            "dry_run": False,
        },
    ),
}
# Held to it by what they call: ``tests/unit/service/test_second.py``.
ASKED_THERE = {"/api/federation/takeovers", "/api/claims/{claim_id}/review"}


def test_every_endpoint_that_takes_a_second_person_is_asked() -> None:
    asked = {row.open_path for row in ENDPOINTS if row.method == "POST" and _has_second(row.takes)}
    assert asked == set(BODIES) | ASKED_THERE


def _has_second(shape: Any) -> bool:
    if shape is None or not issubclass(shape, msgspec.Struct):
        return False
    return any(field.name == "second" for field in msgspec.structs.fields(shape))


@pytest.mark.parametrize("path", BODIES)
def test_no_second_person_for_other_areas_confirms_anything(
    own_app: Starlette, own_city: Office, path: str
) -> None:
    limited = Actor("person-17", "office", "authority")
    put_account(own_city.store, "limited", PASSWORD, limited, "O", Draws(), area_ids=("H2",))
    client = Client(own_app)
    assert client.sign_in("first").status_code == 200
    client.send(
        "PUT",
        f"/api/uploads/{sha256(FILE).hexdigest()}/0?of={len(FILE)}",
        content=FILE,
        headers={"X-Rafiqa": "desk", "Content-Type": "application/octet-stream"},
    )
    head = own_city.store.head()
    to, body = BODIES[path]
    answer = client.post(to, body | {"second": SECOND})
    assert answer.status_code == 403, answer.text
    codes = [each["code"] for each in answer.json()["faults"]]
    assert "service.permit.second-area" in codes
    assert own_city.store.head() == head
