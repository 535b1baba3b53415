"""What every cloakroom promises, and what all who serve one store promise each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from rafiqa.store import Left, Store
from tests.contract.conftest import Bench

NOW_US = 1_000_000


def left(key: bytes, owner: str = "o", value: bytes = b"v", until_us: int = NOW_US + 10) -> Left:
    return Left(key, owner, value, until_us)


def test_what_is_left_is_given_back_until_its_end(store: Store) -> None:
    room = store.cloakroom
    room.put("a", left(b"k"), NOW_US)
    assert room.get("a", b"k", NOW_US + 9) == b"v"
    assert room.get("a", b"k", NOW_US + 10) is None
    assert room.get("b", b"k", NOW_US) is None
    room.put("a", left(b"k", value=b"w", until_us=NOW_US + 20), NOW_US)
    assert room.get("a", b"k", NOW_US + 15) == b"w"


def test_what_is_taken_is_taken_once(store: Store) -> None:
    room = store.cloakroom
    for number in range(20):
        room.put("a", left(bytes([number])), NOW_US)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: room.take("a", bytes([n % 20]), NOW_US), range(80)))
    assert found.count(b"v") == 20
    room.put("a", left(b"late"), NOW_US)
    assert room.take("a", b"late", NOW_US + 10) is None
    assert room.get("a", b"late", NOW_US) is None


def test_nothing_comes_between_a_change(store: Store) -> None:
    room = store.cloakroom

    def more(known: bytes | None) -> bytes:
        return str(int(known or b"0") + 1).encode()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: room.change("a", b"k", more, NOW_US, NOW_US + 5), range(40)))
    assert room.get("a", b"k", NOW_US) == b"40"
    # What has ended is nothing, and gives way.
    room.change("a", b"k", more, NOW_US + 5, NOW_US + 9, "o")
    assert room.get("a", b"k", NOW_US + 5) == b"1"
    room.change("a", b"k", lambda _: None, NOW_US + 5, NOW_US + 9)
    assert room.get("a", b"k", NOW_US + 5) is None
    # Nor does a change bring back what was dropped meanwhile, unless it means to.
    room.change("a", b"k", lambda known: known, NOW_US + 5, NOW_US + 9)
    assert room.get("a", b"k", NOW_US + 5) is None


def test_everything_of_an_owner_is_found_in_order(store: Store) -> None:
    room = store.cloakroom
    for key, owner in ((b"2", "x"), (b"1", "y"), (b"3", "x"), (b"0", "x")):
        room.put("a", left(key, owner), NOW_US)
    assert [each.key for each in room.of("a", "x", NOW_US)] == [b"2", b"3", b"0"]
    assert room.keys("a", "x", NOW_US) == [b"2", b"3", b"0"]
    assert [each.owner for each in room.of("a", None, NOW_US)] == ["x", "y", "x", "x"]
    assert room.of("a", "x", NOW_US + 10) == []
    assert room.drop("a", [b"3", b"3", b"9"]) == 1
    assert room.keys("a", "x", NOW_US) == [b"2", b"0"]


def test_a_room_has_its_bound(store: Store) -> None:
    room = store.cloakroom
    # Thrown away is what is too much at the latest some seconds later, and the oldest first.
    for second in range(40):
        now_us = NOW_US + second * 1_000_000
        room.put("a", left(bytes([second]), until_us=10**9), now_us, most=5)
    assert len(room.keys("a", "o", NOW_US)) <= 5 + 10
    assert room.get("a", bytes([0]), NOW_US) is None
    assert room.get("a", bytes([39]), NOW_US) == b"v"


def test_it_is_no_record(bench: Bench) -> None:
    before = bench.store.head()
    bench.store.cloakroom.put("a", left(b"k"), NOW_US)
    assert bench.store.head() == before
    assert bench.store.check() == []


def test_a_setting_is_changed_whole(store: Store) -> None:
    store.put_setting("n", b"1")

    def more(known: bytes | None) -> bytes:
        return str(int(known or b"0") + 1).encode()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: store.change_setting("n", more), range(20)))
    store.change_setting("n", lambda _: None)
    assert store.setting("n") == b"21"
    store.change_setting("new", lambda known: b"made" if known is None else b"there")
    assert store.setting("new") == b"made"
    assert store.check() == []


def test_one_at_a_time_has_a_turn(store: Store) -> None:
    inside, most = [0], [0]

    def go(_: int) -> None:
        with store.alone("log"):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            with store.alone("vault"):
                inside[0] -= 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(go, range(12)))
    assert most == [1]


def test_who_opens_the_same_database_shares_its_cloakroom(bench: Bench) -> None:
    first = bench.store
    if not first.cloakroom.shared:
        first.cloakroom.put("a", left(b"k"), NOW_US)
        return
    other = bench.make(bench, False)
    try:
        first.cloakroom.put("a", left(b"k"), NOW_US)
        assert other.cloakroom.get("a", b"k", NOW_US) == b"v"
        assert other.cloakroom.drop("a", [b"k"]) == 1
        assert first.cloakroom.get("a", b"k", NOW_US) is None
    finally:
        other.close()
