"""A halted store of an older form: read as it is, and not brought to the newest."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import apsw
import pytest

from rafiqa.errors import StoreError
from rafiqa.store import EmbeddedStore, migrations, open_store
from rafiqa.store import opening as opening_module
from rafiqa.store.migrations import Migration
from tests.contract.drafts import Clock, Salts, make_draft, make_quarantined

FILE = b"a file of a report"
NAME = sha256(FILE).hexdigest()
BACK = {
    3: "DROP TABLE stand_ins; DELETE FROM migrations WHERE number = 3;",
    2: """
        DROP TRIGGER bodies_remain; CREATE TRIGGER bodies_remain BEFORE DELETE ON bodies
        BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
        DROP TABLE attachment_parts; DROP TABLE attachments; DROP TABLE erased;
        ALTER TABLE settings DROP COLUMN digest;
        ALTER TABLE quarantine DROP COLUMN time_digest;
        DELETE FROM migrations WHERE number = 2;
    """,
}
"""How a store is put back to the form before."""


def opened(path: Path, *, create: bool = False) -> EmbeddedStore:
    return open_store(path, create=create, entropy=Salts(), now_us=Clock())


def older(folder: Path, form: int) -> Path:
    """A store with something in it, of an older form."""
    path = folder / "site.rafiqa"
    store = opened(path, create=True)
    store.append([make_draft(number) for number in (1, 2, 3)])
    store.put_attachment(FILE)
    store.quarantine([make_quarantined()])
    store.put_setting("name", b"value")
    store.put_blob(b"a blob")
    store.close()
    connection = apsw.Connection(str(path))
    for number in range(len(migrations.migrations()), form, -1):
        connection.execute(BACK[number])
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


def numbers(path: Path) -> list[int]:
    connection = apsw.Connection(str(path))
    found = [row[0] for row in connection.execute("SELECT number FROM migrations ORDER BY number")]
    connection.close()
    return found


@pytest.mark.parametrize("form", [1, 2])
def test_a_halted_store_of_an_older_form_is_read_as_it_is(tmp_path: Path, form: int) -> None:
    path = older(tmp_path, form)
    mark = path.with_name(path.name + "-halted")
    mark.write_text("store.io EIO")
    before = path.read_bytes()
    store = opened(path)
    assert [fault.code for fault in store.stopped()] == ["store.halted"]
    assert [entry.entry_id for entry in store.read()] == [make_draft(n).entry_id for n in (1, 2, 3)]
    assert (store.setting("name"), store.blob(sha256(b"a blob").hexdigest())) == (
        b"value",
        b"a blob",
    )
    assert len(list(store.quarantined())) == 1
    assert store.erased() == {}
    progress, parts = store.progress(NAME), store.attachment(NAME)
    if form == 1:
        assert (progress, parts) == (None, None), "no attachment had a place in that form"
    else:
        assert progress is not None
        assert (progress.whole, progress.shared) == (True, None)
        assert b"".join(parts or ()) == FILE
    # A setting of the first form has no digest until it is put again, as before.
    assert [fault.code for fault in store.check()] == ["store.halted"]
    for write in (
        lambda: store.append([make_draft(4)]),
        lambda: store.put_setting("name", b"other"),
        lambda: store.put_attachment(b"another file"),
    ):
        with pytest.raises(StoreError, match=r"store\.halted"):
            write()
    store.close()
    assert path.read_bytes() == before
    assert numbers(path) == list(range(1, form + 1))
    # On a good disk it is brought to the newest form, and nothing is lost.
    mark.unlink()
    store = opened(path)
    store.append([make_draft(4)])
    assert len(list(store.read())) == 4
    assert len(list(store.quarantined())) == 1
    store.close()
    assert numbers(path) == [change.number for change in migrations.migrations()]


def test_every_change_of_form_can_be_read_without_it(tmp_path: Path) -> None:
    """A change that comes later needs its words here, or a halted store cannot be opened."""
    for form in range(1, len(migrations.migrations())):
        folder = tmp_path / str(form)
        folder.mkdir()
        path = older(folder, form)
        path.with_name(path.name + "-halted").write_text("store.io")
        opened(path).close()


def test_a_halted_store_that_cannot_be_read_so_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = older(tmp_path, len(migrations.migrations()))
    path.with_name(path.name + "-halted").write_text("store.io")
    known = (*migrations.migrations(), Migration(99, "099_later.sql", "CREATE TABLE later (x)"))
    monkeypatch.setattr(opening_module, "migrations", lambda: known)
    with pytest.raises(StoreError, match=r"store\.halted"):
        opened(path)
