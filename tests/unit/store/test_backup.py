"""Backups: whole, proven, never over anything; and every way in which one can be bad."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import apsw
import numpy as np
import pyrage
import pytest

from rafiqa.errors import CorruptLedger, InvalidInput, RafiqaError, StoreError
from rafiqa.ledger import PART_BYTES, check_chain
from rafiqa.ledger.checkpoint import Checkpoint, signed_line
from rafiqa.ledger.merkle import MerkleTree, leaf_hash
from rafiqa.ledger.note import KeyKind, Note, note_text
from rafiqa.ledger.signing import Algorithm, MemorySigner
from rafiqa.store import (
    EmbeddedStore,
    Machine,
    Manifest,
    Restored,
    backup,
    migrations,
    new_identity,
    opening,
    restore_backup,
    write_backup,
)
from rafiqa.store.backup import manifest_path
from tests.contract.drafts import Clock, Salts, make_draft, make_quarantined
from tests.contract.test_keep import erasing
from tests.unit.store.test_opening import opened

MACHINE = Machine(Salts(), Clock())
PHOTO = bytes(range(256)) * 2000
NAME = sha256(PHOTO).hexdigest()
SECRET = b"Amal Haddad saw it"


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    (tmp_path / "disk").mkdir()
    store = opened(tmp_path / "disk" / "site.rafiqa", create=True)
    store.append([make_draft(number) for number in range(1, 40)])
    store.put_blob(b"layer" * 5000)
    store.quarantine([make_quarantined()])
    store.put_setting("accounts", b"one")
    store.await_attachment(NAME, len(PHOTO))
    for number in range(2):
        store.put_part(NAME, number, PHOTO[number * PART_BYTES : (number + 1) * PART_BYTES])
    return store


def back_up(store: EmbeddedStore, target: Path, *recipients: str) -> Manifest:
    return write_backup(store, target, recipients, MACHINE)


def restored(source: Path, target: Path, **how: Any) -> Restored:
    return restore_backup(source, target, MACHINE, **how)


def everything(store: EmbeddedStore) -> list[Any]:
    attachment = store.attachment(NAME)
    return [
        store.head(),
        list(store.read()),
        [store.blob(name) for (name,) in store._rows("SELECT sha256 FROM blobs ORDER BY 1")],
        list(store.quarantined()),
        store.setting("accounts"),
        store.progress(NAME),
        None if attachment is None else list(attachment),
        store.erased(),
    ]


def refused(source: Path, target: Path, **how: Any) -> str:
    """The code of a restore that is refused; nothing is left at the target."""
    with pytest.raises(RafiqaError) as caught:
        restored(source, target, **how)
    assert not list(target.parent.glob(f"{target.name}*"))
    return caught.value.code


# There and back


@pytest.mark.parametrize("sealed", [False, True])
def test_a_backup_gives_everything_back(store: EmbeddedStore, tmp_path: Path, sealed: bool) -> None:
    key = tmp_path / "key"
    recipients = [new_identity(key)] if sealed else []
    target = tmp_path / "site.backup"
    manifest = back_up(store, target, *recipients)
    assert manifest.root == store.head().entry_hash.hex()
    assert (manifest.n_entries, manifest.sealed) == (39, sealed)
    assert target.stat().st_mode & 0o777 == 0o600
    assert manifest.sha256 == sha256(target.read_bytes()).hexdigest()
    again = tmp_path / "again.rafiqa"
    made = restored(target, again, identity=key.read_text() if sealed else None)
    assert (made.head, made.barred) == (store.head(), None)
    copy = opened(again)
    assert everything(copy) == everything(store)
    assert copy.append([make_draft(900)]).head.seq == 40
    copy.close()
    left = {path.name for path in tmp_path.iterdir()} - {"key", "disk"}
    assert left == {
        *("site.backup", "site.backup.manifest.json", "again.rafiqa"),
        *("again.rafiqa-lock", "again.rafiqa-queue"),
    }
    store.close()


def test_a_sealed_backup_tells_nothing(store: EmbeddedStore, tmp_path: Path) -> None:
    store.append([make_draft(77, body=SECRET * 50)])
    clear, sealed = tmp_path / "clear", tmp_path / "sealed"
    back_up(store, clear)
    back_up(store, sealed, new_identity(tmp_path / "key"))
    assert SECRET in clear.read_bytes()
    assert SECRET not in sealed.read_bytes()
    assert SECRET not in manifest_path(sealed).read_bytes()
    store.close()


def test_what_is_acknowledged_while_a_backup_is_made_is_not_held_up(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proven = backup._proven

    def slowly(*given: Any) -> Any:
        store.append([make_draft(500)])
        return proven(*given)

    monkeypatch.setattr(backup, "_proven", slowly)
    assert back_up(store, tmp_path / "b").n_entries == 39
    assert store.head().seq == 40
    store.close()


def test_control_a_copy_of_the_file_alone_misses_what_stands_in_the_log(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    """Why a backup is no copying of files: this one is sound and lacks all entries."""
    copy = tmp_path / "copy.rafiqa"
    shutil.copy(store.path, copy)
    careless = opened(copy)
    assert careless.check() == []
    assert careless.head().seq < store.head().seq
    careless.close()
    store.close()


def test_what_was_erased_is_in_no_later_backup(store: EmbeddedStore, tmp_path: Path) -> None:
    store.append([make_draft(77, body=SECRET)])
    store.append([erasing("entry-000077", 40)])
    back_up(store, tmp_path / "b")
    assert SECRET not in (tmp_path / "b").read_bytes()
    restored(tmp_path / "b", tmp_path / "again")
    copy = opened(tmp_path / "again")
    assert check_chain(copy.read(), erased=copy.erased()) == []
    copy.close()
    store.close()


def test_a_halted_store_is_backed_up_and_goes_on_from_there(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    store.path.with_name(store.path.name + "-halted").write_text("store.io")
    assert not store.writable
    back_up(store, tmp_path / "b")
    restored(tmp_path / "b", tmp_path / "again")
    copy = opened(tmp_path / "again")
    assert copy.append([make_draft(900)]).head.seq == 40
    copy.close()
    store.close()


def test_a_store_of_a_newer_version_is_backed_up_as_it_is(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    newer = (*migrations.migrations(), migrations.Migration(900, "900_x.sql", "CREATE TABLE x (a)"))
    monkeypatch.setattr(opening, "migrations", lambda: newer)
    opened(store.path).close()
    monkeypatch.undo()
    old = opened(store.path)
    assert not old.writable
    manifest = back_up(old, tmp_path / "b")
    assert manifest.n_entries == 39
    made = restored(tmp_path / "b", tmp_path / "again")
    assert made.head == old.head()
    copy = opened(tmp_path / "again")
    assert list(copy.read()) == list(old.read())
    assert not copy.writable  # still for the newer version to write
    copy.close()
    old.close()


# Refusals


def test_nothing_is_ever_overwritten(store: EmbeddedStore, tmp_path: Path) -> None:
    target = tmp_path / "b"
    back_up(store, target)
    with pytest.raises(InvalidInput, match=r"store\.backup-exists"):
        back_up(store, target)
    other = tmp_path / "letter"
    other.write_text("Dear colleague")
    with pytest.raises(InvalidInput, match=r"store\.backup-exists"):
        back_up(store, other)
    with pytest.raises(InvalidInput, match=r"store\.restore-taken"):
        restored(target, other)
    with pytest.raises(InvalidInput, match=r"store\.restore-taken"):
        restored(target, store.path)
    assert other.read_text() == "Dear colleague"
    for ending in ("-wal", "-halted"):
        stray = tmp_path / f"new{ending}"
        stray.touch()
        with pytest.raises(InvalidInput, match=r"store\.restore-taken"):
            restored(target, tmp_path / "new")
        stray.unlink()
    with pytest.raises(StoreError, match=r"store\.no-folder"):
        back_up(store, tmp_path / "none" / "b")
    store.close()


def test_recipients_and_identities_that_are_none_are_refused(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput) as caught:
        back_up(store, tmp_path / "b", "age1nonsense", "amal@example.org")
    assert [fault.row for fault in caught.value.faults] == [1, 2]
    key, other = tmp_path / "key", tmp_path / "other"
    back_up(store, tmp_path / "b", new_identity(key))
    new_identity(other)
    again = tmp_path / "again"
    assert refused(tmp_path / "b", again) == "store.backup-sealed"
    assert refused(tmp_path / "b", again, identity=other.read_text()) == "store.backup-key"
    assert refused(tmp_path / "b", again, identity="# nothing\n") == "store.identity"
    assert refused(tmp_path / "b", again, identity="AGE-SECRET-KEY-1X") == "store.identity"
    with pytest.raises(InvalidInput, match=r"store\.identity-exists"):
        new_identity(key)
    assert key.stat().st_mode & 0o777 == 0o400
    store.close()


def test_what_is_no_backup_is_refused(store: EmbeddedStore, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert refused(tmp_path / "none", again) == "store.backup-missing"
    letter = tmp_path / "letter"
    letter.write_text("Dear colleague" * 100)
    assert refused(letter, again) == "store.backup-foreign"
    foreign = tmp_path / "layers.gpkg"
    connection = apsw.Connection(str(foreign))
    connection.execute("CREATE TABLE layers (name)")
    connection.close()
    assert refused(foreign, again) == "store.not-a-store"
    back_up(store, tmp_path / "b")
    manifest_path(tmp_path / "b").write_text("{}")
    assert refused(tmp_path / "b", again) == "store.manifest"
    store.close()


def test_a_damaged_store_makes_no_backup(store: EmbeddedStore, tmp_path: Path) -> None:
    """A bad copy that looks like a good one is worse than none."""
    store._writer.execute("DROP TRIGGER bodies_stay; UPDATE bodies SET body = x'00' WHERE seq = 5")
    with pytest.raises(CorruptLedger, match=r"ledger\.chain\.body"):
        back_up(store, tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["disk"]
    assert not list((tmp_path / "disk").glob("*-copy*"))
    store.close()


def test_a_disk_that_gives_back_something_else_makes_no_backup(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "_hash_of", lambda _: "0" * 64)
    with pytest.raises(StoreError, match=r"store\.backup-unread"):
        back_up(store, tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["disk"]
    store.close()


# Every byte counts


@pytest.mark.parametrize("sealed", [False, True])
def test_every_flipped_byte_of_a_backup_is_noticed(
    store: EmbeddedStore, tmp_path: Path, sealed: bool
) -> None:
    key, good = tmp_path / "key", tmp_path / "good"
    back_up(store, good, *([new_identity(key)] if sealed else []))
    content = good.read_bytes()
    chance = np.random.default_rng(11)
    bad = tmp_path / "bad"
    shutil.copy(manifest_path(good), manifest_path(bad))
    identity = key.read_text() if sealed else None
    for at in chance.integers(0, len(content), 150).tolist():
        bad.write_bytes(content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :])
        assert refused(bad, tmp_path / "again", identity=identity) == "store.backup-damaged", at
    for length in (0, 1, len(content) // 2, len(content) - 1):
        bad.write_bytes(content[:length])
        assert refused(bad, tmp_path / "again", identity=identity) == "store.backup-damaged"
    store.close()


def test_a_sealed_backup_notices_every_flipped_byte_without_its_manifest(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    recipient = pyrage.x25519.Recipient.from_str(new_identity(key))
    identity = pyrage.x25519.Identity.from_str(key.read_text().splitlines()[1])
    sealed = pyrage.encrypt(store.path.read_bytes()[:9000], [recipient])
    assert pyrage.decrypt(sealed, [identity])
    for at in range(len(sealed)):
        bad = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(bad, [identity])
    store.close()


# What the witnesses saw


def checkpoint(store: EmbeddedStore, size: int, root: bytes | None = None) -> str:
    tree = MerkleTree(leaf_hash(entry.entry_hash) for entry in store.read())
    return signed_text(size, tree.root(size) if root is None else root)


def signed_text(size: int, root: bytes) -> str:
    """A checkpoint with a signature, as a log publishes it."""
    checkpoint = Checkpoint("rafiqa.example/old-town/2026", size, root)
    signer = MemorySigner(checkpoint.origin, Algorithm.ED25519, bytes(32))
    line = signed_line(checkpoint, KeyKind.ED25519, signer, 0)
    return note_text(Note(checkpoint.text, (line,)))


def test_a_backup_as_new_as_the_checkpoint_is_restored_for_writing(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    back_up(store, tmp_path / "b")
    for number, size in enumerate((0, 7, 39)):
        (tmp_path / "checkpoint").write_text(checkpoint(store, size))
        assert restored(tmp_path / "b", tmp_path / f"again{number}").barred is None
    store.close()


def test_a_backup_older_than_the_checkpoint_can_be_read_and_not_written(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    back_up(store, tmp_path / "b")
    store.append([make_draft(800), make_draft(801)])
    (tmp_path / "b.checkpoint").write_text(checkpoint(store, 41))
    made = restored(tmp_path / "b", tmp_path / "again")
    assert made.barred is not None
    assert made.barred.code == "store.rollback"
    for _ in range(2):  # a restart changes nothing
        copy = opened(tmp_path / "again")
        assert not copy.writable
        assert len(list(copy.read())) == 39
        with pytest.raises(StoreError) as caught:
            copy.append([make_draft(900)])
        assert caught.value.code == "store.rollback"
        assert caught.value.faults[0].params == {"entries": "39", "witnessed": "41"}
        assert [fault.code for fault in copy.check()] == ["store.rollback"]
        copy.close()
    store.close()


def test_a_backup_of_another_history_can_be_read_and_not_written(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    back_up(store, tmp_path / "b")
    other = tmp_path / "other"
    other.write_text(checkpoint(store, 20, sha256(b"another history").digest()))
    made = restored(tmp_path / "b", tmp_path / "again", checkpoint=other)
    assert made.barred is not None
    assert made.barred.code == "store.fork"
    store.close()


@pytest.mark.parametrize("text", ["", "a\nb\nc\n", "a\n-1\nAAAA\n", "a\n1\nAAAA\n", "a\n٣\nx\n"])
def test_what_is_no_checkpoint_is_refused(store: EmbeddedStore, tmp_path: Path, text: str) -> None:
    back_up(store, tmp_path / "b")
    (tmp_path / "b.checkpoint").write_text(text)
    assert refused(tmp_path / "b", tmp_path / "again") == "store.checkpoint"
    store.close()


def test_the_manifest_says_what_the_backup_is(store: EmbeddedStore, tmp_path: Path) -> None:
    made = back_up(store, tmp_path / "b")
    assert Manifest(**json.loads(manifest_path(tmp_path / "b").read_text())) == made
    assert (tmp_path / "b").stat().st_size == made.n_bytes
    store.close()
