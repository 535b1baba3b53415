"""Copies: documents that say the same because one was taken from the other.

News is passed on word for word. Two papers that print one agency's report are one witness, and a
document that quotes another at length brings nothing of its own. Each text is told by the smallest
hashes of its runs of words (bottom-k sketches: Broder, A. Z., 1997, "On the resemblance and
containment of documents", Compression and Complexity of Sequences, 21-29), from which can be
estimated how much of the shorter stands in the longer. A sketch does not give back a word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from rafiqa.study.folded import fold

RUN_WORDS: Final = 4
"""Words of one run: fewer are a turn of phrase, more are lost where one word was changed."""
SKETCH: Final = 256
"""Hashes kept of a text: shares of it are then known to about 0.06 (two standard deviations)."""
COPY_SHARE: Final = 0.5
"""Share of the shorter text's runs that stand in the longer one, from which it is a copy."""
_HASH_BYTES: Final = 6
_COMMON: Final = 64
"""A run in more documents than this is a heading or a formula, and leads to no pair."""
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text to know it again.

    Attributes:
        hashes: the smallest hashes of its runs of words, rising; at most ``SKETCH``.
        n_runs: how many different runs it has.
    """

    hashes: tuple[int, ...]
    n_runs: int


def sketch_of(text: str) -> Sketch:
    """Returns the sketch of a text; marks, letters written alike and spaces make no difference."""
    words = _WORD.findall(fold(text).text)
    n_words = min(RUN_WORDS, len(words))
    starts = range(len(words) - n_words + 1) if words else ()
    runs = {_hashed(" ".join(words[at : at + n_words])) for at in starts}
    return Sketch(tuple(sorted(runs)[:SKETCH]), len(runs))


def shared(one: Sketch, other: Sketch) -> float:
    """Returns the estimated share of the shorter text's runs that stand in the longer one."""
    if not one.hashes or not other.hashes:
        return 0.0
    mine, theirs = set(one.hashes), set(other.hashes)
    whole = len(one.hashes) == one.n_runs and len(other.hashes) == other.n_runs
    if whole:
        return len(mine & theirs) / min(one.n_runs, other.n_runs)
    # Up to where both are known wholly, each hash of either is seen in both or in one.
    reach = min(
        sketch.hashes[-1] if len(sketch.hashes) < sketch.n_runs else 1 << (8 * _HASH_BYTES)
        for sketch in (one, other)
    )
    mine = {each for each in mine if each <= reach}
    theirs = {each for each in theirs if each <= reach}
    least = min(len(mine), len(theirs))
    return len(mine & theirs) / least if least else 0.0


def packed(sketch: Sketch) -> bytes:
    """Returns the hashes of a sketch as bytes, six for each, in order."""
    return b"".join(hash_.to_bytes(_HASH_BYTES, "big") for hash_ in sketch.hashes)


def unpacked(content: bytes, n_runs: int) -> Sketch:
    """Returns the sketch that ``packed`` wrote."""
    starts = range(0, len(content), _HASH_BYTES)
    hashes = (int.from_bytes(content[at : at + _HASH_BYTES], "big") for at in starts)
    return Sketch(tuple(hashes), n_runs)


def is_copy(one: Sketch, other: Sketch) -> bool:
    """Returns whether one of two texts is mostly the other's."""
    return shared(one, other) >= COPY_SHARE


class Copies:
    """Documents by what they are copies of, as they come; a copy of a copy is one of both."""

    def __init__(self) -> None:
        self._sketches: dict[str, Sketch] = {}
        self._holders: defaultdict[int, list[str]] = defaultdict(list)
        self._leaders: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self._places: dict[str, int] = {}

    def add(self, id_: str, sketch: Sketch) -> None:
        """Takes in a document; one that is here already is left as it is."""
        if id_ in self._sketches:
            return
        self._sketches[id_], self._leaders[id_] = sketch, id_
        self._members[id_] = [id_]
        self._places[id_] = len(self._places)
        met: set[str] = set()
        for hash_ in sketch.hashes:
            held = self._holders[hash_]
            if len(held) < _COMMON:
                met.update(held)
            held.append(id_)
        for other in sorted(met, key=self._places.__getitem__):
            if is_copy(self._sketches[other], sketch):
                self._join(other, id_)

    def first(self, id_: str) -> str:
        """Returns the first that came of a document's copies: itself where there is none before.

        Raises:
            KeyError: it was never added.
        """
        while self._leaders[id_] != id_:
            self._leaders[id_] = self._leaders[self._leaders[id_]]
            id_ = self._leaders[id_]
        return id_

    def of(self, id_: str) -> list[str]:
        """Returns the other copies of what a document says, in the order in which they came."""
        return [other for other in self._members[self.first(id_)] if other != id_]

    def _join(self, one: str, other: str) -> None:
        first, second = sorted((self.first(one), self.first(other)), key=self._places.__getitem__)
        if first != second:
            self._leaders[second] = first
            joined = [*self._members[first], *self._members.pop(second)]
            self._members[first] = sorted(joined, key=self._places.__getitem__)


def _hashed(run: str) -> int:
    return int.from_bytes(blake2b(run.encode("utf-8"), digest_size=_HASH_BYTES).digest(), "big")
