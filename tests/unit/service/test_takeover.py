"""A release of another authority taken over here: by whom, what it may lower, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from rafiqa.land import (
    AccidentRecorded,
    Actor,
    AreaRecorded,
    BoundaryCorrected,
    EvidenceRecorded,
    ReleaseTransferred,
)
from rafiqa.ledger import PeerEnrolled
from rafiqa.ledger.exchange import exchange_of
from rafiqa.service import (
    Office,
    correct_boundary,
    declare_area,
    record_accident,
    record_evidence,
    transfer_release,
)
from rafiqa.service import federation as federation_module
from rafiqa.service import peers as peers_module
from rafiqa.service import takeover as takeover_module
from rafiqa.service.act import Stamp, carry_out
from rafiqa.service.federation import take_bundle
from rafiqa.service.federationbook import federation_book
from rafiqa.service.federationview import releases_taken_over, told_by_others
from rafiqa.service.identity import ulid_maker
from rafiqa.service.peers import enrol_peer, fingerprint_of, revoke_peer
from rafiqa.service.question import BEGINNING_US
from rafiqa.service.sharing import give_bundle
from rafiqa.service.takeover import ReleaseNamed, take_over
from rafiqa.wire.exchangeitem import item_of
from rafiqa.wire.instant import date_us, iso_date
from rafiqa.wire.sharingpolicy import sharing_policy
from tests.city import Draws
from tests.unit.service.exchange import (
    NORTH,
    OTHER_SIGNER,
    SECOND,
    SIGNER,
    Peer,
    codes,
    over,
    receiver,
    share,
)
from tests.unit.service.ground import (
    AUTHORITY,
    DAY_US,
    Clock,
    office_at,
    spot_in,
    square,
    state_at,
)


def with_hazard(office: Office, area_id: str = "N1", size: int = 100) -> None:
    seen = EvidenceRecorded("E7", "eo_seen", "visual", spot_in(office, 30, 30), area_id=area_id)
    assert record_evidence(office, NORTH, seen).done
    ground = square(0, 0, size)
    assert declare_area(office, NORTH, AreaRecorded(area_id, "cha", ground, "ours", ("E7",))).done


def taken(office: Office, data: bytes) -> Any:
    found = take_bundle(office, NORTH, data)
    assert found.acted.done, found.acted.reasons
    return found


@pytest.mark.parametrize("order", ["hazard first", "bundle first", "theirs in the same bundle"])
def test_an_old_release_lowers_no_hazard_of_today(order: str) -> None:
    here, peer = receiver(), Peer()
    told = [peer.release("P1", square(), "2015-01-01")]
    if order == "theirs in the same bundle":
        told.append(peer.hazard("H1", square()))
    if order == "hazard first":
        with_hazard(here)
    taken(here, peer.bundle(*told))
    if order == "bundle first":
        with_hazard(here)
    assert state_at(here, 30, 30) == "cha"
    assert over(here, "P1", "s").done
    assert state_at(here, 30, 30) == "cha"


@pytest.mark.parametrize("day", ["none", "the same", "later", "before", "answered"])
def test_hazard_of_no_day_stands_where_it_lies(day: str) -> None:
    """Nobody knows that their release is the later one; what stays hazard is told."""
    here, peer = receiver(), Peer()
    days = {"the same": date(2015, 1, 1), "later": date(2015, 1, 2), "before": date(2014, 1, 1)}
    since = Stamp(date_us(days[day]) if day in days else BEGINNING_US)
    seen = EvidenceRecorded("E7", "eo_seen", "visual", spot_in(here, 30, 30), area_id="N1")
    assert record_evidence(here, NORTH, seen, since).done
    ground = square(0, 0, 50)
    area = AreaRecorded("N1", "sha", ground, "ours", ("E7",))
    assert declare_area(here, NORTH, area, since).done
    if day == "answered":
        own = ReleaseTransferred("OWN", "cleared", ground, "registry", "north", depth_cm=60)
        assert transfer_release(here, NORTH, own, Stamp(date_us(date(2016, 1, 1)))).done
    taken(here, peer.bundle(peer.release("P1", square(), "2015-01-01")))
    acted = over(here, "P1", "s")
    assert acted.done, acted.reasons
    told = [(each.code, each.params["names"]) for each in acted.warnings]
    is_lowered = day in {"before", "answered"}
    assert told == ([] if is_lowered else [("service.federation.stays-hazard", "N1")])
    assert state_at(here, 30, 30) == ("cleared" if is_lowered else "sha")
    assert state_at(here, 70, 70) == "cleared"
    # Taken over again it says the same.
    assert over(here, "P1", "s").already


@pytest.mark.parametrize("whose", ["ours", "theirs"])
def test_an_accident_since_their_release_reopens_what_is_taken_over(whose: str) -> None:
    here, peer = receiver(), Peer()
    told = [peer.release("P1", square(), "2015-01-01")]
    if whose == "ours":
        hit = AccidentRecorded("hit-9", "ordnance", spot_in(here, 30, 30), killed=1)
        assert record_accident(here, NORTH, hit).done
    else:
        told.append(peer.accident("X1", 30, 30, happened_on="2020-05-01"))
    taken(here, peer.bundle(*told))
    acted = over(here, "P1", "s")
    assert acted.done, acted.reasons
    assert [each.code for each in acted.warnings] == ["service.import.release-reopened"]
    assert state_at(here, 30, 30) == "cha"
    assert state_at(here, 70, 70) == "cha"


def test_their_release_counts_from_the_work_that_it_rests_on() -> None:
    """What was found between the work and the decision is not lowered elsewhere by the decision."""
    there, here = office_at("work"), receiver()
    worked_on = iso_date(there.now_us())
    for office in (there, here):
        assert isinstance(office.now_us, Clock)
        office.now_us.wait(20)
    released = office_at("released", there)
    hit = AccidentRecorded("hit-9", "ordnance", spot_in(here, 30, 30), killed=1)
    since = Stamp(here.now_us() - 10 * DAY_US)
    assert record_accident(here, NORTH, hit, since).done
    bundle = share(released)
    (item,) = [each for each in map(item_of, exchange_of(bundle.data).items) if each.place]
    assert item.fields["released_on"] == worked_on
    taken(here, bundle.data)
    acted = over(here, item.id)
    assert [each.code for each in acted.warnings] == ["service.import.release-reopened"]
    assert state_at(here, 30, 30) == "cha"


@pytest.mark.parametrize("day", [None, date(2024, 1, 1)])
def test_a_second_release_of_theirs_lowers_no_more_than_it_may(day: date | None) -> None:
    """What the first one met, and did not lower, is asked of the second one too."""
    here, peer = receiver(), Peer()
    since = Stamp(BEGINNING_US if day is None else date_us(day))
    seen = EvidenceRecorded("E7", "eo_seen", "visual", spot_in(here, 30, 30), area_id="N1")
    assert record_evidence(here, NORTH, seen, since).done
    area = AreaRecorded("N1", "cha", square(), "ours", ("E7",))
    assert declare_area(here, NORTH, area, since).done
    for released_on in ("2018-01-01", "2024-01-01"):
        taken(here, peer.bundle(peer.release("P1", square(), released_on)))
        acted = over(here, "P1", "s")
        assert [each.code for each in acted.warnings] == ["service.federation.stays-hazard"]
        assert state_at(here, 30, 30) == "cha"


def test_what_they_told_of_as_hazard_before_the_work_is_lowered_by_its_release() -> None:
    there, here = office_at("area"), receiver()
    taken(here, share(there).data)
    assert state_at(here, 30, 30) == "cha"
    for office in (there, here):
        assert isinstance(office.now_us, Clock)
        office.now_us.wait(20)
    office_at("work", there)
    for office in (there, here):
        assert isinstance(office.now_us, Clock)
        office.now_us.wait(20)
    bundle = share(office_at("released", there))
    taken(here, bundle.data)
    assert state_at(here, 30, 30) == "cha"
    (item,) = told_by_others(here)[0].releases
    acted = over(here, item)
    assert acted.done, acted.reasons
    assert acted.warnings == ()
    assert state_at(here, 30, 30) == "cleared"


@pytest.mark.parametrize("day", [None, date(2020, 5, 1)])
def test_what_came_without_a_day_is_not_told_of_with_the_clock_s(day: date | None) -> None:
    there = receiver(pinned=False)
    old = ReleaseTransferred("OLD", "cleared", square(), "registry", "x-co", depth_cm=60)
    stamp = Stamp() if day is None else Stamp(date_us(day))
    assert transfer_release(there, NORTH, old, stamp).done
    policy = sharing_policy(b'{"stream": "s", "released": {}}')
    given = give_bundle(there, NORTH, policy, SIGNER)
    told = [item_of(each).fields["released_on"] for each in exchange_of(given.data).items]
    assert told == ([] if day is None else ["2020-05-01"])


def test_an_accident_before_their_release_leaves_it_as_it_is() -> None:
    here, peer = receiver(), Peer()
    before = peer.accident("X1", 30, 30, happened_on="2010-05-01")
    taken(here, peer.bundle(peer.release("P1", square(), "2015-01-01"), before))
    assert over(here, "P1", "s").warnings == ()
    assert state_at(here, 30, 30) == "cleared"


@pytest.mark.parametrize("day", [None, "2999-01-01", "2015", "20150101", "2015-02-30"])
def test_a_release_of_no_day_is_not_taken_over(day: str | None) -> None:
    here, peer = receiver(), Peer()
    found = taken(here, peer.bundle(peer.release("P1", square(), day)))
    told = day in {None, "2999-01-01"}
    assert codes(over(here, "P1", "s")) == ["no-day" if told else "no-item"]
    assert [each.code for each in found.acted.warnings] == (
        [] if told else ["service.federation.unread"]
    )
    assert state_at(here, 30, 30) == "unrecorded"


def test_one_person_alone_takes_nothing_over() -> None:
    """Own key enrolled as a peer's, own bundle, own take-over: a second person is in between."""
    here, peer = receiver(pinned=False), Peer()
    key = SIGNER.public_key
    enroller = Actor("north-2", "north-office", "authority")
    assert enrol_peer(here, enroller, "south", AUTHORITY, key, fingerprint_of(key)).done
    taken(here, peer.bundle(peer.release("P1", square())))
    head = here.store.head()
    refused: dict[str, Actor | None] = {
        "unconfirmed": None,
        "land.release.same-person": NORTH,
        "enroller": enroller,
    }
    for code, second in refused.items():
        assert codes(over(here, "P1", "s", second)) == [code]
    elsewhere = Actor("x", "x-co", "authority")
    officer = Actor("north-9", "north-office", "information")
    for second in (elsewhere, officer, Actor(" ", "north-office", "authority")):
        assert codes(over(here, "P1", "s", second)) == ["unconfirmed"]
    assert here.store.head() == head
    assert over(here, "P1", "s").done
    (opened,) = releases_taken_over(here)
    assert opened.fact.confirmed_by == SECOND.person_id


