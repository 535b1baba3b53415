"""Keep the store: back it up, restore it, mirror its public folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rafiqa.errors import Fault, InvalidInput, RafiqaError
from rafiqa.ledger.note import note_text
from rafiqa.service.office import Office
from rafiqa.service.opening import empty_database
from rafiqa.service.place import place_of
from rafiqa.service.publishing import log_path
from rafiqa.service.repeating import repeating
from rafiqa.store import (
    Machine,
    Manifest,
    Mirror,
    Restored,
    TableStore,
    Turn,
    open_store,
    restore_backup,
    write_backup,
)
from rafiqa.store.durable import write_durably
from rafiqa.store.logfolder import LogFolder
from rafiqa.store.witnessed import checkpoint_path

_BACKED_UP: Final = "backup.made-at"
"""The setting by which a store knows when it was backed up last, in microseconds."""
_RESTORED: Final = "restore.tried-at"
"""The setting by which a store knows when a backup of it was last restored, to try it."""


def back_up(office: Office, target: Path, recipients: Sequence[str], machine: Machine) -> Manifest:
    """Returns the manifest of a backup that now lies at the target, whole and proven.

    Where the store's log is published, its newest checkpoint goes beside the backup.

    Raises:
        InvalidInput: this kind of store keeps nothing, or see ``write_backup``.
    """
    if not isinstance(office.store, TableStore):
        raise InvalidInput(Fault("service.store.unsupported", "STORE", params={"store": ""}))
    log = LogFolder(log_path(office.store.path))
    # Before the copy is made: the backup then has all that this checkpoint speaks of.
    published = log.checkpoint()
    manifest = write_backup(office.store, target, recipients, machine)
    if published is not None:
        write_durably(checkpoint_path(target), note_text(published[1]).encode())
    # A store that takes no writes was backed up all the same.
    with suppress(RafiqaError):
        office.store.put_setting(_BACKED_UP, str(machine.now_us()).encode())
    return manifest


def backed_up_us(office: Office) -> int | None:
    """Returns when the newest backup of a store was made, in microseconds since 1970 UTC.

    As far as the store knows: None where none was made, or by other means than ``back_up``.
    """
    told = office.store.setting(_BACKED_UP)
    return int(told) if told is not None and told.isdigit() else None


def note_drill(office: Office, made: Restored, now_us: int) -> None:
    """Notes in a store that a backup of it was restored elsewhere, whole, to try it.

    Raises:
        InvalidInput: what was restored is no beginning of this store, or takes no writes.
        StoreError: the store takes no writes.
    """
    head = made.head
    there = next(iter(office.store.read(after_seq=head.seq - 1, until_seq=head.seq)), None)
    if made.barred is not None or there is None or there.entry_hash != head.entry_hash:
        raise InvalidInput(Fault("service.restore.other", "--drill-of"))
    office.store.put_setting(_RESTORED, str(now_us).encode())


def restored_us(office: Office) -> int | None:
    """Returns when a backup of a store was last restored to try it; None where nobody said so."""
    told = office.store.setting(_RESTORED)
    return int(told) if told is not None and told.isdigit() else None


def restore(
    source: Path,
    target: Path,
    machine: Machine,
    *,
    identity: Path | None = None,
    checkpoint: Path | None = None,
) -> Restored:
    """Returns what was restored; the store lies at the target.

    Raises:
        InvalidInput: the identity cannot be read, or see ``restore_backup``.
    """
    text = None
    if identity is not None:
        try:
            text = identity.read_text(encoding="ascii")
        except (OSError, ValueError) as error:
            raise InvalidInput(Fault("store.identity", "--identity")) from error
    return restore_backup(source, target, machine, identity=text, checkpoint=checkpoint)


def restore_into_database(
    source: Path,
    target: str,
    machine: Machine,
    *,
    identity: Path | None = None,
    checkpoint: Path | None = None,
) -> Restored:
    """Returns what was restored; the store lies in the database.

    It is proven as a file first, beside where its keys are to lie, and carried over in one
    transaction together with why it may only be read.

    Args:
        source: the backup's file.
        target: the ``postgresql://`` address; no store is there yet, or one that holds nothing.
        machine: randomness and the clock.
        identity: a file that opens a sealed backup.
        checkpoint: see ``restore_backup``.

    Raises:
        InvalidInput: see ``restore``; or the driver of PostgreSQL is not installed.
        Conflict: the database holds something.
    """
    place = place_of(target)
    with TemporaryDirectory(prefix="restoring-", dir=place.parent) as folder:
        file = Path(folder) / "store"
        made = restore(source, file, machine, identity=identity, checkpoint=checkpoint)
        kept = open_store(file, entropy=machine.entropy, now_us=machine.now_us)
        try:
            base = empty_database(target, place, machine.now_us, machine.entropy)
            try:
                base.take_over(kept, made.barred)
            finally:
                base.close()
        finally:
            kept.close()
    return made


def mirroring(
    source: Path, target: Path, every_s: float, told: Callable[[Turn | RafiqaError], None]
) -> AbstractContextManager[None]:
    """A block during which a folder is mirrored, in a thread of its own.

    Args:
        source: the folder that grows; it may not be there yet.
        target: the mirror.
        every_s: seconds between two rounds.
        told: called after a round that copied something, found something changed, or failed.
            A disk that fails does not end it: the next round tries again.
    """
    mirror = Mirror(source, target)

    def go_round() -> None:
        turn = mirror.turn()
        if turn.copied or turn.faults:
            told(turn)

    return repeating(go_round, every_s, told)
