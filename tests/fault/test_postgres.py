"""PostgreSQL under a store: who may what, and what is lost when something dies. Nothing."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest

from rafiqa.errors import Conflict, Fault, StoreError
from rafiqa.ledger import check_chain
from rafiqa.service import Office
from rafiqa.service.alarm import alarms
from rafiqa.store import Store, open_store
from rafiqa.store.migrations import Migration
from rafiqa.store.moving import carry_over
from rafiqa.store.postgres import PostgresStore
from rafiqa.store.postgresform import put_form
from rafiqa.store.postgreslink import connected
from rafiqa.store.postgresopening import changes, open_postgres
from tests import postgresserver
from tests.contract.drafts import Clock, Salts, make_draft, make_quarantined
from tests.contract.test_keep import NAME, PARTS, PHOTO, erasing
from tests.postgresserver import Server

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("append_to_postgres.py")


@pytest.fixture
def server() -> Server:
    why = postgresserver.missing()
    if why is not None:
        pytest.skip(why)
    return postgresserver.shared_server()


@pytest.fixture
def address(server: Server) -> Iterator[str]:
    made = server.new_database()
    yield made
    server.drop(made)


def opened(address: str, folder: Path, *, create: bool = False, **more: Any) -> PostgresStore:
    return open_postgres(
        address, place=folder / "site", create=create, entropy=Salts(), now_us=Clock(), **more
    )


def whole(store: Store) -> list[Fault]:
    chain = check_chain(store.read(), until=store.head(), erased=store.erased())
    return [*store.check(), *chain]


# Who may what


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET kind = 'x'",
        "DELETE FROM entries",
        "TRUNCATE entries CASCADE",
        "UPDATE bodies SET body = ''",
        "DELETE FROM bodies",
        "DELETE FROM erased",
        "UPDATE quarantine SET original = ''",
        "DELETE FROM quarantine",
        "DROP TABLE entries CASCADE",
        "ALTER TABLE entries DISABLE TRIGGER ALL",
        "ALTER TABLE entries DISABLE ROW LEVEL SECURITY",
        "DELETE FROM barred",
    ],
)
@pytest.mark.parametrize("role", ["rafiqa_office", "rafiqa_reader"])
def test_no_role_that_works_changes_what_is_kept(
    address: str, tmp_path: Path, statement: str, role: str
) -> None:
    store = opened(address, tmp_path, create=True)
    store.append([make_draft(1)])
    with connected(address, 1_000) as link:
        link.execute(f"SET ROLE {role}")
        link.execute("SET rafiqa.organisation = '*'")
        with pytest.raises(psycopg.Error):
            link.execute(statement.encode())
    assert whole(store) == []
    store.close()


def test_the_owner_too_is_refused_by_the_triggers(address: str, tmp_path: Path) -> None:
    store = opened(address, tmp_path, create=True)
    store.append([make_draft(1)])
    with connected(address, 1_000) as link:
        for statement in ("UPDATE entries SET kind = 'x'", "TRUNCATE bodies"):
            with pytest.raises(psycopg.Error, match="append-only"):
                link.execute(statement.encode())
    store.close()


def said_role(page: str) -> str:
    """The statement by which a page makes the role that serves everybody."""
    text = (ROOT / "docs" / "how-to" / page).read_text("utf-8")
    (told,) = set(re.findall(r"CREATE ROLE desk [^;]+;", text))
    return re.sub("PASSWORD '[^']*'", "PASSWORD 'hex'", told)


@pytest.fixture
def desk(server: Server, address: str, tmp_path: Path) -> Iterator[str]:
    """The address for who serves: a role as the pages make it, that is a member of the office."""
    opened(address, tmp_path, create=True).close()
    database = address.partition("@/")[2].partition("?")[0]
    with server.link() as link:
        link.execute(said_role("postgresql.md").encode())
        yield server.address(database, "desk")
        link.execute("DROP ROLE desk")


def test_who_serves_by_a_role_that_owns_nothing_does_all_the_work(
    desk: str, tmp_path: Path
) -> None:
    assert said_role("postgresql.md") == said_role("deploy.md")
    store = opened(desk, tmp_path)
    store.append([make_draft(1)])
    store.put_setting("site", b"x")
    assert store.stopped() == ()
    assert whole(store) == []
    store.close()
    with connected(desk, 1_000) as link:
        for statement in (
            *("SET ROLE postgres", "RESET ROLE; DROP TABLE entries CASCADE"),
            *("RESET ROLE; DELETE FROM entries", "ALTER TABLE entries DISABLE TRIGGER ALL"),
            *("CREATE TABLE rafiqa.mine (a int)", "CREATE ROLE other", "CREATE DATABASE other"),
            "UPDATE migrations SET sha256 = ''",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                link.execute(statement.encode())


def test_who_signs_in_as_owner_or_may_become_it_is_told_of(
    desk: str, address: str, server: Server, tmp_path: Path
) -> None:
    def told(login: str) -> bool:
        store = opened(login, tmp_path)
        try:
            return "service.alarm.owner" in {
                fault.code for fault in alarms(Office(store, Clock(), str), None, Clock()())
            }
        finally:
            store.close()

    assert told(address), "a superuser, who made the tables"
    assert not told(desk)
    with server.link() as link:
        link.execute("CREATE ROLE centre_of_one")
        try:
            link.execute("GRANT centre_of_one TO desk")
            assert not told(desk), "that role owns nothing here"
            database = address.partition("@/")[2].partition("?")[0]
            with connected(server.address(database, "postgres"), 1_000) as owner:
                owner.execute("ALTER TABLE rafiqa.settings OWNER TO centre_of_one")
            assert told(desk), "one table is enough"
            with connected(server.address(database, "postgres"), 1_000) as owner:
                owner.execute("ALTER TABLE rafiqa.settings OWNER TO postgres")
            assert not told(desk)
            link.execute("ALTER ROLE desk SUPERUSER")
            assert told(desk)
        finally:
            link.execute("ALTER ROLE desk NOSUPERUSER")
            link.execute("DROP ROLE centre_of_one")


def test_a_newer_form_waits_for_the_owner_and_says_so(
    address: str, desk: str, tmp_path: Path
) -> None:
    newest = changes()[-1]
    with connected(address, 1_000) as link:
        link.execute("DELETE FROM migrations WHERE number = %s", (newest.number,))
        link.execute("DROP TABLE cloakroom")
    with pytest.raises(StoreError) as refused:
        opened(desk, tmp_path)
    assert refused.value.code == "store.form-owner"
    opened(address, tmp_path).close()
    store = opened(desk, tmp_path)
    assert store.stopped() == ()
    store.close()


def test_a_reader_sees_its_organisation_and_without_one_nothing(
    address: str, tmp_path: Path
) -> None:
    store = opened(address, tmp_path, create=True)
    store.append([make_draft(1), make_draft(2, organisation="org-2")])
    store.close()
    count = "SELECT count(*) FROM entries"
    with connected(address, 1_000) as link:
        link.execute("SET ROLE rafiqa_reader")
        assert link.execute(count).fetchone() == (0,)
        with link.transaction():
            link.execute("SELECT set_config('rafiqa.organisation', 'org-2', true)")
            assert link.execute(count).fetchone() == (1,)
        # What was said in one transaction is not said in the next.
        assert link.execute(count).fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            link.execute("SELECT body FROM bodies")


def test_an_owner_without_great_rights_makes_a_store_and_works_in_it(
    server: Server, address: str, tmp_path: Path
) -> None:
    name = address.partition("@/")[2].partition("?")[0]
    with psycopg.connect(address, autocommit=True) as link:
        link.execute("DROP ROLE IF EXISTS centre")
        link.execute("CREATE ROLE centre LOGIN CREATEROLE")
        link.execute(f"ALTER DATABASE {name} OWNER TO centre".encode())
    own = server.address(name, "centre")
    store = opened(own, tmp_path, create=True)
    assert store.append([make_draft(1)]).head.seq == 1
    store.close()
    store = opened(own, tmp_path)
    assert whole(store) == []
    store.close()


def test_a_role_that_owns_the_tables_is_not_worked_as(address: str, tmp_path: Path) -> None:
    opened(address, tmp_path, create=True).close()
    with psycopg.connect(address, autocommit=True) as link:
        link.execute("ALTER TABLE rafiqa.entries OWNER TO rafiqa_office")
    with pytest.raises(StoreError, match=r"store\.role"):
        opened(address, tmp_path)


def test_a_server_that_acknowledges_too_soon_is_refused(tmp_path: Path) -> None:
    if postgresserver.missing():
        pytest.skip(str(postgresserver.missing()))
    with postgresserver.server(("fsync=off",)) as careless:
        address = careless.new_database()
        with pytest.raises(StoreError, match=r"store\.setting"):
            opened(address, tmp_path, create=True)


def test_a_database_set_to_acknowledge_too_soon_is_overruled(address: str, tmp_path: Path) -> None:
    opened(address, tmp_path, create=True).close()
    with psycopg.connect(address, autocommit=True) as link:
        link.execute("ALTER ROLE postgres SET synchronous_commit = off")
        try:
            with connected(address, 1_000) as ours:
                assert ours.execute("SHOW synchronous_commit").fetchone() == ("on",)
        finally:
            link.execute("ALTER ROLE postgres RESET synchronous_commit")


# Opening


def test_there_is_one_store_in_a_database_and_it_is_made_once(address: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"store\.missing"):
        opened(address, tmp_path)
    opened(address, tmp_path, create=True).close()
    with pytest.raises(StoreError, match=r"store\.exists") as told:
        opened(address, tmp_path, create=True)
    assert "postgres@" not in str(told.value.faults)


def test_nobody_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"store\.away"):
        opened(f"postgresql://x@/x?host={tmp_path}", tmp_path)


def test_the_form_of_a_newer_version_is_read_and_not_written(address: str, tmp_path: Path) -> None:
    store = opened(address, tmp_path, create=True)
    store.append([make_draft(1)])
    store.close()
    with connected(address, 1_000) as link:
        link.execute("INSERT INTO migrations VALUES (999, 'later', 'x', 0)")
    store = opened(address, tmp_path)
    assert store.head().seq == 1
    with pytest.raises(StoreError, match=r"store\.newer"):
        store.append([make_draft(2)])
    store.close()


def test_a_change_of_form_that_was_another_one_is_refused(address: str, tmp_path: Path) -> None:
    opened(address, tmp_path, create=True).close()
    with connected(address, 1_000) as link:
        link.execute("UPDATE migrations SET sha256 = 'x' WHERE number = 1")
        link.execute("DELETE FROM migrations WHERE number = 2")
    with pytest.raises(StoreError, match=r"store\.migration-changed"):
        opened(address, tmp_path)


@pytest.mark.parametrize("n_applied", range(len(changes())))
def test_a_change_that_fails_leaves_the_form_of_before(address: str, n_applied: int) -> None:
    good, bad = (
        changes()[:n_applied],
        Migration(99, "099_bad.sql", "CREATE TABLE a (b int); nonsense"),
    )
    with connected(address, 1_000) as link:
        put_form(link, good, 0)
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'rafiqa'"
        before = link.execute(tables).fetchone()
        with pytest.raises(psycopg.Error):
            put_form(link, (*good, bad), 0)
        assert link.execute(tables).fetchone() == before
        # And from each form the newest is reached.
        put_form(link, changes(), 0)
        assert link.execute("SELECT count(*) FROM migrations").fetchone() == (len(changes()),)


# Several processes


def test_two_stores_write_one_ledger(address: str, tmp_path: Path) -> None:
    one = opened(address, tmp_path, create=True)
    other = opened(address, tmp_path)

    def write(store: PostgresStore, first: int) -> None:
        for number in range(first, first + 60):
            store.append([make_draft(number)])

    threads = [Thread(target=write, args=each) for each in ((one, 0), (other, 100), (one, 200))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert one.head() == other.head()
    assert one.head().seq == 180
    assert whole(one) == []
    head = one.head()
    other.append([make_draft(500)])
    with pytest.raises(Conflict, match=r"ledger\.head-moved"):
        one.append([make_draft(501)], expected_head=head)
    one.close()
    other.close()


def test_a_store_that_is_barred_is_barred_for_everybody(address: str, tmp_path: Path) -> None:
    one = opened(address, tmp_path, create=True)
    other = opened(address, tmp_path)
    one.bar(Fault("store.rollback", params={"entries": 1, "witnessed": 2}))
    for store in (one, other):
        with pytest.raises(StoreError, match=r"store\.rollback"):
            store.append([make_draft(1)])
        assert not store.writable
        store.close()
    again = opened(address, tmp_path)
    assert [fault.code for fault in again.stopped()] == ["store.rollback"]
    again.close()


def test_a_connection_that_was_lost_is_made_again(address: str, tmp_path: Path) -> None:
    store = opened(address, tmp_path, create=True)
    for number in range(1, 4):
        with psycopg.connect(address, autocommit=True) as link:
            link.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert store.append([make_draft(number)]).head.seq == number
        assert len(list(store.read())) == number
    store.close()


def killed(process: subprocess.Popen[str], wait_s: float) -> list[str]:
    """Ids that a writer had a receipt for before it was killed; only whole lines count."""
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(wait_s)
    process.kill()
    rest = process.stdout.read()
    process.stdout.close()
    process.wait()
    return [line for line in (first + rest).split("\n")[:-1] if line]


def writer(address: str, folder: Path, prefix: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIPT), address, str(folder / "site"), prefix]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_writers_that_are_killed_lose_nothing_they_were_told_of(
    address: str, tmp_path: Path
) -> None:
    opened(address, tmp_path, create=True).close()
    told = []
    for number in range(3):
        two = [writer(address, tmp_path, f"{name}{number}") for name in "ab"]
        told += [each for process in two for each in killed(process, 0.1)]
    store = opened(address, tmp_path)
    held = {entry.entry_id for entry in store.read()}
    assert set(told) <= held
    assert len(told) > 20
    assert whole(store) == []
    store.close()


def test_a_server_that_loses_its_power_under_load_loses_nothing(tmp_path: Path) -> None:
    why = postgresserver.missing()
    if why is not None:
        pytest.skip(why)
    with postgresserver.server() as own:
        address = own.new_database()
        opened(address, tmp_path, create=True).close()
        process = writer(address, tmp_path, "a")
        for _ in range(3):
            time.sleep(0.3)
            own.stop("immediate")
            own.start()
        told = killed(process, 0.5)
        store = opened(address, tmp_path)
        held = [entry.entry_id for entry in store.read()]
        assert set(told) <= set(held)
        assert len(held) == len(set(held))
        assert whole(store) == []
        store.close()


# From one place to another


def test_a_store_goes_to_postgres_and_back_with_the_same_root(address: str, tmp_path: Path) -> None:
    laptop = open_store(tmp_path / "a.rafiqa", create=True, entropy=Salts(), now_us=Clock())
    laptop.append([make_draft(number) for number in range(1, 1_205)])
    laptop.append([make_draft(2_000, subject="a\\b\0c")])
    laptop.append([erasing("entry-000003", 3)])
    laptop.await_attachment(NAME, len(PHOTO))
    for number, part in enumerate(PARTS):
        laptop.put_part(NAME, number, part)
    laptop.put_attachment(b"x" * 100)
    name = laptop.put_blob(b"layer" * 1_000)
    laptop.quarantine([make_quarantined(number) for number in range(1, 5)])
    laptop.put_setting("a", b"b")
    sealed = laptop.seal_attachment("ab" * 32, 7, b"what stands for it")
    centre = opened(address, tmp_path, create=True)
    head = carry_over(laptop, centre)
    back = open_store(tmp_path / "b.rafiqa", create=True, entropy=Salts(), now_us=Clock())
    assert carry_over(centre, back) == head == laptop.head() == centre.head()
    for store in (centre, back):
        assert list(store.read()) == list(laptop.read())
        assert store.erased() == laptop.erased()
        assert list(store.quarantined()) == list(laptop.quarantined())
        assert store.blob(name) == laptop.blob(name)
        assert store.progress(NAME) == laptop.progress(NAME)
        assert store.progress("ab" * 32) == sealed
        assert b"".join(store.attachment("ab" * 32) or ()) == b"what stands for it"
        assert store.setting("a") == b"b"
        assert whole(store) == []
        assert store.append([make_draft(3_000)]).head.seq == head.seq + 1
    with pytest.raises(Conflict, match=r"store\.not-empty"):
        carry_over(laptop, centre)
    for store in (laptop, centre, back):
        store.close()
