"""Keys in files: PKCS#8 in PEM, sealed with a passphrase or readable by their owner alone.

For offices without a hardware module. The key's name stands in a line above. Source: RFC 5958
(PKCS#8), RFC 7468 (PEM; text before the block is explanatory), RFC 8410 and 9881 (the two kinds).

What seals is age and not PKCS#8 itself: there the passphrase would be hashed 2,048 times (so by
cryptography 50), half a millisecond a guess without memory; see ``passphrase`` for what it is now.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from rafiqa.errors import Fault, StoreError
from rafiqa.ledger.signing import SEED_BYTES, Algorithm, MemorySigner
from rafiqa.store.passphrase import LETTERS_LEAST, is_sealed, opened, sealed

_MARK: Final = "# rafiqa key: "
_OWNER_ONLY: Final = 0o400
FILE_BYTES: Final = 64 * 1024


def make_key(
    path: Path,
    name: str,
    algorithm: Algorithm,
    *,
    entropy: Callable[[int], bytes],
    passphrase: str | None = None,
) -> MemorySigner:
    """The signer of a new key, which now lies in a file of its own, on the disk.

    Args:
        path: where; nothing may be there.
        name: the key's name, one line.
        algorithm: how it signs.
        entropy: gives that many random bytes.
        passphrase: seals the file, 12 letters at least; without one only its owner can read it.

    Raises:
        StoreError: the passphrase is short, something is there, or the disk failed; then there is
            no new file.
    """
    if passphrase is not None and len(passphrase.strip()) < LETTERS_LEAST:
        raise StoreError(Fault("store.key.short", params={"letters": LETTERS_LEAST}))
    seed = entropy(SEED_BYTES)
    signer = MemorySigner(name, algorithm, seed)
    key: Ed25519PrivateKey | MLDSA44PrivateKey = (
        Ed25519PrivateKey.from_private_bytes(seed)
        if algorithm is Algorithm.ED25519
        else MLDSA44PrivateKey.from_seed_bytes(seed)
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    content = f"{_MARK}{' '.join(name.split())}\n".encode() + pem
    write_new(path, content if passphrase is None else sealed(content, passphrase, entropy))
    return signer


def signer_of(path: Path, passphrase: str | None = None) -> MemorySigner:
    """The signer whose key lies in a file.

    Raises:
        StoreError: it is missing, others than its owner can read it and it is not sealed, the
            passphrase is another, or it is no key of a kind that signs here.
    """
    params: dict[str, str | int] = {"path": str(path)}
    data, is_private = secret_in(path)
    if not is_sealed(data):
        if not is_private:
            raise StoreError(Fault("store.key.open-to-others", params=params))
        signer = _signer_in(data, path.stem)
    else:
        content = None if passphrase is None else opened(data, passphrase)
        signer = None if content is None else _signer_in(content, path.stem)
    if signer is None:
        raise StoreError(Fault("store.key.unreadable", params=params))
    return signer


def secret_in(path: Path) -> tuple[bytes, bool]:
    """The first 64 KiB of a file, and whether nobody but us or root can read or change it.

    Raises:
        StoreError: it is missing or cannot be read.
    """
    try:
        # Not blocking: a pipe of that name must not hold us up for ever.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            state = os.fstat(handle)
            data = os.read(handle, FILE_BYTES) if stat.S_ISREG(state.st_mode) else b""
        finally:
            os.close(handle)
    except OSError:
        raise StoreError(Fault("store.key.missing", params={"path": str(path)})) from None
    of_others = state.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    return data, not of_others and state.st_uid in {os.geteuid(), 0}


def write_new(path: Path, content: bytes) -> None:
    """Nothing; a new file that its owner alone can read is whole on the disk, or there is none.

    Raises:
        StoreError: something is there already, or the disk failed.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWNER_ONLY)
    except FileExistsError:
        raise StoreError(Fault("store.key.taken", params={"path": str(path)})) from None
    except OSError as error:
        raise StoreError(_disk_fault(path, error)) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        _sync_folder(path.parent)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise StoreError(_disk_fault(path, error)) from error


def _sync_folder(folder: Path) -> None:
    """The name of a new file is on the disk only once its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _disk_fault(path: Path, error: OSError) -> Fault:
    return Fault("store.key.disk", params={"path": str(path), "detail": str(error)[:200]})


def _signer_in(data: bytes, stem: str) -> MemorySigner | None:
    """The signer of an opened file; None where it holds no key that signs here."""
    first = data.split(b"\n", 1)[0].decode("utf-8", "replace")
    name = first.removeprefix(_MARK).strip() if first.startswith(_MARK) else stem
    try:
        key = serialization.load_pem_private_key(data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if isinstance(key, Ed25519PrivateKey):
        return MemorySigner(name, Algorithm.ED25519, key.private_bytes_raw())
    if isinstance(key, MLDSA44PrivateKey):
        return MemorySigner(name, Algorithm.ML_DSA_44, key.private_bytes_raw())
    return None
