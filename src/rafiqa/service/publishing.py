"""Publish a log: its tiles and checkpoints in a folder, cosigned by those who watch it.

The evidence log has a leaf for each entry: its hash, which tells nothing of what it holds. A
checkpoint is signed when the log has grown; witnesses sign it when they are reached, over the wire
or by a stick. A store that does not hold what its own log has published was put back or changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger.checkpoint import Checkpoint, is_signed_by, signed_at_s, signed_line
from rafiqa.ledger.merkle import MerkleTree, leaf_hash
from rafiqa.ledger.note import KeyKind, Note, NoteKey, NoteLine, lines_of, note_text, one_by
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.signing import Algorithm, Signer
from rafiqa.ledger.witness import request_text
from rafiqa.service.office import Office
from rafiqa.store.logfolder import LogFolder

Leaves = Callable[[int], Iterable[bytes]]
"""Gives the leaves of a log after the first so many, as they are."""


@dataclass(frozen=True, slots=True)
class Log:
    """A log and its folder.

    Attributes:
        origin: its name, the first line of its checkpoints; carries the year in which it began.
        folder: where it is published.
        leaves: gives its leaves.
        signers: its own keys, named as the origin: Ed25519 first, ML-DSA-44 beside it.
    """

    origin: str
    folder: LogFolder
    leaves: Leaves
    signers: tuple[Signer, ...]

    @property
    def keys(self) -> tuple[NoteKey, ...]:
        """Its public keys."""
        return tuple(NoteKey(self.origin, _kind(each), each.public_key) for each in self.signers)


@dataclass(frozen=True, slots=True)
class Published:
    """Where a log stands in its folder, and whether that is new."""

    checkpoint: Checkpoint
    note: Note
    new: bool


def evidence_leaves(office: Office) -> Leaves:
    """Returns what gives the leaves of the evidence log: the hash of each entry."""
    return lambda n_known: (entry.entry_hash for entry in office.store.read(after_seq=n_known))


def rollback_faults(log: Log) -> list[Fault]:
    """Returns why a store is not what its log has published; nothing where it is, or more.

    Raises:
        StoreError: the folder is damaged.
    """
    found = log.folder.checkpoint()
    if found is None:
        return []
    return _unlike(log, MerkleTree(map(leaf_hash, log.leaves(0))), *found)


def publish(log: Log, now_s: int) -> Published:
    """Returns where the log stands once everything known is in its folder.

    Args:
        log: the log.
        now_s: seconds since 1970 UTC; stands in the ML-DSA signature.

    Raises:
        InvalidInput: the store does not hold what was published before; nothing is written.
        StoreError: the folder is damaged, or its disk failed.
    """
    found = log.folder.checkpoint()
    leaves = list(log.leaves(0))
    tree = MerkleTree(map(leaf_hash, leaves))
    old_size = 0
    if found is not None:
        faults = _unlike(log, tree, *found)
        if faults:
            raise InvalidInput(faults)
        if found[0].size == tree.size:
            return Published(*found, new=False)
        old_size = found[0].size
    checkpoint = Checkpoint(log.origin, tree.size, tree.root())
    note = signed(log, checkpoint, now_s)
    log.folder.grow(tree, leaves[old_size // 256 * 256 :], note, checkpoint)
    return Published(checkpoint, note, new=True)


def signed(log: Log, checkpoint: Checkpoint, now_s: int) -> Note:
    """Returns a checkpoint with the log's own signatures."""
    lines = (signed_line(checkpoint, _kind(each), each, now_s) for each in log.signers)
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
    log.folder.put(Note(note.text, (*kept, *good.values())))
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


def _unlike(log: Log, tree: MerkleTree, checkpoint: Checkpoint, note: Note) -> list[Fault]:
    params: dict[str, str | int] = {"origin": log.origin, "size": checkpoint.size}
    if checkpoint.origin != log.origin or not all(
        is_signed_by(checkpoint, note, key) for key in log.keys
    ):
        return [Fault("service.log.foreign", params=params)]
    told: dict[str, str | int] = {"entries": tree.size, "witnessed": checkpoint.size}
    if tree.size < checkpoint.size:
        return [Fault("service.log.rollback", params=told)]
    if tree.root(checkpoint.size) != checkpoint.root:
        return [Fault("service.log.fork", params=told)]
    return []


def _kind(signer: Signer) -> KeyKind:
    if signer.algorithm is Algorithm.ED25519:
        return KeyKind.ED25519
    return KeyKind.COSIGNATURE_ML_DSA_44
