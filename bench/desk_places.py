"""Places in texts: how often right and how much is found, on texts that people marked; and how fast.

Peer: a gazetteer looked up by name and nothing else, as the desk study measured it first.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.placegold import DATA, Marked, aqmar, idrisi, there, wojood
from bench.table import Table
from rafiqa.service.places import compile_places
from rafiqa.study.folded import fold
from rafiqa.study.gazetteer import TOWN_RESIDENTS, Gazetteer
from rafiqa.study.placematch import mentions
from rafiqa.study.placename import name_key, words_of
from rafiqa.study.placereading import readings
from rafiqa.study.placewords import place_words

LISTS = (
    "gazetteer/wof_admin_sy.csv",
    "gazetteer/geonames_cities500_SY_IQ_LB_UA_BA.json",
    "opensyria/governorates.json",
    "opensyria/districts.json",
    "opensyria/subdistricts.json",
)
REPEATS, QUICK_REPEATS = 5, 1
_LONG = 15_000
Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Score:
    """How what was found compares with what people marked; a hit overlaps."""

    found: int
    right: int
    exact: int
    listed: int
    listed_hit: int
    known: int
    known_hit: int

    @property
    def precision(self) -> float:
        """Share of what was found that is marked."""
        return self.right / max(self.found, 1)

    @property
    def exact_precision(self) -> float:
        """Share of what was found that is marked from and to the same letter."""
        return self.exact / max(self.found, 1)

    @property
    def listed_recall(self) -> float:
        """Share found of the marked whose name is in the gazetteer, of whatever village."""
        return self.listed_hit / max(self.listed, 1)

    @property
    def known_recall(self) -> float:
        """Share found of the marked whose name is curated or of a town of 20,000."""
        return self.known_hit / max(self.known, 1)


def compiled() -> Gazetteer:
    """Returns the gazetteer of the open lists beside the checkout."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "places.gazetteer"
        return compile_places([DATA / name for name in LISTS], out, "").gazetteer


def scored(texts: Sequence[Marked], gazetteer: Gazetteer) -> Score:
    """Returns the score over marked texts, each read by itself."""
    counts = [0] * 7
    for one in texts:
        got = [(m.span.start, m.span.end) for m in mentions(fold(one.text), gazetteer)]
        counts[0] += len(got)
        counts[1] += sum(any(_hits(one, span, gold) for gold in one.places) for span in got)
        counts[2] += sum(span in one.places for span in got)
        for gold in one.places:
            hit = any(_hits(one, span, gold) for span in got)
            level = listed(one.text[slice(*gold)], gazetteer)
            counts[3] += level > 0
            counts[4] += hit and level > 0
            counts[5] += level > 1
            counts[6] += hit and level > 1
    return Score(*counts)


def _hits(text: Marked, span: tuple[int, int], gold: tuple[int, int]) -> bool:
    if _meet(span, gold):
        return True
    if not text.once:
        return False
    name, marked = (name_key(text.text[slice(*each)]) for each in (span, gold))
    return f" {name.removeprefix('ال')} " in f" {marked.replace(' ال', ' ').removeprefix('ال')} "


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def listed(marked: str, gazetteer: Gazetteer) -> int:
    """Returns 2 where what is marked is a curated or large place's name, 1 another one's, 0 none's."""
    words = words_of(fold(marked))
    lists, best = place_words(), 0
    skip = 1 if len(words) > 1 and words[0].key in lists.triggers else 0
    for begin in {0, skip}:
        if begin >= len(words):
            continue
        for reading in readings(words[begin], lists, gazetteer):
            key = " ".join([reading.key, *(word.key for word in words[begin + 1 :])])
            for place in gazetteer.named(key):
                large = place.is_core or place.residents >= TOWN_RESIDENTS
                best = max(best, 2 if large else 1)
    return best


def naive(text: str, gazetteer: Gazetteer) -> list[tuple[int, int]]:
    """The peer: every word, or words, that the gazetteer holds."""
    folded, found = fold(text), []
    words, place = words_of(folded), 0
    while place < len(words):
        for count in range(min(5, len(words) - place), 0, -1):
            some = words[place : place + count]
            if " ".join(word.key for word in some) in gazetteer.at:
                found.append(folded.span(some[0].start, some[-1].end))
                place += count - 1
                break
        place += 1
    return found


def _naive_precision(texts: Sequence[Marked], gazetteer: Gazetteer) -> float:
    found = right = 0
    for one in texts:
        got = naive(one.text, gazetteer)
        found += len(got)
        right += sum(any(_meet(span, gold) for gold in one.places) for span in got)
    return right / max(found, 1)


def measure(quick: bool) -> list[Table]:
    """The table of quality, then that of speed; empty of rows where the data is not there."""
    if not there("arabic-ner", *LISTS):
        return []
    gazetteer = compiled()
    sets: list[tuple[str, Callable[[str], list[Marked]], str]] = [
        ("AQMAR dev", aqmar, "dev"),
        ("IDRISI dev", idrisi, "dev"),
        ("Wojood sample, test", wojood, "test"),
        ("Wojood sample, val", wojood, "val"),
    ]
    rows = []
    for name, load, part in sets:
        texts = load(part)
        score = scored(texts, gazetteer)
        rows.append(
            (
                name,
                f"{score.precision:.3f} ({score.right}/{score.found})",
                f"{score.known_recall:.3f} ({score.known_hit}/{score.known})",
                f"{score.listed_recall:.3f} ({score.listed_hit}/{score.listed})",
                f"{_naive_precision(texts, gazetteer):.3f}",
            )
        )
    quality = Table(
        "Places found in texts that people marked",
        (
            "Rules and words were tuned on the train parts only. A hit overlaps what is marked; each text is read by",
            "itself. Peer: the same gazetteer looked up by name alone.",
        ),
        ("set", "precision", "recall, curated or ≥ 20,000", "recall, any name listed", "peer"),
        rows,
    )
    return [quality, _speed(gazetteer, quick)]


def _speed(gazetteer: Gazetteer, quick: bool) -> Table:
    text = "\n".join(one.text for one in aqmar("dev"))[:_LONG]
    ours = _median(lambda: mentions(fold(text), gazetteer), quick)
    peer = _median(lambda: naive(text, gazetteer), quick)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Table(
        "A document of 30 KB",
        (f"Peak of this process, the compiling included: {peak_mib} MiB.",),
        ("what", "rafiqa, ms", "peer, ms", "ratio"),
        [("places of a text", f"{ours * 1e3:.0f}", f"{peer * 1e3:.0f}", f"{ours / peer:.1f}")],
    )


def _median(what: Callable[[], object], quick: bool) -> float:
    taken = []
    for _ in range(QUICK_REPEATS if quick else REPEATS):
        begun = time.perf_counter()
        what()
        taken.append(time.perf_counter() - begun)
    return sorted(taken)[len(taken) // 2]
