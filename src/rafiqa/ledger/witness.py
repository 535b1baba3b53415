"""A witness: signs that a log has only grown since it last looked, and nothing else.

It keeps one checkpoint for each log. Whoever sends a newer one sends the proof that it begins with
all of the older; without it nothing is signed, and the log has shown two faces.

Source: C2SP tlog-witness (add-checkpoint), with the answers of its HTTP form; by USB stick the
same request and the same answer lie in files.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rafiqa.ledger.checkpoint import Checkpoint, is_signed_by, read_checkpoint, signed_line
from rafiqa.ledger.merkle import EMPTY_ROOT, HASH_BYTES, PATH_LIMIT, is_consistent
from rafiqa.ledger.note import KeyKind, Note, NoteKey, note_text
from rafiqa.ledger.row import WHOLE_END, Malformed
from rafiqa.ledger.signing import Algorithm, Signer

REQUEST_BYTES: Final = 64 * 1024
SIGNED, BAD, FORBIDDEN, UNKNOWN, CONFLICT, INCONSISTENT = 200, 400, 403, 404, 409, 422


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a witness: a checkpoint, and the proof that it goes on from an older one."""

    old_size: int
    path: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: Note


@dataclass(frozen=True, slots=True)
class Reply:
    """What a witness answers.

    Attributes:
        status: as over HTTP: 200 signed, 400 no request, 403 not signed by the log, 404 a log it
            does not know, 409 it knows another size (in ``body``) or another root, 422 no proof.
        body: signature lines where signed; the size it knows where that is another.
        latest: the checkpoint to keep before answering, or None where nothing changes.
    """

    status: int
    body: str = ""
    latest: Checkpoint | None = None


def request_text(old_size: int, path: Sequence[bytes], note: Note) -> str:
    """The text of a request."""
    rows = [f"old {old_size}", *(b64encode(each).decode() for each in path)]
    return "\n".join(rows) + "\n\n" + note_text(note)


def request_of(data: bytes) -> Request:
    """The request that bytes are.

    Raises:
        Malformed: they are none.
    """
    if len(data) > REQUEST_BYTES:
        raise Malformed
    head, found, rest = data.partition(b"\n\n")
    rows = head.decode("ascii", "replace").split("\n")
    size = rows[0].removeprefix("old ")
    if not found or not rows[0].startswith("old ") or not size.isascii() or not size.isdigit():
        raise Malformed
    if str(int(size[:20])) != size or int(size) >= WHOLE_END or len(rows) - 1 > PATH_LIMIT:
        raise Malformed
    return Request(int(size), tuple(map(_hash, rows[1:])), *read_checkpoint(rest))


def answered(
    data: bytes,
    logs: Sequence[NoteKey],
    latest: Checkpoint | None,
    signers: Sequence[Signer],
    now_s: int,
) -> Reply:
    """A witness's reply to a request; raises nothing, whatever it is.

    Args:
        data: the request.
        logs: keys of logs that it watches; a key's name is the log's origin.
        latest: the newest checkpoint of that origin that it signed, or None.
        signers: its own keys.
        now_s: its clock, seconds since 1970 UTC.
    """
    try:
        request = request_of(data)
    except Malformed:
        return Reply(BAD)
    checkpoint = request.checkpoint
    keys = [key for key in logs if key.name == checkpoint.origin]
    if not keys:
        return Reply(UNKNOWN)
    if not all(is_signed_by(checkpoint, request.note, key) for key in keys):
        return Reply(FORBIDDEN)
    if request.old_size > checkpoint.size:
        return Reply(BAD)
    known_size, known_root = (latest.size, latest.root) if latest else (0, EMPTY_ROOT)
    if request.old_size != known_size:
        return Reply(CONFLICT, f"{known_size}\n")
    if known_size == checkpoint.size and latest is not None and known_root != checkpoint.root:
        return Reply(CONFLICT, f"{known_size}\n")
    if not is_consistent(known_size, known_root, checkpoint.size, checkpoint.root, request.path):
        return Reply(INCONSISTENT)
    lines = [signed_line(checkpoint, _kind(signer), signer, now_s) for signer in signers]
    return Reply(SIGNED, "".join(line.text for line in lines), checkpoint)


def origin_of(data: bytes) -> str | None:
    """The log that a request is about, or None where it is no request."""
    try:
        return request_of(data).checkpoint.origin
    except Malformed:
        return None


def is_of_size(data: bytes, size: str) -> bool:
    """Whether a request goes on from a size; refused for it all the same, it shows another face."""
    try:
        return str(request_of(data).old_size) == size
    except Malformed:
        return False


def _kind(signer: Signer) -> KeyKind:
    if signer.algorithm is Algorithm.ED25519:
        return KeyKind.COSIGNATURE
    return KeyKind.COSIGNATURE_ML_DSA_44


def _hash(text: str) -> bytes:
    try:
        found = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed from None
    if len(found) != HASH_BYTES:
        raise Malformed
    return found