def test_a_withdrawn_release_does_not_come_back_with_the_hazard_over_it() -> None:
    here, peer = receiver(), Peer()
    taken(here, peer.bundle(peer.release("P1", square())))
    assert over(here, "P1", "s").done
    with_hazard(here, size=200)
    assert len(taken(here, peer.bundle()).reopened) == 1
    moved = BoundaryCorrected("N1", square(100, 0, 100), "the wrong place", confirmed_by=SECOND)
    acted = correct_boundary(here, NORTH, moved)
    assert acted.done, acted.reasons
    assert state_at(here, 30, 30) == "cha"


def test_what_was_released_here_since_is_not_taken_back_at_every_bundle() -> None:
    here, peer = receiver(), Peer()
    taken(here, peer.bundle(peer.release("P1", square())))
    assert over(here, "P1", "s").done
    assert len(taken(here, peer.bundle()).reopened) == 1
    own = ReleaseTransferred("OWN", "cleared", square(), "registry", "north-office", depth_cm=60)
    assert transfer_release(here, NORTH, own).done
    assert state_at(here, 30, 30) == "cleared"
    assert taken(here, peer.bundle()).reopened == ()
    assert state_at(here, 30, 30) == "cleared"
    # What is told of again can be taken over again, and is taken back again by itself.
    taken(here, peer.bundle(peer.release("P1", square())))
    assert told_by_others(here)[0].releases == ("P1",)
    assert over(here, "P1", "s").done
    assert told_by_others(here)[0].releases == ()
    assert len(taken(here, peer.bundle()).reopened) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"method": "mechanical"},
        {"method": None},
        {"surface": "debris"},
        {"day": "2015-01-01"},
        {"day": None},
        {"depth_cm": 20},
        {"outcome": "reduced"},
    ],
)
def test_a_release_that_is_told_of_otherwise_is_taken_back(change: dict[str, Any]) -> None:
    here, peer = receiver(), Peer()
    told: dict[str, Any] = {"method": "manual", "surface": "soil"}
    taken(here, peer.bundle(peer.release("P1", square(), **told)))
    acted = over(here, "P1", "s")
    assert acted.done, acted.reasons
    same = taken(here, peer.bundle(peer.release("P1", square(), "2026-02-02", **told)))
    assert same.reopened == ()
    assert state_at(here, 30, 30) == "cleared"
    assert (
        len(taken(here, peer.bundle(peer.release("P1", square(), **{**told, **change}))).reopened)
        == 1
    )
    assert state_at(here, 30, 30) == "cha"


