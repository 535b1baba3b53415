"""The own account at this door: ways in, sessions, and letting a colleague in anew.

Whoever stole a password must not be able to make themselves a key with it: a first key or code
maker is enrolled only by who came with a ticket, or where the store asks for a password alone.
"""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from typing import Final

import segno

from rafiqa.api.ask import Ask
from rafiqa.api.personshape import (
    CodeMakerGone,
    CodeMakerMade,
    CodeMakerShown,
    Ended,
    KeyQuestion,
    OwnAccount,
    PasskeyGone,
    PasskeyMade,
    PasskeyTold,
    PasswordAgain,
    PasswordChanged,
    RecoveryAsked,
    RecoveryCodes,
    RecoveryConfirmed,
    SessionsEnded,
    SessionTold,
    TicketHalf,
    TicketUsed,
)
from rafiqa.api.problem import TooMany, Unknown, faults_of
from rafiqa.api.reply import Reply, reply
from rafiqa.api.session import ADDRESS_ATTEMPTS_A_MINUTE, counted, enter
from rafiqa.api.signedin import SignedIn
from rafiqa.errors import Fault, Forbidden, InvalidInput, NotFound, Refused
from rafiqa.land import Ruling
from rafiqa.service.accounts import (
    Account,
    change_account,
    hashed,
    password_faults,
    signed_in,
)
from rafiqa.service.codemaker import (
    enrol,
    new_secret,
    resealed,
    secret_text,
    secret_uri,
    step_of,
    take_code,
)
from rafiqa.service.delegationbook import one_with
from rafiqa.service.passkeys import (
    add_passkey,
    enrolment,
    place_of,
    question,
    remove_passkey,
)
from rafiqa.service.permit import Facts, allow, strong_enough
from rafiqa.service.permittable import APPROVING, PERMITS
from rafiqa.service.recovering import ask_recovery, confirm_recovery, use_ticket
from rafiqa.service.signinpolicy import approving_by, note
from rafiqa.wire.instant import iso

NO_STORE: Final = {"Cache-Control": "no-store"}
_STRONG: Final = frozenset({"passkey", "totp", "ticket", "recovery"})
_HANDING_ON: Final = "give_delegation"
"""Asks for a strong sign-in of every role, and is told where it is done: it is no daily work."""


def ask_key(ask: Ask) -> Reply:
    """Returns what a browser is to ask its passkeys, to sign in by one.

    Raises:
        TooMany: too many asked from that address.
    """
    if not ask.desk.attempts.take(("key", ask.address), ADDRESS_ATTEMPTS_A_MINUTE):
        raise TooMany(Fault("api.session.too-many"))
    handle, challenge = ask.desk.challenges.put("sign-in")
    return reply(KeyQuestion(handle, question(place_of(ask.host), challenge)), NO_STORE)


def use_a_ticket(ask: Ask) -> Reply:
    """Returns who is signed in now: whoever came with a ticket, under a new password.

    Raises:
        TooMany: too many tried from that address.
        Unknown: it is no ticket of that login, it was used, or its time is over.
        InvalidInput: the password cannot be taken.
    """
    asked = ask.taken(TicketUsed)
    counted(ask.desk.attempts, ask.address, asked.login)
    office = ask.desk.office
    entropy, now_us = ask.desk.entropy, office.now_us()
    made = use_ticket(office.store, asked.login, asked.ticket, asked.password, entropy, now_us)
    if made is None or not made.stands(now_us):
        raise Unknown(Fault("api.session.ticket", "ticket"))
    return enter(ask, made, frozenset({"password", "ticket"}))


def show_own(ask: Ask) -> Reply:
    """Returns the own account: its ways in and its sessions.

    Raises:
        Unknown: nobody is signed in.
    """
    signed = _signed(ask)
    account, store = signed.account, ask.desk.office.store
    role = account.actor.role
    maker = account.code_maker
    told = OwnAccount(
        account.login,
        role,
        account.organisation,
        None if account.until_us is None else iso(account.until_us),
        list(account.area_ids),
        approving_by(store),
        any(role in PERMITS[act] for act in APPROVING if act != _HANDING_ON),
        strong_enough(ask.standing),
        _may_enrol(ask, signed),
        sorted(signed.factors),
        [
            PasskeyTold(key.key_id, key.label, iso(key.made_us), key.rp_id)
            for key in account.passkeys
        ],
        maker is not None,
        0 if maker is None else len(maker.recovery),
        allow(account.actor, "recover_account", Facts(standing=ask.standing)).allowed,
        [
            SessionTold(
                held.session_id,
                iso(held.since_us),
                iso(held.used_us),
                sorted(held.factors),
                held.agent,
                held.session_id == signed.session_id,
            )
            for held in ask.desk.sessions.of(account)
        ],
    )
    return reply(told, NO_STORE)


