"""Backups of a database: the file of any backup, proven, made while others write; and back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from rafiqa.cli import main
from rafiqa.errors import Conflict, CorruptLedger, StoreError
from rafiqa.ledger.merkle import MerkleTree, leaf_hash
from rafiqa.service.alarm import ALARMS, BACKUP_US, Scene
from rafiqa.service.keeping import back_up, restore_into_database
from rafiqa.store import (
    Machine,
    moving,
    new_identity,
    open_store,
    restore_backup,
    write_backup,
)
from rafiqa.store.postgres import PostgresStore
from tests.contract.drafts import Clock, Salts, make_draft, make_quarantined
from tests.contract.test_keep import NAME, PARTS, PHOTO, erasing
from tests.fault.test_postgres import address, opened, server, whole
from tests.postgresserver import Server
from tests.unit.store.test_backup import signed_text

__all__ = ["address", "server"]
MACHINE = Machine(os.urandom, Clock())


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RAFIQA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def centre(address: str, tmp_path: Path) -> Iterator[PostgresStore]:
    """A database that holds some of everything."""
    store = opened(address, tmp_path, create=True)
    store.append([make_draft(number) for number in range(1, 40)])
    store.append([make_draft(2_000, subject="a\\b\0c"), erasing("entry-000003", 3)])
    store.await_attachment(NAME, len(PHOTO))
    store.put_part(NAME, 0, PARTS[0])
    store.put_attachment(b"x" * 100)
    store.put_blob(b"layer" * 1_000)
    store.quarantine([make_quarantined(number) for number in range(1, 5)])
    store.put_setting("a", b"b")
    yield store
    store.close()


def everything(store: Any) -> list[Any]:
    progress = store.progress(NAME)
    names = [name for (name,) in store.rows("SELECT sha256 FROM blobs ORDER BY sha256")]
    kept = [store.blob(name) for name in names]
    beside = [list(store.quarantined()), kept, progress, store.setting("a"), store.erased()]
    return [store.head(), list(store.read()), *beside]


def test_a_sealed_backup_of_a_database_gives_all_of_it_back_to_a_file_and_to_a_database(
    centre: PostgresStore, server: Server, tmp_path: Path
) -> None:
    held = everything(centre)
    key, backup = tmp_path / "key", tmp_path / "backup"
    manifest = write_backup(centre, backup, [new_identity(key)], MACHINE)
    assert (manifest.n_entries, manifest.sealed) == (41, True)
    assert manifest.root == centre.head().entry_hash.hex()
    # Nothing readable stays behind, beside the keys or beside the backup.
    assert [each.name for each in tmp_path.glob("*-copy*")] == []
    assert b"entry-000001" not in backup.read_bytes()
    identity = key.read_text("ascii")
    made = restore_backup(backup, tmp_path / "laptop", MACHINE, identity=identity)
    laptop = open_store(tmp_path / "laptop", entropy=Salts(), now_us=Clock())
    assert made.head == centre.head()
    assert everything(laptop) == held
    laptop.close()
    other = server.new_database()
    restored = restore_into_database(backup, other, MACHINE, identity=key)
    again = opened(other, tmp_path)
    assert restored.head == again.head() == centre.head()
    assert everything(again) == held
    assert whole(again) == []
    assert again.append([make_draft(3_000)]).head.seq == 42
    again.close()
    with pytest.raises(Conflict, match=r"store\.not-empty"):
        restore_into_database(backup, other, MACHINE, identity=key)
    server.drop(other)


def test_what_comes_while_it_is_made_is_whole_in_it_or_not_at_all(
    centre: PostgresStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two tables of the copy somebody writes, and erases: one reading sees neither."""
    before, held = centre.head(), everything(centre)
    carried = moving._pages

    def interrupted(source: Any, table: str, *more: Any) -> Any:
        if table == "bodies":
            centre.append([make_draft(5_000), erasing("entry-000005", 5, 901)])
            centre.put_setting("a", b"other")
        return carried(source, table, *more)

    monkeypatch.setattr(moving, "_pages", interrupted)
    manifest = write_backup(centre, tmp_path / "backup", [], MACHINE)
    assert manifest.root == before.entry_hash.hex()
    assert centre.head().seq == before.seq + 2
    restore_backup(tmp_path / "backup", tmp_path / "laptop", MACHINE)
    laptop = open_store(tmp_path / "laptop", entropy=Salts(), now_us=Clock())
    assert everything(laptop) == held
    laptop.close()


