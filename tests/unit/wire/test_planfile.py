"""Teams and decisions from files: read as they are, or refused with every fault at its place."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.geo import Spot
from rafiqa.locale import languages
from rafiqa.locale.catalogue import catalogue
from rafiqa.plan.policy import PlanPolicy
from rafiqa.wire.pinfile import decisions_from
from rafiqa.wire.planjson import kept_from
from rafiqa.wire.teamfile import teams_from

GOOD = {"id": "A", "skills": ["manual"], "m2_per_day": 400}


def place(spot: Spot) -> tuple[float, float]:
    assert abs(spot.lon_deg) <= 180
    return 1.0, 2.0


def teams(*told: Any) -> Any:
    return teams_from(json.dumps({"teams": list(told)}).encode(), place)


def faults(read: Any, *told: Any) -> set[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        read(*told)
    for fault in caught.value.faults:
        for lang in languages():
            assert {fault.code, f"{fault.code}.next"} <= set(catalogue(lang)), fault.code
    return {(fault.code, fault.place) for fault in caught.value.faults}


def test_teams_are_read_with_calendar_and_base() -> None:
    year = {"from": "2026-01-01", "until": "2026-12-31"}
    feast = {"from": "2026-03-01", "until": "2026-03-05", "note": "feast"}
    calendar = {"weekdays": ["sun", "mon"], **year, "off": [feast]}
    (team,) = teams({**GOOD, "calendar": calendar, "base": [38.5, 34.9], "organisation": "o"})
    assert (team.m2_per_day, team.base_m, team.organisation_id) == (400.0, (1.0, 2.0), "o")
    sunday = team.calendar.off[0][0]  # 2026-03-01 was a Sunday
    assert team.calendar.works_on(sunday - 7)
    assert not team.calendar.works_on(sunday)
    assert not team.calendar.works_on(sunday - 2)
    assert not team.calendar.works_on(team.calendar.last + 1)


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"skills": []}, "wire.teams.no-skills", "skills"),
        ({"skills": "manual"}, "wire.teams.no-skills", "skills"),
        ({"skills": None}, "wire.teams.no-skills", "skills"),
        ({"id": " "}, "wire.teams.id", "id"),
        ({"m2_per_day": 0}, "wire.teams.pace", "m2_per_day"),
        ({"m2_per_day": True}, "wire.teams.pace", "m2_per_day"),
        ({"m2_per_day": "9"}, "wire.teams.pace", "m2_per_day"),
        ({"km_per_day": -1}, "wire.teams.travel", "km_per_day"),
        ({"organisation": 3}, "wire.teams.organisation", "organisation"),
        ({"base": [200, 99]}, "wire.teams.base", "base"),
        ({"skils": []}, "wire.teams.key", "skils"),
        ({"calendar": []}, "wire.teams.calendar-shape", "calendar"),
        ({"calendar": {"days": 3}}, "wire.teams.calendar-shape", "calendar"),
        ({"calendar": {"weekdays": []}}, "wire.teams.calendar-weekday", "calendar.weekdays"),
        ({"calendar": {"weekdays": ["x"]}}, "wire.teams.calendar-weekday", "calendar.weekdays"),
        ({"calendar": {"from": "2026-02-30"}}, "wire.teams.date", "calendar.from"),
        ({"calendar": {"from": "2026-02-02", "until": "2026-02-01"}}, "wire.teams.calendar-order",
         "calendar"),
        ({"calendar": {"from": "2026-02-02", "until": "2026-02-03",
                       "off": [{"from": "2026-02-01", "until": "2026-02-05"}]}},
         "wire.teams.calendar-never", "calendar"),
        ({"calendar": {"off": [{"from": "2026-02-05", "until": "2026-02-01"}]}},
         "wire.teams.span-order", "calendar.off[0]"),
        ({"calendar": {"off": 3}}, "wire.teams.spans", "calendar.off"),
    ],
)  # fmt: skip
def test_a_team_at_fault_is_refused_at_its_place(
    change: dict[str, Any], code: str, place: str
) -> None:
    assert faults(teams, GOOD, {**GOOD, "id": "B", **change}) == {(code, f"teams[1].{place}")}


def test_all_teams_at_fault_are_told_together() -> None:
    found = faults(teams, 7, {"id": "A", "skills": []}, GOOD, GOOD)
    assert {code for code, _ in found} == {
        "wire.teams.shape", "wire.teams.no-skills", "wire.teams.pace", "wire.teams.id-twice",
    }  # fmt: skip
    assert faults(teams) == {("wire.teams.none", "teams")}


def decided(document: Any) -> Any:
    return decisions_from(json.dumps(document).encode())


def test_decisions_are_read() -> None:
    pin = {"area_id": "H1", "reason": "the school opens", "rank": 1, "team": "A",
           "not_before": "2026-02-01", "after": ["H2"], "needs": ["mechanical"],
           "closed": [{"from": "2026-05-01", "until": "2026-06-30"}],
           "answers": {"dispute-low": "unknown"}}  # fmt: skip
    policy = {"weights": {"farm": 2}, "casualties_per_hour": [1e-8, 1e-7, 1e-6],
              "method": "rank-order", "criteria_ranked": ["farm", "road"], "seed": 3}  # fmt: skip
    pins, read = decided({"pins": [pin], "policy": policy})
    assert pins["H1"].answers == (("dispute-low", "unknown"),)
    assert pins["H1"].refused == ()
    assert read.weight("farm") == 2
    assert read.weight("road") == 1
    assert (read.method, read.criteria_ranked, read.seed) == ("rank-order", ("farm", "road"), 3)
    assert decided({}) == ({}, PlanPolicy())
    assert set(decided([{"area_id": "H1", "reason": "r"}])[0]) == {"H1"}


def test_every_fault_of_every_decision_is_told() -> None:
    found = faults(decided, {
        "pin": [],
        "pins": [
            {"area_id": "H1", "rank": 1},
            {"reason": "r"},
            {"area_id": "H2", "reason": "r", "rank": 0, "exclude": 1, "not_before": "soon",
             "after": "H1", "closed": [{}], "answers": {"dispute-low": "perhaps"}, "rnak": 2},
            {"area_id": "H3", "reason": "r", "rank": 1},
            {"area_id": "H4", "reason": "r", "rank": 1},
            {"area_id": "H3", "reason": "r"},
            4,
        ],
        "policy": {"weights": {"farms": 2, "road": -1}, "method": "best", "equity_floor": 2,
                   "casualties_per_hour": [3, 2, 1], "criteria_ranked": ["farm", "farm"],
                   "person_days_per_casualty": "many", "n_trials": 10**9, "wieghts": {}},
    })  # fmt: skip
    assert {code for code, _ in found} == {
        "wire.pins.key", "wire.pins.no-reason", "wire.pins.area", "wire.pins.rank",
        "wire.pins.exclude", "wire.pins.date", "wire.pins.texts", "wire.pins.spans",
        "wire.pins.answers", "wire.pins.rank-twice", "wire.pins.twice", "wire.pins.shape",
        "wire.pins.not-known", "wire.pins.number",
    }  # fmt: skip
    assert ("wire.pins.key", "policy.wieghts") in found
    assert ("wire.pins.number", "policy.weights.road") in found
    assert faults(decided, {"policy": 3}) == {("wire.pins.policy", "policy")}
    assert faults(decided, {"pins": 3}) == {("wire.pins.shape", "pins")}


def test_what_stands_of_an_earlier_plan_is_what_was_begun_or_is_frozen() -> None:
    tasks = [
        {"area_id": "H1", "team": "A", "start": "2024-04-24"},
        {"area_id": "H2", "team": "A", "start": "2024-04-28"},
        {"area_id": "H3", "team": "A", "start": "2024-05-20"},
    ]
    first = date(2024, 4, 26).toordinal()
    kept = kept_from(json.dumps({"tasks": tasks}).encode(), first, 3)
    assert [(each.area_id, each.start_day) for each in kept] == [("H1", 0), ("H2", 2)]
    assert faults(kept_from, b"{}", first, 3) == {("wire.plan.shape", "tasks")}
    assert faults(kept_from, b'{"tasks": [{}]}', first, 3) == {("wire.plan.task", "tasks[0]")}
