"""Who acts in the demo, and how to sign in as them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from rafiqa.land import Actor, Role
from rafiqa.service import Office
from rafiqa.service.accounts import put_account
from rafiqa.service.signinpolicy import put_approving

AUTHORITY = "city-mine-action-office"
QUALITY = "quality-board"
DONORS = ("donor-cedar", "donor-lapwing")
FIRST = Actor("authority-1", AUTHORITY, "authority")
SECOND = Actor("authority-2", AUTHORITY, "authority")
INSPECTOR = Actor("inspector-1", QUALITY, "quality")
SURVEYOR = Actor("surveyor-1", AUTHORITY, "surveyor")
INFORMATION = Actor("information-1", AUTHORITY, "information")
ENGINEER = Actor("engineer-1", "municipality", "engineer")
PLANNER = Actor("planner-1", AUTHORITY, "planner")
RESIDENT = Actor("resident", "residents", "resident")
OFFICE = "op-heron"
"""The operator whose office can be signed in as."""
_SETTING = "demo.logins"
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Login:
    """A way into the demo's desk."""

    login: str
    password: str
    role: Role


def operator(organisation_id: str) -> Actor:
    """Returns the person of an operator's office who sends its reports."""
    return Actor(f"{organisation_id}-office", organisation_id, "operator")


def make_logins(office: Office, entropy: Callable[[int], bytes]) -> tuple[Login, ...]:
    """Returns fresh logins for the demo's people; the passwords differ with every demo.

    In the demo a password is enough to approve, which its commands say: nobody has a key to it.
    """
    put_approving(office.store, "password")
    logins = []
    for actor in (FIRST, SECOND, INSPECTOR, ENGINEER, INFORMATION, PLANNER, operator(OFFICE)):
        drawn = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in entropy(10))
        login = Login(actor.person_id.replace("-", ""), drawn, actor.role)
        put_account(
            office.store, login.login, login.password, actor, actor.organisation_id, entropy
        )
        logins.append(login)
    office.store.put_setting(_SETTING, json.dumps([asdict(item) for item in logins]).encode())
    return tuple(logins)


def demo_logins(office: Office) -> tuple[Login, ...]:
    """Returns the logins that a demo store was made with; none for any other store."""
    kept = office.store.setting(_SETTING)
    return tuple(Login(**item) for item in json.loads(kept)) if kept else ()
