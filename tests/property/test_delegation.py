"""No sequence of delegations, of their ends and of acts makes two persons of one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from rafiqa.land import Actor, ReleaseAccepted, ReleaseProposed, ReleaseRejected
from rafiqa.ledger import DelegationEnded, DelegationGiven
from rafiqa.service import accept_release, propose_release, reject_release
from rafiqa.service.accounts import Account, change_account, invite
from rafiqa.service.delegable import MOST_DAYS
from rafiqa.service.delegating import end_delegation, give_delegation
from tests.unit.service.ground import AUTHORITY, DAY_US, Clock, new_office, office_at, state_at

ROLES = {
    "ann": "authority",
    "bea": "authority",
    "cem": "authority",
    "dil": "information",
    "eve": "planner",
    "fay": "quality",
    "gul": "engineer",
}
PEOPLE = {
    name: Actor(name, AUTHORITY, role)  # type: ignore[arg-type]
    for name, role in ROLES.items()
}
OUTSIDER = Actor("hal", "deminers", "operator")
NAMES = st.sampled_from([*PEOPLE, "hal"])
ACTS = ("propose_release", "accept_release", "reject_release", "order_work")
STANDS_IN = {"authority", "information"}


@dataclass
class Given:
    """What the machine itself remembers of a delegation."""

    giver: str
    taker: str
    acts: tuple[str, ...]
    until_us: int
    ended: bool = False


class DelegationMachine(RuleBasedStateMachine):
    """Hands roles on, ends that, and tries to release; remembers on its own who may."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.given: dict[str, Given] = {}
        self.gone: set[str] = set()
        self.proposed: dict[str, Actor] = {}
        self.released = False
        self.number = 0

    @initialize()
    def opened(self) -> None:
        self.office = office_at("inspected", new_office(self.clock))
        for login, actor in {**PEOPLE, "hal": OUTSIDER}.items():
            invite(self.office.store, Account(login, "", actor, "Office"))
        self.give("ann", "dil")
        self.give("bea", "cem")

    def may(self, hand: str, giver: str | None, act: str) -> bool:
        """Whether the machine thinks that somebody may: in their own right, or as handed on."""
        if giver is None:
            return ROLES.get(hand) == "authority"
        now_us = self.clock.at_us
        return any(
            (each.giver, each.taker) == (giver, hand)
            and act in each.acts
            and not each.ended
            and now_us < each.until_us - 1_000_000
            and not {giver, hand} & self.gone
            and ROLES.get(giver) == "authority"
            for each in self.given.values()
        )

    def hands(self) -> st.SearchStrategy[tuple[str, str | None]]:
        """Who acts and for whom: often as handed on, or one of its two sides, else anybody."""
        pairs: list[tuple[str, str | None]] = []
        for each in self.given.values():
            pairs += [(each.taker, each.giver), (each.giver, None), (each.taker, None)]
        return st.sampled_from(pairs) | st.sampled_from(pairs) | st.tuples(NAMES, st.none() | NAMES)

    def actor(self, hand: str, giver: str | None) -> Actor:
        own = {**PEOPLE, "hal": OUTSIDER}[hand]
        if giver is None:
            return own
        whose = {**PEOPLE, "hal": OUTSIDER}[giver]
        return Actor(hand, whose.organisation_id, whose.role, giver)

    @rule(giver=st.sampled_from(["ann", "bea", "cem"]), taker=st.sampled_from(["bea", "dil"]))
    def give(self, giver: str, taker: str) -> None:
        self.give_by(giver, taker, list(ACTS), MOST_DAYS, None)

    @rule(
        giver=NAMES,
        taker=NAMES,
        acts=st.lists(st.sampled_from(ACTS), unique=True),
        days=st.integers(-1, MOST_DAYS + 2),
        via=st.none() | NAMES,
    )
    def give_anything(
        self, giver: str, taker: str, acts: list[str], days: int, via: str | None
    ) -> None:
        self.give_by(giver, taker, acts, days, via)

    def give_by(self, giver: str, taker: str, acts: list[str], days: int, via: str | None) -> None:
        self.number += 1
        name = f"D{self.number}"
        until_us = self.clock.at_us + days * DAY_US
        fact = DelegationGiven(name, taker, tuple(acts), (), until_us)
        acted = give_delegation(self.office, self.actor(giver, via), fact)
        lawful = (
            via is None
            and giver != taker
            and ROLES.get(giver) == "authority"
            and ROLES.get(taker) in STANDS_IN
            and not {giver, taker} & self.gone
            and bool(acts)
            and 1 <= days <= MOST_DAYS
        )
        assert acted.done == lawful, (acted.reasons, giver, taker, acts, days, via)
        if lawful:
            self.given[name] = Given(giver, taker, tuple(acts), until_us)

    @rule(data=st.data(), by=NAMES, via=st.none() | NAMES)
    def end(self, data: st.DataObject, by: str, via: str | None) -> None:
        if not self.given:
            return
        name = data.draw(st.sampled_from(sorted(self.given)))
        acted = end_delegation(self.office, self.actor(by, via), DelegationEnded(name))
        if acted.done:
            assert via is None
            self.given[name].ended = True

    @rule(days=st.sampled_from([1, 5, 40]))
    def wait(self, days: int) -> None:
        self.clock.wait(days)

    @rule(name=st.sampled_from(["cem", "dil", "eve", "fay"]))
    def leave(self, name: str) -> None:
        """An account ends; what its holder handed on, and took, ends with it."""
        ended_us = self.clock.at_us
        change_account(self.office.store, name, lambda known: replace(known, until_us=ended_us))
        self.gone.add(name)

    @rule(data=st.data())
    def propose(self, data: st.DataObject) -> None:
        self.propose_by(*data.draw(self.hands()))

    def propose_by(self, hand: str, giver: str | None) -> None:
        actor = self.actor(hand, giver)
        self.number += 1
        release_id = f"R{self.number}"
        acted = propose_release(self.office, actor, ReleaseProposed(release_id, "W1", ("P1",)))
        if acted.done and not acted.already:
            assert self.may(hand, giver, "propose_release")
            self.proposed[release_id] = actor

    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        if self.proposed:
            self.accept_by(*data.draw(self.hands()), data.draw(st.sampled_from([*self.proposed])))

    def accept_by(self, hand: str, giver: str | None, release_id: str) -> None:
        actor = self.actor(hand, giver)
        acted = accept_release(self.office, actor, ReleaseAccepted(release_id))
        if acted.done and not acted.already:
            assert self.may(hand, giver, "accept_release")
            first, second = self.proposed[release_id], actor
            for one in {first.person_id, first.acting_for} - {None}:
                assert one not in {second.person_id, second.acting_for}
            self.released = True

    @rule(data=st.data())
    def reject(self, data: st.DataObject) -> None:
        if self.proposed:
            self.reject_by(*data.draw(self.hands()), data.draw(st.sampled_from([*self.proposed])))

    def reject_by(self, hand: str, giver: str | None, release_id: str) -> None:
        actor = self.actor(hand, giver)
        acted = reject_release(self.office, actor, ReleaseRejected(release_id, "why"))
        if acted.done and not acted.already:
            assert self.may(hand, giver, "reject_release")

    @invariant()
    def land_says_the_same(self) -> None:
        if hasattr(self, "office"):
            assert (state_at(self.office, 50, 50) == "cleared") == self.released


STEADY = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
DelegationMachine.TestCase.settings = STEADY
TestDelegation = DelegationMachine.TestCase


def test_the_machine_does_release_by_two() -> None:
    """The machine is no machine that refuses everything."""
    machine = DelegationMachine()
    machine.opened()
    machine.propose_by("dil", "ann")
    (release_id,) = machine.proposed
    assert machine.proposed[release_id] == Actor("dil", AUTHORITY, "authority", "ann")
    for hand, giver in (("ann", None), ("dil", "ann"), ("dil", None)):
        machine.accept_by(hand, giver, release_id)
        assert not machine.released
    machine.accept_by("bea", None, release_id)
    assert machine.released
    machine.land_says_the_same()
