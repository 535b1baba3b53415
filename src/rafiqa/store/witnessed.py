"""The newest checkpoint that witnesses saw, held against a store that comes out of a backup.

A backup that is older than what was witnessed, or other, is the mark of a rollback: somebody put
an old state back. What it holds can still be read, for an old map of hazards is better than none;
but nothing is written to it. Whose signatures the checkpoint bears is for whoever publishes it to
have checked: a false one can only keep a store from being written.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger import Entry
from rafiqa.ledger.checkpoint import Checkpoint, read_checkpoint
from rafiqa.ledger.merkle import MerkleTree, leaf_hash
from rafiqa.ledger.row import Malformed


def checkpoint_path(backup: Path) -> Path:
    """Where the checkpoint lies that was the newest when a backup was made."""
    return backup.with_name(backup.name + ".checkpoint")


def witnessed_beside(backup: Path) -> Path | None:
    """Where a checkpoint lies beside a backup: as a log's folder has it, or under its name.

    The first is the newer one where a mirror of the log goes to the same place.
    """
    mirrored = backup.parent / "checkpoint"
    return next((path for path in (mirrored, checkpoint_path(backup)) if path.is_file()), None)


def witnessed_in(path: Path) -> Checkpoint:
    """The checkpoint in a file, not yet believed.

    Raises:
        InvalidInput: it cannot be read, or is no checkpoint.
    """
    try:
        return read_checkpoint(path.read_bytes())[0]
    except (OSError, Malformed):
        fault = Fault("store.checkpoint", "--checkpoint", params={"path": str(path)})
        raise InvalidInput(fault) from None


def rollback_fault(entries: Iterable[Entry], witnessed: Checkpoint) -> Fault | None:
    """Why a ledger is not what the witnesses saw, or None where it is that or more.

    Args:
        entries: the whole ledger in order; read once.
        witnessed: the newest checkpoint.
    """
    tree = MerkleTree(leaf_hash(entry.entry_hash) for entry in entries)
    params: dict[str, str | int] = {"entries": tree.size, "witnessed": witnessed.size}
    if tree.size < witnessed.size:
        return Fault("store.rollback", params=params)
    if tree.root(witnessed.size) != witnessed.root:
        return Fault("store.fork", params=params)
    return None