def _signed(ask: Ask) -> SignedIn:
    if ask.signed is None:
        raise Unknown(Fault("api.session.needed"))
    return ask.signed


def _may_enrol(ask: Ask, signed: SignedIn) -> bool:
    if approving_by(ask.desk.office.store) == "password":
        return True
    return not signed.factors.isdisjoint(_STRONG)


def _enroller(ask: Ask) -> SignedIn:
    signed = _signed(ask)
    if not _may_enrol(ask, signed):
        raise Forbidden(Fault("api.account.enrol"))
    return signed


def _checked(ask: Ask, signed: SignedIn, password: str) -> Account:
    """Returns the account once its password was given again.

    Raises:
        TooMany: it was tried too often.
        Forbidden: it is wrong.
    """
    login = signed.account.login
    counted(ask.desk.attempts, ask.address, login)
    found = signed_in(ask.desk.office.store, login, password)
    if found is None:
        raise Forbidden(Fault("api.account.password", "password"))
    return found


def change_password(ask: Ask) -> Reply:
    """Returns who is signed in, under a new password; every other session has ended.

    Raises:
        Unknown: nobody is signed in.
        TooMany: the password was tried too often.
        Forbidden: the password of now is wrong.
        InvalidInput: the new one cannot be taken.
    """
    signed, asked = _signed(ask), ask.taken(PasswordChanged)
    faults = password_faults(asked.new_password, signed.account)
    if faults:
        raise InvalidInput(faults)
    known = _checked(ask, signed, asked.password)
    entropy, store = ask.desk.entropy, ask.desk.office.store
    password_hash = hashed(asked.new_password, entropy)
    maker = resealed(known, asked.password, asked.new_password, entropy)

    def changed(account: Account) -> Account:
        if account.password_hash != known.password_hash:
            return account
        epoch = account.epoch + 1
        return replace(account, password_hash=password_hash, code_maker=maker, epoch=epoch)

    made = change_account(store, known.login, changed)
    if made is None or made.password_hash != password_hash:
        raise Unknown(Fault("api.session.needed"))
    note(store, ask.desk.office.now_us(), "password.changed", known.login)
    return enter(ask, made, signed.factors)


def make_code_maker(ask: Ask) -> Reply:
    """Returns the secret of a new code maker; it counts once a code of it was shown.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the password is wrong, or a ticket is needed to enrol a first factor.
    """
    signed, asked = _enroller(ask), ask.taken(PasswordAgain)
    account = _checked(ask, signed, asked.password)
    secret = new_secret(ask.desk.entropy)
    handle, _ = ask.desk.challenges.put("code-maker", account.login, secret)
    uri = secret_uri(secret, account.login, ask.desk.office.site.name)
    return reply(CodeMakerMade(handle, secret_text(secret), uri, _picture(uri)), NO_STORE)


