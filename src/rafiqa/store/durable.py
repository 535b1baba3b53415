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
        _sync_folder(path.parent)
    except OSError as error:
        raise _failed(path, error) from error


def renamed_durably(path: Path, name: Path) -> None:
    """Nothing; the file bears another name in its folder, and so would it after a power cut.

    Args:
        path: where it lies.
        name: where it lies from now on; nothing may be there.

    Raises:
        StoreError: the disk failed; the file bears one name or the other.
    """
    try:
        path.rename(name)
        _sync_folder(name.parent)
    except OSError as error:
        raise _failed(path, error) from error


def sync_path(path: Path) -> None:
    """Nothing; a file that something else has written outlives a power cut, with its name.

    Raises:
        OSError: the disk failed.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """A name is on the disk only once its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _failed(path: Path, error: OSError) -> StoreError:
    params: dict[str, str | int] = {"path": path.name, "detail": str(error)[:200]}
    return StoreError(Fault("store.log.disk", params=params))
