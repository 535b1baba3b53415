"""Key files: one signing key in a file that nobody else may read, sealed by a passphrase or not.

The key stands as a PKCS#8 PEM under a line with its name, so that other programs read it too. A
file without a passphrase suits a machine that starts by itself: then the system keeps it (a disk
that is encrypted, ``LoadCredential`` of systemd). Where a key must not be copied at all, it belongs
into a hardware module: see ``hardwarekey``.

Sources: RFC 5958 and 7468 (the file); RFC 8410 (Ed25519) and RFC 9881 (ML-DSA, as its seed).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger.signing import SEED_BYTES, Algorithm, MemorySigner
from rafiqa.store.failure import wrapped
from rafiqa.store.passphrase import LETTERS_LEAST, is_sealed, opened, sealed

SECRET_BYTES: Final = 16 * 1024
"""Longest secret file that is looked at."""
NAME_LETTERS: Final = 200
_NAME = "name: "
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def write_key(
    path: Path,
    name: str,
    algorithm: Algorithm,
    *,
    entropy: Callable[[int], bytes],
    passphrase: str | None = None,
) -> MemorySigner:
    """The signer of a key made now; it is in a new file and was read back from it.

    Args:
        path: where no file is yet; a key is never written over.
        name: the key's name, as trust lists will have it.
        algorithm: how it signs.
        entropy: gives that many secret random bytes.
        passphrase: what opens the file; None leaves it unsealed.

    Raises:
        InvalidInput: the name or the passphrase will not do (both are told), or the file exists.
        StoreError: the disk refused; the file is taken away again.
    """
    faults = _faults(name, passphrase)
    if faults:
        raise InvalidInput(faults)
    data = _text_of(name, algorithm, entropy(SEED_BYTES))
    if passphrase is not None:
        data = sealed(data, passphrase, entropy)
    _write_new(path, data)
    return read_key(path, passphrase)


def read_key(path: Path, passphrase: str | None = None) -> MemorySigner:
    """The signer whose key is in a file.

    Args:
        path: the file.
        passphrase: what opens it; not looked at where it is not sealed.

    Raises:
        InvalidInput: it is missing, others may read it, it holds no key, or the passphrase is
            missing or another one.
        StoreError: the disk refused.
    """
    data = read_secret(path)
    if is_sealed(data):
        if passphrase is None:
            raise InvalidInput(file_fault("store.key-passphrase-needed", path))
        found = opened(data, passphrase)
        if found is None:
            raise InvalidInput(file_fault("store.key-passphrase", path))
        data = found
    signer = _signer_of(data)
    if signer is None:
        raise InvalidInput(file_fault("store.key-form", path))
    return signer


def read_secret(path: Path) -> bytes:
    """The bytes of a secret file, such as a key or the PIN of a hardware module.

    Raises:
        InvalidInput: it is missing, no plain file, longer than 16 KiB, or open to others: then it
            is to be counted as known to them.
        StoreError: the disk refused.
    """
    with wrapped():
        try:
            # Not blocking: a pipe of that name must not hold us up for ever.
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            raise InvalidInput(file_fault("store.key-missing", path)) from None
        try:
            state = os.fstat(file)
            if not stat.S_ISREG(state.st_mode):
                raise InvalidInput(file_fault("store.key-form", path))
            if state.st_mode & _OTHERS or state.st_uid not in {os.geteuid(), 0}:
                raise InvalidInput(file_fault("store.key-open", path))
            data = os.read(file, SECRET_BYTES + 1)
        finally:
            os.close(file)
    if len(data) > SECRET_BYTES:
        raise InvalidInput(file_fault("store.key-form", path))
    return data


def _faults(name: str, passphrase: str | None) -> list[Fault]:
    faults = []
    if not (0 < len(name) <= NAME_LETTERS and name.isprintable() and name == name.strip()):
        faults.append(Fault("store.key-name", "name", params={"letters": NAME_LETTERS}))
    if passphrase is not None and len(passphrase.strip()) < LETTERS_LEAST:
        params: dict[str, str | int] = {"letters": LETTERS_LEAST}
        faults.append(Fault("store.key-passphrase-short", "passphrase", params=params))
    return faults


def _write_new(path: Path, data: bytes) -> None:
    with wrapped():
        try:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
        except FileExistsError:
            raise InvalidInput(file_fault("store.key-exists", path)) from None
        try:
            with os.fdopen(file, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            _sync_folder(path.parent)
        except BaseException:
            path.unlink()
            raise


def _sync_folder(folder: Path) -> None:
    """The name of a new file is on the disk only once its folder is."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _text_of(name: str, algorithm: Algorithm, seed: bytes) -> bytes:
    key: Ed25519PrivateKey | MLDSA44PrivateKey
    if algorithm is Algorithm.ED25519:
        key = Ed25519PrivateKey.from_private_bytes(seed)
    else:
        key = MLDSA44PrivateKey.from_seed_bytes(seed)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return f"{_NAME}{name}\n".encode() + pem


def _signer_of(data: bytes) -> MemorySigner | None:
    line, _, pem = data.partition(b"\n")
    try:
        name = line.decode()
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    own_name = name.removeprefix(_NAME)
    if own_name == name or _faults(own_name, None):
        return None
    if isinstance(key, Ed25519PrivateKey):
        return MemorySigner(own_name, Algorithm.ED25519, key.private_bytes_raw())
    if isinstance(key, MLDSA44PrivateKey):
        return MemorySigner(own_name, Algorithm.ML_DSA_44, key.private_bytes_raw())
    return None


def file_fault(code: str, path: Path) -> Fault:
    """The fault of that code about a file."""
    return Fault(code, params={"path": str(path)})
