"""Accounts: who may sign in, with what, until when, and for whom they then act.

Accounts are local to a store and no part of its ledger: a person can be taken out without
breaking anything that they recorded under their pseudonym. Passwords are kept as argon2id
hashes with the least figures that OWASP's password storage notes give for it. A role that somebody
holds for a time is an account of its own with an end and the same pseudonym: the rules of four
eyes, which ask for two pseudonyms, take both for one person.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, cast

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import ROLES, Actor, Role
from rafiqa.service.commonpassword import is_common, is_of_the_context
from rafiqa.store import Store

SETTING: Final = "accounts"
PASSWORD_LEAST_CHARS: Final = 8
PASSWORD_MOST_CHARS: Final = 256
LABEL_MOST_CHARS: Final = 60
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
HASHING: Final = threading.BoundedSemaphore(2)
"""At most two hashes at once: each takes 19 MiB and a core."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key that a person's device or stick holds, as WebAuthn gives it.

    Attributes:
        key_id: the credential's id, as URL-safe base64 without padding.
        public_key: COSE bytes, in hexadecimal digits.
        rp_id: the host name that it was made for; it signs for no other.
        sign_count: what its counter said last.
        label: what its holder calls it.
        made_us: when it was enrolled, microseconds since 1970 UTC.
    """

    key_id: str
    public_key: str
    rp_id: str
    sign_count: int
    label: str
    made_us: int


@dataclass(frozen=True, slots=True)
class CodeMaker:
    """The secret of a person's code maker (RFC 6238), sealed under their password.

    The store alone gives nobody a code: the secret opens with the password only.

    Attributes:
        sealed: nonce and sealed secret, in hexadecimal digits.
        salt: of the key's derivation from the password, in hexadecimal digits.
        last_step: the last 30 seconds whose code was taken; none is taken twice.
        recovery: SHA-256 of the codes for when the code maker is lost, each good once.
    """

    sealed: str
    salt: str
    last_step: int = 0
    recovery: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A way in that is good once: at the beginning, or after all factors were lost.

    Attributes:
        sha256: of the ticket.
        until_us: when it ends, microseconds since 1970 UTC.
    """

    sha256: str
    until_us: int


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in.

    Attributes:
        login: the name that they sign in with.
        password_hash: argon2id, in its own text form; none until a ticket set one where empty.
        actor: the pseudonym, organisation and role that they act in.
        organisation: the organisation's name, for people to read.
        until_us: when the account ends, microseconds since 1970 UTC; never where None.
        area_ids: the only areas that it is for; every area where empty.
        passkeys: the keys of WebAuthn that it may be signed in with.
        code_maker: its second factor beside the password, where there is one.
        ticket: a way in that is good once, where one is out.
        oidc: issuer and subject at another house that vouches for its holder, where there is one.
        epoch: rises when a way in was taken away; sessions of an earlier one have ended.
    """

    login: str
    password_hash: str
    actor: Actor
    organisation: str
    until_us: int | None = None
    area_ids: tuple[str, ...] = ()
    passkeys: tuple[Passkey, ...] = ()
    code_maker: CodeMaker | None = None
    ticket: Ticket | None = None
    oidc: tuple[str, str] | None = None
    epoch: int = 0

    def stands(self, now_us: int) -> bool:
        """Returns whether its time is not over."""
        return self.until_us is None or now_us < self.until_us


def accounts(store: Store) -> dict[str, Account]:
    """Returns the store's accounts by login."""
    return _read(store.setting(SETTING))


def _read(data: bytes | None) -> dict[str, Account]:
    return dict(_known(data or b"{}"))


@lru_cache(maxsize=4)
def _known(data: bytes) -> Mapping[str, Account]:
    """Returns the accounts written in some bytes: the same for each question until they change."""
    kept = json.loads(data)
    return {login: _account(login, plain) for login, plain in kept.items()}


def put_account(
    store: Store,
    login: str,
    password: str,
    actor: Actor,
    organisation: str,
    entropy: Callable[[int], bytes],
    *,
    until_us: int | None = None,
    area_ids: tuple[str, ...] = (),
) -> Account:
    """Returns the account as it is now kept; one of the same login is replaced, with all factors.

    Args:
        store: where it is kept.
        login: lower-case letters, digits and ``._@-``, at most 64.
        password: 8 to 256 characters, none of the commonest and not made of what is known.
        actor: whom they act as.
        organisation: the organisation's name.
        entropy: gives that many random bytes; for the salt.
        until_us: when it ends, microseconds since 1970 UTC.
        area_ids: the only areas that it is for.

    Raises:
        InvalidInput: the login, the password or the role cannot be taken; every fault listed.
    """
    account = Account(login, "", actor, organisation, until_us, area_ids)
    told = password_faults(password, account)
    faults = [*_login_faults(login), *told, *_role_faults(actor)]
    if faults:
        raise InvalidInput(faults)
    return _put(store, replace(account, password_hash=hashed(password, entropy)))


def invite(store: Store, account: Account) -> Account:
    """Returns a new account without a password, to be entered by its ticket alone.

    Raises:
        InvalidInput: the login or the role cannot be taken; every fault listed.
    """
    faults = [*_login_faults(account.login), *_role_faults(account.actor)]
    if faults:
        raise InvalidInput(faults)
    return _put(store, replace(account, password_hash=""))


