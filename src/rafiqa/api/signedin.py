"""Who is signed in: sessions, and challenges that wait; in the store's cloakroom.

Where several processes serve one store they share its cloakroom: a session that is ended in one of
them has ended in all. What lies there opens nothing: of tokens and handles only hashes are kept,
and what a challenge holds is sealed under its handle.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any, Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rafiqa.service import Office
from rafiqa.service.accounts import Account, accounts
from rafiqa.service.permit import Factor
from rafiqa.store import Cloakroom, Left

LIFE_US: Final = 12 * 3_600 * 1_000_000
IDLE_US: Final = 30 * 60 * 1_000_000
USED_US: Final = 60 * 1_000_000
"""That a session was used is written down no more often: it ends so much too early at most."""
SESSIONS_KEPT: Final = 10_000
CHALLENGE_US: Final = 5 * 60 * 1_000_000
CHALLENGES_KEPT: Final = 10_000
AGENT_LETTERS: Final = 160
_SESSIONS: Final = "session"
_CHALLENGES: Final = "challenge"
_NONCE: Final = bytes(12)
"""Each key seals once."""
Purpose = Literal["sign-in", "passkey", "code-maker", "oidc"]


@dataclass(frozen=True, slots=True)
class Held:
    """One session: whose, by what, since when, when last used, and from which program.

    ``epoch`` is the account's when it was opened: whoever takes a way in away ends it. Of the
    password's hash its own hash is kept, to see that it is another.
    """

    session_id: str
    login: str
    epoch: int
    password_mark: str
    factors: frozenset[Factor]
    since_us: int
    used_us: int
    agent: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose session a token is, and by what they signed in."""

    account: Account
    factors: frozenset[Factor]
    session_id: str


class Sessions:
    """The sessions of a store; where it lies in a file they end when its server stops.

    Args:
        office: whose accounts may sign in.
        now_us: the clock, microseconds since 1970 UTC.
        entropy: gives that many random bytes.
    """

    def __init__(
        self, office: Office, now_us: Callable[[], int], entropy: Callable[[int], bytes]
    ) -> None:
        self._office = office
        self._now_us = now_us
        self._entropy = entropy

    @property
    def _room(self) -> Cloakroom:
        return self._office.store.cloakroom

    def open(
        self, account: Account, factors: frozenset[Factor] = frozenset(), agent: str = ""
    ) -> str:
        """Returns the token of a new session.

        Args:
            account: whose.
            factors: by what they proved who they are.
            agent: what their program calls itself.
        """
        token = self._entropy(32).hex()
        now_us = self._now_us()
        digest = _digest(token)
        held = Held(
            digest.hex()[:16],
            account.login,
            account.epoch,
            _mark(account),
            factors,
            now_us,
            now_us,
            "".join(each for each in agent if each.isprintable())[:AGENT_LETTERS],
        )
        left = Left(digest, account.login, _bytes(held), now_us + LIFE_US)
        self._room.put(_SESSIONS, left, now_us, SESSIONS_KEPT)
        return token

    def signed_in(self, token: str | None) -> SignedIn | None:
        """Returns whose session a token is, or None; being asked keeps the session awake.

        A session ends 12 hours after it began, after 30 minutes without a request, when the
        account ends or is taken out, and when its password or one of its keys is taken away.
        """
        if not token:
            return None
        now_us = self._now_us()
        digest = _digest(token)
        found = self._room.get(_SESSIONS, digest, now_us)
        if found is None:
            return None
        held = _held(found)
        account = accounts(self._office.store).get(held.login)
        stands = account is not None and _is_of(held, account) and account.stands(now_us)
        if account is None or not stands or _is_over(held, now_us):
            self._room.drop(_SESSIONS, [digest])
            return None
        if now_us - held.used_us >= USED_US:
            self._use(digest, held, now_us)
        return SignedIn(account, held.factors, held.session_id)

    def _use(self, digest: bytes, held: Held, now_us: int) -> None:
        """Writes down that a session was used; one that was ended meanwhile stays ended."""
        used = _bytes(replace(held, used_us=now_us))
        self._room.change(
            _SESSIONS,
            digest,
            lambda known: None if known is None else used,
            now_us,
            held.since_us + LIFE_US,
        )

    def account(self, token: str | None) -> Account | None:
        """Returns the account whose session a token is, or None."""
        found = self.signed_in(token)
        return None if found is None else found.account

    def close(self, token: str | None) -> None:
        """Ends a session; nothing where there is none."""
        if token:
            self._room.drop(_SESSIONS, [_digest(token)])

    def of(self, account: Account) -> list[Held]:
        """Returns the sessions of an account that have not ended, the newest first."""
        now_us = self._now_us()
        lying = self._room.of(_SESSIONS, account.login, now_us)
        found = [_held(left.value) for left in lying]
        standing = [held for held in found if _is_of(held, account) and not _is_over(held, now_us)]
        return sorted(standing, key=lambda held: held.since_us, reverse=True)

    def end(self, login: str, keep: str, session_id: str | None = None) -> int:
        """Returns how many sessions of a login were ended.

        Args:
            login: whose.
            keep: the session that asks; it goes on.
            session_id: the one to end; all others where None.
        """
        gone = [
            left.key
            for left in self._room.of(_SESSIONS, login, self._now_us())
            if left.key.hex()[:16] != keep and session_id in {None, left.key.hex()[:16]}
        ]
        return self._room.drop(_SESSIONS, gone)


