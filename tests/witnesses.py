"""A log, whoever watches it, and what a liar would send."""

from __future__ import annotations

from dataclasses import dataclass, field

from rafiqa.ledger.checkpoint import Checkpoint, signed_line
from rafiqa.ledger.merkle import MerkleTree, leaf_hash
from rafiqa.ledger.note import KeyKind, Note, NoteKey
from rafiqa.ledger.signing import Algorithm, MemorySigner
from rafiqa.ledger.witness import SIGNED, Reply, answered, request_text
from tests.papers import NOW_S, signer

ORIGIN = "marjana.example/evidence/2026"
LOG = signer(ORIGIN)
LOG_KEY = NoteKey(ORIGIN, KeyKind.ED25519, LOG.public_key)


def leaves(n_leaves: int, salt: str = "") -> list[bytes]:
    return [leaf_hash(f"entry {number}{salt}".encode()) for number in range(n_leaves)]


def checkpoint(tree: MerkleTree, size: int | None = None, origin: str = ORIGIN) -> Checkpoint:
    size = tree.size if size is None else size
    return Checkpoint(origin, size, tree.root(size))


def note(stands: Checkpoint, by: MemorySigner = LOG) -> Note:
    return Note(stands.text, (signed_line(stands, KeyKind.ED25519, by, 0),))


def asking(tree: MerkleTree, old: int, new: int) -> bytes:
    """An honest log's request."""
    return request_text(old, tree.consistency(old, new), note(checkpoint(tree, new))).encode()


@dataclass
class Witness:
    """A witness with its memory."""

    name: str = "witness.example/a"
    latest: Checkpoint | None = None
    ml_dsa: bool = False
    signed: list[Checkpoint] = field(default_factory=list)

    @property
    def signers(self) -> list[MemorySigner]:
        made = [signer(self.name)]
        return [*made, signer(self.name, Algorithm.ML_DSA_44)] if self.ml_dsa else made

    @property
    def keys(self) -> list[NoteKey]:
        kinds = (KeyKind.COSIGNATURE, KeyKind.COSIGNATURE_ML_DSA_44)
        return [
            NoteKey(each.name, kind, each.public_key)
            for each, kind in zip(self.signers, kinds, strict=False)
        ]

    def asked(self, data: bytes) -> Reply:
        reply = answered(data, [LOG_KEY], self.latest, self.signers, NOW_S)
        if reply.status == SIGNED:
            assert reply.latest is not None
            self.latest = reply.latest
            self.signed.append(reply.latest)
        return reply
