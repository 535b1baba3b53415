"""The vault's key: an X25519 identity (age) in a file of its own, sealed or for its owner alone.

Whoever puts something into the vault needs its public half alone, which lies in the vault. So a
server takes names in and cannot read them; the secret half is needed to look, and to look only.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pyrage

from rafiqa.errors import Fault, StoreError
from rafiqa.store.keyfile import secret_in, write_new
from rafiqa.store.passphrase import LETTERS_LEAST, is_sealed, opened, sealed

_MARK: Final = "# rafiqa vault, public: "


def make_vault_key(
    path: Path, entropy: Callable[[int], bytes], passphrase: str | None = None
) -> str:
    """The public half of a new key, whose secret half now lies in a file.

    Args:
        path: where; nothing may be there.
        entropy: gives that many random bytes; for the sealing.
        passphrase: seals the file, 12 letters at least; without one only its owner can read it.

    Raises:
        StoreError: the passphrase is short, something is there, or the disk failed.
    """
    if passphrase is not None and len(passphrase.strip()) < LETTERS_LEAST:
        raise StoreError(Fault("store.key.short", params={"letters": LETTERS_LEAST}))
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    content = f"{_MARK}{public}\n{identity}\n".encode()
    write_new(path, content if passphrase is None else sealed(content, passphrase, entropy))
    return public


def vault_key_at(path: Path, passphrase: str | None = None) -> pyrage.x25519.Identity:
    """The key that lies in a file.

    Raises:
        StoreError: it is missing, others than its owner can read it and it is not sealed, the
            passphrase is another, or it is no key of a vault.
    """
    params: dict[str, str | int] = {"path": str(path)}
    data, is_private = secret_in(path)
    if not is_sealed(data):
        if not is_private:
            raise StoreError(Fault("store.key.open-to-others", params=params))
        content: bytes | None = data
    else:
        content = None if passphrase is None else opened(data, passphrase)
    try:
        return pyrage.x25519.Identity.from_str((content or b"").decode().split("\n")[1].strip())
    except (pyrage.IdentityError, UnicodeDecodeError, IndexError):
        raise StoreError(Fault("store.key.unreadable", params=params)) from None
