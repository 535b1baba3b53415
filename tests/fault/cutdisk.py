"""A folder whose disk is cut off, or fails, at any one of the steps by which it is changed.

The steps are those that Python's file functions take, so that whatever is built on them is cut
without knowing of it. What is left is seen in three pictures: all that was told to the kernel; all
names but no content that was not synced; and nothing at all that was not synced.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

PICTURES: Final = ("killed", "names only", "synced only")


class Cut(BaseException):
    """The power is gone; nobody catches it, and nothing is written after it."""


@dataclass
class CutDisk:
    """What is done in a folder, and how it ends.

    Attributes:
        folder: nothing else is cut.
        at: the step that is not taken, from 1; 0 for none.
        fails: whether that step fails, once, with an I/O error, and life goes on.
    """

    folder: Path
    at: int = 0
    fails: bool = False
    n_steps: int = 0
    _is_cut: bool = False
    _undo: list[Callable[[], None]] = field(default_factory=list)
    _unsynced: set[int] = field(default_factory=set)

    def under(self, patch: pytest.MonkeyPatch) -> None:
        """Puts this disk under Python's file functions."""
        self._real = {name: getattr(os, name) for name in ("open", "rename", "unlink", "fsync")}
        self._real_open = io.open
        patch.setattr(os, "open", self._os_open)
        patch.setattr(io, "open", self._io_open)
        for name in ("rename", "replace"):
            patch.setattr(os, name, self._rename)
        patch.setattr(os, "unlink", self._unlink)
        patch.setattr(os, "fsync", self._fsync)

    def left(self, picture: str) -> None:
        """Makes the folder what is found after the cut; the disk is real again by now."""
        if picture == "synced only":
            for undo in reversed(self._undo):
                undo()
        if picture != "killed":
            for path in self.folder.rglob("*"):
                if path.is_file() and path.stat().st_ino in self._unsynced:
                    path.chmod(0o600)
                    path.write_bytes(b"")
                    path.chmod(0o400)

    def _step(self, path: Any) -> bool:
        """Whether a path is ours; where it is, one step is taken, or the life ends."""
        if not isinstance(path, int) and not Path(path).is_relative_to(self.folder):
            return False
        if self._is_cut:
            raise Cut
        self.n_steps += 1
        if self.n_steps == self.at:
            if self.fails:
                raise OSError(errno.EIO, "the disk fails")
            self._is_cut = True
            raise Cut
        return True

    def _os_open(self, path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        creates = bool(flags & os.O_CREAT) and self._step(path)
        handle: int = self._real["open"](path, flags, mode, **more)
        if creates:
            self._begun(Path(path), handle, was_there=False)
        return handle

    def _io_open(self, path: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
        if isinstance(path, int) or "r" in mode:
            return self._real_open(path, mode, *more, **named)
        was_there = Path(path).exists()
        ours = self._step(path)
        stream = self._real_open(path, mode, *more, **named)
        if ours:
            self._begun(Path(path), stream.fileno(), was_there=was_there)
        return stream

    def _begun(self, path: Path, handle: int, *, was_there: bool) -> None:
        self._unsynced.add(os.fstat(handle).st_ino)
        if not was_there:
            self._undo.append(lambda: self._real["unlink"](path))

    def _rename(self, old: Any, new: Any) -> None:
        if not self._step(old):
            self._real["rename"](old, new)
            return
        over = Path(new).read_bytes() if Path(new).is_file() else None
        self._real["rename"](old, new)

        def undo() -> None:
            self._real["rename"](new, old)
            if over is not None:
                Path(new).write_bytes(over)

        self._undo.append(undo)

    def _unlink(self, path: Any, **more: Any) -> None:
        self._step(path)
        self._real["unlink"](path, **more)

    def _fsync(self, handle: int) -> None:
        self._step(handle)
        state = os.fstat(handle)
        self._real["fsync"](handle)
        if stat.S_ISDIR(state.st_mode):
            self._undo.clear()
        else:
            self._unsynced.discard(state.st_ino)
