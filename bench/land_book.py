"""The land book of a country: folding it, one fact more, its account, and what was known."""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import numpy as np
import shapely

from bench.country import DAY_US, FACTS_PER_AREA, country, square
from bench.table import Table
from bench.timing import Timing, each, milliseconds, one, repeated, share
from rafiqa.geo import GridShape
from rafiqa.land import (
    Actor,
    AreaRecorded,
    LandBook,
    LandHistory,
    LandReopened,
    Recorded,
    StandingAccount,
    account,
    fold,
    plain_account,
    point,
)

FOLDS, QUICK_FOLDS = (10_000, 100_000, 1_000_000), (300, 600)
COUNTRIES, QUICK_COUNTRIES = (200, 2_000, 20_000), (16, 64)
NEW_FACTS, QUICK_NEW_FACTS = 200, 5
MOMENTS, QUICK_MOMENTS = 1_000, 5
REPEATS = 5
_SEED = 2
_AUTHORITY = Actor("p1", "authority", "authority")
_BEFORE_US = -1
_FOLD_NOTES = (
    "A generated country (`bench/country.py`): about ten facts an area, areas overlapping two",
    "by two. Facts are in memory; folding is walking them, cutting the ground into",
    "faces and giving each its story. `linear`: seconds per fact against the smallest size (1.00",
    "is exactly linear). Memory: what the process grew by at its highest, in a process of its",
    "own that already holds the facts. One run each, in turn.",
)
_FACT_NOTES = (
    "`one fact`: a reopening comes, then a point in it is asked with its reasons and the account",
    "of everything since the beginning is read. Its peer is folding the country anew with the",
    "fact (one run). `together`: how many areas overlap in a row, so that one fact touches them",
    "all. Goal: 5 ms median, whatever the number of areas.",
)
_ACCOUNT_NOTES = (
    "`account`: of everything, and inside random squares of 1 to 20 km; peer: the same faces",
    "summed one by one (`plain_account`). `known at`: the account of everything as known at random",
    "places in the ledger, each asked for the first time (`first`) and again; peer: as known now.",
    "Goals: 100 ms for any boundary; as known at costs no more than 3 times the present.",
)


def measure(quick: bool) -> list[Table]:
    """Returns the tables of folding, of one fact more, and of accounts."""
    return [
        _folds(QUICK_FOLDS if quick else FOLDS),
        _new_facts(
            QUICK_COUNTRIES if quick else COUNTRIES, QUICK_NEW_FACTS if quick else NEW_FACTS
        ),
        _accounts(
            QUICK_COUNTRIES[-1] if quick else COUNTRIES[-1],
            QUICK_MOMENTS if quick else MOMENTS,
            1 if quick else REPEATS,
        ),
    ]


