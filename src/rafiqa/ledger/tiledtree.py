"""A tree read from the tiles of a log: all proofs, without holding or hashing the log.

Whoever has a signed root proves from files that anybody may have carried what the log holds, and
sees which file is not the log's. A log goes on from its tiles in the same way when it starts.

Source: C2SP tlog-tiles, section "Partial Tiles" (what still grows, and what may stand for it).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from rafiqa.errors import CorruptLedger, Fault
from rafiqa.ledger.merkle import HASH_BYTES, MerkleTree, Tree, leaf_hash
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.tile import HEIGHT, WIDTH, Tile, leaves_of

_KEPT_TILES: Final = 64
"""Tiles that are kept opened: enough for some proofs beside one another, about 3 MB."""

Read = Callable[[Tile], bytes | None]
"""Returns the bytes of a tile or a bundle as they lie somewhere, or None where there is none."""


class TiledTree(Tree):
    """A tree that is read from tiles, and believed only as far as a root proves them.

    Opening it reads one tile of each level, at most: those that still grow are together what the
    root is made of. Every other tile must fit its hash in the tile above, so that whatever answers
    is the log's, and a tile that is not is named.

    Args:
        size: how many leaves the root is over.
        root: the root, from a checkpoint that somebody signed.
        read: gives the bytes of a tile; a full tile may be given for a partial one of its place.

    Raises:
        CorruptLedger: a tile is missing or malformed, or those that still grow do not lead to the
            root.
    """

    def __init__(self, size: int, root: bytes, read: Read) -> None:
        self._size = size
        self._read = read
        self._opened = lru_cache(_KEPT_TILES)(self._open)
        if self.root() != root:
            raise CorruptLedger(Fault("ledger.tile.root", params={"size": size}))

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return self._size

    def subtree(self, level: int, index: int) -> bytes:
        """The hash over the complete ``2**level`` leaves from ``index * 2**level`` on.

        Raises:
            CorruptLedger: a tile is missing, or is not that of this log.
        """
        tile_level, height = divmod(level, HEIGHT)
        place, inner = divmod(index << height, WIDTH)
        return self._opened(tile_level, place).subtree(height, inner >> height)

    def entries(self, index: int) -> tuple[bytes, ...]:
        """The entries of the bundle of that index, from 0, each proven by the root.

        Raises:
            CorruptLedger: the bundle is missing, or holds something else than the log.
        """
        tile = Tile(None, index, self._width(0, index))
        data, width = self._bytes(tile)
        leaves = self._opened(0, index)
        try:
            entries = leaves_of(data, width)[: tile.width]
        except Malformed:
            raise CorruptLedger(_other(tile)) from None
        if any(leaf_hash(entry) != leaves.leaf(place) for place, entry in enumerate(entries)):
            raise CorruptLedger(_other(tile))
        return entries

    def _open(self, level: int, index: int) -> MerkleTree:
        """The part of the tree within a tile; a full one fits its hash in the tile above."""
        tile = Tile(level, index, self._width(level, index))
        data, width = self._bytes(tile)
        if len(data) != width * HASH_BYTES:
            raise CorruptLedger(_other(tile))
        inner = MerkleTree(
            data[at : at + HASH_BYTES] for at in range(0, tile.width * HASH_BYTES, HASH_BYTES)
        )
        if tile.width == WIDTH and inner.root() != self.subtree((level + 1) * HEIGHT, index):
            raise CorruptLedger(_other(tile))
        return inner

    def _width(self, level: int, index: int) -> int:
        return min(WIDTH, (self._size >> (HEIGHT * level)) - index * WIDTH)

    def _bytes(self, tile: Tile) -> tuple[bytes, int]:
        """The bytes of a tile, or of the full one that it became, and how many it should hold."""
        for width in (tile.width, WIDTH):
            data = self._read(Tile(tile.level, tile.index, width))
            if data is not None:
                return data, width
        raise CorruptLedger(Fault("ledger.tile.missing", tile.path, params={"path": tile.path}))


def _other(tile: Tile) -> Fault:
    return Fault("ledger.tile.other", tile.path, params={"path": tile.path})


def check_tiles(size: int, root: bytes, read: Read) -> list[Fault]:
    """The first fault of a log's tiles and bundles; empty where they are what the root is over.

    Every entry is hashed again, and every tile. Holds some tiles in memory at a time.

    Args:
        size: how many leaves the root is over.
        root: the root, from a checkpoint that somebody signed.
        read: gives the bytes of a tile or a bundle.
    """
    try:
        tree = TiledTree(size, root, read)
        for index in range(-(-size // WIDTH)):
            tree.entries(index)
    except CorruptLedger as error:
        return list(error.faults)
    return []
