"""A tree read from tiles answers as the one in memory; a file that is not the log's is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import pytest

from rafiqa.errors import CorruptLedger
from rafiqa.ledger.merkle import (
    EMPTY_ROOT,
    MerkleTree,
    is_consistent,
    leaf_hash,
    node_hash,
    root_of_inclusion,
)
from rafiqa.ledger.tile import Tile, bundle_bytes, tile_bytes, tiles_of
from rafiqa.ledger.tiledtree import TiledTree, check_tiles

BIG = 70_000
"""The size that the specification counts out: three levels, none of them full."""


def entry(number: int) -> bytes:
    return number.to_bytes(4, "big") * (number % 5)


@cache
def grown() -> MerkleTree:
    return MerkleTree(leaf_hash(entry(number)) for number in range(BIG))


def written(tree: MerkleTree, old: int, leaves: Sequence[bytes]) -> dict[str, bytes]:
    """The files that a log of these leaves writes when it has grown from ``old`` to its tree."""
    return {
        tile.path: bundle_bytes(leaves[tile.index * 256 :][: tile.width])
        if tile.level is None
        else tile_bytes(tree, tile)
        for tile in tiles_of(old, tree.size)
    }


def entries(start: int, end: int) -> list[bytes]:
    return [entry(number) for number in range(start, end)]


@cache
def folder(size: int) -> dict[str, bytes]:
    """The files of a log of so many entries."""
    tree = MerkleTree(grown().leaf(index) for index in range(size))
    return written(tree, 0, entries(0, size))


def reader(files: dict[str, bytes]) -> Callable[[Tile], bytes | None]:
    return lambda tile: files.get(tile.path)


def test_the_tiles_that_the_specification_counts() -> None:
    """C2SP tlog-tiles, "Partial Tiles": 70,000 leaves, and 256."""
    found = [tile for tile in tiles_of(0, BIG) if tile.level is not None]
    assert [tile for tile in found if tile.width < 256] == [
        Tile(0, 273, 112),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert [sum(1 for tile in found if tile.level == level) for level in range(4)] == [274, 2, 1, 0]
    assert [*tiles_of(0, 256)] == [Tile(None, 0, 256), Tile(0, 0, 256), Tile(1, 0, 1)]
    assert [*tiles_of(0, 0)] == []


def test_a_tile_is_the_hashes_of_the_definition() -> None:
    tree = grown()
    full = tile_bytes(tree, Tile(0, 5, 256))
    assert len(full) == 8192
    assert full[-32:] == leaf_hash(entry(6 * 256 - 1))
    assert (
        tile_bytes(tree, Tile(1, 0, 6))[-32:]
        == MerkleTree(full[at : at + 32] for at in range(0, len(full), 32)).root()
    )
    assert tile_bytes(tree, Tile(2, 0, 1)) == tree.root(65_536)


def test_what_is_written_as_a_log_grows_is_what_it_has_at_once() -> None:
    """Step by step the same files, and no file is ever written with other bytes."""
    files: dict[str, bytes] = {}
    tree = MerkleTree()
    for size in (1, 2, 255, 256, 257, 511, 512, 700, 65_535, 65_536, 65_537, BIG):
        old = tree.size
        tree.extend(grown().leaf(index) for index in range(old, size))
        for path, data in written(tree, old, entries(0, size)).items():
            assert files.setdefault(path, data) == data
        for path, data in folder(size).items():
            assert files[path] == data
    assert [*tiles_of(BIG, BIG)] == []


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 300, 512, 65_536, 65_537, BIG])
def test_a_tree_read_from_tiles_answers_as_the_one_in_memory(size: int) -> None:
    memory, root = grown(), grown().root(size)
    tiled = TiledTree(size, root, reader(folder(size)))
    assert tiled.size == size
    places = sorted({0, 1, size // 3, size // 2, size - 2, size - 1} & set(range(size)))
    for index in places:
        path = tiled.inclusion(index)
        assert path == memory.inclusion(index, size)
        assert root_of_inclusion(leaf_hash(entry(index)), index, size, path) == root
        proof = tiled.consistency(index + 1)
        assert proof == memory.consistency(index + 1, size)
        assert is_consistent(index + 1, tiled.root(index + 1), size, root, proof)
        assert tiled.entries(index // 256)[index % 256] == entry(index)
    with pytest.raises(ValueError, match="among"):
        tiled.inclusion(size)


def test_all_sizes_to_beyond_one_tile() -> None:
    for size in range(600):
        files = folder(size) if size in {0, 599} else _files_of(size)
        tiled = TiledTree(size, grown().root(size), reader(files))
        for index in range(0, size, 37):
            assert tiled.inclusion(index) == grown().inclusion(index, size)
    assert TiledTree(0, EMPTY_ROOT, reader({})).size == 0


def _files_of(size: int) -> dict[str, bytes]:
    """From the tree that is there, without making one anew."""
    return {
        tile.path: tile_bytes(grown(), tile) for tile in tiles_of(0, size) if tile.level is not None
    }


def test_opening_reads_one_tile_of_a_level_and_a_proof_two_more() -> None:
    files, seen = folder(BIG), list[str]()

    def read(tile: Tile) -> bytes | None:
        seen.append(tile.path)
        return files.get(tile.path)

    tiled = TiledTree(BIG, grown().root(), read)
    assert sorted(seen) == ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
    seen.clear()
    tiled.inclusion(12_345)
    assert sorted(seen) == ["tile/0/048", "tile/1/000"]
    tiled.inclusion(12_346)
    assert len(seen) == 2, "they are kept opened"


def test_a_log_goes_on_from_its_tiles() -> None:
    """A start: nothing but the tiles, and what is appended then gives the files of the whole."""
    old = 66_000
    before = TiledTree(old, grown().root(old), reader(folder(old)))
    tree = MerkleTree((grown().leaf(index) for index in range(old, BIG)), on=before)
    assert tree.root() == grown().root()
    later = written(tree, old, entries(0, BIG))
    assert later.items() <= folder(BIG).items()
    assert {**folder(old), **later}.keys() >= folder(BIG).keys()


def test_a_full_tile_stands_for_a_partial_one() -> None:
    """Once it is full the partial ones may be gone; an older root is still proven."""
    files = {path: data for path, data in folder(BIG).items() if ".p/" not in path}
    files |= {tile.path: tile_bytes(grown(), tile) for tile in (Tile(1, 0, 2), Tile(2, 0, 1))}
    tiled = TiledTree(600, grown().root(600), reader(files))
    assert tiled.inclusion(599) == grown().inclusion(599, 600)
    assert tiled.entries(2) == tuple(entries(512, 600))


def test_every_file_changed_in_any_way_is_named() -> None:
    """The control comes first: the same check of the same files finds nothing."""
    size = 1_000
    files, root = folder(size), grown().root(size)
    assert check_tiles(size, root, reader(files)) == []
    n_tried = 0
    for path, data in files.items():
        for bad in _bent(data):
            faults = check_tiles(size, root, reader({**files, path: bad}))
            # What still grows is believed through the root alone, as long as it has its length.
            one_of_many = len(bad) == len(data) and path.startswith(("tile/0/003", "tile/1/"))
            expected = ("ledger.tile.root", "") if one_of_many else ("ledger.tile.other", path)
            assert [(fault.code, fault.place) for fault in faults] == [expected]
            n_tried += 1
        gone = check_tiles(size, root, reader({k: v for k, v in files.items() if k != path}))
        assert [(fault.code, fault.place) for fault in gone] == [("ledger.tile.missing", path)]
    assert n_tried == 5 * len(files)


def _bent(data: bytes) -> list[bytes]:
    middle = bytearray(data)
    middle[len(data) // 2] ^= 1
    return [bytes(middle), b"", data[:-1], data + b"\x00", bytes([data[0] ^ 0x80]) + data[1:]]


def test_tiles_that_agree_with_one_another_are_not_the_log_s() -> None:
    """A forged log, whole in itself, against the root that witnesses saw."""
    forged = [entry(number) if number != 300 else b"released" for number in range(1_000)]
    tree = MerkleTree(map(leaf_hash, forged))
    files = written(tree, 0, forged)
    assert check_tiles(1_000, tree.root(), reader(files)) == [], "the control: its own root"
    codes = [fault.code for fault in check_tiles(1_000, grown().root(1_000), reader(files))]
    assert codes == ["ledger.tile.root"]


def test_a_tile_swapped_below_the_edge_is_found_when_it_is_read_and_not_before() -> None:
    files = {**folder(BIG), "tile/0/048": folder(BIG)["tile/0/049"]}
    tiled = TiledTree(BIG, grown().root(), reader(files))
    assert tiled.inclusion(0) == grown().inclusion(0)
    with pytest.raises(CorruptLedger) as caught:
        tiled.inclusion(48 * 256 + 3)
    assert caught.value.faults[0].place == "tile/0/048"


def test_a_node_is_not_taken_for_a_leaf() -> None:
    """Two leaves as one entry: without the prefixes this bundle would fit."""
    left, right = grown().leaf(0), grown().leaf(1)
    root = node_hash(left, right)
    files = {"tile/entries/000.p/1": bundle_bytes([left + right]), "tile/0/000.p/1": root}
    assert [fault.code for fault in check_tiles(1, root, reader(files))] == ["ledger.tile.other"]
