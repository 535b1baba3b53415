# ruff: noqa: S608 - statements made of nothing from outside
"""Whatever is done to the file behind the store's back is found, and writing stops."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import apsw
import numpy as np
import pytest

from rafiqa.errors import CorruptLedger, Fault, StoreError
from rafiqa.ledger import PART_BYTES, check_chain
from rafiqa.store import EmbeddedStore
from rafiqa.store.failure import judged
from tests.contract.drafts import MEMORY, make_draft, make_quarantined
from tests.contract.test_keep import erasing
from tests.unit.store.test_opening import opened

COUNT = 130  # more than the tail that is checked at opening


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "site.rafiqa"
    store = opened(path, create=True)
    store.append([make_draft(number) for number in range(1, COUNT + 1)])
    store.put_blob(b"photo" * 1000)
    store.quarantine([make_quarantined()])
    store.close()
    return path


def tamper(path: Path, *statements: str) -> None:
    """As one who has the file and knows SQL."""
    connection = apsw.Connection(str(path))
    for (name,) in list(connection.execute("SELECT name FROM sqlite_schema WHERE type='trigger'")):
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.close()


def faults(store: EmbeddedStore) -> set[str]:
    try:
        found = [*store.check(), *check_chain(store.read(), erased=store.erased())]
    except (StoreError, CorruptLedger) as error:
        found = list(error.faults)
    return {fault.code for fault in found}


def flipped(column: str, at: int = 3) -> str:
    """SQL that changes one byte of a text or blob."""
    kind = "text" if column in ("actor", "kind", "role") else "blob"
    before = f"substr(CAST({column} AS blob), 1, {at - 1})"
    after = f"substr(CAST({column} AS blob), {at + 1})"
    return f"{column} = CAST({before} || x'2A' || {after} AS {kind})"


@pytest.mark.parametrize("seq", [1, 7, COUNT])
@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (f"UPDATE bodies SET {flipped('body')}", "ledger.chain.body"),
        (f"UPDATE bodies SET {flipped('salt')}", "ledger.chain.body"),
        ("DELETE FROM bodies", "ledger.chain.body"),
        (f"UPDATE entries SET {flipped('actor')}", "ledger.chain.hash"),
        (f"UPDATE entries SET {flipped('kind')}", "ledger.chain.hash"),
        (f"UPDATE entries SET {flipped('prev_hash')}", "ledger.chain.hash"),
        (f"UPDATE entries SET {flipped('request_digest')}", "ledger.chain.hash"),
        (f"UPDATE entries SET {flipped('entry_hash')}", "ledger.chain.hash"),
        ("UPDATE entries SET valid_at_us = valid_at_us + 1", "ledger.chain.hash"),
        ("UPDATE entries SET recorded_at_us = recorded_at_us - 1", "ledger.chain.hash"),
    ],
)
def test_a_changed_byte_is_found(path: Path, seq: int, statement: str, code: str) -> None:
    tamper(path, f"{statement} WHERE seq = {seq}")
    store = opened(path)
    assert code in faults(store)
    assert check_chain(store.read())[0].params["seq"] == seq
    assert store.writable == (seq <= COUNT - 100)  # the tail is looked at when it is opened
    store.close()


@pytest.mark.parametrize("seq", [1, 7, COUNT - 1, COUNT])
def test_a_removed_entry_is_found_even_the_last(path: Path, seq: int) -> None:
    tamper(path, *(f"DELETE FROM {table} WHERE seq = {seq}" for table in ("bodies", "entries")))
    store = opened(path)
    assert faults(store) & {"ledger.chain.gap", "store.end"}
    store.close()


def test_two_exchanged_entries_are_found(path: Path) -> None:
    swap = [(7, 9000), (8, 7), (9000, 8)]
    tamper(
        path,
        "PRAGMA foreign_keys = 0",
        *(
            f"UPDATE {table} SET seq = {new} WHERE seq = {old}"
            for table in ("entries", "bodies")
            for old, new in swap
        ),
    )
    store = opened(path)
    assert "ledger.chain.link" in faults(store)
    store.close()


@pytest.mark.parametrize("statement", ["DELETE FROM log_end", "UPDATE log_end SET seq = seq + 1"])
def test_a_changed_end_is_found(path: Path, statement: str) -> None:
    tamper(path, statement)
    store = opened(path)
    assert faults(store) == {"store.end"}
    assert not store.writable
    with pytest.raises(CorruptLedger, match=r"store\.end"):
        store.append([make_draft(500)])
    assert len(list(store.read())) == COUNT
    store.close()


def test_a_changed_blob_is_found(path: Path) -> None:
    tamper(path, f"UPDATE blobs SET {flipped('content')}")
    store = opened(path)
    assert faults(store) == {"store.blob"}
    store.close()


def test_a_value_of_another_type_is_named_and_stops_writing(path: Path) -> None:
    tamper(
        path,
        "PRAGMA writable_schema = 1",
        "UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'entries'",
        "PRAGMA writable_schema = RESET",
        "UPDATE entries SET version = 'one' WHERE seq = 5",
    )
    store = opened(path)
    with pytest.raises(CorruptLedger) as caught:
        list(store.read())
    expected = Fault("store.row", params={"table": "entries", "number": 5})
    assert caught.value.faults == (expected,)
    assert not store.writable
    with pytest.raises(StoreError, match=r"store\.halted"):
        store.append([make_draft(500)])
    store.close()


def test_rotten_text_in_the_quarantine_is_named(path: Path) -> None:
    tamper(path, "UPDATE quarantine SET faults = x'00'")
    store = opened(path)
    with pytest.raises(CorruptLedger, match=r"store\.row"):
        list(store.quarantined())
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET kind = 'x'",
        "DELETE FROM entries WHERE seq = 1",
        "UPDATE bodies SET body = x''",
        "DELETE FROM bodies",
        "UPDATE quarantine SET row = 1",
        "DELETE FROM quarantine",
        "INSERT OR REPLACE INTO bodies VALUES (1, zeroblob(16), x'')",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE seq = 2",
        """INSERT INTO entries
           SELECT 900, 'x', kind, version, subject, valid_at_us, recorded_at_us, actor,
                  organisation, role, body_commitment, request_digest, prev_hash, entry_hash
             FROM entries WHERE seq = 1""",
    ],
)
def test_the_triggers_forbid_it(path: Path, statement: str) -> None:
    store = opened(path)
    with pytest.raises(apsw.ConstraintError):
        store._writer.execute(statement)
    assert faults(store) == set()
    store.close()


FLIPS = 2_000


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of stores are opened in it."""
    folder = Path(tempfile.mkdtemp(prefix="rafiqa-rot-", dir=MEMORY))
    yield folder
    shutil.rmtree(folder)


