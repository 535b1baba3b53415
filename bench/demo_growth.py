"""The demo: how the time to build it grows with the number of buildings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.site import folder
from bench.table import Table
from bench.timing import Timing, share
from rafiqa.demo import Demo, make_demo, making
from rafiqa.demo.history import History

SIZES = {5_000: 5, 50_000: 5, 120_000: 5}
"""Buildings → repeats."""
QUICK_SIZES = {600: 1}
_SEED = 1
_STAGES = {"make_city": "city", "register_layers": "layers", "make_plan": "plan"}
_NOTES = (
    "No other program makes such a store, so each size is set against the smallest: 1.00 in the",
    "column `per 1,000 against the smallest` is exactly linear, below it better. City: streets,",
    "plots, buildings. Layers: five reference layers written as columns. Plan: what will happen.",
    "History: three years of acts, each ruled on and on the disk before the next.",
)
_HEADER = (
    *("buildings", "repeats", "seconds", "spread", "s per 1,000 buildings"),
    *("per 1,000 against the smallest", "city", "layers", "plan", "history"),
    *("ledger entries", "ms per entry of history"),
)


def measure(quick: bool) -> list[Table]:
    """Returns the table of the demo's growth."""
    rows: list[tuple[str, ...]] = []
    smallest_s = 0.0
    for n_buildings, n_repeats in (QUICK_SIZES if quick else SIZES).items():
        with folder() as place:
            timing, stages_s, demo = _built(place, n_buildings, n_repeats)
        per_thousand_s = timing.median_s / n_buildings * 1_000
        smallest_s = smallest_s or per_thousand_s
        rows.append(
            (
                f"{n_buildings:,}",
                str(n_repeats),
                f"{timing.median_s:.2f}",
                timing.spread,
                f"{per_thousand_s:.3f}",
                share(per_thousand_s, smallest_s),
                *_shares(stages_s),
                f"{demo.n_events:,}",
                f"{stages_s['history'] / n_repeats / demo.n_events * 1_000:.2f}",
            )
        )
    return [Table("Demo build time as the city grows", _NOTES, _HEADER, rows)]


def _built(place: Path, n_buildings: int, n_repeats: int) -> tuple[Timing, dict[str, float], Demo]:
    """Returns the timing of whole builds, the seconds of each stage in all of them, a demo."""
    stages_s = dict.fromkeys([*_STAGES.values(), "history"], 0.0)
    seconds: list[float] = []
    stores = (str(place / f"{number}.rafiqa") for number in count())

    def build() -> Demo:
        start = perf_counter()
        demo = make_demo(
            next(stores),
            n_buildings=n_buildings,
            seed=_SEED,
            entropy=os.urandom,
            progress=lambda _: None,
        )
        seconds.append(perf_counter() - start)
        return demo

    with _watched(stages_s):
        demos = [build() for _ in range(n_repeats)]
    return Timing(tuple(seconds)), stages_s, demos[0]


@contextmanager
def _watched(stages_s: dict[str, float]) -> Iterator[None]:
    """Adds up the seconds of each stage while the block runs."""
    stages: dict[tuple[Any, str], str] = {
        **{(making, name): stage for name, stage in _STAGES.items()},
        (History, "run"): "history",
    }
    before = {(owner, name): getattr(owner, name) for owner, name in stages}
    for (owner, name), stage in stages.items():
        setattr(owner, name, _timed(before[owner, name], stages_s, stage))
    try:
        yield
    finally:
        for (owner, name), work in before.items():
            setattr(owner, name, work)


def _timed(
    work: Callable[..., object], stages_s: dict[str, float], stage: str
) -> Callable[..., object]:
    def run(*arguments: object) -> object:
        start = perf_counter()
        try:
            return work(*arguments)
        finally:
            stages_s[stage] += perf_counter() - start

    return run


def _shares(stages_s: dict[str, float]) -> list[str]:
    whole_s = sum(stages_s.values())
    return [f"{seconds / whole_s:.0%}".replace("%", " %") for seconds in stages_s.values()]
