"""Delegation: acts of a role in a colleague's hands until a day, and never two persons in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rafiqa.land import (
    Actor,
    BoundaryCorrected,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
)
from rafiqa.ledger import DelegationEnded, DelegationGiven
from rafiqa.service import (
    Acted,
    Office,
    Saying,
    Stamp,
    accept_release,
    propose_release,
    reject_release,
)
from rafiqa.service.accounts import (
    Account,
    accounts,
    change_account,
    put_account,
    remove_account,
)
from rafiqa.service.delegable import MOST_DAYS
from rafiqa.service.delegating import end_delegation, give_delegation
from rafiqa.service.delegationbook import delegations, one_with
from rafiqa.service.permit import Factor, Standing
from rafiqa.service.recovering import ask_recovery, confirm_recovery
from rafiqa.service.survey import correct_boundary
from tests.city import Draws
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import (
    AUTHORITY,
    FIRST,
    SECOND,
    Clock,
    kept_office,
    office_at,
    square,
    state_at,
)

DAY_US = 86_400_000_000
WORDS = "a long enough one"
THIRD = Actor("authority-3", AUTHORITY, "authority")
DATA = Actor("data-1", AUTHORITY, "information")
OFFICER = Actor("quality-7", AUTHORITY, "quality")
WORKER = Actor("worker-7", "deminers", "operator")
PEOPLE = {
    "first": FIRST,
    "second": SECOND,
    "third": THIRD,
    "data": DATA,
    "officer": OFFICER,
    "worker": WORKER,
}
BOTH = ("propose_release", "accept_release")


def peopled(office: Office) -> Office:
    for login, actor in PEOPLE.items():
        put_account(office.store, login, WORDS, actor, "Office", Draws())
    return office


@pytest.fixture
def inspected(at_stage: OfficeAt) -> Office:
    """Work that was inspected: a release of it may be proposed."""
    return peopled(at_stage("inspected"))


@pytest.fixture
def proposed(at_stage: OfficeAt) -> Office:
    """A release that FIRST proposed."""
    return peopled(at_stage("proposed"))


def given(
    office: Office,
    giver: Actor,
    taker: Actor,
    *acts: str,
    name: str = "D1",
    areas: tuple[str, ...] = (),
    days: int = 10,
) -> Acted:
    until_us = office.now_us() + days * DAY_US
    fact = DelegationGiven(name, taker.person_id, acts or BOTH, areas, until_us)
    return give_delegation(office, giver, fact)


def for_(giver: Actor, taker: Actor) -> Actor:
    return Actor(taker.person_id, giver.organisation_id, giver.role, giver.person_id)


def codes(acted: Acted) -> set[str]:
    return {reason.code.rpartition(".")[2] for reason in acted.reasons}


def test_a_colleague_releases_for_who_is_on_leave_and_the_entry_tells_for_whom(
    proposed: Office,
) -> None:
    assert given(proposed, SECOND, DATA, "accept_release").done
    assert state_at(proposed, 50, 50) != "cleared"
    acted = accept_release(proposed, for_(SECOND, DATA), ReleaseAccepted("R1"))
    assert acted.done, acted.reasons
    assert state_at(proposed, 50, 50) == "cleared"
    entry = proposed.store.find(acted.entry_ids[0])
    assert entry is not None
    assert (entry.actor, entry.role) == ("data-1", "authority:acting-for:authority-2")
    recorded = proposed.facts()[entry.seq - 1]
    assert recorded.actor == for_(SECOND, DATA)
    assert recorded.actor.acting_for == "authority-2"


def test_in_their_own_right_they_may_no_more_than_before(proposed: Office) -> None:
    assert given(proposed, SECOND, DATA).done
    assert codes(accept_release(proposed, DATA, ReleaseAccepted("R1"))) >= {"denied"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (FIRST, for_(FIRST, SECOND)),  # the giver, then who stands in
        (for_(FIRST, SECOND), FIRST),  # who stands in, then the giver
        (for_(FIRST, SECOND), SECOND),  # who stands in, then themselves
        (SECOND, for_(FIRST, SECOND)),  # themselves, then who stands in
        (for_(FIRST, SECOND), for_(FIRST, THIRD)),  # two for the same giver
        (for_(FIRST, THIRD), for_(SECOND, THIRD)),  # one for two givers
        (for_(FIRST, SECOND), for_(SECOND, THIRD)),  # a chain
    ],
)
def test_giver_and_stand_in_count_as_one(inspected: Office, first: Actor, second: Actor) -> None:
    for number, (giver, taker) in enumerate(
        [(FIRST, SECOND), (FIRST, THIRD), (SECOND, THIRD), (SECOND, FIRST)]
    ):
        assert given(inspected, giver, taker, name=f"D{number}").done
    assert propose_release(inspected, first, ReleaseProposed("R1", "W1", ("P1",))).done
    refused = accept_release(inspected, second, ReleaseAccepted("R1"))
    assert codes(refused) == {"same-person"}
    assert state_at(inspected, 50, 50) != "cleared"


def test_two_others_may_still_release(inspected: Office) -> None:
    assert given(inspected, FIRST, THIRD).done
    proposal = ReleaseProposed("R1", "W1", ("P1",))
    assert propose_release(inspected, for_(FIRST, THIRD), proposal).done
    assert accept_release(inspected, SECOND, ReleaseAccepted("R1")).done


@pytest.mark.parametrize(
    ("by", "state"),
    [(for_(FIRST, SECOND), "cha"), (for_(SECOND, FIRST), "cha"), (THIRD, "cleared")],
)
def test_what_stands_on_record_is_judged_again_by_whom_it_was_for(
    proposed: Office, by: Actor, state: str
) -> None:
    """Written past the verbs, an acceptance by the first's stand-in releases nothing."""
    proposed.say(by, [Saying("x1", "R1", proposed.now_us(), ReleaseAccepted("R1"))])
    assert state_at(proposed, 50, 50) == state


