"""Ballast: a file beside the store that gives its room back when the disk is full.

A full disk refuses every write, also the few bytes of a report of danger. While the ballast is
away, large writes are refused with plain words and small ones go on in its room. Once somebody
has made room for the ballast to be laid again, everything goes on, without a restart.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Final

from rafiqa.errors import Fault, StoreError

BALLAST_BYTES: Final = 64 * 1024 * 1024
SMALL_BYTES: Final = 64 * 1024
"""A batch up to this size still goes into the room of the ballast: a report does, an import of
thousands of rows does not."""

_PIECE: Final = bytes(1024 * 1024)


class Ballast:
    """The file, and what may be written while it is away.

    Args:
        store_path: the store's file; the ballast lies beside it.
        n_bytes: how large; 0 to lay none. One that another process laid is used all the same.
    """

    def __init__(self, store_path: Path, n_bytes: int) -> None:
        self.path = store_path.with_name(store_path.name + "-ballast")
        self.n_bytes = n_bytes

    @property
    def away(self) -> bool:
        """Whether it is wanted and not there."""
        return bool(self.n_bytes) and not self.path.exists()

    def lay(self) -> bool:
        """Whether it is there now, or none is wanted; False where the disk has no room for it.

        As much room again must be left beside it, else it would fill the disk itself.
        """
        if not self.away:
            return True
        try:
            if shutil.disk_usage(self.path.parent).free < 2 * self.n_bytes:
                return False
            self._write()
        except OSError:
            self.give_way()
            return False
        return True

    def give_way(self) -> bool:
        """Whether there was one to take away; it is gone, and its room is free."""
        with contextlib.suppress(OSError):
            self.path.unlink()
            return True
        return False

    def refuse_large(self, n_bytes: int) -> None:
        """Nothing, or ``StoreError`` ``store.full`` for a large write while the disk is full."""
        if self.away and not self.lay() and n_bytes > SMALL_BYTES:
            detail = f"{shutil.disk_usage(self.path.parent).free} bytes free"
            raise StoreError(Fault("store.full", params={"detail": detail}))

    def _write(self) -> None:
        """Real bytes: a hole in a file, or room that was only promised, is no room."""
        made = self.path.with_name(self.path.name + "-new")
        try:
            with made.open("wb") as stream:
                left = self.n_bytes
                while left > 0:
                    left -= stream.write(_PIECE[:left])
                stream.flush()
                os.fsync(stream.fileno())
            made.rename(self.path)
        except OSError:
            made.unlink(missing_ok=True)
            raise
