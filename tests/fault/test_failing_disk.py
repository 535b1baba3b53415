"""Each read, write, sync, truncation and deletion fails in turn, while a store is at work."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import pytest

from rafiqa.errors import CorruptLedger, StoreError
from rafiqa.store import EmbeddedStore, embedded, failure
from tests.fault.conftest import folder_like
from tests.fault.disk import KINDS, MODES, Disk, Failure, picture
from tests.fault.workload import act, batch, examine, opened

LIFE = 13
EIO = {
    "read": apsw.SQLITE_IOERR_READ,
    "write": apsw.SQLITE_IOERR_WRITE,
    "sync": apsw.SQLITE_IOERR_FSYNC,
    "truncate": apsw.SQLITE_IOERR_TRUNCATE,
    "delete": apsw.SQLITE_IOERR_DELETE,
}


@dataclass
class Course:
    """What happened in one life: what was told, what was refused with which code."""

    told: list[Any] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    told_after_refusal: int = 0
    writable: bool = True
    began: bool = False


def live(folder: Path, disk: Disk, *, restarts: bool = False) -> Course:
    """Go on with every write, whatever is refused, as an obstinate caller would.

    With ``restarts`` he also kills the process after each refusal and starts it again.
    """
    course = Course()
    try:
        store = opened(folder, disk.name)
    except (StoreError, CorruptLedger) as error:
        course.refused.append(error.code)
        return course
    course.began = True
    for number in range(LIFE):
        if not _try(course, disk, store, number) and restarts:
            store._log_pages = 0  # so that closing leaves everything as a kill would
            store.close()
            store = opened(folder, disk.name)
    course.writable = store.writable
    store.close()
    return course


def _try(course: Course, disk: Disk, store: EmbeddedStore, number: int) -> bool:
    try:
        told = act(store, number)
    except (StoreError, CorruptLedger) as error:
        course.refused.append(error.code)
        return False
    disk.acknowledge(told)
    course.told.append(told)
    course.told_after_refusal += bool(course.refused)
    return True


def points(blank: Path, kind: str) -> int:
    with folder_like(blank) as folder:
        disk = Disk(folder)
        live(folder, disk)
        return disk.count_of(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_after_an_io_error_writing_stops_and_nothing_told_is_lost(blank: Path, kind: str) -> None:
    outcomes: Counter[str] = Counter()
    total = points(blank, kind)
    for at in range(total):
        with folder_like(blank) as folder:
            disk = Disk(folder)
            disk.failure = Failure(at, EIO[kind], kind)
            course = live(folder, disk)
            assert len(disk.failed) == 1
            found = examine(folder, course.told)
            assert found.good, (at, disk.failed, found)
            outcomes[_judged(course, at)] += 1
    assert total > 0
    assert sum(outcomes.values()) == total
    if kind in ("write", "sync"):
        assert outcomes["stopped"] > total / 2


def _judged(course: Course, at: int) -> str:
    """Stopped, not even begun, or an error that the driver itself could bear."""
    if not course.began:
        return "not begun"
    if course.writable:  # the driver met it while closing, or did without
        assert not course.refused, (at, course)
        return "borne"
    assert course.told_after_refusal == 0, (at, course)
    assert set(course.refused) <= {"store.io", "store.damaged", "store.halted"}, (at, course)
    return "stopped"


def test_a_halt_outlives_a_restart_and_reading_goes_on(blank: Path) -> None:
    with folder_like(blank) as folder:
        disk = Disk(folder)
        store = opened(folder, disk.name)
        told = [act(store, 0), act(store, 1)]
        disk.failure = Failure(0, EIO["sync"], "sync")
        with pytest.raises(StoreError, match=r"store\.io"):
            act(store, 2)
        with pytest.raises(StoreError, match=r"store\.halted"):
            act(store, 3)
        assert not store.writable
        assert len(list(store.read())) == 6
        store.close()
        again = opened(folder)
        assert not again.writable
        with pytest.raises(StoreError, match=r"store\.halted"):
            again.append(batch(5))
        assert "store.halted" in [fault.code for fault in again.check()]
        assert len(list(again.read())) >= 6
        again.close()
        assert examine(folder, told, go_on=False).good


def test_another_process_that_has_it_open_stops_too(blank: Path) -> None:
    with folder_like(blank) as folder:
        other = opened(folder)
        disk = Disk(folder)
        store = opened(folder, disk.name)
        disk.failure = Failure(0, EIO["write"], "write")
        with pytest.raises(StoreError, match=r"store\.io"):
            act(store, 0)
        with pytest.raises(StoreError, match=r"store\.halted"):
            act(other, 0)
        store.close()
        other.close()


def test_a_failed_copy_of_the_log_stops_writing(blank: Path) -> None:
    """SQLite's own automatic copying would have kept this error to itself."""
    with folder_like(blank) as folder:
        disk = Disk(folder)
        store = opened(folder, disk.name)
        disk.failure = Failure(0, EIO["sync"], "sync", file="site.rafiqa")
        told: list[Any] = []

        def go_on() -> None:
            while len(told) < LIFE:
                told.append(act(store, len(told)))

        with pytest.raises(StoreError, match=r"store\.halted"):
            go_on()
        assert disk.failed == ["sync site.rafiqa"]
        assert len(told) > 1
        assert list(store.read())
        store.close()
        assert examine(folder, told).good


