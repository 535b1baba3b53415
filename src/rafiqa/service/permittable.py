"""The table of permits: roles × acts × classes of objects, written once.

A row is an act, the class of the objects it is about, and one mark for each role in the order of
``ROLES``. A capital lets a role act on objects of every organisation, a small letter on those of
its own organisation alone, a dot on none. What is not listed nobody may do.

Classes and what is shown of them after the trust study, section 3.6: danger is told to everybody;
tasks and single items are for who works there and for the authority; stocks and informants for who
told of them; identities for nobody here: they stand in no answer that this program gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from rafiqa.land import ROLES, Role

ObjectClass = Literal["warn", "delayed", "restricted", "sealed", "identity", "office"]
OBJECT_CLASSES: Final[tuple[ObjectClass, ...]] = (
    "warn",
    "delayed",
    "restricted",
    "sealed",
    "identity",
    "office",
)
"""Classes 0 to 4 of the trust study; and what the office keeps of itself: forms, imports."""
Reach = Literal["none", "own", "every"]

# Columns: resident, surveyor, operator, quality, authority, planner, engineer, information.
_TABLE: Final = """
open_site            warn       . . . . A . . .
record_evidence      restricted . S O . A . . I
declare_area         warn       . S . . A . . I
decide_class         warn       . . . . A . . .
correct_boundary     warn       . . . . A . . .
order_work           delayed    . . . . A . . .
move_task            delayed    . . o Q A . . .
assess               delayed    . . . . A . . I
hand_over            warn       . . . . A . . .
declare_completion   warn       . . . . A . . .
move_record          delayed    . S O Q A . . I
report_work          delayed    . s o . . . . .
inspect_work         delayed    . . . Q . . . .
grant_accreditation  delayed    . . . . A . . .
end_accreditation    delayed    . . . . A . . .
record_qa_visit      delayed    . . . Q A . . .
raise_nonconformity  delayed    . . . Q A . . .
answer_nonconformity delayed    . . o q a . . .
close_nonconformity  delayed    . . . Q A . . .
inspect_lot          delayed    . . . Q . . . .
review_lot           delayed    . . . . A . . .
propose_release      warn       . . . . A . . .
accept_release       warn       . . . . A . . .
reject_release       warn       . . . . A . . .
transfer_release     warn       . . . . A . . I
undo_import          office     . . . . A . . .
keep_document        restricted . . . . A . . I
propose_claims       restricted . . . . A . . I
review_claim         restricted . s . . A . . i
save_mapping         office     . . . . A . . I
decide_pair          restricted . . . . A . . I
reopen_land          warn       . . . . A . . .
report_completion    delayed    . . O . . . . .
issue_certificate    warn       . . . . A . . .
move_certificate     warn       . . . . A . . .
register_structure   warn       . S O . A . . I
record_accident      restricted . S O . A . . I
report_hazard        restricted R S O Q A P E I
answer_report        restricted . . . . A . . I
ask_office           restricted R S O Q A P E I
answer_request       restricted . . . . A . . I
tell_reporter        restricted R . . . A . . I
attach_picture       restricted R S O Q A P E I
register_layer       warn       . . . . A . E I
register_project     warn       . . . . A . E I
register_rubble_lot  warn       . . . . A . E I
move_rubble_lot      warn       . . O . A . E .
assess_damage        warn       . S O Q A . E I
tag_structure        warn       . . . . . . E .
link_damage          warn       . . O . A . E I
match_layers         warn       . . . . A . E I
review_match         warn       . . . . A . E I
issue_permit         warn       . . . . A . E .
end_permit           warn       . . . . A . E .
acknowledge_notice   warn       . S O Q A P E I
check_rights         delayed    . . . . A . E .
claim_rights         delayed    . . . . A . E I
rate_site            delayed    . S O . A . . .
agree_eod_support    delayed    . . O . A . . .
note_utilities       delayed    . . . . A . E .
state_method         delayed    . . . . A . E .
consent_protected    delayed    . . . . A . E .
screen_hazmat        delayed    . S O . A . E .
brief_crew           delayed    . S O . A . . .
log_lift             delayed    . . O . A . E .
log_find             restricted . S O . A . E I
answer_find          restricted . . O . A . . .
search_bombs         delayed    . S O . . . . .
close_works          delayed    . . . . A . E .
keep_picture         restricted . S O . A . E I
write_notice         warn       . . . . A . . I
write_archive        warn       . . . . A . . I
decide_public        warn       . . . . A . . .
erase_words          identity   . . . . A . . .
keep_identity        identity   . S O . A . . I
look_at_identity     identity   . . . . A . . .
erase_identity       identity   . . . . A . . I
attach               restricted . S O Q A . . I
publish_form         office     . . . . A . . I
enrol_device         office     . . . . A . . I
revoke_device        office     . . . . A . . I
submit               restricted R S O Q A P E I
review_submission    restricted . . . q A . . i
record_session       delayed    . S O . A . . I
record_inquiry       restricted . S O Q A . . I
record_survey        restricted . S O . A . . I
withdraw_survey      restricted . . . . A . . I
note_assistance      identity   . . . . A . . I
share_bundle         warn       . . . . A . . .
enrol_peer           office     . . . . A . . .
revoke_peer          office     . . . . A . . .
take_bundle          warn       . . . . A . . I
take_over_release    warn       . . . . A . . .
recover_account      identity   . . . . A . . I
give_delegation      office     . s o q a p e i
end_delegation       office     . s o q A p e i
see_warned           warn       R S O Q A P E I
see_work             delayed    . s o Q A p e i
see_exact            restricted . s o Q A p e i
see_sealed           sealed     . s o q a p e i
see_identity         identity   . . . . . . . .
see_restricted       office     . S O Q A P E I
see_quarantine       office     . . . . A . . I
see_plan             delayed    . . . . A P . .
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One act: on which class of objects, and how far each role reaches."""

    act: str
    object_class: ObjectClass
    reaches: dict[Role, Reach]


def _row(line: str) -> Row:
    act, object_class, *marks = line.split()
    named = next(each for each in OBJECT_CLASSES if each == object_class)
    return Row(act, named, {role: _reach(mark) for role, mark in zip(ROLES, marks, strict=True)})


def _reach(mark: str) -> Reach:
    if mark == ".":
        return "none"
    return "own" if mark.islower() else "every"


ROWS: Final[dict[str, Row]] = {row.act: row for row in map(_row, _TABLE.strip().splitlines())}
PERMITS: Final[dict[str, frozenset[Role]]] = {
    act: frozenset(role for role, reach in row.reaches.items() if reach != "none")
    for act, row in ROWS.items()
}
"""Act → the roles that may do it, on objects of their own organisation at least."""
APPROVING: Final = frozenset(
    {
        "propose_release",
        "accept_release",
        "transfer_release",
        "correct_boundary",
        "review_lot",
        "declare_completion",
        "hand_over",
        "undo_import",
        "issue_certificate",
        "move_certificate",
        "issue_permit",
        "recover_account",
        "enrol_peer",
        "take_over_release",
        "look_at_identity",
        "give_delegation",
    }
)
"""Acts that lower what is hazard, sign a paper others build on, let somebody in anew, show
who somebody is, or put a role into another's hands.

