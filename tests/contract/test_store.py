"""What every store promises. Each test runs on each store."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from threading import Thread
from typing import Any

import pytest

from rafiqa.errors import Conflict, Fault, InvalidInput, StoreError
from rafiqa.ledger import GENESIS, Draft, Entry, canonical, check_chain, parse
from rafiqa.store import Receipt, Store
from tests.contract.conftest import Bench
from tests.contract.drafts import START_US, make_draft, make_quarantined

OTHER = sha256(b"other content").digest()


def drafts(*numbers: int) -> list[Draft]:
    return [make_draft(number) for number in numbers]


def ids(store: Store) -> list[str]:
    return [entry.entry_id for entry in store.read()]


def assert_holds(entry: Entry | None, draft: Draft) -> None:
    assert entry is not None
    assert entry == replace_fields(entry, draft)


def replace_fields(entry: Entry, draft: Draft) -> Entry:
    return replace(entry, **{name: getattr(draft, name) for name in Draft.__dataclass_fields__})


def test_an_empty_store_ends_at_genesis(store: Store) -> None:
    assert store.head() == GENESIS
    assert list(store.read()) == []
    assert store.find("entry-000001") is None
    assert store.of_subject("area-1") == ()
    assert store.writable
    assert store.check() == []


def test_what_is_appended_is_read_back(bench: Bench) -> None:
    receipt = bench.store.append(drafts(1, 2, 3))
    bench.reopen()
    assert tuple(bench.store.read()) == receipt.stored
    assert bench.store.head() == receipt.head == receipt.stored[-1].head
    for number, entry in enumerate(receipt.stored, 1):
        assert entry.seq == number
        assert_holds(entry, make_draft(number))
        assert bench.store.find(entry.entry_id) == entry
    assert check_chain(bench.store.read(), until=receipt.head) == []
    assert bench.store.check() == []


def test_entries_of_a_subject_come_in_order(store: Store) -> None:
    store.append(drafts(4, 1, 2))
    store.append(drafts(7, 5))
    assert [entry.entry_id[-1] for entry in store.of_subject("area-1")] == ["4", "1", "7"]


def test_an_empty_batch_is_no_error(store: Store) -> None:
    assert store.append([]) == Receipt((), (), (), GENESIS)


@pytest.mark.parametrize("changes", [{"body": b""}, {"body": bytes(1_000_000)}, {"role": ""}])
def test_bodies_of_any_size_come_back(bench: Bench, changes: dict[str, Any]) -> None:
    draft = make_draft(**changes)
    bench.store.append([draft])
    bench.reopen()
    assert_holds(bench.store.find(draft.entry_id), draft)


def test_text_of_any_script_comes_back(bench: Bench) -> None:
    draft = make_draft(entry_id="حقل-١", subject="كێڵگە", kind="a\x00b", actor="𐅑", role="'; --")
    bench.store.append([draft])
    bench.reopen()
    assert_holds(bench.store.find("حقل-١"), draft)
    assert len(bench.store.of_subject("كێڵگە")) == 1


# Sent twice, stored once


def test_the_same_request_again_stores_nothing(store: Store) -> None:
    first = store.append(drafts(1, 2))
    again = store.append(drafts(2, 1))
    assert again == Receipt((), ("entry-000002", "entry-000001"), (), first.head)
    assert ids(store) == ["entry-000001", "entry-000002"]


def test_an_id_twice_in_one_batch_is_stored_once(store: Store) -> None:
    draft = make_draft(1)
    receipt = store.append([draft, draft, make_draft(1), make_draft(2)])
    assert [entry.entry_id for entry in receipt.stored] == ["entry-000001", "entry-000002"]
    assert receipt.already == ("entry-000001", "entry-000001")


def test_a_batch_half_known_stores_the_other_half(store: Store) -> None:
    store.append(drafts(1, 3))
    receipt = store.append(drafts(1, 2, 3, 4))
    assert [entry.entry_id[-1] for entry in receipt.stored] == ["2", "4"]
    assert receipt.already == ("entry-000001", "entry-000003")
    assert check_chain(store.read()) == []


# Same id, other content


def test_another_content_under_a_known_id_is_quarantined(bench: Bench) -> None:
    bench.store.append(drafts(1))
    bench.clock.now_us += 77
    draft = make_draft(1, body=b"other", request_digest=OTHER, actor="person-2")
    receipt = bench.store.append([draft, make_draft(2)])
    assert receipt.quarantined == ("entry-000001",)
    assert [entry.entry_id for entry in receipt.stored] == ["entry-000002"]
    bench.reopen()
    assert_holds(bench.store.find("entry-000001"), make_draft(1))
    (item,) = bench.store.quarantined()
    assert Draft(**parse(item.original)) == draft
    assert [fault.code for fault in item.faults] == ["ledger.id-conflict"]
    assert item.faults[0].params == {"entry_id": "entry-000001"}
    assert (item.at_us, item.actor) == (START_US + 77, "person-2")


def test_two_contents_under_one_id_in_one_batch(store: Store) -> None:
    receipt = store.append([make_draft(1), make_draft(1, request_digest=OTHER)])
    assert [entry.request_digest for entry in receipt.stored] == [make_draft(1).request_digest]
    assert receipt.quarantined == ("entry-000001",)


def test_the_same_contradiction_again_is_kept_once(bench: Bench) -> None:
    bench.store.append(drafts(1))
    for _ in range(3):
        bench.clock.now_us += 1
        receipt = bench.store.append([make_draft(1, request_digest=OTHER)])
        assert receipt.quarantined == ("entry-000001",)
    assert len(list(bench.store.quarantined())) == 1


# Expected head


def test_the_expected_head_is_held(store: Store) -> None:
    first = store.append(drafts(1), expected_head=GENESIS)
    assert store.append(drafts(2), expected_head=first.head).head.seq == 2


def test_a_moved_head_refuses_the_whole_batch(store: Store) -> None:
    store.append(drafts(1))
    with pytest.raises(Conflict) as caught:
        store.append([*drafts(2), make_draft(1, request_digest=OTHER)], expected_head=GENESIS)
    assert caught.value.faults == (
        Fault("ledger.head-moved", "expected_head", params={"expected": 0, "found": 1}),
    )
    assert ids(store) == ["entry-000001"]
    assert list(store.quarantined()) == []


def test_a_head_of_the_same_place_and_another_hash_has_moved(store: Store) -> None:
    head = store.append(drafts(1)).head
    with pytest.raises(Conflict):
        store.append(drafts(2), expected_head=replace(head, entry_hash=bytes(32)))


def test_a_request_sent_again_does_not_mind_that_its_own_first_arrival_moved_the_head(
    store: Store,
) -> None:
    store.append(drafts(1), expected_head=GENESIS)
    assert store.append(drafts(1), expected_head=GENESIS).already == ("entry-000001",)


# Bad drafts


def test_a_bad_draft_refuses_the_batch_and_names_the_row(store: Store) -> None:
    bad = [make_draft(1), make_draft(2, kind=""), make_draft(3, request_digest=b"")]
    with pytest.raises(InvalidInput) as caught:
        store.append(bad)
    found = [(fault.code, fault.place, fault.row) for fault in caught.value.faults]
    assert found == [
        ("ledger.draft.text", "kind", 2),
        ("ledger.draft.digest", "request_digest", 3),
    ]
    assert store.head() == GENESIS
    assert store.append(drafts(1)).head.seq == 1


# Time and order


def test_recorded_time_rises_with_any_clock(bench: Bench) -> None:
    for number, step_us in enumerate([0, 0, 10**9, -(10**15), 5, -1], 1):
        bench.clock.now_us += step_us
        bench.store.append(drafts(number * 2, number * 2 + 1))
        bench.reopen()
    times = [entry.recorded_at_us for entry in bench.store.read()]
    assert times == sorted(set(times))
    assert check_chain(bench.store.read()) == []


def test_salts_are_never_used_twice(store: Store) -> None:
    for number in range(5):
        store.append(drafts(number * 3, number * 3 + 1, number * 3 + 2))
    assert len({entry.salt for entry in store.read()}) == 15


# Reading


@pytest.mark.parametrize(
    ("after", "until", "expected"),
    [
        (0, None, [1, 2, 3, 4, 5]),
        (2, None, [3, 4, 5]),
        (0, 2, [1, 2]),
        (2, 4, [3, 4]),
        (4, 2, []),
        (5, None, []),
        (99, None, []),
        (0, 99, [1, 2, 3, 4, 5]),
        (-3, 1, [1]),
    ],
)
def test_ranges(store: Store, after: int, until: int | None, expected: list[int]) -> None:
    store.append(drafts(1, 2, 3, 4, 5))
    assert [entry.seq for entry in store.read(after, until)] == expected


def test_reading_goes_over_many_pages(store: Store) -> None:
    store.append([make_draft(number) for number in range(2501)])
    assert [entry.seq for entry in store.read()] == list(range(1, 2502))


def test_a_reading_does_not_see_what_is_added_meanwhile(store: Store) -> None:
    store.append([make_draft(number) for number in range(1500)])
    reading = store.read()
    next(reading)
    store.append(drafts(9001, 9002))
    assert sum(1 for _ in reading) == 1499


# Blobs, quarantine, settings


def test_blobs_are_kept_by_their_hash(bench: Bench) -> None:
    content = bytes(range(256)) * 100
    name = bench.store.put_blob(content)
    assert name == sha256(content).hexdigest() == bench.store.put_blob(content)
    bench.reopen()
    assert bench.store.blob(name) == content
    assert b"".join(bench.store.blob_parts(name) or ()) == content
    assert bench.store.blob("0" * 64) is None
    assert bench.store.blob_parts("0" * 64) is None
    assert bench.store.blob(bench.store.put_blob(b"")) == b""
    assert bench.store.check() == []


def test_a_long_blob_comes_in_parts(bench: Bench) -> None:
    content = bytes(range(256)) * (9 << 12)
    name = bench.store.put_blob(content)
    assert b"".join(bench.store.blob_parts(name) or ()) == content
    assert list(bench.store.blob_parts(bench.store.put_blob(b"")) or ()) in ([], [b""])


def test_the_quarantine_gives_back_what_it_got_in_order(bench: Bench) -> None:
    items = [make_quarantined(number) for number in (3, 1, 2)]
    items.append(make_quarantined(4, row=None, faults=(), original=b"\x00\xff", file_name=""))
    assert bench.store.quarantine(items) == 4
    bench.reopen()
    assert list(bench.store.quarantined()) == items


def test_the_same_refusal_again_is_kept_once_and_another_under_its_name_too(store: Store) -> None:
    assert store.quarantine([make_quarantined(), make_quarantined(at_us=5)]) == 1
    assert store.quarantine([make_quarantined(), make_quarantined(original=b"other")]) == 1
    assert [item.original[:5] for item in store.quarantined()] == [b'{"cla', b"other"]


def test_the_quarantine_takes_text_that_utf8_cannot_carry(bench: Bench) -> None:
    fault = Fault("wire.text", "\udcff", 2, {"found": "a\ud800b", "n": 2**80})
    bad = make_quarantined(quarantine_id="q\udcff", file_name="map\udcff.csv", faults=(fault,))
    assert bench.store.quarantine([bad]) == 1
    bench.reopen()
    (item,) = bench.store.quarantined()
    assert (item.quarantine_id, item.file_name) == ("q\\udcff", "map\\udcff.csv")
    assert item.faults[0].params == {"found": "a\\ud800b", "n": str(2**80)}
    assert item.original == bad.original
    assert bench.store.quarantine([bad]) == 0


def test_many_refusals_come_back_over_many_pages(store: Store) -> None:
    items = [make_quarantined(number) for number in range(250)]
    assert store.quarantine(items) == 250
    assert list(store.quarantined()) == items


def test_settings_may_change_and_leave_the_ledger_alone(bench: Bench) -> None:
    assert bench.store.setting("accounts") is None
    bench.store.put_setting("accounts", b"one")
    bench.store.put_setting("accounts", b"two")
    bench.store.put_setting("other", canonical({}))
    bench.reopen()
    assert bench.store.setting("accounts") == b"two"
    assert bench.store.setting("other") == b"\xa0"
    assert bench.store.head() == GENESIS


# Many hands


def test_threads_may_write_and_read_together(store: Store) -> None:
    failures: list[BaseException] = []

    def write(first: int) -> None:
        try:
            for number in range(first, first + 20):
                store.append(drafts(number))
                seen = [entry.seq for entry in store.read()]
                assert seen == list(range(1, len(seen) + 1))
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [Thread(target=write, args=(first,)) for first in (0, 100, 200, 210)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.head().seq == 70  # 210..219 was sent twice
    assert check_chain(store.read()) == []


def test_a_closed_store_says_so(store: Store) -> None:
    store.append(drafts(1))
    store.close()
    store.close()
    assert not store.writable
    for act in (
        lambda: store.append(drafts(2)),
        store.head,
        lambda: list(store.read()),
        lambda: store.find("x"),
        lambda: store.put_setting("a", b""),
        lambda: store.quarantine([make_quarantined()]),
        lambda: store.put_blob(b""),
    ):
        with pytest.raises(StoreError, match=r"store\.closed"):
            act()
