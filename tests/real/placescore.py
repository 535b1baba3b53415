"""How what is found in a text compares with what people marked in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rafiqa.study.folded import fold
from rafiqa.study.gazetteer import TOWN_RESIDENTS, Gazetteer
from rafiqa.study.placematch import mentions
from rafiqa.study.placename import name_key, words_of
from rafiqa.study.placereading import readings
from rafiqa.study.placewords import place_words
from tests.real.placegold import Marked

LISTS = (
    "gazetteer/wof_admin_sy.csv",
    "gazetteer/geonames_cities500_SY_IQ_LB_UA_BA.json",
    "opensyria/governorates.json",
    "opensyria/districts.json",
    "opensyria/subdistricts.json",
)
"""The open lists that the gazetteer of the measurements is compiled of."""


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
    if meet(span, gold):
        return True
    if not text.once:
        return False
    name, marked = (name_key(text.text[slice(*each)]) for each in (span, gold))
    return f" {name.removeprefix('ال')} " in f" {marked.replace(' ال', ' ').removeprefix('ال')} "


def meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def listed(marked: str, gazetteer: Gazetteer) -> int:
    """Returns 2 where a curated or large place is called so, 1 where another one is, else 0."""
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
