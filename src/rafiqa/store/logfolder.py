"""The public folder of a log: tiles, bundles and a checkpoint, as files for everybody.

What a checkpoint speaks of is on the disk before it is: whoever is cut off leaves the older one,
and files that the next turn writes again, the same. Holds commitments only, never what was said.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rafiqa.errors import CorruptLedger, Fault, StoreError
from rafiqa.ledger.checkpoint import Checkpoint, read_checkpoint
from rafiqa.ledger.merkle import MerkleTree, Tree
from rafiqa.ledger.note import Note, note_text
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.tile import WIDTH, Tile, bundle_bytes, leaves_of, tile_bytes, tiles_of
from rafiqa.ledger.tiledtree import TiledTree, check_tiles
from rafiqa.store.durable import write_durably

CHECKPOINT: Final = "checkpoint"
_CHECKPOINT_BYTES = 64 * 1024


class LogFolder:
    """One log's folder.

    Args:
        path: where; made when something is first put into it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def checkpoint(self) -> tuple[Checkpoint, Note] | None:
        """The checkpoint that lies there and its note, not yet believed; None without one.

        Raises:
            StoreError: it cannot be read, or is none.
        """
        path = self.path / CHECKPOINT
        try:
            with path.open("rb") as stream:
                return read_checkpoint(stream.read(_CHECKPOINT_BYTES))
        except FileNotFoundError:
            return None
        except (OSError, Malformed) as error:
            raise _broken(CHECKPOINT) from error

    def tree(self, checkpoint: Checkpoint) -> Tree:
        """The tree that the checkpoint's root is over, read from the tiles as it is asked.

        Raises:
            StoreError: a tile that still grows is missing, or they do not lead to the root. The
                tree raises ``CorruptLedger`` where it comes upon another one that is not the log's.
        """
        try:
            return TiledTree(checkpoint.size, checkpoint.root, self._find)
        except CorruptLedger as error:
            raise _broken(error.faults[0].place or "tile") from error

    def faults(self, checkpoint: Checkpoint) -> list[Fault]:
        """The first fault of all tiles and bundles, each read and hashed; none where all fit.

        Args:
            checkpoint: one whose signatures were found right.

        Raises:
            StoreError: a file cannot be read.
        """
        return check_tiles(checkpoint.size, checkpoint.root, self._find)

    def leaves(self, first: int, size: int) -> list[bytes]:
        """The leaves from one on, of a log of that size, out of the bundles.

        Raises:
            StoreError: a bundle is missing or damaged.
        """
        found: list[bytes] = []
        for tile in tiles_of(first, size):
            if tile.level is None:
                try:
                    found += leaves_of(self._read(tile), tile.width)
                except Malformed:
                    raise _broken(tile.path) from None
        return found[first % WIDTH :] if first < size else []

    def grow(
        self, tree: MerkleTree, leaves: Sequence[bytes], note: Note, checkpoint: Checkpoint
    ) -> None:
        """Nothing; the folder holds the tree, its leaves, and last of all its new checkpoint.

        Args:
            tree: the tree as it is now.
            leaves: the leaves of every bundle that changes, from the first such bundle on.
            note: the signed checkpoint.
            checkpoint: what the note says.

        Raises:
            StoreError: the disk failed or is full; the checkpoint is then still the older one.
        """
        before = self.checkpoint()
        old_size = before[0].size if before else 0
        first = old_size // WIDTH * WIDTH
        for tile in tiles_of(old_size, checkpoint.size):
            if tile.level is None:
                start = tile.index * WIDTH - first
                content = bundle_bytes(leaves[start : start + tile.width])
            else:
                content = tile_bytes(tree, tile)
            write_durably(self.path / tile.path, content)
        self.put(note)

    def put(self, note: Note) -> None:
        """Nothing; the note is the folder's checkpoint from now on.

        Raises:
            StoreError: the disk failed or is full.
        """
        write_durably(self.path / CHECKPOINT, note_text(note).encode())

    def _read(self, tile: Tile) -> bytes:
        data = self._find(tile)
        if data is None:
            raise _broken(tile.path)
        return data

    def _find(self, tile: Tile) -> bytes | None:
        try:
            return (self.path / tile.path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _broken(tile.path) from error


def _broken(name: str) -> StoreError:
    return StoreError(Fault("store.log.broken", params={"path": name}))
