"""Hazards of other authorities: none is lost for its name, its id, its outline or its class."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from rafiqa.geo import SiteFrame, Spot
from rafiqa.land import (
    AccidentRecorded,
    Actor,
    AreaRecorded,
    BoundaryCorrected,
    EvidenceRecorded,
    LandReopened,
    Reason,
    ReleaseTransferred,
    SiteOpened,
    rule,
)
from rafiqa.ledger import canonical, parse
from rafiqa.ledger.exchange import exchange_of
from rafiqa.service import (
    Acted,
    Office,
    correct_boundary,
    declare_area,
    open_site,
    record_accident,
    record_evidence,
    reopen_land,
    transfer_release,
)
from rafiqa.service.act import Stamp
from rafiqa.service.federation import take_bundle
from rafiqa.service.federationbook import federation_book, name_of
from rafiqa.service.federationview import told_by_others
from rafiqa.service.foreignid import key_in, plain
from rafiqa.service.importing import import_file
from rafiqa.service.intake import IntakeOrder
from rafiqa.service.peers import enrol_peer, fingerprint_of, revoke_peer
from rafiqa.service.sharing import give_bundle
from rafiqa.wire.exchangeitem import item_bytes, item_of
from rafiqa.wire.instant import date_us, iso_date
from rafiqa.wire.sharingpolicy import sharing_policy
from tests.unit.service.exchange import (
    EVERYTHING,
    NORTH,
    OTHER_SIGNER,
    SIGNER,
    Peer,
    codes,
    receiver,
    share,
)
from tests.unit.service.ground import (
    AUTHORITY,
    DAY_US,
    FIRST,
    OPERATOR,
    ORIGIN,
    SURVEYOR,
    Clock,
    bare_office,
    office_at,
    spot_in,
    square,
    state_at,
)

POLICY = sharing_policy(json.dumps(EVERYTHING).encode())


def sender() -> Office:
    office = bare_office(Clock())
    assert open_site(office, FIRST, SiteOpened("South", ORIGIN, AUTHORITY)).done
    return office


def put(
    office: Office, area_id: str, x_m: int = 0, name: str | None = "Field", size: int = 100
) -> None:
    seen = EvidenceRecorded(
        f"E-{area_id}", "eo_seen", "visual", spot_in(office, x_m + 5, 50), area_id=area_id
    )
    assert record_evidence(office, SURVEYOR, seen).done
    area = AreaRecorded(area_id, "cha", square(x_m, 0, size), name, (seen.evidence_id,))
    acted = declare_area(office, SURVEYOR, area)
    assert acted.done, acted.reasons


def taken(office: Office, data: bytes) -> Any:
    found = take_bundle(office, NORTH, data)
    assert found.acted.done, found.acted.reasons
    return found


def warned(found: Any) -> list[str]:
    return [each.code.removeprefix("service.federation.") for each in found.acted.warnings]


def given(office: Office) -> int:
    return give_bundle(office, NORTH, POLICY, OTHER_SIGNER).n_items


@pytest.mark.parametrize(
    "name",
    ["Mill\u200cfield", "\u200f\u062d\u0642\u0644", "a" * 201, "a\u00a0b", "", "\u200e", "a\nb"],
)
def test_no_name_keeps_a_hazard_back(name: str) -> None:
    there, here, peer = sender(), receiver(), Peer()
    put(there, "A2", 300, name)
    found = taken(here, share(there).data)
    assert (len(found.raised), warned(found)) == (1, [])
    assert state_at(here, 350, 50) == "cha"
    # Nor from a sender that tells it as it stands.
    for number, told in enumerate((name, 7, ["x"])):
        raw = parse_with(peer.hazard("H", square(1_000 * (number + 1))), name=told)
        assert len(taken(here, peer.bundle(raw)).raised) == 1
        assert state_at(here, 1_000 * (number + 1) + 50, 50) == "cha"


def parse_with(item: bytes, **more: Any) -> bytes:
    told = parse(item)
    return canonical({**told, "fields": {**told["fields"], **more}})


@pytest.mark.parametrize(
    ("n", "form"), [(20, "LONG-AREA-IDENTIFIER-{:03}"), (12, "SY-HM-2024-{:05}")]
)
def test_many_areas_on_one_ground_are_told_and_taken(n: int, form: str) -> None:
    there, here = sender(), receiver()
    for number in range(n):
        put(there, form.format(number), size=100 + number)
    bundle = share(there)
    found = taken(here, bundle.data)
    assert (len(found.raised), warned(found)) == (bundle.n_items, [])
    assert state_at(here, 30, 30) == "cha"
    told = [parse(each)["id"] for each in exchange_of(bundle.data).items]
    assert max(map(len, told)) <= 400


@pytest.mark.parametrize(
    "id_", ["a" * 400, "a" * 9_000, "\x1b[2J\nX", "", "\u200f", "../../etc", "a:b@1"]
)
def test_no_id_keeps_a_hazard_back(id_: str) -> None:
    here, peer = receiver(), Peer("a/b:c@" + "d" * 150)
    found = taken(here, peer.bundle(peer.hazard(id_, square())))
    assert state_at(here, 30, 30) == "cha"
    (area_id,) = found.raised
    assert area_id.isprintable()
    assert len(area_id) <= 200
    # Told of again it is the same one.
    assert taken(here, peer.bundle(peer.hazard(id_, square()))).raised == ()


def test_no_two_texts_are_one_part_of_a_name() -> None:
    texts = ["A/1", "A.1", "A+1", "A&1", "A~2E1", "A 1", "a:1", "a@1", "~", "~~", "", "x" * 60]
    texts += ["x" * 61, "x" * 62, plain("x" * 61), "\u0639", "\ud800", "é", "e\u0301"]
    names = [plain(each) for each in texts]
    assert len(set(names)) == len(texts)
    assert all(len(each) <= 60 and not set(each) & set(":/+@") for each in names)


def crossed(peer: Peer, x_m: int = 0) -> Any:
    """A bow tie: its ring crosses itself."""
    points = [(0, 0), (100, 100), (100, 0), (0, 100), (0, 0)]
    spots = [peer.frame.mm_spot((x_m + x) * 1_000, y * 1_000) for x, y in points]
    return shapely.Polygon([(each.lon_deg, each.lat_deg) for each in spots])


def test_a_hazard_that_cannot_be_drawn_is_drawn_around() -> None:
    here, peer = receiver(), Peer()
    bow = item_bytes("hazard", "B", {"class": "cha"}, crossed(peer))
    found = taken(here, peer.bundle(bow))
    assert (len(found.raised), warned(found)) == (1, [])
    # On the bow, and beside it: rather too much than too little.
    assert {state_at(here, 20, 50), state_at(here, 50, 90)} == {"cha"}
    assert taken(here, peer.bundle(bow)).raised == ()


@pytest.mark.parametrize("how", ["bow tie", "hole is shell"])
def test_a_hazard_whose_outline_has_no_area_is_none_the_smaller(how: str) -> None:
    """Its signed areas cancel out; half of it, or all but a thread, would be lost."""
    here, peer = receiver(), Peer()
    own = ReleaseTransferred("OWN", "cleared", square(), "registry", "north", depth_cm=60)
    assert transfer_release(here, NORTH, own, Stamp(date_us(date(2016, 1, 1)))).done
    rings = {
        "bow tie": [[(0, 0), (50, 50), (50, 0), (0, 50), (0, 0)]],
        "hole is shell": [[(0, 0), (50, 0), (50, 50), (0, 50), (0, 0)]] * 2,
    }[how]
    place = [[whole(peer.frame, *ring) for ring in rings]]
    item: Any = {"kind": "hazard", "id": "B", "fields": {"class": "cha"}, "place": place}
    assert len(taken(here, peer.bundle(canonical(item))).raised) == 1
    for x_m, y_m in ((5, 25), (45, 25), (25, 20), (25, 45)):
        assert state_at(here, x_m, y_m) == "cha"


@pytest.mark.parametrize("day", ["2020-05-01", None])
def test_their_accident_reopens_a_release_that_comes_by_file_afterwards(
    tmp_path: Path, day: str | None
) -> None:
    here, peer = receiver(), Peer()
    more = {} if day is None else {"happened_on": day}
    taken(here, peer.bundle(peer.accident("X1", 30, 30, **more)))
    outline = shapely.geometry.mapping(here.frame.to_lonlat(square()).geometry)
    told = {"id": "P1", "outcome": "cleared", "depth_cm": 20, "released_on": "2019-06-01"}
    feature = {"type": "Feature", "properties": told, "geometry": outline}
    path = tmp_path / "parts.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    report = import_file(here, NORTH, IntakeOrder(path, "land-parts"))
    assert report.accepted == 1
    assert "service.import.release-reopened" in [fault.code for fault in report.warnings]
    assert state_at(here, 30, 30) == "cha"


def whole(frame: SiteFrame, *xy_m: tuple[int, int]) -> list[int]:
    spots: list[Spot] = [frame.mm_spot(x * 1_000, y * 1_000) for x, y in xy_m]
    return [round(value * 1e9) for each in spots for value in (each.lon_deg, each.lat_deg)]


@pytest.mark.parametrize(
    "how", ["a point", "a line", "no ring", "hole outside", "the world", "half the country"]
)
def test_whatever_its_place_is_it_is_hazard_there(how: str) -> None:
    here, peer = receiver(), Peer()
    at = lambda *xy_m: whole(peer.frame, *xy_m)  # noqa: E731 - of one frame
    far = round(5e9)
    lon, lat = at((0, 0))
    box = [lon - far, lat - far, lon + far, lat - far, lon + far, lat + far, lon - far, lat + far]
    world = [-180, -90, 180, -90, 180, 90, -180, 90, -180, -90]
    places: dict[str, Any] = {
        "a point": at((0, 0)),
        "a line": [[at((-50, 0), (50, 0), (-50, 0), (-50, 0))]],
        "no ring": [[at((-50, -50), (50, -50), (0, 50))]],
        "hole outside": [
            [
                at((-50, -50), (50, -50), (50, 50), (-50, -50)),
                at((900, 900), (950, 900), (950, 950), (900, 900)),
            ]
        ],
        "the world": [[[each * 10**9 for each in world]]],
        "half the country": [[[*box, *box[:2]]]],
    }
    told = {"kind": "hazard", "id": "x", "fields": {"class": "cha"}, "place": places[how]}
    found = taken(here, peer.bundle(canonical(told)))
    assert warned(found) == []
    assert state_at(here, 0, 0) == "cha"


def test_a_class_that_nobody_knows_is_suspected() -> None:
    here, peer = receiver(), Peer()
    told = parse_with(peer.hazard("B", square(300)), novel="field")
    found = taken(here, peer.bundle(peer.hazard("A", square(), "xha"), told))
    assert warned(found) == []
    assert state_at(here, 30, 30) == "sha"
    assert state_at(here, 330, 30) == "cha"


def test_what_did_not_reach_the_map_is_tried_and_told_again() -> None:
    here, peer = receiver(), Peer()
    nowhere = shapely.box(100.0, 10.0, 100.1, 10.1)
    items = [item_bytes("hazard", f"B{n}", {"class": "cha"}, nowhere) for n in range(30)]
    for _ in range(2):
        found = taken(here, peer.bundle(*items, peer.hazard("H", square())))
        assert warned(found) == ["off-map"] * 20 + ["off-map-more"]
        assert dict(found.acted.warnings[-1].params) == {"n": 10}
    assert state_at(here, 30, 30) == "cha"


def test_what_was_not_put_on_record_then_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that could not show it took it; this one can, and the words are the same."""
    here, peer = receiver(), Peer()
    bow = item_bytes("hazard", "B", {"class": "cha"}, crossed(peer))
    with monkeypatch.context() as older:
        older.setattr("rafiqa.service.federation.ground_of", lambda *_: None)
        assert taken(here, peer.bundle(bow)).raised == ()
    assert len(taken(here, peer.bundle(bow)).raised) == 1
    assert taken(here, peer.bundle(bow)).raised == ()


