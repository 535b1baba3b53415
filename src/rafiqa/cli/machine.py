"""This machine's clock and randomness: the only place where commands take them from."""

from __future__ import annotations

import os
import time


def now_us() -> int:
    """Returns the machine's clock, microseconds since 1970 UTC."""
    return time.time_ns() // 1_000


def entropy(n_bytes: int) -> bytes:
    """Returns random bytes from the operating system."""
    return os.urandom(n_bytes)
