"""The power goes at every single write: nothing that was acknowledged is lost.

One life of a store is written down operation by operation; then the disk is drawn as it could be
had the power gone before each of them (F1 of the test plan). The controls show that the same
harness sees a loss where there is one.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from rafiqa.errors import RafiqaError, StoreError
from rafiqa.ledger import GENESIS
from rafiqa.store.batch import Batch
from tests.contract.drafts import make_draft
from tests.fault.conftest import folder_like
from tests.fault.disk import MODES, Disk, picture
from tests.fault.workload import BATCHES, act, batch, examine, opened


def life(folder: Path) -> Disk:
    """A store's life on a disk that writes everything down, with a restart in the middle."""
    disk = Disk(folder)
    store = opened(folder, disk.name)
    for number in range(BATCHES):
        disk.acknowledge(act(store, number))
        if number == BATCHES // 2:
            store.close()
            store = opened(folder, disk.name)
    store.close()
    return disk


def cut_everywhere(
    disk: Disk, *, seeds: int = 1, step: int = 1, lying: bool = False
) -> Counter[str]:
    """How many cuts there were, how many lost something acknowledged, how many did damage."""
    count: Counter[str] = Counter()
    for end in range(0, len(disk.ops) + 1, step):
        if end and disk.ops[end - 1].kind == "read":
            continue  # the same as before it
        for mode in MODES:
            for seed in range(seeds if mode in ("prefix", "subset", "torn") else 1):
                with folder_like() as folder:
                    told = picture(disk, end, mode, folder, seed=seed, lying=lying)
                    found = examine(folder, told)
                count["cuts"] += 1
                count["lost"] += bool(found.lost)
                count["damaged"] += bool(found.damage)
    return count


def test_nothing_is_lost_at_any_cut(blank: Path) -> None:
    with folder_like(blank) as folder:
        disk = life(folder)
        assert disk.count_of("sync") > 25
        assert {op.file for op in disk.ops if op.kind == "sync"} == {
            "site.rafiqa",  # the log was copied into the file
            "site.rafiqa-wal",
        }
        count = cut_everywhere(disk)
    assert count["cuts"] > 1300
    assert (count["lost"], count["damaged"]) == (0, 0)


@pytest.mark.slow
def test_nothing_is_lost_at_any_cut_with_many_seeds(blank: Path) -> None:
    with folder_like(blank) as folder:
        count = cut_everywhere(life(folder), seeds=10)
    assert count["cuts"] > 9_000
    assert (count["lost"], count["damaged"]) == (0, 0)


@pytest.mark.parametrize("synchronous", [1, 0], indirect=True, ids=["normal", "off"])
def test_control_without_syncs_acknowledged_entries_are_lost(blank: Path, synchronous: int) -> None:
    with folder_like(blank) as folder:
        count = cut_everywhere(life(folder), step=3)
    assert count["lost"] > count["cuts"] / 10
    assert (count["damaged"] > 0) == (synchronous == 0)


def test_control_a_disk_that_lies_loses_acknowledged_entries(blank: Path) -> None:
    """No software saves from it; but this harness sees it."""
    with folder_like(blank) as folder:
        count = cut_everywhere(life(folder), step=3, lying=True)
    assert count["lost"] > count["cuts"] / 10


def shared_life(folder: Path, *, told_too_soon: bool = False) -> Disk:
    """Commits that several callers share, each told what became of their own."""
    disk = Disk(folder)
    store = opened(folder, disk.name)
    for number in range(BATCHES):
        callers = [Batch(batch(number * 5 + at), None) for at in range(1 + number % 5)]
        callers.append(Batch([make_draft(1)], GENESIS if number else None))  # refused, but once
        ids = [draft.entry_id for each in callers[:-1] for draft in each.drafts]
        if told_too_soon:
            disk.acknowledge(("entries", ids))
        outcomes = store._append_group(callers)
        assert not any(isinstance(outcome, RafiqaError) for outcome in outcomes[:-1])
        if not told_too_soon:
            disk.acknowledge(("entries", ids))
    store.close()
    return disk


def test_nothing_is_lost_at_any_cut_when_commits_are_shared(blank: Path) -> None:
    with folder_like(blank) as folder:
        disk = shared_life(folder)
        assert BATCHES <= disk.count_of("sync") < 3 * BATCHES  # for some forty callers
        count = cut_everywhere(disk, step=5)
    assert count["cuts"] > 200
    assert (count["lost"], count["damaged"]) == (0, 0)


def test_control_who_is_told_before_the_shared_commit_loses(blank: Path) -> None:
    with folder_like(blank) as folder:
        count = cut_everywhere(shared_life(folder, told_too_soon=True), step=9)
    assert count["lost"] > count["cuts"] / 10
    assert count["damaged"] == 0


def test_a_creation_cut_off_leaves_a_store_or_room_for_one() -> None:
    """Also every migration: it is applied whole or not at all."""
    outcomes: Counter[str] = Counter()
    with folder_like() as folder:
        disk = Disk(folder)
        opened(folder, disk.name, create=True).close()
        for end in range(len(disk.ops) + 1):
            if end and disk.ops[end - 1].kind == "read":
                continue
            for mode in MODES:
                with folder_like() as after:
                    picture(disk, end, mode, after)
                    outcomes[_reopened(after)] += 1
    assert set(outcomes) == {"there", "store.missing", "store.not-a-store"}


def _reopened(folder: Path) -> str:
    outcome = "there"
    try:
        opened(folder).close()
    except StoreError as error:
        outcome = error.code
        opened(folder, create=True).close()
    assert examine(folder, []).good
    return outcome
