"""A site in PostgreSQL, served by several real processes, for tests of what they share."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rafiqa.api.server import listening
from rafiqa.land import Actor, SiteOpened
from rafiqa.service import Office, open_office, open_site
from rafiqa.service.accounts import put_account
from rafiqa.service.signinpolicy import put_approving
from tests.city import FIRST, ORIGIN, PASSWORD, SECOND

AUTHORITY = Actor("maker", "office", "authority")


def now_us() -> int:
    return time.time_ns() // 1000


def opened(address: str, *, create: bool = False) -> Office:
    return open_office(address, now_us=now_us, entropy=os.urandom, create=create)


def make_site(address: str) -> None:
    """An empty site with two people of the authority who may sign in."""
    office = opened(address, create=True)
    acted = open_site(office, AUTHORITY, SiteOpened("Marjana", ORIGIN, "office"))
    assert acted.done
    for login, actor in (("first", FIRST), ("second", SECOND)):
        put_account(office.store, login, PASSWORD, actor, "Office", os.urandom)
    put_approving(office.store, "password")
    office.store.close()


@dataclass
class Line:
    """One connection that is kept: whoever took it answers all that is asked over it."""

    port: int
    cookie: str = ""
    link: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(
        self, method: str, path: str, body: object = None, more: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        headers = {"X-Rafiqa": "desk", **(more or {})}
        if self.cookie:
            headers["Cookie"] = self.cookie
        raw: bytes | None = None
        if isinstance(body, bytes):
            raw, headers["Content-Type"] = body, "application/octet-stream"
        elif body is not None:
            raw, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        self.link.request(method, path, raw, headers)
        answer = self.link.getresponse()
        text = answer.read()
        cookie = answer.getheader("Set-Cookie", "")
        if cookie:
            self.cookie = cookie.partition(";")[0]
        return answer.status, json.loads(text) if text else None

    def sign_in(self, login: str, password: str = PASSWORD) -> int:
        return self.ask("POST", "/api/session", {"login": login, "password": password})[0]


@dataclass
class Served:
    """Processes that serve together, by the one that started them."""

    port: int
    process: subprocess.Popen[str]
    made: list[Line] = field(default_factory=list)

    def lines(self, n: int) -> list[Line]:
        new = [Line(self.port) for _ in range(n)]
        self.made += new
        return new

    def workers(self) -> list[int]:
        """Their process ids."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = [int(each) for each in path.read_text().split()]
        return [
            each for each in found if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()
        ]


@contextmanager
def served(
    address: str, n_workers: int, *more: str, home: Path, patience_s: float = 120
) -> Iterator[Served]:
    with listening("127.0.0.1", 0) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "rafiqa", "serve", address, "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--workers", str(n_workers), *more],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "RAFIQA_HOME": str(home)},
    )
    made = Served(port, process)
    patience = threading.Timer(patience_s, process.kill)
    patience.start()
    try:
        assert process.stdout is not None
        assert str(port) in process.stdout.readline()
        yield made
    finally:
        patience.cancel()
        for each in made.made:
            each.link.close()
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
