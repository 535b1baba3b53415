"""The faults of the trust study on PostgreSQL: killed, cut off, full, rotten, left halfway.

Beside `test_postgres`, which holds the short ones. Each has a control that must fail, or the fault
itself is seen to have happened.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import numpy as np
import psycopg
import pytest

from rafiqa.errors import CorruptLedger, RafiqaError, StoreError
from rafiqa.store.postgresform import put_form
from rafiqa.store.postgreslink import connected
from rafiqa.store.postgresopening import changes
from tests import postgresserver
from tests.contract.drafts import make_draft
from tests.fault.test_full_disk import fill_to_the_last_byte, large
from tests.fault.test_postgres import SCRIPT, opened, whole
from tests.postgresserver import Server

N_KILLS = 50
"""As many as the trust study asks for."""


@contextmanager
def running(settings: tuple[str, ...] = (), how: tuple[str, ...] = ()) -> Iterator[Server]:
    why = postgresserver.missing()
    if why is not None:
        pytest.skip(why)
    with postgresserver.server(settings, how=how) as made:
        yield made


class Writers:
    """Processes that write, and what they were told of."""

    def __init__(self, address: str, folder: Path, number: int, *more: str) -> None:
        self._files = [folder / f"told-{each}" for each in range(number)]
        self._processes = []
        for each, file in enumerate(self._files):
            command = [sys.executable, str(SCRIPT), address, str(folder / "site"), f"w{each}"]
            with file.open("wb") as out:
                self._processes.append(subprocess.Popen([*command, *more], stdout=out))

    def told(self) -> list[str]:
        """Ids of which they have a receipt; only whole lines count."""
        return [line for file in self._files for line in file.read_text().split("\n")[:-1]]

    def wait_for(self, number: int) -> None:
        end = time.monotonic() + 60
        while len(self.told()) < number:
            assert time.monotonic() < end, "they write no more"
            assert all(each.poll() is None for each in self._processes)
            time.sleep(0.02)

    def end(self) -> list[str]:
        for each in self._processes:
            each.kill()
            each.wait()
        return self.told()


def crash(server: Server, whom: str) -> None:
    """Ends a server's processes as the system does that has no memory left."""
    if whom == "backend":
        with suppress(psycopg.Error), server.link() as link:
            row = link.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname LIKE 'site%' LIMIT 1"
            ).fetchone()
            if row is not None:
                os.kill(row[0], signal.SIGKILL)
        return
    pid = server.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    os.kill(pid, signal.SIGKILL)
    for each in children:
        with suppress(ProcessLookupError):
            os.kill(int(each), signal.SIGKILL)
    # Where nobody reaps them the dead look alive to whoever reads these.
    (server.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
    for file in server.folder.glob(".s.PGSQL.*"):
        file.unlink()
    for _ in range(50):
        time.sleep(0.1)
        with suppress(AssertionError):  # what it shared is not let go yet
            server.start()
            return
    raise AssertionError("the server did not start again")


@pytest.mark.slow
def test_f3_killed_at_any_moment_nothing_told_is_lost_and_nothing_is_there_twice(
    tmp_path: Path,
) -> None:
    """F2 and F3: backends and whole servers killed under four writers, and started again."""
    drawn = np.random.default_rng(82)
    with running() as server:
        address = server.new_database()
        opened(address, tmp_path, create=True).close()
        writers = Writers(address, tmp_path, 4)
        try:
            for number in range(N_KILLS):
                n_told = len(writers.told())
                writers.wait_for(n_told + 5)  # they came back by themselves
                time.sleep(drawn.uniform(0.05, 0.3))
                crash(server, "server" if number % 2 else "backend")
            writers.wait_for(len(writers.told()) + 5)
        finally:
            told = writers.end()
        store = opened(address, tmp_path)
        held = [entry.entry_id for entry in store.read()]
        assert set(told) <= set(held)
        assert len(held) == len(set(held))
        assert len(told) > 5 * N_KILLS
        assert whole(store) == []
        store.close()


@pytest.mark.slow
def test_control_told_before_it_is_on_the_disk_a_killed_server_loses_it(tmp_path: Path) -> None:
    lost = 0
    with running() as server:
        address = server.new_database()
        opened(address, tmp_path, create=True).close()
        writers = Writers(address, tmp_path, 4, "careless")
        try:
            for _ in range(6):
                writers.wait_for(len(writers.told()) + 40)
                for each in writers._processes:
                    os.kill(each.pid, signal.SIGSTOP)
                told = writers.told()
                crash(server, "server")
                with psycopg.connect(address) as link:
                    rows = link.execute("SELECT entry_id FROM rafiqa.entries").fetchall()
                lost += len(set(told) - {row[0] for row in rows})
                for each in writers._processes:
                    os.kill(each.pid, signal.SIGCONT)
                if lost:
                    break
        finally:
            writers.end()
    assert lost > 0


@contextmanager
def small_disk(size_mb: int) -> Iterator[Path]:
    with postgresserver.new_folder() as folder:
        place = folder / "disk"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "none", str(place)]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip("this machine lets nobody mount a small file system here")
        postgresserver.owned(place)
        try:
            yield place
        finally:
            subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.slow
