"""Who may do what: every role and every verb, against a table written here by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from rafiqa.land import (
    ROLES,
    AccidentInquired,
    Actor,
    AssistanceNoted,
    CommunitySurveyed,
    EoreSessionHeld,
    Role,
    SurveyWithdrawn,
)
from rafiqa.ledger import DelegationEnded, DelegationGiven, PairDecided
from rafiqa.ledger.signing import Algorithm, MemorySigner
from rafiqa.service import PERMITS, Acted, Office, Stamp, allow
from rafiqa.service.claimreview import Review, review_claim
from rafiqa.service.community import record_survey, withdraw_survey
from rafiqa.service.delegable import DELEGABLE, SEEN_FOR, STAND_INS
from rafiqa.service.delegating import end_delegation, give_delegation
from rafiqa.service.deskstudy import keep_document, propose_claims
from rafiqa.service.duplicates import decide_pair
from rafiqa.service.education import record_session
from rafiqa.service.federation import take_bundle
from rafiqa.service.inquiry import note_assistance, record_inquiry
from rafiqa.service.mappings import save_mapping
from rafiqa.service.peers import enrol_peer, revoke_peer
from rafiqa.service.permit import Approving, Factor, Facts, Mandate, Standing
from rafiqa.service.permittable import APPROVING, RAISING, ROWS
from rafiqa.service.sharing import give_bundle
from rafiqa.service.takeover import ReleaseNamed, take_over
from rafiqa.service.undoing import UndoOrder, undo_import
from rafiqa.wire.mapping import mapping_of
from rafiqa.wire.sharingpolicy import sharing_policy
from tests.unit.service.acts import ACTS
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import RESIDENT, SECOND
from tests.unit.service.stages import office_for
from tests.unit.service.study import INTERVIEW, read_text_of

# Class of the objects, then columns as in ROLES: resident, surveyor, operator, quality, authority,
# planner, engineer, information.
TABLE = """
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
report_completion    delayed    . . O . . . . .
issue_certificate    warn       . . . . A . . .
move_certificate     warn       . . . . A . . .
reopen_land          warn       . . . . A . . .
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
issue_permit         warn       . . . . A . E .
end_permit           warn       . . . . A . E .
acknowledge_notice   warn       . S O Q A P E I
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
undo_import          office     . . . . A . . .
keep_document        restricted . . . . A . . I
propose_claims       restricted . . . . A . . I
review_claim         restricted . s . . A . . i
save_mapping         office     . . . . A . . I
decide_pair          restricted . . . . A . . I
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
MARKS: dict[str, dict[Role, str]] = {
    act: dict(zip(ROLES, marks, strict=True))
    for act, _, *marks in map(str.split, TABLE.strip().splitlines())
}
CLASSES = {act: named for act, named, *_ in map(str.split, TABLE.strip().splitlines())}
MAY: dict[str, set[Role]] = {
    act: {role for role, mark in marks.items() if mark != "."} for act, marks in MARKS.items()
}
# A small letter: their own organisation's alone. Who acts for the authority sees all the same.
SEEN_BY_THE_AUTHORITY = {"see_work", "see_exact", "review_claim", "review_submission"}
# An act that lowers hazard, signs a paper, or lets somebody in.
APPROVES = {
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
DENIED = "service.permit.denied"
IDENTITY = {"keep_identity", "look_at_identity", "erase_identity"}
"""Asked as every role in ``test_vaulting.py``: they need a vault."""
POLICIES: tuple[Approving, ...] = ("passkey", "totp", "password")
PROOFS: tuple[tuple[Factor, ...], ...] = (
    (),
    ("password",),
    ("password", "totp"),
    ("password", "recovery"),
    ("password", "ticket"),
    ("oidc",),
    ("oidc", "oidc-strong"),
    ("passkey",),
    ("machine",),
)
SIGNER = MemorySigner("Office of exchange", Algorithm.ED25519, bytes(32))
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
    "record_inquiry": lambda office, actor: record_inquiry(
        office, actor, AccidentInquired("X0", "detailed_report", "o")
    ),
    "note_assistance": lambda office, actor: note_assistance(
        office, actor, AssistanceNoted("H0", "p-17", "cash", "referred", "yes")
    ),
    "record_session": lambda office, actor: record_session(
        office, actor, EoreSessionHeld("S1", "o", "direct", "session", 1)
    ),
    "record_survey": lambda office, actor: record_survey(
        office, actor, CommunitySurveyed("C1", "o", "no", "Mill quarter")
    ),
    "withdraw_survey": lambda office, actor: withdraw_survey(
        office, actor, SurveyWithdrawn("C0", "not_held")
    ),
    "share_bundle": lambda office, actor: (
        give_bundle(office, actor, sharing_policy(b'{"stream": "s", "hazard": {}}'), SIGNER).acted
    ),
    "enrol_peer": lambda office, actor: enrol_peer(
        office, actor, "north", "north-office", SIGNER.public_key, "another"
    ),
    "revoke_peer": lambda office, actor: revoke_peer(office, actor, "north", "stolen"),
    "take_bundle": lambda office, actor: take_bundle(office, actor, b"").acted,
    "take_over_release": lambda office, actor: take_over(
        office, actor, ReleaseNamed("north", "s", "P1"), None
    ),
    "give_delegation": lambda office, actor: give_delegation(
        office, actor, DelegationGiven("D1", "nobody", ("accept_release",), (), 0)
    ),
    "end_delegation": lambda office, actor: end_delegation(office, actor, DelegationEnded("D1")),
    "decide_pair": lambda office, actor: decide_pair(
        office, actor, PairDecided("A1", "A2", "same")
    ),
}


