"""The server itself: it says when it is ready, answers, and stops without losing its store."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from rafiqa.api.server import listening
from rafiqa.errors import InvalidInput
from tests.city import small_city

SERVE = """
import os, sys, time
from rafiqa.api import serve
from rafiqa.service import open_office
now_us = lambda: time.time_ns() // 1000
office = open_office(sys.argv[1], now_us=now_us, entropy=os.urandom)
serve(office, "127.0.0.1", int(sys.argv[2]), now_us=now_us, entropy=os.urandom,
      on_ready=lambda: print("ready", flush=True))
office.store.close()
print("closed", flush=True)
"""


def has_reader(pid: int) -> bool:
    """Whether a process has one of its own that reads strangers' bytes, or gets ready to."""
    for _ in range(200):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split():
            with contextlib.suppress(OSError):
                if b"rafiqa.wire.nurse" in Path(f"/proc/{child}/cmdline").read_bytes():
                    return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_told_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    small_city(tmp_path).store.close()
    with listening("127.0.0.1", 0) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", SERVE, str(tmp_path / "small.rafiqa"), str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        assert run.stdout.readline() == "ready\n"
        health = httpx.get(f"http://127.0.0.1:{port}/health").json()
        assert has_reader(run.pid), "the first file that comes waits for no reader to get ready"
        run.send_signal(number)
        assert run.stdout.read() == "closed\n"
        assert run.stderr.read() == ""
        assert run.wait(10) == 0
    assert health["status"] == "ok"
    assert health["writable"] is True


def test_an_address_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InvalidInput) as refused:
            listening("127.0.0.1", port)
    assert refused.value.faults[0].code == "api.serve.address"
    assert refused.value.faults[0].params == {"host": "127.0.0.1", "port": port}


def test_no_answer_waits_for_the_word_on_its_head() -> None:
    """Without it a small answer on a connection that stays open takes 40 ms."""
    with listening("127.0.0.1", 0) as listener:
        with socket.create_connection(listener.getsockname()):
            taken, _ = listener.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