def test_f6_a_full_disk_is_told_reading_goes_on_and_writing_when_there_is_room(
    tmp_path: Path,
) -> None:
    with small_disk(72) as disk, running() as server:
        with server.link() as link:
            link.execute(f"CREATE TABLESPACE small LOCATION '{disk}'".encode())
            link.execute("CREATE DATABASE site900 TABLESPACE small")
        address = server.address("site900")
        store = opened(address, tmp_path, create=True)
        told = [
            entry.entry_id
            for entry in store.append([make_draft(number) for number in range(9)]).stored
        ]
        fill_to_the_last_byte(disk / "film")
        refused = 0
        for number in range(100, 400):
            try:
                told += [entry.entry_id for entry in store.append([large(number)]).stored]
            except StoreError as error:
                assert error.code == "store.full"  # noqa: PT017 - nothing else may come
                refused += 1
                if refused == 3:
                    break
        assert refused == 3
        assert store.writable
        assert {entry.entry_id for entry in store.read()} == set(told)
        assert whole(store) == []
        (disk / "film").unlink()
        told += [entry.entry_id for entry in store.append([large(900)]).stored]
        assert {entry.entry_id for entry in store.read()} == set(told)
        store.close()
        with server.link() as link:
            link.execute("DROP DATABASE site900 WITH (FORCE)")
            link.execute("DROP TABLESPACE small")


@pytest.mark.slow
def test_f6_a_log_without_room_takes_the_server_down_and_loses_nothing(tmp_path: Path) -> None:
    """PostgreSQL ends itself rather than acknowledge; with room it starts and has it all."""
    with small_disk(80) as disk:
        wal = disk / "wal"
        settings = ("min_wal_size=32MB", "max_wal_size=32MB", "restart_after_crash=off")
        with running(settings, how=(f"--waldir={wal}",)) as server:
            address = server.new_database()
            store = opened(address, tmp_path, create=True)
            told = [entry.entry_id for entry in store.append([make_draft(1)]).stored]
            fill_to_the_last_byte(disk / "film")
            codes = set()
            for number in range(100, 1_000):
                try:
                    told += [entry.entry_id for entry in store.append([large(number)]).stored]
                except RafiqaError as error:
                    codes.add(error.code)
                    break
            assert codes <= {"store.away", "store.full"}
            assert codes
            (disk / "film").unlink()
            with suppress(AssertionError):
                server.stop("immediate")
            server.start()
            told += [entry.entry_id for entry in store.append([make_draft(2)]).stored]
            assert {entry.entry_id for entry in store.read()} >= set(told)
            assert whole(store) == []
            store.close()


@pytest.mark.slow
@pytest.mark.parametrize("table", ["bodies", "entries"])
@pytest.mark.parametrize("checksums", [True, False])
def test_f7_a_page_that_rots_is_found(tmp_path: Path, table: str, *, checksums: bool) -> None:
    """By PostgreSQL where it keeps checksums, and by the chain where it does not."""
    how = ("--data-checksums",) if checksums else ()
    with running(("restart_after_crash=on",), how) as server:
        address = server.new_database()
        store = opened(address, tmp_path, create=True)
        store.append([make_draft(number) for number in range(1, 200)])
        store.close()
        with psycopg.connect(address, autocommit=True) as link:
            link.execute("CHECKPOINT")
            row = link.execute(
                "SELECT pg_relation_filepath(%s::regclass)", (f"rafiqa.{table}",)
            ).fetchone()
        assert row is not None
        server.stop("fast")
        file = server.folder / "data" / row[0]
        content = bytearray(file.read_bytes())
        at = content.rfind(b"fact 150" if table == "bodies" else b"entry-000150")
        assert at > 0
        content[at + 5] ^= 1
        file.write_bytes(bytes(content))
        server.start()
        try:
            store = opened(address, tmp_path)
        except CorruptLedger:
            return
        try:
            faults = whole(store)
        except CorruptLedger as error:
            faults = list(error.faults)
        assert faults
        if checksums:
            assert [fault.code for fault in store.stopped()] == ["store.damaged"]
        store.close()


