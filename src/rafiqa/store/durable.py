"""Files that are on the disk, whole, under their name, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from rafiqa.errors import Fault, StoreError


def write_durably(path: Path, content: bytes) -> None:
    """Nothing; the file holds the content, and so would it after a power cut.

    Raises:
        StoreError: the disk failed or is full; the file is then as it was.
    """
    new = path.with_name(path.name + "-new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        params: dict[str, str | int] = {"path": path.name, "detail": str(error)[:200]}
        raise StoreError(Fault("store.log.disk", params=params)) from error
