"""The shapes of an account's own page: ways in, sessions, and letting a colleague in anew."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from rafiqa.api.shape import Shape

Login = Annotated[str, Meta(max_length=64)]
Password = Annotated[str, Meta(max_length=1_000)]
Code = Annotated[str, Meta(max_length=40)]


class KeyQuestion(Shape, frozen=True):
    """What a browser is to ask a passkey, and the handle under which its answer is taken."""

    handle: str
    options: dict[str, Any]


class Asked(Shape, frozen=True):
    """Nothing is said; that it is asked is all."""


class TicketUsed(Shape, frozen=True):
    """A ticket that is good once, and the password that its holder wants from now on."""

    login: Login
    ticket: Code
    password: Password


class PasskeyTold(Shape, frozen=True):
    """A passkey of the own account."""

    key_id: str
    label: str
    made_at: str
    rp_id: str


class SessionTold(Shape, frozen=True):
    """A session of the own account, by the program that it was opened from."""

    session_id: str
    since: str
    used: str
    factors: list[str]
    agent: str
    own: bool


class OwnAccount(Shape, frozen=True):
    """The own account: for whom, until when, by what one signs in, and every session."""

    login: str
    role: str
    organisation: str
    until: str | None
    area_ids: list[str]
    approving: Literal["passkey", "totp", "password"]
    approves: bool
    strong: bool
    may_enrol: bool
    factors: list[str]
    passkeys: list[PasskeyTold]
    has_code_maker: bool
    recovery_left: int
    may_recover: bool
    sessions: list[SessionTold]


class PasswordChanged(Shape, frozen=True):
    """The password of now, and the one that is to be."""

    password: Password
    new_password: Password


class PasswordAgain(Shape, frozen=True):
    """The password once more: who walked past an open page does not know it."""

    password: Password


class CodeMakerMade(Shape, frozen=True):
    """The secret of a new code maker: to be scanned, or typed."""

    handle: str
    secret: str
    uri: str
    picture: str


class CodeMakerShown(Shape, frozen=True):
    """A code that shows that the code maker has the secret."""

    handle: Annotated[str, Meta(max_length=64)]
    password: Password
    code: Code


class RecoveryCodes(Shape, frozen=True):
    """Codes for when the code maker is lost: shown this once."""

    codes: list[str]


class CodeMakerGone(Shape, frozen=True):
    """Password and code of who takes the code maker out."""

    password: Password
    code: Code


class PasskeyMade(Shape, frozen=True):
    """What a new passkey answered, and what its holder calls it."""

    handle: Annotated[str, Meta(max_length=64)]
    credential: dict[str, Any]
    label: Annotated[str, Meta(max_length=200)] = ""


class PasskeyGone(Shape, frozen=True):
    """The passkey that is to be taken out."""

    key_id: Annotated[str, Meta(max_length=1_400)]


class SessionsEnded(Shape, frozen=True):
    """The session that is to end; every one but this where null."""

    session_id: Annotated[str, Meta(max_length=64)] | None = None


class RecoveryAsked(Shape, frozen=True):
    """Who is to be let in anew."""

    login: Login


class RecoveryConfirmed(Shape, frozen=True):
    """Who is to be let in anew, and the half of the ticket that the first colleague gave them."""

    login: Login
    first_half: Code


class TicketHalf(Shape, frozen=True):
    """One half of a ticket, shown this once; the other half comes from another colleague."""

    half: str


class Ended(Shape, frozen=True):
    """How many sessions were ended."""

    n: int
