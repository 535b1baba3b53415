"""Publish a log: its tiles and checkpoints in a folder, cosigned by those who watch it.

The evidence log has a leaf for each entry: its hash, which tells nothing of what it holds. A
checkpoint is signed when the log has grown; witnesses sign it when they are reached, over the wire
or by a stick. A store that does not hold what its own log has published was put back or changed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from rafiqa.errors import CorruptLedger, Fault, InvalidInput, RafiqaError, StoreError
from rafiqa.ledger.checkpoint import Checkpoint, is_signed_by, signed_at_s, signed_line
from rafiqa.ledger.merkle import MerkleTree, leaf_hash
from rafiqa.ledger.note import KeyKind, Note, NoteKey, NoteLine, lines_of, note_text, one_by
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.signing import Algorithm, Signer
from rafiqa.ledger.tile import WIDTH
from rafiqa.ledger.witness import request_text
from rafiqa.service.keyring import key_folder
from rafiqa.service.office import Office
from rafiqa.service.repeating import repeating
from rafiqa.service.watching import Watching, log_keys_of, watching_of
from rafiqa.store import TableStore
from rafiqa.store.keyplace import is_key_at
from rafiqa.store.logfolder import LogFolder

_BARRING = ("store.rollback", "store.fork")
POLICY: Final = "policy.txt"
KEY_FILES: Final = {
    Algorithm.ED25519: "log-evidence.pem",
    Algorithm.ML_DSA_44: "log-evidence-ml-dsa-44.pem",
}
"""The keys of a store's log, among its other keys."""
PUBLISHED: Final = "log.published"
"""The setting by which a store knows that it has a log, whatever became of folder and keys."""
_WITNESSED: Final = "log.witnessed"
"""The setting by which a store knows how far its log was seen by organisations enough."""
Leaves = Callable[[int], Iterable[bytes]]
"""Gives the leaves of a log after the first so many, as they are."""


@dataclass(frozen=True, slots=True)
class Named:
    """A signer under another name: the log's key, as its own notes name it."""

    name: str
    signer: Signer

    @property
    def algorithm(self) -> Algorithm:
        """How it signs."""
        return self.signer.algorithm

    @property
    def public_key(self) -> bytes:
        """Raw bytes of the public key."""
        return self.signer.public_key

    def sign(self, message: bytes) -> bytes:
        """The signature of a message."""
        return self.signer.sign(message)


@dataclass(frozen=True, slots=True)
class Log:
    """A log and its folder.

    Attributes:
        origin: its name, the first line of its checkpoints; carries the year in which it began.
        folder: where it is published.
        leaves: gives its leaves.
        size: says how many there are.
        keys: its own public keys, named as the origin: Ed25519 first, ML-DSA-44 beside it.
        signers: the same, where they are at hand; without them it can be looked at only.
        chained: whether each leaf tells of all before it, so that the newest speaks for them.
        remember: called once it was published; without it nobody is to know.
        seen: called with what witnesses have signed, likewise.
        alone: gives a block in which nobody else publishes it or takes in what witnesses signed.
    """

    origin: str
    folder: LogFolder
    leaves: Leaves
    size: Callable[[], int]
    keys: tuple[NoteKey, ...]
    signers: tuple[Signer, ...] = ()
    chained: bool = True
    remember: Callable[[], None] | None = None
    seen: Callable[[Checkpoint, Note], None] | None = None
    alone: Callable[[], AbstractContextManager[None]] = nullcontext


@dataclass(frozen=True, slots=True)
class Published:
    """Where a log stands in its folder, and whether that is new."""

    checkpoint: Checkpoint
    note: Note
    new: bool


def evidence_log(
    office: Office, folder: LogFolder, keys: Sequence[NoteKey], signers: Sequence[Signer] = ()
) -> Log:
    """Returns the log of a store's entries: a leaf for each, which is its hash.

    Args:
        office: the open store.
        folder: where it is published.
        keys: its public keys, named as its origin; those of the signers where there are any.
        signers: its keys.
    """
    named = tuple(NoteKey(each.name, kind_of(each), each.public_key) for each in signers)
    keys = named or tuple(keys)

    def leaves(n_known: int) -> Iterator[bytes]:
        return (entry.entry_hash for entry in office.store.read(after_seq=n_known))

    return Log(
        keys[0].name,
        folder,
        leaves,
        lambda: office.store.head().seq,
        keys,
        tuple(signers),
        remember=lambda: _remember(office, keys[0].name),
        seen=lambda checkpoint, note: _see(office, folder.path, checkpoint, note),
        alone=lambda: office.store.alone("log"),
    )


