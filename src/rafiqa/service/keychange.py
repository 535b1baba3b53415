"""A key that takes the place of one that was lost or stolen, and the trust list that says so.

One write decides: the one of the trust list. The new key waits beside the old one before it, and
gets the old one's name after it; whoever is cut off anywhere finds the key that the list names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
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
    put_trust,
    second_path,
    standing_keys,
    vouched_place,
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
ML_DSA: Final = Algorithm.ML_DSA_44


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

    With the issuer's key goes its second one, by which it signs the record again. The old files
    are kept under other names: what they signed has to be looked into. They need not be there nor
    open: a key that is lost is replaced like one that is stolen.

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
    _settle(folder, trust)
    path = office_path(folder, change.role)
    new = [
        _new_in(change.new_in, path, change.role, trust.version + 1)
        if change.new_in
        else _drawn(path, change.role, draw)
    ]
    old = {_old_key(folder, trust, change.role, passphrases)}
    # Whoever took the issuer's key took the second, which lies beside it, too.
    seconds = standing_keys(trust, "issuer", ML_DSA) if change.role == "issuer" else []
    if seconds:
        new.append(_drawn(second_path(folder), change.role, draw, ML_DSA))
        old |= {key.public_key for key in seconds}
    # All that can be refused is asked before the first file is written.
    seals = [None if each.seed is None else _seal(each.path, passphrases) for each in new]
    newer = _newer(trust, change, [each.signer for each in new], old)
    data = trust_list_bytes(newer, change.roots)
    if not succeeds(*trust_list_of(data), trust):
        raise InvalidInput(Fault("service.keys.too-few-roots", "--root"))
    for each, seal in zip(new, seals, strict=True):
        each.put(draw, seal, change.new_in)
    put_trust(folder, data)
    # It is done: the keys are found where they wait, and the next change gives them their names.
    with suppress(StoreError):
        _settle(folder, newer)
    # The others are not opened: what cannot be opened now keeps nothing from being replaced.
    second = new[1].signer if seconds else None
    opened: dict[str, Any] = {change.role: new[0].signer, "second": second}
    return replace(closed_keyring(newer, data), **opened)


@dataclass(frozen=True, slots=True)
class _New:
    """A key that is to take a place: where that is, who signs, and its seed unless in a module."""

    path: Path
    signer: Signer
    seed: bytes | None = None

    def put(self, draw: Callable[[int], bytes], seal: str | None, module: InModule | None) -> None:
        """Nothing; it waits beside the old one."""
        waiting = waiting_path(self.path, self.signer.public_key)
        if isinstance(self.signer, MemorySigner) and self.seed is not None:
            made_file(waiting, self.signer, self.seed, draw, seal)
        elif module and not is_key_at(waiting):  # it is there where we were cut off before
            keep_in_module(waiting, module, self.signer.name)


def _drawn(
    path: Path, role: str, draw: Callable[[int], bytes], algorithm: Algorithm = Algorithm.ED25519
) -> _New:
    seed = draw(SEED_BYTES)
    return _New(path, MemorySigner(OFFICES[role], algorithm, seed), seed)


def _new_in(place: InModule, path: Path, role: str, version: int) -> _New:
    # Another name: under the old one the module may still hold the old key.
    return _New(path, signer_in(place, f"{OFFICES[role]} {version}"))


def _seal(path: Path, passphrases: Passphrases) -> str | None:
    """What seals a new key's file.

    Raises:
        InvalidInput: nothing, and the old one's is sealed.
        StoreError: the passphrase is short.
    """
    passphrase = passphrases.sealing(path)
    if is_sealed_at(path) and passphrase is None:
        raise InvalidInput(Fault("service.keys.unsealed", "--passphrase-file"))
    return passphrase


def _old_key(folder: Path, trust: TrustList, role: str, passphrases: Passphrases) -> bytes | None:
    """The public key that is replaced; None where the list names none any more."""
    named = [key.public_key for key in standing_keys(trust, role)]
    if len(named) > 1:  # then only the key itself tells which of them is ours
        return signer_at(office_path(folder, role), passphrases).public_key
    return named[0] if named else None


def _newer(
    trust: TrustList, change: KeyChange, new: Sequence[Signer], old: Collection[bytes | None]
) -> TrustList:
    """The list that follows: the old keys revoked, the new ones beside them for as long."""
    ends_s = change.now_s + (trust.expires_at_s - trust.issued_at_s)
    keys = [
        replace(key, revoked_from=change.revoked_from)
        if key.role == change.role and key.public_key in old
        else key
        for key in trust.keys
    ]
    keys += [
        Key(
            each.name,
            trust.authority,
            change.role,
            each.algorithm,
            each.public_key,
            change.now_s,
            ends_s,
        )
        for each in new
    ]
    return replace(trust, version=trust.version + 1, issued_at_s=change.now_s, keys=tuple(keys))


def _settle(folder: Path, trust: TrustList) -> None:
    """Nothing; the keys that the list names bear their office's names, and the old ones a mark.

    Raises:
        StoreError: the disk failed; the keys are found all the same.
    """
    offices = [(office_path(folder, role), standing_keys(trust, role)) for role in REPLACEABLE]
    seconds = standing_keys(trust, "issuer", ML_DSA)
    for path, keys in [*offices, (second_path(folder), seconds)]:
        lies = vouched_place(path, keys)
        if lies == path:
            continue
        if is_key_at(path):
            set_aside(path, f"replaced-{trust.version}")
        put_in_place(lies, path)
