"""Are a fact's codes codes of the dictionary? Asked of every act before it is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rafiqa import land, ledger, recovery
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
    land.AssessmentMoved: {"stage": "stage"},
    land.RecordMoved: {"state": "validation"},
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
    land.AccreditationGranted: {"methods": "method", "scope": "ordnance_category"},
    land.NonconformityRaised: {"severity": "severity", "kind": "nonconformity_kind"},
    land.LotInspected: {"method": "method"},
    land.ReleaseTransferred: {
        "outcome": "outcome",
        "method": "method",
        "surface": "surface",
        "reason": "not_cleared_reason",
    },
    land.AccidentInquired: {"step": "inquiry_step", "cause": "accident_cause"},
    land.AssistanceNoted: {
        "service": "assistance_service",
        "state": "assistance_state",
        "consent": "yes_no_unknown",
    },
    land.EoreSessionHeld: {
        "reach": "eore_reach",
        "activity": "eore_activity",
        "place_kind": "eore_place",
    },
    land.CommunitySurveyed: {
        "contaminated": "yes_no_unknown",
        "geo_precision": "geo_precision",
        "informants": "informant_kind",
        "fighting": "fighting_kind",
        "extent": "contamination_extent",
        "ordnance": "ordnance_category",
        "marked_official": "yes_no_unknown",
        "marked_local": "yes_no_unknown",
        "blockages": "blockage",
        "blocked_uses": "blocked_use",
        "priorities": "blockage",
        "coping": "coping_way",
        "returns": "yes_no_unknown",
        "eore_given": "yes_no_unknown",
        "clearance_done": "yes_no_unknown",
        "cleared_by": "clearance_actor",
    },
    land.SurveyWithdrawn: {"cause": "survey_withdrawal_cause"},
    land.LandReopened: {"cause": "reopening_cause", "class_": "class"},
    land.AccidentRecorded: {"kind": "accident_kind", "category": "ordnance_category"},
    land.ReportAnswered: {"outcome": "report_outcome"},
    recovery.ResidentAsked: {
        "kind": "request_kind",
        "geo_precision": "geo_precision",
        "feels_at_ease": "yes_no_unknown",
    },
    recovery.RequestAnswered: {"outcome": "request_outcome"},
    recovery.ProjectRegistered: {
        "kind": "project_kind",
        "method": "works_method",
        "protected": "protected_kind",
    },
    recovery.RubbleLotRegistered: {
        "state": "rubble_state",
        "method": "works_method",
        "protected": "protected_kind",
    },
    recovery.RubbleLotMoved: {"state": "rubble_state"},
    recovery.DamageAssessed: {"scale": "damage_scale"},
    recovery.Party: {"role": "party_role"},
    recovery.NoticeAcknowledged: {"role": "party_role"},
    recovery.RightsChecked: {"hlp_status": "hlp_status", "ownership": "ownership"},
    recovery.RightsClaimed: {
        "basis": "hlp_basis",
        "hlp_status": "hlp_status",
        "absent": "yes_no_unknown",
        "woman_holds": "yes_no_unknown",
    },
    recovery.SiteRated: dict.fromkeys(recovery.QUESTIONS, "yes_no_unknown"),
    recovery.UtilitiesNoted: {
        "power": "utility_state",
        "gas": "utility_state",
        "water": "utility_state",
        "voids": "yes_no_unknown",
    },
    recovery.HazmatScreened: {"hazmat": "hazmat"},
    recovery.ChanceFound: {"lay_in": "find_place", "category": "ordnance_category"},
    recovery.AreaNoticeWritten: {"kind": "area_notice_kind"},
    recovery.ArchiveWritten: {
        "subject": "archive_subject",
        "moment": "picture_moment",
        "purpose": "archive_purpose",
    },
    recovery.PublicDecided: {"decision": "public_decision"},
    recovery.PictureKept: {"picture_moment": "picture_moment", "consent": "yes_no_unknown"},
    ledger.IdentityKept: {"purpose": "identity_purpose"},
    ledger.IdentityLookedAt: {"reason": "look_reason"},
    ledger.IdentityErased: {"cause": "identity_erasure"},
}
"""Fields of facts that hold codes, and their list. A resident's report is not here: what a
resident saw is taken in whatever word they choose."""

REASONS_OF_MOVES = {"suspended": "suspend_reason", "reopened": "reopening_cause"}
"""Stages that a task goes to for a reason, and the list that the reason is a code of."""

_NESTED: dict[type, tuple[str, ...]] = {
    land.WorkReported: ("parts", "finds"),
    land.WorkInspected: ("findings",),
    land.StructureRegistered: ("units",),
    land.LotInspected: ("findings",),
    land.QaVisited: ("findings",),
    recovery.PermitIssued: ("told",),
}


def code_faults(fact: object) -> Iterator[Reason]:
    """Yields a reason for each code of a fact that its list does not know."""
    for name in _NESTED.get(type(fact), ()):
        for inner in getattr(fact, name):
            yield from code_faults(inner)
    coded = dict(CODED_FIELDS.get(type(fact), {}))
    if isinstance(fact, land.StageMoved) and fact.stage in REASONS_OF_MOVES and fact.reason:
        coded["reason"] = REASONS_OF_MOVES[fact.stage]
    for name, list_name in coded.items():
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
