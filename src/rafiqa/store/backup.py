"""Backups: a whole copy of a store, proven before it counts as one, and the way back.

A backup is one file, and beside it a small one that says what it should be (``.manifest.json``).
It is written under another name, read again from the disk, checked entry by entry, and only then
gets its name. Nothing is ever overwritten, neither by a backup nor by a restore.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final

from rafiqa.errors import CorruptLedger, Fault, InvalidInput, StoreError
from rafiqa.ledger import Head, check_chain
from rafiqa.ledger.checkpoint import Checkpoint
from rafiqa.store.failure import HaltMark, wrapped
from rafiqa.store.opening import open_store, sync_folder
from rafiqa.store.sealed import Hashing, identities_in, is_sealed, recipients_of, seal, unseal
from rafiqa.store.tables import TableStore
from rafiqa.store.witnessed import rollback_fault, witnessed_beside, witnessed_in

_PIECE: Final = 1024 * 1024
MANIFEST_LETTERS: Final = 1024 * 1024
_SQLITE: Final = b"SQLite format 3\x00"
_BESIDE: Final = ("", "-wal", "-shm", "-lock", "-queue", "-halted", "-ballast")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup should be; written beside it, against rot and against a mistaken file.

    Attributes:
        root: entry hash at which its ledger ends, in hex.
        n_entries: how many entries it holds.
        recorded_at_us: when the last of them became known, microseconds since 1970 UTC.
        n_bytes: length of the file.
        sha256: hash of the file, in hex.
        sealed: whether it is encrypted.
    """

    root: str
    n_entries: int
    recorded_at_us: int
    n_bytes: int
    sha256: str
    sealed: bool


@dataclass(frozen=True, slots=True)
class Machine:
    """What a store needs of its machine: randomness and the clock (see ``open_store``)."""

    entropy: Callable[[int], bytes]
    now_us: Callable[[], int]


