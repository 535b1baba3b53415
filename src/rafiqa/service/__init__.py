"""The verbs of the work, one function each: permit, rules, transaction.

The only place where rules, stores and formats meet. May not know HTTP or the command line.
"""

from rafiqa.service.act import NOW, Stamp
from rafiqa.service.approval import move_record, record_standing
from rafiqa.service.assets import AssetLayer, AssetShelf
from rafiqa.service.attaching import (
    Attached,
    attach,
    attachments_of,
    bring_parts,
    named_after,
)
from rafiqa.service.certifying import (
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
from rafiqa.service.closing import assess, declare_completion, hand_over
from rafiqa.service.erasing import erase_words
from rafiqa.service.figures import By, Figures, Question, ask_figures, compare, split
from rafiqa.service.incident import answer_report, record_accident, record_find, report_hazard
from rafiqa.service.inspection import CheckReport, check_site
from rafiqa.service.keeping import back_up, mirroring, restore
from rafiqa.service.keyring import KeyPlan, Keyring, keyring_in, make_keys
from rafiqa.service.office import Office, Saying
from rafiqa.service.opening import open_office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import PERMITS, allow
from rafiqa.service.quality import (
    answer_nonconformity,
    close_nonconformity,
    end_accreditation,
    grant_accreditation,
    inspect_lot,
    raise_nonconformity,
    record_qa_visit,
    review_lot,
)
from rafiqa.service.question import (
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
from rafiqa.service.rebuilding import (
    move_rubble_lot,
    register_layer,
    register_project,
    register_rubble_lot,
)
from rafiqa.service.release import (
    accept_release,
    acceptance_ruling_for,
    proposal_ruling_for,
    propose_release,
    reject_release,
    transfer_release,
)
from rafiqa.service.reopening import Reopening, reopen, reopen_land
from rafiqa.service.resident import (
    ANYBODY,
    answer_request,
    ask_office,
    attach_picture,
    heard_all,
    heard_by_code,
    tell_reporter,
)
from rafiqa.service.site import open_site
from rafiqa.service.siterecord import SITE_RECORDS, put_on_record, site_fact
from rafiqa.service.structure import footprint_of, register_structure
from rafiqa.service.survey import correct_boundary, decide_class, declare_area, record_evidence
from rafiqa.service.work import inspect_work, move_task, order_work, report_work

__all__ = [
    "ANYBODY",
    "BEGINNING_US",
    "NOW",
    "PERMITS",
    "SITE_RECORDS",
    "Acted",
    "AsOf",
    "AssetLayer",
    "AssetShelf",
    "Attached",
    "By",
    "CheckReport",
    "Figures",
    "Issued",
    "Kept",
    "KeyPlan",
    "Keyring",
    "Office",
    "Question",
    "Reopening",
    "Saying",
    "Stamp",
    "accept_release",
    "acceptance_ruling_for",
    "allow",
    "answer_nonconformity",
    "answer_report",
    "answer_request",
    "ask_account",
    "ask_exactness",
    "ask_figures",
    "ask_office",
    "ask_point",
    "assess",
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
    "declare_area",
    "declare_completion",
    "end_accreditation",
    "erase_words",
    "footprint_of",
    "gate_layers",
    "gate_of",
    "grant_accreditation",
    "hand_over",
    "heard_all",
    "heard_by_code",
    "inspect_lot",
    "inspect_work",
    "issue_certificate",
    "kept_certificate",
    "keyring_in",
    "make_keys",
    "mirroring",
    "move_certificate",
    "move_record",
    "move_rubble_lot",
    "move_task",
    "named_after",
    "newest_certificate",
    "open_office",
    "open_site",
    "order_work",
    "project_of",
    "proposal_ruling_for",
    "propose_release",
    "publish_lists",
    "put_on_record",
    "raise_nonconformity",
    "record_accident",
    "record_evidence",
    "record_find",
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
    "site_fact",
    "split",
    "status_list",
    "tell_reporter",
    "transfer_release",
]
