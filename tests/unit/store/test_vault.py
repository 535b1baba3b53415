"""The vault: what is put in comes out with its key alone, and what is erased never."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

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
    # Sent again it stays erased.
    assert vault.keep(NAME, "e1") == name
    assert [item.pseudonym for item in vault.items() if item.erased] == [name]


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


def test_a_digest_is_the_vaults_own(vault: Vault, tmp_path: Path) -> None:
    other = make_vault(tmp_path / "other.vault", vault.public, os.urandom, lambda: 1)
    assert vault.digest(NAME) == vault.digest(NAME)
    assert vault.digest(NAME) != other.digest(NAME)
    other.close()


def test_refusals(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        vault.keep(bytes(CONTENT_BYTES + 1), "e1")
    with pytest.raises(StoreError, match=r"store\.vault\.taken"):
        make_vault(vault.path, vault.public, os.urandom, lambda: 1)
    with pytest.raises(NotFound):
        open_vault(tmp_path / "none", os.urandom, lambda: 1)
    (tmp_path / "noise").write_bytes(b"no database at all" * 400)
    with pytest.raises(Exception, match=r"store\.damaged"):
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
