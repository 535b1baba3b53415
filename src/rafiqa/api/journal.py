"""The journal: what the server writes down of its own running; names, places and words cannot pass.

Each line is JSON of the fields in ``FIELDS`` and of no others, and each value a finite number or a
word without spaces. It tells that somebody signed in, acted or was refused, by a mark that is
another each day; what was done stands in the ledger, not here (ASVS 16.2.5; trust study, 3.10).
"""

from __future__ import annotations

import logging
import math
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, TextIO

import structlog

FIELDS: Final = {
    "event": re.compile(r"[a-z]+(?:-[a-z]+)?(?:\.[a-z-]+){0,3}"),
    "at": re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"),
    "level": re.compile(r"info|warning|error"),
    "actor": re.compile(r"[0-9a-f]{12}"),
    "method": re.compile(r"[A-Z]{3,7}"),
    "route": re.compile(r"/[A-Za-z0-9_./:{}-]{0,120}"),
    "exception": re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,60}"),
    "where": re.compile(r"[A-Za-z0-9_/.]{1,80}:\d{1,6}"),
    "logger": re.compile(r"[A-Za-z0-9_.]{1,60}"),
    "status": None,
    "took_ms": None,
}
"""What may be written down, and how a value must look; numbers where nothing is said.

A route is a pattern of the table, such as ``/api/areas/{area_id}``, never an address asked for.
"""
WARN_FROM: Final = 500
HOME = Path(__file__).parents[1]
"""Where this package lies, whatever the folders above it are called."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_US: Final = 86_400_000_000
Event = MutableMapping[str, Any]


def kept(_logger: Any, _method: str, event: Event) -> Event:
    """Returns what of an event may be written down; how much was left out is told as a number."""
    passed = {name: value for name, value in event.items() if _passes(name, value)}
    left = len(event) - len(passed)
    return {**passed, "left_out": left} if left else passed


def _passes(name: str, value: object) -> bool:
    if name not in FIELDS:
        return False
    form = FIELDS[name]
    if form is None:
        return type(value) is int or (type(value) is float and math.isfinite(value))
    return isinstance(value, str) and form.fullmatch(value) is not None


class Journal:
    """Where lines go: a file, or the standard error for what went wrong only.

    Args:
        now_us: the clock, microseconds since 1970 UTC.
        salt: random bytes; by them a person is another mark each day, and nobody's name.
        path: a file that lines are added to; None: failures go to standard error, the rest nowhere.
    """

    def __init__(self, now_us: Callable[[], int], salt: bytes, path: Path | None = None) -> None:
        self._now_us, self._salt = now_us, salt
        self._path, self._all = path, path is not None
        self._lock = threading.Lock()
        self.n_answered = self.n_failed = 0
        self._render = structlog.processors.JSONRenderer(sort_keys=True)

    def tell(self, event: str, level: str = "info", **fields: Any) -> None:
        """Writes one line; what may not be written is left out of it."""
        if not self._all and level == "info":
            return
        at = (_EPOCH + timedelta(microseconds=self._now_us())).isoformat(timespec="milliseconds")
        told = {**fields, "event": event, "level": level, "at": at.replace("+00:00", "Z")}
        line = self._render(None, event, kept(None, level, told))
        with self._lock, self._opened() as stream:
            print(str(line), file=stream, flush=True)

    @contextmanager
    def _opened(self) -> Iterator[TextIO]:
        """The file, opened for each line: whoever takes it away to keep it gets a whole one."""
        if self._path is None:
            yield sys.stderr
            return
        try:
            stream = self._path.open("a", encoding="utf-8")
        except OSError:
            # Its folder is gone: that keeps nobody from the map.
            yield sys.stderr
            return
        with suppress(OSError), stream:
            yield stream

    def answered(
        self, method: str, route: str, status: int, took_ms: float, person_id: str | None = None
    ) -> None:
        """Writes that a request was answered; a question that went well is only counted."""
        self.n_answered += 1
        self.n_failed += status >= WARN_FROM
        if method not in {"GET", "HEAD"} or status >= 400:
            level = "warning" if status in {401, 403, 429} or status >= WARN_FROM else "info"
            took = round(took_ms, 1)
            actor = {} if person_id is None else {"actor": self.mark_of(person_id)}
            self.tell("request.answered", level if self._all else "info", method=method,
                      route=route, status=status, took_ms=took, **actor)  # fmt: skip

    def entered(self, person_id: str) -> None:
        """Writes that somebody signed in."""
        self.tell("session.opened", actor=self.mark_of(person_id))

    def failed(self, event: str, error: BaseException, **fields: Any) -> None:
        """Writes that something broke: the kind of error and where, never what it says.

        What an error says may hold a name or a place of whoever's input it was.
        """
        frames = [
            (Path(each.filename), each.lineno) for each in traceback.extract_tb(error.__traceback__)
        ]
        own = [each for each in frames if each[0].is_relative_to(HOME)]
        told = {"exception": type(error).__name__, **fields}
        if frames:
            path, line = (own or frames)[-1]
            # Of what is not ours two names: the folders before them may be a person's.
            parts = path.relative_to(HOME).parts if own else path.parts[-2:]
            told["where"] = f"{'/'.join(parts)[-60:]}:{line}"
        self.tell(event, "error", **told)

    def mark_of(self, person_id: str) -> str:
        """Returns what stands for a person today, and tomorrow for nobody."""
        day = str(self._now_us() // _DAY_US).encode()
        told = person_id.encode("utf-8", "backslashreplace")
        return blake2b(day + b"/" + told, key=self._salt[:64], digest_size=6).hexdigest()


class Others(logging.Handler):
    """Takes what libraries log into a journal: from which one, how bad and where; not its words.

    Args:
        journal: where it goes.
    """

    def __init__(self, journal: Journal) -> None:
        super().__init__(logging.WARNING)
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one record."""
        level = "error" if record.levelno >= logging.ERROR else "warning"
        where = f"{record.module}.py:{record.lineno}"
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        more = {} if kind is None else {"exception": kind}
        self._journal.tell("library.told", level, logger=record.name, where=where, **more)


@contextmanager
def hearing(journal: Journal) -> Iterator[None]:
    """A block during which a journal takes what libraries log."""
    others = Others(journal)
    logging.getLogger().addHandler(others)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(others)
