"""Turns: what one more word of a kind would make of a probability.

It says which visit would tell the most of a place; it foretells no result and lowers no ground.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from rafiqa.risk.source import FLOOR, TRUST, Speaks, Trust

ASKED: tuple[tuple[str, Speaks], ...] = (
    ("eo_seen", "for"),
    ("crater", "for"),
    ("contrary_ts", "against"),
    ("contrary_use", "against"),
)
"""The words a survey may bring: an item or a crater seen, a search or daily use without a find."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One word that may come, and the probability after it alone."""

    kind: str
    speaks: Speaks
    p_contaminated: float


def turns(p_contaminated: float, trust: Mapping[str, Trust] = TRUST) -> tuple[Turn, ...]:
    """Returns what each of a few words would make of a probability, by Bayes' rule.

    Args:
        p_contaminated: the probability of a cell as it is now, between 0 and 1 (both left out).
        trust: what is known of each kind of source.
    """
    now = math.log(p_contaminated) - math.log1p(-p_contaminated)
    found = []
    for kind, speaks in ASKED:
        ratio = trust[kind].log_ratio(speaks)
        ratio = max(ratio, 0.0) if speaks == "for" else max(min(ratio, 0.0), FLOOR)
        found.append(Turn(kind, speaks, 1 / (1 + math.exp(-(now + ratio)))))
    return tuple(found)
