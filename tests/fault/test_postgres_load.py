"""A real server on a real database, under load: restarted, killed, crowded; receipts read back.

Reports of danger are sent as phones send them: again and again until there is a receipt.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from rafiqa.service import open_office
from rafiqa.service.moving import move
from tests import postgresserver
from tests.city import Clock, small_city
from tests.fault.test_postgres import whole
from tests.unit.api.test_report import SEEN

pytestmark = pytest.mark.slow
HEADERS = {"X-Rafiqa": "desk"}


class Served:
    """``rafiqa serve`` on a database, in a process of its own, which may be killed and started."""

    def __init__(self, address: str, folder: Path) -> None:
        self._address, self._folder = address, folder
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port = found.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        code = "import sys; from rafiqa.cli import main; sys.exit(main(sys.argv[1:]))"
        command = [sys.executable, "-c", code, "serve", self._address, "--port", str(self.port)]
        with (self._folder / "served.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--json"], stdout=subprocess.PIPE, stderr=log
            )
        assert self.process.stdout is not None
        assert self.process.stdout.readline(), (self._folder / "served.log").read_text()[-2_000:]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


class Phones:
    """Threads that send reports until each has a receipt, and questions beside them."""

    def __init__(self, url: str, n_phones: int, n_readers: int) -> None:
        self._over = Event()
        self.told: list[str] = []
        self.statuses: Counter[tuple[str, int]] = Counter()
        self._threads = [Thread(target=self._send, args=(url, each)) for each in range(n_phones)]
        self._threads += [Thread(target=self._ask, args=(url, each)) for each in range(n_readers)]
        for each in self._threads:
            each.start()

    def _send(self, url: str, phone: int) -> None:
        number = 0
        with httpx.Client(base_url=url, headers=HEADERS, timeout=30) as client:
            while not self._over.is_set():
                number += 1
                path = f"/api/reports/R-{phone:08x}{number:08x}"
                body = SEEN | {"text": f"canary {phone} {number}"}
                while not self._sent(client, path, body):
                    if self._over.is_set():
                        return
                    time.sleep(0.05)

    def _sent(self, client: httpx.Client, path: str, body: dict[str, Any]) -> bool:
        try:
            answer = client.put(path, json=body)
        except httpx.TransportError:
            self.statuses["sent", 0] += 1
            return False
        self.statuses["sent", answer.status_code] += 1
        if answer.status_code in {200, 201}:
            self.told.append(answer.json()["report_id"])
            return True
        return False

    def _ask(self, url: str, reader: int) -> None:
        paths = ("/api/map/hazards", "/api/quality", "/public", "/api/risk", "/health")
        with httpx.Client(base_url=url, headers=HEADERS, timeout=60) as client:
            number = reader
            while not self._over.is_set():
                number += 1
                try:
                    answer = client.get(paths[number % len(paths)])
                    self.statuses["asked", answer.status_code] += 1
                except httpx.TransportError:
                    self.statuses["asked", 0] += 1
                    time.sleep(0.05)

    def wait_for(self, number: int) -> None:
        end = time.monotonic() + 120
        while len(self.told) < number:
            assert time.monotonic() < end, self.statuses
            time.sleep(0.02)

    def end(self) -> None:
        self._over.set()
        for each in self._threads:
            each.join()


@contextmanager
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, str]]:
    """A server of databases, and one in it that holds the small city."""
    why = postgresserver.missing()
    if why is not None:
        pytest.skip(why)
    monkeypatch.setenv("RAFIQA_HOME", str(tmp_path / "home"))
    with postgresserver.server() as server:
        city = small_city(tmp_path, Clock())
        address = server.new_database()
        centre = open_office(
            address, now_us=lambda: time.time_ns() // 1000, entropy=os.urandom, create=True
        )
        move(city, centre)
        city.store.close()
        centre.store.close()
        yield server, address


def reports_in(address: str) -> list[str]:
    office = open_office(address, now_us=lambda: time.time_ns() // 1000, entropy=os.urandom)
    found = [getattr(each.fact, "report_id", "") for each in office.facts()]
    assert whole(office.store) == []
    office.store.close()
    return [each for each in found if each.startswith("R-")]


def test_database_and_server_ended_under_load_every_receipt_is_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(tmp_path, monkeypatch) as (server, address):
        served = Served(address, tmp_path)
        phones = Phones(served.url, 4, 2)
        try:
            phones.wait_for(10)
            for _ in range(2):
                server.stop("immediate")
                time.sleep(0.3)
                server.start()
                phones.wait_for(len(phones.told) + 10)
            served.kill()
            served.start()
            phones.wait_for(len(phones.told) + 10)
        finally:
            phones.end()
            served.kill()
        held = reports_in(address)
        assert set(phones.told) <= set(held)
        assert len(held) == len(set(held))
        sent = {status for (what, status) in phones.statuses if what == "sent"}
        assert sent <= {0, 200, 201, 429, 503}
        assert sent & {0, 503}  # the faults were met


def test_in_a_crowd_questions_are_shed_and_reports_of_danger_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Far more questions at once than are answered at once: reports come through, each of them."""
    with site(tmp_path, monkeypatch) as (_, address):
        served = Served(address, tmp_path)
        phones = Phones(served.url, 3, 40)
        try:
            phones.wait_for(40)
        finally:
            phones.end()
            served.kill()
        assert set(phones.told) <= set(reports_in(address))
        sent = {status: n for (what, status), n in phones.statuses.items() if what == "sent"}
        assert set(sent) <= {200, 201}, sent
        asked = {status for (what, status) in phones.statuses if what == "asked"}
        assert asked <= {0, 200, 401, 429}, phones.statuses
        assert 429 in asked, phones.statuses  # more was asked than is answered at once
