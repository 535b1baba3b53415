"""Group commit: writers who come at the same time share one transaction and one sync.

A sync of the disk costs the same for one entry as for fifty. Whoever comes while another one
writes waits in line; whoever gets the turn next writes for everybody in the line and tells each
what became of their own, after the commit. Who comes alone waits for nobody: there is no timer.

Source: DeWitt and others, "Implementation techniques for main memory database systems",
SIGMOD 1984 (group commit).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Final, Generic, TypeVar

from rafiqa.errors import RafiqaError

GROUP_MOST: Final = 64
"""So many requests share a transaction at most; the rest make the next one."""

A = TypeVar("A")
R = TypeVar("R")


class _Job(Generic[A, R]):
    __slots__ = ("asked", "outcome")

    def __init__(self, asked: A) -> None:
        self.asked = asked
        self.outcome: R | RafiqaError | None = None


class GroupCommit(Generic[A, R]):
    """A line of requests, written together by whoever is first in turn.

    Args:
        write: writes requests in one transaction and gives an outcome for each, once they are
            on the disk: a result, or the error of that one alone. What it raises is the
            outcome of all.
    """

    def __init__(self, write: Callable[[Sequence[A]], Sequence[R | RafiqaError]]) -> None:
        self._write = write
        self._gate = Lock()
        self._turn = Lock()
        self._line: list[_Job[A, R]] = []

    def join(self, asked: A) -> R:
        """The result of one request, after it is on the disk.

        Raises:
            RafiqaError: it was refused or failed; nothing of it was stored.
        """
        job: _Job[A, R] = _Job(asked)
        with self._gate:
            self._line.append(job)
        while job.outcome is None:
            with self._turn:
                if job.outcome is None:
                    self._lead()
        if isinstance(job.outcome, RafiqaError):
            raise job.outcome
        return job.outcome

    def _lead(self) -> None:
        with self._gate:
            jobs, self._line = self._line[:GROUP_MOST], self._line[GROUP_MOST:]
        try:
            outcomes = self._write([job.asked for job in jobs])
        except RafiqaError as error:
            for job in jobs:
                job.outcome = _like(error)
        except BaseException:
            # This thread is being ended: the others in the line write for themselves.
            with self._gate:
                self._line[:0] = jobs
            raise
        else:
            for job, outcome in zip(jobs, outcomes, strict=True):
                job.outcome = outcome


def _like(error: RafiqaError) -> RafiqaError:
    """Its own error for each thread: a traceback belongs to one."""
    made = type(error)(error.faults)
    made.__cause__ = error.__cause__
    return made
