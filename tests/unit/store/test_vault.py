"""The vault: what is put in comes out with its key alone, and what is erased never."""

from __future__ import annotations

import hmac
import itertools
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rafiqa.errors import InvalidInput, NotFound, StoreError
from rafiqa.store import passphrase
from rafiqa.store.vault import CONTENT_BYTES, Vault, make_vault, open_vault
from rafiqa.store.vaultkey import make_vault_key, vault_key_at

NAME = b"Nobody Whatsoever, 0770 000 000"


@pytest.fixture
def secret(tmp_path: Path) -> pyrage.x25519.Identity:
    make_vault_key(tmp_path / "key", os.urandom)
    return vault_key_at(tmp_path / "key")


@pytest.fixture
def vault(tmp_path: Path, secret: pyrage.x25519.Identity) -> Iterator[Vault]:
    ticks = itertools.count(1)
    made = make_vault(
        tmp_path / "city.vault", str(secret.to_public()), os.urandom, lambda: next(ticks)
    )
    yield made
    made.close()


def test_what_is_kept_comes_out_by_its_key_and_stands_nowhere_in_the_file(
    vault: Vault, secret: pyrage.x25519.Identity
) -> None:
    name = vault.keep(NAME, "e1")
    assert vault.opened(name, secret) == NAME
    assert NAME not in vault.path.read_bytes()
    assert vault.path.stat().st_mode & 0o077 == 0
    with pytest.raises(StoreError, match=r"store\.vault\.key"):
        vault.opened(name, pyrage.x25519.Identity.generate())


def test_the_same_person_twice_has_two_pseudonyms_that_nobody_can_join(vault: Vault) -> None:
    first = vault.keep(NAME, "e1")
    assert vault.keep(NAME, "e1") == first
    assert vault.keep(NAME, "e2") != first


def test_what_is_erased_is_gone_from_the_file_and_its_name_stays(
    vault: Vault, secret: pyrage.x25519.Identity
) -> None:
    name, other = vault.keep(NAME, "e1"), vault.keep(b"another", "e2")
    salt, wrapped, sealed = vault._rows(
        "SELECT salt, wrapped, sealed FROM item WHERE request='e1'"
    )[0]
    assert sealed in vault.path.read_bytes()
    assert vault.erase(name)
    assert not vault.erase(name)
    left = vault.path.read_bytes()
    assert salt not in left
    assert wrapped not in left
    assert sealed not in left
    with pytest.raises(NotFound):
        vault.opened(name, secret)
    assert vault.opened(other, secret) == b"another"
    # Sent again it stays erased, where the ledger says so.
    assert vault.keep(NAME, "e1", erased={name}.__contains__) == name
    assert [item.pseudonym for item in vault.items() if item.erased] == [name]


def test_what_is_gone_and_not_by_the_ledgers_word_is_put_in_anew(
    vault: Vault, secret: pyrage.x25519.Identity
) -> None:
    gone = vault.keep(NAME, "e1")
    assert vault.erase(gone)
    anew = vault.keep(NAME, "e1")
    assert anew != gone
    assert vault.opened(anew, secret) == NAME
    assert [item.pseudonym for item in vault.items()] == [anew]


def test_what_is_kept_again_is_no_orphan_of_long_ago(vault: Vault) -> None:
    name, (form, _) = vault.keep(NAME, "e1"), vault.keep_form(b"form", NAME, "e2")
    before = {item.pseudonym: item.kept_at_us for item in vault.items()}
    assert vault.keep(NAME, "e1") == name
    assert vault.keep_form(b"form", NAME, "e2")[0] == form
    assert all(item.kept_at_us > before[item.pseudonym] for item in vault.items())


def test_what_is_dropped_was_never_there(vault: Vault) -> None:
    name = vault.keep(NAME, "e1")
    (sealed,) = vault._rows("SELECT sealed FROM item")[0]
    assert vault.drop(name)
    assert not vault.drop(name)
    assert list(vault.items()) == []
    assert sealed not in vault.path.read_bytes()


