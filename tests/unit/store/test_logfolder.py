"""A log's folder: what a checkpoint speaks of is there, is read piece by piece, and is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from rafiqa.errors import CorruptLedger, StoreError
from rafiqa.ledger.checkpoint import Checkpoint, signed_line
from rafiqa.ledger.merkle import MerkleTree, leaf_hash
from rafiqa.ledger.note import KeyKind, Note
from rafiqa.ledger.signing import Algorithm, MemorySigner
from rafiqa.ledger.tile import tiles_of
from rafiqa.store.logfolder import LogFolder

ORIGIN = "office.example/evidence/2026"
LEAVES = [number.to_bytes(4, "big") for number in range(1_100)]
SIGNER = MemorySigner(ORIGIN, Algorithm.ED25519, bytes(32))


def put(folder: LogFolder, size: int) -> Checkpoint:
    """The folder grows to so many leaves."""
    before = folder.checkpoint()
    tree = MerkleTree(map(leaf_hash, LEAVES[:size]))
    checkpoint = Checkpoint(ORIGIN, size, tree.root())
    note = Note(checkpoint.text, (signed_line(checkpoint, KeyKind.ED25519, SIGNER, 0),))
    first = (before[0].size if before else 0) // 256 * 256
    folder.grow(tree, LEAVES[first:size], note, checkpoint)
    return checkpoint


@pytest.fixture
def folder(tmp_path: Path) -> LogFolder:
    return LogFolder(tmp_path / "log")


def test_it_grows_and_is_whole_at_each_step(folder: LogFolder) -> None:
    for size in (1, 255, 256, 257, 700, 1_100):
        checkpoint = put(folder, size)
        found = folder.checkpoint()
        assert found is not None
        assert found[0] == checkpoint
        assert folder.faults(checkpoint) == []
        tree = folder.tree(checkpoint)
        assert tree.root() == checkpoint.root
        assert tree.inclusion(size - 1) == MerkleTree(map(leaf_hash, LEAVES)).inclusion(
            size - 1, size
        )
        assert folder.leaves(size // 2, size) == LEAVES[size // 2 : size]


def test_an_older_checkpoint_is_still_proven_when_its_partial_tiles_are_gone(
    folder: LogFolder,
) -> None:
    older = put(folder, 200)
    put(folder, 700)
    for part in folder.path.glob("tile/*/000.p/200"):
        part.unlink()
    assert folder.faults(older) == []


def test_every_file_changed_or_gone_is_named(folder: LogFolder) -> None:
    checkpoint = put(folder, 1_100)
    paths = [tile.path for tile in tiles_of(0, 1_100)]
    assert folder.faults(checkpoint) == [], "the control"
    for name in paths:
        path = folder.path / name
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        (fault,) = folder.faults(checkpoint)
        part_of_root = ".p/" in name and "entries" not in name
        told = (fault.code, fault.place)
        assert told == (("ledger.tile.root", "") if part_of_root else ("ledger.tile.other", name))
        path.unlink()
        (fault,) = folder.faults(checkpoint)
        assert (fault.code, fault.place) == ("ledger.tile.missing", name)
        path.write_bytes(data)
    assert folder.faults(checkpoint) == []


def test_a_proof_is_right_or_there_is_none(folder: LogFolder) -> None:
    """A tile bent on the disk: proofs that do not touch it hold, one that does is refused."""
    checkpoint = put(folder, 1_100)
    path = folder.path / "tile/0/001"
    path.write_bytes(bytes(8192))
    tree = folder.tree(checkpoint)
    assert tree.inclusion(0) == MerkleTree(map(leaf_hash, LEAVES)).inclusion(0)
    with pytest.raises(CorruptLedger) as caught:
        tree.inclusion(300)
    assert caught.value.faults[0].place == "tile/0/001"


def test_what_does_not_lead_to_the_root_is_refused_at_once(folder: LogFolder) -> None:
    checkpoint = put(folder, 1_100)
    with pytest.raises(StoreError) as caught:
        folder.tree(Checkpoint(ORIGIN, 1_100, bytes(32)))
    assert caught.value.code == "store.log.broken"
    (folder.path / "tile/0/004.p/76").unlink()
    with pytest.raises(StoreError) as caught:
        folder.tree(checkpoint)
    assert caught.value.faults[0].params["path"] == "tile/0/004.p/76"


def test_a_file_that_cannot_be_read_is_no_missing_one(folder: LogFolder) -> None:
    checkpoint = put(folder, 300)
    path = folder.path / "tile/0/000"
    path.unlink()
    path.mkdir()
    with pytest.raises(StoreError) as caught:
        folder.faults(checkpoint)
    assert caught.value.code == "store.log.broken"
