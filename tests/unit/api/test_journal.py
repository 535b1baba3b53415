"""No name, place or secret reaches what the server writes down."""

from __future__ import annotations

import json
import logging
import math
import re
import socket
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from starlette.applications import Starlette

from rafiqa.api import ENDPOINTS, make_app, serve
from rafiqa.api.journal import FIELDS, Journal, Others, kept
from rafiqa.api.metric import LOOPBACK, NAMES, OF_WORKERS, Figures, show_metrics
from rafiqa.errors import InvalidInput
from rafiqa.service import Office
from rafiqa.service.alarm import ALARMS
from tests.city import LOGINS, PASSWORD, Clock, Draws
from tests.docs.page import ROOT
from tests.unit.api.client import Client
from tests.unit.api.test_guard import _routes

CANARIES = ("Salwa-Canary", "38.98765", "35.43210", "+963955512345", "canary.secret.token")
TOLD = " ".join(CANARIES)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def spied(city: Office, written: Path) -> Starlette:
    journal = Journal(city.now_us, b"salt", written)
    return make_app(city, now_us=city.now_us, entropy=Draws(), journal=journal)


def leaks(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary.casefold() in text.casefold()]


def test_canaries_through_every_endpoint_leave_no_trace(
    spied: Starlette, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In addresses, queries, headers and bodies, refused and broken; of all methods and routes."""
    client = Client(spied)
    client.cookies.set("rafiqa", CANARIES[-1])
    head = {"X-Rafiqa": "desk", "User-Agent": CANARIES[0], "Authorization": f"Bearer {CANARIES[4]}",
            "Idempotency-Key": "canary.secret.token"}  # fmt: skip
    body = json.dumps({"name": TOLD, "login": CANARIES[0], "password": CANARIES[4]}).encode()
    asked = [*_routes(spied.routes), ("GET", f"/{CANARIES[0]}")]
    for number, (method, path) in enumerate(asked):
        own = path.replace("-9", f"-{CANARIES[number % 3]}").replace("/x", f"/{CANARIES[0]}")
        more = {} if method in {"GET", "HEAD", "DELETE"} else {"content": body}
        kind = {"Content-Type": "application/json"} if more else {}
        client.send(method, f"{own}?q={CANARIES[1]}", headers=head | kind, **more)
    broken = Client(spied)

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError(TOLD)

    monkeypatch.setattr("rafiqa.api.moment.Moments.at", breaks)
    for path in ("/api/site", "/api/areas", f"/api/at?lon={CANARIES[1]}&lat={CANARIES[2]}"):
        assert broken.get(path).status_code == 500
    text = written.read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) > len(ENDPOINTS) // 2
    assert sum(line["event"] == "request.failed" for line in lines) == 3
    assert not leaks(text)
    assert {name for line in lines for name in line} <= {*FIELDS, "left_out"}
    routes = [line["route"] for line in lines if "route" in line]
    assert any("{" in route for route in routes), "patterns, not addresses"


def test_the_search_would_find_a_leak() -> None:
    """The control: what the allow-list keeps out is found where nothing keeps it out."""
    told = {"event": "request.failed", "name": CANARIES[0], "route": f"/at/{CANARIES[1]} x"}
    assert leaks(json.dumps(told)) == [CANARIES[0], CANARIES[1]]
    assert not leaks(json.dumps(kept(None, "", dict(told))))
    assert kept(None, "", dict(told)) == {"event": "request.failed", "left_out": 2}


@pytest.mark.parametrize(
    ("name", "value"),
    [("status", "38.98765"), ("status", True), ("actor", "Salwa Canary"), ("actor", "first"),
     ("took_ms", math.nan), ("took_ms", math.inf), ("status", -math.inf), ("level", "x"),
     ("where", "/home/salwa/a b.py:1"), ("method", "get"), ("lon_deg", 38.9), ("took_ms", "1")],
)  # fmt: skip
def test_a_field_holds_what_it_may_and_nothing_else(name: str, value: object) -> None:
    assert kept(None, "", {name: value}) == {"left_out": 1}


def lines_of(written: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.read_text("utf-8").splitlines()]


REFUSED_AT = {
    ("GET", "/ogc/collections/nope"): (404, "/ogc/collections/{collection}"),
    ("POST", "/ogc/collections"): (405, "/ogc/collections"),
    ("GET", f"/{CANARIES[0]}"): (404, "/{unknown}"),
    ("GET", "/ogc/x"): (404, "/{unknown}"),
    ("DELETE", "/api/areas"): (405, "/api/areas"),
    ("GET", "/api/submissions/uuid:none"): (404, "/api/submissions/{id}"),
    ("GET", f"/openrosa/key/{CANARIES[4]}/formList"): (403, "/openrosa/key/{token}/formList"),
    ("GET", "/v1/projects/1"): (401, "/v1/projects/{project:whole}"),
}


@pytest.mark.parametrize(
    ("asked", "told"), REFUSED_AT.items(), ids=[" ".join(each) for each in REFUSED_AT]
)
def test_a_refusal_is_written_down_at_every_door_and_at_none(
    spied: Starlette, written: Path, asked: tuple[str, str], told: tuple[int, str]
) -> None:
    answer = Client(spied).send(*asked, headers={"X-Rafiqa": "desk"})
    (line,) = lines_of(written)
    assert (answer.status_code, (line["status"], line["route"])) == (told[0], told)


def test_who_signs_in_and_acts_is_a_mark_and_no_name(spied: Starlette, written: Path) -> None:
    client = Client(spied)
    assert client.sign_in("first").status_code == 200
    client.post("/api/areas/A-none/reopenings", {})
    entered, asked, acted = lines_of(written)
    assert (entered["event"], asked["route"]) == ("session.opened", "/api/session")
    assert entered["actor"] == acted["actor"]
    assert re.fullmatch(r"[0-9a-f]{12}", entered["actor"])
    assert LOGINS["first"].person_id not in written.read_text("utf-8")


def test_where_it_broke_is_told_wherever_the_package_lies(
    city: Office, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(city.now_us, b"salt", written)
    home = Path("/opt/rafiqa/0.1.0/lib/python3.11/site-packages")
    monkeypatch.setattr("rafiqa.api.journal.HOME", home / "rafiqa")
    theirs: dict[str, Any] = {}
    exec(compile("def g(): raise ValueError", f"{home}/shapely/io.py", "exec"), theirs)  # noqa: S102
    ours = dict(theirs)
    exec(compile("\ndef f(): g()", f"{home}/rafiqa/api/ground.py", "exec"), ours)  # noqa: S102
    for breaks in (ours["f"], theirs["g"]):
        try:
            breaks()
        except ValueError as error:
            # Without the frame of this test, which is of neither.
            trace = error.__traceback__
            assert trace is not None
            journal.failed("request.failed", error.with_traceback(trace.tb_next))
    assert [line["where"] for line in lines_of(written)] == ["api/ground.py:2", "shapely/io.py:1"]


def test_times_are_in_utc_wherever_the_machine_stands(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for zone in ("Asia/Damascus", "America/New_York", "UTC"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        Journal(lambda: 1_790_000_000_123_000, b"salt", written).tell("server.started")
    monkeypatch.undo()
    time.tzset()
    assert {line["at"] for line in lines_of(written)} == {"2026-09-21T14:13:20.123Z"}


def test_libraries_are_heard_without_their_words(city: Office, written: Path) -> None:
    journal = Journal(city.now_us, b"salt", written)
    logger = logging.getLogger("uvicorn.error")
    others = Others(journal)
    logger.addHandler(others)
    try:
        int(TOLD)
    except ValueError:
        logger.exception("failed at %s", TOLD)
    finally:
        logger.removeHandler(others)
    (line,) = map(json.loads, written.read_text("utf-8").splitlines())
    assert (line["logger"], line["exception"], line["level"]) == (
        "uvicorn.error", "ValueError", "error")  # fmt: skip
    assert not leaks(written.read_text("utf-8"))


def test_a_person_is_another_mark_each_day(written: Path) -> None:
    clock = Clock()
    journal = Journal(clock.now_us, b"salt", written)
    today = journal.mark_of("first")
    assert today == journal.mark_of("first") != journal.mark_of("second")
    assert Journal(clock.now_us, b"other", written).mark_of("first") != today
    later = Journal(lambda: clock.now_us() + 86_400_000_000, b"salt", written)
    assert later.mark_of("first") != today


def test_figures_are_given_out_to_this_machine_alone(
    city: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = "rafiqa_backup_age_seconds"
    assert unknown not in {each.name for each in Figures(city, None, city.now_us).collect()}
    for name in ("backed_up_us", "restored_us", "unpublished_us", "unwitnessed_us"):
        monkeypatch.setattr(f"rafiqa.api.metric.{name}", lambda *_: 0)
    with socket.create_server((LOOPBACK, 0)) as probe:
        port = probe.getsockname()[1]
    end = show_metrics(port, city, tmp_path / "small.rafiqa", city.now_us)
    try:
        with urlopen(f"http://{LOOPBACK}:{port}/metrics", timeout=20) as answer:
            text = answer.read().decode()
        with pytest.raises(InvalidInput, match=r"api\.serve\.address"):
            show_metrics(port, city, None, city.now_us)
    finally:
        end()
    assert LOOPBACK == "127.0.0.1"
    assert set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)) == set(NAMES) - OF_WORKERS
    coded = set(re.findall(r'rafiqa_alarm\{code="([^"]+)"\}', text))
    assert coded == {code for code, alarm in ALARMS.items() if alarm.fires is not None}
    assert "39.01" not in text
    assert "35.95" not in text
    assert PASSWORD not in text


def test_a_server_that_cannot_start_leaves_nothing_behind(city: Office) -> None:
    def start(port: int, metrics_port: int) -> None:
        serve(city, port=port, now_us=city.now_us, entropy=Draws(), metrics_port=metrics_port)

    before = logging.getLogger().handlers[:]
    with socket.create_server((LOOPBACK, 0)) as taken, socket.create_server((LOOPBACK, 0)) as own:
        ports = own.getsockname()[1], taken.getsockname()[1]
        own.close()
        with pytest.raises(InvalidInput, match=r"api\.serve\.address"):
            start(*ports)
        socket.create_server((LOOPBACK, ports[0])).close()
    assert logging.getLogger().handlers == before


def test_figures_end_with_the_server(city: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((LOOPBACK, 0)) as own, socket.create_server((LOOPBACK, 0)) as other:
        ports = own.getsockname()[1], other.getsockname()[1]
    monkeypatch.setattr("rafiqa.api.server._Server.run", lambda *_, **__: None)
    before = logging.getLogger().handlers[:]
    serve(city, port=ports[0], now_us=city.now_us, entropy=Draws(), metrics_port=ports[1])
    socket.create_server((LOOPBACK, ports[1])).close()
    assert logging.getLogger().handlers == before


def test_the_unit_has_a_folder_for_what_the_page_says_to_write() -> None:
    unit = (ROOT / "deploy" / "rafiqa.service").read_text("utf-8")
    page = (ROOT / "docs" / "how-to" / "watch-a-server.md").read_text("utf-8")
    (folder,) = re.findall(r"^LogsDirectory=(\S+)$", unit, re.MULTILINE)
    assert f"--log /var/log/{folder}/journal.jsonl" in page


def test_the_page_names_every_figure_and_every_alarm() -> None:
    page = (ROOT / "docs" / "how-to" / "watch-a-server.md").read_text("utf-8")
    for name, meaning in NAMES.items():
        assert f"| `{name}` | {meaning} |" in page
    for code, alarm in ALARMS.items():
        assert f"| `{code}` | {alarm.who} |" in page