def test_two_hazards_of_one_id_are_two() -> None:
    here, peer = receiver(), Peer()
    items = [peer.hazard("C", square(300)), peer.hazard("C", square(600))]
    found = taken(here, peer.bundle(*items))
    assert (len(found.raised), warned(found)) == (2, [])
    assert {state_at(here, x, 30) for x in (330, 630)} == {"cha"}
    assert taken(here, peer.bundle(*items)).raised == ()
    # Of two releases nobody knows which is meant.
    twice = [peer.release("P", square()), peer.release("P", square(300))]
    assert warned(taken(here, peer.bundle(*twice))) == ["unread"]
    (told,) = told_by_others(here)
    assert told.releases == ()


def test_two_streams_name_nothing_alike() -> None:
    here = receiver()
    for number, peer in enumerate((Peer("a"), Peer("b"), Peer("a/b"), Peer("a.b"))):
        items = [peer.hazard("H1", square(300 * number)), peer.accident("X", 300 * number, 900)]
        assert len(taken(here, peer.bundle(*items)).raised) == 1
    assert {state_at(here, 300 * number + 30, 30) for number in range(4)} == {"cha"}
    assert len(here.register().evidence) == 4
    assert len({key_in(area_id) for area_id in here.register().areas}) == 4
    assert here.register().without_effect == []