def test_a_stream_whose_name_begins_another_s_takes_nothing_of_it_back() -> None:
    here, peer = receiver(), Peer("a/b")
    taken(here, peer.bundle(peer.release("P1", square())))
    assert over(here, "P1", "a/b").done
    assert taken(here, Peer("a").bundle()).reopened == ()
    assert state_at(here, 30, 30) == "cleared"
    assert told_by_others(here)[0].releases == ()


def beside(office: Office) -> Office:
    """Another process on the same store."""
    return Office(office.store, office.now_us, ulid_maker(office.now_us, Draws()))


def racing(monkeypatch: pytest.MonkeyPatch, module: Any, meanwhile: Callable[[], object]) -> None:
    """Lets something happen between the judgement of the next act and its writing."""
    real = module.carry_out_together

    def late(*given: Any) -> Any:
        monkeypatch.setattr(module, "carry_out_together", real)
        meanwhile()
        return real(*given)

    monkeypatch.setattr(module, "carry_out_together", late)


def test_a_bundle_is_judged_by_what_is_on_record_as_it_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, peer = receiver(), Peer()
    first, second = peer.bundle(peer.release("P1", square())), peer.bundle()
    two = beside(here)
    racing(monkeypatch, federation_module, lambda: taken(two, second))
    assert codes(take_bundle(here, NORTH, first).acted) == ["older"]
    newest = federation_book(here).last_taken("south", "s")
    assert newest is not None
    assert newest.number == 2
    assert codes(over(here, "P1", "s")) == ["no-item"]


