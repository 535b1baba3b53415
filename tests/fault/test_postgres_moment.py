"""The archive of a database, and back to a moment: by PostgreSQL's own tools, on real servers.

What `docs/how-to/archive-a-database.md` says is done here: its settings, its script, its commands.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rafiqa.errors import StoreError
from rafiqa.ledger import check_chain
from rafiqa.ledger.signing import Algorithm, MemorySigner
from rafiqa.service import Office, open_office
from rafiqa.service.place import place_of
from rafiqa.service.publishing import evidence_log, log_path, policy_path, publish
from rafiqa.service.watching import Watching
from rafiqa.store import Store
from rafiqa.store.logfolder import LogFolder
from rafiqa.store.postgres import PostgresStore
from rafiqa.store.postgresopening import open_postgres
from tests import postgis, postgresserver
from tests.contract.drafts import make_draft
from tests.postgresserver import Server

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "archive-a-database.md"
SCRIPT = ROOT / "deploy" / "archive-wal"
SERVER_FILES = ("postmaster.pid", "postmaster.opts")


def until(done: Callable[[], bool], limit_s: float = 60) -> None:
    end = time.monotonic() + limit_s
    while not done():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


# The script alone


def archived(tmp_path: Path, content: bytes, name: str = "1") -> subprocess.CompletedProcess[str]:
    (tmp_path / "from").write_bytes(content)
    command = ["sh", str(SCRIPT), str(tmp_path / "from"), str(tmp_path / name)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_file_is_kept_once_and_none_is_written_over(tmp_path: Path) -> None:
    assert archived(tmp_path, b"one" * 1_000).returncode == 0
    assert archived(tmp_path, b"one" * 1_000).returncode == 0
    other = archived(tmp_path, b"two" * 1_000)
    assert other.returncode != 0
    assert "written over" in other.stderr
    assert (tmp_path / "1").read_bytes() == b"one" * 1_000
    # One that was cut off midway is begun again.
    (tmp_path / "2.new").write_bytes(b"on")
    assert archived(tmp_path, b"two" * 1_000, "2").returncode == 0
    assert (tmp_path / "2").read_bytes() == b"two" * 1_000
    assert sorted(each.name for each in tmp_path.iterdir()) == ["1", "2", "from"]
    assert archived(tmp_path, b"x", "no/such/folder").returncode != 0


# With servers


@dataclass
class Site:
    """A server that archives, a database in it, and where copies and archive lie."""

    server: Server
    folder: Path
    address: str

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    def base(self) -> None:
        self.server.base_copy(self.folder / "base")

    def now(self) -> str:
        with self.server.link() as link:
            row = link.execute("SELECT now()::text").fetchone()
        assert row is not None
        return str(row[0])

    def archive_all(self) -> None:
        """Waits until everything that was written is in the archive."""
        with self.server.link() as link:
            row = link.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()
            assert row is not None
            link.execute("SELECT pg_switch_wal()")
        until((self.archive / row[0]).exists)


def settings_of(archive: Path, script: Path) -> tuple[str, ...]:
    """The settings on the page, with its places set to ours."""
    block = next(each for each in blocks() if "archive_mode" in each)
    found = dict(re.findall(r"^(\w+) = (\S.*?)\s*$", block, re.MULTILINE))
    assert set(found) == {"archive_mode", "archive_command", "archive_timeout"}
    command = found["archive_command"].strip("'")
    assert "/etc/rafiqa/archive-wal" in command
    command = command.replace("/etc/rafiqa/archive-wal", str(script))
    command = command.replace("/mnt/archive", str(archive))
    return ("archive_mode=on", f"archive_timeout={found['archive_timeout']}", command)


def blocks() -> list[str]:
    return re.findall(r"```text\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@contextmanager
def running(more: tuple[str, ...] = ()) -> Iterator[Site]:
    why = postgresserver.missing()
    if why is not None:
        pytest.skip(why)
    with postgresserver.new_folder() as folder:
        (folder / "archive").mkdir()
        postgresserver.owned(folder / "archive")
        shutil.copy(SCRIPT, folder / "archive-wal")
        mode, timeout, command = settings_of(folder / "archive", folder / "archive-wal")
        with postgresserver.server((mode, timeout, *more)) as server:
            with server.link() as link:
                link.execute(f"ALTER SYSTEM SET archive_command = '{command}'".encode())
                link.execute("SELECT pg_reload_conf()")
            yield Site(server, folder, server.new_database())


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as made:
        yield made


def lay_back(site: Site, data: Path, target: str | None, beside: Path | None = None) -> None:
    """Makes a folder of data out of the base copy, that reads the archive once it is started."""
    shutil.copytree(site.folder / "base", data)
    if beside is not None:
        for file in beside.iterdir():
            name = file.name.removesuffix(".partial")
            if file.is_file() and not (site.archive / name).exists():
                shutil.copy(file, data / "pg_wal" / name)
    block = next(each for each in blocks() if "restore_command" in each)
    lines = [each for each in block.splitlines() if " = " in each]
    if target is None:
        lines = [each for each in lines if "recovery_target_time" not in each]
    text = "\n".join(lines).replace("/mnt/archive", str(site.archive))
    text = re.sub(r"(recovery_target_time = ).*", rf"\1'{target}'", text)
    with (data / "postgresql.auto.conf").open("a") as stream:
        stream.write(f"\narchive_mode = off\n{text}\n")
    (data / "recovery.signal").touch()
    for each in [data, *data.rglob("*")]:
        postgresserver.owned(each)


def recovered(server: Server) -> None:
    """Waits until a server that was laid back is one to write to."""
    with server.link() as link:
        until(lambda: link.execute("SELECT pg_is_in_recovery()").fetchone() == (False,))


@contextmanager
def restored(site: Site, target: str | None, beside: Path | None = None) -> Iterator[Server]:
    """A server made of the base copy and the archive, as the page says.

    Args:
        site: what was lost.
        target: the moment, or the latest where None.
        beside: a further folder of log files, such as what the lost server still held.
    """
    with postgresserver.new_folder() as folder:
        made = Server.__new__(Server)
        made.__dict__ |= site.server.__dict__ | {"folder": folder, "_settings": ()}
        lay_back(site, folder / "data", target, beside)
        made.start()
        try:
            recovered(made)
            yield made
        finally:
            made.stop()


def opened(address: str, folder: Path, *, create: bool = False) -> PostgresStore:
    return open_postgres(
        address,
        place=folder / "site",
        create=create,
        entropy=os.urandom,
        now_us=lambda: time.time_ns() // 1000,
    )


def whole(store: Store) -> list[Any]:
    return [*store.check(), *check_chain(store.read(), until=store.head(), erased=store.erased())]


def there(site: Site, server: Server) -> str:
    return server.address(site.address.partition("@/")[2].partition("?")[0])


@pytest.mark.slow
def test_back_to_a_moment_and_to_the_latest(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Write, note the moment, write more: each comes back as it was, and an old one is barred."""
    monkeypatch.setenv("RAFIQA_HOME", str(tmp_path / "home"))
    store = opened(site.address, tmp_path, create=True)
    store.append([make_draft(number) for number in range(1, 30)])
    site.base()
    store.append([make_draft(number) for number in range(30, 40)])
    then, moment = store.head(), site.now()
    time.sleep(0.1)
    told = []
    for number in range(40, 60):
        told += [each.entry_id for each in store.append([make_draft(number)]).stored]
    last = store.head()
    store.close()
    _publish(site.address)
    site.archive_all()
    store = opened(site.address, tmp_path)
    for number in range(60, 70):  # these are in no archive: their file is not full
        told += [each.entry_id for each in store.append([make_draft(number)]).stored]
    latest = store.head()
    store.close()
    site.server.stop("immediate")
    with restored(site, moment) as server:
        again = opened(there(site, server), tmp_path)
        assert again.head() == then
        assert whole(again) == []
        again.close()
        # Its log was published further than it reaches: whoever opens it finds it barred.
        _bring_log(site.address, there(site, server))
        office = _office(there(site, server))
        assert [fault.code for fault in office.store.stopped()] == ["store.rollback"]
        assert office.store.stopped()[0].params == {"entries": then.seq, "witnessed": last.seq}
        with pytest.raises(StoreError, match=r"store\.rollback"):
            office.store.append([make_draft(900)])
        assert office.store.head() == then
        office.store.close()
        again = opened(there(site, server), tmp_path)
        assert not again.writable  # for everybody, also without that log
        again.close()
    # The latest: the archive, and what the server that died still held.
    with restored(site, None, site.server.folder / "data" / "pg_wal") as server:
        again = opened(there(site, server), tmp_path)
        assert again.head() == latest
        assert {each.entry_id for each in again.read()} >= set(told)
        assert whole(again) == []
        again.close()
        _bring_log(site.address, there(site, server))
        office = _office(there(site, server))
        assert office.store.append([make_draft(900)]).head.seq == latest.seq + 1
        office.store.close()
    # The control: without the dead server's disk the archive alone has not the last.
    with restored(site, None) as server:
        again = opened(there(site, server), tmp_path)
        assert set(told) - {each.entry_id for each in again.read()}
        assert whole(again) == []
        again.close()