def test_a_bundle_is_taken_whole_or_not_at_all() -> None:
    here, peer = receiver(), Peer()
    first, second = (
        peer.bundle(),
        peer.bundle(peer.hazard("H1", square()), peer.hazard("H2", square(300))),
    )
    taken(here, first)
    seen: list[str] = []

    def looking(_office: Office, _actor: Actor, meant: Any, _at: object) -> Acted:
        seen.extend(each.stamp.entry_id for each in meant)
        return Acted(rule([Reason("x", {})]))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("rafiqa.service.federation.carry_out_together", looking)
        take_bundle(here, NORTH, second)
    name = seen[1]
    blocking = EvidenceRecorded("EX", "eo_seen", "visual", spot_in(here, 900, 900))
    assert record_evidence(here, OPERATOR, blocking, Stamp(entry_id=name)).done
    head, kept = here.store.head(), len(list(here.store.quarantined()))
    refused = take_bundle(here, NORTH, second)
    assert [each.code for each in refused.acted.reasons] == ["ledger.id-conflict"]
    assert here.store.head() == head
    assert len(list(here.store.quarantined())) == kept
    assert {state_at(here, x, 30) for x in (30, 330)} == {"unrecorded"}
    # No name is known before its bundle is: another bundle of that number is not in its way.
    other = Peer()
    other.before = list(peer.before[:1])
    assert (
        len(
            taken(
                here, other.bundle(other.hazard("H3", square(600)), peer.hazard("H1", square()))
            ).raised
        )
        == 2
    )