def _remember(office: Office, origin: str) -> None:
    # A store that takes no writes has published all the same.
    with suppress(RafiqaError):
        if office.store.setting(PUBLISHED) is None:
            office.store.put_setting(PUBLISHED, origin.encode())


def _see(office: Office, folder: Path, checkpoint: Checkpoint, note: Note) -> None:
    with suppress(RafiqaError):
        watching = watching_in(folder)
        if watching.is_witnessed(checkpoint, note) and checkpoint.size > _seen_before(office):
            office.store.put_setting(_WITNESSED, str(checkpoint.size).encode())


def _seen_before(office: Office) -> int:
    told = office.store.setting(_WITNESSED)
    return int(told) if told is not None and told.isdigit() else 0


def watching_in(folder: Path) -> Watching:
    """Returns who watches a log, as its folder names them; nobody where it names none.

    Raises:
        StoreError: what stands there is no policy.
    """
    path = folder / POLICY
    return watching_of(path.read_text("utf-8", "replace") if path.is_file() else "")


def witnessed_entries(office: Office, store: Path) -> int:
    """Returns how many entries of a store are in a log that organisations enough have signed.

    The newest signatures lie in the folder. Those of an earlier checkpoint are gone from it once
    the log has grown, so the store keeps how far they reached.

    Raises:
        StoreError: the folder is damaged.
    """
    found = LogFolder(log_path(store)).checkpoint()
    now = found is not None and watching_in(log_path(store)).is_witnessed(*found)
    return max(_seen_before(office), found[0].size if found is not None and now else 0)


def has_published(office: Office, store: Path) -> bool:
    """Returns whether a store's log is published, or was, even if nothing of it is left."""
    return policy_path(store).is_file() or office.store.setting(PUBLISHED) is not None


def has_keys(store: Path) -> bool:
    """Returns whether the keys of a store's log are at hand."""
    return is_key_at(key_folder(store) / KEY_FILES[Algorithm.ED25519])


def log_path(store: Path) -> Path:
    """Returns the public folder of a store's log: beside it, for everybody."""
    return store.with_name(f"{store.name}.log")


def policy_path(store: Path) -> Path:
    """Returns where the keys of a store's log and of its witnesses stand."""
    return log_path(store) / POLICY


def log_beside(office: Office, store: Path) -> Log | None:
    """Returns the log of a store, its public keys as its folder names them; None without one.

    Raises:
        StoreError: the folder does not say.
    """
    path = policy_path(store)
    if not path.is_file():
        return None
    keys = log_keys_of(path.read_text("utf-8", "replace"))
    return evidence_log(office, LogFolder(path.parent), keys)


