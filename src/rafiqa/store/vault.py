"""The vault: who people are, apart from the ledger, each under a key of their own.

A file beside the store. Every identity is sealed by AES-256-GCM under a key of its own, and that
key by age (X25519) to the vault's public key: whoever has this file and no secret reads nothing,
and a server that takes identities in needs no secret. Erasing takes salt, key and sealed bytes of
one person; what other copies of the file hold of them is dead once the vault has a new key.

The pseudonym is HMAC-SHA256 under that person's own key over salt and content (RFC 2104): it can be
proven by whoever may open the identity, and by nobody, whatever they guess, once the key is gone.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any, Final

import apsw
import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rafiqa.errors import Fault, InvalidInput, NotFound, StoreError
from rafiqa.store.failure import wrapped
from rafiqa.store.settings import PRAGMAS, refuse_old_sqlite

CONTENT_BYTES: Final = 32 * 1024 * 1024
"""Most that one item holds: a photograph as it came from a phone."""
KEY_BYTES, SALT_BYTES, NONCE_BYTES = 32, 16, 12
_PSEUDONYM_LETTERS: Final = 32
_WAIT_MS: Final = 10_000
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS item (
    pseudonym TEXT PRIMARY KEY,
    request TEXT NOT NULL UNIQUE,
    salt BLOB,
    wrapped BLOB,
    sealed BLOB,
    kept_at_us INTEGER NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class VaultItem:
    """What the vault says of one identity without any key.

    Attributes:
        pseudonym: by which the ledger knows it.
        request: the id of the entry of the ledger that is to name it.
        kept_at_us: when it was put in, microseconds since 1970 UTC.
        erased: whether its salt, key and content are gone.
    """

    pseudonym: str
    request: str
    kept_at_us: int
    erased: bool


class Vault:
    """An open vault; made by ``make_vault`` and ``open_vault``.

    Args:
        path: its file.
        connection: to it, configured.
        entropy: gives that many random bytes; for keys, salts and nonces.
        now_us: the clock, microseconds since 1970 UTC.
    """

    def __init__(
        self,
        path: Path,
        connection: apsw.Connection,
        entropy: Callable[[int], bytes],
        now_us: Callable[[], int],
    ) -> None:
        self.path = path
        self._connection = connection
        self._entropy = entropy
        self._now_us = now_us
        self._turn = RLock()

    @property
    def public(self) -> str:
        """The public half of the key that opens it."""
        return self._meta("public").decode()

    def digest(self, content: bytes) -> bytes:
        """A digest of what was sent that nobody without this file can test a guess against."""
        return hmac.digest(self._meta("digests"), content, "sha256")

    def keep(self, content: bytes, request: str) -> str:
        """The pseudonym of an identity that is on the disk now; the first one's, asked again.

        Args:
            content: what is kept, at most 32 MiB.
            request: the id of the ledger's entry that is to name it, the same when tried again.

        Raises:
            InvalidInput: it is too large.
            StoreError: the disk failed, or is full.
        """
        if len(content) > CONTENT_BYTES:
            params: dict[str, str | int] = {"limit_mib": CONTENT_BYTES // 1024**2}
            raise InvalidInput(Fault("store.vault.large", params=params))
        with self._turn, wrapped(), self._connection:
            known = self._rows("SELECT pseudonym FROM item WHERE request = ?", (request,))
            if known:
                return str(known[0][0])
            key, salt = self._entropy(KEY_BYTES), self._entropy(SALT_BYTES)
            pseudonym = _pseudonym(key, salt, content)
            self._connection.execute(
                "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?)",
                (
                    pseudonym,
                    request,
                    salt,
                    pyrage.encrypt(key, [pyrage.x25519.Recipient.from_str(self.public)]),
                    self._sealed(key, pseudonym, content),
                    self._now_us(),
                ),
            )
        return pseudonym

    def opened(self, pseudonym: str, secret: pyrage.x25519.Identity) -> bytes:
        """What is kept under a pseudonym, proven to be what it was made of.

        Raises:
            NotFound: nothing is kept under it, or it was erased.
            StoreError: the key is another one's, or somebody changed what lies there.
        """
        rows = self._rows(
            "SELECT salt, wrapped, sealed FROM item WHERE pseudonym = ?", (pseudonym,)
        )
        if not rows or rows[0][1] is None:
            params: dict[str, str | int] = {"pseudonym": pseudonym[:64]}
            raise NotFound(Fault("store.vault.unknown", "PSEUDONYM", params=params))
        salt, wrapped_key, sealed = rows[0]
        key = self._unwrapped(wrapped_key, secret)
        try:
            content = AESGCM(key).decrypt(
                sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], pseudonym.encode()
            )
        except InvalidTag:
            raise _damaged(pseudonym) from None
        if not hmac.compare_digest(_pseudonym(key, salt, content), pseudonym):
            raise _damaged(pseudonym)
        return content

    def erase(self, pseudonym: str) -> bool:
        """Whether there was something to erase; salt, key and content are overwritten and gone.

        Raises:
            StoreError: the disk failed.
        """
        with self._turn:
            return self._erased(pseudonym)

    def _erased(self, pseudonym: str) -> bool:
        with wrapped(), self._connection:
            self._connection.execute(
                "UPDATE item SET salt = NULL, wrapped = NULL, sealed = NULL "
                "WHERE pseudonym = ? AND wrapped IS NOT NULL",
                (pseudonym,),
            )
        return bool(self._connection.changes())

    def items(self) -> Iterator[VaultItem]:
        """Each identity that was ever put in, in the order of its pseudonym."""
        for name, request, at_us, erased in self._rows(
            "SELECT pseudonym, request, kept_at_us, wrapped IS NULL FROM item ORDER BY pseudonym"
        ):
            yield VaultItem(name, request, at_us, bool(erased))

    def rekey(self, secret: pyrage.x25519.Identity, public: str) -> int:
        """How many identities are now sealed to another key; the old one opens none of them.

        Args:
            secret: the key until now.
            public: the public half of the new one, whose file is on the disk already.

        Raises:
            StoreError: the old key is another one's, or the disk failed; nothing has changed.
        """
        recipient = pyrage.x25519.Recipient.from_str(public)
        self.refuse_other(secret)
        with self._turn, wrapped(), self._connection:
            rows = self._rows("SELECT pseudonym, wrapped FROM item WHERE wrapped IS NOT NULL")
            for pseudonym, wrapped_key in rows:
                anew = pyrage.encrypt(self._unwrapped(wrapped_key, secret), [recipient])
                self._connection.execute(
                    "UPDATE item SET wrapped = ? WHERE pseudonym = ?", (anew, pseudonym)
                )
            self._connection.execute(
                "UPDATE meta SET value = ? WHERE name = 'public'", (public.encode(),)
            )
        return len(rows)

    def refuse_other(self, secret: pyrage.x25519.Identity) -> None:
        """Nothing, or ``StoreError`` where a key is not this vault's."""
        if str(secret.to_public()) != self.public:
            raise StoreError(Fault("store.vault.key"))

    def copied(self, path: Path) -> None:
        """Nothing; a whole copy of the vault, sealed as it is, lies there.

        Raises:
            StoreError: something is there, or the disk failed.
        """
        if path.exists():
            raise StoreError(Fault("store.key.taken", params={"path": str(path)}))
        with self._turn, wrapped():
            self._connection.execute("VACUUM INTO ?", (str(path),))
        path.chmod(0o600)

    def close(self) -> None:
        """Closes it."""
        self._connection.close()

    def _sealed(self, key: bytes, pseudonym: str, content: bytes) -> bytes:
        nonce = self._entropy(NONCE_BYTES)
        return nonce + AESGCM(key).encrypt(nonce, content, pseudonym.encode())

    @staticmethod
    def _unwrapped(wrapped_key: bytes, secret: pyrage.x25519.Identity) -> bytes:
        try:
            return bytes(pyrage.decrypt(wrapped_key, [secret]))
        except pyrage.DecryptError:
            raise StoreError(Fault("store.vault.key")) from None

    def _meta(self, name: str) -> bytes:
        rows = self._rows("SELECT value FROM meta WHERE name = ?", (name,))
        if not rows:
            raise StoreError(Fault("store.vault.damaged", params={"pseudonym": name}))
        return bytes(rows[0][0])

    def _rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with self._turn, wrapped():
            return list(self._connection.execute(statement, values))


