"""Scope: whose an object is and in which areas it lies, for the table of permits."""

from __future__ import annotations

from collections.abc import Callable

from rafiqa.land import (
    Actor,
    BoundaryCorrected,
    CertificateMoved,
    EvidenceRecorded,
    LandReopened,
    LotInspected,
    NonconformityAnswered,
    NonconformityRaised,
    Recorded,
    Records,
    ReleaseAccepted,
    ReleaseRejected,
    StageMoved,
    TaskOrdered,
    WorkInspected,
    WorkReported,
)
from rafiqa.ledger import ClaimReviewed, DelegationEnded, SubmissionReviewed
from rafiqa.recovery import (
    APPROVED,
    CLOSING_RIGHTS,
    ChanceFindAnswered,
    ProtectionConsented,
    PublicDecided,
    RightsChecked,
    RightsClaimed,
    RubbleLotMoved,
    StructureTagged,
)
from rafiqa.recovery.register import STOPPED
from rafiqa.service.accounts import accounts
from rafiqa.service.delegationbook import giving_organisation, mandated
from rafiqa.service.deskbook import DocumentStory
from rafiqa.service.limit import within
from rafiqa.service.office import Office
from rafiqa.service.permit import AT_THE_MACHINE, Facts, Permit, Standing, allow
from rafiqa.service.permittable import FREE, RAISING
from rafiqa.store import Quarantined


def facts_of(
    office: Office,
    actor: Actor,
    act: str,
    fact: object,
    standing: Standing = AT_THE_MACHINE,
    place_of: object = None,
) -> Facts:
    """Returns what an act is about: whose it is, where it lies, and whether it only raises.

    What is not on record is nobody else's: the rules of the land say that it is not there.

    Args:
        office: the open store.
        actor: who acts.
        act: the act's name in the table of permits.
        fact: what it would record.
        standing: how the actor proved who they are.
        place_of: what says where it lies, where the fact does not say it itself.
    """
    if act == "open_site":
        return Facts(standing=standing)
    standing, mandate = mandated(office, actor, act, standing)
    register = office.register()
    owners = owners_of(register, fact)
    limits, lies = standing.area_ids, None
    # Asked only of who is bound to some areas: to everybody else it is all one.
    if limits and act not in FREE | RAISING:
        lies = within(office, limits, place_of or fact)
    if isinstance(fact, ClaimReviewed):
        story = office.deskbook().documents.get(fact.document_id)
        owners = None if story is None else story.kept_by
    if isinstance(fact, DelegationEnded):
        owners = giving_organisation(office, fact.delegation_id)
    return Facts(
        frozenset({actor.organisation_id}) if owners is None else owners,
        areas_of(register, fact),
        office.site.authority_id,
        standing,
        raises=_only_raises(fact) and not (isinstance(fact, BoundaryCorrected) and lies is False),
        within=lies,
        mandate=mandate,
    )


def permitted(office: Office, actor: Actor, act: str) -> Permit:
    """Returns whether a role may do an act at all, as far as no object is asked about.

    For what is offered: also to who stands in for somebody, as delegations say now.
    """
    _, mandate = mandated(office, actor, act, AT_THE_MACHINE)
    return allow(actor, act, Facts(mandate=mandate))


def owners_of(register: Records, fact: object) -> frozenset[str] | None:
    """Returns the organisations whose an object is; None where nothing on record says whose.

    Of a task, and of work that names one, it is whom the task was ordered from.
    """
    if isinstance(fact, NonconformityAnswered):
        acts = register.nonconformity_acts.get(fact.nonconformity_id, ())
        raised = [each.fact for each in acts if isinstance(each.fact, NonconformityRaised)]
        return frozenset(each.organisation_id for each in raised) if raised else None
    if isinstance(fact, StageMoved | WorkReported) and fact.task_id in register.tasks:
        return _ordered_from(register, str(fact.task_id))
    return None


def _ordered_from(register: Records, task_id: str) -> frozenset[str]:
    story = register.tasks.get(task_id, ())
    return frozenset(
        item.fact.organisation_id for item in story if isinstance(item.fact, TaskOrdered)
    )


def organisations_in(register: Records, area_id: str) -> frozenset[str]:
    """Returns the organisations that a task in an area was ordered from, or that worked there."""
    ordered = {
        item.fact.organisation_id
        for story in register.tasks.values()
        for item in story
        if isinstance(item.fact, TaskOrdered) and item.fact.area_id == area_id
    }
    worked = {
        work.fact.organisation_id
        for work in register.works.values()
        if isinstance(work.fact, WorkReported) and work.fact.area_id == area_id
    }
    return frozenset(ordered | worked)


def areas_of(register: Records, fact: object) -> frozenset[str]:
    """Returns the areas that an act is about, as far as its fact names them."""
    if isinstance(fact, ReleaseAccepted | ReleaseRejected):
        release = register.releases.get(fact.release_id)
        fact = None if release is None else release.proposal.fact
    work = register.works.get(str(getattr(fact, "work_id", "")))
    if isinstance(fact, StageMoved):
        ordered = register.tasks.get(fact.task_id, ())
        return frozenset(
            item.fact.area_id for item in ordered if isinstance(item.fact, TaskOrdered)
        )
    named = getattr(fact, "area_id", None)
    if named is None and work is not None:
        named = getattr(work.fact, "area_id", None)
    return frozenset() if named is None else frozenset({str(named)})


