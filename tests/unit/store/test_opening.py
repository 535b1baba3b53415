"""What keeps a store from being opened, and what an opened one insists on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import apsw
import pytest

from rafiqa.errors import StoreError
from rafiqa.store import EmbeddedStore, migrations, open_store, settings
from rafiqa.store import opening as opening_module
from tests.contract.drafts import Clock, Salts, make_draft


def opened(path: Path, *, create: bool = False, wait_ms: int = 50) -> EmbeddedStore:
    return open_store(path, create=create, entropy=Salts(), now_us=Clock(), wait_ms=wait_ms)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "site.rafiqa"
    opened(path, create=True).close()
    return path


def refusal(path: Path, *, create: bool = False) -> str:
    """The code with which opening is refused; it changes no file and makes none of note."""
    before = files(path.parent)
    with pytest.raises(StoreError) as caught:
        opened(path, create=create)
    assert files(path.parent) == before
    return caught.value.code


def files(folder: Path) -> dict[str, bytes]:
    beside = ("-lock", "-queue", "-wal", "-shm")
    found = folder.iterdir() if folder.is_dir() else ()
    return {
        file.name: file.read_bytes()
        for file in found
        if file.is_file() and not file.name.endswith(beside)
    }


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.rafiqa") == "store.missing"
    assert refusal(tmp_path) == "store.missing"  # a folder
    assert refusal(tmp_path / "no" / "folder", create=True) == "store.no-folder"


def test_a_store_is_never_made_over_another_file(path: Path, tmp_path: Path) -> None:
    assert refusal(path, create=True) == "store.exists"
    text = tmp_path / "letter.txt"
    text.write_text("Dear colleague, " * 100)
    assert refusal(text, create=True) == "store.exists"
    assert refusal(text) == "store.not-a-store"
    assert text.read_text() == "Dear colleague, " * 100


def test_a_foreign_database_is_left_alone(tmp_path: Path) -> None:
    foreign = tmp_path / "layers.gpkg"
    connection = apsw.Connection(str(foreign))
    connection.execute("PRAGMA application_id = 0x47504B47; CREATE TABLE layers (name)")
    connection.close()
    assert refusal(foreign) == "store.not-a-store"
    assert refusal(foreign, create=True) == "store.exists"


def test_an_empty_file_is_no_store_but_may_become_one(tmp_path: Path) -> None:
    empty = tmp_path / "empty.rafiqa"
    empty.touch()
    assert refusal(empty) == "store.not-a-store"
    opened(empty, create=True).close()
    opened(empty).close()


def test_a_closed_store_is_one_file_beside_its_locks(path: Path) -> None:
    store = opened(path)
    store.append([make_draft()])
    store.close()
    names = {file.name for file in path.parent.iterdir()}
    assert names == {"site.rafiqa", "site.rafiqa-lock", "site.rafiqa-queue"}
    copy = path.with_name("copy.rafiqa")
    shutil.copy(path, copy)
    assert opened(copy).head().seq == 1


@pytest.mark.parametrize("name", ["synchronous", "foreign_keys", "mmap_size"])
def test_every_connection_is_set(path: Path, name: str) -> None:
    store = opened(path)
    for connection in (store._reader, store._writer):
        assert connection.pragma(name) == settings.PRAGMAS[name]
        assert connection.pragma("journal_mode") == "wal"
    assert settings.PRAGMAS["synchronous"] == 2
    with pytest.raises(apsw.ReadOnlyError):
        store._reader.execute("DELETE FROM settings")
    store.close()


def test_a_setting_that_does_not_take_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PRAGMAS", {"synchronous": 7})
    assert refusal(path) == "store.setting"


def test_another_journal_is_refused(path: Path) -> None:
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "delete")
    connection.close()
    assert refusal(path) == "store.setting"


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.7.0"])
def test_an_old_sqlite_is_refused(
    path: Path, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: version)
    assert refusal(path) == "store.sqlite-old"


def test_the_repaired_sqlite_is_taken() -> None:
    settings.refuse_old_sqlite("3.51.3")
    settings.refuse_old_sqlite("4.0.0")
    settings.refuse_old_sqlite(apsw.sqlite_lib_version())


MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/share /mnt/my\\040share nfs4 rw 0 0
tmpfs /mnt/my\\040share/fast tmpfs rw 0 0
overmounted /home ext4 rw 0 0
//nas/home /home cifs rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/srv/data", "ext4"),
        ("/mnt/my share/site", "nfs4"),
        ("/mnt/my share/fast/site", "tmpfs"),
        ("/mnt/my sharedfolder", "ext4"),
        ("/home/amal", "cifs"),
        ("/", "ext4"),
    ],
)
def test_the_kind_of_disk_is_read_from_the_mounts(place: str, kind: str) -> None:
    assert settings.disk_kind(Path(place), MOUNTS) == kind


def test_a_network_disk_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "disk_kind", lambda *_: "nfs4")
    assert refusal(path) == "store.network-disk"


# Migrations


def more(number: int, sql: str) -> tuple[migrations.Migration, ...]:
    return (*migrations.migrations(), migrations.Migration(number, f"{number:03d}_x.sql", sql))


def test_the_migrations_are_numbered_without_gaps() -> None:
    known = migrations.migrations()
    assert [migration.number for migration in known] == list(range(1, len(known) + 1))


def test_a_new_migration_is_applied_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(path)
    store.append([make_draft()])
    store.close()
    known = more(900, "CREATE TABLE extra (a); INSERT INTO extra VALUES (1);")
    monkeypatch.setattr(opening_module, "migrations", lambda: known)
    for _ in range(2):
        store = opened(path)
        assert store._rows("SELECT count(*) FROM extra") == [(1,)]
        assert store.head().seq == 1
        store.close()
    monkeypatch.undo()
    assert_read_only(path)


def assert_read_only(path: Path) -> None:
    """Made by a newer version: it can be read, and is not touched."""
    before = files(path.parent)
    store = opened(path)
    assert not store.writable
    assert [entry.entry_id for entry in store.read()] == ["entry-000001"]
    assert store.check() == []
    for act in (
        lambda: store.append([make_draft(2)]),
        lambda: store.put_setting("a", b""),
        lambda: store.put_blob(b"x"),
    ):
        with pytest.raises(StoreError, match=r"store\.newer"):
            act()
    with pytest.raises(apsw.ReadOnlyError):
        store._writer.execute("DELETE FROM settings")
    store.close()
    assert files(path.parent) == before


def test_a_migration_that_fails_leaves_the_old_form(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = more(900, "CREATE TABLE extra (a); INSERT INTO nowhere VALUES (1);")
    monkeypatch.setattr(opening_module, "migrations", lambda: known)
    assert refusal(path) == "store.driver"
    monkeypatch.undo()
    store = opened(path)
    assert store._rows("SELECT name FROM sqlite_schema WHERE name = 'extra'") == []
    store.close()


def test_a_migration_changed_afterwards_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = (migrations.Migration(1, "001_ledger.sql", "-- other"),)
    monkeypatch.setattr(opening_module, "migrations", lambda: changed)
    assert refusal(path) == "store.migration-changed"


# The writers' turn


def test_a_second_writer_is_told_who_writes_and_readers_read(path: Path) -> None:
    one, two = opened(path), opened(path)
    with one._lock.held():
        with pytest.raises(StoreError) as caught:
            two.append([make_draft()])
        assert caught.value.code == "store.busy"
        assert caught.value.faults[0].params == {"pid": os.getpid()}
        assert list(two.read()) == []
        with pytest.raises(StoreError, match=r"store\.busy"):
            two.put_setting("a", b"")
    assert two.append([make_draft()]).head.seq == 1
    assert one.append([make_draft(2)]).head.seq == 2
    one.close()
    two.close()


def test_two_stores_on_one_file_see_each_other(path: Path) -> None:
    one, two = opened(path), opened(path)
    head = one.append([make_draft(1)]).head
    assert two.append([make_draft(2)], expected_head=head).head.seq == 2
    assert two.append([make_draft(1)]).already == ("entry-000001",)
    assert [entry.seq for entry in one.read()] == [1, 2]
    one.close()
    assert two.append([make_draft(3)]).head.seq == 3
    two.close()
    assert opened(path).head().seq == 3


def test_a_store_whose_file_was_put_away_takes_nothing_more(path: Path) -> None:
    store = opened(path)
    store.append([make_draft(1)])
    path.rename(path.with_name("old.rafiqa"))
    with pytest.raises(StoreError, match=r"store\.moved"):
        store.append([make_draft(2)])
    assert refusal(path, create=True) == "store.stray-log"  # it still holds the entry
    path.with_name("site.rafiqa-wal").rename(path.with_name("old.rafiqa-wal"))
    opened(path, create=True).close()  # another in its place
    with pytest.raises(StoreError, match=r"store\.moved"):
        store.append([make_draft(2)])
    store.close()
    old = opened(path.with_name("old.rafiqa"))
    assert old.head().seq == 1
    old.close()
    assert opened(path).head().seq == 0


def test_reading_leaves_nothing_beside_a_store_at_rest(path: Path) -> None:
    before = sorted(path.parent.iterdir())
    store = opened(path)
    list(store.read())
    store.close()
    assert sorted(path.parent.iterdir()) == before
