"""A store in PostgreSQL over a wire that is cut: given up within seconds, and stored once.

Answers vanish and no connection ends, as it is where a line is broken and nobody says so.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.fault import network
from tests.fault.network import Wire
from tests.fault.test_postgres import SCRIPT, opened, whole
from tests.fault.test_postgres_faults import running
from tests.postgresserver import Server

N_CUTS = 70
"""As many as the trust study asks for."""


def _across(server: Server, wire: Wire, folder: Path) -> tuple[str, str]:
    """The address of a new store here, and the one by which it is reached over a wire."""
    address = server.new_database()
    opened(address, folder, create=True).close()
    name = address.partition("@/")[2].partition("?")[0]
    server.stop("fast")
    with (server.folder / "data" / "pg_hba.conf").open("a") as stream:
        stream.write("host all all 10.211.55.0/24 trust\n")
    server.start(("ip", "netns", "exec", wire.server), f"listen_addresses={network.SERVER}")
    return address, f"postgresql://postgres@{network.SERVER}/{name}"


@pytest.mark.slow
def test_f8_cut_off_without_a_word_it_is_given_up_and_goes_on_within_seconds(
    tmp_path: Path,
) -> None:
    """Answers vanish, no connection ends. Without our limits who asked waits on: the control."""
    with running() as server, network.wire() as wire:
        address, far = _across(server, wire, tmp_path)
        careless = f"{far}?keepalives=0&tcp_user_timeout=0"
        writers = [
            _writer(wire, each, tmp_path, prefix)
            for prefix, each in (("ours", far), ("theirs", careless))
        ]
        try:
            _grown(writers[0][1], 5)
            _grown(writers[1][1], 5)
            waiting = [_asking(wire, each) for each in (far, careless)]
            wire.drop(to_server=False, to_phone=True)
            for each in waiting:
                assert each.stdin is not None
                each.stdin.write(b"now\n")
                each.stdin.flush()
            time.sleep(16)
            ended = [each.poll() is not None for each in waiting]
            wire.heal()
            for each in waiting:
                each.communicate(timeout=60)
            assert ended == [True, False]
            healed = time.monotonic()
            n_ours = len(_lines(writers[0][1]))
            _grown(writers[0][1], n_ours + 5)
            assert time.monotonic() - healed < 10
        finally:
            for process, _ in writers:
                process.kill()
                process.wait()
        store = opened(address, tmp_path)
        held = [entry.entry_id for entry in store.read()]
        assert set(_lines(writers[0][1])) | set(_lines(writers[1][1])) <= set(held)
        assert len(held) == len(set(held))
        assert whole(store) == []
        store.close()


@pytest.mark.slow
def test_f8_cut_seventy_times_each_is_stored_once(tmp_path: Path) -> None:
    """Short cuts of one way or both; after each it goes on within ten seconds, by two writers."""
    drawn = np.random.default_rng(70)
    with running() as server, network.wire() as wire:
        address, far = _across(server, wire, tmp_path)
        writers = [_writer(wire, far, tmp_path, prefix) for prefix in ("a", "b")]
        try:
            n_held_up = 0
            for number in range(N_CUTS):
                before = [len(_lines(file)) for _, file in writers]
                for (_, file), n_told in zip(writers, before, strict=True):
                    _grown(file, n_told + 1, 10)
                wire.drop(to_server=number % 3 != 1, to_phone=number % 3 != 2)
                time.sleep(0.05)  # what was on its way has come, or not
                cut = [len(_lines(file)) for _, file in writers]
                time.sleep(drawn.uniform(0.1, 0.6))
                n_held_up += cut == [len(_lines(file)) for _, file in writers]
                wire.heal()
            for _, file in writers:
                _grown(file, len(_lines(file)) + 5, 10)
        finally:
            for process, _ in writers:
                process.kill()
                process.wait()
        assert n_held_up > N_CUTS * 0.9, "the wire was not cut"
        told = [line for _, file in writers for line in _lines(file)]
        assert len(told) >= 2 * N_CUTS
        store = opened(address, tmp_path)
        held = [entry.entry_id for entry in store.read()]
        assert set(told) <= set(held)
        assert len(held) == len(set(held))
        assert whole(store) == []
        store.close()


_ASK = """
import sys
from rafiqa.store.postgreslink import connected
link = connected(sys.argv[1], 1_000)
print("up", flush=True)
sys.stdin.readline()
link.execute("SELECT 1")
"""


def _asking(wire: Wire, address: str) -> subprocess.Popen[bytes]:
    """Who has a connection, and asks when told to."""
    command = ["ip", "netns", "exec", wire.phone, sys.executable, "-c", _ASK, address]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen(command, **pipes, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    return process


def _writer(
    wire: Wire, address: str, folder: Path, prefix: str
) -> tuple[subprocess.Popen[bytes], Path]:
    out = folder / f"told-{prefix}"
    command = ["ip", "netns", "exec", wire.phone, sys.executable, str(SCRIPT)]
    with out.open("wb") as stream:
        process = subprocess.Popen([*command, address, str(folder / "site"), prefix], stdout=stream)
    return process, out


def _lines(file: Path) -> list[str]:
    return file.read_text().split("\n")[:-1]


def _grown(file: Path, number: int, within_s: float = 60) -> None:
    end = time.monotonic() + within_s
    while len(_lines(file)) < number:
        assert time.monotonic() < end, "nothing more is written"
        time.sleep(0.05)