def test_a_second_person_who_is_acted_for_is_none(proposed: Office) -> None:
    assert given(proposed, FIRST, DATA, "correct_boundary").done
    smaller = BoundaryCorrected("A1", square(size_m=50), "measured again", FIRST)
    refused = correct_boundary(proposed, for_(FIRST, DATA), smaller)
    assert codes(refused) == {"same-person"}
    other = replace(smaller, confirmed_by=SECOND)
    assert "same-person" not in codes(correct_boundary(proposed, for_(FIRST, DATA), other))


def test_only_named_acts(proposed: Office) -> None:
    assert given(proposed, SECOND, DATA, "reject_release").done
    actor = for_(SECOND, DATA)
    assert codes(accept_release(proposed, actor, ReleaseAccepted("R1"))) == {"delegation-act"}
    assert reject_release(proposed, actor, ReleaseRejected("R1", "not yet")).done


def test_without_a_delegation_nobody_acts_for_another(proposed: Office) -> None:
    acts = (for_(SECOND, DATA), for_(SECOND, THIRD), for_(SECOND, FIRST))
    for actor in acts:
        refused = accept_release(proposed, actor, ReleaseAccepted("R1"))
        assert "delegation-none" in codes(refused)
    assert given(proposed, SECOND, DATA).done
    # Not by another colleague, not in another role or organisation than was given.
    for actor in (
        for_(SECOND, THIRD),
        replace(for_(SECOND, DATA), organisation_id="deminers"),
        replace(for_(SECOND, DATA), acting_for="authority-3"),
    ):
        refused = accept_release(proposed, actor, ReleaseAccepted("R1"))
        assert "delegation-none" in codes(refused), actor


def test_it_ends_on_its_day_to_the_microsecond(proposed: Office) -> None:
    assert given(proposed, SECOND, DATA, days=1).done
    until_us = delegations(proposed)["D1"].fact.until_us
    clock: Clock = proposed.now_us  # type: ignore[assignment]
    clock.at_us = until_us - 1_000_000
    assert one_with(proposed, "data-1") == {"data-1", "authority-2"}
    clock.at_us = until_us
    refused = accept_release(proposed, for_(SECOND, DATA), ReleaseAccepted("R1"))
    assert codes(refused) == {"delegation-over"}
    assert one_with(proposed, "data-1") == {"data-1"}


@pytest.mark.parametrize("by", [SECOND, DATA, FIRST])
def test_either_side_and_who_administers_ends_it(proposed: Office, by: Actor) -> None:
    assert given(proposed, SECOND, DATA).done
    assert end_delegation(proposed, by, DelegationEnded("D1")).done
    refused = accept_release(proposed, for_(SECOND, DATA), ReleaseAccepted("R1"))
    assert codes(refused) == {"delegation-over"}
    assert codes(end_delegation(proposed, by, DelegationEnded("D1"))) == {"ended"}


