"""What evidence can do: its class, and the highest class of area it supports, explained.

The classes and examples follow IMAS 08.10 and 07.11 as read in the field's practice:
direct evidence can make an area confirmed, indirect evidence suspected; contrary
evidence only ever supports a survey's cancellation or reduction, and nothing recorded
changes nothing. Two grades stand beside each item, one of its source and one of its content:
an item that nobody can judge, or that goes against what is known, confirms nothing by itself.
No grade takes suspicion away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rafiqa.land.fact import EvidenceRecorded, HazardClass
from rafiqa.land.ruling import Reason

EvidenceClass = Literal["direct", "indirect", "contrary", "nothing"]
Why = Literal[
    "seen", "mapped", "laid", "told", "remote", "informal", "placeless", "doubted", "contrary",
    "nothing",
]  # fmt: skip
"""Why an item counts as it does: seen on the ground; a record of laying; told by who laid it;
told; seen from above; cleared by nobody accredited; an accident without an exact place; of a
source or content that confirms nothing; against a hazard; nothing known."""

INFORMAL = "informal_clearance"
LAID_ACCOUNT = "laid_account"
PRECISE_M = 100
"""A place stated no better than this is no precisely known place (as in ``land.witness``)."""
DOUBTED_SOURCES = frozenset({"e", "f"})
"""Grades of sources that confirm nothing: always wrong before, or not to be judged."""
DOUBTED_CONTENTS = frozenset({"g5", "g6"})
"""Grades of contents that confirm nothing: against what is known, or not to be judged."""

_DIRECT_WHEN_SEEN = frozenset({"eo_seen", "detonation", "accident", "marking", "crater"})
_DIRECT_ON_RECORD = frozenset({"record_map"})
_CONTRARY = frozenset({"contrary_use", "contrary_ts"})
_RANK: dict[HazardClass, int] = {"indication": 0, "sha": 1, "cha": 2}
_SUPPORTS: dict[EvidenceClass, HazardClass] = {
    "direct": "cha",
    "indirect": "sha",
    "contrary": "indication",
    "nothing": "indication",
}


@dataclass(frozen=True, slots=True)
class EvidencePolicy:
    """What a country adds to the classes of IMAS; nothing where left as it is.

    ``laid_account`` lets the first-hand account of who laid the ordnance count as direct,
    where something else of the area was seen on the ground.
    """

    laid_account: bool = False


@dataclass(frozen=True, slots=True)
class ItemExplanation:
    """What one item counts for, and why."""

    evidence_id: str
    kind: str
    class_: EvidenceClass
    supports: HazardClass
    why: Why

    @property
    def reason(self) -> Reason:
        """The explanation as a reason, for its text."""
        params: dict[str, str | int] = {
            "evidence": self.evidence_id,
            "kind": self.kind,
            "supported": self.supports,
        }
        return Reason(_TOLD[self.why], params, (self.evidence_id,))


_TOLD: dict[Why, str] = {
    "seen": "land.evidence.seen",
    "mapped": "land.evidence.mapped",
    "laid": "land.evidence.laid",
    "told": "land.evidence.told",
    "remote": "land.evidence.remote",
    "informal": "land.evidence.informal",
    "placeless": "land.evidence.placeless",
    "doubted": "land.evidence.doubted",
    "contrary": "land.evidence.contrary",
    "nothing": "land.evidence.nothing",
}


@dataclass(frozen=True, slots=True)
class ClassExplanation:
    """The highest class that items support, and what each of them counts for."""

    supported: HazardClass
    items: tuple[ItemExplanation, ...]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """One reason for each item, in the order given."""
        return tuple(item.reason for item in self.items)


def evidence_class(fact: EvidenceRecorded) -> EvidenceClass:
    """Returns the class of one item: what was seen on the ground is direct, what was told is not.

    Remote sensing is indirect whatever it shows: an image can hint, a person on the ground
    confirms. An accident is direct only at a precisely known place.
    """
    return _judged(fact)[0]


def _judged(fact: EvidenceRecorded) -> tuple[EvidenceClass, Why]:
    if fact.kind in _CONTRARY:
        return "contrary", "contrary"
    if fact.kind == "not_asked":
        return "nothing", "nothing"
    if fact.kind == INFORMAL:
        return "indirect", "informal"
    if fact.kind in _DIRECT_WHEN_SEEN and fact.source_kind == "visual":
        if fact.kind == "accident" and not _precise(fact):
            return "indirect", "placeless"
        return "direct", "seen"
    if fact.kind in _DIRECT_ON_RECORD and fact.source_kind == "former_record":
        return "direct", "mapped"
    return "indirect", "remote" if fact.source_kind == "remote" else "told"


def _precise(fact: EvidenceRecorded) -> bool:
    placed = fact.spot is not None or fact.ground is not None
    return placed and (fact.accuracy_m is None or fact.accuracy_m < PRECISE_M)


def doubted(fact: EvidenceRecorded) -> bool:
    """Returns whether an item's grades say that it confirms nothing by itself."""
    return fact.source_grade in DOUBTED_SOURCES or fact.content_grade in DOUBTED_CONTENTS


def explain_class(
    items: Iterable[EvidenceRecorded], policy: EvidencePolicy | None = None
) -> ClassExplanation:
    """Returns the highest class that items support, with what each counts for and why.

    Args:
        items: the evidence; ``indication`` is supported where there is none.
        policy: the country's additions; none where None.
    """
    known = list(items)
    explained = tuple(_explained(known, policy or EvidencePolicy()))
    best: HazardClass = max(
        (item.supports for item in explained), key=_RANK.__getitem__, default="indication"
    )
    return ClassExplanation(best, explained)


def _explained(
    items: Sequence[EvidenceRecorded], policy: EvidencePolicy
) -> Iterator[ItemExplanation]:
    on_site = any(_judged(item)[1] == "seen" for item in items)
    for fact in items:
        class_, why = _judged(fact)
        if policy.laid_account and fact.kind == LAID_ACCOUNT and on_site:
            class_, why = "direct", "laid"
        supports = _SUPPORTS[class_]
        if class_ == "direct" and doubted(fact):
            # What cannot be judged is still suspected; only a confirmation needs more.
            supports, why = "sha", "doubted"
        yield ItemExplanation(fact.evidence_id, fact.kind, class_, supports, why)


def class_supported(items: Iterable[EvidenceRecorded]) -> HazardClass:
    """Returns the highest class that the items support; ``indication`` where there are none."""
    return explain_class(items).supported


def outranks(class_: HazardClass, other: HazardClass) -> bool:
    """Returns whether the first class states more hazard than the second."""
    return _RANK[class_] > _RANK[other]
