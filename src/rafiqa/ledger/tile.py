"""Tiles: a log as files that never change, for any web server, mirror or USB stick.

A tile holds up to 256 hashes of one level of the tree, every eighth level; a bundle holds up to 256
leaves as they are. A part of one has its width in its name, and gives way to the whole.

Source: C2SP tlog-tiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rafiqa.ledger.merkle import Tree
from rafiqa.ledger.row import Malformed

WIDTH: Final = 256
HEIGHT: Final = 8
"""Levels of the tree that one tile stands for."""
ENTRY_BYTES: Final = 0xFFFF
_LENGTH_BYTES = 2
_NAME_STEP = 1000


@dataclass(frozen=True, slots=True)
class Tile:
    """Which tile: its level counted in tiles, its place in the level, how many hashes it has.

    ``level`` None stands for a bundle of leaves.
    """

    level: int | None
    index: int
    width: int

    @property
    def path(self) -> str:
        """Where it lies in the folder of its log."""
        level = "entries" if self.level is None else str(self.level)
        part = f".p/{self.width}" if self.width < WIDTH else ""
        return f"tile/{level}/{_index_path(self.index)}{part}"


def tiles_of(old_size: int, size: int) -> Iterator[Tile]:
    """Yields the tiles and bundles that a log of ``size`` has and one of ``old_size`` had not.

    Lowest level first, so that whoever is interrupted has nothing above what is below.
    """
    for index, width in _spans(old_size, size):
        yield Tile(None, index, width)
    level = 0
    while size >> (level * HEIGHT):
        shift = level * HEIGHT
        for index, width in _spans(old_size >> shift, size >> shift):
            yield Tile(level, index, width)
        level += 1


def tile_bytes(tree: Tree, tile: Tile) -> bytes:
    """The content of a tile of a tree: its hashes one after another."""
    if tile.level is None:
        raise ValueError("a bundle has no hashes")
    first, level = tile.index * WIDTH, tile.level * HEIGHT
    return b"".join(tree.subtree(level, at) for at in range(first, first + tile.width))


def bundle_bytes(leaves: Sequence[bytes]) -> bytes:
    """The content of a bundle: each leaf behind its length in two bytes.

    Raises:
        ValueError: more than 256 leaves, or one of more than 65,535 bytes.
    """
    if len(leaves) > WIDTH or any(len(leaf) > ENTRY_BYTES for leaf in leaves):
        raise ValueError("a bundle holds 256 leaves of 65,535 bytes")
    return b"".join(len(leaf).to_bytes(_LENGTH_BYTES, "big") + leaf for leaf in leaves)


def leaves_of(data: bytes, n_leaves: int) -> tuple[bytes, ...]:
    """The leaves of a bundle.

    Raises:
        Malformed: it does not hold just so many.
    """
    leaves = []
    at = 0
    while at < len(data):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        leaves.append(data[start:at])
    if at != len(data) or len(leaves) != n_leaves:
        raise Malformed
    return tuple(leaves)


def _spans(old: int, new: int) -> Iterator[tuple[int, int]]:
    """The tiles of one level that are there with ``new`` hashes and were not with ``old``."""
    if new <= old:
        return
    for index in range(old // WIDTH, -(-new // WIDTH)):
        yield index, min(WIDTH, new - index * WIDTH)


def _index_path(index: int) -> str:
    """Groups of three digits, all but the last behind an x."""
    parts = [f"{index % _NAME_STEP:03d}"]
    while index >= _NAME_STEP:
        index //= _NAME_STEP
        parts.append(f"x{index % _NAME_STEP:03d}")
    return "/".join(reversed(parts))
