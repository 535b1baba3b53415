"""The restore drill: a machine is lost while it writes; another one goes on from the backup.

A writer works without pause; a sealed backup is taken beside it, and a checkpoint as the
witnesses saw it then. The writer is killed and its disk is gone. What the backup gives back must
be what was witnessed, to the last hash; and an older backup must be known for what it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rafiqa.ledger import check_chain
from rafiqa.ledger.merkle import MerkleTree, leaf_hash
from rafiqa.store import EmbeddedStore, Machine, new_identity, restore_backup, write_backup
from tests.contract.drafts import Clock
from tests.fault.workload import STORE_NAME, batch, opened
from tests.unit.store.test_backup import signed_text

SCRIPT = Path(__file__).with_name("append_until_killed.py")
MACHINE = Machine(os.urandom, Clock())
"""Far below the half hour that a site may take: this store is small."""


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """A disk with a store on it, and a process that writes to it without pause."""
    disk = tmp_path / "disk"
    disk.mkdir()
    opened(disk, create=True).close()
    command = [sys.executable, str(SCRIPT), str(disk / STORE_NAME), "x"]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    writer.stdout.readline()
    yield disk, writer
    writer.kill()
    writer.wait()
    writer.stdout.close()


def checkpoint(store: EmbeddedStore, size: int) -> str:
    tree = MerkleTree(leaf_hash(entry.entry_hash) for entry in store.read(until_seq=size))
    return signed_text(size, tree.root())


def test_what_is_restored_is_what_was_witnessed(
    at_work: tuple[Path, subprocess.Popen[str]], tmp_path: Path
) -> None:
    disk, writer = at_work
    safe = tmp_path / "elsewhere"
    safe.mkdir()
    key = tmp_path / "key"
    recipient = new_identity(key)
    store = opened(disk, wait_ms=10_000)
    first = write_backup(store, safe / "first", [recipient], MACHINE)
    second = write_backup(store, safe / "second", [recipient], MACHINE)
    assert second.n_entries > first.n_entries > 0  # it went on writing meanwhile
    assert writer.poll() is None
    (safe / "checkpoint").write_text(checkpoint(store, second.n_entries))
    witnessed = store.read(second.n_entries - 1, second.n_entries)
    root = next(witnessed).entry_hash
    store.close()
    writer.kill()
    writer.wait()
    shutil.rmtree(disk)

    place = tmp_path / "new-machine"
    place.mkdir()
    made = restore_backup(
        safe / "second", place / STORE_NAME, MACHINE, identity=key.read_text(encoding="ascii")
    )
    assert (made.head.entry_hash, made.barred) == (root, None)
    again = opened(place)
    assert check_chain(again.read(), until=again.head()) == []
    assert again.check() == []
    assert len(again.append(batch(900)).stored) == 3
    again.close()

    # The control: the older backup is whole too, and still not what was witnessed.
    old = tmp_path / "old"
    old.mkdir()
    made = restore_backup(
        safe / "first", old / STORE_NAME, MACHINE, identity=key.read_text(encoding="ascii")
    )
    assert made.barred is not None
    assert made.barred.code == "store.rollback"
    assert not opened(old).writable


def test_control_a_copy_of_the_files_while_they_are_written_loses_what_was_told(
    at_work: tuple[Path, subprocess.Popen[str]], tmp_path: Path
) -> None:
    """What a backup is instead of: the file copied, sound to SQLite, without its last entries."""
    disk, writer = at_work
    assert writer.stdout is not None
    told = [writer.stdout.readline().split()[0] for _ in range(200)]
    copies = tmp_path / "copies"
    copies.mkdir()
    shutil.copy(disk / STORE_NAME, copies / STORE_NAME)
    careless = opened(copies)
    held = {entry.entry_id for entry in careless.read()}
    careless.close()
    assert set(told) - held