def _is_over(held: Held, now_us: int) -> bool:
    return now_us - held.since_us >= LIFE_US or now_us - held.used_us >= IDLE_US


def _is_of(held: Held, account: Account) -> bool:
    return (held.epoch, held.password_mark) == (account.epoch, _mark(account))


def _mark(account: Account) -> str:
    return sha256(account.password_hash.encode()).hexdigest()


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "backslashreplace")).digest()


def _bytes(held: Held) -> bytes:
    return json.dumps({**asdict(held), "factors": sorted(held.factors)}).encode()


def _held(data: bytes) -> Held:
    plain: dict[str, Any] = json.loads(data)
    return Held(**{**plain, "factors": frozenset(plain["factors"])})


class Challenges:
    """Random bytes that wait to be signed, each for one purpose; answered once, in five minutes.

    Args:
        room: where they wait.
        now_us: the clock, microseconds since 1970 UTC.
        entropy: gives that many random bytes.
    """

    def __init__(
        self, room: Cloakroom, now_us: Callable[[], int], entropy: Callable[[int], bytes]
    ) -> None:
        self._room = room
        self._now_us = now_us
        self._entropy = entropy

    def put(
        self, purpose: Purpose, login: str = "", value: bytes | None = None
    ) -> tuple[str, bytes]:
        """Returns the handle of a new challenge, and its bytes.

        Args:
            purpose: what it is for; it is good for nothing else.
            login: whose it is; anybody's where empty.
            value: what is to be remembered; random bytes where None.
        """
        handle = self._entropy(16).hex()
        made = self._entropy(32) if value is None else value
        sealed = AESGCM(_seal(handle)).encrypt(_NONCE, made, _about(purpose, login))
        now_us = self._now_us()
        left = Left(_digest(handle), "", sealed, now_us + CHALLENGE_US)
        self._room.put(_CHALLENGES, left, now_us, CHALLENGES_KEPT)
        return handle, made

    def take(self, handle: str, purpose: Purpose, login: str = "") -> bytes | None:
        """Returns the bytes of a challenge, which is gone then; None where it is none."""
        found = self._room.take(_CHALLENGES, _digest(handle), self._now_us())
        return _opened(handle, found, purpose, login)

    def peek(self, handle: str, purpose: Purpose, login: str) -> bytes | None:
        """Returns the bytes of a challenge that goes on waiting; None where it is none."""
        found = self._room.get(_CHALLENGES, _digest(handle), self._now_us())
        return _opened(handle, found, purpose, login)


def _seal(handle: str) -> bytes:
    """A key that only the handle makes: of the handle the cloakroom knows a hash, another one."""
    return sha256(b"seal/" + handle.encode("utf-8", "backslashreplace")).digest()


def _about(purpose: Purpose, login: str) -> bytes:
    return f"{purpose}/{login}".encode()


def _opened(handle: str, sealed: bytes | None, purpose: Purpose, login: str) -> bytes | None:
    if sealed is None:
        return None
    try:
        return AESGCM(_seal(handle)).decrypt(_NONCE, sealed, _about(purpose, login))
    except InvalidTag:
        return None
