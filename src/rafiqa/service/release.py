"""Release: one person of the authority proposes, a second accepts."""

from __future__ import annotations

from rafiqa.land import (
    Actor,
    Reason,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRecord,
    ReleaseRejected,
    ReleaseTransferred,
    Ruling,
    acceptance_faults,
    proposal_ruling,
    rule,
    transfer_ruling,
)
from rafiqa.service.act import NOW, Stamp, about_to_be, by_the_newest, carry_out
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted


@by_the_newest
def propose_release(
    office: Office, actor: Actor, fact: ReleaseProposed, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of proposing parts of reported work for release; it lowers nothing."""
    ruling = proposal_ruling_for(office, actor, fact, stamp.valid_at_us)
    against = list(ruling.reasons)
    known = office.register().releases.get(fact.release_id)
    if known is not None and known.proposal.entry_id != stamp.entry_id:
        against.append(Reason("land.release.id-twice", {"release": fact.release_id}))
    return carry_out(
        office, actor, "propose_release", fact.release_id, fact, stamp=stamp, ruling=rule(against)
    )


def proposal_ruling_for(
    office: Office, actor: Actor, fact: ReleaseProposed, valid_at_us: int | None = None
) -> Ruling:
    """Returns whether this actor may propose this release, with every reason against.

    What it rests on must be older than the proposal, in truth too. Dated now where
    ``valid_at_us`` is None.
    """
    proposal = about_to_be(office, actor, fact, valid_at_us)
    case = office.register().case(proposal, proposal)
    return rule([*proposal_ruling(case).reasons, *office.book().raised_since(case)])


def acceptance_ruling_for(
    office: Office, actor: Actor, release_id: str, valid_at_us: int | None = None
) -> Ruling:
    """Returns whether this actor may accept this release, with every reason against.

    The land book asks the same when it reads the acceptance, as of the time it is dated; an
    act allowed here is never without effect there. Dated now where ``valid_at_us`` is None.
    """
    register = office.register()
    release = register.releases.get(release_id)
    against = list(_undecided_faults(release, release_id))
    if release is not None and not against:
        act = about_to_be(office, actor, ReleaseAccepted(release_id), valid_at_us)
        against += acceptance_faults(register.joined("release", release_id), act, release)
        against += office.book().raised_since(register.case(release.proposal, act))
    return rule(against)


@by_the_newest
def accept_release(
    office: Office, actor: Actor, fact: ReleaseAccepted, stamp: Stamp = NOW
) -> Acted:
    """Returns the act that releases land: a second person's acceptance of a proposal."""
    return carry_out(
        office,
        actor,
        "accept_release",
        fact.release_id,
        fact,
        stamp=stamp,
        ruling=acceptance_ruling_for(office, actor, fact.release_id, stamp.valid_at_us),
    )


@by_the_newest
def reject_release(
    office: Office, actor: Actor, fact: ReleaseRejected, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of turning a proposal down, with the reason."""
    release = office.register().releases.get(fact.release_id)
    against = list(_undecided_faults(release, fact.release_id))
    if not fact.note:
        against.append(Reason("land.release.note-missing", {"release": fact.release_id}))
    return carry_out(
        office, actor, "reject_release", fact.release_id, fact, stamp=stamp, ruling=rule(against)
    )


def _undecided_faults(release: ReleaseRecord | None, release_id: str) -> list[Reason]:
    if release is None:
        return [Reason("land.release.unknown", {"release": release_id})]
    if release.state != "proposed":
        return [Reason("land.release.decided", {"release": release_id})]
    return []


@by_the_newest
def transfer_release(
    office: Office, actor: Actor, fact: ReleaseTransferred, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of taking over a release that a named authority decided elsewhere."""
    against = list(transfer_ruling(fact).reasons)
    known = office.register().parts.get(fact.part_id)
    if known is not None and known[1].entry_id != stamp.entry_id:
        against.append(Reason("land.part.id-twice", {"part": fact.part_id}))
    return carry_out(
        office, actor, "transfer_release", fact.part_id, fact, stamp=stamp, ruling=rule(against)
    )