def test_an_own_area_with_a_peer_s_name_before_it_is_ours() -> None:
    there, key = sender(), OTHER_SIGNER.public_key
    put(there, "osm:1")
    put(there, "A2", 300)
    assert given(there) == 2
    print_ = fingerprint_of(key)
    assert codes(enrol_peer(there, FIRST, "osm", "north-office", key, print_)) == ["name-taken"]
    assert enrol_peer(there, FIRST, "north", "north-office", key, print_).done
    put(there, "north:1", 600)
    assert given(there) == 3
    done = ReleaseTransferred("north:P", "cleared", square(900), "registry", "x-co", depth_cm=60)
    assert transfer_release(there, FIRST, done, Stamp(date_us(date(2025, 5, 1)))).done
    assert given(there) == 4
    # The name that their own word took is theirs again with a new key.
    here, peer = receiver(), Peer()
    taken(here, peer.bundle(peer.hazard("H1", square())))
    assert revoke_peer(here, NORTH, "south", "stolen").done
    assert enrol_peer(here, NORTH, "south", AUTHORITY, key, print_).done


@pytest.mark.parametrize("how", ["reopened", "drawn anew"])
def test_their_hazard_that_is_put_on_record_here_too_is_told_on_as_ours(how: str) -> None:
    here, peer = receiver(), Peer()
    (area_id,) = taken(here, peer.bundle(peer.hazard("H1", square()))).raised
    assert given(here) == 0
    if how == "reopened":
        again = LandReopened("again", square(50, 0, 200), "missed_item")
        acted = reopen_land(here, NORTH, again)
    else:
        drawn = BoundaryCorrected(area_id, square(0, 0, 200), "our survey")
        acted = correct_boundary(here, NORTH, drawn)
    assert acted.done, acted.reasons
    assert state_at(here, 150, 150) == "cha"
    assert given(here) >= 1