def test_what_somebody_changed_or_put_in_anothers_place_is_not_shown(
    vault: Vault, secret: pyrage.x25519.Identity
) -> None:
    first, second = vault.keep(NAME, "e1"), vault.keep(b"another", "e2")
    vault._connection.execute(
        "UPDATE item SET (salt, wrapped, sealed) = "
        "(SELECT salt, wrapped, sealed FROM item WHERE pseudonym = ?) WHERE pseudonym = ?",
        (second, first),
    )
    with pytest.raises(StoreError, match=r"store\.vault\.damaged"):
        vault.opened(first, secret)


def test_a_new_key_opens_all_and_leaves_older_copies_dead(
    vault: Vault, secret: pyrage.x25519.Identity, tmp_path: Path
) -> None:
    name, gone = vault.keep(NAME, "e1"), vault.keep(b"gone", "e2")
    vault.copied(tmp_path / "old.vault")
    vault.erase(gone)
    make_vault_key(tmp_path / "new", os.urandom)
    fresh = vault_key_at(tmp_path / "new")
    with pytest.raises(StoreError, match=r"store\.vault\.key"):
        vault.rekey(fresh, str(fresh.to_public()))
    assert vault.rekey(secret, str(fresh.to_public())) == 1
    assert vault.opened(name, fresh) == NAME
    with pytest.raises(StoreError):
        vault.opened(name, secret)
    old = open_vault(tmp_path / "old.vault", os.urandom, lambda: 1)
    with pytest.raises(StoreError, match=r"store\.vault\.key"):
        old.opened(gone, fresh)
    # The control: with the key that was to be destroyed the old copy still opens.
    assert old.opened(gone, secret) == b"gone"
    old.close()


def test_a_digest_is_of_one_item_and_goes_with_it(vault: Vault) -> None:
    name, digest = vault.keep_form(NAME, b"kept", "e1")
    other, unlike = vault.keep_form(b"another", b"kept", "e1")
    assert (name, digest) == vault.keep_form(NAME, b"kept", "e1")
    assert name != other
    assert digest == vault.digest(name, NAME) != vault.digest(other, NAME)
    assert unlike == vault.digest(other, b"another")
    assert vault.form_kept(NAME, "e1") == (name, digest)
    assert vault.form_kept(NAME, "e") is None
    vault.erase(name)
    # Nobody tests a guess any more: neither by what is left here, nor with the other item's key.
    assert vault.digest(name, NAME) is None
    assert vault.form_kept(NAME, "e1") is None
    assert vault.forms_erased("e1") == [name]
    assert digest not in vault.path.read_bytes()


def test_a_vault_of_the_first_days_gets_a_key_for_each_item(
    tmp_path: Path, secret: pyrage.x25519.Identity
) -> None:
    path, shared = tmp_path / "first.vault", b"k" * 32
    vault = make_vault(path, str(secret.to_public()), os.urandom, lambda: 1)
    name, _ = vault.keep_form(b"form", NAME, "e1")
    known = hmac.digest(shared, b"form", "sha256")
    with vault._connection as connection:
        connection.execute("UPDATE item SET request = ?", (f"e1:{known.hex()[:16]}",))
        connection.execute("ALTER TABLE item DROP COLUMN digest")
        connection.execute("ALTER TABLE item DROP COLUMN digest_key")
        connection.execute("INSERT INTO meta VALUES ('digests', ?)", (shared,))
    vault.close()
    again = open_vault(path, os.urandom, lambda: 2)
    assert again.form_kept(b"form", "e1") == (name, known)
    assert again.form_kept(b"other", "e1") is None
    assert again.opened(name, secret) == NAME
    assert again._rows("SELECT name FROM meta") == [("public",)]
    again.close()


def test_it_belongs_to_one_ledger(vault: Vault) -> None:
    vault.bind(b"first")
    vault.bind(b"first")
    with pytest.raises(StoreError, match=r"store\.vault\.other"):
        vault.bind(b"another")


