"""Two authorities that exchange bundles by file: what is taken, what is not, and what it may do."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from shapely import Point

from rafiqa.geo import GridShape, Spot
from rafiqa.land import AccidentRecorded, Actor, AreaRecorded, EvidenceRecorded, SiteOpened
from rafiqa.land import LandReopened as Reopened
from rafiqa.ledger import parse
from rafiqa.ledger.exchange import (
    ExchangeHead,
    exchange_bytes,
    exchange_of,
    items_bytes,
    items_root,
)
from rafiqa.ledger.merkle import EMPTY_ROOT, MerkleTree, leaf_hash
from rafiqa.ledger.signing import MemorySigner
from rafiqa.service import (
    Office,
    declare_area,
    open_site,
    record_accident,
    record_evidence,
    reopen_land,
)
from rafiqa.service.duplicates import proposed_pairs
from rafiqa.service.federation import take_bundle
from rafiqa.service.federationbook import federation_book
from rafiqa.service.federationview import casualty_totals, told_by_others
from rafiqa.service.peers import enrol_peer, fingerprint_of, revoke_peer
from rafiqa.service.sharing import give_bundle
from rafiqa.service.takeover import ReleaseNamed, take_over
from rafiqa.wire.exchangeitem import item_bytes, item_of
from rafiqa.wire.sharingpolicy import sharing_policy
from tests.unit.service.exchange import (
    EVERYTHING,
    NORTH,
    OTHER_SIGNER,
    SECOND,
    SIGNER,
    codes,
    over,
    receiver,
    share,
)
from tests.unit.service.ground import (
    AUTHORITY,
    FIRST,
    INFORMATION,
    ORIGIN,
    SURVEYOR,
    Clock,
    bare_office,
    office_at,
    spot_in,
    square,
    state_at,
)


@pytest.fixture
def released() -> Office:
    """The sender: A1 cleared and released, A2 a hazard, an accident, and words for nobody else."""
    office = office_at("released")
    signs = EvidenceRecorded(
        "E2", "eo_seen", "visual", spot_in(office, 350, 50), area_id="A2", text="canary-words"
    )
    assert record_evidence(office, SURVEYOR, signs).done
    fact = AreaRecorded(
        "A2", "cha", square(300), "Mill field", ("E2",), source="canary-source", note="canary-note"
    )
    assert declare_area(office, SURVEYOR, fact).done
    hit = AccidentRecorded(
        "hit-1", "ordnance", spot_in(office, 340, 40), "canary-place", killed=1, injured=2
    )
    assert record_accident(office, FIRST, hit).done
    return office


def test_a_hazard_shows_at_once_and_a_release_opens_nothing(released: Office) -> None:
    here = receiver()
    assert state_at(here, 350, 50) == "unrecorded"
    taken = take_bundle(here, NORTH, share(released).data)
    assert taken.acted.done, taken.acted.reasons
    assert state_at(here, 350, 50) == "cha"
    assert state_at(here, 50, 50) == "unrecorded"
    (told,) = told_by_others(here)
    assert told.n_of == {"hazard": 1, "released": 1, "accident": 1}
    assert len(told.releases) == 1


def test_only_a_named_act_of_the_authority_takes_a_release_over(released: Office) -> None:
    here = receiver()
    assert take_bundle(here, NORTH, share(released).data).acted.done
    ((item,),) = [told.releases for told in told_by_others(here)]
    officer = Actor("north-2", "north-office", "information")
    assert "service.permit.denied" in [
        reason.code
        for reason in take_over(
            here, officer, ReleaseNamed("south", "national", item), SECOND
        ).reasons
    ]
    assert codes(over(here, "none")) == ["no-item"]
    acted = over(here, item)
    assert acted.done, acted.reasons
    assert state_at(here, 50, 50) == "cleared"
    assert over(here, item).already
    ((told),) = told_by_others(here)
    assert told.releases == ()


@pytest.mark.parametrize("how", ["reopened", "no longer shared", "part of it"])
def test_a_release_that_is_withdrawn_acts_at_once(released: Office, how: str) -> None:
    here = receiver()
    assert take_bundle(here, NORTH, share(released).data).acted.done
    ((item,),) = [told.releases for told in told_by_others(here)]
    assert over(here, item).done
    policy = dict(EVERYTHING)
    if how == "no longer shared":
        del policy["released"]
    else:
        ground = square() if how == "reopened" else square(0, 0, 40)
        again = Reopened("again", ground, "missed_item", area_id="A1")
        assert reopen_land(released, FIRST, again).done
    officer = Actor("north-2", "north-office", "information")
    taken = take_bundle(here, officer, share(released, policy).data)
    assert taken.acted.done, taken.acted.reasons
    assert len(taken.reopened) == 1
    assert state_at(here, 20, 20) == "cha"
    # By a metre: the released rest was told of inwards, and its edge is not.
    assert state_at(here, 70, 70) == ("cleared" if how == "part of it" else "cha")


def test_their_hazard_on_our_released_ground_is_hazard_and_both_words_are_shown() -> None:
    here = office_at("released")
    key = OTHER_SIGNER.public_key
    assert enrol_peer(here, FIRST, "north", "north-office", key, fingerprint_of(key)).done
    there = bare_office(Clock())
    assert open_site(there, NORTH, SiteOpened("North", ORIGIN, "north-office")).done
    seen = EvidenceRecorded("E7", "eo_seen", "visual", spot_in(there, 30, 30), area_id="N1")
    assert record_evidence(there, NORTH, seen).done
    found = AreaRecorded("N1", "cha", square(20, 20, 30), "Edge", ("E7",))
    assert declare_area(there, NORTH, found).done
    assert state_at(here, 30, 30) == "cleared"
    policy = sharing_policy(json.dumps(EVERYTHING).encode())
    given = give_bundle(there, NORTH, policy, OTHER_SIGNER)
    assert take_bundle(here, INFORMATION, given.data).acted.done
    assert state_at(here, 30, 30) == "cha"
    (told,) = told_by_others(here)
    named = {reason.code.rpartition(".")[2] for reason in told.differences}
    assert "differ-released-here" in named
    pairs = proposed_pairs(here)
    assert any("north-office (north)" in {pair.one.source, pair.other.source} for pair in pairs)


def test_taken_again_changes_nothing_and_a_later_one_supersedes(released: Office) -> None:
    here, first = receiver(), share(released)
    assert take_bundle(here, NORTH, first.data).acted.done
    head = here.store.head()
    again = take_bundle(here, NORTH, first.data)
    assert again.acted.already
    assert again.raised == ()
    assert here.store.head() == head
    second = share(released)
    taken = take_bundle(here, NORTH, second.data)
    assert (taken.number, taken.raised) == (2, ())
    assert codes(take_bundle(here, NORTH, first.data).acted) == ["older"]
    # A hazard that went and comes back is one again, though it is told of in the same words.
    nothing = share(released, {**EVERYTHING, "within": [1, 1, 2, 2]})
    assert nothing.n_items == 0
    assert take_bundle(here, NORTH, nothing.data).acted.done
    back = take_bundle(here, NORTH, share(released).data)
    assert len(back.raised) == 1


@pytest.mark.parametrize("how", ["a new name", "smaller", "larger", "worse"])
def test_only_what_says_more_of_a_hazard_raises_it_again(how: str) -> None:
    there, here = bare_office(Clock()), receiver()
    assert open_site(there, FIRST, SiteOpened("South", ORIGIN, AUTHORITY)).done
    told = {
        "a new name": (square(0, 0, 100), "Mill", "sha"),
        "smaller": (square(0, 0, 50), "Field", "sha"),
        "larger": (square(0, 0, 150), "Field", "sha"),
        "worse": (square(0, 0, 100), "Field", "cha"),
    }
    raised: list[int] = []
    digest = b""
    for number, (shape, name, class_) in enumerate([(square(), "Field", "sha"), told[how]]):
        place = there.frame.to_lonlat(shape).geometry
        item = item_bytes("hazard", "H1", {"class": class_, "name": name}, place)
        head = ExchangeHead(
            *(AUTHORITY, "s", number + 1, 1_770_000_000, number, bytes(32), (), (), bytes(32)),
            *(1, items_bytes([item]), items_root([item])),
        )
        if number:
            root = MerkleTree([leaf_hash(b"0")])
            head = replace(head, before=(digest,), root=root.root(), path=())
        else:
            head = replace(head, root=EMPTY_ROOT)
        digest = head.digest
        taken = take_bundle(here, NORTH, exchange_bytes(head, [item], SIGNER))
        assert taken.acted.done, taken.acted.reasons
        raised.append(len(taken.raised))
    assert raised == [1, how in {"larger", "worse"}]
    assert state_at(here, 90, 90) == ("cha" if how == "worse" else "sha")


def forged(data: bytes, signer: MemorySigner = SIGNER, **changed: Any) -> bytes:
    """A bundle with another head, signed by somebody who holds the key."""
    exchange = exchange_of(data)
    items = changed.pop("items", exchange.items)
    head = replace(
        exchange.head,
        n_items=len(items),
        n_bytes=items_bytes(items),
        items_root=items_root(items),
        **changed,
    )
    return exchange_bytes(head, items, signer)


def test_every_fault_is_told_and_loses_nothing(released: Office) -> None:
    here = receiver()
    first, second = share(released), share(released)
    assert take_bundle(here, NORTH, second.data).acted.done
    third = share(released)
    head = here.store.head()
    faults: dict[str, tuple[bytes, str]] = {
        "half a copy": (third.data[: len(third.data) // 2], "partial"),
        "the last byte missing": (third.data[:-1], "partial"),
        "almost nothing": (third.data[:5], "partial"),
        "nothing": (b"", "partial"),
        "a byte of an item changed": (third.data[:-1] + b"!", "altered"),
        "bytes after the end": (third.data + b"\0", "altered"),
        "another file": (b"PK\x03\x04", "altered"),
        "an older one": (first.data, "older"),
        "the same number, other words": (forged(second.data, items=()), "fork"),
        "another history": (forged(third.data, before=(bytes(32), bytes(32))), "fork"),
        "a ledger that was put back": (forged(third.data, entries=1, path=()), "rollback"),
        "a ledger that was rewritten": (forged(third.data, root=bytes(32)), "fork"),
        "a key that nobody knows": (forged(third.data, OTHER_SIGNER), "unknown-key"),
        "in another's name": (forged(third.data, authority="north-office"), "other-authority"),
    }
    for what, (data, code) in faults.items():
        taken = take_bundle(here, NORTH, data)
        assert codes(taken.acted) == [code], what
        assert not taken.acted.done
        assert here.store.head() == head, what
        assert state_at(here, 350, 50) == "cha", what
    # And after all of them the real one is taken.
    assert take_bundle(here, NORTH, third.data).acted.done


def test_no_changed_byte_is_taken(released: Office) -> None:
    here, data = receiver(), share(released).data
    for at in range(0, len(data), 7):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert not take_bundle(here, NORTH, changed).acted.done, at
    for length in range(0, len(data), 13):
        assert not take_bundle(here, NORTH, data[:length]).acted.done, length
    assert take_bundle(here, NORTH, data).acted.done


@pytest.mark.parametrize("issued_s", [0, 1, 4_102_444_800])
def test_a_clock_that_is_not_set_is_told_and_orders_nothing(
    released: Office, issued_s: int
) -> None:
    here = receiver()
    data = forged(share(released).data, issued_at_s=issued_s)
    taken = take_bundle(here, NORTH, data)
    assert taken.acted.done
    assert [each.code for each in taken.acted.warnings] == ["service.federation.clock"]
    assert state_at(here, 350, 50) == "cha"


def test_a_revoked_key_brings_nothing_and_what_it_brought_stays(released: Office) -> None:
    here = receiver()
    assert take_bundle(here, NORTH, share(released).data).acted.done
    ((item,),) = [told.releases for told in told_by_others(here)]
    assert over(here, item).done
    assert codes(revoke_peer(here, NORTH, "south", " ")) == ["why"]
    acted = revoke_peer(here, NORTH, "south", "stolen")
    assert acted.done
    (warning,) = acted.warnings
    assert (warning.code, warning.params["item"]) == ("service.federation.taken-over-by-it", item)
    assert codes(take_bundle(here, NORTH, share(released).data).acted) == ["revoked-key"]
    # What was taken over stays as it is: named, and looked at by whoever revokes.
    assert state_at(here, 350, 50) == "cha"
    assert state_at(here, 50, 50) == "cleared"
    assert codes(over(here, item)) == ["revoked-key"]
    old, new = SIGNER.public_key, OTHER_SIGNER.public_key
    assert "revoked-key" in codes(
        enrol_peer(here, NORTH, "south", AUTHORITY, old, fingerprint_of(old))
    )
    assert enrol_peer(here, NORTH, "south", AUTHORITY, new, fingerprint_of(new)).done
    nothing = {"stream": "national", "hazard": {}}
    again = take_bundle(here, NORTH, share(released, nothing, signer=OTHER_SIGNER).data)
    assert again.acted.done
    assert len(again.reopened) == 1
    assert state_at(here, 50, 50) == "cha"


def test_a_key_is_pinned_by_what_was_heard_and_not_by_its_card() -> None:
    here, key = receiver(pinned=False), SIGNER.public_key
    other = fingerprint_of(OTHER_SIGNER.public_key)
    assert codes(enrol_peer(here, NORTH, "south", AUTHORITY, key, other)) == ["fingerprint"]
    assert codes(enrol_peer(here, NORTH, "S!", AUTHORITY, key, fingerprint_of(key))) == ["name"]
    assert enrol_peer(here, NORTH, "south", AUTHORITY, key, fingerprint_of(key).upper()).done
    other_key = OTHER_SIGNER.public_key
    assert codes(enrol_peer(here, NORTH, "south", AUTHORITY, other_key, other)) == ["enrolled"]


def test_a_register_of_bundles_holds_what_is_shared_and_no_more(released: Office) -> None:
    """Nothing beyond the policy is in the bundle's bytes, nor in a store made of bundles only."""
    spot = spot_in(released, 340, 40)
    policy = {"stream": "register", "hazard": {"fields": ["class"]}}
    data = share(released, policy).data
    register = receiver()
    assert take_bundle(register, NORTH, data).acted.done
    kept = b"".join(entry.body for entry in register.store.read())
    for taken in federation_book(register).taken.values():
        kept += register.store.blob(taken[-1].sha256) or b""
    for hidden in (
        *(b"canary", b"Mill field", b"surveyor-1", b"operator-1", b"clearance-co", b"released"),
        *(b"cleared", b"hit-1", b"E1", b"E2", b"killed", b"manual"),
    ):
        assert hidden not in data, hidden
        assert hidden not in kept, hidden
    assert b"cha" in data
    assert round(spot.lon_deg * 1e9) not in numbers_in(data)
    assert state_at(register, 350, 50) == "cha"
    # The control: a policy that lets more out has more in it.
    assert b"Mill field" in share(released).data
    assert round(spot.lon_deg * 1e9) in numbers_in(share(released).data)


