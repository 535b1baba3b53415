"""The verbs of the work, one function each: permit, rules, transaction.

The only place where rules, stores and formats meet. May not know HTTP or the command line.
"""

from rafiqa.service.act import Stamp
from rafiqa.service.assets import AssetLayer, AssetShelf
from rafiqa.service.incident import answer_report, record_accident, report_hazard
from rafiqa.service.inspection import CheckReport, check_site
from rafiqa.service.office import Office, Saying
from rafiqa.service.opening import open_office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import PERMITS, allow
from rafiqa.service.question import (
    BEGINNING_US,
    AsOf,
    ask_account,
    ask_floor,
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
    reopen_land,
    transfer_release,
)
from rafiqa.service.site import open_site
from rafiqa.service.structure import footprint_of, register_structure
from rafiqa.service.survey import correct_boundary, decide_class, declare_area, record_evidence
from rafiqa.service.work import inspect_work, move_task, order_work, report_work

__all__ = [
    "BEGINNING_US",
    "PERMITS",
    "Acted",
    "AsOf",
    "AssetLayer",
    "AssetShelf",
    "CheckReport",
    "Office",
    "Saying",
    "Stamp",
    "accept_release",
    "acceptance_ruling_for",
    "allow",
    "answer_report",
    "ask_account",
    "ask_floor",
    "ask_point",
    "check_site",
    "correct_boundary",
    "decide_class",
    "declare_area",
    "footprint_of",
    "gate_layers",
    "gate_of",
    "inspect_work",
    "move_rubble_lot",
    "move_task",
    "open_office",
    "open_site",
    "order_work",
    "project_of",
    "proposal_ruling_for",
    "propose_release",
    "record_accident",
    "record_evidence",
    "register_layer",
    "register_project",
    "register_rubble_lot",
    "register_structure",
    "reject_release",
    "reopen_land",
    "report_hazard",
    "report_work",
    "reports_waiting",
    "transfer_release",
]
