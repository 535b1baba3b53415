"""Who may do what: every role and every verb, against a table written here by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rafiqa.land import ROLES, Actor, Role
from rafiqa.ledger import PairDecided
from rafiqa.service import PERMITS, Acted, Office, Stamp, allow
from rafiqa.service.claimreview import Review, review_claim
from rafiqa.service.deskstudy import keep_document, propose_claims
from rafiqa.service.duplicates import decide_pair
from rafiqa.service.mappings import save_mapping
from rafiqa.service.undoing import UndoOrder, undo_import
from rafiqa.wire.mapping import mapping_of
from tests.unit.service.acts import ACTS
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import RESIDENT, SECOND
from tests.unit.service.stages import office_for
from tests.unit.service.study import INTERVIEW, read_text_of

# Columns as in ROLES: resident, surveyor, operator, quality, authority, planner, engineer,
# information.
TABLE = """
open_site            . . . . A . . .
record_evidence      . S O . A . . I
declare_area         . S . . A . . I
decide_class         . . . . A . . .
correct_boundary     . . . . A . . .
order_work           . . . . A . . .
move_task            . . O Q A . . .
assess               . . . . A . . I
hand_over            . . . . A . . .
declare_completion   . . . . A . . .
move_record          . S O Q A . . I
report_work          . S O . . . . .
inspect_work         . . . Q . . . .
grant_accreditation  . . . . A . . .
end_accreditation    . . . . A . . .
record_qa_visit      . . . Q A . . .
raise_nonconformity  . . . Q A . . .
answer_nonconformity . . O Q A . . .
close_nonconformity  . . . Q A . . .
inspect_lot          . . . Q . . . .
review_lot           . . . . A . . .
propose_release      . . . . A . . .
accept_release       . . . . A . . .
reject_release       . . . . A . . .
transfer_release     . . . . A . . I
report_completion    . . O . . . . .
issue_certificate    . . . . A . . .
move_certificate     . . . . A . . .
reopen_land          . . . . A . . .
register_structure   . S O . A . . I
record_accident      . S O . A . . I
report_hazard        R S O Q A P E I
answer_report        . . . . A . . I
ask_office           R S O Q A P E I
answer_request       . . . . A . . I
tell_reporter        R . . . A . . I
attach_picture       R S O Q A P E I
register_layer       . . . . A . E I
register_project     . . . . A . E I
register_rubble_lot  . . . . A . E I
move_rubble_lot      . . O . A . E .
assess_damage        . S O Q A . E I
tag_structure        . . . . . . E .
link_damage          . . O . A . E I
match_layers         . . . . A . E I
review_match         . . . . A . E I
check_rights         . . . . A . E .
claim_rights         . . . . A . E I
rate_site            . S O . A . . .
agree_eod_support    . . O . A . . .
note_utilities       . . . . A . E .
state_method         . . . . A . E .
consent_protected    . . . . A . E .
screen_hazmat        . S O . A . E .
brief_crew           . S O . A . . .
log_lift             . . O . A . E .
log_find             . S O . A . E I
answer_find          . . O . A . . .
search_bombs         . S O . . . . .
close_works          . . . . A . E .
keep_picture         . S O . A . E I
issue_permit         . . . . A . E .
end_permit           . . . . A . E .
acknowledge_notice   . S O Q A P E I
write_notice         . . . . A . . I
write_archive        . . . . A . . I
decide_public        . . . . A . . .
erase_words          . . . . A . . .
attach               . S O Q A . . I
publish_form         . . . . A . . I
enrol_device         . . . . A . . I
revoke_device        . . . . A . . I
submit               R S O Q A P E I
review_submission    . . . Q A . . I
undo_import          . . . . A . . .
keep_document        . . . . A . . I
propose_claims       . . . . A . . I
review_claim         . S . . A . . I
save_mapping         . . . . A . . I
decide_pair          . . . . A . . I
see_restricted       . S O Q A P E I
see_quarantine       . . . . A . . I
see_plan             . . . . A P . .
"""
MAY: dict[str, set[Role]] = {
    act: {role for role, mark in zip(ROLES, marks, strict=True) if mark != "."}
    for act, *marks in map(str.split, TABLE.strip().splitlines())
}
DENIED = "service.permit.denied"
BY_CONTENT: dict[str, Callable[[Office, Actor], Acted]] = {
    "undo_import": lambda office, actor: (
        undo_import(office, actor, UndoOrder("none", "why", SECOND)).acted
    ),
    "save_mapping": lambda office, actor: save_mapping(
        office, actor, "old list", mapping_of({}, "old list"), "evidence"
    ),
    "keep_document": lambda office, actor: keep_document(
        office, actor, read_text_of(INTERVIEW), INTERVIEW.encode()
    ),
    "propose_claims": lambda office, actor: propose_claims(office, actor, "none", [], "rules"),
    "review_claim": lambda office, actor: review_claim(
        office, actor, "none", "none", Review("accepted")
    ),
    "decide_pair": lambda office, actor: decide_pair(
        office, actor, PairDecided("A1", "A2", "same")
    ),
}


def test_the_table_has_every_act_and_every_act_is_a_verb() -> None:
    assert set(MAY) == set(PERMITS)
    assert set(ACTS) | set(BY_CONTENT) == {act for act in MAY if not act.startswith("see_")}


@pytest.mark.parametrize("role", ROLES)
def test_every_role_and_act(role: Role) -> None:
    somebody = Actor("p", "o", role)
    found = {act for act in MAY if allow(somebody, act).allowed}
    assert found == {act for act, roles in MAY.items() if role in roles}


def test_what_is_not_listed_nobody_may_do() -> None:
    for role in ROLES:
        refused = allow(Actor("p", "o", role), "erase_history")
        assert [reason.code for reason in refused.reasons] == [DENIED]
        assert refused.reasons[0].params == {"role": role, "act": "erase_history"}


@pytest.mark.parametrize("act", ACTS)
def test_every_verb_asks_the_table(at_stage: OfficeAt, tmp_path: Path, act: str) -> None:
    """In an office where the act is lawful, nobody but the roles of the table gets past."""
    for role in ROLES:
        office = office_for(ACTS[act].stage, at_stage, tmp_path / f"{role}.rafiqa")
        head = office.store.head()
        somebody = Actor(f"{role}-9", f"{role}-house", role)
        acted = ACTS[act].verb(office, somebody, ACTS[act].fact, Stamp(entry_id="sent"))
        denied = DENIED in [reason.code for reason in acted.reasons]
        assert denied == (role not in MAY[act]), role
        if denied:
            assert not acted.done
            assert office.store.head() == head
        office.store.close()


@pytest.mark.parametrize("act", BY_CONTENT)
def test_every_verb_without_an_id_asks_the_table(at_stage: OfficeAt, act: str) -> None:
    """Sent again these find what was done by what it says, not by an id of the client's."""
    office = at_stage("area")
    head = office.store.head()
    for role in ROLES:
        acted = BY_CONTENT[act](office, Actor(f"{role}-9", f"{role}-house", role))
        denied = DENIED in [reason.code for reason in acted.reasons]
        assert denied == (role not in MAY[act]), role
        assert not denied or office.store.head() == head
        head = office.store.head()


def test_who_may_not_register_a_layer_leaves_no_bytes(
    at_stage: OfficeAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = at_stage("site")
    kept: list[bytes] = []
    monkeypatch.setattr(
        type(office.store), "put_blob", lambda _store, content: kept.append(content)
    )
    act = ACTS["register_layer"]
    assert not act.verb(office, RESIDENT, act.fact, Stamp()).done
    assert kept == []
