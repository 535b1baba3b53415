"""The newest checkpoint that witnesses saw, held against a store that comes out of a backup.

A backup that is older than what was witnessed, or other, is the mark of a rollback: somebody put
an old state back. What it holds can still be read, for an old map of hazards is better than none;
but nothing is written to it.

Source: C2SP tlog-checkpoint: three lines, origin, size, and the Merkle root in Base64.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger import Entry
from rafiqa.ledger.merkle import MerkleTree, leaf_hash

_DIGITS_MOST = 18


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A log as its witnesses saw it: how many entries, and the root over them."""

    size: int
    root: bytes


def witnessed_beside(backup: Path) -> Path | None:
    """Where a checkpoint lies beside a backup: under its name, or as a log's folder has it."""
    named = backup.with_name(backup.name + ".checkpoint")
    return next((path for path in (named, backup.parent / "checkpoint") if path.is_file()), None)


def witnessed_in(path: Path) -> Witnessed:
    """What a checkpoint says; its signatures are for whoever publishes it to have checked.

    Raises:
        InvalidInput: it cannot be read, or is no checkpoint.
    """
    try:
        _, size, root, *_ = path.read_text(encoding="utf-8").split("\n")
        if not size.isascii() or not size.isdigit() or len(size) > _DIGITS_MOST:
            raise ValueError(size)  # noqa: TRY301 - as the reading of the other lines would
        found = b64decode(root, validate=True)
        if len(found) != 32:
            raise ValueError(root)  # noqa: TRY301 - as above
    except (OSError, ValueError) as error:
        fault = Fault("store.checkpoint", "--checkpoint", params={"path": str(path)})
        raise InvalidInput(fault) from error
    return Witnessed(int(size), found)


def rollback_fault(entries: Iterable[Entry], witnessed: Witnessed) -> Fault | None:
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
