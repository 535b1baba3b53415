"""How the vault stands, as the desk may tell of it: counts, and who looked; never of whom.

No pseudonym is in it: beside the log of looks one would be a list of whose case moved when. A count
of those harmed in one accident is for who notes help: others would know by it who it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from rafiqa.errors import RafiqaError
from rafiqa.land import Actor, Recorded
from rafiqa.ledger import IdentityLookedAt
from rafiqa.service.identitybook import identities
from rafiqa.service.inquiry import HARMED
from rafiqa.service.office import Office
from rafiqa.service.vaultdoor import vault_now
from rafiqa.service.vaulting import LOOKS_AN_HOUR, due

HOUR_US: Final = 3_600_000_000
DAY_US: Final = 24 * HOUR_US
State = Literal["open", "away", "none", "elsewhere"]
"""Of the vault now: reached; made and not to be had; never made; beside the first of a copy."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look: when, by whom, in which role, for which coded reason."""

    at_us: int
    actor: Actor
    reason: str


@dataclass(frozen=True, slots=True)
class ManyLooks:
    """Somebody looked at so many within an hour that they read a list, and not a case."""

    actor: Actor
    looks: int
    last_us: int


@dataclass(frozen=True, slots=True)
class InAccident:
    """How many records say who was harmed in an accident, and how many did and are erased."""

    accident_id: str
    kept: int
    erased: int


@dataclass(frozen=True, slots=True)
class VaultSeen:
    """How the vault stands.

    Attributes:
        state: whether it is reached now.
        detail: the code of why not, where it is away.
        kept, due, erased: how many identities are kept, are over their time, are erased.
        unsettled: what is erased on record may still lie in the vault that is away.
        accidents: those of which somebody is or was in it, newest first.
        looks: every look, newest first.
        many: who looked at many within an hour, of the last day.
    """

    state: State
    detail: str | None
    kept: int
    due: int
    erased: int
    unsettled: bool
    accidents: tuple[InAccident, ...]
    looks: tuple[Look, ...]
    many: tuple[ManyLooks, ...]


def vault_seen(office: Office) -> VaultSeen:
    """Returns how the vault stands now; what the ledger says is erased is erased in it by this."""
    state, detail = _reached(office)
    stories = identities(office)
    erased = sum(story.erased is not None for story in stories.values())
    return VaultSeen(
        state,
        detail,
        len(stories) - erased,
        len(due(office)),
        erased,
        state == "away" and erased > 0,
        tuple(_accidents(office)),
        looks(office)[::-1],
        many_looks(office, office.now_us()),
    )


def _reached(office: Office) -> tuple[State, str | None]:
    if office.following is not None:
        return "elsewhere", None
    try:
        return ("none" if vault_now(office) is None else "open"), None
    except RafiqaError as error:
        return "away", error.code


def _accidents(office: Office) -> Iterator[InAccident]:
    known = office.register().accidents
    counts: dict[str, list[int]] = {}
    for story in identities(office).values():
        of, is_erased = story.fact.record_id, story.erased is not None
        if of in known and story.fact.purpose in HARMED:
            counts.setdefault(of, [0, 0])[is_erased] += 1
    newest = sorted(counts, key=lambda name: known[name].valid_at_us, reverse=True)
    for name in newest:
        yield InAccident(name, *counts[name])


def looks(office: Office) -> tuple[Look, ...]:
    """Returns every look at anybody, in the order of the ledger."""

    def told(recorded: Recorded) -> Iterator[Look]:
        if isinstance(recorded.fact, IdentityLookedAt):
            yield Look(recorded.recorded_at_us, recorded.actor, recorded.fact.reason)

    every = (each for story in identities(office).values() for each in story.looks)
    by_time = sorted(every, key=lambda each: each.recorded_at_us)
    return tuple(look for each in by_time for look in told(each))


def many_looks(office: Office, now_us: int) -> tuple[ManyLooks, ...]:
    """Returns who looked at as many within an hour as one may, in the day before a time.

    The next look of theirs is refused within that hour; that they went so far is told for a day.
    """
    within: dict[str, deque[int]] = {}
    found: dict[str, ManyLooks] = {}
    for look in looks(office):
        times = within.setdefault(look.actor.person_id, deque())
        times.append(look.at_us)
        while times[0] <= look.at_us - HOUR_US:
            times.popleft()
        if len(times) >= LOOKS_AN_HOUR and look.at_us > now_us - DAY_US:
            found[look.actor.person_id] = ManyLooks(look.actor, len(times), look.at_us)
    return tuple(found.values())