def test_the_table_has_every_act_and_every_act_is_a_verb() -> None:
    assert set(MAY) == set(PERMITS)
    at_the_desk = {act for act in MAY if act.startswith("see_")} | {"recover_account"} | IDENTITY
    assert set(ACTS) | set(BY_CONTENT) == set(MAY) - at_the_desk
    assert {act: row.object_class for act, row in ROWS.items()} == CLASSES
    assert set(APPROVING) == APPROVES


@pytest.mark.parametrize("role", ROLES)
def test_every_role_act_class_and_organisation(role: Role) -> None:
    """Nothing is permitted that the table does not list, by any proof of who somebody is."""
    unlisted: list[tuple[str, str, str, str]] = []
    refused: list[tuple[str, str, str, str]] = []
    for act, whose, asks, factors in product(MAY, ("own", "other", "nobody"), POLICIES, PROOFS):
        actor = Actor("p", "mine", role)
        standing = Standing(frozenset(factors), asks)
        for authority in ("mine", "theirs"):
            owners = {"own": {"mine"}, "other": {"others"}, "nobody": set[str]()}[whose]
            facts = Facts(frozenset(owners), frozenset(), authority, standing)
            expected = is_listed(role, act, whose, authority == "mine") and (
                act not in APPROVES or is_enough(asks, factors)
            )
            permit = allow(actor, act, facts)
            if permit.allowed and not expected:
                unlisted.append((act, whose, asks, "+".join(factors)))
            if expected and not permit.allowed:
                refused.append((act, whose, asks, "+".join(factors)))
            assert permit.rule
            assert permit.allowed == (not permit.reasons)
    assert unlisted == []
    assert refused == []


def is_listed(role: Role, act: str, whose: str, for_the_authority: bool) -> bool:
    mark = MARKS[act][role]
    if mark.isupper():
        return True
    if not mark.islower():
        return False
    return whose == "own" or (for_the_authority and act in SEEN_BY_THE_AUTHORITY)


def is_enough(asks: str, factors: tuple[str, ...]) -> bool:
    if {"passkey", "machine", "oidc-strong"} & {*factors}:
        return True
    by_password = "password" in factors
    return {"passkey": False, "totp": by_password and "totp" in factors, "password": by_password}[
        asks
    ]


