"""Everything beside the ledger computed again: blobs, attachments, quarantine, settings.

SQLite's own check does not see a changed byte inside a row; the hashes that lie beside do. Each
row is read, judged and let go, so memory does not grow with the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger import canonical, part_bytes

Rows = Callable[..., list[tuple[Any, ...]]]
"""Runs a statement with values and gives its rows."""

PAGE_ROWS = 1000


def kept_faults(rows: Rows) -> Iterator[Fault]:
    """Everything beside the ledger that is not what it was when it was put there."""
    yield from _blob_faults(rows)
    yield from _attachment_faults(rows)
    yield from _quarantine_faults(rows)
    yield from _setting_faults(rows)


def _names(rows: Rows, table: str, column: str) -> Iterator[tuple[Any, ...]]:
    """The names in a table in order, read in pages."""
    sql = f"SELECT {column} FROM {table} WHERE {column} > ? ORDER BY {column} LIMIT {PAGE_ROWS}"  # noqa: S608 - our own names
    last: Any = ""
    while page := rows(sql, (last,)):
        yield from page
        last = page[-1][0]


def _blob_faults(rows: Rows) -> Iterator[Fault]:
    for (name,) in _names(rows, "blobs", "sha256"):
        found = rows("SELECT content FROM blobs WHERE sha256 = ?", (name,))
        if not found or sha256(found[0][0]).hexdigest() != name:
            yield Fault("store.blob", params={"sha256": name})


def _attachment_faults(rows: Rows) -> Iterator[Fault]:
    for (name,) in _names(rows, "attachments", "sha256"):
        (kept,) = rows("SELECT n_bytes, state FROM attachments WHERE sha256 = ?", (name,))
        n_bytes, state = kept
        numbers = rows("SELECT number FROM attachment_parts WHERE sha256 = ?", (name,))
        whole, good = sha256(), True
        for (number,) in sorted(numbers):
            sql = """SELECT digest, content FROM attachment_parts
                      WHERE sha256 = ? AND number = ?"""
            digest, content = rows(sql, (name, number))[0]
            good &= sha256(content).digest() == digest
            good &= len(content) == part_bytes(n_bytes, number)
            whole.update(content)
        shared = rows("SELECT shared FROM stand_ins WHERE sha256 = ?", (name,))
        if shared:
            good &= state == 1 and not numbers and _is_kept(rows, shared[0][0])
        else:
            # The bytes decide, not the mark: whole is what has the hash that it is named by.
            good &= (state == 1) == (whole.hexdigest() == name)
            good &= state != 2 or not numbers
        if not good:
            yield Fault("store.attachment", params={"sha256": name})


def _is_kept(rows: Rows, name: str) -> bool:
    """Whether what stands in another's place is here whole, or was erased on purpose."""
    found = rows("SELECT state FROM attachments WHERE sha256 = ?", (name,))
    return bool(found) and found[0][0] != 0


def _quarantine_faults(rows: Rows) -> Iterator[Fault]:
    sql = f"""SELECT number, digest, at_us, time_digest,
                     quarantine_id, file_name, "row", original, actor, faults
                FROM quarantine WHERE number > ? ORDER BY number LIMIT {PAGE_ROWS}"""  # noqa: S608 - a number
    last = 0
    while page := rows(sql, (last,)):
        for number, digest, at_us, time_digest, *parts in page:
            good = quarantine_digest(parts) == digest
            good &= time_digest is None or quarantine_digest([digest, at_us]) == time_digest
            if not good:
                yield Fault("store.row", params={"table": "quarantine", "number": number})
        last = page[-1][0]


def quarantine_digest(parts: list[Any]) -> bytes:
    """SHA-256 over the canonical bytes of some values; of none where one cannot be written.

    A quarantine item's are id, file, row, original, actor and packed faults.
    """
    try:
        return sha256(canonical(parts)).digest()
    except InvalidInput:  # a value that was never put there
        return b""


def _setting_faults(rows: Rows) -> Iterator[Fault]:
    for (name,) in _names(rows, "settings", "name"):
        value, digest = rows("SELECT value, digest FROM settings WHERE name = ?", (name,))[0]
        if digest is not None and setting_digest(name, value) != digest:
            yield Fault("store.kept-setting", params={"name": name})


def setting_digest(name: str, value: bytes) -> bytes:
    """SHA-256 over a setting's name and value; against rot, not against a forger."""
    return sha256(name.encode() + b"\x00" + value).digest()
