"""The power goes while a store is brought to a newer form: it is the old or the new, with all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import apsw
import pytest

from rafiqa.errors import StoreError
from rafiqa.ledger import Entry
from rafiqa.store import migrations, opening
from tests.contract.drafts import make_draft, make_quarantined
from tests.fault.conftest import folder_like
from tests.fault.disk import MODES, Disk, Failure, picture
from tests.fault.workload import STORE_NAME, batch, examine, opened


@pytest.fixture
def first_form(tmp_path: Path) -> tuple[Path, list[Entry]]:
    """A store as the first version wrote it, made by its own SQL, and what it holds."""
    newest = opened(tmp_path, create=True)
    newest.append([make_draft(number) for number in range(1, 60)])
    newest.put_blob(b"layer" * 900)
    newest.quarantine([make_quarantined()])
    newest.put_setting("accounts", b"one")
    entries = list(newest.read())
    newest.close()
    old, new = tmp_path / "old.rafiqa", tmp_path / STORE_NAME
    connection = apsw.Connection(str(old))
    connection.pragma("journal_mode", "wal")
    migrations.apply(connection, migrations.migrations()[:1], 1)
    connection.execute("ATTACH ? AS newest", (str(new),))
    for table in ("entries", "bodies", "blobs", "quarantine", "settings"):
        columns = ", ".join(
            row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")
        )
        connection.execute(f"INSERT INTO {table} SELECT {columns} FROM newest.{table}")  # noqa: S608
    end = (entries[-1].seq, entries[-1].entry_hash)
    connection.execute("UPDATE log_end SET seq = ?, entry_hash = ?", end)
    connection.close()
    for file in tmp_path.glob(f"{STORE_NAME}*"):
        file.unlink()
    old.rename(new)
    return tmp_path, entries


def form_of(folder: Path) -> set[int]:
    connection = apsw.Connection(str(folder / STORE_NAME))
    found = {row[0] for row in connection.execute("SELECT number FROM migrations")}
    connection.close()
    return found


def test_an_old_store_is_brought_to_the_newest_form_with_all_it_holds(
    first_form: tuple[Path, list[Entry]],
) -> None:
    folder, entries = first_form
    assert form_of(folder) == {1}
    store = opened(folder)
    assert list(store.read()) == entries
    assert store.setting("accounts") == b"one"
    assert len(list(store.quarantined())) == 1
    assert store.check() == []
    store.close()
    assert form_of(folder) == {migration.number for migration in migrations.migrations()}
    assert examine(folder, []).good


def test_a_migration_cut_off_anywhere_leaves_the_old_form_or_the_new(
    first_form: tuple[Path, list[Entry]],
) -> None:
    source, entries = first_form
    new = {migration.number for migration in migrations.migrations()}
    forms: Counter[str] = Counter()
    with folder_like(source) as folder:
        disk = Disk(folder)
        store = opened(folder, disk.name)
        store.append(batch(100))
        store.close()
        for end in range(len(disk.ops) + 1):
            if end and disk.ops[end - 1].kind == "read":
                continue
            for mode in MODES:
                with folder_like() as after:
                    picture(disk, end, mode, after)
                    found = form_of(after)
                    assert found in ({1}, new), (end, mode)
                    forms["new" if found == new else "old"] += 1
                    store = opened(after)
                    assert list(store.read())[: len(entries)] == entries
                    store.close()
                    assert examine(after, []).good
    assert sum(forms.values()) > 100
    assert min(forms["old"], forms["new"]) > 10


@pytest.mark.parametrize("kind", ["write", "sync"])
def test_a_migration_on_a_disk_that_fails_changes_nothing(
    first_form: tuple[Path, list[Entry]], kind: str
) -> None:
    source, entries = first_form
    refused = 0
    for at in range(40):
        with folder_like(source) as folder:
            disk = Disk(folder)
            code = apsw.SQLITE_FULL if kind == "write" else apsw.SQLITE_IOERR_FSYNC
            disk.failure = Failure(at, code, kind)
            try:
                opened(folder, disk.name).close()
            except StoreError as error:
                assert error.code in {"store.full", "store.io"}  # noqa: PT017 - one of two
                refused += 1
            if not disk.failed:
                break
            (folder / f"{STORE_NAME}-halted").unlink(missing_ok=True)
            store = opened(folder)
            assert list(store.read()) == entries
            store.append(batch(1))
            store.close()
            assert examine(folder, []).good
    assert refused > 0


def test_control_a_migration_in_two_transactions_is_found_between(
    first_form: tuple[Path, list[Entry]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The harness sees a form that is neither the old nor the new."""
    source, _ = first_form

    def halting(connection: apsw.Connection, known: object, now_us: int) -> None:
        for migration in migrations.pending(connection, migrations.migrations()):
            for statement in migration.sql.split(";\n"):
                if "TRIGGER" not in statement and "BEGIN" not in statement:
                    connection.execute(statement)
        del known, now_us

    monkeypatch.setattr(opening, "apply", halting)
    between = 0
    with folder_like(source) as folder:
        disk = Disk(folder)
        opened(folder, disk.name).close()
        monkeypatch.undo()
        for end in range(len(disk.ops) + 1):
            with folder_like() as after:
                picture(disk, end, "all", after)
                connection = apsw.Connection(str(after / STORE_NAME))
                sql = "SELECT count(*) FROM sqlite_schema WHERE name IN ('erased', 'attachments')"
                between += connection.execute(sql).get == 1
                connection.close()
    assert between > 0
