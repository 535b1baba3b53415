"""The account at this door: operator, donor, split, sections, difference; and what is withheld."""

from __future__ import annotations

from tests.unit.api.client import Client
from tests.unit.cli.test_figures import unstated

EVERYTHING = (
    "/api/account?show=output,reported,disagreements,indicators&by=area&compare_known_at=2026-01-27"
)


def test_no_figure_without_where_it_comes_from(anybody: Client) -> None:
    answer = anybody.get(EVERYTHING).json()
    assert list(unstated(answer)) == []
    assert answer["statement"]["ledger"]["entries"] > 0
    assert [row["id"] for row in answer["by"]] == ["H1", "H2", "H3", None]


def test_only_what_is_asked_for_is_told(anybody: Client) -> None:
    answer = anybody.get("/api/account").json()
    for section in ("by", "output", "reported", "disagreements", "indicators", "difference"):
        assert answer[section] is None
    assert answer["indication"] == {"opening_m2": 0, "closing_m2": 0}


def test_an_operators_account(anybody: Client) -> None:
    answer = anybody.get("/api/account?operator=deminers").json()
    assert answer["classes"]["cha"]["new_m2"] == 10_000
    assert answer["balance_error_m2"] == 0
    assert anybody.get("/api/account?donor=nobody").json()["classes"]["cha"]["new_m2"] == 0


def test_what_changed_and_which_fact_did_it(anybody: Client) -> None:
    found = anybody.get("/api/account?compare_known_at=2026-02-10").json()["difference"]
    [fact] = found["facts"]
    assert fact["kind"] == "land.reopened"
    assert fact["entry_id"]
    assert found["classes"]["cha"]["reopened_m2"] == 3_600
    assert found["half_mm2"]["cha"]["reopened"] == 3_600 * 2_000_000


def test_both_times_are_taken(anybody: Client) -> None:
    answer = anybody.get("/api/account?valid_at=2026-01-09&known_at=2026-01-30").json()
    assert answer["as_of"].startswith("2026-01-09")
    assert answer["statement"]["valid_at"].startswith("2026-01-09")
    assert answer["classes"]["cha"]["cleared_m2"] == 0


def test_what_is_for_staff_is_withheld_and_said_to_be(anybody: Client, staff: Client) -> None:
    less, more = anybody.get(EVERYTHING).json(), staff.get(EVERYTHING).json()
    assert more["withheld"] == []
    assert less["withheld"] == [
        "output.items",
        "reported.parts",
        "indicators.cost",
        "indicators.parts",
    ]
    names = {row["indicator"] for row in more["indicators"]}
    assert {row["indicator"] for row in less["indicators"]} == names - {
        "cost_per_m2",
        "cost_per_item",
    }
    assert less["classes"] == more["classes"]


def test_a_record_that_is_not_for_everybody_is_told_by_its_kind(
    anybody: Client, staff: Client
) -> None:
    asked = "/api/account?compare_known_at=2026-01-02"
    shown = [client.get(asked).json()["difference"] for client in (anybody, staff)]
    every = [
        [*found["facts"], *(fact for row in found["together"] for fact in row["facts"])]
        for found in shown
    ]
    assert [fact["kind"] for fact in every[0]] == [fact["kind"] for fact in every[1]]
    assert all(fact["entry_id"] for fact in every[1])


def test_what_there_is_not_is_refused_by_name(anybody: Client) -> None:
    for asked in ("show=everything", "by=moon"):
        answer = anybody.get(f"/api/account?{asked}")
        assert answer.status_code in {400, 422}
        assert "api.query.choice" in answer.text
    later = anybody.get("/api/account?known_at=2026-01-10&compare_known_at=2026-02-01")
    assert "service.account.compared-later" in later.text


def test_follow_up_is_the_same_at_this_door_and_for_staff_alone(
    anybody: Client, staff: Client
) -> None:
    assert anybody.get("/api/followup").status_code == 401
    answer = staff.get("/api/followup?from=2026-01-01&to=2026-03-10")
    assert answer.status_code == 200
    told = answer.json()
    assert list(unstated(told)) == []
    (quarter,) = told["quarters"]
    assert (quarter["quarter"], quarter["feelings"]) == ("2026-Q1", [])
    assert quarter["flows_m2"]["reopened"] == 3_600
    early = staff.get("/api/followup?from=2026-03-01&to=2026-01-01").json()
    assert early["code"] == "service.account.period"
