"""What is judged to be left, at the door: for staff, beside the parts, and never for everybody."""

from __future__ import annotations

import msgspec
from starlette.applications import Starlette

from rafiqa.api.residualshape import NextVisits, Residual
from tests.unit.api.client import Client


def test_staff_are_told_and_everybody_is_not(anybody: Client, staff: Client) -> None:
    assert anybody.get("/api/areas/H1/residual").status_code == 401
    answer = staff.get("/api/areas/H1/residual?lang=ar")
    told = msgspec.json.decode(answer.content, type=Residual)
    assert [each.part_id for each in told.parts] == ["P1", "P3"]
    # Their report does not say that all finds are listed.
    assert {each.left for each in told.parts} == {None}
    assert told.reasons[0].code == "risk.residual.releases-nothing"
    assert staff.get("/api/areas/H9/residual").status_code == 404


def test_it_stands_beside_the_parts_for_staff_alone(anybody: Client, staff: Client) -> None:
    def codes(client: Client) -> set[str]:
        parts = client.get("/api/areas/H1").json()["parts"]
        return {reason["code"] for part in parts for reason in part["reasons"]}

    assert "risk.residual.finds-unlisted" in codes(staff)
    assert not {code for code in codes(anybody) if code.startswith("risk.")}


def test_a_visit_with_seeds_is_told_whole(own_app: Starlette) -> None:
    client = Client(own_app)
    assert client.sign_in("first").status_code == 200
    visit = {"visit_id": "V1", "organisation_id": "deminers", "activity": "lanes", "work_id": "W1"}
    for bad in ({"seeds_laid": 9}, {"seeds_laid": 3, "seeds_found": 4}, {"seeds_depth_cm": 5}):
        refused = client.post("/api/visits", visit | bad)
        assert refused.json()["code"] == "land.visit.seeds", bad
    done = client.post("/api/visits", visit | {"seeds_laid": 60, "seeds_found": 58})
    assert done.status_code == 201
    told = client.get("/api/areas/H1/residual").json()["detection"]
    assert (told["seeds_laid"], told["seeds_found"]) == (60, 58)
    story = client.get("/api/areas/H1").json()["history"]
    assert any("58 of 60" in each["text"] for each in story)


def test_staff_are_told_what_to_visit_next(anybody: Client, staff: Client) -> None:
    asked = "/api/worth?clear=20&survey=1.5&leave=400"
    assert anybody.get(asked).status_code == 401
    told = msgspec.json.decode(staff.get(asked + "&lang=ar").content, type=NextVisits)
    assert {each.area_id for each in told.areas} == {"H1", "H2", "H3"}
    assert told.reasons[0].code == "risk.worth.orders-only"
    assert (told.costs.leave_per_ha, told.costs.sensitivity) == (400, 0.9)
    for bad, code in (
        ("/api/worth?clear=20&survey=1.5", "api.query.missing"),
        ("/api/worth?survey=1.5&leave=x", "api.query.missing"),
        ("/api/worth?clear=0&survey=1.5&leave=400", "service.worth.cost"),
        (asked + "&sensitivity=2", "service.worth.chance"),
        (asked + "&sensitivity=0.1&specificity=0.1", "service.worth.tells-nothing"),
    ):
        refused = staff.get(bad)
        assert (refused.status_code, refused.json()["code"]) == (400, code), bad