def write_backup(
    store: TableStore, target: Path, recipients: Sequence[str], machine: Machine
) -> Manifest:
    """The manifest of a backup that now lies at the target, whole and proven.

    Others go on writing to the store meanwhile; the backup holds what was there when it began.

    Args:
        store: the open store; one that was halted by an error may be backed up too.
        target: the backup's file; there must be none.
        recipients: ``age1…`` texts of those who may open it; none leaves it in the clear.
        machine: randomness and the clock.

    Raises:
        InvalidInput: a recipient is none; or there is something at the target.
        StoreError: the disk failed or is full; nothing is left at the target.
        CorruptLedger: what was copied is not intact; nothing is left at the target.
    """
    keys = recipients_of(recipients)
    _refuse_taken(target, "store.backup-exists")
    before = store.head()
    # The clear copy of a sealed backup stays on the store's own disk, where it is anyway; of a
    # database beside its keys.
    place = store.path if keys else target
    copy, made = _beside(place, "-copy"), _beside(target, "-new")
    with _removed_after(copy, made), wrapped():
        _private(copy).close()
        store.copy_to(copy)
        head = _proven(copy, machine, before)
        _sync(copy)
        with copy.open("rb") as source, _private(made) as stream:
            written = Hashing(stream)
            if keys:
                seal(source, written, keys)
            else:
                _pour(source, written)
            _flush(stream)
        digest = written.hash.hexdigest()
        _refuse_unread(made, digest)
        manifest = Manifest(
            head.entry_hash.hex(),
            head.seq,
            head.recorded_at_us,
            written.n_bytes,
            digest,
            sealed=bool(keys),
        )
        _write_manifest(target, manifest)
        _name(made, target)
    return manifest


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore made: where its ledger ends, and why it is only to be read, or None."""

    head: Head
    barred: Fault | None


def restore_backup(
    source: Path,
    target: Path,
    machine: Machine,
    *,
    identity: str | None = None,
    checkpoint: Path | None = None,
) -> Restored:
    """What was restored; the store lies at the target.

    It is held against the newest witnessed checkpoint: one that is older, or other, is
    restored all the same and takes no writes.

    Args:
        source: the backup's file.
        target: the store's file; there must be none, nor anything that belonged to one.
        machine: randomness and the clock.
        identity: the text of an identity file, for a sealed backup.
        checkpoint: the newest checkpoint that was witnessed; the one beside the backup where
            None, or none if none lies there.

    Raises:
        InvalidInput: it is no backup, not the one that its manifest names, damaged, or sealed
            for somebody else; or there is something at the target.
        StoreError: the disk failed or is full.
        CorruptLedger: what it holds is not intact. In each case nothing is left at the target.
    """
    if not source.is_file():
        raise InvalidInput(Fault("store.backup-missing", "SRC", params={"path": str(source)}))
    for ending in _BESIDE:
        _refuse_taken(target.with_name(target.name + ending), "store.restore-taken")
    checkpoint = checkpoint or witnessed_beside(source)
    witnessed = None if checkpoint is None else witnessed_in(checkpoint)
    made = _beside(target, "-new")
    with _removed_after(made), wrapped():
        manifest = _manifest_of(source)
        if manifest is not None and _hash_of(source) != manifest.sha256:
            raise InvalidInput(Fault("store.backup-damaged", "SRC", params={"detail": "sha256"}))
        with source.open("rb") as given, _private(made) as stream:
            if is_sealed(source):
                if identity is None:
                    raise InvalidInput(Fault("store.backup-sealed", "--identity"))
                unseal(given, stream, identities_in(identity))
            else:
                _refuse_foreign(source)
                _pour(given, stream)
            _flush(stream)
        head = _proven(made, machine)
        if manifest is not None and manifest.root != head.entry_hash.hex():
            raise InvalidInput(Fault("store.backup-damaged", "SRC", params={"detail": "root"}))
        _sync(made)
        barred = _barred(made, machine, witnessed)
        if barred is not None:
            # Before the store has its name: it is never there without its mark.
            HaltMark(target).bar(barred)
        _name(made, target)
    return Restored(head, barred)


def _barred(path: Path, machine: Machine, witnessed: Checkpoint | None) -> Fault | None:
    if witnessed is None:
        return None
    store = open_store(path, entropy=machine.entropy, now_us=machine.now_us)
    try:
        return rollback_fault(store.read(), witnessed)
    finally:
        store.close()


def manifest_path(backup: Path) -> Path:
    """Where the manifest of a backup lies."""
    return backup.with_name(backup.name + ".manifest.json")


def _proven(path: Path, machine: Machine, before: Head | None = None) -> Head:
    """Where a copy ends, after every entry and everything beside it was computed again.

    Raises:
        CorruptLedger: something is not what was written, or what was there before is missing.
    """
    try:
        store = open_store(path, entropy=machine.entropy, now_us=machine.now_us)
    except StoreError as error:
        raise InvalidInput(error.faults) from error
    try:
        head = store.head()
        erased = store.erased()
        faults = [*store.check(), *check_chain(store.read(), until=head, erased=erased)]
        if before is not None and before.seq:
            then = next(store.read(before.seq - 1, before.seq), None)
            if then is None or then.entry_hash != before.entry_hash:
                params: dict[str, str | int] = {"seq": head.seq, "expected": before.seq}
                faults.append(Fault("store.end", params=params))
    finally:
        store.close()
    if faults:
        raise CorruptLedger(faults)
    return head


def _refuse_taken(path: Path, code: str) -> None:
    if path.is_symlink() or path.exists():
        raise InvalidInput(Fault(code, params={"path": str(path)}))
    if not path.parent.is_dir():
        raise StoreError(Fault("store.no-folder", params={"path": str(path.parent)}))


def _refuse_foreign(path: Path) -> None:
    with path.open("rb") as stream:
        if stream.read(len(_SQLITE)) != _SQLITE:
            raise InvalidInput(Fault("store.backup-foreign", "SRC", params={"path": str(path)}))


def _refuse_unread(path: Path, digest: str) -> None:
    """Nothing, or ``StoreError``: what the disk gives back is not what was written."""
    if _hash_of(path) != digest:
        raise StoreError(Fault("store.backup-unread", params={"path": str(path)}))


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


@contextmanager
def _removed_after(*paths: Path) -> Iterator[None]:
    """What was made on the way is gone when the block is left, however it is left."""
    for path in paths:
        _unlink(path)
    try:
        yield
    finally:
        for path in paths:
            _unlink(path)


def _unlink(path: Path) -> None:
    for ending in _BESIDE:
        with contextlib.suppress(OSError):
            path.with_name(path.name + ending).unlink()


def _private(path: Path) -> IO[bytes]:
    """A new file that only its owner may read."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _pour(source: IO[bytes], target: Any) -> None:
    while piece := source.read(_PIECE):
        target.write(piece)


def _flush(stream: IO[bytes]) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _sync(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def _hash_of(path: Path) -> str:
    """SHA-256 of a file as the disk has it: what lies in memory is let go first, where it can."""
    found = sha256()
    with path.open("rb") as stream:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while piece := stream.read(_PIECE):
            found.update(piece)
    return found.hexdigest()


def _name(made: Path, target: Path) -> None:
    """Give a finished file its name; a link, unlike a renaming, never takes another's place."""
    try:
        os.link(made, target)
    except FileExistsError as error:
        params: dict[str, str | int] = {"path": str(target)}
        raise InvalidInput(Fault("store.backup-exists", params=params)) from error
    sync_folder(target.parent)


def _write_manifest(target: Path, manifest: Manifest) -> None:
    path = manifest_path(target)
    new = _beside(path, "-new")
    new.write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="ascii")
    _sync(new)
    new.rename(path)


def _manifest_of(source: Path) -> Manifest | None:
    path = manifest_path(source)
    if not path.exists():
        return None
    try:
        with path.open(encoding="ascii") as stream:
            return Manifest(**json.loads(stream.read(MANIFEST_LETTERS)))
    except (ValueError, TypeError, RecursionError) as error:
        params: dict[str, str | int] = {"path": str(path)}
        raise InvalidInput(Fault("store.manifest", "SRC", params=params)) from error