def test_of_two_thousand_flipped_bits_none_changes_what_is_read_unnoticed(
    tmp_path: Path, memory: Path
) -> None:
    """Everything that can be read is read: a flip is found, or lies where nothing is.

    Where nothing is: unused rest of pages, of which a new file has many; SQLite itself never
    reads it. To have few, the file is a backup of a full store.
    """
    path = full_store(tmp_path)
    whole = everything(path)
    assert len(whole) == 6
    content = path.read_bytes()
    chance = np.random.default_rng(7)
    found = harmless = 0
    copy = memory / "site.rafiqa"
    for at in chance.integers(0, len(content), FLIPS).tolist():
        flipped = content[at] ^ 1 << int(chance.integers(8))
        copy.write_bytes(content[:at] + bytes([flipped]) + content[at + 1 :])
        codes = codes_of(copy)
        if codes:
            found += 1
        else:
            assert everything(copy) == whole, at
            harmless += 1
        for file in copy.parent.iterdir():
            file.unlink()
    assert found + harmless == FLIPS
    assert found > 0.8 * FLIPS, (found, harmless)


def full_store(folder: Path) -> Path:
    """A store with something of everything, without room to spare."""
    store = opened(folder / "first.rafiqa", create=True)
    for number in range(1, 120):
        body = sha256(str(number).encode()).digest() * 30
        digest = sha256(body).digest()
        store.append([make_draft(number, body=body, request_digest=digest)])
    store.append([erasing("entry-000007", 7)])
    store.put_blob(bytes(chance_bytes(90_000)))
    photo = chance_bytes(300_000)
    name = sha256(photo).hexdigest()
    store.await_attachment(name, len(photo))
    store.put_part(name, 0, photo[:PART_BYTES])
    store.put_part(name, 1, photo[PART_BYTES:])
    store.quarantine([make_quarantined(number, original=bytes(4_000)) for number in range(20)])
    store.put_setting("accounts", b"one" * 500)
    path = folder / "site.rafiqa"
    store.copy_to(path)
    store.close()
    return path


