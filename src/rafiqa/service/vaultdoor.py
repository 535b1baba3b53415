"""The way to the vault: there is none, it is open, or it should be there and is not.

The three are held apart. Without a vault forms are kept as they came; where one was made and cannot
be opened nothing that names somebody goes into the ledger in its stead.

Only what the ledger says is erased is erased. What the vault has and no entry names may be named by
a newer ledger than the one that lies here: a person looks, and drops it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rafiqa.errors import Fault, Forbidden, NotFound, RafiqaError, StoreError
from rafiqa.land import Actor
from rafiqa.service.identitybook import identities
from rafiqa.service.office import Office
from rafiqa.service.permit import allow
from rafiqa.store.vault import Vault, VaultItem

ORPHAN_US: Final = 86_400_000_000
"""After a day what no entry of the ledger names is told of: it was never acknowledged by it."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How ledger and vault stand to each other, after what could be put in order was.

    Attributes:
        orphans: put in more than a day ago and named by no entry of this ledger.
        lost: named by the ledger, not erased, and not in the vault.
    """

    orphans: tuple[VaultItem, ...]
    lost: tuple[str, ...]


def vault_place(place: Path) -> Path:
    """Returns where the vault of a store lies, by the store's place."""
    return place.with_name(place.name + ".vault")


def vault_key_place(place: Path) -> Path:
    """Returns where a vault's new key is written; it is to be taken elsewhere from there."""
    return place.with_name(place.name + ".vault-key")


def vault_now(office: Office) -> Vault | None:
    """Returns the office's vault, looked for again where none is open; None where none was made.

    A vault that is made or put back beside a running server counts from its next form on. Opened,
    it belongs to this ledger, and nothing lies in it that the ledger says is erased.

    Raises:
        StoreError: one should be there: a file is, one was open before, or the ledger names an
            identity in it.
    """
    with office.vault_turn:
        return _looked_for(office)


def _looked_for(office: Office) -> Vault | None:
    if office.vault is not None and not office.vault.is_there:
        _let_go(office)
    try:
        if office.vault is None:
            office.vault = office.vault_at()
        if office.vault is not None:
            _make_ready(office, office.vault)
    except StoreError:
        _let_go(office)
        raise
    except RafiqaError as error:
        _let_go(office)
        raise _missing(error.code) from error
    except OSError as error:
        # A folder that may not be entered, a share that went away.
        _let_go(office)
        raise _missing("store.no-access") from error
    if office.vault is None:
        office.facts()
        if office.expects_vault:
            raise _missing("store.vault.none")
    return office.vault


def _let_go(office: Office) -> None:
    """Closes what cannot be used; it is looked for again when it is asked for next."""
    vault, office.vault = office.vault, None
    if vault is not None:
        # Also an empty one: where it was open, it is missed from now on.
        office.expects_vault = True
        vault.close()


def _make_ready(office: Office, vault: Vault) -> None:
    """Binds a vault to its ledger, and settles it where that says of more that it is erased."""
    # Another process may have erased, and its own vault not have taken it.
    office.facts()
    if vault.settled_with == office.n_identities_erased:
        return
    first = next(office.store.read(until_seq=1), None)
    if first is not None:
        vault.bind(first.entry_hash)
    # Of several processes one at a time: each finds what the one before has erased.
    with office.store.alone("vault"):
        _settled(office, vault)
    vault.settled_with = office.n_identities_erased


def _missing(detail: str) -> StoreError:
    return StoreError(Fault("store.vault.missing", "STORE", params={"detail": detail}))


def unreached(office: Office) -> Fault | None:
    """Returns why what is erased on record may still lie in the vault; None where it does not."""
    try:
        vault_now(office)
    except RafiqaError as error:
        return error.faults[0]
    return None


def vault_of(office: Office) -> Vault:
    """Returns the office's vault, in which nothing lies that the ledger says is erased.

    Raises:
        NotFound: it has none.
        StoreError: one lies there that cannot be opened, or is another's.
    """
    try:
        vault = vault_now(office)
    except StoreError as error:
        if error.code != "store.vault.missing":
            raise
        vault = None
    if vault is None:
        raise NotFound(Fault("store.vault.none", "STORE", params={"path": "–"}))
    return vault


def settle(office: Office) -> Settled:
    """Returns how ledger and vault stand, after what the ledger says is erased was erased.

    Raises:
        NotFound: there is no vault.
        StoreError: it cannot be opened, or is another's.
    """
    return _settled(office, vault_of(office))


def _settled(office: Office, vault: Vault) -> Settled:
    stories = identities(office)
    oldest_us = office.now_us() - ORPHAN_US
    alive = {item.pseudonym: item for item in vault.items() if not item.erased}
    for name in alive:
        if name in stories and stories[name].erased is not None:
            vault.erase(name)
    orphans = [
        item for name, item in alive.items() if name not in stories and item.kept_at_us < oldest_us
    ]
    lost = [name for name, story in stories.items() if story.erased is None and name not in alive]
    return Settled(tuple(orphans), tuple(lost))


def drop_orphans(office: Office, actor: Actor) -> tuple[str, ...]:
    """Returns the pseudonyms of what was dropped: in the vault, and named by no entry for a day.

    Raises:
        Forbidden: this actor may not erase identities.
        NotFound: there is no vault.
        StoreError: it cannot be opened, or the disk failed.
    """
    permit = allow(actor, "erase_identity")
    if not permit.allowed:
        raise Forbidden([Fault(item.code, "--role", None, item.params) for item in permit.reasons])
    vault, orphans = vault_of(office), settle(office).orphans
    for item in orphans:
        vault.drop(item.pseudonym)
    return tuple(item.pseudonym for item in orphans)
