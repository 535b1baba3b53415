"""Attachments in parts: taken in any order, proven when they are whole."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256 as hashed
from typing import Final

from rafiqa.errors import Conflict, Fault, InvalidInput, NotFound
from rafiqa.ledger import ATTACHMENT_LIMIT_BYTES, PART_BYTES, n_parts, part_bytes
from rafiqa.store.database import Database
from rafiqa.store.port import Progress

MISSING, WHOLE, ERASED = 0, 1, 2
STANDING: Final = """SELECT n_bytes, state, shared FROM attachments
                       LEFT JOIN stand_ins ON stand_ins.sha256 = attachments.sha256
                      WHERE attachments.sha256 = ?"""
"""An attachment's length, its state, and what stands in its place."""


def refuse_misnamed(sha256: str, n_bytes: int) -> None:
    """Nothing, or ``InvalidInput`` where that cannot be the hash and the length of a file."""
    faults = []
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        faults.append(Fault("store.attachment-name", "sha256"))
    if not 0 < n_bytes <= ATTACHMENT_LIMIT_BYTES:
        params: dict[str, str | int] = {"most": ATTACHMENT_LIMIT_BYTES}
        faults.append(Fault("store.attachment-length", "n_bytes", params=params))
    if faults:
        raise InvalidInput(faults)


def progress_of(
    sha256: str, n_bytes: int, state: int, numbers: Sequence[int], shared: str | None = None
) -> Progress:
    """How far an attachment has come, by the numbers of the parts that are here."""
    here = set(numbers)
    missing = [] if state else [at for at in range(n_parts(n_bytes)) if at not in here]
    return Progress(sha256, n_bytes, tuple(missing), state == WHOLE, state == ERASED, shared)


def refuse_itself(sha256: str, shared: str) -> None:
    """Nothing, or ``InvalidInput`` where something would stand in its own place."""
    if sha256 == shared:
        raise InvalidInput(Fault("store.attachment-itself", "shared", params={"sha256": sha256}))


def refuse_other_length(progress: Progress, n_bytes: int) -> None:
    """Nothing, or ``Conflict``: two lengths under one hash; one of them is wrong."""
    if progress.n_bytes != n_bytes:
        params: dict[str, str | int] = {"known": progress.n_bytes, "given": n_bytes}
        raise Conflict(Fault("store.attachment-other", "n_bytes", params=params))


def refuse_bad_part(progress: Progress | None, sha256: str, number: int, content: bytes) -> None:
    """Nothing, or why this cannot be that part of the attachment.

    Raises:
        NotFound: nothing of that hash is awaited.
        Conflict: it was erased.
        InvalidInput: the part has no such number, or another length.
    """
    if progress is None:
        raise NotFound(Fault("store.attachment-unknown", "sha256", params={"sha256": sha256[:64]}))
    if progress.erased:
        raise Conflict(Fault("store.attachment-erased", "sha256", params={"sha256": sha256}))
    needed = part_bytes(progress.n_bytes, number)
    if needed == 0 or len(content) != needed:
        params: dict[str, str | int] = {"number": number, "found": len(content), "needed": needed}
        raise InvalidInput(Fault("store.part-length", "content", params=params))


def not_whole(sha256: str) -> InvalidInput:
    """The refusal of parts that are all here and do not make what was named."""
    return InvalidInput(Fault("store.attachment-hash", "content", params={"sha256": sha256}))


def begin(database: Database, sha256: str, n_bytes: int) -> Progress:
    """The progress of an attachment that is awaited from now on."""
    sql = "INSERT INTO attachments (sha256, n_bytes) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING"
    database.execute(sql, (sha256, n_bytes))
    progress = progress_in(database, sha256)
    assert progress is not None  # noqa: S101 - the row above
    refuse_other_length(progress, n_bytes)
    return progress


def progress_in(database: Database, sha256: str) -> Progress | None:
    """How far an attachment has come, or None where none of that hash is awaited."""
    found = list(database.execute(STANDING, (sha256,)))
    if not found:
        return None
    sql = "SELECT number FROM attachment_parts WHERE sha256 = ?"
    numbers = [row[0] for row in database.execute(sql, (sha256,))]
    n_bytes, state, shared = found[0]
    return progress_of(sha256, n_bytes, state, numbers, shared)


