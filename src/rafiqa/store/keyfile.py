"""Keys in files: PKCS#8 in PEM, sealed with a passphrase or readable by their owner alone.

For offices without a hardware module. The key's name stands in a line above, so that the file says
whose it is without being opened. Source: RFC 5958 (PKCS#8), RFC 7468 (PEM; text before the block is
explanatory).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from rafiqa.errors import Fault, StoreError
from rafiqa.ledger.signing import SEED_BYTES, Algorithm, MemorySigner

_MARK: Final = "# rafiqa key: "
_SEALED: Final = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_OWNER_ONLY: Final = 0o400
FILE_BYTES: Final = 64 * 1024


def make_key(
    path: Path,
    name: str,
    algorithm: Algorithm,
    *,
    entropy: Callable[[int], bytes],
    passphrase: bytes | None = None,
) -> MemorySigner:
    """The signer of a new key, which now lies in a file of its own, on the disk.

    Args:
        path: where; nothing may be there.
        name: the key's name, one line.
        algorithm: how it signs.
        entropy: gives that many random bytes.
        passphrase: seals the file; without one only its owner can read it.

    Raises:
        StoreError: something is there, or the disk failed.
    """
    seed = entropy(SEED_BYTES)
    signer = MemorySigner(name, algorithm, seed)
    key: Ed25519PrivateKey | MLDSA44PrivateKey = (
        Ed25519PrivateKey.from_private_bytes(seed)
        if algorithm is Algorithm.ED25519
        else MLDSA44PrivateKey.from_seed_bytes(seed)
    )
    sealing: serialization.KeySerializationEncryption = (
        serialization.NoEncryption()
        if passphrase is None
        else serialization.BestAvailableEncryption(passphrase)
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealing)
    content = f"{_MARK}{' '.join(name.split())}\n".encode() + pem
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except FileExistsError:
        raise StoreError(Fault("store.key.taken", params={"path": str(path)})) from None
    except OSError as error:
        params: dict[str, str | int] = {"path": str(path), "detail": str(error)[:200]}
        raise StoreError(Fault("store.key.disk", params=params)) from error
    return signer


def signer_of(path: Path, passphrase: bytes | None = None) -> MemorySigner:
    """The signer whose key lies in a file.

    Raises:
        StoreError: it is missing, others than its owner can read it and it is not sealed, the
            passphrase is another, or it is no key of a kind that signs here.
    """
    params: dict[str, str | int] = {"path": str(path)}
    try:
        mode = path.stat().st_mode
        data = path.read_bytes()[:FILE_BYTES]
    except OSError:
        raise StoreError(Fault("store.key.missing", params=params)) from None
    sealed = _SEALED in data
    if not sealed and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise StoreError(Fault("store.key.open-to-others", params=params))
    first = data.split(b"\n", 1)[0].decode("utf-8", "replace")
    name = first.removeprefix(_MARK).strip() if first.startswith(_MARK) else path.stem
    try:
        key = serialization.load_pem_private_key(data, passphrase if sealed else None)
    except (ValueError, TypeError):
        raise StoreError(Fault("store.key.unreadable", params=params)) from None
    if isinstance(key, Ed25519PrivateKey):
        return MemorySigner(name, Algorithm.ED25519, key.private_bytes_raw())
    if isinstance(key, MLDSA44PrivateKey):
        return MemorySigner(name, Algorithm.ML_DSA_44, key.private_bytes_raw())
    raise StoreError(Fault("store.key.unreadable", params=params))
