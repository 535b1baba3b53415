"""The vault: who people are, apart from the ledger, each under a key of their own.

A file beside the store. Every identity is sealed by AES-256-GCM under a key of its own, and that
key by age (X25519) to the vault's public key: whoever has this file and no secret reads nothing,
and a server that takes identities in needs no secret. Erasing takes salt, key and sealed bytes of
one person; what other copies of the file hold of them is dead once the vault has a new key.

The pseudonym is HMAC-SHA256 under that person's own key over salt and content (RFC 2104): it can be
proven by whoever may open the identity, and by nobody, whatever they guess, once the key is gone.
The key seals and names under two keys derived of it (HKDF, RFC 5869).

By which of several forms under one id something came, a digest under a key of that item says: both
lie in its row, and go with it. Whoever has this file and the ledger can test guesses at what is
not erased yet, and at nothing that is.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any, Final

import apsw
import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from rafiqa.errors import CorruptLedger, Fault, InvalidInput, NotFound, StoreError
from rafiqa.store.durable import sync_path
from rafiqa.store.failure import DRIVER_ERRORS, wrapped
from rafiqa.store.settings import PRAGMAS, refuse_old_sqlite
from rafiqa.store.vaultform import brought_up, immediate

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
    kept_at_us INTEGER NOT NULL,
    digest_key BLOB,
    digest BLOB
) STRICT;
"""
_ITEM: Final = "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_ERASED: Final = (
    "UPDATE item SET salt = NULL, wrapped = NULL, sealed = NULL, digest_key = NULL, digest = NULL "
    "WHERE pseudonym = ? AND wrapped IS NOT NULL"
)
_RENEWED: Final = "UPDATE item SET kept_at_us = ? WHERE pseudonym = ?"


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
        self.settled_with: int | None = None
        """With how many erasures of the ledger it was held against it; None: not since opened."""
        self._turn = RLock()
        there = path.stat()
        self._file = there.st_dev, there.st_ino

    @property
    def public(self) -> str:
        """The public half of the key that opens it."""
        return self._meta("public").decode()

    def digest(self, pseudonym: str, content: bytes) -> bytes | None:
        """A digest of what was sent, under the key of one item; None where that is erased.

        The same content has the same one as long as the item lives. With its key gone no guess can
        be tested against it.
        """
        rows = self._rows("SELECT digest_key FROM item WHERE pseudonym = ?", (pseudonym,))
        key = rows[0][0] if rows else None
        return None if key is None else hmac.digest(key, content, "sha256")

    def keep(
        self, content: bytes, request: str, *, erased: Callable[[str], bool] = lambda _: False
    ) -> str:
        """The pseudonym of an identity that is on the disk now; the first one's, asked again.

        Args:
            content: what is kept, at most 32 MiB.
            request: the id of the ledger's entry that is to name it, the same when tried again.
            erased: whether the ledger says that a pseudonym is erased: then it stays so. What is
                gone from here and not by the ledger's word is put in anew.

        Raises:
            InvalidInput: it is too large.
            StoreError: the disk failed, or is full, or the vault is damaged.
        """
        _refuse_large(content)
        with self._written():
            for name, is_gone in self._rows(
                "SELECT pseudonym, wrapped IS NULL FROM item WHERE request = ?", (request,)
            ):
                if not is_gone:
                    # Whoever keeps it again is about to name it: it is no orphan of long ago.
                    self._connection.execute(_RENEWED, (self._now_us(), name))
                if not is_gone or erased(name):
                    return str(name)
                self._connection.execute("DELETE FROM item WHERE pseudonym = ?", (name,))
            return self._put(content, content, request)

    def keep_form(self, form: bytes, content: bytes, entry_id: str) -> tuple[str, bytes]:
        """The pseudonym of a form's identity, on the disk now, and the form's digest.

        Under one id several forms may come. The same bytes again are the same identity.

        Args:
            form: the form as it came, which the digest is made of.
            content: what is kept of it, at most 32 MiB.
            entry_id: the entry of the ledger that keeps, or would keep, the form.

        Raises:
            InvalidInput: it is too large.
            StoreError: the disk failed, or is full, or the vault is damaged.
        """
        _refuse_large(content)
        with self._written():
            found = self.form_kept(form, entry_id)
            if found is not None:
                self._connection.execute(_RENEWED, (self._now_us(), found[0]))
                return found
            request = f"{entry_id}:{self._entropy(8).hex()}"
            name = self._put(content, form, request)
            return name, self.digest(name, form) or b""

    def form_kept(self, form: bytes, entry_id: str) -> tuple[str, bytes] | None:
        """The pseudonym and digest under which a form's identity lies here; None where not."""
        for name, request, key, digest in self._rows(
            "SELECT pseudonym, request, digest_key, digest FROM item "
            "WHERE request >= ? AND request < ? AND wrapped IS NOT NULL",
            _forms_of(entry_id),
        ):
            if key is None:
                continue
            made = hmac.digest(key, form, "sha256")
            # A vault of the first days has the digest's beginning in the request alone.
            known = bytes.fromhex(request.rpartition(":")[2]) if digest is None else digest
            if hmac.compare_digest(made[: len(known)], known):
                return str(name), made
        return None

    def forms_erased(self, entry_id: str) -> list[str]:
        """The pseudonyms of forms that came under one id and are erased here."""
        rows = self._rows(
            "SELECT pseudonym FROM item WHERE request >= ? AND request < ? AND wrapped IS NULL",
            _forms_of(entry_id),
        )
        return [str(row[0]) for row in rows]

    def _put(self, content: bytes, sent: bytes, request: str) -> str:
        key, salt = self._entropy(KEY_BYTES + 1), self._entropy(SALT_BYTES)
        digest_key = self._entropy(KEY_BYTES)
        pseudonym = _pseudonym(key, salt, content)
        row = (
            pseudonym,
            request,
            salt,
            pyrage.encrypt(key, [pyrage.x25519.Recipient.from_str(self.public)]),
            self._sealed(key, pseudonym, content),
            self._now_us(),
            digest_key,
            hmac.digest(digest_key, sent, "sha256"),
        )
        self._connection.execute(_ITEM, row)
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
            content = AESGCM(_derived(key, "content")).decrypt(
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
        with self._written():
            self._connection.execute(_ERASED, (pseudonym,))
            return bool(self._connection.changes())

    def drop(self, pseudonym: str) -> bool:
        """Whether there was something to drop: all of it is gone, as if it had never been put in.

        For what no entry of the ledger names. What one names is erased, so that it stays so.

        Raises:
            StoreError: the disk failed.
        """
        with self._written():
            self._connection.execute(_ERASED, (pseudonym,))
            self._connection.execute("DELETE FROM item WHERE pseudonym = ?", (pseudonym,))
            return bool(self._connection.changes())

    def alive(self) -> frozenset[str]:
        """The pseudonyms of what lies here and is not erased; no content is touched."""
        rows = self._rows("SELECT pseudonym FROM item WHERE wrapped IS NOT NULL")
        return frozenset(str(row[0]) for row in rows)

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
        with self._written():
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
        with self._turn, _told():
            # Private before there is anything in it, and on the disk before it is told of.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            try:
                self._connection.execute("VACUUM INTO ?", (str(path),))
                sync_path(path)
            except DRIVER_ERRORS:
                path.unlink()
                raise

    def bind(self, site: bytes) -> None:
        """Nothing; from now on the vault belongs to one ledger, which a vault does once.

        Args:
            site: the hash of that ledger's first entry.

        Raises:
            StoreError: it belongs to another.
        """
        asked = "SELECT value FROM meta WHERE name = 'site'"
        known = self._rows(asked)
        if not known:
            with self._written():
                known = self._rows(asked)
                if not known:
                    self._connection.execute("INSERT INTO meta VALUES ('site', ?)", (site,))
                    return
        if bytes(known[0][0]) != site:
            raise StoreError(Fault("store.vault.other", params={"path": str(self.path)}))

    @property
    def is_there(self) -> bool:
        """Whether the file under its path is still the one that is open here."""
        try:
            there = self.path.stat()
        except OSError:
            return False
        return (there.st_dev, there.st_ino) == self._file

    def close(self) -> None:
        """Closes it, once nobody is in it."""
        with self._turn:
            self._connection.close()

    def _sealed(self, key: bytes, pseudonym: str, content: bytes) -> bytes:
        nonce = self._entropy(NONCE_BYTES)
        return nonce + AESGCM(_derived(key, "content")).encrypt(nonce, content, pseudonym.encode())

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
        with self._turn, _told():
            return list(self._connection.execute(statement, values))

    @contextmanager
    def _written(self) -> Iterator[None]:
        """A block whose writes are on the disk after it, all or none.

        It waits for another process's before it reads: two that had read could not both go on to
        write, and SQLite refuses one of them at once.
        """
        with self._turn, _told(), immediate(self._connection):
            yield


def make_vault(
    path: Path, public: str, entropy: Callable[[int], bytes], now_us: Callable[[], int]
) -> Vault:
    """A new, empty vault in a file for its owner alone.

    Raises:
        StoreError: something is there, or the disk failed.
    """
    if path.exists():
        raise StoreError(Fault("store.vault.taken", params={"path": str(path)}))
    with _told():
        connection = _connected(path, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
        path.chmod(0o600)
        with immediate(connection):
            connection.execute(_TABLES)
            connection.execute("INSERT INTO meta VALUES ('public', ?)", (public.encode(),))
    return Vault(path, connection, entropy, now_us)


def open_vault(path: Path, entropy: Callable[[int], bytes], now_us: Callable[[], int]) -> Vault:
    """The vault in a file.

    Raises:
        NotFound: there is none.
        StoreError: it is no vault, or damaged.
    """
    if not path.is_file():
        raise NotFound(Fault("store.vault.none", "STORE", params={"path": str(path)}))
    with _told():
        connection = _connected(path, apsw.SQLITE_OPEN_READWRITE)
        brought_up(connection)
        vault = Vault(path, connection, entropy, now_us)
        _ = vault.public
    return vault


@contextmanager
def _told() -> Iterator[None]:
    """A block that a vault which rotted leaves as a failure of the vault, and not of the ledger.

    The ledger goes on: what names nobody is taken, and phones keep the rest.
    """
    try:
        with wrapped():
            yield
    except CorruptLedger as error:
        raise _damaged(error.faults[0].params.get("detail", "")) from error
    except (pyrage.RecipientError, pyrage.EncryptError) as error:
        raise _damaged(error) from error


def _refuse_large(content: bytes) -> None:
    if len(content) > CONTENT_BYTES:
        params: dict[str, str | int] = {"limit_mib": CONTENT_BYTES // 1024**2}
        raise InvalidInput(Fault("store.vault.large", params=params))


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


def _forms_of(entry_id: str) -> tuple[str, str]:
    """First and end of the requests of forms under one id: the colon, and the letter after it."""
    return f"{entry_id}:", f"{entry_id};"


def _derived(key: bytes, label: str) -> bytes:
    """The key for one use; that of the first days, a byte shorter, served both uses itself."""
    if len(key) == KEY_BYTES:
        return key
    return HKDFExpand(SHA256(), KEY_BYTES, f"rafiqa vault {label}".encode()).derive(key)


def _pseudonym(key: bytes, salt: bytes, content: bytes) -> str:
    made = hmac.digest(_derived(key, "pseudonym"), salt + sha256(content).digest(), "sha256").hex()
    return f"p-{made[:_PSEUDONYM_LETTERS]}"


def _damaged(where: object) -> StoreError:
    return StoreError(Fault("store.vault.damaged", params={"pseudonym": str(where)[:64]}))
