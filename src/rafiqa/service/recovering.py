"""Ways in: a ticket for a new account, and one that two colleagues give who lost every factor.

Each colleague is given one half of the ticket, and neither half lets anybody in: whoever was
recovered has heard from both. What was lost is taken out when the ticket is used, not before.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from rafiqa.errors import InvalidInput
from rafiqa.land import Actor, Reason, Ruling, rule
from rafiqa.service.accounts import (
    Account,
    Ticket,
    accounts,
    change_account,
    hashed,
    password_faults,
)
from rafiqa.service.permit import Facts, Standing, allow
from rafiqa.service.signinpolicy import note
from rafiqa.store import Store

ASKED: Final = "accounts.recoveries"
TICKET_DAYS: Final = 7
RECOVERY_DAYS: Final = 1
HALF_BYTES: Final = 10
_DAY_US: Final = 86_400_000_000


def give_ticket(
    store: Store, login: str, entropy: Callable[[int], bytes], now_us: int, by: str = ""
) -> str | None:
    """Returns a ticket to be shown once; None where there is no such account."""
    ticket = f"{_half(entropy)}-{_half(entropy)}"
    if not _lay(store, login, ticket, now_us + TICKET_DAYS * _DAY_US):
        return None
    note(store, now_us, "ticket.given", login, by)
    return ticket


def _half(entropy: Callable[[int], bytes]) -> str:
    letters = base64.b32encode(entropy(HALF_BYTES)).decode().lower()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _sha256(ticket: str) -> str:
    plain = "".join(each for each in ticket.lower() if each.isalnum())
    return sha256(plain.encode()).hexdigest()


def _lay(store: Store, login: str, ticket: str, until_us: int) -> bool:
    kept = Ticket(_sha256(ticket), until_us)
    return change_account(store, login, lambda known: replace(known, ticket=kept)) is not None


def use_ticket(
    store: Store,
    login: str,
    ticket: str,
    password: str,
    entropy: Callable[[int], bytes],
    now_us: int,
) -> Account | None:
    """Returns the account with a new password and no other factor; None where it is no ticket.

    Every session of before has ended, and so has every factor: they were lost, or there were none.

    Raises:
        InvalidInput: the password cannot be taken.
    """
    faults = password_faults(password, None)
    if faults:
        raise InvalidInput(faults)
    password_hash = hashed(password, entropy)
    used: list[Account] = []

    def enter(known: Account) -> Account:
        laid = known.ticket
        right = laid is not None and hmac.compare_digest(laid.sha256, _sha256(ticket))
        if laid is None or not right or now_us >= laid.until_us:
            return known
        # Asked of who has the ticket alone: the answer tells something of the account.
        faults.extend(password_faults(password, known))
        if faults:
            return known
        made = replace(
            known,
            password_hash=password_hash,
            passkeys=(),
            code_maker=None,
            ticket=None,
            epoch=known.epoch + 1,
        )
        used.append(made)
        return made

    change_account(store, login, enter)
    if faults:
        raise InvalidInput(faults)
    if used:
        note(store, now_us, "ticket.used", login)
    return used[0] if used else None


def ask_recovery(
    store: Store,
    colleague: Account,
    standing: Standing,
    login: str,
    entropy: Callable[[int], bytes],
    now_us: int,
    one_with: frozenset[str] = frozenset(),
) -> tuple[Ruling, str]:
    """Returns whether a colleague may ask that somebody be let in anew, and the first half.

    Args:
        store: where accounts are kept.
        colleague: who asks.
        standing: how they proved who they are.
        login: who is to be let in anew.
        entropy: gives that many random bytes.
        now_us: the time.
        one_with: who counts as one person with them, by a delegation that stands.
    """
    against = list(_against(store, colleague, standing, login, one_with))
    if against:
        return rule(against), ""
    half = _half(entropy)
    with store.alone(ASKED):
        waiting = {**_asked(store, now_us)}
        waiting[login] = {
            "by": colleague.actor.person_id,
            "one_with": sorted(one_with),
            "sha256": _sha256(half),
            "until_us": now_us + RECOVERY_DAYS * _DAY_US,
        }
        _keep(store, waiting)
    note(store, now_us, "recovery.asked", login, colleague.login)
    return rule(()), half


def confirm_recovery(
    store: Store,
    colleague: Account,
    standing: Standing,
    login: str,
    first_half: str,
    entropy: Callable[[int], bytes],
    now_us: int,
    one_with: frozenset[str] = frozenset(),
) -> tuple[Ruling, str]:
    """Returns whether a second colleague may confirm it, and the second half of the ticket.

    Args:
        store: where accounts are kept.
        colleague: who confirms.
        standing: how they proved who they are.
        login: who is to be let in anew.
        first_half: as the person heard it from the first colleague: it must be at hand.
        entropy: gives that many random bytes.
        now_us: the time.
        one_with: who counts as one person with the second, by a delegation that stands.
    """
    # Two who confirm at once, on two processes: one of them, with one half that counts.
    with store.alone(ASKED):
        return _confirmed(store, colleague, standing, login, first_half, entropy, now_us, one_with)


def _confirmed(
    store: Store,
    colleague: Account,
    standing: Standing,
    login: str,
    first_half: str,
    entropy: Callable[[int], bytes],
    now_us: int,
    one_with: frozenset[str],
) -> tuple[Ruling, str]:
    against = list(_against(store, colleague, standing, login, one_with))
    waiting = _asked(store, now_us)
    asked = waiting.get(login)
    params: dict[str, str | int] = {"login": login[:64]}
    if asked is None or not hmac.compare_digest(asked["sha256"], _sha256(first_half)):
        against.append(Reason("service.recovery.not-asked", params))
    elif asked["by"] == colleague.actor.person_id:
        against.append(Reason("service.recovery.same-person", params))
    elif asked["by"] in one_with or colleague.actor.person_id in asked.get("one_with", ()):
        against.append(Reason("service.recovery.one-with", params))
    if against:
        return rule(against), ""
    half = _half(entropy)
    _lay(store, login, first_half + half, now_us + RECOVERY_DAYS * _DAY_US)
    _keep(store, {name: each for name, each in waiting.items() if name != login})
    note(store, now_us, "recovery.confirmed", login, colleague.login)
    return rule(()), half


def _against(
    store: Store, colleague: Account, standing: Standing, login: str, one_with: frozenset[str]
) -> list[Reason]:
    """What speaks against a colleague: their role, their factors, or that it is they themselves."""
    found = list(allow(colleague.actor, "recover_account", Facts(standing=standing)).reasons)
    target: Account | None = accounts(store).get(login)
    params: dict[str, str | int] = {"login": login[:64]}
    if target is None:
        found.append(Reason("service.recovery.unknown", params))
    elif _is_same(target.actor, colleague.actor):
        found.append(Reason("service.recovery.own", params))
    elif target.actor.person_id in one_with:
        found.append(Reason("service.recovery.one-with", params))
    return found


def _is_same(one: Actor, other: Actor) -> bool:
    return one.person_id == other.person_id


def _asked(store: Store, now_us: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(store.setting(ASKED) or b"{}")
    return {login: each for login, each in found.items() if now_us < each["until_us"]}


def _keep(store: Store, waiting: dict[str, Any]) -> None:
    store.put_setting(ASKED, json.dumps(waiting, sort_keys=True).encode())
