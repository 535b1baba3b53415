"""Several real processes that serve one store: what they share, and what a death of one loses."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgresserver
from tests.manyserved import Line, make_site, opened, served

pytestmark = pytest.mark.slow
SEEN = {"kind": "hazard", "seen": "mine", "lon_deg": 39.0101, "lat_deg": 35.9501, "code": ""}


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    why = postgresserver.missing()
    if why is not None:
        pytest.skip(why)
    monkeypatch.setenv("RAFIQA_HOME", str(tmp_path))
    server = postgresserver.shared_server()
    made = server.new_database()
    make_site(made)
    yield made
    server.drop(made)


def report(line: Line, name: str) -> int:
    return line.ask("PUT", f"/api/reports/{name:0>18}", SEEN)[0]


def test_two_workers_are_one_server(address: str, tmp_path: Path) -> None:
    with served(address, 2, home=tmp_path) as both:
        lines, workers = both.lines(12), both.workers()
        assert lines[0].sign_in("first") == 200
        for each in lines:
            each.cookie = lines[0].cookie
            # What one has acknowledged the next question to any other sees.
            assert report(each, "") in {200, 201}
            assert [line.ask("GET", "/health")[1]["entries"] for line in lines] == [2] * 12
        told: list[dict[str, int]] = []
        for _ in range(60):
            time.sleep(1)  # each tells of itself every other second
            told = lines[0].ask("GET", "/health")[1]["workers"]
            if sum(each["answered"] > 5 for each in told) == 2:
                break
        assert [each["failed"] for each in told if each["answered"] > 5] == [0, 0]
        # What is not used for some seconds was closed: others are as good.
        lines = [*lines[:1], *both.lines(11)]
        token = lines[0].cookie
        assert lines[0].ask("DELETE", "/api/session")[0] == 200
        for each in lines:
            each.cookie = token
            assert each.ask("GET", "/api/session")[1]["actor"] is None
        tried = [each.sign_in("second", "no such words") for each in lines]
        assert tried == [401] * 5 + [429] * 7
    assert both.process.returncode == 0
    for pid in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_worker_that_is_killed_takes_nothing_with_it(address: str, tmp_path: Path) -> None:
    with served(address, 2, home=tmp_path) as both:
        acknowledged: list[str] = []
        ended = threading.Event()

        def send(name: str) -> None:
            number, line = 0, both.lines(1)[0]
            while not ended.is_set():
                number += 1
                try:
                    status = report(line, f"{name}{number}")
                except OSError:
                    line = both.lines(1)[0]  # its worker is gone: it goes on with the other
                    continue
                if status == 429:
                    return
                assert status in {200, 201}
                acknowledged.append(f"{name}{number}")

        threads = [threading.Thread(target=send, args=(name,)) for name in "abcd"]
        for each in threads:
            each.start()
        killed = both.workers()
        time.sleep(0.3)
        os.kill(killed[0], signal.SIGKILL)
        time.sleep(0.3)
        ended.set()
        for each in threads:
            each.join()
        n_then = len(acknowledged)
        assert n_then > 4
        for _ in range(120):
            if len(set(both.workers()) - {killed[0]}) == 2:
                break
            time.sleep(0.25)
        assert killed[1] in both.workers()
        assert len(both.workers()) == 2
    office = opened(address)
    kept = {entry.entry_id for entry in office.store.read()}
    assert {f"resident-{name:0>18}" for name in acknowledged} <= kept
    assert office.store.check() == []
    office.store.close()


def test_workers_end_with_the_one_that_started_them(address: str, tmp_path: Path) -> None:
    with served(address, 2, home=tmp_path) as both:
        left = both.workers()
        both.process.kill()
        both.process.wait()
        for _ in range(120):
            if not any(Path(f"/proc/{pid}/cmdline").exists() for pid in left):
                break
            time.sleep(0.25)
        assert not [pid for pid in left if Path(f"/proc/{pid}/cmdline").exists()]