def numbers_in(data: bytes) -> set[int]:
    def walk(node: Any) -> set[int]:
        if isinstance(node, list):
            return set().union(*map(walk, node))
        if isinstance(node, dict):
            return walk(list(node.values()))
        return {node} if isinstance(node, int) else set()

    return set().union(*(walk(parse(item)) for item in exchange_of(data).items))


def test_ground_outside_the_policy_s_box_is_not_told(released: Office) -> None:
    east = released.frame.mm_spot(350_000, 0)
    box = [ORIGIN.lon_deg - 0.01, 34.0, east.lon_deg, 36.0]
    data = share(released, {**EVERYTHING, "within": [float(each) for each in box]}).data
    for number in numbers_in(data):
        assert not round(east.lon_deg * 1e9) + 1_000 < number < 39 * 10**9
    here = receiver()
    assert take_bundle(here, NORTH, data).acted.done
    assert state_at(here, 340, 50) == "cha"
    assert state_at(here, 360, 50) == "unrecorded"


def test_two_sources_totals_are_two(released: Office) -> None:
    here = receiver()
    own = AccidentRecorded("N1", "ordnance", Spot.of(38.55, 34.9), killed=3, injured=None)
    assert record_accident(here, NORTH, own).done
    assert take_bundle(here, NORTH, share(released).data).acted.done
    totals = [(each.source, each.killed, each.injured) for each in casualty_totals(here)]
    assert totals == [("north-office", 3, 0), (f"{AUTHORITY} (south/national)", 1, 2)]


