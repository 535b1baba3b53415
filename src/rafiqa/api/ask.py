"""Ask: one request, read: who asks, in which language, as of when, and with what."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from rafiqa.api.moment import Moment
from rafiqa.api.sending import Sending
from rafiqa.api.signedin import SignedIn
from rafiqa.errors import Fault, Forbidden, InvalidInput
from rafiqa.land import Actor
from rafiqa.locale import languages
from rafiqa.service import NOW, AsOf, Stamp, allow
from rafiqa.service.accounts import Account, accounts
from rafiqa.service.delegationbook import delegations, state_of
from rafiqa.service.permit import NOBODY, Standing
from rafiqa.service.signinpolicy import standing_of
from rafiqa.wire.instant import end_us, instant_us
from rafiqa.wire.strictjson import strict_json

if TYPE_CHECKING:
    from rafiqa.api.desk import Desk

ACTING_FOR = "Rafiqa-Acting-For"
"""The header by which somebody acts for another: the id of the delegation to them."""
BODY_BYTES = 1024 * 1024
"""Largest body taken (trust study, section 3.7)."""
JSON_DEPTH = 20
EARLIEST_US = -5_364_662_400_000_000
"""1800-01-01T00:00:00Z: no question reaches further back."""
LATEST_US = 7_258_118_400_000_000
"""2200-01-01T00:00:00Z: nor further forward."""
S = TypeVar("S")


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """One request to a handler, with everything checked that holds for all.

    Attributes:
        desk: what this server keeps.
        lang: language to answer in.
        path: values of the path's placeholders.
        query: the query's values, each given once.
        signed: who is signed in, and by what; or None.
        body: the request's body.
        address: the network address that it came from.
        scheme: ``http`` or ``https``.
        token: the session's token as it came in the cookie.
        sending: the act as its sender froze it, or None where it came without a key.
        host: what the asker calls this server, as its header says; to be doubted.
        agent: what the asker's program calls itself; likewise.
        cookies: what the asker's browser keeps for this host.
        acting_for: the delegation by which the asker acts for another; None where in their own
            right, as whoever tells of a hazard always does.
    """

    desk: Desk
    lang: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    signed: SignedIn | None
    body: bytes
    address: str
    scheme: str
    token: str | None
    sending: Sending | None = None
    host: str = ""
    agent: str = ""
    cookies: Mapping[str, str] = field(default_factory=dict)
    acting_for: str | None = None

    @property
    def account(self) -> Account | None:
        """Who is signed in, or None."""
        return None if self.signed is None else self.signed.account

    @property
    def standing(self) -> Standing:
        """How who is signed in proved who they are, and how far their account reaches."""
        if self.signed is None:
            return NOBODY
        office = self.desk.office
        return standing_of(office.store, self.signed.account, self.signed.factors, office.now_us())

    @property
    def moment(self) -> Moment:
        """The times asked about, pinned down."""
        return self.desk.moments.at(AsOf(self.time_us("valid_at"), self.time_us("known_at")))

    @property
    def actor(self) -> Actor | None:
        """Who acts, or None where nobody is signed in.

        Raises:
            Forbidden: they ask to act for another by what is no delegation to them, or none any
                more. Nothing is done in their own right instead.
        """
        own = self.account.actor if self.account is not None else None
        if own is None or self.acting_for is None:
            return own
        office = self.desk.office
        story = delegations(office).get(self.acting_for)
        if story is None or story.fact.taker_id != own.person_id:
            params: dict[str, str | int] = {"act": "", "person": ""}
            raise Forbidden(Fault("service.permit.delegation-none", ACTING_FOR, params=params))
        if state_of(story, accounts(office.store), office.now_us()) != "stands":
            params = {"act": "", "person": story.giver.person_id}
            raise Forbidden(Fault("service.permit.delegation-over", ACTING_FOR, params=params))
        return story.actor(own.person_id)

    @property
    def stamp(self) -> Stamp:
        """Under which id an act is kept, the same for one sent again under its key; and by whom."""
        made = NOW
        if self.sending is not None and self.actor is not None:
            made = self.sending.stamp(self.actor)
        return replace(made, standing=self.standing)

    @property
    def staff(self) -> bool:
        """Whether the asker may see what is not for everybody."""
        return self.actor is not None and allow(self.actor, "see_restricted").allowed

    def time_us(self, name: str, *, last: bool = True) -> int | None:
        """Returns a time of the query in microseconds, or None where it is not given.

        A bare date is its last instant, or its first where ``last`` is False.

        Raises:
            InvalidInput: not a time, or before 1800 or after 2199.
        """
        if name not in self.query:
            return None
        read = end_us if last else instant_us
        at_us = read(self.query[name], name)
        if not EARLIEST_US <= at_us < LATEST_US:
            raise InvalidInput(Fault("api.query.time-range", name))
        return at_us

    def number(self, name: str) -> float:
        """Returns a finite number of the query.

        Raises:
            InvalidInput: it is missing or no number.
        """
        try:
            value = float(self.query[name])
        except KeyError:
            raise InvalidInput(Fault("api.query.missing", name, params={"name": name})) from None
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise InvalidInput(Fault("api.query.number", name, params={"name": name}))
        return value

    def taken(self, shape: type[S], *, danger: bool = False) -> S:
        """Returns the body as a value of a shape, read strictly.

        Args:
            shape: what it must be.
            danger: whether it may be a report of danger, as of ``strict_json``.

        Raises:
            InvalidInput: not JSON, nested too deeply, or not of that shape.
        """
        value: Any = strict_json(self.body, levels=JSON_DEPTH, most_bytes=BODY_BYTES, danger=danger)
        try:
            return msgspec.convert(value, shape, strict=True)
        except msgspec.ValidationError as error:
            place = str(error).rpartition("`")[0].rpartition("`")[2]
            place = place if place.startswith("$") else "$"
            raise InvalidInput(Fault("api.body.shape", place)) from error
        except UnicodeError as error:
            # The name of a field is half a letter, and the complaint of it cannot be written.
            raise InvalidInput(Fault("api.body.shape", "$")) from error


def language(query: Mapping[str, str], accepted: str) -> str:
    """Returns the language to answer in: the query's, else the browser's first known, else en.

    Args:
        query: the query's values.
        accepted: the header Accept-Language (RFC 9110, section 12.5.4).
    """
    known = languages()
    wanted: list[tuple[float, str]] = []
    for item in accepted.split(","):
        tag, _, weight = item.strip().partition(";q=")
        try:
            wanted.append((-float(weight or 1), tag.split("-")[0].lower()))
        except ValueError:
            continue
    tags = [query.get("lang", "").split("-")[0].lower()]
    tags += [tag for weight, tag in sorted(wanted, key=lambda each: each[0]) if weight < 0]
    return next((tag for tag in tags if tag in known), "en")
