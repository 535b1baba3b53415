"""Who may do what: one pure function over one table, default deny."""

from __future__ import annotations

from rafiqa.land import Actor, Reason, Role, Ruling, rule
from rafiqa.recovery import ISSUERS

_STAFF: frozenset[Role] = frozenset(
    {"surveyor", "operator", "quality", "authority", "planner", "engineer", "information"}
)
PERMITS: dict[str, frozenset[Role]] = {
    "open_site": frozenset({"authority"}),
    "record_evidence": frozenset({"surveyor", "operator", "authority", "information"}),
    "declare_area": frozenset({"surveyor", "authority", "information"}),
    "decide_class": frozenset({"authority"}),
    "correct_boundary": frozenset({"authority"}),
    "order_work": frozenset({"authority"}),
    "move_task": frozenset({"operator", "authority", "quality"}),
    "assess": frozenset({"authority", "information"}),
    "hand_over": frozenset({"authority"}),
    "declare_completion": frozenset({"authority"}),
    "move_record": frozenset({"surveyor", "operator", "quality", "authority", "information"}),
    "report_work": frozenset({"operator", "surveyor"}),
    "inspect_work": frozenset({"quality"}),
    "grant_accreditation": frozenset({"authority"}),
    "end_accreditation": frozenset({"authority"}),
    "record_qa_visit": frozenset({"quality", "authority"}),
    "raise_nonconformity": frozenset({"quality", "authority"}),
    "answer_nonconformity": frozenset({"operator", "quality", "authority"}),
    "close_nonconformity": frozenset({"quality", "authority"}),
    "inspect_lot": frozenset({"quality"}),
    "review_lot": frozenset({"authority"}),
    "propose_release": frozenset({"authority"}),
    "accept_release": frozenset({"authority"}),
    "reject_release": frozenset({"authority"}),
    "undo_import": frozenset({"authority"}),
    "keep_document": frozenset({"authority", "information"}),
    "propose_claims": frozenset({"authority", "information"}),
    "review_claim": frozenset({"surveyor", "authority", "information"}),
    "save_mapping": frozenset({"authority", "information"}),
    "decide_pair": frozenset({"authority", "information"}),
    "transfer_release": frozenset({"authority", "information"}),
    "reopen_land": frozenset({"authority"}),
    "report_completion": frozenset({"operator"}),
    "issue_certificate": frozenset({"authority"}),
    "move_certificate": frozenset({"authority"}),
    "register_structure": frozenset({"authority", "operator", "surveyor", "information"}),
    "record_accident": frozenset({"surveyor", "operator", "authority", "information"}),
    "report_hazard": frozenset({*_STAFF, "resident"}),
    "answer_report": frozenset({"authority", "information"}),
    "ask_office": frozenset({*_STAFF, "resident"}),
    "answer_request": frozenset({"authority", "information"}),
    "tell_reporter": frozenset({"authority", "information", "resident"}),
    "attach_picture": frozenset({*_STAFF, "resident"}),
    "register_layer": frozenset({"authority", "information", "engineer"}),
    "register_project": frozenset({"authority", "information", "engineer"}),
    "register_rubble_lot": frozenset({"authority", "information", "engineer"}),
    "move_rubble_lot": frozenset({"authority", "engineer", "operator"}),
    "assess_damage": frozenset(
        {"surveyor", "operator", "quality", "authority", "engineer", "information"}
    ),
    "tag_structure": frozenset({"engineer"}),
    "link_damage": frozenset({"operator", "authority", "engineer", "information"}),
    "match_layers": frozenset({"authority", "engineer", "information"}),
    "review_match": frozenset({"authority", "engineer", "information"}),
    "issue_permit": ISSUERS,
    "end_permit": ISSUERS,
    "acknowledge_notice": _STAFF,
    "check_rights": frozenset({"authority", "engineer"}),
    "claim_rights": frozenset({"authority", "engineer", "information"}),
    "rate_site": frozenset({"surveyor", "operator", "authority"}),
    "agree_eod_support": frozenset({"operator", "authority"}),
    "note_utilities": frozenset({"engineer", "authority"}),
    "state_method": frozenset({"engineer", "authority"}),
    "consent_protected": frozenset({"authority", "engineer"}),
    "screen_hazmat": frozenset({"engineer", "surveyor", "operator", "authority"}),
    "brief_crew": frozenset({"surveyor", "operator", "authority"}),
    "log_lift": frozenset({"engineer", "operator", "authority"}),
    "log_find": frozenset({"engineer", "surveyor", "operator", "authority", "information"}),
    "answer_find": frozenset({"operator", "authority"}),
    "search_bombs": frozenset({"surveyor", "operator"}),
    "close_works": frozenset({"engineer", "authority"}),
    "keep_picture": frozenset({"engineer", "surveyor", "operator", "authority", "information"}),
    "write_notice": frozenset({"authority", "information"}),
    "write_archive": frozenset({"authority", "information"}),
    "decide_public": frozenset({"authority"}),
    "erase_words": frozenset({"authority"}),
    "attach": frozenset({"surveyor", "operator", "quality", "authority", "information"}),
    "publish_form": frozenset({"authority", "information"}),
    "enrol_device": frozenset({"authority", "information"}),
    "revoke_device": frozenset({"authority", "information"}),
    "submit": frozenset({*_STAFF, "resident"}),
    "review_submission": frozenset({"quality", "authority", "information"}),
    "see_restricted": _STAFF,
    "see_quarantine": frozenset({"authority", "information"}),
    "see_plan": frozenset({"planner", "authority"}),
}
"""Act → the roles that may do it. What is not listed nobody may do."""


def allow(actor: Actor, act: str) -> Ruling:
    """Returns whether an actor's role permits an act; rules of the land are asked apart."""
    if actor.role in PERMITS.get(act, frozenset()):
        return Ruling(allowed=True)
    return rule([Reason("service.permit.denied", {"role": actor.role, "act": act})])
