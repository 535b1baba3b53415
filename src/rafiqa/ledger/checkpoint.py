"""Checkpoints: where a log stands, as the text that the log and its witnesses sign.

Source: C2SP tlog-checkpoint (origin, size and root in Base64, each on a line; no further lines
here) and C2SP tlog-cosignature (what a witness signs: by Ed25519 two lines that say when, and then
the checkpoint; by ML-DSA-44 a structure with its own name in it).
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

from rafiqa.ledger.merkle import HASH_BYTES
from rafiqa.ledger.note import KeyKind, Note, NoteKey, NoteLine, note_of, one_by
from rafiqa.ledger.row import WHOLE_END, Malformed
from rafiqa.ledger.signing import Signer, is_signed

_LINES = 3
_TIME_BYTES = 8
_SUBTREE: Final = b"subtree/v1\n\x00"
_NAME_BYTES = 255


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a log stands: its name, how many leaves, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return checkpoint_text(self.origin, self.size, self.root).decode()


def checkpoint_text(origin: str, size: int, root: bytes) -> bytes:
    """The body of a checkpoint: what the log itself signs."""
    return f"{origin}\n{size}\n{b64encode(root).decode()}\n".encode()


def cosigned_text(checkpoint: bytes, time_s: int) -> bytes:
    """What a witness signs by Ed25519: when it saw the log, then the checkpoint."""
    return f"cosignature/v1\ntime {time_s}\n".encode() + checkpoint


def cosigned_tree(checkpoint: Checkpoint, name: str, time_s: int) -> bytes:
    """What is signed by ML-DSA-44: who saw which tree, and when."""
    return b"".join(
        (
            _SUBTREE,
            _counted(name),
            time_s.to_bytes(_TIME_BYTES, "big"),
            _counted(checkpoint.origin),
            (0).to_bytes(8, "big"),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


def checkpoint_of(note: Note) -> Checkpoint:
    """The checkpoint that a note's text is.

    Raises:
        Malformed: it is none.
    """
    rows = note.text.removesuffix("\n").split("\n")
    if len(rows) != _LINES:
        raise Malformed
    origin, size, root = rows
    if not origin or not size.isascii() or not size.isdigit() or len(size) > len(str(WHOLE_END)):
        raise Malformed
    try:
        found = b64decode(root, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed from None
    checkpoint = Checkpoint(origin, int(size), found)
    if len(found) != HASH_BYTES or checkpoint.text != note.text:
        raise Malformed
    return checkpoint


def read_checkpoint(data: bytes) -> tuple[Checkpoint, Note]:
    """The checkpoint that bytes are, and its note, not yet believed.

    Raises:
        Malformed: they are none.
    """
    note = note_of(data)
    return checkpoint_of(note), note


def signed_line(checkpoint: Checkpoint, kind: KeyKind, signer: Signer, time_s: int) -> NoteLine:
    """A signer's line under a checkpoint, by a kind of key that fits its algorithm.

    Args:
        checkpoint: what is signed.
        kind: the log's own Ed25519, or a cosignature, which says when.
        signer: whose algorithm is that of the kind; its name is the key's name.
        time_s: seconds since 1970 UTC; not used by the log's own Ed25519.
    """
    key = NoteKey(signer.name, kind, signer.public_key)
    signature = signer.sign(_message(checkpoint, key, time_s))
    when = b"" if kind is KeyKind.ED25519 else time_s.to_bytes(_TIME_BYTES, "big")
    return NoteLine(key.name, key.key_id, when + signature)


def signed_at_s(checkpoint: Checkpoint, line: NoteLine, key: NoteKey) -> int | None:
    """When a key signed a checkpoint, or None where the line is not its own or is wrong.

    0 for the log's own Ed25519, which says no time.
    """
    if not line.names(key):
        return None
    time_s, signature = 0, line.signature
    if key.kind is not KeyKind.ED25519:
        time_s = int.from_bytes(signature[:_TIME_BYTES], "big")
        signature = signature[_TIME_BYTES:]
    if time_s >= WHOLE_END:
        return None
    message = _message(checkpoint, key, time_s)
    good = is_signed(key.kind.algorithm, key.public_key, message, signature)
    return time_s if good else None


def is_signed_by(checkpoint: Checkpoint, note: Note, key: NoteKey) -> bool:
    """Whether a note carries a key's right signature on the checkpoint."""
    line = one_by(note, key)
    return line is not None and signed_at_s(checkpoint, line, key) is not None


def _message(checkpoint: Checkpoint, key: NoteKey, time_s: int) -> bytes:
    if key.kind is KeyKind.ED25519:
        return checkpoint.text.encode()
    if key.kind is KeyKind.COSIGNATURE:
        return cosigned_text(checkpoint.text.encode(), time_s)
    return cosigned_tree(checkpoint, key.name, time_s)


def _counted(text: str) -> bytes:
    data = text.encode()[:_NAME_BYTES]
    return bytes([len(data)]) + data
