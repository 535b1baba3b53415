"""How much work something is, counted and not timed: machines differ, and are busy with others."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls(run: Callable[[], Any]) -> int:
    """How many functions are called, ours and built in ones, while something runs."""
    n = 0

    def count(_frame: FrameType, event: str, _about: Any) -> None:
        nonlocal n
        n += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        run()
    finally:
        sys.setprofile(before)
    return n
