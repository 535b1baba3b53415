"""Secret keys in a folder beside the store: one file each, that only its owner may read.

A store is copied, mirrored and carried away on sticks; keys are none of that, so they never lie in
it. Whoever can read a key can sign as its office: a file that others may read is refused, because
what was open once must count as known.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rafiqa.errors import Fault, InvalidInput, NotFound

SEED_BYTES: Final = 32
_ENDING = ".key"


def key_folder(store: Path) -> Path:
    """Returns where the keys of a store lie unless somebody says otherwise."""
    return store.with_name(store.name + ".keys")


def write_seeds(folder: Path, seeds: Mapping[str, bytes]) -> None:
    """Writes new keys, each to the disk before it has its name; none is ever written over.

    Raises:
        InvalidInput: another key of one of the names is there.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    others = {name for name, seed in seeds.items() if not _is_free(folder, name, seed)}
    if others:
        params: dict[str, str | int] = {"folder": str(folder), "keys": ", ".join(sorted(others))}
        raise InvalidInput(Fault("store.keys-exist", "--keys", params=params))
    for name, seed in seeds.items():
        if has_key(folder, name):
            continue
        path = folder / f"{name}{_ENDING}"
        beside = path.with_suffix(".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o400)
        with os.fdopen(descriptor, "wb") as out:
            out.write(seed.hex().encode() + b"\n")
            out.flush()
            os.fsync(out.fileno())
        beside.rename(path)


def _is_free(folder: Path, name: str, seed: bytes) -> bool:
    """Whether a key may be written: none of its name is there, or the very same."""
    return not has_key(folder, name) or read_seed(folder, name) == seed


def read_seed(folder: Path, name: str) -> bytes:
    """Returns the secret of one key.

    Raises:
        NotFound: there is no key of that name.
        InvalidInput: others may read its file, or it holds no key.
    """
    path = folder / f"{name}{_ENDING}"
    params: dict[str, str | int] = {"file": str(path)}
    if not path.is_file():
        raise NotFound(Fault("store.keys-missing", "--keys", params=params))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise InvalidInput(Fault("store.keys-open", "--keys", params=params))
    try:
        seed = bytes.fromhex(path.read_text("ascii"))
    except ValueError:
        seed = b""
    if len(seed) != SEED_BYTES:
        raise InvalidInput(Fault("store.keys-damaged", "--keys", params=params))
    return seed


def has_key(folder: Path, name: str) -> bool:
    """Whether a key of that name is there."""
    return (folder / f"{name}{_ENDING}").is_file()
