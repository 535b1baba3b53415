"""A loop of its own for what a test awaits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def awaited(ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What `ask` comes to, in a thread of its own: the test's own may run a loop already.

    Playwright's does, for as long as the process lives, and tests run in any order.
    """
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(lambda: asyncio.run(ask())).result()
