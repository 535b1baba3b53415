from .act import NOW, Stamp
from .approval import move_record, record_standing
from .areanotice import write_notice
from .asking import WayDrawn, WorksAsked, ask_for_works, works_asked
from .assetrecord import Assessment, AssetRecord, asset_answer, asset_record
from .assets import ASSET_KINDS, AssetLayer, AssetShelf, asset_at
from .attaching import (
    Attached,
    attach,
    attachments_of,
    bring_parts,
    named_after,
)
from .certifying import (
    Issued,
    Kept,
    certificate_standings,
    issue_certificate,
    kept_certificate,
    move_certificate,
    newest_certificate,
    publish_lists,
    status_list,
)
from .closing import assess, declare_completion, hand_over
from .damage import assess_damage, assessment_faults, link_damage, tag_structure
from .delegating import end_delegation, give_delegation
from .deskstudy import Provenance, keep_study
from .erasing import erase_words
from .fieldkit import (
    enrol_device,
    new_token,
    publish_form,
    revoke_device,
    settings_text,
    token_sha256,
)
from .figures import By, Figures, Question, ask_figures, compare, split
from .incident import answer_report, record_accident, record_find, report_hazard
from .inspection import CheckReport, check_site
from .keeping import back_up, mirroring, restore
from .keyring import KeyPlan, Keyring, keyring_in, make_keys
from .layers import LayerVersion, layer_json, layer_named, layer_versions
from .matching import (
    Doubt,
    MatchReport,
    decision_on,
    doubt_json,
    match_layers,
    record_match,
    record_matches,
    review_match,
)
from .minerows import ask_rows
from .office import Office, Saying
from .opening import open_office
from .outcome import Acted
from .permit import PERMITS, allow
from .permitdocument import permit_document
from .permitpaper import paper_of
from .permitting import (
    Override,
    PermitShown,
    acknowledge_notice,
    end_permit,
    issue_permit,
    notices_of,
    permit_of,
    permits_of,
)
from .placearchive import write_archive
from .publicdecision import decide_public
from .quality import (
    answer_nonconformity,
    close_nonconformity,
    end_accreditation,
    grant_accreditation,
    inspect_lot,
    raise_nonconformity,
    record_qa_visit,
    review_lot,
)
from .question import (
    BEGINNING_US,
    AsOf,
    ask_account,
    ask_exactness,
    ask_point,
    gate_layers,
    gate_of,
    project_of,
    reports_waiting,
)
from .rebuilding import (
    move_rubble_lot,
    register_layer,
    register_project,
    register_rubble_lot,
)
from .release import (
    accept_release,
    acceptance_ruling_for,
    proposal_ruling_for,
    propose_release,
    reject_release,
    transfer_release,
)
from .reopening import Reopening, reopen, reopen_land
from .resident import (
    ANYBODY,
    answer_request,
    ask_office,
    attach_picture,
    heard_all,
    heard_by_code,
    tell_reporter,
)
from .risk import ask_risk
from .site import open_site
from .siterecord import SITE_RECORDS, put_on_record, site_fact, told_paper
from .structure import footprint_of, register_structure
from .submission import (
    Submitted,
    receive,
    review_submission,
    submit,
)
from .submissionfile import (
    file_progress,
    missing_files,
    name_file,
    name_file_apart,
    put_file,
    put_file_apart,
    put_file_part,
)
from .submissionsealing import Sent
from .survey import correct_boundary, decide_class, declare_area, record_evidence
from .work import inspect_work, move_task, order_work, report_work

__all__ = [
    "ANYBODY",
    "ASSET_KINDS",
    "BEGINNING_US",
    "NOW",
    "PERMITS",
    "SITE_RECORDS",
    "Acted",
    "AsOf",
    "Assessment",
    "AssetLayer",
    "AssetRecord",
    "AssetShelf",
    "Attached",
    "By",
    "CheckReport",
    "Doubt",
    "Figures",
    "Issued",
    "Kept",
    "KeyPlan",
    "Keyring",
    "LayerVersion",
    "MatchReport",
    "Office",
    "Override",
    "PermitShown",
    "Provenance",
    "Question",
    "Reopening",
    "Saying",
    "Sent",
    "Stamp",
    "Submitted",
    "WayDrawn",
    "WorksAsked",
    "accept_release",
    "acceptance_ruling_for",
    "acknowledge_notice",
    "allow",
    "answer_nonconformity",
    "answer_report",
    "answer_request",
    "ask_account",
    "ask_exactness",
    "ask_figures",
    "ask_for_works",
    "ask_office",
    "ask_point",
    "ask_risk",
    "ask_rows",
    "assess",
    "assess_damage",
    "assessment_faults",
    "asset_answer",
    "asset_at",
    "asset_record",
    "attach",
    "attach_picture",
    "attachments_of",
    "back_up",
    "bring_parts",
    "certificate_standings",
    "check_site",
    "close_nonconformity",
    "compare",
    "correct_boundary",
    "decide_class",
    "decide_public",
    "decision_on",
    "declare_area",
    "declare_completion",
    "doubt_json",
    "end_accreditation",
    "end_delegation",
    "end_permit",
    "enrol_device",
    "erase_words",
    "file_progress",
    "footprint_of",
    "gate_layers",
    "gate_of",
    "give_delegation",
    "grant_accreditation",
    "hand_over",
    "heard_all",
    "heard_by_code",
    "inspect_lot",
    "inspect_work",
    "issue_certificate",
    "issue_permit",
    "keep_study",
    "kept_certificate",
    "keyring_in",
    "layer_json",
    "layer_named",
    "layer_versions",
    "link_damage",
    "make_keys",
    "match_layers",
    "mirroring",
    "missing_files",
    "move_certificate",
    "move_record",
    "move_rubble_lot",
    "move_task",
    "name_file",
    "name_file_apart",
    "named_after",
    "new_token",
    "newest_certificate",
    "notices_of",
    "open_office",
    "open_site",
    "order_work",
    "paper_of",
    "permit_document",
    "permit_of",
    "permits_of",
    "project_of",
    "proposal_ruling_for",
    "propose_release",
    "publish_form",
    "publish_lists",
    "put_file",
    "put_file_apart",
    "put_file_part",
    "put_on_record",
    "raise_nonconformity",
    "receive",
    "record_accident",
    "record_evidence",
    "record_find",
    "record_match",
    "record_matches",
    "record_qa_visit",
    "record_standing",
    "register_layer",
    "register_project",
    "register_rubble_lot",
    "register_structure",
    "reject_release",
    "reopen",
    "reopen_land",
    "report_hazard",
    "report_work",
    "reports_waiting",
    "restore",
    "review_lot",
    "review_match",
    "review_submission",
    "revoke_device",
    "settings_text",
    "site_fact",
    "split",
    "status_list",
    "submit",
    "tag_structure",
    "tell_reporter",
    "token_sha256",
    "told_paper",
    "transfer_release",
    "works_asked",
    "write_archive",
    "write_notice",
]