def test_nobody_else_ends_it(proposed: Office) -> None:
    assert given(proposed, SECOND, DATA).done
    officer = end_delegation(proposed, OFFICER, DelegationEnded("D1"))
    assert codes(officer) == {"not-yours"}
    assert codes(end_delegation(proposed, WORKER, DelegationEnded("D1"))) >= {"organisation"}
    assert codes(end_delegation(proposed, DATA, DelegationEnded("D9"))) == {"unknown"}


def test_nobody_ends_it_for_another(proposed: Office) -> None:
    assert given(proposed, SECOND, DATA).done
    assert codes(end_delegation(proposed, for_(SECOND, DATA), DelegationEnded("D1"))) == {
        "delegation-never"
    }


def test_it_ends_with_the_givers_account_role_time_and_scope(proposed: Office) -> None:
    store, actor = proposed.store, for_(SECOND, DATA)

    def over() -> bool:
        refused = accept_release(proposed, actor, ReleaseAccepted("R1"))
        return codes(refused) == {"delegation-over"}

    assert given(proposed, SECOND, DATA, areas=("A1",)).done
    changes: list[Callable[[Account], Account]] = [
        lambda known: replace(known, until_us=proposed.now_us() - 1),
        lambda known: replace(known, actor=replace(known.actor, role="planner")),
        lambda known: replace(known, actor=replace(known.actor, organisation_id="deminers")),
        lambda known: replace(known, area_ids=("A9",)),
    ]
    for change in changes:
        change_account(store, "second", change)
        assert over()
        put_account(store, "second", WORDS, SECOND, "Office", Draws())
    assert remove_account(store, "second")
    assert over()


def test_it_ends_where_who_stands_in_may_not_any_more(proposed: Office) -> None:
    assert given(proposed, SECOND, DATA).done
    actor = for_(SECOND, DATA)
    elsewhere = Actor("data-1", "deminers", "operator")
    put_account(proposed.store, "data-too", WORDS, elsewhere, "Deminers", Draws())
    assert codes(accept_release(proposed, actor, ReleaseAccepted("R1"))) == {"delegation-over"}
    assert remove_account(proposed.store, "data-too")
    change_account(
        proposed.store, "data", lambda known: replace(known, until_us=proposed.now_us() - 1)
    )
    assert codes(accept_release(proposed, actor, ReleaseAccepted("R1"))) == {"delegation-over"}


@pytest.mark.parametrize(
    ("giver", "taker", "acts", "days", "areas", "code"),
    [
        (SECOND, WORKER, BOTH, 10, (), "duties"),  # the operator's, for the authority
        (SECOND, OFFICER, BOTH, 10, (), "duties"),  # quality, for the authority
        (OFFICER, SECOND, ("inspect_work",), 10, (), "duties"),  # the authority, for quality
        (SECOND, SECOND, BOTH, 10, (), "self"),
        (SECOND, Actor("ghost", AUTHORITY, "authority"), BOTH, 10, (), "taker"),
        (SECOND, DATA, ("recover_account",), 10, (), "acts"),
        (SECOND, DATA, ("give_delegation",), 10, (), "acts"),
        (SECOND, DATA, ("enrol_device",), 10, (), "acts"),
        (SECOND, DATA, ("look_at_identity",), 10, (), "acts"),
        (SECOND, DATA, ("inspect_work",), 10, (), "acts"),  # not the giver's own
        (SECOND, DATA, ("no_such_act",), 10, (), "acts"),
        (SECOND, DATA, BOTH, MOST_DAYS + 1, (), "length"),
        (SECOND, DATA, BOTH, 0, (), "length"),
        (SECOND, DATA, BOTH, -1, (), "length"),
        (SECOND, DATA, BOTH, 10, ("A9",), "areas"),
        (Actor("ghost", AUTHORITY, "authority"), DATA, BOTH, 10, (), "giver"),
        (Actor("data-1", AUTHORITY, "authority"), THIRD, BOTH, 10, (), "giver"),
    ],
)
def test_what_cannot_be_given(
    proposed: Office,
    giver: Actor,
    taker: Actor,
    acts: tuple[str, ...],
    days: int,
    areas: tuple[str, ...],
    code: str,
) -> None:
    head = proposed.store.head()
    refused = given(proposed, giver, taker, *acts, days=days, areas=areas)
    assert codes(refused) == {code}
    assert proposed.store.head() == head