def _folds(sizes: tuple[int, ...]) -> Table:
    header = ("facts", "faces", "seconds", "facts/s", "linear", "memory, MB", "bytes per fact")
    rows = []
    first = 0.0
    for n_facts in sizes:
        command = [sys.executable, "-m", "bench.land_book", str(n_facts)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        n_known, n_faces, seconds, grown = done.stdout.split()
        per_fact = float(seconds) / int(n_known)
        first = first or per_fact
        rows.append(
            (
                f"{int(n_known):,}",
                f"{int(n_faces):,}",
                f"{float(seconds):.2f}",
                f"{1 / per_fact:,.0f}",
                share(per_fact, first),
                f"{int(grown) / 1e6:,.0f}",
                f"{int(grown) / int(n_known):,.0f}",
            )
        )
    return Table("Folding a ledger", _FOLD_NOTES, header, rows)


def _fold_once(n_facts: int) -> None:
    """Prints facts, faces, seconds and bytes grown of one fold; run in a process of its own."""
    facts = country(max(1, n_facts // FACTS_PER_AREA))
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    faces: list[int] = []
    seconds = one(lambda: faces.append(len(fold(facts).faces)))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(len(facts), faces[0], seconds, grown * 1024)


def _new_facts(sizes: tuple[int, ...], n_facts: int) -> Table:
    header = (
        *("areas", "together", "facts", "faces", "one fact, p50 ms", "p95 ms"),
        *("fact, ms", "point, ms", "account, ms", "fold anew, ms", "p50 ÷ fold"),
    )
    asked = [*((n_areas, 2) for n_areas in sizes), (sizes[-2], 16)]
    rows = [_new_fact_row(n_areas, together, n_facts) for n_areas, together in asked]
    return Table("One fact more", _FACT_NOTES, header, rows)


def _new_fact_row(n_areas: int, together: int, n_facts: int) -> tuple[str, ...]:
    facts = country(n_areas, together)
    live = _Live(facts, n_facts)
    parts = [live.one_more(number) for number in range(n_facts)]
    whole = Timing(tuple(sum(times) for times in parts))
    medians = [float(np.median(column)) for column in zip(*parts, strict=True)]
    anew = one(lambda: fold(facts).faces)
    return (
        f"{n_areas:,}",
        str(together),
        f"{len(facts):,}",
        f"{len(LandBook(live.history, live.history.seq).faces):,}",
        milliseconds(whole.median_s),
        milliseconds(whole.quantile_s(0.95)),
        *(milliseconds(median) for median in medians),
        milliseconds(anew),
        f"{whole.median_s / anew:.5f}",
    )


class _Live:
    """A country that one fact after another comes to."""

    def __init__(self, facts: list[Recorded], n_facts: int) -> None:
        self.history = LandHistory()
        self.history.take(facts)
        self._last = facts[-1]
        self._now_us = self._last.valid_at_us + n_facts * DAY_US
        self._standing = StandingAccount(self.history, _BEFORE_US)
        self._standing.at(self._now_us)
        self._areas = [item.fact.shape for item in facts if isinstance(item.fact, AreaRecorded)]
        self._draw = np.random.default_rng(_SEED)

    def one_more(self, number: int) -> tuple[float, ...]:
        """Returns seconds to take a fact, to ask a point in it, and to read the account."""
        x_mm, y_mm, _, _ = self._areas[int(self._draw.integers(len(self._areas)))].bounds_mm
        flood = square((x_mm + 5_000, y_mm + 5_000), 7_000)
        fact = LandReopened(f"N{number}", flood, "flood")
        seq, at_us = self.history.seq + 1, self._last.valid_at_us + number
        recorded = Recorded(seq, f"e{seq}", at_us, seq * 1_000, _AUTHORITY, fact)

        def ask() -> object:
            book = LandBook(self.history, self.history.seq)
            return point(book, x_mm + 8_000, y_mm + 8_000, self._now_us)

        return tuple(
            quickly(work)
            for work in (
                lambda: self.history.take([recorded]),
                ask,
                lambda: self._standing.at(self._now_us),
            )
        )


def quickly(work: Callable[[], object]) -> float:
    """Returns the wall seconds of one short run, without taking out garbage first."""
    return each([work]).seconds[0]


def _accounts(n_areas: int, n_moments: int, n_repeats: int) -> Table:
    facts = country(n_areas)
    history = LandHistory()
    history.take(facts)
    asked = _Asked(history, facts[-1].valid_at_us, n_areas)
    book = LandBook(history, history.seq)
    present = repeated(asked.whole, max(n_repeats, 3))
    plain = repeated(
        lambda: plain_account(book.faces, from_us=_BEFORE_US, until_us=asked.now_us), n_repeats
    )
    bounded = each([asked.inside_a_box] * (n_repeats * 4))
    seqs = np.random.default_rng(_SEED).integers(1, history.seq, n_moments).tolist()
    first = each([partial(asked.whole, seq) for seq in seqs])
    # Everything is made by now, what is known too: each moment is asked in turn with now.
    rounds = [(quickly(partial(asked.whole, seq)), quickly(asked.whole)) for seq in seqs]
    again, now = (Timing(tuple(column)) for column in zip(*rounds, strict=True))
    header = ("question", "areas", "runs", "p50, ms", "p95, ms", "peer p50, ms", "p50 ÷ peer")
    rows = [
        _row("account of everything", n_areas, present, plain),
        _row("account inside a boundary", n_areas, bounded, plain),
        _row("known at, first", n_areas, first, now),
        _row("known at, again", n_areas, again, now),
    ]
    return Table("Accounts of a country", _ACCOUNT_NOTES, header, rows)


class _Asked:
    """A country whose account is asked."""

    def __init__(self, history: LandHistory, now_us: int, n_areas: int) -> None:
        self._history = history
        self.now_us = now_us
        self._n_areas = n_areas
        self._draw = np.random.default_rng(_SEED)

    def whole(self, seq: int | None = None) -> object:
        """Returns the account of everything as known at a place in the ledger."""
        book = LandBook(self._history, self._history.seq if seq is None else seq)
        return account(book, from_us=_BEFORE_US, until_us=self.now_us)

    def inside_a_box(self) -> object:
        """Returns the account inside the next random square."""
        box = _box(self._draw, self._n_areas)
        book = LandBook(self._history, self._history.seq)
        return account(book, from_us=_BEFORE_US, until_us=self.now_us, boundary=box)


def _box(draw: np.random.Generator, n_areas: int) -> GridShape:
    reach = int(np.ceil(np.sqrt(n_areas))) * 450_000
    x_mm, y_mm = draw.integers(0, reach, 2).tolist()
    side = int(draw.integers(1_000_000, 20_000_000))
    turned = shapely.affinity.rotate(shapely.box(x_mm, y_mm, x_mm + side, y_mm + side), 30)
    return GridShape.of(shapely.transform(turned, np.rint))


def _row(question: str, n_areas: int, ours: Timing, peer: Timing) -> tuple[str, ...]:
    return (
        question,
        f"{n_areas:,}",
        f"{len(ours.seconds):,}",
        milliseconds(ours.median_s),
        milliseconds(ours.quantile_s(0.95)),
        milliseconds(peer.median_s),
        share(ours.median_s, peer.median_s),
    )


if __name__ == "__main__":
    _fold_once(int(sys.argv[1]))