def test_damage_is_the_vaults_and_says_so(vault: Vault, secret: pyrage.x25519.Identity) -> None:
    vault._connection.execute("UPDATE meta SET value = x'61676531' WHERE name = 'public'")
    with pytest.raises(StoreError, match=r"store\.vault\.damaged"):
        vault.keep(NAME, "e1")
    vault._connection.execute(
        "UPDATE meta SET value = ? WHERE name = 'public'", (str(secret.to_public()).encode(),)
    )
    for number in range(20):
        vault.keep(bytes(5_000), f"r{number}")
    roots = dict(vault._connection.execute("SELECT name, rootpage FROM sqlite_schema"))
    vault.close()
    with vault.path.open("r+b") as file:
        for name, root in roots.items():
            if "item" in name:
                file.seek((root - 1) * 4_096)
                file.write(b"\xff" * 4_096)
    rotted = open_vault(vault.path, os.urandom, lambda: 1)
    for failing in (lambda: rotted.keep(NAME, "e1"), lambda: list(rotted.items())):
        with pytest.raises(StoreError, match=r"store\.vault\.damaged"):
            failing()
    rotted.close()


def test_a_copy_is_private_from_its_first_byte(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(
        "rafiqa.store.vault.sync_path", lambda path: seen.append(path.stat().st_size)
    )
    before = os.umask(0)
    try:
        vault.copied(tmp_path / "copy")
    finally:
        os.umask(before)
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0
    assert seen == [(tmp_path / "copy").stat().st_size], "on the disk before it is told"


def test_refusals(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        vault.keep(bytes(CONTENT_BYTES + 1), "e1")
    with pytest.raises(StoreError, match=r"store\.vault\.taken"):
        make_vault(vault.path, vault.public, os.urandom, lambda: 1)
    with pytest.raises(NotFound):
        open_vault(tmp_path / "none", os.urandom, lambda: 1)
    (tmp_path / "noise").write_bytes(b"no database at all" * 400)
    with pytest.raises(StoreError, match=r"store\.vault\.damaged"):
        open_vault(tmp_path / "noise", os.urandom, lambda: 1)
    (tmp_path / "bad").write_text("no key")
    with pytest.raises(StoreError, match=r"store\.key"):
        vault_key_at(tmp_path / "bad")


def test_a_key_sealed_by_a_passphrase_opens_by_it_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passphrase, "LOG_COST", 10)
    make_vault_key(tmp_path / "key", os.urandom, "five words of old rubble")
    for wrong in (None, "other words of old rubble"):
        with pytest.raises(StoreError, match=r"store\.key\.unreadable"):
            vault_key_at(tmp_path / "key", wrong)
    assert vault_key_at(tmp_path / "key", "five words of old rubble")
    with pytest.raises(StoreError, match=r"store\.key\.short"):
        make_vault_key(tmp_path / "key2", os.urandom, "short")


def test_sealing_and_naming_have_keys_of_their_own(
    vault: Vault, secret: pyrage.x25519.Identity
) -> None:
    name = vault.keep(NAME, "e1")
    salt, wrapped, sealed = vault._rows("SELECT salt, wrapped, sealed FROM item")[0]
    key = pyrage.decrypt(wrapped, [secret])

    def derived(label: bytes) -> bytes:
        # HKDF-Expand of one block (RFC 5869, 2.3), written out.
        return hmac.digest(key, b"rafiqa vault " + label + b"\x01", "sha256")

    sealing = AESGCM(derived(b"content"))
    assert sealing.decrypt(sealed[:12], sealed[12:], name.encode()) == NAME
    named = hmac.digest(derived(b"pseudonym"), salt + sha256(NAME).digest(), "sha256")
    assert name == f"p-{named.hex()[:32]}"


def test_what_was_sealed_in_the_first_days_opens_still(
    vault: Vault, secret: pyrage.x25519.Identity
) -> None:
    """Then one key both sealed and named."""
    key, salt, nonce = b"k" * 32, b"s" * 16, b"n" * 12
    named = hmac.digest(key, salt + sha256(NAME).digest(), "sha256")
    name = f"p-{named.hex()[:32]}"
    row = (
        *(name, "e1", salt, pyrage.encrypt(key, [secret.to_public()])),
        *(nonce + AESGCM(key).encrypt(nonce, NAME, name.encode()), 1, None, None),
    )
    vault._connection.execute("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    assert vault.opened(name, secret) == NAME