class Publisher:
    """Publishes a log again and again, and reads each time only what has come since.

    What lies in the folder is believed only after it was held against the store: the newest leaf
    published is the store's own entry at that place, and entries are chained, so all before are.

    Args:
        log: the log.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._tree: MerkleTree | None = None
        self._tail: list[bytes] = []
        self._tail_from = 0
        self._lock = threading.Lock()

    def turn(self, now_s: int) -> Published:
        """Returns where the log stands once everything known is in its folder.

        Args:
            now_s: seconds since 1970 UTC; stands in the ML-DSA signature.

        Raises:
            InvalidInput: the store does not hold what was published before; nothing is written.
            StoreError: the folder is damaged, or its disk failed.
        """
        with self._lock, self._log.alone():
            found = self._log.folder.checkpoint()
            tree = self._begun(found)
            for leaf in self._log.leaves(tree.size):
                tree.append(leaf_hash(leaf))
                self._tail.append(leaf)
            if found is not None and found[0].size == tree.size:
                self._remember()
                return Published(*found, new=False)
            checkpoint = Checkpoint(self._log.origin, tree.size, tree.root())
            note = signed(self._log, checkpoint, now_s)
            # Only once it is published: what a full disk refused is written whole the next time.
            self._log.folder.grow(tree, self._tail, note, checkpoint)
            edge = tree.size // WIDTH * WIDTH
            self._tail = self._tail[edge - self._tail_from :]
            self._tail_from = edge
            self._remember()
            return Published(checkpoint, note, new=True)

    def _remember(self) -> None:
        if self._log.remember is not None:
            self._log.remember()

    def _begun(self, found: tuple[Checkpoint, Note] | None) -> MerkleTree:
        """The tree as published, held against the store."""
        if self._tree is None:
            faults = rollback_faults(self._log)
            if faults:
                raise InvalidInput(faults)
            size = found[0].size if found else 0
            tree = MerkleTree(on=self._log.folder.tree(found[0]) if found else None)
            self._tail_from = size // WIDTH * WIDTH
            self._tail = self._log.folder.leaves(self._tail_from, size)
            self._tree = tree
        return self._tree


def publishing(
    publisher: Publisher,
    every_s: float,
    now_us: Callable[[], int],
    told: Callable[[RafiqaError], None],
) -> AbstractContextManager[None]:
    """A block during which a log is published, in a thread of its own.

    Args:
        publisher: of the log.
        every_s: seconds between two turns.
        now_us: the clock.
        told: called with what went wrong in a turn; the next tries again.
    """

    def take_turn() -> None:
        publisher.turn(now_us() // 1_000_000)

    return repeating(take_turn, every_s, told)


def publish(log: Log, now_s: int) -> Published:
    """Returns where the log stands once everything known is in its folder; see `Publisher`."""
    return Publisher(log).turn(now_s)


def rollback_faults(log: Log) -> list[Fault]:
    """Returns why a store is not what its log has published; nothing where it is, or more.

    Of a chained log the newest published leaf alone is looked at: it tells of all before.

    Raises:
        StoreError: the folder is damaged.
    """
    found = log.folder.checkpoint()
    if found is None:
        return []
    checkpoint, note = found
    if not _is_own(log.origin, log.keys, checkpoint, note):
        params: dict[str, str | int] = {"origin": log.origin, "size": checkpoint.size}
        return [Fault("service.log.foreign", params=params)]
    if checkpoint.size == 0:
        return []
    there = next(iter(log.leaves(checkpoint.size - 1)), None)
    told: dict[str, str | int] = {"witnessed": checkpoint.size, "entries": log.size()}
    if there is None:
        return [Fault("store.rollback", params=told)]
    first = checkpoint.size - 1 if log.chained else 0
    published = log.folder.leaves(first, checkpoint.size)
    if published != list(islice(log.leaves(first), len(published))):
        return [Fault("store.fork", params=told)]
    return []


def bar_rolled_back(office: Office, faults: Iterable[Fault]) -> Fault | None:
    """Returns the fault for which a store now takes no writes, or None where there is none such.

    A store that is behind its own log, or other, was put back. An old map of hazards is better
    than none, so it is still read; whatever is written to it would make two histories of one.
    """
    fault = next((each for each in faults if each.code in _BARRING), None)
    if fault is not None and isinstance(office.store, TableStore):
        office.store.bar(fault)
    return fault


def hold_to_log(office: Office, store: Path) -> None:
    """Bars writes to a store that its own log shows to have been put back, whoever opens it.

    A log that cannot be read bars nothing: `rafiqa serve` and `rafiqa check` tell of it.
    """
    with suppress(RafiqaError):
        log = log_beside(office, store)
        if log is not None:
            bar_rolled_back(office, rollback_faults(log))


def published_faults(log: Log) -> list[Fault]:
    """Returns the first thing wrong with a log as published, looked at leaf by leaf.

    Its checkpoint is its own, the store's leaves have that root, and so have the tiles.
    """
    faults: list[Fault] = []
    try:
        found = log.folder.checkpoint()
        faults = rollback_faults(log)
        if found is None or faults:
            return faults
        size, root = found[0].size, found[0].root
        tree = MerkleTree(map(leaf_hash, islice(log.leaves(0), size)))
        if tree.root() != root:
            return [Fault("store.fork", params={"entries": log.size(), "witnessed": size})]
        # Under that root each tile and each leaf in the folder has one place and one hash.
        faults = log.folder.faults(found[0])
    except (StoreError, CorruptLedger) as error:
        return list(error.faults)
    return faults


def signed(log: Log, checkpoint: Checkpoint, now_s: int) -> Note:
    """Returns a checkpoint with the log's own signatures."""
    lines = (signed_line(checkpoint, kind_of(each), each, now_s) for each in log.signers)
    return Note(checkpoint.text, tuple(lines))