def put(database: Database, sha256: str, number: int, content: bytes) -> Progress | None:
    """The progress with one part more, or None: all parts were here and did not fit the hash.

    In that case they are gone, for nobody can say which of them was wrong.
    """
    progress = progress_in(database, sha256)
    refuse_bad_part(progress, sha256, number, content)
    assert progress is not None  # noqa: S101 - refused above
    if progress.whole:
        return progress
    database.execute(
        """INSERT INTO attachment_parts VALUES (?, ?, ?, ?)
           ON CONFLICT (sha256, number)
           DO UPDATE SET digest = excluded.digest, content = excluded.content""",
        (sha256, number, hashed(content).digest(), content),
    )
    progress = progress_in(database, sha256)
    assert progress is not None  # noqa: S101 - as before
    if progress.missing:
        return progress
    if _whole_hash(database, sha256) != sha256:
        database.execute("DELETE FROM attachment_parts WHERE sha256 = ?", (sha256,))
        return None
    database.execute("UPDATE attachments SET state = 1 WHERE sha256 = ?", (sha256,))
    return progress_in(database, sha256)


def put_whole(database: Database, sha256: str, content: bytes) -> Progress:
    """The progress of an attachment that came in one piece, its hash made by who calls."""
    progress = begin(database, sha256, len(content))
    if progress.whole or progress.erased:
        return progress
    for number in progress.missing:
        part = content[number * PART_BYTES : (number + 1) * PART_BYTES]
        database.execute(
            "INSERT INTO attachment_parts VALUES (?, ?, ?, ?)",
            (sha256, number, hashed(part).digest(), part),
        )
    if len(progress.missing) < n_parts(len(content)) and _whole_hash(database, sha256) != sha256:
        # What was here before of it was wrong: all of it comes anew.
        database.execute("DELETE FROM attachment_parts WHERE sha256 = ?", (sha256,))
        return put_whole(database, sha256, content)
    database.execute("UPDATE attachments SET state = 1 WHERE sha256 = ?", (sha256,))
    return Progress(sha256, len(content), (), whole=True)


def seal(database: Database, sha256: str, n_bytes: int, shared: str, content: bytes) -> Progress:
    """The progress of an attachment in whose place something else stands from now on."""
    progress = begin(database, sha256, n_bytes)
    if progress.erased or progress.shared is not None or stands_in(database, sha256):
        return progress
    # First what is shown, then what goes: both are one transaction, and none forgets the other.
    put_whole(database, shared, content)
    database.execute("INSERT INTO stand_ins VALUES (?, ?)", (sha256, shared))
    database.execute("DELETE FROM attachment_parts WHERE sha256 = ?", (sha256,))
    database.execute("UPDATE attachments SET state = 1 WHERE sha256 = ?", (sha256,))
    return Progress(sha256, n_bytes, (), whole=True, shared=shared)


def stands_in(database: Database, sha256: str) -> bool:
    """Whether an attachment stands in the place of another one."""
    return bool(list(database.execute("SELECT 1 FROM stand_ins WHERE shared = ?", (sha256,))))


def erase(database: Database, sha256: str) -> None:
    """Nothing; no byte of an attachment is left, nor of what stood in its place alone."""
    found = database.execute("SELECT shared FROM stand_ins WHERE sha256 = ?", (sha256,))
    for (shared,) in list(found):
        database.execute("DELETE FROM stand_ins WHERE sha256 = ?", (sha256,))
        # The same pixels may stand for another original too: that one's is a picture of its own.
        if not stands_in(database, shared):
            _let_go(database, shared)
    _let_go(database, sha256)


def _let_go(database: Database, sha256: str) -> None:
    database.execute("DELETE FROM attachment_parts WHERE sha256 = ?", (sha256,))
    database.execute("UPDATE attachments SET state = 2 WHERE sha256 = ?", (sha256,))


def _whole_hash(database: Database, sha256: str) -> str:
    """The hash of all parts in order, one of them in memory at a time."""
    whole = hashed()
    sql = "SELECT content FROM attachment_parts WHERE sha256 = ? ORDER BY number"
    for (content,) in database.execute(sql, (sha256,)):
        whole.update(content)
    return whole.hexdigest()
