"""Work that is done again and again beside the server, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rafiqa.errors import RafiqaError


@contextmanager
def repeating(
    turn: Callable[[], None], every_s: float, failed: Callable[[RafiqaError], None]
) -> Iterator[None]:
    """A block during which a turn is taken at once, then every so often, and once more at its end.

    Args:
        turn: what is done.
        every_s: seconds between two turns.
        failed: called with what a turn raised; the next is taken all the same.
    """
    ended = threading.Event()

    def go_on() -> None:
        while True:
            last = ended.is_set()
            try:
                turn()
            except RafiqaError as error:
                failed(error)
            if last:
                return
            ended.wait(every_s)

    thread = threading.Thread(target=go_on, name="repeating")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
