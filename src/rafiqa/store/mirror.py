"""The mirror: another place that has every file of a folder soon after it was written.

For the public folder of the log: its files are written once and never change, but for the
checkpoint, which speaks of the others and is therefore copied last. A file that has changed
although it must not is told and left as it is in the mirror: that is what a mirror is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rafiqa.errors import Fault, StoreError
from rafiqa.store.durable import write_durably

LAST = ("checkpoint",)
"""Files that may change, and are copied after all others."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one round of mirroring did: files copied, and files that differ and should not."""

    copied: int
    faults: tuple[Fault, ...]


class Mirror:
    """A folder and its mirror.

    Args:
        source: the folder that grows.
        target: the mirror; made where it is missing.
    """

    def __init__(self, source: Path, target: Path) -> None:
        self._source = source
        self._target = target
        self._seen: dict[Path, tuple[int, int]] = {}

    def turn(self) -> Turn:
        """What was copied now. Safe to end at any moment: a file is there whole or not at all.

        Raises:
            StoreError: a disk failed or is full.
        """
        copied = 0
        faults: list[Fault] = []
        try:
            for name in self._names():
                if faults and name.name in LAST:
                    break  # it would speak of files that the mirror does not have
                fault, new = self._bring(name)
                copied += new
                faults += [fault] if fault is not None else []
        except OSError as error:
            raise StoreError(Fault("store.mirror", params={"detail": str(error)[:300]})) from error
        return Turn(copied, tuple(faults))

    def _names(self) -> Iterator[Path]:
        """Every file's path in the folder; those that speak of others after them."""
        found = sorted(path for path in self._source.rglob("*") if path.is_file())
        names = [path.relative_to(self._source) for path in found if not path.name.endswith("-new")]
        yield from (name for name in names if name.name not in LAST)
        yield from (name for name in names if name.name in LAST)

    def _bring(self, name: Path) -> tuple[Fault | None, bool]:
        source, target = self._source / name, self._target / name
        found = source.stat()
        mark = (found.st_size, found.st_mtime_ns)
        if self._seen.get(name) == mark and target.exists():
            return None, False
        content = source.read_bytes()
        if target.exists():
            there = target.read_bytes()
            if there == content:
                self._seen[name] = mark
                return None, False
            if name.name not in LAST:
                return Fault("store.mirror-differs", params={"path": str(name)}), False
        write_durably(target, content)
        self._seen[name] = mark
        return None, True
