"""The tree against its definition, every proof up to 257 leaves, and every proof bent a little."""

from __future__ import annotations

from hashlib import sha256

import pytest

from rafiqa.ledger.merkle import (
    EMPTY_ROOT,
    MerkleTree,
    is_consistent,
    leaf_hash,
    node_hash,
    root_of_inclusion,
)

N = 257
LEAVES = [leaf_hash(number.to_bytes(2, "big")) for number in range(N)]
TREE = MerkleTree(LEAVES)


def plain_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    left, right = plain_root(leaves[:middle]), plain_root(leaves[middle:])
    return sha256(b"\x01" + left + right).digest()


ROOTS = [plain_root(LEAVES[:size]) for size in range(N + 1)]


def test_the_published_roots() -> None:
    """The eight leaves that implementations of RFC 6962 agree on."""
    data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    data.append("606162636465666768696a6b6c6d6e6f")
    tree = MerkleTree(leaf_hash(bytes.fromhex(text)) for text in data)
    assert tree.root(1).hex().startswith("6e340b9cffb37a98")
    assert tree.root(8).hex().startswith("5dc9da79a70659a9")


def test_every_root_is_the_definition_s() -> None:
    assert [TREE.root(size) for size in range(N + 1)] == ROOTS
    assert ROOTS[0] == EMPTY_ROOT


def test_every_inclusion_proof_leads_to_its_root_and_to_no_other() -> None:
    count = 0
    for size in range(1, N + 1):
        for index in range(size):
            path = TREE.inclusion(index, size)
            assert root_of_inclusion(LEAVES[index], index, size, path) == ROOTS[size]
            for wrong in {index ^ 1, index + 1, size - 1 - index} - {index}:
                if 0 <= wrong < size:
                    assert root_of_inclusion(LEAVES[index], wrong, size, path) != ROOTS[size]
            count += 1
    assert count == N * (N + 1) // 2


def test_every_consistency_proof_holds_for_its_two_sizes() -> None:
    count = 0
    for new in range(N + 1):
        for old in range(new + 1):
            path = TREE.consistency(old, new)
            assert is_consistent(old, ROOTS[old], new, ROOTS[new], path)
            if 0 < old < new:
                assert not is_consistent(old, ROOTS[old - 1], new, ROOTS[new], path)
                assert not is_consistent(old, ROOTS[old], new, ROOTS[new - 1], path)
            count += 1
    assert count == (N + 1) * (N + 2) // 2


@pytest.mark.parametrize("size", [2, 3, 7, 8, 100, 257])
def test_a_bent_proof_proves_nothing(size: int) -> None:
    index, old = size // 3, max(1, size // 2)
    path, proof = TREE.inclusion(index, size), TREE.consistency(old, size)
    for at in range(len(path)):
        for bad in (
            (*path[:at], path[at][::-1], *path[at + 1 :]),
            (*path[:at], *path[at + 1 :]),
            (*path[:at], path[at], *path[at:]),
            (*path[:at], path[at][:31], *path[at + 1 :]),
        ):
            assert root_of_inclusion(LEAVES[index], index, size, bad) != ROOTS[size]
    for at in range(len(proof)):
        for bad in (
            (*proof[:at], proof[at][::-1], *proof[at + 1 :]),
            (*proof[:at], *proof[at + 1 :]),
            (*proof[:at], proof[at], *proof[at:]),
        ):
            assert not is_consistent(old, ROOTS[old], size, ROOTS[size], bad)


def test_a_node_is_no_leaf() -> None:
    """Without the two prefixes a node could be shown as a leaf with chosen content."""
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != node_hash(left, right)
    assert root_of_inclusion(node_hash(left, right), 0, 1, ()) == ROOTS[2]
    assert root_of_inclusion(leaf_hash(left + right), 0, 1, ()) != ROOTS[2]


def test_another_history_has_no_proof() -> None:
    """Two logs that part after the hundredth leaf: no proof leads from one to the other."""
    other = MerkleTree([*LEAVES[:100], *reversed(LEAVES[100:])])
    for new in range(101, N + 1):
        old = min(150, new)
        if other.root(old) != ROOTS[old]:
            assert not is_consistent(
                old, ROOTS[old], new, other.root(new), other.consistency(old, new)
            )
    path = other.consistency(100, 200)
    assert is_consistent(100, ROOTS[100], 200, other.root(200), path), "the control: until there"


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (-1, 4, ()),
        (4, 4, ()),
        (0, 0, ()),
        (0, 1, (b"",)),
        (0, 2, ()),
        (0, 1 << 70, (b"x" * 32,) * 64),
    ],
)
def test_nonsense_is_no_proof(index: int, size: int, path: tuple[bytes, ...]) -> None:
    assert root_of_inclusion(LEAVES[0], index, size, path) is None


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [(3, 2, ()), (-1, 2, ()), (2, 2, (b"x" * 32,)), (1, 2, ()), (3, 5, ()), (0, 5, (b"x" * 32,))],
)
def test_nonsense_is_no_consistency(old: int, new: int, path: tuple[bytes, ...]) -> None:
    assert not is_consistent(old, ROOTS[max(old, 0)], new, ROOTS[new], path)


def test_what_the_tree_does_not_hold_is_an_error() -> None:
    for ask in (
        lambda: TREE.root(N + 1),
        lambda: TREE.inclusion(N),
        lambda: TREE.inclusion(3, 3),
        lambda: TREE.consistency(5, 4),
        lambda: MerkleTree([b"short"]),
    ):
        with pytest.raises(ValueError, match=r"."):
            ask()


@pytest.mark.parametrize("before", [0, 1, 2, 3, 64, 100, 255, 256])
def test_a_tree_goes_on_from_another_without_copying_it(before: int) -> None:
    """Every root and every proof as if it had been one tree from the beginning."""
    tree = MerkleTree(LEAVES[before:], on=MerkleTree(LEAVES[:before]))
    assert sum(map(len, tree._levels)) <= 2 * (N - before) + 9
    assert [tree.root(size) for size in range(N + 1)] == ROOTS
    for index in range(N):
        assert tree.leaf(index) == LEAVES[index]
        assert tree.inclusion(index) == TREE.inclusion(index)
        assert tree.consistency(index) == TREE.consistency(index)
