"""Writers who come together share one commit; each gets only what is on the disk, and their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rafiqa.errors import Conflict, Fault, InvalidInput, RafiqaError, StoreError
from rafiqa.ledger import GENESIS, check_chain
from rafiqa.store.groupcommit import GROUP_MOST, GroupCommit
from tests.contract.drafts import make_draft
from tests.contract.test_keep import erasing
from tests.fault.disk import Disk
from tests.fault.workload import opened


def in_line(
    group: GroupCommit[int, int], asked: Sequence[int], go: Callable[[], None]
) -> list[int]:
    """What each of several threads gets, all of them in line before the first one writes."""
    with ThreadPoolExecutor(len(asked)) as pool:
        waiting = [pool.submit(group.join, number) for number in asked]
        while len(group._line) < len(asked) - 1:
            time.sleep(0.001)
        go()
        return [each.result(5) for each in waiting]


class Slow:
    """Writes nothing until told; notes what was written together."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.groups: list[list[int]] = []

    def __call__(self, asked: Sequence[int]) -> list[int | RafiqaError]:
        assert self.go.wait(5)
        self.groups.append(list(asked))
        return [number * 10 for number in asked]


def test_who_waits_in_line_is_written_together_and_gets_their_own() -> None:
    slow = Slow()
    group: GroupCommit[int, int] = GroupCommit(slow)
    assert in_line(group, range(20), slow.go.set) == [number * 10 for number in range(20)]
    assert len(slow.groups) == 2
    assert len(slow.groups[0]) == 1
    assert sorted(slow.groups[0] + slow.groups[1]) == list(range(20))


def test_a_long_line_is_written_in_several_groups() -> None:
    slow = Slow()
    group: GroupCommit[int, int] = GroupCommit(slow)
    asked = range(GROUP_MOST + 30)
    assert in_line(group, asked, slow.go.set) == [number * 10 for number in asked]
    assert max(map(len, slow.groups)) == GROUP_MOST


def test_nobody_is_told_before_the_write_is_done() -> None:
    slow = Slow()
    group: GroupCommit[int, int] = GroupCommit(slow)
    told: list[int] = []
    threads = [threading.Thread(target=lambda: told.append(group.join(7))) for _ in range(5)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    assert told == []
    slow.go.set()
    for thread in threads:
        thread.join(5)
    assert told == [70] * 5


def test_a_failure_is_everybodys_and_each_gets_an_error_of_their_own() -> None:
    def fail(asked: Sequence[int]) -> list[int | RafiqaError]:
        del asked
        raise StoreError(Fault("store.io"))

    group: GroupCommit[int, int] = GroupCommit(fail)
    errors = []
    with ThreadPoolExecutor(4) as pool:
        for waiting in [pool.submit(group.join, number) for number in range(4)]:
            with pytest.raises(StoreError, match=r"store\.io") as caught:
                waiting.result(5)
            errors.append(caught.value)
    assert len({id(error) for error in errors}) == 4


def test_a_thread_that_is_ended_leaves_the_others_their_turn() -> None:
    calls: list[int] = []

    def ended(asked: Sequence[int]) -> list[int | RafiqaError]:
        calls.append(len(asked))
        if len(calls) == 1:
            raise KeyboardInterrupt
        return list(asked)

    group: GroupCommit[int, int] = GroupCommit(ended)
    with pytest.raises(KeyboardInterrupt):
        group.join(1)
    assert group.join(2) == 2
    assert calls == [1, 2]  # what was in line is written by the next


# In the store


def test_many_at_once_share_syncs_and_one_alone_does_not_wait(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    store = opened(tmp_path, disk.name, create=True)
    before = disk.count_of("sync")
    for number in range(20):
        store.append([make_draft(number)])
    alone = disk.count_of("sync") - before
    assert alone >= 20
    store._write_turn.acquire()  # everybody is in line before the first one writes
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(store.append, [make_draft(100 + number)]) for number in range(20)]
        while len(store._line._line) < 19:
            time.sleep(0.001)
        before = disk.count_of("sync")
        store._write_turn.release()
        receipts = [each.result(10) for each in waiting]
    assert disk.count_of("sync") - before <= 4
    assert sorted(receipt.head.seq for receipt in receipts) == list(range(21, 41))
    assert check_chain(store.read(), until=store.head()) == []
    store.close()


def test_one_refusal_in_a_group_leaves_the_others_alone(tmp_path: Path) -> None:
    store = opened(tmp_path, create=True)
    store.append([make_draft(1)])
    store._write_turn.acquire()
    with ThreadPoolExecutor(8) as pool:
        good = [pool.submit(store.append, [make_draft(10 + at)]) for at in range(3)]
        moved = pool.submit(store.append, [make_draft(20)], expected_head=GENESIS)
        bad = pool.submit(store.append, [make_draft(21), erasing("none", 1)])
        same = pool.submit(store.append, [make_draft(1)])
        other = pool.submit(store.append, [make_draft(1, request_digest=bytes(32))])
        while len(store._line._line) < 6:
            time.sleep(0.001)
        store._write_turn.release()
        assert sum(len(each.result(5).stored) for each in good) == 3
        with pytest.raises(Conflict, match=r"ledger\.head-moved"):
            moved.result(5)
        with pytest.raises(InvalidInput, match=r"ledger\.erasure\.target"):
            bad.result(5)
        assert same.result(5).already == ("entry-000001",)
        assert other.result(5).quarantined == ("entry-000001",)
    assert store.head().seq == 4
    assert store.find("entry-000020") is None
    assert store.find("entry-000021") is None
    assert len(list(store.quarantined())) == 1
    assert check_chain(store.read(), until=store.head()) == []
    assert store.check() == []
    store.close()
