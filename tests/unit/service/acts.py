"""Every verb as one message: what is sent, by whom it may be, and a neighbour with other words.

``ACTS`` holds each verb in an office that has come as far as the verb needs; ``other`` is
another content that the same entry id must not take.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from rafiqa import service
from rafiqa.land import (
    AccidentRecorded,
    AccreditationEnded,
    AccreditationGranted,
    Actor,
    AreaRecorded,
    AssessmentMoved,
    BoundaryCorrected,
    CertificateMoved,
    ClassDecided,
    CompletionDeclared,
    LandHandedOver,
    LandReopened,
    LotInspected,
    LotReviewed,
    NonconformityAnswered,
    NonconformityClosed,
    NonconformityRaised,
    QaVisited,
    RecordMoved,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    ReleaseTransferred,
    ReportAnswered,
    ResidentReported,
    SiteOpened,
    StageMoved,
    StructureRegistered,
    TaskOrdered,
    Unit,
)
from rafiqa.ledger import (
    AttachmentNamed,
    DeviceEnrolled,
    DeviceRevoked,
    FormPublished,
    SubmissionReceived,
    SubmissionReviewed,
)
from rafiqa.recovery import (
    ArchiveWritten,
    AreaNoticeWritten,
    AssetGroup,
    AssetsMatched,
    BombSearched,
    ChanceFindAnswered,
    ChanceFound,
    CrewBriefed,
    DamageAssessed,
    DamageLinked,
    EodSupportAgreed,
    HazmatScreened,
    LayerRegistered,
    MatchReviewed,
    MethodStated,
    NoticeAcknowledged,
    Party,
    PermitEnded,
    PermitIssued,
    PictureKept,
    ProjectRegistered,
    ProtectionConsented,
    PublicDecided,
    ReporterTold,
    RequestAnswered,
    ResidentAsked,
    RightsChecked,
    RightsClaimed,
    RubbleLifted,
    RubbleLotMoved,
    RubbleLotRegistered,
    SiteRated,
    StructureTagged,
    UtilitiesNoted,
    WorksClosed,
)
from rafiqa.service import Acted, Office, Stamp
from tests.unit.service.certifying import papers_keys
from tests.unit.service.field import FORM_XML
from tests.unit.service.ground import (
    AUTHORITY,
    ENGINEER,
    FIRST,
    INFORMATION,
    INSPECTOR,
    OPERATOR,
    ORIGIN,
    RESIDENT,
    SECOND,
    START_US,
    SURVEYOR,
    evidence,
    inspection,
    square,
    work,
)
from tests.unit.service.stages import DAY_US, SQUARE

Verb = Callable[[Office, Actor, Any, Stamp], Acted]


@dataclass(frozen=True)
class Act:
    """One verb: how far the office is, who acts, what they send, and something else."""

    stage: str
    actor: Actor
    fact: object
    other: object
    verb: Verb


def _layer(office: Office, actor: Actor, fact: Any, stamp: Stamp) -> Acted:
    shape = office.frame.to_lonlat(square()).geometry
    rows = ([fact.source or "b1"], np.array([shape], dtype=object), {"kind": ["house"]})
    return service.register_layer(office, actor, fact, rows, stamp)


def _erase(office: Office, actor: Actor, instead: Any, stamp: Stamp) -> Acted:
    return service.erase_words(office, actor, "a1", "asked by the person named", instead, stamp)


def _tag(office: Office, actor: Actor, fact: Any, stamp: Stamp) -> Acted:
    return service.tag_structure(office, actor, fact, service.AssetShelf(), stamp)


DAMAGE = DamageAssessed("D1", "ems98", "Grade 3", "grade_3", "b1")
TAG = StructureTagged("b1", "green", "engineers")
MATCHED = AssetsMatched("M1", "aa", "bb", (AssetGroup(("b1",), ("c1",), "same", 900),), "{}")
REVIEWED = MatchReviewed("V1", "aa", "bb", ("b1",), ("c1",), accepted=True)


def _picture(office: Office, actor: Actor, pixels: Any, stamp: Stamp) -> Acted:
    return service.attach_picture(office, actor, "S1", pixels, stamp)


def _notice(office: Office, actor: Actor, fact: Any, stamp: Stamp) -> Acted:
    return service.write_notice(office, actor, fact, service.AssetShelf(), stamp)


def _memory(office: Office, actor: Actor, fact: Any, stamp: Stamp) -> Acted:
    return service.write_archive(office, actor, fact, service.AssetShelf(), None, stamp)


NOTICE = AreaNoticeWritten("N2", "works", SQUARE, START_US, START_US + 170 * DAY_US)
MEMORY = ArchiveWritten(
    *("M1", "place", SQUARE, "before", "2024-05-03", "remembrance", "City archive", "C-1"),
    caption="The mill.",
)
ASKED = ResidentAsked("Q9", "survey", ORIGIN)
REPLY = RequestAnswered("Q1", "planned")
HEARD = ReporterTold("S1", "answer-1", "web")
PHOTO = AttachmentNamed("E1", "ab" * 32, 300_000, "image/jpeg")
AREA = AreaRecorded("A9", "cha", square(200), "Orchard", ("E1",))
TASK = TaskOrdered("T9", "A1", OPERATOR.organisation_id, ("manual",), 30)
TAKEN = ReleaseTransferred("T9", "cleared", square(400), "other body", "map", None, 50)
ACCIDENT = AccidentRecorded("X1", "ordnance", ORIGIN)
TOLD = ResidentReported("S9", ORIGIN, "eo_seen")
PROJECT = ProjectRegistered("J1", "School", "school", square(), 20)
LOT = RubbleLotRegistered("H9", "Heap", ORIGIN)
HANDED = LandHandedOver("V1", "A1", "school board", "2026-03-01", "none known", "dig to 30 cm")
DONE = CompletionDeclared("C1", square(800), "all known work", SECOND)
ANSWER = ReportAnswered("S1", "nothing_found", None, "visited")
GRANT = AccreditationGranted("C9", "diggers", ("animal",), START_US)
ENDED = AccreditationEnded("C0", OPERATOR.organisation_id, "papers forged")
VISIT = QaVisited("V1", OPERATOR.organisation_id, "quality-board", "lanes", "T1")
RAISED = NonconformityRaised("N1", OPERATOR.organisation_id, "major", "depth", "10 cm short", "W1")
ANSWERED = NonconformityAnswered("N1", "worn blade", "blade changed, lane worked again")
QC_LOT = LotInspected("L1", "quality-board", True, START_US, START_US + 1, ("P1",))
REVIEW = LotReviewed("V1", "L1", "logs checked", SECOND)
PERMIT = PermitIssued("M1", "J9", "", "municipality", (Party("crew_lead", "builders"),))
KEYS = papers_keys()
SUSPENDED = CertificateMoved("RFQ-1", "suspended", "a report")


def _acknowledge(office: Office, actor: Actor, fact: Any, stamp: Stamp) -> Acted:
    """Acknowledges the one notice there is."""
    (notice,) = service.notices_of(office)
    fact = replace(fact, notice_id=notice.stop.notice_id)
    return service.acknowledge_notice(office, actor, fact, stamp)


def _issue(office: Office, actor: Actor, fact: Any, stamp: Stamp) -> Acted:
    kind, area_id = fact
    return service.issue_certificate(office, KEYS, actor, kind, area_id, stamp).acted


def _move(office: Office, actor: Actor, fact: Any, stamp: Stamp) -> Acted:
    """Moves the one certificate there is."""
    (number,) = office.register().certificates
    return service.move_certificate(office, actor, replace(fact, number=number), stamp)


def _publish(office: Office, actor: Actor, fact: Any, stamp: Stamp) -> Acted:
    form = FormPublished("", "", "", "", fact)
    return service.publish_form(office, actor, form, FORM_XML, stamp=stamp)


DEVICE = DeviceEnrolled("phone-1", "0" * 64, "surveyor-1", AUTHORITY, "surveyor")
SENT = SubmissionReceived("uuid:9", "sighting", "<a/>", "text/xml", "1" * 64)

PAPERS: dict[str, tuple[Actor, Any, dict[str, Any]]] = {
    "check_rights": (ENGINEER, RightsChecked("H1", "clear"), {"hlp_status": "disputed"}),
    "claim_rights": (ENGINEER, RightsClaimed("H1", "K1", "title", "clear"), {"basis": "use"}),
    "rate_site": (SURVEYOR, SiteRated("H1", True), {"item_seen": "yes"}),
    "agree_eod_support": (
        OPERATOR,
        EodSupportAgreed("H1", OPERATOR.organisation_id, "T1", START_US),
        {"team": "T2"},
    ),
    "note_utilities": (
        ENGINEER,
        UtilitiesNoted("H1", "cut", "cut", "cut", "no"),
        {"gas": "live"},
    ),
    "state_method": (ENGINEER, MethodStated("H1", "from the top"), {"statement": "from below"}),
    "screen_hazmat": (ENGINEER, HazmatScreened("H1", ("fuel",)), {"hazmat": ("asbestos",)}),
    "brief_crew": (SURVEYOR, CrewBriefed("H1", 5, True, True), {"workers_briefed": 6}),
    "log_lift": (ENGINEER, RubbleLifted("H1", "U1", 1, Decimal(9), True), {"layer": 2}),
    "log_find": (ENGINEER, ChanceFound("H1", "F2", "rubble"), {"lay_in": "unknown"}),
    "search_bombs": (
        OPERATOR,
        BombSearched("H1", "B1", OPERATOR.organisation_id, 300, 0),
        {"depth_cm": 100},
    ),
    "consent_protected": (
        ENGINEER,
        ProtectionConsented("H1", "S1", True, ENGINEER.organisation_id),
        {"agrees": False},
    ),
    "close_works": (ENGINEER, WorksClosed("H1", "2026-03-01"), {"as_built_on": None}),
    "keep_picture": (
        ENGINEER,
        PictureKept("H1", "before", "ab" * 32, "2026-03-01", "field", "yes"),
        {"consent": "no"},
    ),
}
"""Papers of the heap H1: by whom, what, and other words of it."""


ACTS: dict[str, Act] = {
    "write_notice": Act("site", INFORMATION, NOTICE, replace(NOTICE, text="Flags."), _notice),
    "write_archive": Act("site", INFORMATION, MEMORY, replace(MEMORY, caption="Mill."), _memory),
    "decide_public": Act(
        "noticed",
        FIRST,
        PublicDecided("N1", "approved"),
        PublicDecided("N1", "rejected", "unclear"),
        service.decide_public,
    ),
    "publish_form": Act("site", INFORMATION, "evidence", "accident", _publish),
    "enrol_device": Act(
        "site", INFORMATION, DEVICE, replace(DEVICE, role="operator"), service.enrol_device
    ),
    "revoke_device": Act(
        "enrolled",
        FIRST,
        DeviceRevoked("phone-1", "lost"),
        DeviceRevoked("phone-1", "stolen"),
        service.revoke_device,
    ),
    "submit": Act("site", RESIDENT, SENT, replace(SENT, sha256="2" * 64), service.submit),
    "review_submission": Act(
        "sent",
        INFORMATION,
        SubmissionReviewed("uuid:1", "returned", "no outline"),
        SubmissionReviewed("uuid:1", "returned", "no place"),
        service.review_submission,
    ),
    "report_completion": Act("work", OPERATOR, ("completion", "A1"), ("completion", "A2"), _issue),
    "issue_certificate": Act("released", FIRST, ("release", "A1"), ("release", "A2"), _issue),
    "move_certificate": Act(
        "certified", FIRST, SUSPENDED, replace(SUSPENDED, reason="another report"), _move
    ),
    "open_site": Act(
        "bare",
        FIRST,
        SiteOpened("Old Town", ORIGIN, AUTHORITY),
        SiteOpened("New Town", ORIGIN, AUTHORITY),
        service.open_site,
    ),
    "record_evidence": Act(
        "site", SURVEYOR, evidence(), replace(evidence(), kind="crater"), service.record_evidence
    ),
    "declare_area": Act("area", SURVEYOR, AREA, replace(AREA, class_="sha"), service.declare_area),
    "decide_class": Act(
        "area",
        FIRST,
        ClassDecided("A1", "sha", (), "resurveyed"),
        ClassDecided("A1", "indication", (), "resurveyed"),
        service.decide_class,
    ),
    "correct_boundary": Act(
        "area",
        FIRST,
        BoundaryCorrected("A1", square(0, 0, 90), "drawn anew", SECOND),
        BoundaryCorrected("A1", square(0, 0, 10), "drawn anew", SECOND),
        service.correct_boundary,
    ),
    "order_work": Act("area", FIRST, TASK, replace(TASK, depth_cm=5), service.order_work),
    "move_task": Act(
        "task",
        OPERATOR,
        StageMoved("T1", "in_progress"),
        StageMoved("T1", "suspended", "season"),
        service.move_task,
    ),
    "assess": Act(
        "told",
        INFORMATION,
        AssessmentMoved("S1", "report", "assessing"),
        AssessmentMoved("S1", "report", "assessing", note="again"),
        service.assess,
    ),
    "hand_over": Act("released", FIRST, HANDED, replace(HANDED, note="x"), service.hand_over),
    "declare_completion": Act(
        "site", FIRST, DONE, replace(DONE, note="in haste"), service.declare_completion
    ),
    "move_record": Act(
        "area",
        FIRST,
        RecordMoved("A1", "a1", "org_ok"),
        RecordMoved("A1", "a1", "org_ok", ("map",)),
        service.move_record,
    ),
    "report_work": Act("task", OPERATOR, work(), work(depth_cm=200), service.report_work),
    "inspect_work": Act(
        "work", INSPECTOR, inspection(), inspection(passed=False), service.inspect_work
    ),
    "grant_accreditation": Act(
        "site", FIRST, GRANT, replace(GRANT, methods=("manual",)), service.grant_accreditation
    ),
    "end_accreditation": Act(
        "site", FIRST, ENDED, replace(ENDED, reason="misread"), service.end_accreditation
    ),
    "record_qa_visit": Act(
        "task", INSPECTOR, VISIT, replace(VISIT, activity="drills"), service.record_qa_visit
    ),
    "raise_nonconformity": Act(
        "work", INSPECTOR, RAISED, replace(RAISED, severity="minor"), service.raise_nonconformity
    ),
    "answer_nonconformity": Act(
        "faulted",
        OPERATOR,
        ANSWERED,
        replace(ANSWERED, root_cause="rain"),
        service.answer_nonconformity,
    ),
    "close_nonconformity": Act(
        "faulted",
        INSPECTOR,
        NonconformityClosed("N1", "measured"),
        NonconformityClosed("N1", "not measured"),
        service.close_nonconformity,
    ),
    "inspect_lot": Act(
        "work", INSPECTOR, QC_LOT, replace(QC_LOT, until_us=START_US + 9), service.inspect_lot
    ),
    "review_lot": Act(
        "lot failed", FIRST, REVIEW, replace(REVIEW, note="glanced at"), service.review_lot
    ),
    "propose_release": Act(
        "inspected",
        FIRST,
        ReleaseProposed("R1", "W1", ("P1",)),
        ReleaseProposed("R1", "W1", ("P1",), "in haste"),
        service.propose_release,
    ),
    "accept_release": Act(
        "proposed",
        SECOND,
        ReleaseAccepted("R1"),
        ReleaseAccepted("R1", "in haste"),
        service.accept_release,
    ),
    "reject_release": Act(
        "proposed",
        SECOND,
        ReleaseRejected("R1", "depth in doubt"),
        ReleaseRejected("R1", "no"),
        service.reject_release,
    ),
    "transfer_release": Act(
        "site", INFORMATION, TAKEN, replace(TAKEN, depth_cm=200), service.transfer_release
    ),
    "reopen_land": Act(
        "released",
        FIRST,
        LandReopened("O1", square(), "missed_item"),
        LandReopened("O1", square(0, 0, 1), "flood"),
        service.reopen_land,
    ),
    "register_structure": Act(
        "released",
        SURVEYOR,
        StructureRegistered("B1", "building", square(), (Unit("B1.0", "storey", 0),)),
        StructureRegistered("B1", "building", square(), (Unit("B1.0", "roof"),)),
        service.register_structure,
    ),
    "record_accident": Act(
        "released", SURVEYOR, ACCIDENT, replace(ACCIDENT, injured=3), service.record_accident
    ),
    "report_hazard": Act(
        "site", RESIDENT, TOLD, replace(TOLD, seen="crater"), service.report_hazard
    ),
    "answer_report": Act(
        "told", FIRST, ANSWER, replace(ANSWER, outcome="marked"), service.answer_report
    ),
    "ask_office": Act("site", RESIDENT, ASKED, replace(ASKED, text="else"), service.ask_office),
    "answer_request": Act(
        "told", FIRST, REPLY, replace(REPLY, outcome="not_now"), service.answer_request
    ),
    "tell_reporter": Act(
        "told", RESIDENT, HEARD, replace(HEARD, channel="phone"), service.tell_reporter
    ),
    "attach_picture": Act("told", RESIDENT, b"pixels", b"other pixels", _picture),
    "register_layer": Act(
        "site",
        ENGINEER,
        LayerRegistered("L1", "buildings", "", 0),
        LayerRegistered("L1", "buildings", "", 0, "elsewhere"),
        _layer,
    ),
    "register_project": Act(
        "site", ENGINEER, PROJECT, replace(PROJECT, depth_cm=0), service.register_project
    ),
    "register_rubble_lot": Act(
        "site", ENGINEER, LOT, replace(LOT, volume_m3=9), service.register_rubble_lot
    ),
    "move_rubble_lot": Act(
        "heap",
        ENGINEER,
        RubbleLotMoved("H1", "rated"),
        RubbleLotMoved("H1", "removed"),
        service.move_rubble_lot,
    ),
    "assess_damage": Act(
        "site",
        SURVEYOR,
        DAMAGE,
        replace(DAMAGE, as_written="Grade 5", code="grade_5"),
        service.assess_damage,
    ),
    "tag_structure": Act("built", ENGINEER, TAG, replace(TAG, tag="red"), _tag),
    "link_damage": Act(
        "hit",
        ENGINEER,
        DamageLinked("b1", "X1"),
        DamageLinked("b2", "X1"),
        service.link_damage,
    ),
    "match_layers": Act(
        "site",
        ENGINEER,
        MATCHED,
        replace(MATCHED, policy="other"),
        service.record_match,
    ),
    "review_match": Act(
        "site",
        ENGINEER,
        REVIEWED,
        replace(REVIEWED, accepted=False),
        service.review_match,
    ),
    **{
        name: Act("heap", actor, fact, replace(fact, **other), service.put_on_record)
        for name, (actor, fact, other) in PAPERS.items()
    },
    "answer_find": Act(
        "found",
        OPERATOR,
        ChanceFindAnswered("H1", "F1", True, "fuze of a grenade, taken away"),
        ChanceFindAnswered("H1", "F1", False, "more below"),
        service.put_on_record,
    ),
    "issue_permit": Act(
        "planned",
        ENGINEER,
        PERMIT,
        replace(PERMIT, conditions=("by day",)),
        service.issue_permit,
    ),
    "end_permit": Act(
        "permitted",
        ENGINEER,
        PermitEnded("M1", "works done"),
        PermitEnded("M1", "given back"),
        service.end_permit,
    ),
    "acknowledge_notice": Act(
        "stopped",
        OPERATOR,
        NoticeAcknowledged("", "crew_lead", "builders"),
        NoticeAcknowledged("", "crew_lead", "builders", "by radio"),
        _acknowledge,
    ),
    "erase_words": Act("area", FIRST, "[erased]", "the field", _erase),
    "attach": Act(
        "evidence", SURVEYOR, PHOTO, replace(PHOTO, media_type="image/png"), service.attach
    ),
}
