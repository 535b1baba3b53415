"""Who may do what: one pure function over one table, default deny, and deny wins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from rafiqa.land import Actor, Reason, Ruling
from rafiqa.service.delegable import DELEGABLE, SEEN_FOR
from rafiqa.service.permittable import APPROVING, FREE, PERMITS, RAISING, ROWS, SEES_ALL

__all__ = [
    "AT_THE_MACHINE",
    "NO_FACTS",
    "PERMITS",
    "Facts",
    "Mandate",
    "Permit",
    "Standing",
    "allow",
    "beyond",
    "second_beyond",
    "strong_enough",
]

Factor = Literal[
    "machine", "password", "totp", "passkey", "recovery", "ticket", "oidc", "oidc-strong"
]
"""``oidc-strong``: the house vouched for a strength that this store's policy names."""
Approving = Literal["passkey", "totp", "password"]
"""What a store asks of who approves: a passkey; or password with a code too; or a password."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the actor of this moment proved who they are, and how far their account reaches.

    Attributes:
        factors: by what they signed in.
        asks: what the store asks of who approves.
        area_ids: the only areas that the account is for; every area where empty.
        ended: whether the account's time was over.
    """

    factors: frozenset[Factor]
    asks: Approving = "passkey"
    area_ids: frozenset[str] = frozenset()
    ended: bool = False


AT_THE_MACHINE: Final = Standing(frozenset({"machine"}))
"""Who has the store's own file in hand: no sign-in keeps them from it; the log tells on them."""
NOBODY: Final = Standing(frozenset())


@dataclass(frozen=True, slots=True)
class Mandate:
    """What somebody may do for another, as delegations say at the moment of the act.

    Attributes:
        acts: all that standing delegations name; none where none stands any more.
        area_ids: the only areas in which the act may be done so; every area where empty.
    """

    acts: frozenset[str] = frozenset()
    area_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """What an act is about, as far as permits ask.

    Attributes:
        organisations: whose the object is; nobody's where empty.
        areas: the areas it is about, where it is about areas.
        authority_id: the site's authority.
        standing: how the actor proved who they are.
        raises: whether the act only raises or holds back, whatever its name.
        within: whether all its land lies in the areas of the actor's account; None where its place
            is not told.
        mandate: what delegations say, where somebody acts for another; None where there is none
            on record, or nobody looked.
    """

    organisations: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    authority_id: str = ""
    standing: Standing = AT_THE_MACHINE
    raises: bool = False
    within: bool | None = None
    mandate: Mandate | None = None


NO_FACTS: Final = Facts()
"""Of an object of which nothing is known: who reaches their own organisation alone does not."""


@dataclass(frozen=True, slots=True)
class Permit(Ruling):
    """Yes or no, every reason against it, and the rule that decided: a row and a mark."""

    rule: str = ""


def allow(actor: Actor, act: str, facts: Facts = NO_FACTS) -> Permit:
    """Returns whether an actor may do an act on an object; rules of the land are asked apart.

    Whatever speaks against it is listed, and one reason is enough. Nothing but the arguments
    decides: no clock, no store.

    Args:
        actor: who acts, for whom, in which role.
        act: the act's name in the table of permits.
        facts: what it is about.
    """
    row = ROWS.get(act)
    reach = "none" if row is None else row.reaches.get(actor.role, "none")
    if row is None or reach == "none":
        denied = Reason("service.permit.denied", {"role": actor.role, "act": act})
        return Permit(allowed=False, reasons=(denied,), rule="default")
    reasons = tuple(_against(actor, act, reach, facts))
    rule = (
        reasons[0].code
        if reasons
        else f"{act}/{row.object_class}/{actor.role}/{reach}{_how(actor)}"
    )
    return Permit(allowed=not reasons, reasons=reasons, rule=rule)


def _how(actor: Actor) -> str:
    return "" if actor.acting_for is None else "/delegated"


def _against(actor: Actor, act: str, reach: str, facts: Facts) -> Iterator[Reason]:
    params: dict[str, str | int] = {"role": actor.role, "act": act}
    standing = facts.standing
    if standing.ended:
        yield Reason("service.permit.ended", params)
    if reach == "own" and not _is_own(actor, act, facts):
        yield Reason("service.permit.organisation", params)
    yield from beyond(actor.role, act, facts)
    yield from _undelegated(actor, act, facts.mandate)
    if act in APPROVING and not facts.raises and not strong_enough(standing):
        yield Reason(f"service.permit.factor.{standing.asks}", params)


def _undelegated(actor: Actor, act: str, mandate: Mandate | None) -> Iterator[Reason]:
    """Yields why nobody may do an act for another; nothing of one in somebody's own right.

    What is not known to be delegated is not: no mandate, an act that none names, one that no
    delegation can name.
    """
    if actor.acting_for is None or act in SEEN_FOR:
        return
    params: dict[str, str | int] = {"act": act, "person": actor.acting_for}
    if act not in DELEGABLE:
        yield Reason("service.permit.delegation-never", params)
    elif mandate is None:
        yield Reason("service.permit.delegation-none", params)
    elif not mandate.acts:
        yield Reason("service.permit.delegation-over", params)
    elif act not in mandate.acts:
        yield Reason("service.permit.delegation-act", params)


def beyond(role: str, act: str, facts: Facts) -> Iterator[Reason]:
    """Yields why an act lies beyond the areas that an account is for; nothing of one for all.

    Nobody is kept from telling of a hazard by where their account works.
    """
    limits = facts.standing.area_ids
    if not limits or act in RAISING or facts.raises:
        return
    params: dict[str, str | int] = {"role": role, "act": act}
    if elsewhere := facts.areas - limits:
        yield Reason("service.permit.area", {**params, "areas": ", ".join(sorted(elsewhere))})
    elif act not in FREE and not facts.within:
        told = "area-untold" if facts.within is None else "area-partly"
        yield Reason(f"service.permit.{told}", {**params, "areas": ", ".join(sorted(limits))})


def second_beyond(act: str, facts: Facts) -> Iterator[Reason]:
    """Yields why an act lies beyond the areas that its second person's account is for.

    Args:
        act: the act's name in the table of permits.
        facts: what it is about, with the second person's standing.
    """
    if any(beyond("", act, facts)):
        areas = ", ".join(sorted(facts.standing.area_ids))
        yield Reason("service.permit.second-area", {"act": act, "areas": areas})


def _is_own(actor: Actor, act: str, facts: Facts) -> bool:
    if actor.organisation_id in facts.organisations:
        return True
    is_authority = bool(facts.authority_id) and actor.organisation_id == facts.authority_id
    return is_authority and act in SEES_ALL


def strong_enough(standing: Standing) -> bool:
    """Returns whether somebody proved well enough who they are to approve."""
    factors, asks = standing.factors, standing.asks
    if not factors.isdisjoint({"machine", "passkey", "oidc-strong"}):
        return True
    if asks == "passkey":
        return False
    return "password" in factors and (asks == "password" or "totp" in factors)