@pytest.mark.parametrize(
    ("day", "state"), [(None, "cha"), ("since", "cha"), ("2010-01-01", "cleared")]
)
def test_their_accident_on_our_released_ground_reopens_it(day: str | None, state: str) -> None:
    here, peer, key = office_at("released"), Peer(), SIGNER.public_key
    assert isinstance(here.now_us, Clock)
    here.now_us.wait(9)
    day = iso_date(here.now_us() - 3 * DAY_US) if day == "since" else day
    assert enrol_peer(here, FIRST, "south", AUTHORITY, key, fingerprint_of(key)).done
    assert state_at(here, 30, 30) == "cleared"
    told = {} if day is None else {"happened_on": day}
    found = take_bundle(here, FIRST, peer.bundle(peer.accident("X", 30, 30, **told)))
    assert found.acted.done, found.acted.reasons
    assert state_at(here, 30, 30) == state
    assert warned(found) == ([] if state == "cleared" else ["accident-reopened"])
    # Told of again, with another count, it reopens nothing again.
    head = here.store.head()
    again = take_bundle(here, FIRST, peer.bundle(peer.accident("X", 30, 30, killed=2, **told)))
    assert warned(again) == []
    assert here.store.head().seq == head.seq + 1


@pytest.mark.parametrize(
    "odd",
    [
        {"kind": ["hazard"]},
        {"kind": {"a": 1}},
        {"kind": None},
        {"id": ["x"]},
        {"id": None},
        {"place": "x"},
        {"place": [{}]},
        {"place": [[None]]},
    ],
)
def test_what_is_no_item_is_counted_and_stops_nothing(odd: dict[str, Any]) -> None:
    here, peer = receiver(), Peer()
    told = {"kind": "hazard", "id": "x", "fields": {"class": "cha"}, "place": None, **odd}
    found = taken(here, peer.bundle(canonical(told), peer.hazard("H1", square())))
    assert warned(found) == ["unread"]
    assert state_at(here, 30, 30) == "cha"


def test_every_item_that_is_shared_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    there = sender()
    put(there, "A2", 300, "\u200e")
    seen: list[bytes] = []

    def reading(data: bytes) -> Any:
        seen.append(data)
        return item_of(data)

    monkeypatch.setattr("rafiqa.service.sharing.item_of", reading)
    assert share(there).n_items == len(seen) == 1
    assert "name" not in item_of(seen[0]).fields


def test_a_bundle_s_names_are_found_again() -> None:
    here, peer = receiver(), Peer("a/b")
    (area_id,) = taken(here, peer.bundle(peer.hazard("A/1", square()))).raised
    book = federation_book(here)
    ((bundle,),) = book.taken.values()
    assert name_of(bundle).id_of("A/1") == area_id
    assert list(book.raised) == [name_of(bundle).key_of("A/1")]
    assert book.is_foreign(area_id)


@pytest.mark.parametrize("within", ["everywhere", "here", "elsewhere"])
def test_an_accident_that_is_drawn_is_told_of_as_a_point_of_its_ground(within: str) -> None:
    there = sender()
    hit = AccidentRecorded("A1", "ordnance", spot_in(there, 50, 50), killed=1, shape=square(0, 0))
    assert record_accident(there, FIRST, hit).done
    policy: dict[str, Any] = {"stream": "national", "accident": {"place": "exact"}}
    east_deg = {"here": spot_in(there, 20, 0).lon_deg, "elsewhere": ORIGIN.lon_deg - 0.5}
    if within in east_deg:
        policy["within"] = [ORIGIN.lon_deg - 1, 34.0, east_deg[within], 36.0]
    bundle = share(there, policy)
    places = [item_of(each).place for each in exchange_of(bundle.data).items]
    assert len(places) == (within != "elsewhere")
    for place in places:
        assert place is not None
        x_mm, y_mm = there.frame.spot_mm(Spot.of(*shapely.get_coordinates(place)[0].tolist()))
        assert 0 <= x_mm <= (20_001 if within == "here" else 100_000)
        assert 0 <= y_mm <= 100_000
    assert taken(receiver(), bundle.data).acted.warnings == ()
