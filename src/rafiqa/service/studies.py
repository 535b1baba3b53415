"""Study many documents: one after another as they are listed, several processes at work.

Each process holds the gazetteer once and one document at a time; what comes back of a document are
its words and its claims. A process that dies takes no document with it: what it had in hand is
studied again, and told of as unread where that kills the next one too.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import chain, islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, Self

from rafiqa.errors import Fault
from rafiqa.service.places import gazetteer_for
from rafiqa.service.studying import published_on, study
from rafiqa.study.gazetteer import Gazetteer
from rafiqa.study.record import Claim, Span
from rafiqa.study.when import Published
from rafiqa.wire.document import Document, read_document

FEW = 16
"""As many documents as are studied before another process would have started."""
_AHEAD: Final = 8
"""Documents given to each process ahead of who takes them: what waits stays small."""
WITHIN_S: Final = 300.0
"""How long one document may take alone: the reading of a long scan takes minutes."""


@dataclass(frozen=True, slots=True)
class Studied:
    """What came of one of many documents.

    Attributes:
        path: where it lies.
        document: what was read of it.
        claims: its claims; none where nothing could be read.
        names: where persons are named in its text.
    """

    path: Path
    document: Document
    claims: tuple[Claim, ...]
    names: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """By what documents are studied.

    Attributes:
        places: a compiled gazetteer; None for the curated places.
        published: the day on which all of them came out, ISO 8601, where somebody knows.
    """

    places: Path | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class _Ready:
    """What a desk's words came to."""

    gazetteer: Gazetteer
    published: Published | None

    @classmethod
    def of(cls, desk: Desk) -> Self:
        return cls(gazetteer_for(desk.places), published_on(desk.published))


def studies(paths: Iterable[Path], desk: Desk, n_processes: int = 2) -> Iterator[Studied]:
    """Yields what came of each document, in the order of the paths.

    Memory is bounded by the documents in hand, not by how many there are. The first few are studied
    in this process, and all of them where ``n_processes`` is 1.

    Args:
        paths: asked for as they are needed, so there may be any number.
        desk: by what they are studied.
        n_processes: how many documents are studied at once.

    Raises:
        InvalidInput: the gazetteer or the day is none.
    """
    ready, listed = _Ready.of(desk), iter(paths)
    first = list(islice(listed, FEW + 1))
    if n_processes == 1 or len(first) <= FEW:
        for path in chain(first, listed):
            yield _studied(path, ready)
        return
    del ready
    yield from _Hands(desk, n_processes).all(chain(first, listed))


def study_apart(path: Path, desk: Desk, within_s: float | None = WITHIN_S) -> Studied:
    """Returns what came of one document, studied in a process of its own that may be ended.

    For a server: a long text keeps no other answer waiting. One that takes longer than ``within_s``
    (None: however long) or ends its process is told of as unread, by its hash.

    Raises:
        InvalidInput: the day is none.
    """
    published_on(desk.published)
    document = read_document(path)
    if document.faults:
        return Studied(path, document, (), ())
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    told = (theirs, study_read, path, document, desk)
    process = context.Process(target=_tell, args=told, daemon=True)
    process.start()
    theirs.close()
    with ours:
        try:
            if ours.poll(within_s):
                found: Studied = ours.recv()
                return found
            fault = Fault("wire.document.time", "", None, {"limit_s": round(within_s or 0)})
        except EOFError:
            fault = Fault("wire.document.crashed")
        finally:
            process.kill()
            process.join()
    return Studied(path, _unread(document, fault), (), ())


def _tell(
    line: Connection,
    one: Callable[[Path, Document], Studied],
    path: Path,
    document: Document,
    desk: Desk,
) -> None:
    _begin(desk)
    line.send(one(path, document))


class _Hands:
    """Processes that study, replaced when one of them dies."""

    def __init__(self, desk: Desk, n_processes: int) -> None:
        self._desk, self._n_processes = desk, n_processes
        self._pool = self._begun()
        self._waiting: deque[tuple[Path, Future[Studied]]] = deque()

    def all(self, paths: Iterator[Path]) -> Iterator[Studied]:
        try:
            for path in paths:
                self._give(path)
                if len(self._waiting) >= self._n_processes * _AHEAD:
                    yield self._next()
            while self._waiting:
                yield self._next()
        finally:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _begun(self) -> ProcessPoolExecutor:
        # Spawned, not forked: threads of this process may hold locks that a copy would wait for.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._n_processes, context, _begin, (self._desk,))

    def _give(self, path: Path) -> None:
        studying = self._begin_one(path)
        if studying.done() and studying.exception() is not None:
            self._again()
            studying = self._begin_one(path)
        self._waiting.append((path, studying))

    def _begin_one(self, path: Path) -> Future[Studied]:
        """Gives a document to the processes; where they are dead it waits as one they lost."""
        try:
            return self._pool.submit(study_one, path)
        except BrokenProcessPool as died:
            lost: Future[Studied] = Future()
            lost.set_exception(died)
            return lost

    def _next(self) -> Studied:
        path, studying = self._waiting.popleft()
        try:
            return studying.result()
        except BrokenProcessPool:
            # Which document did it is not known: the one in turn is asked alone, the rest after it.
            # It had no limit among the others, and gets none now.
            found = study_apart(path, self._desk, within_s=None)
            self._again()
            return found

    def _again(self) -> None:
        """Gives what is in hand to new processes; what is done already stays."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._begun()
        waiting, self._waiting = self._waiting, deque()
        for path, studying in waiting:
            done = studying.done() and not studying.cancelled() and studying.exception() is None
            again = studying if done else self._begin_one(path)
            self._waiting.append((path, again))


def _unread(document: Document, fault: Fault) -> Document:
    """A document of which nothing came; named by its hash, so that it can be kept."""
    return replace(document, text="", blocks=(), pages=(), warnings=(), faults=(fault,))


def _studied(path: Path, desk: _Ready, document: Document | None = None) -> Studied:
    document = document or read_document(path)
    if document.faults:
        return Studied(path, document, (), ())
    found = study(document, desk.published, desk.gazetteer)
    return Studied(path, document, found.records, tuple(found.context.names))


_in_hand: _Ready | None = None
"""What a process of ``_Hands`` studies with; set once, when it begins."""


def _begin(desk: Desk) -> None:
    global _in_hand  # noqa: PLW0603 - a process of a pool has no other place to keep what it holds
    _in_hand = _Ready.of(desk)


def study_one(path: Path) -> Studied:
    """Returns what came of one document, in a process that ``_begin`` made ready."""
    assert _in_hand is not None  # noqa: S101 - every process of the pool begins so
    return _studied(path, _in_hand)


def study_read(path: Path, document: Document) -> Studied:
    """Returns what came of a document that was read before, in a process as for ``study_one``."""
    assert _in_hand is not None  # noqa: S101 - as above
    return _studied(path, _in_hand, document)
