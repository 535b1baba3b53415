"""The Merkle tree of a log: one hash for all its leaves, and short proofs about it.

An inclusion proof shows that a leaf is under a root; a consistency proof shows that a later root
is over the same leaves and more, so that nothing before was changed, dropped or put in.

Source: RFC 6962, section 2.1 (the tree and both proofs; the verifying algorithms are those of RFC
9162, sections 2.1.3.2 and 2.1.4.2). Hash: SHA-256.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()
"""The root over no leaves."""
PATH_LIMIT: Final = 63
"""Longest path that is looked at; no tree of fewer than 2**63 leaves needs more."""

_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data): the hash of a leaf."""
    return sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right): the hash of the node over two."""
    return sha256(_NODE + left + right).digest()


class Tree(ABC):
    """What answers for every size that a tree had, wherever its nodes are kept.

    A root or a proof is put together from at most 2 × 63 complete subtrees.
    """

    @property
    @abstractmethod
    def size(self) -> int:
        """How many leaves it has."""

    @abstractmethod
    def subtree(self, level: int, index: int) -> bytes:
        """The hash over the complete ``2**level`` leaves from ``index * 2**level`` on."""

    def leaf(self, index: int) -> bytes:
        """The hash of a leaf, counted from 0."""
        return self.subtree(0, index)

    def root(self, size: int | None = None) -> bytes:
        """The root over the first ``size`` leaves; over all where None.

        Raises:
            ValueError: there are not so many.
        """
        size = self._checked(size)
        return self._over(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The path from a leaf to the root over the first ``size`` leaves, nearest first.

        Raises:
            ValueError: the leaf is not under that root.
        """
        size = self._checked(size)
        if not 0 <= index < size:
            raise ValueError("the leaf is not among them")
        return tuple(self._path(index, 0, size))

    def consistency(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """The proof that the first ``new`` leaves begin with the first ``old``.

        Raises:
            ValueError: ``old`` is more than ``new``, or there are not so many.
        """
        new = self._checked(new)
        if not 0 <= old <= new:
            raise ValueError("the older tree is the smaller one")
        if old in (0, new):
            return ()
        return tuple(self._between(old, 0, new, whole=True))

    def _checked(self, size: int | None) -> int:
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise ValueError("the tree has not so many leaves")
        return size

    def _over(self, start: int, end: int) -> bytes:
        """The hash over leaves ``start`` to before ``end``; ``start`` is a multiple of its part."""
        count = end - start
        if count & (count - 1) == 0:
            level = count.bit_length() - 1
            return self.subtree(level, start >> level)
        middle = start + _split(count)
        return node_hash(self._over(start, middle), self._over(middle, end))

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + _split(end - start)
        if index < middle:
            return [*self._path(index, start, middle), self._over(middle, end)]
        return [*self._path(index, middle, end), self._over(start, middle)]

    def _between(self, old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
        """``whole``: whether the older root is over just this subtree, so that it is known."""
        if old == end:
            return [] if whole else [self._over(start, end)]
        middle = start + _split(end - start)
        if old <= middle:
            return [*self._between(old, start, middle, whole=whole), self._over(middle, end)]
        return [*self._between(old, middle, end, whole=False), self._over(start, middle)]


class MerkleTree(Tree):
    """A tree that only grows, in memory.

    Keeps the hash of every complete subtree, 64 bytes a leaf in all: appending hashes each node
    once.

    Args:
        leaves: hashes of the first leaves, as `leaf_hash` makes them.
        on: the tree that it goes on from and does not copy, such as the tiles on a disk: then
            ``leaves`` come after those of that tree, which must not grow meanwhile.
    """

    def __init__(self, leaves: Iterable[bytes] = (), *, on: Tree | None = None) -> None:
        self._on = on
        self._n_before = 0 if on is None else on.size
        self._levels: list[list[bytes]] = [[]]
        self.extend(leaves)

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return self._n_before + len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Adds the hash of a leaf at the end."""
        self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Adds the hashes of leaves at the end, in order.

        Raises:
            ValueError: one of them is not 32 bytes; those before it are there.
        """
        n_nodes = self.size
        for leaf in leaves:
            if len(leaf) != HASH_BYTES:
                raise ValueError("the hash of a leaf has 32 bytes")
            self._levels[0].append(leaf)
            n_nodes += 1
            level, count = 0, n_nodes
            while count % 2 == 0:
                below = self._levels[level]
                left = below[-2] if len(below) > 1 else self.subtree(level, count - 2)
                if level + 1 == len(self._levels):
                    self._levels.append([])
                self._levels[level + 1].append(node_hash(left, below[-1]))
                level, count = level + 1, count // 2

    def subtree(self, level: int, index: int) -> bytes:
        """The hash over the complete ``2**level`` leaves from ``index * 2**level`` on."""
        place = index - (self._n_before >> level)
        if place < 0 and self._on is not None:
            return self._on.subtree(level, index)
        return self._levels[level][place]


def _split(count: int) -> int:
    """The greatest power of two below ``count``."""
    return 1 << ((count - 1).bit_length() - 1)


def root_of_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a path leads to from a leaf's hash, or None where it fits no tree of that size.

    A path proves nothing by itself: the root has to be one that somebody signed.
    """
    if not 0 <= index < size or len(path) > PATH_LIMIT or not _are_hashes((leaf, *path)):
        return None
    place, last, root = index, size - 1, leaf
    for beside in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            root = node_hash(beside, root)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, beside)
        place, last = place >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether a proof shows that the newer tree begins with all the leaves of the older."""
    if not 0 <= old_size <= new_size or len(path) > PATH_LIMIT:
        return False
    if not _are_hashes((old_root, new_root, *path)):
        return False
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT and (new_size > 0 or new_root == EMPTY_ROOT)
    if old_size == new_size:
        return not path and old_root == new_root
    steps = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    if not steps:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = steps[0]
    for beside in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            older, newer = node_hash(beside, older), node_hash(beside, newer)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            newer = node_hash(newer, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and older == old_root and newer == new_root


def _are_hashes(values: Iterable[object]) -> bool:
    return all(type(value) is bytes and len(value) == HASH_BYTES for value in values)