def test_what_others_told_of_is_not_told_on_as_ours(released: Office) -> None:
    here = receiver()
    assert take_bundle(here, NORTH, share(released).data).acted.done
    ((item,),) = [told.releases for told in told_by_others(here)]
    assert over(here, item).done
    policy = sharing_policy(json.dumps(EVERYTHING).encode())
    given = give_bundle(here, NORTH, policy, OTHER_SIGNER)
    assert given.n_items == 0


@pytest.mark.parametrize("placed", ["none", "exact"])
@pytest.mark.parametrize("within", [None, "half", "elsewhere"])
def test_of_a_drawn_accident_one_point_leaves_or_none(within: str | None, placed: str) -> None:
    office = bare_office(Clock())
    assert open_site(office, FIRST, SiteOpened("South", ORIGIN, AUTHORITY)).done
    drawn = AccidentRecorded("A1", "ordnance", spot_in(office, 90, 50), killed=1, shape=square())
    empty = AccidentRecorded("A2", "ordnance", spot_in(office, 10, 50), shape=GridShape.empty())
    assert record_accident(office, FIRST, drawn).done
    assert record_accident(office, FIRST, empty).done
    policy: dict[str, Any] = {"stream": "s", "accident": {"fields": ["kind"], "place": placed}}
    middle_deg = spot_in(office, 50, 0).lon_deg
    if within is not None:
        west_deg = ORIGIN.lon_deg - 0.01 if within == "half" else ORIGIN.lon_deg - 2
        east_deg = middle_deg if within == "half" else west_deg + 1
        policy["within"] = [west_deg, 34.0, east_deg, 36.0]
    items = [item_of(data) for data in exchange_of(share(office, policy).data).items]
    assert [item.id for item in items] == ([] if within == "elsewhere" else ["A1", "A2"])
    if placed == "none":
        assert all(item.place is None for item in items)
        return
    for item in items:
        assert isinstance(item.place, Point)
        x_mm, y_mm = office.frame.spot_mm(Spot.of(item.place.x, item.place.y))
        assert 0 <= x_mm <= (50_001 if within else 100_000)
        assert 0 <= y_mm <= 100_000


def test_what_a_receiver_could_not_read_is_told_before_it_leaves(
    released: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ids and fields are cleaned first; this is for whatever that would let through.
    monkeypatch.setattr("rafiqa.service.sharing.told_id", lambda id_: f"{id_}\x07")
    policy = sharing_policy(b'{"stream": "s", "released": {"fields": ["outcome", "released_on"]}}')
    given = give_bundle(released, FIRST, policy, SIGNER)
    assert codes(given.acted) == ["item-unreadable"]
    assert not given.data
