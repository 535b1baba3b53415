"""The checklist of ordnance risk: from answers about a site to low, medium or high, with why.

Written from the practice of rating each destroyed house before its rubble is moved: what was
seen or happened there weighs most, what was fought or dropped there less. "Don't know" never
weighs like "no".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rafiqa.recovery.sitefact import SiteRated

Rating = Literal["low", "medium", "high"]
LEVELS: tuple[Rating, ...] = ("low", "medium", "high")
QUESTIONS: dict[str, Rating] = {
    "item_seen": "high",
    "entry_hole": "high",
    "devices_laid": "high",
    "accident_here": "high",
    "bombed": "medium",
    "fought_over": "medium",
    "unsearched_rubble": "medium",
    "unused_since": "medium",
}
"""Each question, and what a site is rated at least where its answer is yes."""
MEDIUM_TOGETHER = 3
"""So many answers that each make a site medium make it high."""


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating and the questions it follows from."""

    rating: Rating
    because: tuple[str, ...]


def rated(answers: SiteRated) -> Rated:
    """Returns the rating that the answers give, and which of them gave it.

    Yes weighs as the table says. What is not known makes a site medium, whatever is asked: an
    entry hole that nobody looked for is no entry hole ruled out. Only eight times no is low.
    """
    said = {question: getattr(answers, question) for question in QUESTIONS}
    high = [each for each, level in QUESTIONS.items() if said[each] == "yes" and level == "high"]
    if high:
        return Rated("high", tuple(high))
    doubtful = tuple(question for question, answer in said.items() if answer != "no")
    sure = [question for question in doubtful if said[question] == "yes"]
    if len(sure) >= MEDIUM_TOGETHER:
        return Rated("high", tuple(sure))
    return Rated("medium" if doubtful else "low", doubtful)
