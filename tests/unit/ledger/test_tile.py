"""A log as files: every hash and every leaf once, under the names that everybody knows."""

from __future__ import annotations

import pytest

from rafiqa.ledger.merkle import MerkleTree, leaf_hash
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.tile import Tile, bundle_bytes, leaves_of, tile_bytes, tiles_of

LEAVES = [f"leaf {number}".encode() for number in range(70_000)]
TREE = MerkleTree(map(leaf_hash, LEAVES))


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0, 256), "tile/0/000"),
        (Tile(0, 255, 256), "tile/0/255"),
        (Tile(1, 1_234_067, 256), "tile/1/x001/x234/067"),
        (Tile(0, 273, 112), "tile/0/273.p/112"),
        (Tile(None, 1_000, 1), "tile/entries/x001/000.p/1"),
    ],
)
def test_the_names_are_those_of_the_standard(tile: Tile, path: str) -> None:
    assert tile.path == path


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 513, 65_535, 65_536, 65_537, 70_000])
def test_the_tree_is_read_back_from_its_lowest_tiles(size: int) -> None:
    tree = MerkleTree(map(leaf_hash, LEAVES[:size]))
    lowest = [tile_bytes(tree, tile) for tile in tiles_of(0, size) if tile.level == 0]
    hashes = [data[at : at + 32] for data in lowest for at in range(0, len(data), 32)]
    assert len(hashes) == size
    assert MerkleTree(hashes).root() == TREE.root(size)


@pytest.mark.parametrize(
    ("old", "new"), [(0, 300), (300, 300), (300, 301), (255, 70_000), (256, 512)]
)
def test_what_is_written_as_it_grows_is_all_there_is(old: int, new: int) -> None:
    """Each whole tile is written once: by the step in which it became whole."""
    grown = {tile.path for tile in tiles_of(0, old)} | {tile.path for tile in tiles_of(old, new)}
    assert {tile.path for tile in tiles_of(0, new)} <= grown
    later = [tile for tile in tiles_of(old, new) if tile.width == 256]
    assert not {tile.path for tile in tiles_of(0, old)} & {tile.path for tile in later}


def test_higher_tiles_hold_the_roots_of_those_below() -> None:
    assert (
        tile_bytes(TREE, Tile(1, 0, 256))[32:64]
        == MerkleTree(map(leaf_hash, LEAVES[256:512])).root()
    )


def test_a_bundle_holds_its_leaves() -> None:
    leaves = (b"", b"x" * 300, bytes(65_535))
    assert leaves_of(bundle_bytes(leaves), 3) == leaves
    for data, width in ((bundle_bytes(leaves)[:-1], 3), (bundle_bytes(leaves), 2), (b"\x00", 1)):
        with pytest.raises(Malformed):
            leaves_of(data, width)


def test_what_no_file_holds_is_an_error() -> None:
    for ask in (
        lambda: bundle_bytes([b""] * 257),
        lambda: bundle_bytes([bytes(65_536)]),
        lambda: tile_bytes(TREE, Tile(None, 0, 1)),
    ):
        with pytest.raises(ValueError, match=r"."):
            ask()
