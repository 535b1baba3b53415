"""What evidence can do: its class, and the highest class of area it supports.

The classes and examples follow IMAS 08.10 and 07.11 as read in the field's practice:
direct evidence can make an area confirmed, indirect evidence suspected; contrary
evidence only ever supports a survey's cancellation or reduction, and nothing recorded
changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from rafiqa.land.fact import EvidenceRecorded, HazardClass

EvidenceClass = Literal["direct", "indirect", "contrary", "nothing"]

_DIRECT_WHEN_SEEN = frozenset({"eo_seen", "detonation", "accident", "marking", "crater"})
_DIRECT_ON_RECORD = frozenset({"record_map"})
_CONTRARY = frozenset({"contrary_use", "contrary_ts"})
_RANK: dict[HazardClass, int] = {"indication": 0, "sha": 1, "cha": 2}


def evidence_class(fact: EvidenceRecorded) -> EvidenceClass:
    """Returns the class of one item: what was seen on the ground is direct, what was told is not.

    Remote sensing is indirect whatever it shows: an image can hint, a person on the ground
    confirms.
    """
    if fact.kind in _CONTRARY:
        return "contrary"
    if fact.kind == "not_asked":
        return "nothing"
    if fact.kind in _DIRECT_WHEN_SEEN and fact.source_kind == "visual":
        return "direct"
    if fact.kind in _DIRECT_ON_RECORD and fact.source_kind == "former_record":
        return "direct"
    return "indirect"


def class_supported(items: Iterable[EvidenceRecorded]) -> HazardClass:
    """Returns the highest class that the items support; ``indication`` where there are none."""
    best: HazardClass = "indication"
    for item in items:
        supports: HazardClass = {"direct": "cha", "indirect": "sha"}.get(
            evidence_class(item), "indication"
        )  # type: ignore[assignment]
        if _RANK[supports] > _RANK[best]:
            best = supports
    return best


def outranks(class_: HazardClass, other: HazardClass) -> bool:
    """Returns whether the first class states more hazard than the second."""
    return _RANK[class_] > _RANK[other]
