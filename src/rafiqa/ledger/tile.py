"""Tiles: the tree of a log and its entries as files that never change and that anybody can serve.

A tile holds up to 256 hashes that stand side by side; a bundle holds the entries under one tile of
leaves. A web server, a memory stick or a folder copied by hand carries a log whole: whoever has a
signed root proves from the tiles what the log holds, and sees which tile is not the log's.

Source: C2SP tlog-tiles. A log of entries (https://c2sp.org/tlog-tiles) with SHA-256.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rafiqa.errors import CorruptLedger, Fault
from rafiqa.ledger.merkle import HASH_BYTES, MerkleTree, Tree, leaf_hash

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
"""Hashes in a full tile, entries in a full bundle."""
TILE_BYTES: Final = WIDTH * HASH_BYTES
LEVEL_LIMIT: Final = 63
ENTRIES: Final = -1
"""The level of a bundle: what lies under the leaves."""
ENTRY_BYTES: Final = 0xFFFF
"""Longest entry; its length stands in two bytes."""
_KEPT_TILES: Final = 64
"""Tiles that a reader keeps opened: enough for some proofs beside one another, 1 MiB."""
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9]\d?)/(?P<index>(?:x\d{3}/){0,6}\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Tile:
    """Which tile, or which bundle.

    Attributes:
        level: 0 where the hashes are those of leaves; one more for every 8 levels of the tree;
            ``ENTRIES`` for a bundle.
        index: its place in the level, from 0.
        width: how many hashes or entries it holds; below 256 it is one that still grows.
    """

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it lies under the log's folder or address."""
        level = "entries" if self.level == ENTRIES else self.level
        parts = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            parts.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        end = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(parts)}{end}"

    @property
    def grown(self) -> Tile:
        """The full tile that it is or becomes; it begins with the same bytes."""
        return Tile(self.level, self.index)


Read = Callable[[Tile], bytes | None]
"""Returns the bytes of a tile or a bundle as they lie somewhere, or None where there is none."""


def tile_of(path: str) -> Tile | None:
    """The tile of a path as ``Tile.path`` writes it, or None: there is no second spelling."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    level = ENTRIES if found["level"] == "entries" else int(found["level"])
    index = int(found["index"].replace("x", "").replace("/", ""))
    tile = Tile(level, index, int(found["width"] or WIDTH))
    exists = tile.level <= LEVEL_LIMIT and tile.width <= WIDTH
    return tile if exists and tile.path == path else None


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """The bundles and tiles that a log of ``new`` leaves has and one of ``old`` had not.

    From the entries upwards. A full tile among them takes the place of its partial ones, which may
    then be deleted; partial tiles of a published root stay until then.

    Args:
        old: leaves before; 0 gives everything.
        new: leaves now.
    """
    for level in range(ENTRIES, LEVEL_LIMIT + 1):
        shift = HEIGHT * max(level, 0)
        before, now = old >> shift, new >> shift
        if not now:
            return
        for index in range(before // WIDTH, -(-now // WIDTH)):
            width = min(WIDTH, now - index * WIDTH)
            if width > before - index * WIDTH:
                yield Tile(level, index, width)


def tile_bytes(tree: Tree, tile: Tile) -> bytes:
    """The hashes of a tile, one after another.

    Args:
        tree: the tree, no smaller than the tile asks for.
        tile: one of a level from 0 on.
    """
    first, level = tile.index * WIDTH, tile.level * HEIGHT
    return b"".join(tree.subtree(level, first + place) for place in range(tile.width))


def bundle_bytes(entries: Iterable[bytes]) -> bytes:
    """A bundle: the entries, each after its length in two bytes, the higher first.

    Raises:
        ValueError: an entry is longer than 65,535 bytes.
    """
    parts = []
    for entry in entries:
        if len(entry) > ENTRY_BYTES:
            raise ValueError("an entry has at most 65,535 bytes")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def entries_in(data: bytes, n_entries: int) -> tuple[bytes, ...] | None:
    """The first ``n_entries`` of a bundle; None where it is malformed or holds fewer."""
    entries, at = [], 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if at > len(data) or start > len(data):
            return None
        entries.append(data[start:at])
    return tuple(entries[:n_entries]) if n_entries <= len(entries) <= WIDTH else None


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
        tile = Tile(ENTRIES, index, self._width(ENTRIES, index))
        entries = entries_in(self._bytes(tile), tile.width)
        leaves = self._opened(0, index)
        if entries is None or any(
            leaf_hash(entry) != leaves.leaf(place) for place, entry in enumerate(entries)
        ):
            raise CorruptLedger(Fault("ledger.tile.other", tile.path, params={"path": tile.path}))
        return entries

    def _open(self, level: int, index: int) -> MerkleTree:
        """The part of the tree within a tile; a full one fits its hash in the tile above."""
        tile = Tile(level, index, self._width(level, index))
        data = self._bytes(tile)
        # A full tile may stand for the partial one: it begins with the same hashes.
        if len(data) not in (tile.width * HASH_BYTES, TILE_BYTES):
            raise CorruptLedger(Fault("ledger.tile.other", tile.path, params={"path": tile.path}))
        inner = MerkleTree(
            data[at : at + HASH_BYTES] for at in range(0, tile.width * HASH_BYTES, HASH_BYTES)
        )
        if tile.width == WIDTH and inner.root() != self.subtree((level + 1) * HEIGHT, index):
            raise CorruptLedger(Fault("ledger.tile.other", tile.path, params={"path": tile.path}))
        return inner

    def _width(self, level: int, index: int) -> int:
        return min(WIDTH, (self._size >> (HEIGHT * max(level, 0))) - index * WIDTH)

    def _bytes(self, tile: Tile) -> bytes:
        data = self._read(tile)
        if data is None and tile.width < WIDTH:
            data = self._read(tile.grown)
        if data is None:
            raise CorruptLedger(Fault("ledger.tile.missing", tile.path, params={"path": tile.path}))
        return data


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


def written_tiles(
    tree: Tree, old: int, entries: Callable[[int, int], Sequence[bytes]]
) -> Iterator[tuple[Tile, bytes]]:
    """What a log writes when it grew: each bundle and tile with its bytes, entries first.

    Args:
        tree: the tree as it is now.
        old: how many leaves were written before.
        entries: gives the entries from one place to before another.
    """
    for tile in tiles_between(old, tree.size):
        if tile.level == ENTRIES:
            first = tile.index * WIDTH
            yield tile, bundle_bytes(entries(first, first + tile.width))
        else:
            yield tile, tile_bytes(tree, tile)