def test_no_acts_at_all_and_a_name_twice(proposed: Office) -> None:
    until_us = proposed.now_us() + DAY_US
    nothing = DelegationGiven("D1", "data-1", (), (), until_us)
    assert codes(give_delegation(proposed, SECOND, nothing)) == {"acts"}
    assert given(proposed, SECOND, DATA).done
    assert codes(given(proposed, FIRST, THIRD)) == {"taken"}
    early = DelegationGiven("D2", "data-1", BOTH, (), until_us)
    backdated = Stamp(valid_at_us=proposed.now_us() - DAY_US)
    assert codes(give_delegation(proposed, SECOND, early, backdated)) == {"dated"}


def test_the_longest_is_taken(proposed: Office) -> None:
    assert given(proposed, SECOND, DATA, days=MOST_DAYS).done


def test_never_onward(proposed: Office) -> None:
    assert given(proposed, SECOND, DATA).done
    onward = given(proposed, for_(SECOND, DATA), THIRD, name="D2")
    assert "delegation-never" in codes(onward)
    # Nor does it become part of the own role: who was given may not give it on.
    assert codes(given(proposed, DATA, THIRD, name="D2")) == {"acts"}


def test_a_weak_sign_in_neither_gives_nor_uses_it(proposed: Office) -> None:
    weak = Stamp(standing=Standing(frozenset[Factor]({"password"})))
    until_us = proposed.now_us() + DAY_US
    fact = DelegationGiven("D1", "data-1", BOTH, (), until_us)
    assert codes(give_delegation(proposed, SECOND, fact, weak)) == {"passkey"}
    assert give_delegation(proposed, SECOND, fact).done
    refused = accept_release(proposed, for_(SECOND, DATA), ReleaseAccepted("R1"), weak)
    assert codes(refused) == {"passkey"}


def test_nobody_hands_on_more_ground_than_they_hold(proposed: Office) -> None:
    change_account(proposed.store, "second", lambda known: replace(known, area_ids=("A7",)))
    assert codes(given(proposed, SECOND, DATA, areas=("A1",))) == {"areas"}
    # Without naming areas it is the giver's own limit that goes along.
    assert given(proposed, SECOND, DATA).done
    refused = accept_release(proposed, for_(SECOND, DATA), ReleaseAccepted("R1"))
    assert codes(refused) & {"area", "area-partly", "area-untold"}


def test_named_areas_bind_who_stands_in(proposed: Office) -> None:
    change_account(proposed.store, "second", lambda known: replace(known, area_ids=("A1", "A7")))
    assert given(proposed, SECOND, DATA, areas=("A1",)).done
    assert accept_release(proposed, for_(SECOND, DATA), ReleaseAccepted("R1")).done


def test_both_sides_of_a_delegation_are_one_colleague_in_a_recovery(proposed: Office) -> None:
    store, draws = proposed.store, Draws()
    strong = Standing(frozenset[Factor]({"passkey"}))
    known = accounts(store)

    def asked(login: str, target: str) -> tuple[bool, str]:
        who = known[login]
        with_ = one_with(proposed, who.actor.person_id)
        ruling, half = ask_recovery(store, who, strong, target, draws, proposed.now_us(), with_)
        return ruling.allowed, half

    def confirmed(login: str, target: str, half: str) -> set[str]:
        who = known[login]
        with_ = one_with(proposed, who.actor.person_id)
        ruling, _ = confirm_recovery(
            store, who, strong, target, half, draws, proposed.now_us(), with_
        )
        return {each.code.rpartition(".")[2] for each in ruling.reasons}

    assert given(proposed, SECOND, DATA).done
    allowed, half = asked("second", "worker")
    assert allowed
    assert confirmed("data", "worker", half) == {"one-with"}
    assert not asked("data", "second")[0], "who stands in lets the giver in anew"
    assert not asked("second", "data")[0]
    # Ended between the two halves, it is still one person who has both.
    assert end_delegation(proposed, DATA, DelegationEnded("D1")).done
    assert confirmed("data", "worker", half) == {"one-with"}
    assert confirmed("third", "worker", half) == set()


def test_it_is_kept_over_a_reopening(tmp_path: Path) -> None:
    office = peopled(office_at("proposed", kept_office(tmp_path / "a.rafiqa")))
    assert given(office, SECOND, DATA).done
    assert accept_release(office, for_(SECOND, DATA), ReleaseAccepted("R1")).done
    told = [each.actor for each in office.facts()]
    office.store.close()
    again = kept_office(tmp_path / "a.rafiqa", create=False)
    assert [each.actor for each in again.facts()] == told
    assert again.facts()[-1].actor.acting_for == "authority-2"
    again.store.close()