def _picture(text: str) -> str:
    """A code to scan as a picture that a page may show: no other host, and no script, draws it."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="png", scale=5, border=4)
    return f"data:image/png;base64,{base64.b64encode(drawn.getvalue()).decode()}"


def confirm_code_maker(ask: Ask) -> Reply:
    """Returns the recovery codes of a code maker that counts from now on.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the password is wrong, or a ticket is needed to enrol a first factor.
        InvalidInput: the code is not of that secret, or too long ago was the secret made.
    """
    signed, asked = _enroller(ask), ask.taken(CodeMakerShown)
    account = _checked(ask, signed, asked.password)
    office, challenges = ask.desk.office, ask.desk.challenges
    now_us = office.now_us()
    secret = challenges.peek(asked.handle, "code-maker", account.login)
    step = None if secret is None else step_of(secret, asked.code, now_us, 0)
    if secret is None or step is None:
        raise InvalidInput(Fault("api.account.code", "code"))
    if challenges.take(asked.handle, "code-maker", account.login) is None:
        raise InvalidInput(Fault("api.account.code", "code"))  # two asked at the same moment
    entropy = ask.desk.entropy
    codes = enrol(office.store, account.login, asked.password, secret, step, entropy, now_us)
    return reply(RecoveryCodes(list(codes)), NO_STORE)


def remove_code_maker(ask: Ask) -> Reply:
    """Returns that the account has no code maker any more; every session of before has ended.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the password or the code is wrong.
    """
    signed, asked = _signed(ask), ask.taken(CodeMakerGone)
    account = _checked(ask, signed, asked.password)
    office = ask.desk.office
    now_us = office.now_us()
    if take_code(office.store, account, asked.password, asked.code, now_us) is None:
        raise Forbidden(Fault("api.account.password", "code"))
    made = change_account(
        office.store,
        account.login,
        lambda known: replace(known, code_maker=None, epoch=known.epoch + 1),
    )
    note(office.store, now_us, "code-maker.removed", account.login)
    return enter(ask, made or account, frozenset({"password"}))


def ask_new_key(ask: Ask) -> Reply:
    """Returns what a browser is to make a new passkey with.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: a ticket is needed to enrol a first factor.
    """
    signed = _enroller(ask)
    login = signed.account.login
    handle, challenge = ask.desk.challenges.put("passkey", login)
    site = ask.desk.office.site.name
    options = enrolment(signed.account, place_of(ask.host), site, challenge)
    return reply(KeyQuestion(handle, options), NO_STORE)


def add_key(ask: Ask) -> Reply:
    """Returns the passkey that may be signed in with from now on.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: a ticket is needed to enrol a first factor.
        InvalidInput: it is no key for what was asked, here and now.
    """
    signed, asked = _enroller(ask), ask.taken(PasskeyMade)
    login, office = signed.account.login, ask.desk.office
    challenge = ask.desk.challenges.take(asked.handle, "passkey", login)
    if challenge is None:
        raise InvalidInput(Fault("service.passkey.not-made", "handle"))
    place, now_us = place_of(ask.host), office.now_us()
    key = add_passkey(office.store, login, asked.credential, challenge, place, asked.label, now_us)
    return reply(PasskeyTold(key.key_id, key.label, iso(key.made_us), key.rp_id), NO_STORE)


def remove_key(ask: Ask) -> Reply:
    """Returns who is signed in, after a passkey was taken out; every other session has ended.

    Raises:
        Unknown: nobody is signed in.
        NotFound: the account has no such passkey.
    """
    signed, asked = _signed(ask), ask.taken(PasskeyGone)
    office, login = ask.desk.office, signed.account.login
    if not remove_passkey(office.store, login, asked.key_id, office.now_us()):
        raise NotFound(Fault("api.account.key-unknown", "key_id"))
    made = change_account(office.store, login, lambda known: known)
    # The key that is gone may be the one that opened this session.
    factors = signed.factors - {"passkey"} if not _keys(made) else signed.factors
    return enter(ask, made or signed.account, factors)


def _keys(account: Account | None) -> bool:
    return account is not None and bool(account.passkeys)


def end_sessions(ask: Ask) -> Reply:
    """Returns how many other sessions of the own account were ended.

    Raises:
        Unknown: nobody is signed in.
    """
    signed, asked = _signed(ask), ask.taken(SessionsEnded)
    login = signed.account.login
    n = ask.desk.sessions.end(login, signed.session_id, asked.session_id)
    return reply(Ended(n), NO_STORE)


def ask_for_recovery(ask: Ask) -> Reply:
    """Returns the first half of the ticket by which a colleague is let in anew.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the role may not, or who asks signed in by too little.
        Refused: there is no such login, or it is their own.
    """
    signed, asked = _signed(ask), ask.taken(RecoveryAsked)
    office, entropy = ask.desk.office, ask.desk.entropy
    ruling, half = ask_recovery(
        office.store,
        signed.account,
        ask.standing,
        asked.login,
        entropy,
        office.now_us(),
        one_with(office, signed.account.actor.person_id),
    )
    return _half(ruling, half)


def confirm_a_recovery(ask: Ask) -> Reply:
    """Returns the second half, from another colleague, who was told the first.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the role may not, or who asks signed in by too little.
        Refused: nobody asked for it, it was the same colleague, or it is their own login.
    """
    signed, asked = _signed(ask), ask.taken(RecoveryConfirmed)
    office, entropy = ask.desk.office, ask.desk.entropy
    ruling, half = confirm_recovery(
        office.store,
        signed.account,
        ask.standing,
        asked.login,
        asked.first_half,
        entropy,
        office.now_us(),
        one_with(office, signed.account.actor.person_id),
    )
    return _half(ruling, half)


def _half(ruling: Ruling, half: str) -> Reply:
    if not ruling.allowed:
        denied = any(each.code.startswith("service.permit.") for each in ruling.reasons)
        raise (Forbidden if denied else Refused)(faults_of(ruling.reasons))
    return reply(TicketHalf(half), NO_STORE)
