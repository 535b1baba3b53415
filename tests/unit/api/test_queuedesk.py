"""The queue at the desk, what a second person is shown, dossiers, dashboards and news."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette

from rafiqa.api.dashshape import EquityTold, ProgressTold, QualityTold, WaitsTold
from rafiqa.api.dossiershape import Dossier, Tasks
from rafiqa.api.queueshape import News, Queue, ReleaseSheet
from rafiqa.api.view import View
from rafiqa.land import (
    EvidenceRecorded,
    Finding,
    LotInspected,
    NonconformityRaised,
    WorkInspected,
)
from rafiqa.service import (
    Office,
    inspect_lot,
    inspect_work,
    raise_nonconformity,
    record_evidence,
)
from rafiqa.store import Quarantined
from tests.city import FIRST, INSPECTOR, LOGINS, START_US, spot
from tests.unit.api.client import Client

STAFF = ("/api/queue", "/api/news", "/api/tasks", "/api/tasks/T-1", "/api/releases/R2")
FIGURES = ("/api/quality", "/api/waits", "/api/equity")


def signed(app: Starlette, login: str) -> Client:
    client = Client(app)
    assert client.sign_in(login).status_code == 200
    return client


def told(client: Client, path: str, of: type) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=of)


@pytest.mark.parametrize("path", [*STAFF, *FIGURES])
def test_nobody_without_a_session_is_told(app: Starlette, path: str) -> None:
    answer = Client(app).get(path)
    assert answer.status_code == 401
    assert "canary" not in answer.text


def test_the_queue_tells_in_words_what_waits_and_for_whom(own_app: Starlette) -> None:
    second = told(signed(own_app, "second"), "/api/queue", Queue)
    release = next(item for item in second.items if item.kind == "release")
    assert (release.id, release.area_ids, release.may_set_aside) == ("R2", ["H1"], False)
    assert "4,000 m²" in release.text or "4000 m²" in release.text
    first = told(signed(own_app, "first"), "/api/queue?lang=ar", Queue)
    assert [item.id for item in first.others] == ["R2"]
    assert first.others[0].why_not[0].code == "land.release.same-person"
    assert {each.kind for each in first.counts} == {item.kind for item in first.items}
    operator = told(signed(own_app, "operator"), "/api/queue", Queue)
    assert operator.items == []


def test_only_what_no_act_settles_is_set_aside(own_app: Starlette, own_city: Office) -> None:
    kept = Quarantined("q1", "areas.csv", 3, b"x", (), START_US, "somebody")
    own_city.store.quarantine([kept])
    first = signed(own_app, "first")
    before = told(first, "/api/queue", Queue).items
    refused = first.post("/api/queue/aside", {"kind": "report", "id": "S1", "n": 1})
    assert (refused.status_code, refused.json()["code"]) == (400, "api.queue.not-aside")
    asked = {"kind": "quarantine", "id": "areas.csv", "n": 1}
    done = first.post("/api/queue/aside", asked)
    assert (done.status_code, done.json()) == (200, {"n": len(before) - 1})
    assert "quarantine" not in [item.kind for item in told(first, "/api/queue", Queue).items]
    assert first.post("/api/queue/aside", asked).status_code == 400
    assert first.post("/api/queue/aside", {"kind": "quarantine"}).status_code == 400


def test_what_came_after_somebody_looked_is_not_set_aside(
    own_app: Starlette, own_city: Office
) -> None:
    def come(number: int) -> None:
        kept = Quarantined(f"q{number}", "areas.csv", number, b"x", (), START_US, "somebody")
        own_city.store.quarantine([kept])

    come(1)
    first = signed(own_app, "first")
    items = told(first, "/api/queue", Queue).items
    seen = next(item for item in items if item.kind == "quarantine")
    come(2)
    asked = {"kind": seen.kind, "id": seen.id, "n": seen.n}
    assert first.post("/api/queue/aside", asked).json() == {"n": len(items)}
    items = told(first, "/api/queue", Queue).items
    assert [item.n for item in items if item.kind == "quarantine"] == [2]


def test_the_second_person_sees_all_that_a_release_rests_on(own_app: Starlette) -> None:
    sheet = told(signed(own_app, "second"), "/api/releases/R2", ReleaseSheet)
    assert (sheet.state, sheet.area_id, sheet.work_id) == ("proposed", "H1", "W1")
    assert [(part.part_id, part.depth_cm) for part in sheet.parts] == [("P3", 30)]
    assert [part.part_id for part in sheet.left] == ["P1", "P2"]
    assert sheet.totals_m2 == {"cleared": 4_000.0}
    assert sheet.parts[0].place["type"] == "Polygon"
    assert [each.evidence_id for each in sheet.evidence] == ["E1"]
    assert [item.kind for item in sheet.quality] == ["work.inspected"]
    assert (sheet.against, sheet.may_accept, sheet.may_reject) == ([], True, True)
    assert sheet.proposed_by == LOGINS["first"].person_id
    first = told(signed(own_app, "first"), "/api/releases/R2", ReleaseSheet)
    assert (first.may_accept, first.may_reject) == (False, True)
    assert [why.code for why in first.why_not] == ["land.release.same-person"]
    operator = told(signed(own_app, "operator"), "/api/releases/R2", ReleaseSheet)
    assert (operator.may_accept, operator.may_reject) == (False, False)
    assert signed(own_app, "second").get("/api/releases/R-none").status_code == 404


def test_what_has_changed_since_it_was_shown_is_not_accepted(
    own_app: Starlette, own_city: Office
) -> None:
    second = signed(own_app, "second")
    shown = told(second, "/api/releases/R2", ReleaseSheet)
    lot = LotInspected(
        "L9",
        "quality",
        True,
        START_US,
        own_city.now_us(),
        ("P3",),
        ("W1",),
        inspected_id="deminers",
    )
    assert inspect_lot(own_city, INSPECTOR, lot).done
    answer = second.post("/api/releases/R2/acceptance", {"seen": shown.digest})
    assert (answer.status_code, answer.json()["code"]) == (409, "api.release.changed")
    newer = told(second, "/api/releases/R2", ReleaseSheet)
    assert newer.digest != shown.digest
    done = second.post("/api/releases/R2/acceptance", {"seen": newer.digest})
    assert done.status_code == 201, done.text
    sheet = told(second, "/api/releases/R2", ReleaseSheet)
    assert (sheet.state, sheet.may_accept, sheet.may_reject) == ("accepted", False, False)


@pytest.mark.parametrize("what", ["evidence", "nonconformity"])
def test_whatever_the_sheet_would_show_now_is_part_of_what_was_seen(
    what: str, own_app: Starlette, own_city: Office
) -> None:
    second = signed(own_app, "second")
    shown = told(second, "/api/releases/R2", ReleaseSheet)
    if what == "evidence":
        item = EvidenceRecorded(
            "E9", "eo_seen", "visual", area_id="H1", spot=spot(own_city, 80, 50)
        )
        assert record_evidence(own_city, FIRST, item).done
    else:
        raised = NonconformityRaised("N1", "deminers", "minor", "depth", "by hand", "W1")
        assert raise_nonconformity(own_city, INSPECTOR, raised).done
    answer = second.post("/api/releases/R2/acceptance", {"seen": shown.digest})
    assert (answer.status_code, answer.json()["code"]) == (409, "api.release.changed")


def test_what_comes_while_a_sheet_is_made_was_not_seen(
    own_app: Starlette, own_city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = signed(own_app, "second")
    pinned, turn = View.of, count()

    def slowly(ask: Any) -> Any:
        view = pinned(ask)
        # First it is asked whether the sheet may be seen, then it is made.
        if next(turn) == 1:
            look = WorkInspected("I-late", "W1", "quality", True)
            assert inspect_work(own_city, INSPECTOR, look).done
        return view

    monkeypatch.setattr(View, "of", slowly)
    shown = told(second, "/api/releases/R2", ReleaseSheet)
    monkeypatch.undo()
    assert next(turn) == 2
    assert len(shown.quality) == 1
    answer = second.post("/api/releases/R2/acceptance", {"seen": shown.digest})
    assert answer.status_code == 409


def test_a_failed_lot_speaks_against_it_and_the_server_rules_again(
    own_app: Starlette, own_city: Office
) -> None:
    lot = LotInspected(
        "L9",
        "quality",
        False,
        START_US,
        own_city.now_us(),
        ("P3",),
        ("W1",),
        inspected_id="deminers",
        items_found=1,
        findings=(Finding("critical", "a fuze"),),
    )
    acted = inspect_lot(own_city, INSPECTOR, lot)
    assert acted.done, acted.reasons
    second = signed(own_app, "second")
    sheet = told(second, "/api/releases/R2", ReleaseSheet)
    assert sheet.may_accept is False
    assert sheet.against
    refused = second.post("/api/releases/R2/acceptance", {"seen": sheet.digest})
    assert refused.status_code == 422


def test_a_dossier_holds_the_task_whole_and_its_ground_adds_up(app: Starlette) -> None:
    client = signed(app, "first")
    (brief,) = told(client, "/api/tasks", Tasks).tasks
    assert (brief.task_id, brief.area_id, brief.organisation) == ("T-1", "H1", "deminers")
    dossier = told(client, "/api/tasks/T-1", Dossier)
    sizes = {each.outcome: each.area_m2 for each in dossier.outcomes}
    assert sizes == {"cha": 5_000.0, "cleared": 5_000.0}
    assert sum(sizes.values()) + dossier.unrecorded_m2 == dossier.task.ground_m2 == 10_000
    assert dossier.methods
    assert dossier.depth_cm == 30
    assert [each.accreditation_id for each in dossier.accreditations] == ["C1"]
    assert dossier.accreditations[0].stands
    assert [each.evidence_id for each in dossier.evidence] == ["E1"]
    assert dossier.ledger_entries > 0
    assert told(client, "/api/tasks?valid_at=2025-12-31", Tasks).tasks == []
    assert client.get("/api/tasks/T-1?valid_at=2025-12-31").status_code == 404


def test_dashboards_equal_the_account_to_the_square_metre(app: Starlette) -> None:
    client = signed(app, "planner")
    account = json.loads(client.get("/api/account").content)
    closing = {name: each["closing_m2"] for name, each in account["classes"].items()}
    progress = told(Client(app), "/api/progress", ProgressTold)
    assert progress.quarters[-1].closing_m2 == closing
    assert told(client, "/api/equity", EquityTold).hazard_m2 == sum(closing.values())
    cleared = sum(each["cleared_m2"] for each in account["classes"].values())
    assert sum(each.flows_m2["cleared"] for each in progress.quarters) == cleared
    quality = told(client, "/api/quality", QualityTold)
    waits = told(client, "/api/waits", WaitsTold)
    for each in (progress, quality, waits):
        assert each.statement.source == "Small"
        assert each.statement.method
        assert each.statement.boundary
        assert each.statement.ledger.root == account["statement"]["ledger"]["root"]
    assert [step.step for step in waits.steps] == ["survey", "task", "work", "release", "permit"]


def test_a_period_that_ends_before_it_begins_is_refused(app: Starlette) -> None:
    client = signed(app, "planner")
    for path in ("/api/progress", "/api/quality"):
        answer = client.get(f"{path}?from=2026-02-01&to=2026-01-01")
        assert answer.status_code == 400, path
        assert client.get(f"{path}?from=1800-01-01").status_code == 400


def test_what_was_seen_is_new_no_more_for_that_login_alone(own_app: Starlette) -> None:
    second = signed(own_app, "second")
    news = told(second, "/api/news", News)
    assert news.n_new == sum(item.is_new for item in news.items) > 0
    done = second.post("/api/news/seen", {"seq": news.seq})
    assert (done.status_code, done.json()) == (200, {"n_new": 0})
    assert told(second, "/api/news", News).n_new == 0
    assert told(signed(own_app, "first"), "/api/news", News).seen_seq == 0
    ahead = second.post("/api/news/seen", {"seq": 10**9})
    assert ahead.status_code == 200
    assert told(second, "/api/news", News).seen_seq == news.seq
    assert second.post("/api/news/seen", {"seq": -1}).status_code == 400