def _put(store: Store, account: Account) -> Account:
    made = [account]

    def put(kept: dict[str, Account]) -> dict[str, Account]:
        known = kept.get(account.login)
        made[0] = replace(account, epoch=0 if known is None else known.epoch + 1)
        return {**kept, account.login: made[0]}

    _change(store, put)
    return made[0]


def change_account(
    store: Store, login: str, change: Callable[[Account], Account]
) -> Account | None:
    """Returns an account after a change that nothing came between; None where there is none."""
    changed: list[Account] = []

    def put(kept: dict[str, Account]) -> dict[str, Account]:
        changed[:] = [change(kept[login])] if login in kept else []
        return {**kept, login: changed[0]} if changed else kept

    _change(store, put)
    return changed[0] if changed else None


def remove_account(store: Store, login: str) -> bool:
    """Returns whether there was such an account; it is gone now, and its sessions with it."""
    gone: list[bool] = []

    def put(kept: dict[str, Account]) -> dict[str, Account]:
        gone[:] = [login in kept]
        return {name: each for name, each in kept.items() if name != login}

    _change(store, put)
    return gone == [True]


def signed_in(store: Store, login: str, password: str) -> Account | None:
    """Returns the account if login and password are right, else None, after the same time.

    Whether its time is over and whether it asks for a code too is for the caller to ask.
    """
    account = accounts(store).get(login) if len(password) <= PASSWORD_MOST_CHARS else None
    password_hash = _NOBODY if account is None else account.password_hash or _NOBODY
    try:
        with HASHING:
            _HASHER.verify(password_hash, password[:PASSWORD_MOST_CHARS])
    except (VerificationError, InvalidHashError):
        return None
    return account


def hashed(password: str, entropy: Callable[[int], bytes]) -> str:
    """Returns the argon2id hash of a password in its own text form."""
    with HASHING:
        made: str = _HASHER.hash(password, salt=entropy(16))
    return made


def password_faults(password: str, account: Account | None) -> list[Fault]:
    """Returns what speaks against a password for an account; None where it is not known."""
    if not PASSWORD_LEAST_CHARS <= len(password) <= PASSWORD_MOST_CHARS:
        params: dict[str, str | int] = {"least": PASSWORD_LEAST_CHARS, "most": PASSWORD_MOST_CHARS}
        return [Fault("service.account.password", "password", params=params)]
    if is_common(password):
        return [Fault("service.account.password-common", "password")]
    if account is not None and is_of_the_context(password, _context(account)):
        return [Fault("service.account.password-context", "password")]
    return []


def _context(account: Account) -> tuple[str, ...]:
    """What whoever tries to sign in as somebody knows of them already."""
    actor = account.actor
    who = account.login, account.organisation, actor.person_id, actor.organisation_id, actor.role
    return *who, *account.area_ids


def _login_faults(login: str) -> list[Fault]:
    if _LOGIN.fullmatch(login):
        return []
    return [Fault("service.account.login", "login", params={"login": login[:80]})]


def _role_faults(actor: Actor) -> list[Fault]:
    if actor.role in ROLES:
        return []
    return [Fault("service.account.role", "role", params={"role": actor.role})]


def _account(login: str, plain: dict[str, Any]) -> Account:
    maker, ticket, oidc = plain.get("code_maker"), plain.get("ticket"), plain.get("oidc")
    return Account(
        login,
        plain["hash"],
        Actor(plain["person_id"], plain["organisation_id"], cast("Role", plain["role"])),
        plain["organisation"],
        plain.get("until_us"),
        tuple(plain.get("area_ids", ())),
        tuple(Passkey(**each) for each in plain.get("passkeys", ())),
        None if maker is None else CodeMaker(**{**maker, "recovery": tuple(maker["recovery"])}),
        None if ticket is None else Ticket(**ticket),
        None if oidc is None else (oidc[0], oidc[1]),
        plain.get("epoch", 0),
    )


def _plain(account: Account) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "hash": account.password_hash,
        "person_id": account.actor.person_id,
        "organisation_id": account.actor.organisation_id,
        "organisation": account.organisation,
        "role": account.actor.role,
        "until_us": account.until_us,
        "area_ids": list(account.area_ids),
        "passkeys": [_fields(each) for each in account.passkeys],
        "code_maker": None if account.code_maker is None else _fields(account.code_maker),
        "ticket": None if account.ticket is None else _fields(account.ticket),
        "oidc": account.oidc,
        "epoch": account.epoch,
    }
    return {name: value for name, value in plain.items() if value not in (None, [], 0)}


def _fields(value: Passkey | CodeMaker | Ticket) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def _change(store: Store, put: Callable[[dict[str, Account]], dict[str, Account]]) -> None:
    """Reads all accounts, changes and puts them back: one at a time, in all processes."""

    def change(data: bytes | None) -> bytes | None:
        kept = _read(data)
        made = put(kept)
        if made == kept:
            return None
        plain = {account.login: _plain(account) for account in made.values()}
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()

    store.change_setting(SETTING, change)
