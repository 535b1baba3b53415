"""A key that takes the place of one that was lost or stolen, and the trust list that says so.

One write decides: the one of the trust list. The new key waits beside the old one before it, and
gets the old one's name after it; whoever is cut off anywhere finds the key that the list names.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from rafiqa.errors import Fault, InvalidInput, StoreError
from rafiqa.ledger.signing import SEED_BYTES, Algorithm, MemorySigner, Signer
from rafiqa.ledger.trustlist import Key, TrustList, succeeds, trust_list_bytes, trust_list_of
from rafiqa.service.keyring import (
    OFFICES,
    Keyring,
    closed_keyring,
    listed_in,
    made_file,
    office_path,
    place_of,
    put_trust,
    standing_keys,
)
from rafiqa.store.keyplace import (
    UNSEALED,
    InModule,
    Passphrases,
    is_key_at,
    is_sealed_at,
    keep_in_module,
    put_in_place,
    set_aside,
    signer_at,
    signer_in,
    waiting_path,
)

REPLACEABLE: Final = ("issuer", "status")


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A key that is to be replaced, and by whom.

    Attributes:
        role: ``issuer`` or ``status``; logs and witnesses begin anew instead.
        revoked_from: place in the certificate log from which on nothing that the old key signed
            counts: everything logged before stays good.
        roots: root keys that sign the new list; at least as many as the quorum.
        now_s: from when on the new key counts, seconds since 1970 UTC.
        new_in: the hardware module in which the new key is kept; a file else.
    """

    role: str
    revoked_from: int
    roots: tuple[Signer, ...]
    now_s: int
    new_in: InModule | None = None


def replace_key(
    folder: Path,
    change: KeyChange,
    draw: Callable[[int], bytes],
    passphrases: Passphrases = UNSEALED,
) -> Keyring:
    """Returns the key that replaced one, the others closed, with a trust list that says so.

    The old key's file is kept under another name: what it signed has to be looked into. It need
    not be there nor open: a key that is lost is replaced like one that is stolen.

    Args:
        folder: where the keys lie.
        change: which, from where on, and who signs for it.
        draw: gives that many random bytes.
        passphrases: knows what seals the new key's file.

    Raises:
        InvalidInput: the role is none that is replaced, too few roots of the list in hand sign,
            or the new key would lie open where the old one is sealed.
        StoreError: the module does not sign, the passphrase is short, or the disk failed; the keys
            are then as they were.
    """
    if change.role not in REPLACEABLE:
        params: dict[str, str | int] = {"role": change.role}
        raise InvalidInput(Fault("service.keys.not-replaceable", "--replace", params=params))
    trust, _ = listed_in(folder)
    for role in REPLACEABLE:
        _settle(folder, trust, role)
    path = office_path(folder, change.role)
    passphrase = None if change.new_in else passphrases.sealing(path)
    if is_sealed_at(path) and passphrase is None and not change.new_in:
        raise InvalidInput(Fault("service.keys.unsealed", "--passphrase-file"))
    seed = draw(SEED_BYTES)
    # In a module another name: under the old one it may still hold the old key.
    new = (
        signer_in(change.new_in, f"{OFFICES[change.role]} {trust.version + 1}")
        if change.new_in
        else MemorySigner(OFFICES[change.role], Algorithm.ED25519, seed)
    )
    newer = _newer(trust, change, new, _old_key(folder, trust, change.role, passphrases))
    data = trust_list_bytes(newer, change.roots)
    if not succeeds(*trust_list_of(data), trust):
        raise InvalidInput(Fault("service.keys.too-few-roots", "--root"))
    waiting = waiting_path(path, new.public_key)
    if isinstance(new, MemorySigner):
        made_file(waiting, new, seed, draw, passphrase)
    elif change.new_in and not is_key_at(waiting):  # it is there where we were cut off before
        keep_in_module(waiting, change.new_in, new.name)
    put_trust(folder, data)
    # It is done: the key is found where it waits, and the next change gives it its name.
    with suppress(StoreError):
        _settle(folder, newer, change.role)
    # The others are not opened: what cannot be opened now keeps nothing from being replaced.
    opened: dict[str, Any] = {change.role: new}
    return replace(closed_keyring(newer, data), **opened)


def _old_key(folder: Path, trust: TrustList, role: str, passphrases: Passphrases) -> bytes | None:
    """The public key that is replaced; None where the list names none any more."""
    named = [key.public_key for key in standing_keys(trust, role)]
    if len(named) > 1:  # then only the key itself tells which of them is ours
        return signer_at(office_path(folder, role), passphrases).public_key
    return named[0] if named else None


def _newer(trust: TrustList, change: KeyChange, new: Signer, old: bytes | None) -> TrustList:
    """The list that follows: the old key revoked, the new one beside it for as long."""
    ends_s = change.now_s + (trust.expires_at_s - trust.issued_at_s)
    keys = [
        replace(key, revoked_from=change.revoked_from)
        if (key.role, key.public_key) == (change.role, old)
        else key
        for key in trust.keys
    ]
    added = Key(
        new.name,
        trust.authority,
        change.role,
        new.algorithm,
        new.public_key,
        change.now_s,
        ends_s,
    )
    return replace(trust, version=trust.version + 1, issued_at_s=change.now_s, keys=(*keys, added))


def _settle(folder: Path, trust: TrustList, role: str) -> None:
    """Nothing; the key that the list names bears its office's name, and the old one a mark.

    Raises:
        StoreError: the disk failed; the key is found all the same.
    """
    path, lies = office_path(folder, role), place_of(folder, trust, role)
    if lies == path:
        return
    if is_key_at(path):
        set_aside(path, f"replaced-{trust.version}")
    put_in_place(lies, path)
