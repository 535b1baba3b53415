"""A disk that can fail and lose power: a SQLite VFS that notes every write and sync.

``Disk`` does what SQLite asks on the real disk, writes it down, and can be told to fail at the
n-th operation. From what was written down, ``picture`` draws the files as they could be after a
power cut at any moment: what was synced is there; of the rest nothing, all, a beginning, some,
or something torn in the middle of a sector.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import apsw
import numpy as np

SECTOR: Final = 512
MODES: Final = ("none", "all", "prefix", "subset", "torn")
KINDS: Final = ("write", "sync", "truncate", "delete", "read")


@dataclass
class Op:
    """One thing that happened: to a file, or an acknowledgement by the store."""

    kind: str
    file: str = ""
    offset: int = 0
    data: bytes = b""
    told: Any = None
    lost: bool = False  # thrown away by a failed sync


@dataclass
class Failure:
    """Fail with ``code`` at the ``at``-th operation of a kind, for ``lasting`` operations.

    Only operations on ``file`` count, if one is named. A sync that drops its pages leaves what
    was written since the last good sync in the cache, to be read but never to reach the disk.
    """

    at: int
    code: int
    kind: str
    lasting: int = 1
    file: str = ""
    drops_pages: bool = False

    def counts(self, op: Op) -> bool:
        return op.kind == self.kind and self.file in ("", op.file)


@dataclass
class State:
    """The files as known to be on the disk, and what is still on its way there."""

    files: dict[str, bytearray] = field(default_factory=dict)
    pending: list[Op] = field(default_factory=list)

    def apply(self, op: Op) -> None:
        content = self.files.setdefault(op.file, bytearray())
        if op.kind == "write":
            content.extend(bytes(max(op.offset - len(content), 0)))
            content[op.offset : op.offset + len(op.data)] = op.data
        elif op.kind == "truncate":
            del content[op.offset :]
        elif op.kind == "delete":
            del self.files[op.file]

    def sync(self, file: str) -> None:
        for op in [op for op in self.pending if op.file == file]:
            if not op.lost:
                self.apply(op)
        self.pending = [op for op in self.pending if op.file != file]


class Disk(apsw.VFS):
    """A VFS over the real disk. Give ``name`` to ``open_store(vfs=...)``."""

    count = 0

    def __init__(self, folder: Path) -> None:
        Disk.count += 1
        self.name = f"faulty-{Disk.count}"
        self.folder = folder
        self.before = {file.name: file.read_bytes() for file in folder.iterdir()}
        self.ops: list[Op] = []
        self.failure: Failure | None = None
        self.seen = 0
        self.failed: list[str] = []
        super().__init__(self.name, "")

    def acknowledge(self, told: Any) -> None:
        self.ops.append(Op("ack", told=told))

    def count_of(self, kind: str) -> int:
        return sum(op.kind == kind for op in self.ops)

    def note(self, op: Op) -> None:
        """Fail if it is time to; else write the operation down."""
        failure = self.failure
        if failure is not None and failure.counts(op):
            self.seen += 1
            if failure.at < self.seen <= failure.at + failure.lasting:
                self.failed.append(f"{op.kind} {op.file}")
                if failure.drops_pages and op.kind == "sync":
                    self._drop_pages(op.file)
                raise apsw.exception_for(failure.code)
        self.ops.append(op)

    def _drop_pages(self, file: str) -> None:
        for op in reversed(self.ops):
            if op.file == file and op.kind == "sync":
                break
            if op.file == file:
                op.lost = True

    def xOpen(self, name: Any, flags: list[int]) -> DiskFile:  # noqa: N802
        return DiskFile(self, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: N802
        self.note(Op("delete", Path(name).name, offset=int(syncdir)))
        super().xDelete(name, syncdir)


class DiskFile(apsw.VFSFile):
    """One file open on a ``Disk``."""

    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self.disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.file = Path(path).name if path else "temporary"
        super().__init__("", name, flags)

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        self.disk.note(Op("read", self.file, offset))
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self.disk.note(Op("write", self.file, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self.disk.note(Op("truncate", self.file, size))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self.disk.note(Op("sync", self.file))
        super().xSync(flags)


def picture(
    disk: Disk, end: int, mode: str, folder: Path, *, seed: int = 0, lying: bool = False
) -> list[Any]:
    """What was acknowledged before the cut; the files after it now lie in ``folder``.

    Args:
        disk: where the operations were written down.
        end: the power goes before operation number ``end``.
        mode: one of ``MODES``: what became of the writes that were not synced.
        folder: an empty folder.
        seed: for the modes that choose.
        lying: the disk says that it synced and did not.
    """
    chance = np.random.default_rng([seed, end, MODES.index(mode)])
    state = State({name: bytearray(content) for name, content in disk.before.items()})
    told = []
    for op in disk.ops[:end]:
        if op.kind == "ack":
            told.append(op.told)
        elif op.kind == "sync":
            if not lying:
                state.sync(op.file)
        elif op.kind == "delete" and op.offset:  # the folder was synced
            state.pending = [other for other in state.pending if other.file != op.file]
            state.apply(op)
        elif op.kind != "read":
            state.pending.append(op)
    for op in _survivors(state.pending, mode, chance):
        state.apply(op)
    for name, content in state.files.items():
        (folder / name).write_bytes(content)
    return told


def _survivors(pending: list[Op], mode: str, chance: np.random.Generator) -> list[Op]:
    alive = [op for op in pending if not op.lost]
    if mode == "none" or not alive:
        return []
    if mode == "all":
        return alive
    if mode == "prefix":
        return alive[: chance.integers(len(alive) + 1)]
    kept = [op for op in alive if chance.random() < 0.5]
    if mode == "torn" and kept:
        kept[-1] = _torn(kept[-1], chance)
    return kept


def _torn(op: Op, chance: np.random.Generator) -> Op:
    """The write, stopped within a sector that is left as rubbish."""
    if op.kind != "write" or not op.data:
        return op
    cut = int(chance.integers(len(op.data)))
    rubbish = chance.bytes(min(SECTOR - cut % SECTOR, len(op.data) - cut))
    return Op("write", op.file, op.offset, op.data[:cut] + rubbish)
