"""The name of all that a second person was shown of a proposal, to tell whether it is still so."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from rafiqa.errors import Conflict, Fault
from rafiqa.land import Actor, Reason, Recorded, ReleaseProposed
from rafiqa.service import Office, acceptance_ruling_for


def seen_name(proposal: Recorded, work: Recorded, looks: int, against: Sequence[Reason]) -> str:
    """Returns the name of a proposal with its work, what looked at it, and what speaks against it.

    Args:
        proposal: as it was recorded.
        work: the report that it rests on.
        looks: how many facts of quality are on record of that work.
        against: every reason against it for whoever was shown it.
    """
    told = [proposal.entry_id, work.entry_id, str(looks)]
    told += [f"{reason.code} {sorted(reason.params.items())}" for reason in against]
    return sha256("\n".join(told).encode()).hexdigest()[:16]


def refuse_unseen(office: Office, actor: Actor, release_id: str, seen: str) -> None:
    """Nothing, where what was shown of a proposal is still so or nobody says what was shown.

    Raises:
        Conflict: something of it has changed since.
    """
    register = office.register()
    release = register.releases.get(release_id)
    if not seen or release is None or release.state != "proposed":
        return
    work = None
    if isinstance(release.proposal.fact, ReleaseProposed):
        work = register.works.get(release.proposal.fact.work_id)
    if work is None:
        return
    against = acceptance_ruling_for(office, actor, release_id).reasons
    if seen != seen_name(release.proposal, work, looks_at(office, work), against):
        raise Conflict(Fault("api.release.changed", "$.seen", params={"release": release_id}))


def looks_at(office: Office, work: Recorded) -> int:
    """Returns how many inspections, lots and nonconformities are on record around a work."""
    register = office.register()
    joined = register.joined("work", str(getattr(work.fact, "work_id", "")))
    lots = sum(len(each) for each in joined.lots_said.values())
    acts = sum(len(each) for each in joined.nonconformity_acts.values())
    return lots + acts + sum(len(each) for each in joined.inspections.values())
