"""Sealed files: a backup encrypted to people who are elsewhere, in the age format.

Whoever makes backups needs only the recipients' public texts, so the machine that is stolen
cannot open what it wrote. The format is age v1 (C2SP age.md), by pyrage: X25519 for the key,
ChaCha20-Poly1305 over pieces of 64 KiB, so that a changed, missing or moved piece is seen.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

import pyrage

from rafiqa.errors import Fault, InvalidInput

_MAGIC: Final = b"age-encryption.org/v1"


def is_sealed(path: Path) -> bool:
    """Whether a file begins as an age file does."""
    with path.open("rb") as stream:
        return stream.read(len(_MAGIC)) == _MAGIC


def recipients_of(texts: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """The recipients that texts such as ``age1…`` name.

    Raises:
        InvalidInput: some are none; each is listed.
    """
    good, faults = [], []
    for row, text in enumerate(texts, 1):
        try:
            good.append(pyrage.x25519.Recipient.from_str(text.strip()))
        except pyrage.RecipientError:
            params: dict[str, str | int] = {"text": text[:80]}
            faults.append(Fault("store.recipient", "--recipient", row, params))
    if faults:
        raise InvalidInput(faults)
    return good


def identities_in(text: str) -> list[pyrage.x25519.Identity]:
    """The identities in a text: one a line, as age-keygen writes them; ``#`` begins a remark.

    Raises:
        InvalidInput: there is none, or a line is none. The line itself is not told: it may be a
            secret with a slip in it.
    """
    lines = [(row, line.strip()) for row, line in enumerate(text.splitlines(), 1)]
    lines = [(row, line) for row, line in lines if line and not line.startswith("#")]
    good, faults = [], []
    for row, line in lines:
        try:
            good.append(pyrage.x25519.Identity.from_str(line))
        except pyrage.IdentityError:
            faults.append(Fault("store.identity", "--identity", row))
    if faults or not good:
        raise InvalidInput(faults or [Fault("store.identity", "--identity")])
    return good


def new_identity(path: Path) -> str:
    """The public text of an identity made now; the secret one is in a file only we may read.

    Raises:
        InvalidInput: there is a file already, or none can be made.
    """
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(file, "w", encoding="ascii") as stream:
            stream.write(f"# public: {public}\n{identity}\n")
            stream.flush()
            os.fsync(stream.fileno())
    except FileExistsError as error:
        raise InvalidInput(Fault("store.identity-exists", params={"path": str(path)})) from error
    except OSError as error:
        raise InvalidInput(Fault("store.no-folder", params={"path": str(path.parent)})) from error
    return public


class Hashing:
    """A stream that hashes what goes through it.

    Args:
        stream: what is read or written.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.hash = sha256()
        self.n_bytes = 0

    def write(self, data: bytes) -> int:
        """How many bytes were written: all."""
        self.hash.update(data)
        self.n_bytes += len(data)
        return self._stream.write(data)

    def flush(self) -> None:
        """Nothing; what was written has left this process."""
        self._stream.flush()


def seal(source: IO[bytes], target: Hashing, recipients: Sequence[pyrage.x25519.Recipient]) -> None:
    """Nothing; the target holds the source, to be opened by any of the recipients only."""
    pyrage.encrypt_io(source, target, list(recipients))


def unseal(
    source: IO[bytes], target: IO[bytes], identities: Sequence[pyrage.x25519.Identity]
) -> None:
    """Nothing; the target holds what was sealed.

    Raises:
        InvalidInput: none of the identities opens it, or a piece of it is damaged or missing;
            what was written until then is not to be used.
    """
    try:
        pyrage.decrypt_io(source, target, list(identities))
    except pyrage.DecryptError as error:
        code = "store.backup-key" if "matching keys" in str(error) else "store.backup-damaged"
        raise InvalidInput(Fault(code, "SRC", params={"detail": str(error)[:200]})) from error