@pytest.mark.slow
def test_f16_a_change_of_form_ended_at_any_step_is_the_old_or_the_new(tmp_path: Path) -> None:
    """At each statement the server ends it; at some by killing what works on it."""
    with running() as server:
        n_steps = _cut_off(server, tmp_path, 0)
        assert n_steps > 30
        for step in range(1, n_steps + 1, 2):
            assert _cut_off(server, tmp_path, step) == step
        for step in (2, n_steps // 2, n_steps):
            assert _cut_off(server, tmp_path, step, kills=True) == step


def _cut_off(server: Server, folder: Path, step: int, *, kills: bool = False) -> int:
    """How many steps were begun of making the form, where it is ended at one."""
    address = server.new_database()
    how = "pg_sleep(60)" if kills else "pg_terminate_backend(pg_backend_pid())"
    with psycopg.connect(address, autocommit=True) as link:
        link.execute("CREATE SCHEMA cutting")
        link.execute("CREATE SEQUENCE cutting.steps")
        link.execute(
            f"""CREATE FUNCTION cutting.cut() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('cutting.steps') = {step} THEN PERFORM {how}; END IF; END $$""".encode()
        )
        link.execute("CREATE EVENT TRIGGER cut ON ddl_command_end EXECUTE FUNCTION cutting.cut()")
    if kills:
        process = subprocess.Popen(
            [sys.executable, "-c", _MAKE, address], stderr=subprocess.DEVNULL
        )
        _kill_who_sleeps(server)
        assert process.wait(60) != 0
    else:
        with suppress(psycopg.Error), connected(address, 1_000) as link:
            put_form(link, changes(), 0)
    with psycopg.connect(address, autocommit=True) as link:
        tables = link.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'rafiqa'"
        ).fetchone()
        row = link.execute("SELECT last_value FROM cutting.steps").fetchone()
        link.execute("DROP EVENT TRIGGER cut")
    assert row is not None
    assert tables is not None
    # Nothing of it, or all: and from nothing it is made as if nothing had been.
    store = opened(address, folder, create=step > 0)
    assert (tables[0] == 0) == (step > 0)
    assert store.append([make_draft(1)]).head.seq == 1
    assert whole(store) == []
    store.close()
    server.drop(address)
    # What a sequence counted last is not kept when its server is killed.
    return step if kills else int(row[0])


_MAKE = """
import sys
from rafiqa.store.postgresform import put_form
from rafiqa.store.postgreslink import connected
from rafiqa.store.postgresopening import changes
with connected(sys.argv[1], 1_000) as link:
    put_form(link, changes(), 0)
"""


def _kill_who_sleeps(server: Server) -> None:
    sleeping = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with server.link() as link:
            row = link.execute(sleeping).fetchone()
        if row is not None:
            os.kill(row[0], signal.SIGKILL)
            break
        time.sleep(0.05)
    # All others are ended with it, and the server starts anew by itself.
    while time.monotonic() < end:
        with suppress(psycopg.Error), server.link() as link:
            link.execute("SELECT 1")
            return
        time.sleep(0.1)
    raise AssertionError("the server did not come back")


@pytest.mark.slow
def test_a_wait_for_a_standby_that_somebody_ends_is_no_receipt(tmp_path: Path) -> None:
    """PostgreSQL warns, and says that it was committed; nothing on another machine has it."""
    with running() as server:
        address = server.new_database()
        store = opened(address, tmp_path, create=True)
        store.append([make_draft(1)])
        with server.link() as link:
            link.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            link.execute("SELECT pg_reload_conf()")
            outcomes: list[object] = []

            def append() -> None:
                try:
                    outcomes.append(store.append([make_draft(2)]))
                except StoreError as error:
                    outcomes.append(error.code)

            thread = Thread(target=append)
            thread.start()
            waits = (
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            )
            end = time.monotonic() + 30
            while not link.execute(waits).fetchall():
                assert time.monotonic() < end
                time.sleep(0.05)
            thread.join()
            assert outcomes == ["store.away"]
            link.execute("ALTER SYSTEM RESET synchronous_standby_names")
            link.execute("SELECT pg_reload_conf()")
        # Sent again it has its receipt, and is there once.
        again = store.append([make_draft(2)])
        assert (again.already, store.head().seq) == (("entry-000002",), 2)
        assert whole(store) == []
        store.close()
