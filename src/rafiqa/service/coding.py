"""Are a fact's codes codes of the dictionary? Asked of every act before it is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rafiqa import land, recovery
from rafiqa.dictionary import dictionary
from rafiqa.land import Reason

CODED_FIELDS: dict[type, dict[str, str]] = {
    land.EvidenceRecorded: {
        "kind": "evidence_kind",
        "source_kind": "evidence_source",
        "source_grade": "source_grade",
        "content_grade": "content_grade",
    },
    land.AreaRecorded: {"class_": "class"},
    land.ClassDecided: {"class_": "class"},
    land.TaskOrdered: {"methods": "method"},
    land.StageMoved: {"stage": "stage"},
    land.WorkedPart: {
        "outcome": "outcome",
        "method": "method",
        "surface": "surface",
        "reason": "not_cleared_reason",
    },
    land.StructureRegistered: {"kind": "structure_kind"},
    land.Unit: {"kind": "unit_kind"},
    land.OrdnanceFound: {"category": "ordnance_category", "action": "disposal_action"},
    land.Finding: {"severity": "severity"},
    land.ReleaseTransferred: {
        "outcome": "outcome",
        "method": "method",
        "surface": "surface",
        "reason": "not_cleared_reason",
    },
    land.LandReopened: {"cause": "reopening_cause", "class_": "class"},
    land.AccidentRecorded: {"kind": "accident_kind", "category": "ordnance_category"},
    land.ReportAnswered: {"outcome": "report_outcome"},
    recovery.ProjectRegistered: {"kind": "project_kind"},
    recovery.RubbleLotRegistered: {"state": "rubble_state"},
    recovery.RubbleLotMoved: {"state": "rubble_state"},
}
"""Fields of facts that hold codes, and their list. A resident's report is not here: what a
resident saw is taken in whatever word they choose."""

_NESTED: dict[type, tuple[str, ...]] = {
    land.WorkReported: ("parts", "finds"),
    land.WorkInspected: ("findings",),
    land.StructureRegistered: ("units",),
}


def code_faults(fact: object) -> Iterator[Reason]:
    """Yields a reason for each code of a fact that its list does not know."""
    for name in _NESTED.get(type(fact), ()):
        for inner in getattr(fact, name):
            yield from code_faults(inner)
    for name, list_name in CODED_FIELDS.get(type(fact), {}).items():
        names = dictionary().lists[list_name].names
        for value in _values(getattr(fact, name)):
            if value not in names:
                params: dict[str, str | int] = {
                    "field": name.rstrip("_"),
                    "value": str(value)[:60],
                    "known": " ".join(names),
                }
                yield Reason("service.code.unknown", params)


def _values(value: object) -> Iterable[object]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)