def request(log: Log, old_size: int) -> str:
    """Returns what is asked of a witness that last saw the log at a size.

    Raises:
        InvalidInput: nothing is published yet, or less than the witness has seen.
    """
    found = log.folder.checkpoint()
    if found is None or not 0 <= old_size <= found[0].size:
        raise InvalidInput(Fault("service.log.no-request", params={"size": old_size}))
    checkpoint, note = found
    own = tuple(line for line in note.lines if any(line.names(key) for key in log.keys))
    path = log.folder.tree(checkpoint).consistency(old_size, checkpoint.size)
    return request_text(old_size, path, Note(note.text, own))


def cosign(log: Log, lines: str, witnesses: Sequence[NoteKey]) -> tuple[NoteKey, ...]:
    """Returns the witnesses whose right signatures the checkpoint now carries because of this.

    Raises:
        InvalidInput: nothing is published, the text holds no signature lines, or none is a right
            one of a witness that is known here; nothing is written then.
    """
    with log.alone():
        return _cosigned(log, lines, witnesses)


def _cosigned(log: Log, lines: str, witnesses: Sequence[NoteKey]) -> tuple[NoteKey, ...]:
    found = log.folder.checkpoint()
    try:
        given = lines_of(lines)
    except Malformed:
        raise InvalidInput(Fault("service.log.no-cosignature")) from None
    if found is None:
        raise InvalidInput(Fault("service.log.no-request", params={"size": 0}))
    checkpoint, note = found
    good: dict[NoteKey, NoteLine] = {}
    for key in witnesses:
        line = one_by(given, key)
        if line is not None and signed_at_s(checkpoint, line, key) is not None:
            good[key] = line
    if not good:
        raise InvalidInput(Fault("service.log.no-cosignature"))
    kept = [line for line in note.lines if not any(line.names(key) for key in good)]
    made = Note(note.text, (*kept, *good.values()))
    log.folder.put(made)
    if log.seen is not None:
        log.seen(checkpoint, made)
    return tuple(good)


def inclusion(log: Log, seq: int) -> dict[str, object]:
    """Returns the proof that an entry is in the log as published, as plain values.

    Args:
        log: the log.
        seq: the entry's place in the ledger, from 1.

    Raises:
        InvalidInput: the log as published does not reach so far.
        StoreError: the folder is damaged.
    """
    found = log.folder.checkpoint()
    if found is None or not 0 < seq <= found[0].size:
        raise InvalidInput(Fault("service.log.no-entry", "SEQ", params={"seq": seq}))
    checkpoint, note = found
    tree = log.folder.tree(checkpoint)
    return {
        "origin": log.origin,
        "index": seq - 1,
        "size": checkpoint.size,
        "leaf": tree.leaf(seq - 1).hex(),
        "path": [each.hex() for each in tree.inclusion(seq - 1)],
        "root": checkpoint.root.hex(),
        "checkpoint": note_text(note),
    }


def _is_own(origin: str, keys: Sequence[NoteKey], checkpoint: Checkpoint, note: Note) -> bool:
    return checkpoint.origin == origin and all(is_signed_by(checkpoint, note, key) for key in keys)


def kind_of(signer: Signer) -> KeyKind:
    """Returns how a log's own key signs: ML-DSA-44 as a cosignature, which has its name in it."""
    if signer.algorithm is Algorithm.ED25519:
        return KeyKind.ED25519
    return KeyKind.COSIGNATURE_ML_DSA_44
