"""The name of all that a second person was shown of a proposal, to tell whether it is still so."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from rafiqa.errors import Conflict, Fault
from rafiqa.land import Actor, Recorded, Records, ReleaseProposed, WorkReported
from rafiqa.service import Office, acceptance_ruling_for


def seen_of(office: Office, actor: Actor, release_id: str) -> str:
    """Returns the name of all that is shown of a proposal as it is now; empty where none waits.

    It names the proposal with its work, every look at that, every nonconformity around it, the
    evidence of its area, and each reason against it for whoever asks.
    """
    register = office.register()
    release = register.releases.get(release_id)
    if release is None or release.state != "proposed":
        return ""
    work = None
    if isinstance(release.proposal.fact, ReleaseProposed):
        work = register.works.get(release.proposal.fact.work_id)
    if work is None or not isinstance(work.fact, WorkReported):
        return ""
    told = [release.proposal.entry_id, work.entry_id]
    told += sorted(record.entry_id for record in looks_of(register, work))
    told += sorted(record.entry_id for record in nonconformities(register, work))
    area = register.joined("area", work.fact.area_id)
    told += sorted(record.entry_id for record in area.evidence.values())
    against = acceptance_ruling_for(office, actor, release_id).reasons
    told += [f"{reason.code} {sorted(reason.params.items())}" for reason in against]
    return sha256("\n".join(told).encode()).hexdigest()[:16]


def refuse_unseen(office: Office, actor: Actor, release_id: str, seen: str) -> None:
    """Nothing, where what was shown of a proposal is still so or nobody says what was shown.

    Raises:
        Conflict: something of it has changed since.
    """
    now = seen_of(office, actor, release_id)
    if seen and now and seen != now:
        raise Conflict(Fault("api.release.changed", "$.seen", params={"release": release_id}))


def looks_of(register: Records, work: Recorded) -> Iterator[Recorded]:
    """Yields the inspections, lots and visits of a work."""
    fact = work.fact
    assert isinstance(fact, WorkReported)  # noqa: S101 - callers pass works only
    yield from register.inspections.get(fact.work_id, ())
    yield from register.lots_on(work, [part.part_id for part in fact.parts])
    for said in register.visits.values():
        yield from (each for each in said if getattr(each.fact, "work_id", None) == fact.work_id)


def nonconformities(register: Records, work: Recorded) -> Iterator[Recorded]:
    """Yields what was raised against a work, its task, its team or its parts, and what followed."""
    fact = work.fact
    assert isinstance(fact, WorkReported)  # noqa: S101 - callers pass works only
    own = {fact.work_id, fact.task_id, fact.team_id, *(part.part_id for part in fact.parts)}
    for acts in register.nonconformity_acts.values():
        raised: object = acts[0].fact if acts else None
        names = ("work_id", "task_id", "team_id")
        about = {getattr(raised, name, None) for name in names} - {None}
        about |= set(getattr(raised, "part_ids", ()))
        if about & own:
            yield from acts