def chance_bytes(count: int) -> bytes:
    return np.random.default_rng(count).bytes(count)


def everything(path: Path) -> list[object]:
    """All that can be read from a store, with its times."""
    store = opened(path)
    names = [row[0] for row in store._rows("SELECT sha256 FROM attachments")]
    blobs = [row[0] for row in store._rows("SELECT sha256 FROM blobs ORDER BY sha256")]
    found: list[object] = [
        list(store.read()),
        store.erased(),
        [store.blob(name) for name in blobs],
        [list(store.attachment(name) or ()) for name in names],
        list(store.quarantined()),
        store.setting("accounts"),
    ]
    store.close()
    return found


def codes_of(path: Path) -> set[str]:
    try:
        store = opened(path)
    except (StoreError, CorruptLedger) as error:
        return {error.code}
    try:
        return faults(store)
    finally:
        store.close()


def test_control_the_check_of_sqlite_alone_misses_most_of_them(tmp_path: Path) -> None:
    content = full_store(tmp_path).read_bytes()
    chance = np.random.default_rng(7)
    missed = 0
    copy = tmp_path / "rot.rafiqa"
    for at in chance.integers(0, len(content), 100).tolist():
        copy.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        connection = apsw.Connection(str(copy))
        try:
            missed += connection.execute("PRAGMA integrity_check").get == "ok"
        except apsw.Error:
            pass
        finally:
            connection.close()
    assert missed > 50


@pytest.mark.parametrize(
    ("error", "code", "stops"),
    [
        (lambda: apsw.exception_for(apsw.SQLITE_IOERR_FSYNC), "store.io", True),
        (lambda: apsw.exception_for(apsw.SQLITE_IOERR_SHMSIZE), "store.io", False),
        (lambda: apsw.exception_for(apsw.SQLITE_IOERR_NOMEM), "store.io", False),
        (lambda: apsw.exception_for(apsw.SQLITE_CORRUPT), "store.damaged", True),
        (lambda: apsw.exception_for(apsw.SQLITE_NOTADB), "store.damaged", True),
        (lambda: apsw.exception_for(apsw.SQLITE_FULL), "store.full", False),
        (lambda: OSError(28, "No space left on device"), "store.full", False),
        (lambda: OSError(13, "Permission denied"), "store.no-access", False),
        (lambda: apsw.exception_for(apsw.SQLITE_BUSY), "store.busy", False),
        (lambda: apsw.exception_for(apsw.SQLITE_READONLY), "store.no-access", False),
        (lambda: apsw.exception_for(apsw.SQLITE_CANTOPEN), "store.no-access", False),
        (lambda: apsw.exception_for(apsw.SQLITE_MISUSE), "store.driver", False),
    ],
)
def test_errors_are_judged(error: Callable[[], Exception], code: str, stops: bool) -> None:
    failure = judged(error())
    assert (failure.error.code, failure.stops_writing) == (code, stops)