@pytest.mark.slow
def test_with_a_receiver_that_is_waited_for_a_lost_disk_loses_nothing(tmp_path: Path) -> None:
    with running() as site:
        store = opened(site.address, tmp_path, create=True)
        stream = site.folder / "stream"
        stream.mkdir()
        postgresserver.owned(stream)
        block = next(each for each in blocks() if "pg_receivewal -h" in each)
        first, second = (re.findall(r"--[a-z-]+(?:=\S+)?", line) for line in block.splitlines())
        with receiver(site.server, stream, first) as process:
            assert process.wait(30) == 0
        with receiver(site.server, stream, second) as process:
            with site.server.link() as link:
                for line in re.findall(r"ALTER SYSTEM .*?;", PAGE.read_text("utf-8")):
                    link.execute(line.encode())
                link.execute("SELECT pg_reload_conf()")
                sync = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
                until(lambda: link.execute(sync).fetchone() == (1,))
            site.base()
            told = []
            for number in range(1, 60):
                told += [each.entry_id for each in store.append([make_draft(number)]).stored]
            site.server.stop("immediate")
            assert process.wait(30) is not None
        store.close()
        with restored(site, None, stream) as server:
            with server.link() as link:
                link.execute("ALTER SYSTEM RESET synchronous_standby_names")
                link.execute("SELECT pg_reload_conf()")
            again = opened(there(site, server), tmp_path)
            assert {each.entry_id for each in again.read()} >= set(told)
            assert len(told) == 59
            assert whole(again) == []
            again.close()


@contextmanager
def receiver(server: Server, folder: Path, options: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    program = str(Path("/usr/lib/postgresql") / str(postgis.version()) / "bin" / "pg_receivewal")
    command = [program, "-h", str(server.folder), "-U", "postgres", "-D", str(folder), *options]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    looping = [] if "--create-slot" in options else ["--no-loop"]
    process = subprocess.Popen([*command, *looping], cwd="/", stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _office(address: str) -> Office:
    return open_office(address, now_us=lambda: time.time_ns() // 1000, entropy=os.urandom)


def _publish(address: str) -> None:
    office = _office(address)
    signer = MemorySigner("city.example/log", Algorithm.ED25519, bytes(32))
    folder = LogFolder(log_path(place_of(address)))
    log = evidence_log(office, folder, (), (signer,))
    publish(log, time.time_ns() // 1_000_000_000)
    policy_path(place_of(address)).write_text(Watching().text(log.keys), "utf-8")
    office.store.close()


def _bring_log(source: str, target: str) -> None:
    to = log_path(place_of(target))
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(log_path(place_of(source)), to)
