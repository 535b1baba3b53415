"""Progress: how far long work is, drawn where somebody waits at a terminal, and nowhere else.

It goes to standard error. Where that is a file or a pipe, where the terminal is dumb or one JSON
document was asked for, nothing is drawn at all. What is acknowledged is no progress: an import says
there, in lines, how many rows are kept.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import threading
import time
from collections.abc import Callable
from typing import TextIO

from rafiqa.cli.colour import is_terminal
from rafiqa.locale import text

AFTER_S = 0.5
"""Work that is done sooner needs no bar."""
EVERY_S = 0.1
BAR = 24


class Progress:
    """A line that says what is being done and how far it is; silent where ``stream`` is None.

    Args:
        words: what is being done.
        stream: the terminal.
        clock_s: rises by the second.
    """

    def __init__(
        self,
        words: str,
        stream: TextIO | None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._words = words
        self._stream = stream
        self._clock_s = clock_s
        self._started_s = clock_s()
        self._done: int | None = None
        self._total: int | None = None
        self._drawn = 0
        self._over = threading.Event()
        self._ticking: threading.Thread | None = None
        if stream is not None:
            self._ticking = threading.Thread(target=self._tick, daemon=True)
            self._ticking.start()

    @property
    def is_drawn(self) -> bool:
        """Whether somebody sees it."""
        return self._stream is not None

    def tell(self, done: int, total: int | None = None) -> None:
        """Takes how much is done, of how much where that is known."""
        self._done, self._total = done, total

    def say(self, words: str) -> None:
        """Takes what is being done now."""
        self._words = words

    def end(self) -> None:
        """Stops, and leaves the line as if nothing had been drawn; again does nothing."""
        self._over.set()
        if self._ticking is not None and self._ticking is not threading.current_thread():
            self._ticking.join()
        if self._drawn and self._stream is not None:
            self._stream.write(f"\r{' ' * self._drawn}\r")
            self._stream.flush()
            self._drawn = 0

    def _tick(self) -> None:
        wait_s = AFTER_S
        while not self._over.wait(wait_s):
            wait_s = EVERY_S
            self._draw()

    def _draw(self) -> None:
        if self._stream is None:
            return
        line = self.line()[: shutil.get_terminal_size().columns - 1]
        self._stream.write("\r" + line.ljust(self._drawn))
        self._stream.flush()
        self._drawn = max(self._drawn, len(line))

    def line(self) -> str:
        """Returns the line as it would be drawn now."""
        elapsed_s = int(self._clock_s() - self._started_s)
        parts = [f"{elapsed_s // 60}:{elapsed_s % 60:02}", self._words]
        if self._done is not None and self._total:
            share = min(self._done / self._total, 1.0)
            full = int(share * BAR)
            parts.insert(0, f"[{'#' * full}{'-' * (BAR - full)}] {share:4.0%}")
        elif self._done is not None:
            parts.append(f"{self._done:,}")
        return "  ".join(parts)


def progress_of(args: argparse.Namespace, code: str) -> Progress:
    """Returns the progress of a command, begun now; it ends before anything is printed.

    Args:
        args: the command's arguments.
        code: of the words that say what is being done.
    """
    shown = not args.json and is_terminal(sys.stderr)
    made = Progress(text(code, {}, args.lang), sys.stderr if shown else None)
    args.progress = made
    args.after.callback(made.end)
    return made