def test_control_a_copy_out_of_several_readings_is_found_out(
    centre: PostgresStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = moving._pages

    def interrupted(source: Any, table: str, *more: Any) -> Any:
        if table == "bodies":
            centre.append([make_draft(5_000), erasing("entry-000005", 5, 901)])
        return carried(source, table, *more)

    monkeypatch.setattr(moving, "_pages", interrupted)
    monkeypatch.setattr(
        PostgresStore, "_read_at_once", lambda store: nullcontext(enter_result=store)
    )
    with pytest.raises((CorruptLedger, StoreError)):
        write_backup(centre, tmp_path / "backup", [], MACHINE)
    assert not (tmp_path / "backup").exists()


def test_a_reading_that_is_cut_off_makes_no_backup(
    centre: PostgresStore, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On another connection it would be another reading: then there is none."""
    carried = moving._pages

    def cut(source: Any, table: str, *more: Any) -> Any:
        if table == "bodies":
            with psycopg.connect(address, autocommit=True) as link:
                link.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        return carried(source, table, *more)

    monkeypatch.setattr(moving, "_pages", cut)
    with pytest.raises(StoreError, match=r"store\.away"):
        write_backup(centre, tmp_path / "backup", [], MACHINE)
    assert [each.name for each in tmp_path.glob("backup*")] == []
    monkeypatch.undo()
    assert write_backup(centre, tmp_path / "backup", [], MACHINE).n_entries == 41


@pytest.mark.parametrize(
    "hurt",
    [
        "UPDATE rafiqa.bodies SET body = 'x' WHERE seq = 7",
        "UPDATE rafiqa.entries SET actor = 'somebody' WHERE seq = 7",
        (
            "DELETE FROM rafiqa.bodies WHERE seq = 41; DELETE FROM rafiqa.erased WHERE by_seq = 41;"
            "DELETE FROM rafiqa.entries WHERE seq = 41"
        ),
        "UPDATE rafiqa.blobs SET content = 'x'",
        "UPDATE rafiqa.settings SET value = 'x' WHERE name = 'a'",
        "UPDATE rafiqa.quarantine SET original = 'x' WHERE number = 2",
    ],
)
def test_what_a_superuser_changed_unseen_is_found_and_no_backup_made_of_it(
    centre: PostgresStore, address: str, tmp_path: Path, hurt: str
) -> None:
    """F7: rows that nobody may change, changed with the triggers off."""
    assert whole(centre) == []
    with psycopg.connect(address, autocommit=True) as link:
        link.execute("SET session_replication_role = replica")
        link.execute(hurt.encode())
    assert whole(centre) != []
    with pytest.raises(CorruptLedger):
        write_backup(centre, tmp_path / "backup", [], MACHINE)
    assert [each.name for each in tmp_path.glob("backup*")] == []


def test_a_backup_older_than_its_witnesses_saw_takes_no_writes_in_a_database_either(
    centre: PostgresStore, server: Server, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    write_backup(centre, backup, [], MACHINE)
    centre.append([make_draft(4_000)])
    tree = MerkleTree(leaf_hash(entry.entry_hash) for entry in centre.read())
    seen = tmp_path / "seen"
    seen.write_text(signed_text(tree.size, tree.root()))
    other = server.new_database()
    made = restore_into_database(backup, other, MACHINE, checkpoint=seen)
    assert made.barred is not None
    assert made.barred.code == "store.rollback"
    again = opened(other, tmp_path)
    assert again.head() == made.head
    with pytest.raises(StoreError, match=r"store\.rollback"):
        again.append([make_draft(4_000)])
    again.close()
    server.drop(other)


@pytest.mark.usefixtures("centre")
def test_the_form_of_a_newer_version_is_not_copied_short(address: str, tmp_path: Path) -> None:
    with psycopg.connect(address, autocommit=True) as link:
        link.execute("INSERT INTO rafiqa.migrations VALUES (999, 'later', 'x', 0)")
    newer = opened(address, tmp_path)
    with pytest.raises(StoreError, match=r"store\.newer"):
        write_backup(newer, tmp_path / "backup", [], MACHINE)
    newer.close()


def test_a_database_without_a_backup_is_told_of_as_a_file_is(
    centre: PostgresStore, tmp_path: Path
) -> None:
    facts = [SimpleNamespace(recorded_at_us=0)]
    office: Any = SimpleNamespace(store=centre, facts=lambda: facts, following=None)
    asked = Scene(office, tmp_path / "site", 2 * BACKUP_US, None)

    def codes(at: Scene) -> set[str]:
        fires = ALARMS["service.alarm.backup"].fires
        assert fires is not None
        return {fault.code for fault in fires(at)}

    assert codes(asked) == {"service.alarm.backup-none"}
    made_us = asked.now_us
    back_up(office, tmp_path / "backup", [], Machine(os.urandom, lambda: made_us))
    assert codes(asked) == set()
    late = Scene(office, tmp_path / "site", made_us + 2 * BACKUP_US, None)
    assert codes(late) == {"service.alarm.backup"}


def test_by_commands(
    centre: PostgresStore, address: str, server: Server, tmp_path: Path, capsys: Any
) -> None:
    root = centre.head().entry_hash.hex()
    other = server.new_database()
    assert main(["backup", address, str(tmp_path / "b"), "--plain", "--json"]) == 0
    assert root in capsys.readouterr().out
    assert main(["restore", str(tmp_path / "b"), other, "--json"]) == 0
    told = capsys.readouterr().out
    assert root in told
    assert main(["restore", str(tmp_path / "b"), other]) == 1
    assert "postgres@" not in told + capsys.readouterr().err
    server.drop(other)
