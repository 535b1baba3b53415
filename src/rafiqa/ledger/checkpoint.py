"""Checkpoints: where a log stands, as the text that the log and its witnesses sign.

Source: C2SP tlog-checkpoint (origin, size, root in Base64, each on a line) and C2SP
tlog-cosignature (a witness signs two lines before it, which say when it saw the log).
"""

from __future__ import annotations

from base64 import b64encode


def checkpoint_text(origin: str, size: int, root: bytes) -> bytes:
    """The body of a checkpoint: what the log itself signs."""
    return f"{origin}\n{size}\n{b64encode(root).decode()}\n".encode()


def cosigned_text(checkpoint: bytes, time_s: int) -> bytes:
    """What a witness signs by Ed25519: when it saw the log, then the checkpoint."""
    return f"cosignature/v1\ntime {time_s}\n".encode() + checkpoint
