"""Damage scales side by side: which of our grades the codes of each scale may mean.

A view and no more: facts keep their own scale and code. The rows follow the published
descriptions of each scale; which lines stand level with which is our own judgement (decision 24).
A code that says less than one grade spans several.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rafiqa.recovery.damage import DamageAssessed

GRADES = ("none_seen", "slight", "moderate", "heavy", "very_heavy", "destroyed")
"""From the least to the most."""
SCALE_LISTS: Mapping[str, str] = {
    "ems98": "damage_ems98",
    "copernicus": "damage_copernicus",
    "unosat": "damage_unosat",
    "rpba": "damage_rpba",
    "field_tag": "structural_tag",
}
"""Scale → the dictionary's list of its codes; an unknown scale has none."""
HINTS = frozenset({"copernicus", "unosat"})
"""Scales read from above: a hint where to look, never a tag, and no sign that nothing is hurt."""
SPANS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "ems98": {
        "grade_1": ("slight", "slight"),
        "grade_2": ("moderate", "moderate"),
        "grade_3": ("heavy", "heavy"),
        "grade_4": ("very_heavy", "very_heavy"),
        "grade_5": ("destroyed", "destroyed"),
    },
    "copernicus": {
        "no_visible_damage": ("none_seen", "none_seen"),
        "negligible_slight": ("none_seen", "slight"),
        "possibly_damaged": ("none_seen", "moderate"),
        "moderately_damaged": ("moderate", "moderate"),
        "damaged": ("heavy", "very_heavy"),
        "highly_damaged": ("heavy", "very_heavy"),
        "destroyed": ("destroyed", "destroyed"),
    },
    "unosat": {
        "no_visible_damage": ("none_seen", "none_seen"),
        "possible": ("none_seen", "moderate"),
        "moderate": ("moderate", "moderate"),
        "severe": ("heavy", "very_heavy"),
        "destroyed": ("destroyed", "destroyed"),
    },
    "rpba": {
        "undamaged": ("none_seen", "none_seen"),
        "minor": ("slight", "slight"),
        "partial": ("moderate", "moderate"),
        "major": ("heavy", "heavy"),
        "severe": ("very_heavy", "very_heavy"),
        "destroyed": ("destroyed", "destroyed"),
    },
    "field_tag": {
        "green": ("none_seen", "slight"),
        "yellow": ("moderate", "heavy"),
        "red": ("heavy", "destroyed"),
    },
}
"""Scale → code → the least and the most of our grades that it may mean."""


@dataclass(frozen=True, slots=True)
class GradeSpan:
    """The grades that an assessment may mean, from the least to the most."""

    least: str
    most: str

    @property
    def ranks(self) -> tuple[int, int]:
        """Both as places in ``GRADES``."""
        return GRADES.index(self.least), GRADES.index(self.most)


def span_of(fact: DamageAssessed) -> GradeSpan | None:
    """Returns the grades that an assessment may mean; None where nobody knows."""
    span = SPANS.get(fact.scale, {}).get(fact.code or "")
    return None if span is None else GradeSpan(*span)


def is_hint(fact: DamageAssessed) -> bool:
    """Returns whether an assessment was read from above, or in a scale that nobody knows."""
    return fact.scale in HINTS or fact.scale not in SCALE_LISTS


def worsens(newer: DamageAssessed, known: list[DamageAssessed]) -> bool:
    """Returns whether an assessment may show damage that none of those known before showed.

    Within one scale the codes are held against one another; across scales only what the other
    says for certain counts. An assessment that nobody can read may show anything.
    """
    span = span_of(newer)
    if span is None:
        return True
    most = span.ranks[1]
    if most == 0:
        return False
    for other in known:
        told = span_of(other)
        if told is None:
            continue
        least_known, most_known = told.ranks
        if (most_known if other.scale == newer.scale else least_known) >= most:
            return False
    return True
