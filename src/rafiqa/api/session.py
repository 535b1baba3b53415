"""Sign in and out, by password, code and passkey; also how a second person confirms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from rafiqa.api.ask import Ask
from rafiqa.api.problem import TooMany, Unknown
from rafiqa.api.reply import Reply, reply
from rafiqa.api.shape import Credentials, Session, SessionActor
from rafiqa.api.signedin import LIFE_US, SignedIn
from rafiqa.api.tally import Tally
from rafiqa.errors import Fault, Forbidden
from rafiqa.land import Actor
from rafiqa.service import Stamp
from rafiqa.service.accounts import Account, signed_in
from rafiqa.service.codemaker import take_code
from rafiqa.service.passkeys import place_of, signed_by
from rafiqa.service.permit import Factor, Standing, strong_enough
from rafiqa.service.signinpolicy import approving_by, provider_of, standing_of

COOKIE: Final = "rafiqa_session"
SECURE_COOKIE: Final = "__Host-rafiqa_session"
ATTEMPTS_A_MINUTE: Final = 5
ADDRESS_ATTEMPTS_A_MINUTE: Final = 30
Factors = frozenset[Factor]


def show_session(ask: Ask) -> Reply:
    """Returns who is signed in."""
    return told_session(ask, ask.signed)


def proven(ask: Ask, given: Credentials) -> tuple[Account, Factors]:
    """Returns whose credentials these are, and by which factors they are proven.

    Raises:
        TooMany: more than five attempts a minute for this login from this address.
        Unknown: they are wrong, which of them is not told; or a code is asked for too.
    """
    counted(ask.desk.attempts, ask.address, given.login)
    office = ask.desk.office
    now_us = office.now_us()
    if given.passkey is not None:
        challenge = ask.desk.challenges.take(given.passkey.handle, "sign-in")
        answer, place = given.passkey.credential, place_of(ask.host)
        found = None
        if challenge is not None:
            found = signed_by(office.store, answer, challenge, place)
        if found is None or not found.stands(now_us):
            raise Unknown(Fault("api.session.passkey"))
        return found, frozenset({"passkey"})
    account = signed_in(office.store, given.login, given.password)
    if account is None or not account.stands(now_us):
        raise Unknown(Fault("api.session.wrong"))
    if account.code_maker is None:
        return account, frozenset({"password"})
    if not given.code:
        raise Unknown(Fault("api.session.code-needed", "code"))
    by = take_code(office.store, account, given.password, given.code, now_us)
    if by is None:
        raise Unknown(Fault("api.session.wrong"))
    return account, frozenset({"password", "totp" if by == "totp" else "recovery"})


def counted(attempts: Tally, address: str, login: str) -> None:
    """Nothing, where one more attempt is within the limits.

    Raises:
        TooMany: it is not.
    """
    allowed = attempts.take(address, ADDRESS_ATTEMPTS_A_MINUTE)
    # A passkey names no login, and cannot be guessed: a whole office may come from one address.
    if not (allowed and (not login or attempts.take((login, address), ATTEMPTS_A_MINUTE))):
        raise TooMany(Fault("api.session.too-many"))


@dataclass(frozen=True, slots=True)
class Second:
    """The second person of an act, and how they proved who they are."""

    actor: Actor
    standing: Standing


def second_person(ask: Ask, given: Credentials) -> Second:
    """Returns the second person who confirms an act with credentials of their own.

    Raises:
        TooMany: their login was tried too often.
        Unknown: the credentials are wrong, or a code is asked for too.
        Forbidden: the store asks for a stronger factor of who approves.
    """
    account, factors = proven(ask, given)
    store = ask.desk.office.store
    standing = standing_of(store, account, factors, ask.desk.office.now_us())
    if not strong_enough(standing):
        params: dict[str, str | int] = {"role": account.actor.role, "act": "confirm"}
        raise Forbidden(Fault(f"service.permit.factor.{standing.asks}", "second", params=params))
    return Second(account.actor, standing)


def stamp_with(ask: Ask, second: Second | None) -> Stamp:
    """Returns the stamp of an act that a second person confirms, or nobody yet where None."""
    return ask.stamp if second is None else replace(ask.stamp, second=second.standing)


def sign_in(ask: Ask) -> Reply:
    """Returns who is signed in now, with the session's cookie.

    Who is signed in already, and signs in again by more, is given a new session for the old one.

    Raises:
        TooMany: more than five attempts a minute for this login from this address.
        Unknown: the credentials are wrong, which of them is not told; or a code is asked for too.
    """
    account, factors = proven(ask, ask.taken(Credentials))
    return enter(ask, account, factors)


def enter(ask: Ask, account: Account, factors: Factors) -> Reply:
    """Returns the answer that opens a session; the one that asked has ended."""
    sessions = ask.desk.sessions
    sessions.close(ask.token)
    token = sessions.open(account, factors, ask.agent)
    ask.desk.journal.entered(account.actor.person_id)
    cookie = cookie_of(ask.scheme, token, LIFE_US // 1_000_000)
    return told_session(ask, sessions.signed_in(token), cookie)


def sign_out(ask: Ask) -> Reply:
    """Returns that nobody is signed in; the session has ended."""
    ask.desk.sessions.close(ask.token)
    return told_session(ask, None, cookie_of(ask.scheme, "", 0))


def cookie_name(scheme: str) -> str:
    """Returns the cookie's name; over https one that browsers keep to this very host."""
    return SECURE_COOKIE if scheme == "https" else COOKIE


def cookie_of(scheme: str, token: str, seconds: int) -> str:
    """Returns the header that keeps a session's token in a browser, out of reach of scripts."""
    secure = "; Secure" if scheme == "https" else ""
    name = cookie_name(scheme)
    return f"{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"


def told_session(ask: Ask, signed: SignedIn | None, cookie: str = "") -> Reply:
    """Returns who is signed in, and what this store asks of who approves."""
    headers = {"Cache-Control": "no-store"}
    if cookie:
        headers["Set-Cookie"] = cookie
    store = ask.desk.office.store
    approving, provider = approving_by(store), provider_of(store)
    vouched_by = None if provider is None else provider.label
    if signed is None:
        return reply(Session(None, approving, False, vouched_by), headers)
    account = signed.account
    actor = SessionActor(
        account.login,
        account.actor.person_id,
        account.actor.organisation_id,
        account.organisation,
        account.actor.role,
    )
    standing = standing_of(store, account, signed.factors, ask.desk.office.now_us())
    told = Session(actor, approving, strong_enough(standing), vouched_by)
    return reply(told, headers)
