"""Sessions: who is signed in, kept in the server's memory under a random token."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import sha256

from rafiqa.api.ask import Ask
from rafiqa.api.problem import TooMany, Unknown
from rafiqa.api.reply import Reply, reply
from rafiqa.api.shape import Credentials, Session, SessionActor
from rafiqa.errors import Fault
from rafiqa.service import Office
from rafiqa.service.accounts import Account, accounts, signed_in

COOKIE = "rafiqa_session"
SECURE_COOKIE = "__Host-rafiqa_session"
LIFE_US = 12 * 3_600 * 1_000_000
IDLE_US = 30 * 60 * 1_000_000
SESSIONS_KEPT = 10_000
ATTEMPTS_A_MINUTE = 5
ADDRESS_ATTEMPTS_A_MINUTE = 30
_MINUTE_US = 60 * 1_000_000
_BUCKETS_KEPT = 10_000


@dataclass(slots=True)
class _Held:
    """One session: whose, under which password, since when, and when last used."""

    login: str
    password_hash: str
    since_us: int
    used_us: int


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
        self._held: OrderedDict[bytes, _Held] = OrderedDict()

    def open(self, account: Account) -> str:
        """Returns the token of a new session."""
        token = self._entropy(32).hex()
        now_us = self._now_us()
        with self._lock:
            held = _Held(account.login, account.password_hash, now_us, now_us)
            self._held[_digest(token)] = held
            while len(self._held) > SESSIONS_KEPT:
                self._held.popitem(last=False)
        return token

    def account(self, token: str | None) -> Account | None:
        """Returns whose session a token is, or None; being asked keeps the session awake.

        A session ends 12 hours after it began, after 30 minutes without a request, and when
        the account is taken out or gets another password.
        """
        if not token:
            return None
        now_us = self._now_us()
        with self._lock:
            held = self._held.get(_digest(token))
            if held is None:
                return None
            if now_us - held.since_us >= LIFE_US or now_us - held.used_us >= IDLE_US:
                del self._held[_digest(token)]
                return None
            held.used_us = now_us
        account = accounts(self._office.store).get(held.login)
        if account is None or account.password_hash != held.password_hash:
            self.close(token)
            return None
        return account

    def close(self, token: str | None) -> None:
        """Ends a session; nothing where there is none."""
        if token:
            with self._lock:
                self._held.pop(_digest(token), None)


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


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


def show_session(ask: Ask) -> Reply:
    """Returns who is signed in."""
    return _shown(ask.account)


def known(ask: Ask, given: Credentials) -> Account:
    """Returns whose login and password these are; also how a second person confirms an act.

    Raises:
        TooMany: more than five attempts a minute for this login from this address.
        Unknown: login or password is wrong; which one is not told.
    """
    attempts = ask.desk.attempts
    allowed = attempts.take(ask.address, ADDRESS_ATTEMPTS_A_MINUTE)
    if not (allowed and attempts.take((given.login, ask.address), ATTEMPTS_A_MINUTE)):
        raise TooMany(Fault("api.session.too-many"))
    account = signed_in(ask.desk.office.store, given.login, given.password)
    if account is None:
        raise Unknown(Fault("api.session.wrong"))
    return account


def sign_in(ask: Ask) -> Reply:
    """Returns who is signed in now, with the session's cookie.

    Raises:
        TooMany: more than five attempts a minute for this login from this address.
        Unknown: login or password is wrong; which one is not told.
    """
    account = known(ask, ask.taken(Credentials))
    ask.desk.sessions.close(ask.token)
    token = ask.desk.sessions.open(account)
    return _shown(account, _cookie(ask.scheme, token, LIFE_US // 1_000_000))


def sign_out(ask: Ask) -> Reply:
    """Returns that nobody is signed in; the session has ended."""
    ask.desk.sessions.close(ask.token)
    return _shown(None, _cookie(ask.scheme, "", 0))


def cookie_name(scheme: str) -> str:
    """Returns the cookie's name; over https one that browsers keep to this very host."""
    return SECURE_COOKIE if scheme == "https" else COOKIE


def _cookie(scheme: str, token: str, seconds: int) -> str:
    secure = "; Secure" if scheme == "https" else ""
    name = cookie_name(scheme)
    return f"{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"


def _shown(account: Account | None, cookie: str = "") -> Reply:
    headers = {"Cache-Control": "no-store"}
    if cookie:
        headers["Set-Cookie"] = cookie
    if account is None:
        return reply(Session(None), headers)
    actor = SessionActor(
        account.login,
        account.actor.person_id,
        account.actor.organisation_id,
        account.organisation,
        account.actor.role,
    )
    return reply(Session(actor), headers)
