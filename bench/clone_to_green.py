"""From a clone to green tests: the three commands a stranger gives, in an emptied environment.

Not part of a plain run: it installs everything anew, once, over the network.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bench.site import folder
from bench.table import Table

ROOT = Path(__file__).resolve().parent.parent
_LONGEST_S = 1_800
_PAUSE_S = 0.2
_TAIL = 3_000
_NOTES = (
    "A clone of the last commit in an empty folder, by `env -i` with PATH and an empty HOME: no",
    "cache of packages, no settings. Run once. The demo's time ends when `/health` answers.",
    "What apt has installed (Chromium, fonts) is there already. Goal: `make test` from a fresh",
    "clone within 15 minutes on two cores.",
)
_HEADER = ("command", "seconds")


def measure(quick: bool) -> list[Table]:
    """Returns the table of the three commands; quick measures the clone alone."""
    with folder() as place:
        clone, home = place / "clone", place / "home"
        home.mkdir()
        rows = [
            ("git clone", _run(["git", "clone", "--quiet", str(ROOT), str(clone)], place, home))
        ]
        if not quick:
            rows.append(("make setup", _run(["make", "setup"], clone, home)))
            rows.append(("make test", _run(["make", "test"], clone, home)))
            to_green_s = sum(seconds for _, seconds in rows)
            rows.append(("clone to green tests", to_green_s))
            rows.append(("make demo, until /health answers", _demo(clone, home)))
    texts = [(what, f"{seconds:.1f}") for what, seconds in rows]
    return [Table("From a clone to green tests and a running demo", _NOTES, _HEADER, texts)]


def _emptied(home: Path) -> list[str]:
    return ["env", "-i", f"PATH={os.environ['PATH']}", f"HOME={home}"]


def _run(command: Sequence[str], place: Path, home: Path) -> float:
    start = time.perf_counter()
    done = subprocess.run(
        [*_emptied(home), *command],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=_LONGEST_S,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{(done.stdout + done.stderr)[-_TAIL:]}")
    return time.perf_counter() - start


def _demo(place: Path, home: Path) -> float:
    port = _free_port()
    start = time.perf_counter()
    # A group of its own, so that make and the server it started end together.
    with subprocess.Popen(
        [*_emptied(home), "make", "demo", f"PORT={port}"],
        cwd=place,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            while not _answers(port):
                if process.poll() is not None or time.perf_counter() - start > _LONGEST_S:
                    raise RuntimeError("make demo did not come to answer")
                time.sleep(_PAUSE_S)
            return time.perf_counter() - start
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