def _only_raises(fact: object) -> bool:
    """Returns whether a fact only raises or holds back, whatever the act it comes by."""
    match fact:
        case EvidenceRecorded() | LandReopened():
            return True
        case BoundaryCorrected():
            return fact.confirmed_by is None
        case CertificateMoved():
            return fact.state != "reinstated"
        case WorkInspected() | LotInspected():
            return not fact.passed
        case ChanceFindAnswered():
            return not fact.may_go_on
        case ProtectionConsented():
            return not fact.agrees
        case RightsChecked() | RightsClaimed():
            return fact.hlp_status in CLOSING_RIGHTS
        case RubbleLotMoved():
            return fact.state == STOPPED
        case StructureTagged():
            return fact.tag == "red"
        case PublicDecided():
            return fact.decision != APPROVED
        case ClaimReviewed():
            return fact.evidence_id is not None
        case SubmissionReviewed():
            return fact.state == "accepted"
    return False


def reads_documents(office: Office, actor: Actor) -> Permit:
    """Returns whether somebody reads documents of the desk study: their own organisation's."""
    own = frozenset({actor.organisation_id})
    return allow(actor, "review_claim", Facts(own, authority_id=office.site.authority_id))


def reads_document(office: Office, actor: Actor, story: DocumentStory) -> bool:
    """Returns whether somebody reads one document, and what was said of it.

    Its words may endanger who spoke them: for the organisations that brought it, and for the
    staff of the authority.
    """
    known = Facts(story.kept_by, authority_id=office.site.authority_id)
    return allow(actor, "review_claim", known).allowed


def brought_of(office: Office, actor: Actor, story: DocumentStory) -> Recorded:
    """Returns how a document came, as somebody may know it: its name, its source and its day.

    Of bytes that several brought, each knows what their own said of them; the last word of all is
    for who sees every organisation's work.
    """
    own = story.brought.get(actor.organisation_id)
    return story.kept if own is None or sees_everything(office, actor) else own


def senders(office: Office) -> dict[str, frozenset[str]]:
    """Returns by pseudonym of a person or phone the organisations for which they send.

    By their account, the phone that they carry, and all that they put on record. Somebody who
    went from one to another has both.
    """
    found = {person: set(them) for person, them in _on_record(office).items()}
    for account in accounts(office.store).values():
        found.setdefault(account.actor.person_id, set()).add(account.actor.organisation_id)
    return {person: frozenset(them) for person, them in found.items()}


def _on_record(office: Office) -> dict[str, frozenset[str]]:
    facts = office.facts()

    def make() -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for phone in office.fieldbook().devices.values():
            found.setdefault(phone.person_id, set()).add(phone.organisation_id)
        for recorded in facts:
            who = recorded.actor
            found.setdefault(who.person_id, set()).add(who.organisation_id)
        return {person: frozenset(them) for person, them in found.items()}

    return office.made(("senders", len(facts)), make)


def refused_seen(office: Office, actor: Actor) -> Callable[[Quarantined], bool] | None:
    """Returns what tells whether somebody sees a thing in the quarantine; None where none at all.

    It lies there as it came, with whatever stands in it: for who sees every organisation's work,
    and otherwise for those whose own organisation sent it.
    """
    if not allow(actor, "see_quarantine").allowed:
        return None
    if sees_everything(office, actor):
        return lambda _item: True
    known, own = senders(office), actor.organisation_id
    return lambda item: own in known.get(item.actor, ())


def sees_everything(office: Office, actor: Actor) -> bool:
    """Returns whether somebody sees tasks and single items of every organisation."""
    known = Facts(authority_id=office.site.authority_id)
    return allow(actor, "see_work", known).allowed and allow(actor, "see_exact", known).allowed


def reviews(office: Office, actor: Actor, organisation_id: str) -> Permit:
    """Returns whether somebody may review, and so open, what an organisation's teams sent."""
    known = Facts(frozenset({organisation_id}), authority_id=office.site.authority_id)
    return allow(actor, "review_submission", known)


def reviews_all(office: Office, actor: Actor) -> bool:
    """Returns whether somebody may review what the teams of every organisation sent."""
    known = Facts(authority_id=office.site.authority_id)
    return allow(actor, "review_submission", known).allowed


def areas_seen(office: Office, register: Records, actor: Actor) -> frozenset[str]:
    """Returns the areas of which somebody sees tasks and single items: those of their own tasks.

    An area on which they reported work that nobody ordered counts only while nobody else works
    there: a report that anybody can write opens nobody else's dossier.
    """
    own = actor.organisation_id
    known = Facts(frozenset({own}), authority_id=office.site.authority_id)
    if not all(allow(actor, act, known).allowed for act in ("see_exact", "see_work")):
        return frozenset()
    ordered = {
        item.fact.area_id
        for story in register.tasks.values()
        for item in story
        if isinstance(item.fact, TaskOrdered) and item.fact.organisation_id == own
    }
    worked = {
        work.fact.area_id
        for work in register.works.values()
        if isinstance(work.fact, WorkReported) and work.fact.organisation_id == own
    }
    alone = {area for area in worked - ordered if organisations_in(register, area) == {own}}
    return frozenset(ordered | alone)
