"""Who is signed in on this server: sessions in its memory, and challenges that wait."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

from rafiqa.service import Office
from rafiqa.service.accounts import Account, accounts
from rafiqa.service.permit import Factor

LIFE_US: Final = 12 * 3_600 * 1_000_000
IDLE_US: Final = 30 * 60 * 1_000_000
SESSIONS_KEPT: Final = 10_000
CHALLENGE_US: Final = 5 * 60 * 1_000_000
CHALLENGES_KEPT: Final = 10_000
AGENT_LETTERS: Final = 160
_MINUTE_US: Final = 60 * 1_000_000
_BUCKETS_KEPT: Final = 10_000
Purpose = Literal["sign-in", "passkey", "code-maker", "oidc"]


@dataclass(slots=True)
class Held:
    """One session: whose, by what, since when, when last used, and from which program.

    ``epoch`` is the account's when it was opened: whoever takes a way in away ends it.
    """

    session_id: str
    login: str
    epoch: int
    password_hash: str
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
    """The sessions of one server; they end when it stops.

    Tokens are kept as hashes, so that a dump of memory shows none that would still work.

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
        self._lock = threading.Lock()
        self._held: OrderedDict[bytes, Held] = OrderedDict()

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
            account.password_hash,
            factors,
            now_us,
            now_us,
            "".join(each for each in agent if each.isprintable())[:AGENT_LETTERS],
        )
        with self._lock:
            self._held[digest] = held
            while len(self._held) > SESSIONS_KEPT:
                self._held.popitem(last=False)
        return token

    def signed_in(self, token: str | None) -> SignedIn | None:
        """Returns whose session a token is, or None; being asked keeps the session awake.

        A session ends 12 hours after it began, after 30 minutes without a request, when the
        account ends or is taken out, and when its password or one of its keys is taken away.
        """
        if not token:
            return None
        now_us = self._now_us()
        with self._lock:
            held = self._held.get(_digest(token))
            if held is None:
                return None
            if _is_over(held, now_us):
                del self._held[_digest(token)]
                return None
            held.used_us = now_us
        account = accounts(self._office.store).get(held.login)
        if account is None or not _is_of(held, account) or not account.stands(now_us):
            self.close(token)
            return None
        return SignedIn(account, held.factors, held.session_id)

    def account(self, token: str | None) -> Account | None:
        """Returns the account whose session a token is, or None."""
        found = self.signed_in(token)
        return None if found is None else found.account

    def close(self, token: str | None) -> None:
        """Ends a session; nothing where there is none."""
        if token:
            with self._lock:
                self._held.pop(_digest(token), None)

    def of(self, account: Account) -> list[Held]:
        """Returns the sessions of an account that have not ended, the newest first."""
        now_us = self._now_us()
        with self._lock:
            found = [
                held
                for held in self._held.values()
                if held.login == account.login
                and _is_of(held, account)
                and not _is_over(held, now_us)
            ]
        return sorted(found, key=lambda held: held.since_us, reverse=True)

    def end(self, login: str, keep: str, session_id: str | None = None) -> int:
        """Returns how many sessions of a login were ended.

        Args:
            login: whose.
            keep: the session that asks; it goes on.
            session_id: the one to end; all others where None.
        """
        with self._lock:
            gone = [
                digest
                for digest, held in self._held.items()
                if held.login == login
                and held.session_id != keep
                and session_id in {None, held.session_id}
            ]
            for digest in gone:
                del self._held[digest]
        return len(gone)


def _is_over(held: Held, now_us: int) -> bool:
    return now_us - held.since_us >= LIFE_US or now_us - held.used_us >= IDLE_US


def _is_of(held: Held, account: Account) -> bool:
    return (held.epoch, held.password_hash) == (account.epoch, account.password_hash)


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True)
class Challenge:
    """Random bytes that wait to be signed, for what, for whom, and until when."""

    value: bytes
    purpose: Purpose
    login: str
    until_us: int


class Challenges:
    """Challenges of one server; each is answered once, within five minutes.

    Args:
        now_us: the clock, microseconds since 1970 UTC.
        entropy: gives that many random bytes.
    """

    def __init__(self, now_us: Callable[[], int], entropy: Callable[[int], bytes]) -> None:
        self._now_us = now_us
        self._entropy = entropy
        self._lock = threading.Lock()
        self._waiting: OrderedDict[str, Challenge] = OrderedDict()

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
        waiting = Challenge(made, purpose, login, self._now_us() + CHALLENGE_US)
        with self._lock:
            self._waiting[handle] = waiting
            while len(self._waiting) > CHALLENGES_KEPT:
                self._waiting.popitem(last=False)
        return handle, made

    def take(self, handle: str, purpose: Purpose, login: str = "") -> bytes | None:
        """Returns the bytes of a challenge, which is gone then; None where it is none."""
        with self._lock:
            found = self._waiting.pop(handle, None)
        if found is None or (found.purpose, found.login) != (purpose, login):
            return None
        return found.value if self._now_us() < found.until_us else None

    def peek(self, handle: str, purpose: Purpose, login: str) -> bytes | None:
        """Returns the bytes of a challenge that goes on waiting; None where it is none."""
        with self._lock:
            found = self._waiting.get(handle)
        if found is None or (found.purpose, found.login) != (purpose, login):
            return None
        return found.value if self._now_us() < found.until_us else None


class Attempts:
    """Counts attempts in the last minute by key.

    Args:
        now_us: the clock, microseconds since 1970 UTC.
    """

    def __init__(self, now_us: Callable[[], int]) -> None:
        self._now_us = now_us
        self._lock = threading.Lock()
        self._times: OrderedDict[Hashable, deque[int]] = OrderedDict()

    def take(self, key: Hashable, limit: int) -> bool:
        """Returns whether one more attempt is within the limit; it is counted if so."""
        now_us = self._now_us()
        with self._lock:
            times = self._times.setdefault(key, deque())
            self._times.move_to_end(key)
            while times and now_us - times[0] >= _MINUTE_US:
                times.popleft()
            while len(self._times) > _BUCKETS_KEPT:
                self._times.popitem(last=False)
            if len(times) >= limit:
                return False
            times.append(now_us)
            return True
