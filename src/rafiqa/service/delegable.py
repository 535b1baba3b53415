"""What may be put into a colleague's hands: the acts, who may stand in for whom, for how long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rafiqa.land import Role
from rafiqa.service.permittable import PERMITS

MOST_DAYS: Final = 60
"""A delegation ends after so many days at the latest; a longer absence takes another one."""
DELEGABLE: Final = frozenset(
    {
        "declare_area",
        "decide_class",
        "correct_boundary",
        "order_work",
        "move_task",
        "assess",
        "hand_over",
        "declare_completion",
        "move_record",
        "report_work",
        "report_completion",
        "inspect_work",
        "inspect_lot",
        "review_lot",
        "grant_accreditation",
        "end_accreditation",
        "record_qa_visit",
        "raise_nonconformity",
        "answer_nonconformity",
        "close_nonconformity",
        "propose_release",
        "accept_release",
        "reject_release",
        "reopen_land",
        "issue_certificate",
        "move_certificate",
        "issue_permit",
        "end_permit",
        "tag_structure",
        "answer_report",
        "decide_pair",
        "decide_public",
    }
)
"""Acts that a colleague may do for the holder of a role. An act that is new is none of them.

Left out on purpose: the power to delegate, whatever concerns accounts, phones and the keys of other
authorities, whatever looks into or empties the vault, what others' files bring in, and what
everybody may tell in their own right anyway.
"""
SEEN_FOR: Final = frozenset({"see_warned", "see_work", "see_exact", "see_restricted", "see_plan"})
"""What somebody sees in the role that they stand in for; not what is sealed, and no identity."""
STAND_INS: Final[Mapping[Role, frozenset[Role]]] = {
    "resident": frozenset(),
    "surveyor": frozenset({"surveyor"}),
    "operator": frozenset({"operator", "surveyor"}),
    "quality": frozenset({"quality"}),
    "authority": frozenset({"authority", "information"}),
    "planner": frozenset({"authority", "planner", "information"}),
    "engineer": frozenset({"engineer"}),
    "information": frozenset({"authority", "planner", "information"}),
}
"""Role → the roles whose holders may stand in for it: who works, who inspects and who decides are
three, and nobody comes from one of them to another by a colleague's leave. A planner stands in for
no authority either: who says what is worked on first does not move land between states."""
ENDERS: Final = frozenset({"authority", "information"})
"""Who administers accounts sees, and ends, a delegation of others, too."""


def delegable_by(role: Role) -> tuple[str, ...]:
    """Returns the acts of a role that its holder may hand on, in the order of the table."""
    return tuple(act for act, roles in PERMITS.items() if act in DELEGABLE and role in roles)