They ask for a second factor. An act that only raises (reopening, suspending, ending a permit,
turning a proposal down) never waits for one.
"""
RAISING: Final = frozenset(
    {
        "record_evidence",
        "declare_area",
        "reopen_land",
        "record_accident",
        "record_survey",
        "report_hazard",
        "attach_picture",
        "log_find",
        "submit",
        "raise_nonconformity",
        "acknowledge_notice",
        "end_permit",
        "reject_release",
        "take_bundle",
        "revoke_peer",
        "end_delegation",
    }
)
"""Acts that only raise, hold back or tell: no limit of an account to areas bars them."""
FREE: Final = frozenset(
    {
        "register_structure",
        "report_work",
        "record_qa_visit",
        "answer_nonconformity",
        "end_accreditation",
        "propose_claims",
        "keep_document",
        "save_mapping",
        "ask_office",
        "answer_request",
        "tell_reporter",
        "register_layer",
        "register_project",
        "register_rubble_lot",
        "assess_damage",
        "link_damage",
        "match_layers",
        "rate_site",
        "agree_eod_support",
        "note_utilities",
        "state_method",
        "screen_hazmat",
        "brief_crew",
        "log_lift",
        "keep_picture",
        "write_notice",
        "write_archive",
        "keep_identity",
        "attach",
        "revoke_device",
        "record_session",
        "record_inquiry",
        "note_assistance",
        "see_warned",
        "see_work",
        "see_exact",
        "see_sealed",
        "see_identity",
        "see_restricted",
        "see_quarantine",
        "see_plan",
    }
)
"""Acts that tell, prepare, look or bar: an account for some areas does them wherever no area of
others is named.

Every act that stands neither here nor among ``RAISING`` opens, closes, rules, lets in or erases. An
account for some areas does such an act only where all its land is known to lie in them
(``service.limit``); so it is with an act that is new and was put nowhere.
"""
SEES_ALL: Final = frozenset({"see_work", "see_exact", "review_claim", "review_submission"})
"""What the staff of the authority's own organisation see, or decide on, of every organisation."""
