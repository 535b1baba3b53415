"""Accounts: who may sign in, with which password, and for whom they then act.

Accounts are local to a store and no part of its ledger: a person can be taken out without
breaking anything that they recorded under their pseudonym. Passwords are kept as argon2id
hashes with the least figures that OWASP's password storage notes give for it.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import ROLES, Actor, Role
from rafiqa.store import Store

SETTING = "accounts"
PASSWORD_LEAST_CHARS = 8
PASSWORD_MOST_CHARS = 256
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_HASHER = PasswordHasher(
    time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)
"""19 MiB, two passes, one lane: about 80 ms on the machine of the trust study."""
_NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$cmFmaXFhLm5vYm9keS4uLg"
    "$qVH1ClLm0iYH4m1L3ynIkXU0K8ZzBGWvJxYpVdr1E2k"
)
"""A hash that no password has, so that an unknown login takes as long as a known one."""
_HASHING = threading.BoundedSemaphore(2)
"""At most two hashes at once: each takes 19 MiB and a core."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in.

    Attributes:
        login: the name that they sign in with.
        password_hash: argon2id, in its own text form.
        actor: the pseudonym, organisation and role that they act in.
        organisation: the organisation's name, for people to read.
    """

    login: str
    password_hash: str
    actor: Actor
    organisation: str


def accounts(store: Store) -> dict[str, Account]:
    """Returns the store's accounts by login."""
    kept = json.loads(store.setting(SETTING) or b"{}")
    return {
        login: Account(
            login,
            plain["hash"],
            Actor(plain["person_id"], plain["organisation_id"], cast("Role", plain["role"])),
            plain["organisation"],
        )
        for login, plain in kept.items()
    }


def put_account(
    store: Store,
    login: str,
    password: str,
    actor: Actor,
    organisation: str,
    entropy: Callable[[int], bytes],
) -> Account:
    """Returns the account as it is now kept; one of the same login is replaced.

    Args:
        store: where it is kept.
        login: lower-case letters, digits and ``._@-``, at most 64.
        password: 8 to 256 characters.
        actor: whom they act as.
        organisation: the organisation's name.
        entropy: gives that many random bytes; for the salt.

    Raises:
        InvalidInput: the login, the password or the role cannot be taken; every fault listed.
    """
    faults = []
    if not _LOGIN.fullmatch(login):
        faults.append(Fault("service.account.login", "login", params={"login": login[:80]}))
    if not PASSWORD_LEAST_CHARS <= len(password) <= PASSWORD_MOST_CHARS:
        params: dict[str, str | int] = {"least": PASSWORD_LEAST_CHARS, "most": PASSWORD_MOST_CHARS}
        faults.append(Fault("service.account.password", "password", params=params))
    if actor.role not in ROLES:
        faults.append(Fault("service.account.role", "role", params={"role": actor.role}))
    if faults:
        raise InvalidInput(faults)
    with _HASHING:
        password_hash = _HASHER.hash(password, salt=entropy(16))
    account = Account(login, password_hash, actor, organisation)
    _keep(store, {**accounts(store), login: account})
    return account


def remove_account(store: Store, login: str) -> bool:
    """Returns whether there was such an account; it is gone now, and its sessions with it."""
    kept = accounts(store)
    gone = kept.pop(login, None)
    if gone is not None:
        _keep(store, kept)
    return gone is not None


def signed_in(store: Store, login: str, password: str) -> Account | None:
    """Returns the account if login and password are right, else None, after the same time."""
    account = accounts(store).get(login) if len(password) <= PASSWORD_MOST_CHARS else None
    password_hash = _NOBODY if account is None else account.password_hash
    try:
        with _HASHING:
            _HASHER.verify(password_hash, password[:PASSWORD_MOST_CHARS])
    except (VerificationError, InvalidHashError):
        return None
    return account


def _keep(store: Store, kept: dict[str, Account]) -> None:
    plain = {
        account.login: {
            "hash": account.password_hash,
            "person_id": account.actor.person_id,
            "organisation_id": account.actor.organisation_id,
            "organisation": account.organisation,
            "role": account.actor.role,
        }
        for account in kept.values()
    }
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    store.put_setting(SETTING, text.encode())