def make_vault(
    path: Path, public: str, entropy: Callable[[int], bytes], now_us: Callable[[], int]
) -> Vault:
    """A new, empty vault in a file for its owner alone.

    Raises:
        StoreError: something is there, or the disk failed.
    """
    if path.exists():
        raise StoreError(Fault("store.vault.taken", params={"path": str(path)}))
    with wrapped():
        connection = _connected(path, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
        path.chmod(0o600)
        with connection:
            connection.execute(_TABLES)
            connection.execute(
                "INSERT INTO meta VALUES ('public', ?), ('digests', ?)",
                (public.encode(), entropy(KEY_BYTES)),
            )
    return Vault(path, connection, entropy, now_us)


def open_vault(path: Path, entropy: Callable[[int], bytes], now_us: Callable[[], int]) -> Vault:
    """The vault in a file.

    Raises:
        NotFound: there is none.
        StoreError: it is no vault, or damaged.
    """
    if not path.is_file():
        raise NotFound(Fault("store.vault.none", "STORE", params={"path": str(path)}))
    with wrapped():
        connection = _connected(path, apsw.SQLITE_OPEN_READWRITE)
    vault = Vault(path, connection, entropy, now_us)
    _ = vault.public
    return vault


def _connected(path: Path, flags: int) -> apsw.Connection:
    refuse_old_sqlite(apsw.sqlite_lib_version())
    connection = apsw.Connection(str(path), flags)
    connection.set_busy_timeout(_WAIT_MS)
    # Without a log that outlives a commit: what is erased stands in no other file. With FULL it
    # lost nothing in 1,687 simulated power cuts (trust study 6.3).
    connection.execute("PRAGMA journal_mode = DELETE")
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
    return connection


def _pseudonym(key: bytes, salt: bytes, content: bytes) -> str:
    made = hmac.digest(key, salt + sha256(content).digest(), "sha256").hex()
    return f"p-{made[:_PSEUDONYM_LETTERS]}"


def _damaged(pseudonym: str) -> StoreError:
    return StoreError(Fault("store.vault.damaged", params={"pseudonym": pseudonym[:64]}))
