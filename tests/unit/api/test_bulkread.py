"""Whoever opens many records within an hour is held up and told of; danger goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rafiqa.api import ENDPOINTS, make_app
from rafiqa.api.bulkread import COUNTED, EVENT
from rafiqa.api.journal import Journal
from rafiqa.service.signinpolicy import diary
from tests.city import Clock, Draws, small_city
from tests.unit.api.client import Client


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
