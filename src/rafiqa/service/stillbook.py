"""The still book: how many facts may change what land is told to be, kept up with the ledger.

Most of what comes in a storm changes no land: a form that waits for review, its pictures, what a
resident tells of, and a sighting that belongs to no area and draws no ground. What such a sign
speaks against is in doubt, and that is looked at apart (``contradicted``); what it may lie on, too
(``n_reaching``).
Whatever is not plainly one of these counts as changing all.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

import numpy as np
import shapely

from rafiqa.land import (
    EvidenceRecorded,
    Face,
    Growing,
    LandBook,
    Recorded,
    ResidentReported,
    Witness,
    keys_of,
)
from rafiqa.service.aside import is_aside

Test = Callable[[object], bool]
Reaches = Callable[[Witness], bool]
Counts = tuple[int, int]
"""How many are known, and how many of these are true by then."""
Loud = tuple[int, int, int]
"""The same of facts that may change land, behind how often words were erased before."""


class _Column:
    """Facts or witnesses of one kind in the order of the ledger: each place, and when it is true.

    Few are of a time to come, so that what is true by now is nearly always all of them.
    """

    def __init__(self) -> None:
        self._seqs: list[int] = []
        self._valid_us = Growing(np.int64)
        self._latest_us: list[int] = []

    def add(self, seq: int, valid_us: int) -> None:
        self._seqs.append(seq)
        self._valid_us.append(valid_us)
        self._latest_us.append(max(valid_us, self._latest_us[-1] if self._latest_us else valid_us))

    def counts(self, n_known: int, valid_us: int) -> Counts:
        n = bisect_right(self._seqs, n_known)
        if not n or self._latest_us[n - 1] <= valid_us:
            return n, n
        return n, int(np.count_nonzero(self._valid_us.values[:n] <= valid_us))


class StillBook:
    """Counts of facts by what they may change; add facts in the order of the ledger.

    Threads may ask while one adds: what is asked as of a place in the ledger changes no more.

    Args:
        era: how often words were erased before; what was made of them is never taken for this.
    """

    def __init__(self, era: int = 0) -> None:
        self.seq = 0
        self._era = era
        self._lock = threading.RLock()
        self._all, self._loud = _Column(), _Column()
        self._named: set[tuple[str, str]] = set()
        self.told_again = False
        """Whether any report came under an id of which something was said before."""
        self._tests: dict[Test, tuple[list[int], int]] = {}
        self._reaching: dict[Hashable, tuple[_Column, int]] = {}
        self._doubt = _Contradicted()

    def take(self, facts: Iterable[Recorded]) -> None:
        """Takes in further facts."""
        with self._lock:
            for record in facts:
                self._all.add(record.seq, record.valid_at_us)
                if not self._is_still(record.fact):
                    self._loud.add(record.seq, record.valid_at_us)
                    self.told_again |= isinstance(record.fact, ResidentReported)
                self._named.update(_named_in(record.fact))
                self.seq = record.seq

    def _is_still(self, fact: object) -> bool:
        """Returns whether no answer about land hangs on a fact but by doubt, or by lying near.

        A sign of whose id something was said before may belong to what said it.
        """
        match fact:
            case EvidenceRecorded():
                bare = fact.area_id is None and fact.ground is None
                return bare and ("evidence", fact.evidence_id) not in self._named
            case ResidentReported():
                return ("report", fact.report_id) not in self._named
            case _:
                return is_aside(fact)

    def n_valid(self, n_known: int, valid_us: int) -> int:
        """Returns how many of the facts known at a place are true by a time."""
        with self._lock:
            return self._all.counts(n_known, valid_us)[1]

    def loud(self, n_known: int, valid_us: int) -> Loud:
        """Returns how many facts known at a place may change land, and how many are true by then.

        As the ledger only grows, the same numbers are the same facts.
        """
        with self._lock:
            return (self._era, *self._loud.counts(n_known, valid_us))

    def count(self, test: Test, facts: Sequence[Recorded]) -> int:
        """Returns of how many facts something holds; each is asked once.

        Args:
            test: always the same one for the same.
            facts: those known at some place in the ledger, from its beginning.
        """
        with self._lock:
            seqs, n_asked = self._tests.get(test, ([], 0))
            seqs += [record.seq for record in facts[n_asked:] if test(record.fact)]
            self._tests[test] = seqs, max(n_asked, len(facts))
            return bisect_right(seqs, len(facts))

    def n_reaching(self, what: Hashable, reaches: Reaches, book: LandBook, valid_us: int) -> Counts:
        """Returns how many witnesses may lie on something, and how many are true by a time.

        Args:
            what: names it, and nothing else ever.
            reaches: whether a witness may lie on it; each is asked once.
            book: the land as known at a place.
            valid_us: the time.
        """
        with self._lock:
            column, n_asked = self._reaching.pop(what, (_Column(), 0))
            witnesses = book.witnesses.all
            n_now = len(witnesses)
            for witness in witnesses[n_asked:n_now]:
                if reaches(witness):
                    column.add(witness.known_seq, witness.valid_at_us)
            self._reaching[what] = column, n_now
            while len(self._reaching) > _REACHING_KEPT:
                self._reaching.pop(next(iter(self._reaching)))
            return column.counts(book.seq, valid_us)

    def contradicted(self, book: LandBook, valid_us: int) -> frozenset[bytes]:
        """Returns the outlines (WKB) of the released faces that a witness speaks against at a time.

        Outlines, for what is kept outlives the faces that it was asked of: a place among them, or
        in memory, may be another face's by then, and its doubt would be shown elsewhere.
        """
        with self._lock:
            return self._doubt.at(book, self.loud(book.seq, valid_us), valid_us)


_REACHING_KEPT = 16


class _Contradicted:
    """The released faces that witnesses speak against: only what came since is looked at.

    What one witness speaks against hangs on itself and on facts that count as loud. So while those
    are the same, further ones only add to it.
    """

    def __init__(self) -> None:
        self._loud: Loud | None = None
        self._counted_us = self._n = self._seq = 0
        self._later: list[int] = []
        self._faces: frozenset[bytes] = frozenset()

    def at(self, book: LandBook, loud: Loud, valid_us: int) -> frozenset[bytes]:
        n = _n_known(book)
        # Asked of a time a little before, all that was counted has to be true by then too.
        follows = loud == self._loud and valid_us >= self._counted_us and n >= self._n
        if not follows:
            found = {_outline(book.faces[at]) for at in book.witnesses.contradicted(valid_us)}
            asked = list(range(n))
            if book.seq < self._seq:
                return frozenset(found)  # of the past: the present goes on from where it was
        else:
            asked = [*self._later, *range(self._n, n)]
            found = set(self._faces)
            for index in asked:
                found |= set(map(_outline, book.witnesses.contradicted_by(index, valid_us)))
        witnesses = book.witnesses.all
        times = [(index, witnesses[index].valid_at_us) for index in asked]
        self._later = [index for index, at_us in times if at_us > valid_us]
        counted_us = max((at_us for _, at_us in times if at_us <= valid_us), default=0)
        self._counted_us = max(counted_us, self._counted_us) if follows else counted_us
        self._loud, self._n, self._seq = loud, n, book.seq
        if found != self._faces:
            self._faces = frozenset(found)
        return self._faces


def _outline(face: Face) -> bytes:
    return bytes(shapely.to_wkb(face.shape.geometry))


def _n_known(book: LandBook) -> int:
    """Returns how many of the witnesses so far are known to a book: the last to come are not."""
    witnesses = book.witnesses.all
    n = len(witnesses)
    while n and witnesses[n - 1].known_seq > book.seq:
        n -= 1
    return n


def _named_in(fact: object) -> Iterator[tuple[str, str]]:
    return ((kind, id_) for kind, id_ in keys_of(fact) if kind in {"evidence", "report"})
