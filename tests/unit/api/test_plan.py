"""A plan at this door: for who plans, with every fault told, and written nowhere."""

from __future__ import annotations

from starlette.applications import Starlette

from rafiqa.service import Office
from tests.unit.api.client import Client

TEAMS = [{"id": "A", "skills": ["manual"], "m2_per_day": 100}]


def test_who_plans_is_answered_and_nothing_is_written(
    app: Starlette, city: Office, anybody: Client
) -> None:
    body = {
        "teams": TEAMS,
        "days": 60,
        "pins": [{"area_id": "H2", "reason": "a school", "rank": 1}],
    }
    assert anybody.post("/api/plan", body).status_code == 401
    operator = Client(app, address="192.0.2.71")
    assert operator.sign_in("operator").status_code == 200
    assert operator.post("/api/plan", body).status_code == 403
    planner = Client(app, address="192.0.2.72")
    assert planner.sign_in("planner").status_code == 200
    n_facts = len(city.facts())
    answer = planner.post("/api/plan?lang=ar", body)
    assert answer.status_code == 200
    plan = answer.json()
    assert plan["tasks"][0]["area_id"] == "H2"
    assert [row["name"] for row in plan["what_ifs"]] == ["plan", "without-pins"]
    assert len(city.facts()) == n_facts
    refused = planner.post("/api/plan", {**body, "teams": [{"id": "A", "skills": []}]})
    assert refused.status_code == 400
    found = {fault["code"] for fault in refused.json()["faults"]}
    assert found == {"wire.teams.no-skills", "wire.teams.pace"}
    unknown = planner.post("/api/plan", {**body, "pins": [{"area_id": "H9", "reason": "r"}]})
    assert {fault["code"] for fault in unknown.json()["faults"]} == {"service.plan.pin-unknown"}