def test_a_release_is_not_taken_over_beside_its_withdrawal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, peer = receiver(), Peer()
    first, second = peer.bundle(peer.release("P1", square())), peer.bundle()
    taken(here, first)
    two = beside(here)
    racing(monkeypatch, takeover_module, lambda: taken(two, second))
    assert codes(over(here, "P1", "s")) == ["no-item"]
    assert state_at(here, 30, 30) == "unrecorded"


def test_one_name_gets_one_key_though_two_are_enrolled_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = receiver(pinned=False)
    two = beside(here)
    mine, other = SIGNER.public_key, OTHER_SIGNER.public_key
    first = lambda: enrol_peer(two, NORTH, "south", AUTHORITY, other, fingerprint_of(other))  # noqa: E731 - of one race
    racing(monkeypatch, peers_module, first)
    late = enrol_peer(here, NORTH, "south", AUTHORITY, mine, fingerprint_of(mine))
    assert codes(late) == ["enrolled"]


def test_a_revocation_names_what_was_taken_over_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, peer = receiver(), Peer()
    taken(here, peer.bundle(peer.release("P1", square())))
    two = beside(here)
    racing(monkeypatch, peers_module, lambda: over(two, "P1", "s"))
    acted = revoke_peer(here, NORTH, "south", "stolen")
    assert [each.params["item"] for each in acted.warnings] == ["P1"]


