"""The log: appends, proofs, a start and a check, against a plain list of hashes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from itertools import cycle
from pathlib import Path

from bench.site import folder
from bench.table import Table
from bench.timing import Timing, in_turn, milliseconds, repeated, share
from rafiqa.ledger.merkle import MerkleTree, is_consistent, leaf_hash, root_of_inclusion
from rafiqa.ledger.tile import Tile, bundle_bytes, tile_bytes, tiles_of
from rafiqa.ledger.tiledtree import TiledTree, check_tiles

LEAVES, QUICK_LEAVES = 1_000_000, 2_000
REPEATS, PROOFS = 5, 200
_HASH_BYTES = 32
_NOTES = (
    "Peer: a plain list of hashes, the least that shows that nothing was changed: SHA-256 of each",
    "entry in a list, SHA-256 over the list as its head, one file. It can prove one entry, or that",
    "it has only grown, by nothing less than the whole list, which whoever checks hashes again.",
    "An entry is 32 bytes, as in the evidence log. In memory unless files are named; files lie in",
    "the system's cache.",
)
_HEADER = (
    "what",
    "ours",
    "plain list",
    "plain ÷ ours, time",
    "our entries/s",
    "our spread",
    "plain spread",
)
_BYTES_HEADER = ("what is sent to prove", "ours, bytes", "plain list, bytes", "plain ÷ ours")


def measure(quick: bool) -> list[Table]:
    """Returns the tables of times and of sizes."""
    size = QUICK_LEAVES if quick else LEAVES
    n_repeats = 1 if quick else REPEATS
    entries = [sha256(number.to_bytes(8, "big")).digest() for number in range(size)]
    tree = MerkleTree(map(leaf_hash, entries))
    listed = [sha256(entry).digest() for entry in entries]
    with folder() as place:
        _write(place, tree, entries)
        rows = [
            _appending(entries, n_repeats),
            *_proving(tree, listed, n_repeats),
            *_files(place, size, tree.root(), n_repeats),
        ]
    notes = (*_NOTES, f"{size:,} entries; medians of {n_repeats} repeats, in turn.")
    return [
        Table("The log against a plain list of hashes", notes, _HEADER, rows),
        Table("What has to be sent", (), _BYTES_HEADER, _sizes(tree, size)),
    ]


def _hold(truth: bool) -> None:
    """Stops a run that would time wrong answers."""
    if not truth:
        raise SystemExit("the log bench got a wrong answer")


def _row(what: str, pair: Sequence[Timing], n_entries: int = 0) -> tuple[str, ...]:
    """One line; ``n_entries`` where the work goes through all of them."""
    ours, plain = pair
    return (
        what,
        f"{milliseconds(ours.median_s)} ms",
        f"{milliseconds(plain.median_s)} ms",
        share(plain.median_s, ours.median_s),
        f"{n_entries / ours.median_s:,.0f}" if n_entries else "–",
        ours.spread,
        plain.spread,
    )


def _appending(entries: list[bytes], n_repeats: int) -> tuple[str, ...]:
    def ours() -> bytes:
        return MerkleTree(map(leaf_hash, entries)).root()

    def plain() -> bytes:
        return _head([sha256(entry).digest() for entry in entries])

    return _row("appending all, and the root", in_turn([ours, plain], n_repeats), len(entries))


def _head(listed: list[bytes]) -> bytes:
    return sha256(b"".join(listed)).digest()


def _proving(tree: MerkleTree, listed: list[bytes], n_repeats: int) -> list[tuple[str, ...]]:
    size, root, head = tree.size, tree.root(), _head(listed)
    # Spread over the log by a step that is no power of two.
    places = cycle([number * 7_919 % size for number in range(PROOFS)])
    older = cycle([1 + number * 7_919 % (size - 1) for number in range(PROOFS)])

    def included() -> None:
        for _ in range(PROOFS):
            index = next(places)
            path = tree.inclusion(index)
            _hold(root_of_inclusion(tree.leaf(index), index, size, path) == root)

    def grown() -> None:
        for _ in range(PROOFS):
            old = next(older)
            path = tree.consistency(old)
            _hold(is_consistent(old, tree.root(old), size, root, path))

    def plain_included() -> None:
        index = next(places)
        _hold(listed[index] in listed[index : index + 1])
        _hold(_head(listed) == head)

    def plain_grown() -> None:
        old = next(older)
        _hold(_head(listed[:old]) != head)
        _hold(_head(listed) == head)

    rows = []
    for what, ours, plain in (
        ("one entry proven and checked", included, plain_included),
        ("growth proven and checked", grown, plain_grown),
    ):
        mine, theirs = repeated(ours, n_repeats), repeated(plain, n_repeats)
        each = Timing(tuple(seconds / PROOFS for seconds in mine.seconds))
        rows.append(_row(what, (each, theirs)))
    return rows


def _files(place: Path, size: int, root: bytes, n_repeats: int) -> list[tuple[str, ...]]:
    read = partial(_read, place)
    head = sha256((place / "list").read_bytes()).digest()

    def start() -> None:
        """Ready to append and to prove."""
        MerkleTree(on=TiledTree(size, root, read))

    def whole_start() -> None:
        tree = MerkleTree()
        for tile in tiles_of(0, size):
            if tile.level == 0:
                data = read(tile) or b""
                tree.extend(data[at : at + _HASH_BYTES] for at in range(0, len(data), _HASH_BYTES))
        _hold(tree.root() == root)

    def prove() -> None:
        TiledTree(size, root, read).inclusion(size // 3)

    def check() -> None:
        _hold(check_tiles(size, root, read) == [])

    def plain_start() -> list[bytes]:
        data = (place / "list").read_bytes()
        _hold(sha256(data).digest() == head)
        return [data[at : at + _HASH_BYTES] for at in range(0, len(data), _HASH_BYTES)]

    def plain_check() -> None:
        listed, data = plain_start(), (place / "entries").read_bytes()
        for number, known in enumerate(listed):
            at = number * _HASH_BYTES
            _hold(sha256(data[at : at + _HASH_BYTES]).digest() == known)

    return [
        _row(what, in_turn([ours, plain], n_repeats), n_entries)
        for what, ours, plain, n_entries in (
            ("a start from the files: the edge", start, plain_start, 0),
            ("a start from the files: every leaf", whole_start, plain_start, size),
            ("the first proof out of the files", prove, plain_start, 0),
            ("a check of all files and entries", check, plain_check, size),
        )
    ]


def _write(place: Path, tree: MerkleTree, entries: list[bytes]) -> None:
    for tile in tiles_of(0, tree.size):
        path = place / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        first = tile.index * 256
        if tile.level is None:
            path.write_bytes(bundle_bytes(entries[first : first + tile.width]))
        else:
            path.write_bytes(tile_bytes(tree, tile))
    (place / "entries").write_bytes(b"".join(entries))
    (place / "list").write_bytes(b"".join(sha256(entry).digest() for entry in entries))


def _read(place: Path, tile: Tile) -> bytes:
    return (place / tile.path).read_bytes()


def _sizes(tree: MerkleTree, size: int) -> list[tuple[str, ...]]:
    whole = size * _HASH_BYTES
    proofs = {
        "that one entry is in it": len(tree.inclusion(size // 3)) * _HASH_BYTES,
        "that it grew from two thirds": len(tree.consistency(size * 2 // 3)) * _HASH_BYTES,
    }
    return [
        (what, f"{ours:,}", f"{whole:,}", f"{whole / ours:,.0f}") for what, ours in proofs.items()
    ]
