"""Whoever opens many records within an hour is held up and told of; danger goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rafiqa.api import ENDPOINTS, make_app
from rafiqa.api.bulkread import COUNTED, EVENT
from rafiqa.api.journal import Journal
from rafiqa.service import Sent, receive
from rafiqa.service.signinpolicy import diary
from tests.city import OPERATOR, PASSWORD, Clock, Draws, small_city
from tests.unit.api.client import Client
from tests.unit.service.fieldforms import filled, give_out


def test_what_is_counted_are_endpoints_that_only_tell() -> None:
    told = {row.open_path for row in ENDPOINTS if row.method == "GET"}
    assert told >= COUNTED


def test_many_records_within_an_hour_raise_one_alarm_and_nothing_else_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rafiqa.api.bulkread.READS_AN_HOUR", 5)
    clock = Clock()
    office = small_city(tmp_path, clock)
    journal = Journal(clock.now_us, b"salt", tmp_path / "journal")
    app = make_app(office, now_us=clock.now_us, entropy=Draws(), journal=journal)
    reader, other, anybody = Client(app), Client(app), Client(app)
    assert reader.sign_in("first").status_code == 200
    assert other.sign_in("second").status_code == 200
    path = "/api/reviews/none"
    assert [reader.get(path).status_code for _ in range(8)] == [404] * 5 + [429] * 3
    assert other.get(path).status_code == 404
    alarms = [each for each in diary(office.store) if each["event"] == EVENT]
    assert [each["about"] for each in alarms] == ["first"]
    lines = [json.loads(line) for line in (tmp_path / "journal").read_text("utf-8").splitlines()]
    assert [line["level"] for line in lines if line["event"] == EVENT] == ["warning"]
    for client in (reader, anybody):
        assert client.get("/api/map/hazards").status_code == 200
        assert client.get("/api/at?lon=39.0101&lat=35.9501").status_code == 200
    report = {
        "kind": "hazard",
        "seen": "mine",
        "lon_deg": 39.0101,
        "lat_deg": 35.9501,
        "code": "",
    }
    sent = reader.send(
        "PUT", "/api/reports/0123456789abcdef01", json=report, headers={"X-Rafiqa": "desk"}
    )
    assert sent.status_code != 429
    clock.sleep_days(1)
    assert reader.sign_in("first").status_code == 200
    assert reader.get(path).status_code == 404
    office.store.close()


def test_whoever_takes_many_along_is_told_of_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rafiqa.api.bulkread.READS_AN_HOUR", 5)
    clock = Clock()
    office = small_city(tmp_path, clock)
    for number in range(6):
        form = filled("accident", f"uuid:{number}", {"accident_kind": "mine"}, {})
        assert receive(office, OPERATOR, Sent(form)).acted.done
    app = make_app(office, now_us=clock.now_us, entropy=Draws())
    client = Client(app)

    def told() -> list[str]:
        return [each["about"] for each in diary(office.store) if each["event"] == EVENT]

    assert client.sign_in("operator").status_code == 200
    assert client.get("/api/submissions/").status_code == 200
    assert told() == [], "a list without answers is no reading"
    for kind in ("csv", "zip", "geojson"):
        assert client.get(f"/api/submissions/?format={kind}").status_code == 200
    assert told() == ["operator"]
    # The control: fewer than that in an hour raise none.
    monkeypatch.setattr("rafiqa.api.bulkread.READS_AN_HOUR", 18)
    clock.sleep_days(1)
    assert client.sign_in("operator").status_code == 200
    for _ in range(3):
        assert client.get("/api/submissions/?format=csv").status_code == 200
    assert told() == ["operator"]
    assert client.get("/api/submissions/?format=csv").status_code == 200
    assert told() == ["operator"] * 2
    office.store.close()


def test_the_pictures_of_one_record_are_counted_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rafiqa.api.bulkread.READS_AN_HOUR", 3)
    clock = Clock()
    office = small_city(tmp_path, clock)
    client = Client(make_app(office, now_us=clock.now_us, entropy=Draws()))
    assert client.sign_in("first").status_code == 200
    asked = ["/api/reviews/one", *(f"/api/reviews/one/files/{n}.jpg" for n in range(9))]
    asked += [f"/api/reports/two/pictures/{n}" for n in range(9)]
    assert {client.get(path).status_code for path in asked} == {404}
    assert client.get("/api/reviews/three/files/a.jpg").status_code == 404
    assert client.get("/api/reviews/four/files/a.jpg").status_code == 429
    assert client.get("/api/reviews/one/files/x.jpg").status_code == 404
    office.store.close()


def test_reading_as_odk_central_gives_them_is_told_of_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rafiqa.api.bulkread.READS_AN_HOUR", 1)
    clock = Clock()
    office = small_city(tmp_path, clock)
    give_out(office, "accident")
    for number in range(2):
        form = filled("accident", f"uuid:{number}", {"accident_kind": "mine"}, {})
        assert receive(office, OPERATOR, Sent(form)).acted.done
    client = Client(make_app(office, now_us=clock.now_us, entropy=Draws()))
    asked = {"email": "operator", "password": PASSWORD}
    token = client.send("POST", "/v1/sessions", json=asked).json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    path = "/v1/projects/1/forms/rafiqa_accident.svc/Submissions"
    assert client.get(f"{path}?$top=1", **bearer).status_code == 200
    assert not [each for each in diary(office.store) if each["event"] == EVENT]
    assert len(client.get(path, **bearer).json()["value"]) == 2
    assert [each["about"] for each in diary(office.store) if each["event"] == EVENT] == ["operator"]
    office.store.close()
