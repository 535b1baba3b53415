"""How the database must be set, and the refusal to work with it set otherwise.

Sources: SQLite's own documentation of WAL and PRAGMA synchronous; the measurements of
``trust.md`` 6.3: with ``synchronous=NORMAL`` 385 of 854 simulated power cuts lost something
acknowledged, with ``FULL`` none of 1,337. The versions before 3.51.3 have the WAL-reset fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import apsw

from rafiqa.errors import Fault, StoreError

OLDEST_SQLITE: Final = (3, 51, 3)

PRAGMAS: Mapping[str, int] = {
    "synchronous": 2,  # FULL: COMMIT returns after the log is on the disk
    "mmap_size": 0,
    "foreign_keys": 1,
    "recursive_triggers": 1,  # else INSERT OR REPLACE would delete past the triggers
    "fullfsync": 1,  # where fsync alone does not reach the platter
    "checkpoint_fullfsync": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "secure_delete": 1,  # what is erased is overwritten, not only let go
    "cache_size": -32_000,
}
"""Set on every connection and read back."""

_NETWORK_DISKS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "fuse.sshfs", "fuse.glusterfs", "afs"}
)
_OCTAL = re.compile(r"\\([0-7]{3})")


def refuse_old_sqlite(version: str) -> None:
    """Nothing, or ``StoreError`` if SQLite is older than the repaired one."""
    found = tuple(int(part) for part in version.split(".")[:3])
    if found < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        raise StoreError(Fault("store.sqlite-old", params={"found": version, "needed": needed}))


def configure(connection: apsw.Connection, *, wait_ms: int) -> None:
    """Nothing; the connection is set as this module says, and it was read back.

    Raises:
        StoreError: ``store.setting`` if a setting did not take.
    """
    connection.set_busy_timeout(wait_ms)
    # SQLite's own checkpoints, after a commit and at closing, swallow I/O errors: a failed
    # fsync would go unseen. EmbeddedStore calls them itself.
    connection.wal_autocheckpoint(0)
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    for name, wanted in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {wanted}")
        found = connection.pragma(name)
        if found is not None and int(found) != wanted:
            raise StoreError(_not_set(name, wanted, found))
    journal = connection.pragma("journal_mode")
    if journal != "wal":
        raise StoreError(_not_set("journal_mode", "wal", journal))


def _not_set(name: str, wanted: object, found: object) -> Fault:
    return Fault(
        "store.setting", name, params={"name": name, "wanted": str(wanted), "found": str(found)}
    )


def refuse_network_disk(path: Path) -> None:
    """Nothing, or ``StoreError`` if the folder lies on a network file system.

    There locks and fsync do not hold what the ledger needs. Looks at Linux's mount table; where
    there is none, nothing is refused.
    """
    table = Path("/proc/self/mounts")
    if not table.exists():
        return
    kind = disk_kind(path.resolve(), table.read_text(encoding="utf-8", errors="replace"))
    if kind in _NETWORK_DISKS:
        raise StoreError(Fault("store.network-disk", params={"kind": kind}))


def disk_kind(path: Path, mounts: str) -> str:
    """The file system type under a path, by a mount table in the form of /proc/mounts.

    The innermost mount point counts, and of several on the same point the last.
    """
    best, kind = -1, ""
    for line in mounts.splitlines():
        words = line.split(" ")
        if len(words) < 3:
            continue
        point = Path(_OCTAL.sub(lambda match: chr(int(match[1], 8)), words[1]))
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), words[2]
    return kind
