"""The last word of several records of one thing: those that no later one replaces.

As land keeps a hazard that was told of late, so papers keep what speaks against works: a record
is replaced only by one that is later both in truth and on record. Who wrote "cut off" on the
fifth did not know of the live main of the first that is told of on the seventh.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Protocol, TypeVar


class Dated(Protocol):
    """Anything with a time at which it was true and a place in the ledger."""

    @property
    def seq(self) -> int:
        """Its place in the ledger."""

    @property
    def valid_at_us(self) -> int:
        """When it was true."""


D = TypeVar("D", bound=Dated)


def replaces(later: Dated, earlier: Dated) -> bool:
    """Returns whether one record is later than another both in truth and on record."""
    return later.seq > earlier.seq and later.valid_at_us >= earlier.valid_at_us


def last_words(records: Sequence[D]) -> list[D]:
    """Returns the records that no other replaces, in the order in which they were true.

    Told in order that is the newest alone.
    """
    found: list[D] = []
    newest_seq = -1
    for record in sorted(records, key=lambda each: (each.valid_at_us, each.seq), reverse=True):
        if record.seq > newest_seq:
            found.append(record)
            newest_seq = record.seq
    return found[::-1]


def last_words_by(records: Iterable[D], key: Callable[[D], Hashable]) -> list[D]:
    """Returns the last words on each thing that some records are about."""
    about: dict[Hashable, list[D]] = {}
    for record in records:
        about.setdefault(key(record), []).append(record)
    return [word for told in about.values() for word in last_words(told)]