@pytest.mark.parametrize("role", ROLES)
def test_one_reason_against_is_enough(role: Role) -> None:
    """An ended account, or one for other areas, is refused whatever else speaks for it."""
    for act in MAY:
        actor = Actor("p", "mine", role)
        own = frozenset({"mine"})
        ended = Standing(frozenset({"machine"}), ended=True)
        assert not allow(actor, act, Facts(own, standing=ended)).allowed
        elsewhere = Standing(frozenset({"machine"}), area_ids=frozenset({"A1"}))
        there = Facts(own, frozenset({"A2"}), standing=elsewhere)
        here = Facts(own, frozenset({"A1"}), standing=elsewhere, within=True)
        listed = is_listed(role, act, "own", for_the_authority=False)
        assert allow(actor, act, there).allowed == (listed and act in RAISING)
        assert allow(actor, act, here).allowed == listed


# What may be put into a colleague's hands, written here by hand; every other act may not.
HANDED_ON_TEXT = """
declare_area decide_class correct_boundary order_work move_task assess hand_over
declare_completion move_record report_work report_completion inspect_work inspect_lot review_lot
grant_accreditation end_accreditation record_qa_visit raise_nonconformity answer_nonconformity
close_nonconformity propose_release accept_release reject_release reopen_land issue_certificate
move_certificate issue_permit end_permit tag_structure answer_report decide_pair decide_public
"""
HANDED_ON = set(HANDED_ON_TEXT.split())
SEEN = {"see_warned", "see_work", "see_exact", "see_restricted", "see_plan"}


@pytest.mark.parametrize("role", ROLES)
def test_who_acts_for_another_may_what_they_may_and_what_was_named_and_no_more(role: Role) -> None:
    """Every act, every mandate: nothing beyond the giver's own, and nothing that was not named."""
    assert HANDED_ON == DELEGABLE
    assert SEEN == SEEN_FOR
    own = Actor("p", "mine", role)
    for_another = Actor("p", "mine", role, "g")
    for act, asks, factors in product(MAY, POLICIES, PROOFS):
        standing = Standing(frozenset(factors), asks)
        themselves = allow(own, act, Facts(frozenset({"mine"}), standing=standing)).allowed
        mandates = {
            "none": None,
            "over": Mandate(),
            "another": Mandate(frozenset({"decide_class", "order_work"}) - {act}),
            "this": Mandate(frozenset({act})),
            "all": Mandate(frozenset(MAY)),
        }
        for name, mandate in mandates.items():
            facts = Facts(frozenset({"mine"}), standing=standing, mandate=mandate)
            permit = allow(for_another, act, facts)
            named = name in {"this", "all"} and act in HANDED_ON
            assert permit.allowed == (themselves and (named or act in SEEN)), (act, name)
            assert not permit.allowed or permit.rule.endswith("/delegated")


def test_who_works_who_inspects_and_who_decides_never_stand_in_for_one_another() -> None:
    sides = ({"surveyor", "operator"}, {"quality"}, {"authority", "planner", "information"})
    assert set(STAND_INS) == set(ROLES)
    for role, roles in STAND_INS.items():
        side = next((each for each in sides if role in each), {role})
        assert roles <= side, role
    assert not STAND_INS["resident"]
    assert STAND_INS["authority"] == {"authority", "information"}


def test_a_stranger_to_the_roles_may_nothing() -> None:
    for act in MAY:
        actor = Actor("p", "mine", "minister")  # type: ignore[arg-type]
        assert not allow(actor, act, Facts(frozenset({"mine"}), authority_id="mine")).allowed


def test_what_only_raises_waits_for_no_second_factor() -> None:
    weak = Standing(frozenset({"password"}), "passkey")
    actor = Actor("p", "mine", "authority")
    for act in APPROVES:
        own = Facts(frozenset({"mine"}), standing=weak)
        assert not allow(actor, act, own).allowed
        assert allow(actor, act, replace(own, raises=True)).allowed
    for act in ("reopen_land", "reject_release", "end_permit", "record_evidence"):
        assert allow(actor, act, Facts(standing=weak)).allowed


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