@pytest.mark.parametrize("lasting", [1, 4])
@pytest.mark.parametrize("kind", ["write", "truncate"])
def test_a_full_disk_refuses_clearly_and_writing_goes_on_when_there_is_room(
    blank: Path, kind: str, lasting: int
) -> None:
    refusals: Counter[str] = Counter()
    total = points(blank, kind)
    for at in range(total):
        with folder_like(blank) as folder:
            disk = Disk(folder)
            disk.failure = Failure(at, apsw.SQLITE_FULL, kind, lasting)
            course = live(folder, disk)
            if not course.began:
                assert course.refused == ["store.full"]
                continue
            assert course.writable
            assert set(course.refused) <= {"store.full"}, (at, course)
            refusals["refused"] += len(course.refused)
            refusals["told after"] += course.told_after_refusal
            found = examine(folder, course.told)
            assert found.good, (at, disk.failed, found)
            assert found.writable
    if kind == "write":
        assert refusals["refused"] > total / 2
        assert refusals["told after"] > total / 2


def test_what_a_full_disk_refused_is_taken_when_sent_again(blank: Path) -> None:
    with folder_like(blank) as folder:
        disk = Disk(folder)
        store = opened(folder, disk.name)
        store.append(batch(0))
        disk.failure = Failure(0, apsw.SQLITE_FULL, "write", 10_000)
        for _ in range(3):
            with pytest.raises(StoreError, match=r"store\.full"):
                store.append(batch(1))
            assert store.writable
            assert len(list(store.read())) == 3  # the map stays up
        disk.failure = None
        assert len(store.append(batch(1)).stored) == 3
        assert store.append(batch(1)).already != ()
        store.close()
        assert examine(folder, []).entries == 6


def cut_after_failed_sync(blank: Path) -> Counter[str]:
    """Each sync fails and drops its pages; the caller restarts and goes on; the power goes."""
    count: Counter[str] = Counter()
    total = points(blank, "sync")
    for at in range(total):
        with folder_like(blank) as folder:
            disk = Disk(folder)
            disk.failure = Failure(at, EIO["sync"], "sync", drops_pages=True)
            course = live(folder, disk, restarts=True)
            for mode in MODES:
                with folder_like() as after:
                    told = picture(disk, len(disk.ops), mode, after)
                    assert told == course.told
                    count["cuts"] += 1
                    count["bad"] += not examine(after, told).good
    return count


def test_a_failed_sync_that_drops_pages_loses_nothing_because_writing_stops(blank: Path) -> None:
    count = cut_after_failed_sync(blank)
    assert count["cuts"] > 80
    assert count["bad"] == 0


def test_control_going_on_after_a_failed_sync_loses_acknowledged_entries(
    blank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(error: Exception) -> failure.Failure:
        return failure.Failure(failure.judged(error).error, stops_writing=False)

    monkeypatch.setattr(embedded, "judged", careless)
    assert cut_after_failed_sync(blank)["bad"] > 0
