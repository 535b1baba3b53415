"""Sources: how often each kind speaks where there is contamination, and where there is none.

Both rates are Beta distributions that verified cases sharpen; until there are any they are the
authors'
judgement and wide. A report multiplies the odds by the ratio of the two, once for each independent
origin: what repeats, copies or stands in for another counts with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rafiqa.risk.reading import VERIFIED

Speaks = Literal["for", "against"]
FLOOR = -3.0
"""All that speaks against one cell together is worth no less (odds by 20): words and models order
work; ground is lowered by an act of the authority alone."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What is known of a kind of source, in cases that were verified and in cases presumed.

    Attributes:
        told: contaminated places of which it spoke; presumed ones as fractions.
        missed: contaminated places of which it did not.
        cried: places without contamination of which it spoke.
        quiet: places without contamination of which it did not.
    """

    told: float
    missed: float
    cried: float
    quiet: float

    @property
    def sensitivity(self) -> float:
        """Mean share of contaminated places of which it speaks."""
        return self.told / (self.told + self.missed)

    @property
    def false_rate(self) -> float:
        """Mean share of places without contamination of which it speaks."""
        return self.cried / (self.cried + self.quiet)

    def with_cases(self, cases: Iterable[tuple[bool, bool]]) -> Trust:
        """Returns what is known after verified cases: (whether it spoke, whether it was so)."""
        told, missed, cried, quiet = 0, 0, 0, 0
        for spoke, was_so in cases:
            told += spoke and was_so
            missed += was_so and not spoke
            cried += spoke and not was_so
            quiet += not spoke and not was_so
        return Trust(self.told + told, self.missed + missed, self.cried + cried, self.quiet + quiet)

    def log_ratio(self, speaks: Speaks) -> float:
        """Returns the log-likelihood-ratio of one report; the mean over both Betas is exact."""
        if speaks == "for":
            return math.log(self.sensitivity / self.false_rate)
        return math.log((1 - self.sensitivity) / (1 - self.false_rate))


SEEN, RECORD, LAID = Trust(6, 4, 0.5, 49.5), Trust(7, 3, 1, 19), Trust(5, 5, 0.75, 14.25)
CRATER, TOLD, HINT = Trust(5, 5, 1, 9), Trust(5, 5, 1, 9), Trust(4, 6, 2, 8)
RESIDENT, USED, SURVEYED = Trust(4, 6, 1, 9), Trust(4, 4, 1, 9), Trust(8, 2, 1, 9)
CONFIRMED, SUSPECTED, CLEARED = (
    Trust(7, 3, 0.7, 19.3),
    Trust(6, 4, 1.5, 8.5),
    Trust(7, 3, 0.2, 39.8),
)
TRUST: Mapping[str, Trust] = {
    "eo_seen": SEEN,
    "detonation": SEEN,
    "accident": SEEN,
    "marking": SEEN,
    "record_map": RECORD,
    "laid_account": LAID,
    "crater": CRATER,
    "imagery": CRATER,
    "statement": TOLD,
    "report": RESIDENT,
    "contrary_use": USED,
    "contrary_ts": SURVEYED,
    "cha": CONFIRMED,
    "sha": SUSPECTED,
    "indication": HINT,
    "cleared": CLEARED,
}
"""By kind; ``HINT`` for any other. Judgement of the authors: no published table was found."""
FIND = "find"
"""The kind of an item that was found: it is so."""
DOUBTED = 0.5
"""What is of a doubted source or content counts half, in log-odds."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said of one place, as it is to be printed.

    Attributes:
        source_id: the record's id.
        version: the entry in the ledger that holds it.
        who: who said it, or recorded it: an organisation or a role, never a person.
        when_us: when it was true.
        kind: the kind of source.
        speaks: for contamination, or against.
        origins: what makes two sayings one: source, text, recorder and kind, area.
        cell: the number of the cell.
        share: how likely the place meant lies in that cell.
        part: how much of the saying counts in this cell: one drawn area is one word, however many
            cells it covers.
        doubted: whether source or content is doubted.
        structure: the number of the structure, where it was said of one; None of the cell.
    """

    source_id: str
    version: str
    who: str
    when_us: int
    kind: str
    speaks: Speaks
    origins: frozenset[str]
    cell: int
    share: float = 1.0
    part: float = 1.0
    doubted: bool = False
    structure: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """One independent saying, what it is worth, and how many more say the same."""

    said: Said
    log_ratio: float
    n_copies: int


def worth(said: Said, trust: Mapping[str, Trust] = TRUST) -> float:
    """Returns the log-likelihood-ratio of one saying alone.

    A word that may mean several cells is shared out in log-odds, so that all of them together get
    no more than the one would. (A mixture, log(1 + share · (ratio − 1)), is exact for one cell, and
    for many adds up to far more than the word is worth.)
    """
    if said.kind == FIND:
        return VERIFIED * said.share
    ratio = trust.get(said.kind, HINT).log_ratio(said.speaks)
    ratio = max(ratio, 0.0) if said.speaks == "for" else min(ratio, 0.0)
    ratio *= said.part * (DOUBTED if said.doubted else 1)
    return said.share * ratio


def count_once(sayings: Sequence[Said], trust: Mapping[str, Trust] = TRUST) -> list[Counted]:
    """Returns what counts of some sayings: of each group of like origin in a cell, the strongest.

    Two sayings are of like origin where any of their origins is the same, and so on along a chain.
    What speaks for and what speaks against are grouped apart: a contradiction counts both ways.
    The order of the sayings does not matter.
    """
    places: dict[tuple[int, int, Speaks], list[Said]] = {}
    for said in sorted(sayings, key=lambda each: (each.source_id, each.version)):
        structure = -1 if said.structure is None else said.structure
        places.setdefault((said.cell, structure, said.speaks), []).append(said)
    found = []
    for place in sorted(places):
        counted = [_strongest(group, trust) for group in _groups(places[place])]
        found += _floored(counted)
    return found


def _groups(sayings: Sequence[Said]) -> list[list[Said]]:
    parent = list(range(len(sayings)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    first: dict[str, int] = {}
    for at, said in enumerate(sayings):
        for origin in sorted(said.origins):
            one, other = root(first.setdefault(origin, at)), root(at)
            parent[max(one, other)] = min(one, other)
    groups: dict[int, list[Said]] = {}
    for at, said in enumerate(sayings):
        groups.setdefault(root(at), []).append(said)
    return list(groups.values())


def _strongest(group: Sequence[Said], trust: Mapping[str, Trust]) -> Counted:
    best = max(group, key=lambda each: abs(worth(each, trust)))
    return Counted(best, worth(best, trust), len(group) - 1)


def _floored(counted: Sequence[Counted]) -> list[Counted]:
    whole = sum(each.log_ratio for each in counted)
    if whole >= FLOOR:
        return list(counted)
    return [replace(each, log_ratio=each.log_ratio * FLOOR / whole) for each in counted]