def test_the_newest_bundle_is_the_one_of_the_highest_number() -> None:
    here, peer = receiver(), Peer()
    taken(here, peer.bundle(peer.release("P1", square())))
    book = federation_book(here)
    (first,) = book.taken["south", "s"]
    book.taken["south", "s"].insert(0, replace(first, number=7))
    newest = book.last_taken("south", "s")
    assert newest is not None
    assert newest.number == 7


def test_a_stolen_key_s_stream_begins_anew_and_judges_what_it_opened() -> None:
    here, owner, thief = receiver(), Peer(), Peer()
    first = owner.bundle(owner.release("P1", square()))
    taken(here, first)
    assert over(here, "P1", "s").done
    thief.before = list(owner.before)
    taken(here, thief.bundle(thief.release("P1", square()), thief.release("P2", square(200))))
    acted = revoke_peer(here, NORTH, "south", "stolen")
    assert [dict(each.params)["item"] for each in acted.warnings] == ["P1"]
    (opened,) = releases_taken_over(here)
    assert (opened.key_stands, opened.withdrawn, opened.newest) == (False, False, 2)
    key = OTHER_SIGNER.public_key
    assert enrol_peer(here, NORTH, "south", AUTHORITY, key, fingerprint_of(key)).done
    # A new key makes nothing of what the old one signed believable.
    assert codes(over(here, "P2", "s")) == ["revoked-key"]
    owner.signer = OTHER_SIGNER
    again = taken(here, owner.bundle())
    assert (again.number, len(again.reopened)) == (2, 1)
    assert state_at(here, 30, 30) == "cha"
    assert taken(here, owner.bundle()).number == 3
    assert releases_taken_over(here)[0].withdrawn
    assert codes(take_bundle(here, NORTH, first).acted) == ["revoked-key"]


def twice(here: Office, actor: Actor) -> None:
    """As a ledger of before has it: the key of one authority under a second name."""
    plain = SIGNER.public_key.hex()
    fact = PeerEnrolled("south2", AUTHORITY, plain, sha256(SIGNER.public_key).hexdigest())
    assert carry_out(here, actor, "enrol_peer", "south2", fact).done


@pytest.mark.parametrize("revoked", [False, True])
def test_a_known_key_is_enrolled_under_no_second_name(revoked: bool) -> None:
    here, key = receiver(), SIGNER.public_key
    assert not revoked or revoke_peer(here, NORTH, "south", "stolen").done
    refused = enrol_peer(here, NORTH, "south2", AUTHORITY, key, fingerprint_of(key))
    assert codes(refused) == ["revoked-key" if revoked else "key-known"]
    assert refused.reasons[0].params.get("known", "south") == "south"


def test_who_pinned_a_key_under_any_name_is_no_second_person_for_what_it_signed() -> None:
    here, peer = receiver(), Peer()
    twice(here, SECOND)
    taken(here, peer.bundle(peer.release("P1", square())))
    for by in (SECOND, NORTH):
        third = Actor("north-3", "north-office", "authority")
        refused = take_over(here, third, ReleaseNamed("south", "s", "P1"), by)
        assert "enroller" in codes(refused), by


def test_a_revoked_key_is_revoked_under_every_name() -> None:
    here, peer, key = receiver(), Peer(), SIGNER.public_key
    twice(here, NORTH)
    assert revoke_peer(here, NORTH, "south2", "stolen").done
    assert codes(take_bundle(here, NORTH, peer.bundle()).acted) == ["revoked-key"]
    refused = enrol_peer(here, NORTH, "south3", AUTHORITY, key, fingerprint_of(key))
    assert codes(refused) == ["revoked-key"]


def test_a_revocation_names_no_release_that_was_withdrawn() -> None:
    here, peer = receiver(), Peer()
    taken(here, peer.bundle(peer.release("P1", square())))
    assert over(here, "P1", "s").done
    taken(here, peer.bundle())
    acted = revoke_peer(here, NORTH, "south", "stolen")
    assert acted.done
    assert acted.warnings == ()


def test_who_may_not_take_over_is_told_so() -> None:
    here, peer = receiver(), Peer()
    taken(here, peer.bundle(peer.release("P1", square())))
    officer = Actor("north-2", "north-office", "information")
    refused = take_over(here, officer, ReleaseNamed("south", "s", "P1"), SECOND)
    assert "service.permit.denied" in [reason.code for reason in refused.reasons]
